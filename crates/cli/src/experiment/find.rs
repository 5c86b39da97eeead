//! Runs by name: a folder, an id, or the beginning of an id.

use std::path::Path;

use laboratory::{Experiment, Plan, RESULTS, Run};
use serde_json::{Value, json};

use crate::failure::Failure;

/// All runs below a folder, the youngest first.
pub fn all(runs: &Path) -> Vec<Run> {
    let Ok(entries) = std::fs::read_dir(runs) else { return Vec::new() };
    let mut found: Vec<Run> =
        entries.flatten().filter_map(|entry| Run::existing(&entry.path()).ok()).collect();
    found.sort_by(|a, b| b.file.created_at.cmp(&a.file.created_at).then_with(|| a.folder.cmp(&b.folder)));
    found
}

/// The run that is meant.
pub fn one(runs: &Path, wanted: &str) -> Result<Run, Failure> {
    let as_path = Path::new(wanted);
    for folder in [as_path.to_owned(), runs.join(wanted)] {
        if folder.join("run.json").exists() {
            return Run::existing(&folder).map_err(Failure::words);
        }
    }
    let all = all(runs);
    let names = |run: &Run| {
        let folder = run.folder.file_name().unwrap_or_default().to_string_lossy().into_owned();
        (folder.starts_with(wanted) && !folder.ends_with("-rerun")) || run.file.id == wanted
    };
    let mut found: Vec<&Run> = all.iter().filter(|run| names(run)).collect();
    match found.len() {
        1 => Ok(found.remove(0).clone()),
        0 => Err(Failure::words(format!(
            "there is no run {wanted} in {}; there are: {}",
            runs.display(),
            listed(&all.iter().collect::<Vec<_>>())
        ))),
        _ => Err(Failure::words(format!("{wanted} could be any of {}; write more of it", listed(&found)))),
    }
}

fn listed(runs: &[&Run]) -> String {
    if runs.is_empty() {
        return "none (see lensfinder experiment run --help)".to_owned();
    }
    runs.iter()
        .map(|run| run.folder.file_name().unwrap_or_default().to_string_lossy())
        .collect::<Vec<_>>()
        .join(", ")
}

/// The list, as JSON and as words.
pub fn listing(root: &Path, runs: &[Run]) -> (Value, String) {
    let value = runs.iter().map(|run| {
        json!({
            "run": run.file.id,
            "folder": run.folder,
            "kind": run.file.experiment.kind(),
            "question": run.file.experiment.question(),
            "began": run.file.created_at,
            "finished": run.file.finished_at,
            "commit": run.file.provenance.commit,
        })
    });
    let mut table = figures::Table::new(
        format!("Runs in {}", root.display()),
        &["Run", "Kind", "Began", "State", "Question"],
    );
    for run in runs {
        let state = if run.folder.join(RESULTS).exists() { "finished" } else { "unfinished" };
        table.push([
            run.folder.file_name().unwrap_or_default().to_string_lossy().into_owned(),
            run.file.experiment.kind().to_owned(),
            run.file.created_at.format("%Y-%m-%d %H:%M").to_string(),
            state.to_owned(),
            run.file.experiment.question().chars().take(60).collect(),
        ]);
    }
    let words = if runs.is_empty() {
        format!(
            "no run in {}; start one with lensfinder experiment run experiments/first-hour.toml",
            root.display()
        )
    } else {
        table.text()
    };
    (value.collect(), words)
}

/// What would be run.
pub fn words(id: &str, folder: &Path, experiment: &Experiment) -> String {
    let mut lines = vec![format!("run {id} in {}", folder.display())];
    for cell in &experiment.cells {
        let label = if cell.label.is_empty() { String::new() } else { format!("{}: ", cell.label) };
        lines.push(match &cell.plan {
            Plan::Replay(plan) => {
                let trials = plan.pools.len()
                    * plan.policies.len()
                    * plan.crowds.len()
                    * plan.thresholds.len()
                    * plan.seeds.len();
                let names: Vec<&str> = plan.policies.iter().map(|policy| policy.0.name.as_str()).collect();
                format!(
                    "{label}{trials} trials of {} votes: {} × {} pools × {} crowds × {} thresholds × {} seeds",
                    plan.votes,
                    names.join(", "),
                    plan.pools.len(),
                    plan.crowds.len(),
                    plan.thresholds.len(),
                    plan.seeds.len()
                )
            }
            Plan::Demo(plan) => format!("{label}the demo with {} seeds", plan.seeds.len()),
        });
    }
    lines.join("\n")
}
