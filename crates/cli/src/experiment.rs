//! `lensfinder experiment`: the demo with several seeds, and what the arms differ by.
//! Each seed has a folder of its own; a stopped experiment goes on.

use std::{fmt::Write as _, sync::Arc};

use campaign::report::{Arm, Report};
use serde::{Deserialize, Serialize};

use crate::{
    arguments::{Experiment, Place},
    demo::{self, DemoSettings},
    failure::Failure,
    opening::open_at,
    terminal::Terminal,
};

/// What an experiment's file holds.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Plan {
    /// One run per seed.
    seeds: Vec<u64>,
    /// The demo's settings; `seed` in them is not used.
    #[serde(default)]
    demo: DemoSettings,
}

/// One arm of one seed, after the last round.
#[derive(Debug, Clone, Serialize)]
struct Row {
    seed: u64,
    arm: String,
    votes: u64,
    lenses_in_pool: u64,
    lenses_found: u64,
    candidates: u64,
    average_precision_before: Option<f64>,
    average_precision: Option<f64>,
    tpr_at_fpr_1e2: Option<f64>,
}

/// Runs the command.
pub async fn run(wish: Experiment, place: Place, terminal: Arc<Terminal>, json: bool) -> Result<(), Failure> {
    let text = std::fs::read_to_string(&wish.file)
        .map_err(|error| Failure::words(format!("{}: {error}", wish.file.display())))?;
    let plan: Plan =
        toml::from_str(&text).map_err(|error| Failure::words(format!("{}: {error}", wish.file.display())))?;
    if plan.seeds.is_empty() {
        return Err(Failure::words(format!("{}: `seeds` is empty; give at least one", wish.file.display())));
    }
    let mut rows = Vec::new();
    for &seed in &plan.seeds {
        let settings = DemoSettings { seed, ..plan.demo.clone() };
        let folder = wish.out.join("work").join(format!("seed-{seed}"));
        let kept = wish.out.join(format!("seed-{seed}.json"));
        let report: Report = if kept.exists() {
            campaign::read_json(&kept)?
        } else {
            let context = open_at(&folder, None, place.device, terminal.clone()).await?;
            let finished = demo::run(&settings, None, &context, terminal.clone(), 0).await?;
            let _ = finished.stop.send(());
            finished.server.await.map_err(Failure::words)??;
            context.store.close().await;
            campaign::write_json(&kept, &finished.report)?;
            finished.report
        };
        rows.extend(report.arms.iter().filter_map(|arm| row(seed, arm)));
    }
    let summary = summary(&rows);
    campaign::write_json(&wish.out.join("rows.json"), &rows)?;
    campaign::write_atomically(&wish.out.join("summary.md"), summary.as_bytes())?;
    if json {
        println!("{}", serde_json::to_string(&rows)?);
    } else {
        println!("{summary}");
    }
    Ok(())
}

fn row(seed: u64, arm: &Arm) -> Option<Row> {
    let (first, last) = (arm.rounds.first()?, arm.rounds.last()?);
    Some(Row {
        seed,
        arm: arm.name.clone(),
        votes: last.votes_total,
        lenses_in_pool: last.lenses_in_pool,
        lenses_found: last.lenses_found,
        candidates: last.candidates,
        average_precision_before: first.average_precision.value().map(|area| area.value),
        average_precision: last.average_precision.value().map(|area| area.value),
        tpr_at_fpr_1e2: last.tpr_at_fpr_1e2.value().map(|at| at.tpr.value),
    })
}

/// A table by seed, and the mean and spread of what the first arm has over the others.
fn summary(rows: &[Row]) -> String {
    let mut text = String::from(
        "Simulated survey, simulated crowd; AP and TPR on held-out simulated sky.\n\n\
         | seed | arm | votes | lenses found | of | candidates | AP before | AP after | TPR at FPR 1 % |\n\
         |---|---|---|---|---|---|---|---|---|\n",
    );
    let number = |value: Option<f64>| value.map_or_else(|| "–".to_owned(), |v| format!("{v:.3}"));
    for row in rows {
        let _ = writeln!(
            text,
            "| {} | {} | {} | {} | {} | {} | {} | {} | {} |",
            row.seed,
            row.arm,
            row.votes,
            row.lenses_found,
            row.lenses_in_pool,
            row.candidates,
            number(row.average_precision_before),
            number(row.average_precision),
            number(row.tpr_at_fpr_1e2),
        );
    }
    let pairs: Vec<(&Row, &Row)> = rows
        .iter()
        .filter(|row| row.arm == "active")
        .filter_map(|active| {
            Some((active, rows.iter().find(|r| r.seed == active.seed && r.arm == "random")?))
        })
        .collect();
    let mut difference = |what: &str, of: &dyn Fn(&Row) -> Option<f64>| {
        let values: Vec<f64> = pairs.iter().filter_map(|(a, r)| Some(of(a)? - of(r)?)).collect();
        if values.is_empty() {
            return;
        }
        let n = values.len() as f64;
        let mean = values.iter().sum::<f64>() / n;
        let spread = (values.iter().map(|v| (v - mean).powi(2)).sum::<f64>() / (n - 1.0).max(1.0)).sqrt();
        let _ = writeln!(
            text,
            "\n{what}, active less random: {mean:+.3} (standard deviation {spread:.3}, {n} seeds)"
        );
    };
    difference("Lenses found", &|row| Some(row.lenses_found as f64));
    difference("Average precision", &|row| row.average_precision);
    difference("TPR at FPR 1 %", &|row| row.tpr_at_fpr_1e2);
    text
}
