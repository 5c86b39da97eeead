//! The page of a demo with several seeds: the arms' curves over rounds, and what they
//! differ by, seed by seed.

use campaign::report::{Measured, Round};
use figures::{Axis, Curve, Curves, Figure, NONE, Table, count, interval};

use super::{Page, Section, policies, provenance, words};
use crate::{demos::DemoRun, provenance::RunFile, results::Results, statistics::mean};

/// The whole page.
#[must_use]
pub fn page(run: &RunFile, runs: &[DemoRun], results: &Results) -> Page {
    let mut findings = Vec::new();
    for base in bases(results) {
        for arm in results.arms().into_iter().filter(|arm| *arm != base) {
            for name in ["lenses_found", "average_precision"] {
                let Some(difference) = results.difference(arm, results, base, name) else { continue };
                let clear = if difference.mean.is_clear() { "" } else { ": not told from 0" };
                findings.push(format!(
                    "{}, {arm} less {base}: {} ({} seeds{clear}).",
                    policies::capital(&words::title(name)),
                    words::with_interval(name, Some(&difference.mean)),
                    difference.mean.seeds
                ));
            }
        }
    }
    let mut sections = vec![arms(runs, results)];
    sections.extend(real(runs));
    sections.push(words::section());
    sections.push(provenance::section(run));
    Page {
        title: run.experiment.name.clone(),
        question: run.experiment.question().to_owned(),
        simulated: "The survey, its lenses and the volunteers are simulated; the volunteers answer through the web app's own interface. Only the section \u{201c}Real images\u{201d} looks at images of real surveys.".to_owned(),
        line: provenance::line(run),
        findings,
        sections,
    }
}

/// What others are compared with: random, and every arm that another one's name extends.
fn bases(results: &Results) -> Vec<&str> {
    let arms = results.arms();
    let is_base = |arm: &&str| *arm == "random" || arm.contains("without");
    let found: Vec<&str> = arms.iter().copied().filter(|arm| is_base(arm)).collect();
    if found.is_empty() { arms.into_iter().take(1).collect() } else { found }
}

fn arms(runs: &[DemoRun], results: &Results) -> Section {
    let mut section = Section::new("arms", "The arms, round by round", "simulated");
    let lenses = |round: &Round| Some(round.lenses_found as f64);
    let ap = |round: &Round| round.average_precision.value().map(|area| area.value);
    let tpr = |round: &Round| round.tpr_at_fpr_1e2.value().map(|at| at.tpr.value);
    let most = runs.iter().map(|run| run.report.pool.lenses).max().unwrap_or(0);
    let mut add = |id: &str, title: &str, y: Axis, high: f64, value: &dyn Fn(&Round) -> Option<f64>| {
        let chart = Curves {
            x: votes_axis(runs),
            y,
            references: Vec::new(),
            curves: curves(runs, results, value, high),
        };
        let decimals = if high > 1.0 { 1 } else { 3 };
        section.figures.push(Figure {
            id: id.to_owned(),
            title: title.to_owned(),
            finding: String::new(),
            counts: format!("{}; bands are 95 % intervals of the mean", policies::seeds_words(results)),
            svg: chart.svg(title, id),
            table: chart.twin(title, 24, (0, decimals)),
        });
    };
    add(
        "found",
        "Lenses found for the votes spent",
        Axis::counts("lenses found", most),
        most as f64,
        &lenses,
    );
    add("ap", "Average precision on the held-out sky", Axis::share("average precision"), 1.0, &ap);
    add(
        "tpr",
        "Lenses found by the network alone at a false-positive rate of 1 %",
        Axis::share("TPR at FPR 1 %"),
        1.0,
        &tpr,
    );
    section.tables.push(policies::arms_table(results));
    section.tables.extend(differences(results));
    section.tables.push(seeds(results));
    section
}

fn votes_axis(runs: &[DemoRun]) -> Axis {
    let rounds = runs.iter().flat_map(|run| &run.report.arms).flat_map(|arm| &arm.rounds);
    Axis::counts("votes since the start", rounds.map(|round| round.votes_total).max().unwrap_or(0))
}

/// The mean over seeds at the end of every round; votes differ a little between seeds, so they are
/// averaged too.
fn curves(
    runs: &[DemoRun],
    results: &Results,
    value: &dyn Fn(&Round) -> Option<f64>,
    high: f64,
) -> Vec<Curve> {
    results
        .arms()
        .into_iter()
        .map(|arm| {
            let own: Vec<&Vec<Round>> = runs
                .iter()
                .flat_map(|run| run.report.arms.iter().filter(move |a| run.arm(a) == arm).map(|a| &a.rounds))
                .collect();
            let rounds = own.iter().map(|rounds| rounds.len()).min().unwrap_or(0);
            let mut curve = Curve { name: arm.to_owned(), ..Curve::default() };
            for round in 0..rounds {
                let values: Vec<f64> = own.iter().filter_map(|rounds| value(&rounds[round])).collect();
                let votes: Vec<f64> = own.iter().map(|rounds| rounds[round].votes_total as f64).collect();
                let (Some(at), Some(votes)) = (mean(&values), mean(&votes)) else { continue };
                let at = at.within(0.0, high);
                curve.points.push((votes.value, at.value));
                curve.band.push((at.low, at.high));
            }
            curve
        })
        .collect()
}

fn differences(results: &Results) -> Option<Table> {
    let names = ["lenses_found", "completeness", "average_precision", "tpr_at_fpr_1e2"];
    let mut heads = vec!["Arm less arm".to_owned(), "#Seeds".to_owned()];
    heads.extend(names.iter().map(|name| format!("#{}", policies::capital(&words::title(name)))));
    let heads: Vec<&str> = heads.iter().map(String::as_str).collect();
    let mut table = Table::new(
        "Differences seed by seed: mean, 95 % interval (paired t), * where it leaves 0 out (simulated)",
        &heads,
    );
    for base in bases(results) {
        for arm in results.arms().into_iter().filter(|arm| *arm != base) {
            let found = names.map(|name| (name, results.difference(arm, results, base, name)));
            let seeds = found.iter().filter_map(|(_, d)| d.as_ref()).map(|d| d.mean.seeds).max().unwrap_or(0);
            let mut cells = vec![format!("{arm} less {base}"), seeds.to_string()];
            for (name, difference) in found {
                cells.push(difference.map_or_else(
                    || NONE.to_owned(),
                    |d| {
                        format!(
                            "{}{}",
                            words::with_interval(name, Some(&d.mean)),
                            if d.mean.is_clear() { " *" } else { "" }
                        )
                    },
                ));
            }
            table.push(cells);
        }
    }
    (!table.rows.is_empty()).then_some(table)
}

fn seeds(results: &Results) -> Table {
    let heads = [
        "Arm",
        "#Seed",
        "#Votes",
        "#Lenses found",
        "#Of",
        "#Candidates",
        "#AP before",
        "#AP after",
        "#TPR at FPR 1 %",
    ];
    let mut table = Table::new("Every seed (simulated)", &heads);
    for row in &results.rows {
        let number = |name: &str| {
            row.numbers
                .get(name)
                .copied()
                .flatten()
                .map_or_else(|| NONE.to_owned(), |value| words::number(name, value))
        };
        table.push([
            row.arm.clone(),
            row.seed.to_string(),
            number("votes"),
            number("lenses_found"),
            number("lenses_in_pool"),
            number("candidates"),
            number("average_precision_before"),
            number("average_precision"),
            number("tpr_at_fpr_1e2"),
        ]);
    }
    table
}

/// The networks on real images, and how real the mocks look, seed by seed.
fn real(runs: &[DemoRun]) -> Vec<Section> {
    let mut section = Section::new("real-images", "Real images", "real");
    let mut table = Table::new(
        "AUROC of the first arm's last network, 95 % interval",
        &["#Seed", "Images", "What against what", "#Lenses", "#Others", "#AUROC"],
    );
    for run in runs {
        for set in &run.report.real {
            let value = match &set.auroc {
                Measured::Value(area) => interval(area.value, area.low, area.high),
                Measured::Missing(_) => NONE.to_owned(),
            };
            table.push([
                run.seed.to_string(),
                set.set.clone(),
                set.what.clone(),
                count(set.n_pos),
                count(set.n_neg),
                value,
            ]);
        }
    }
    if table.rows.is_empty() {
        section.words.push("None given: nothing on this page was measured on real images.".to_owned());
    } else {
        section.tables.push(table);
    }
    vec![section]
}
