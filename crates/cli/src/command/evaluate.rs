//! `lensfinder evaluate`: how good a model is on labelled images, each number with its interval:
//! as a whole, against each kind of look-alike, per footprint, and how complete it is for lenses of
//! each size and brightness.

use std::{collections::HashMap, fmt::Write as _, path::PathBuf, sync::Arc};

use clap::Args;
use domain::{Label, Progress as _, Seed};
use finder::{
    Model,
    metrics::{self, Area, Outcome, Rate, Summary},
};
use serde::{Deserialize, Serialize};
use survey::{Dataset, Footprint};

use super::{heavy, tell};
use crate::{arguments::Place, failure::Failure, terminal::Terminal};

/// `lensfinder evaluate`.
#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  \
        lensfinder evaluate --model models/lensnet-s/v1 --dataset workspace/datasets/known-lenses\n  \
        lensfinder evaluate --model m/v1 --dataset sim/survey --base-rate 0.001 --json\n\n\
        Truth is the dataset's labels and, for a simulated survey, its truth.csv. Images without truth are\n\
        left out. Simulated and real sets are never mixed: give one at a time and compare.")]
pub struct Evaluate {
    /// A finished model
    #[arg(long)]
    pub model: PathBuf,
    /// A dataset whose truth is known
    #[arg(long)]
    pub dataset: PathBuf,
    /// Lenses per image on the sky, for the purity a cut would have there
    #[arg(long, default_value_t = 9e-4, value_name = "SHARE")]
    pub base_rate: f64,
}

/// A row of `truth.csv`.
#[derive(Debug, Clone, Deserialize)]
struct Truth {
    id: String,
    kind: String,
    label: i8,
    theta_e_arcsec: Option<f64>,
    arc_sn: Option<f64>,
}

/// What is known and said of one image.
struct Judged {
    logit: f64,
    probability: f64,
    is_lens: bool,
    truth: Option<Truth>,
    footprint: Option<Footprint>,
}

/// All numbers.
#[derive(Debug, Serialize)]
struct Evaluation {
    model: domain::Digest,
    dataset: String,
    simulated: bool,
    summary: Summary,
    /// Lenses against the non-lenses of each kind.
    kinds: Vec<(String, Outcome<Area>)>,
    footprints: Vec<(Footprint, Summary)>,
    /// What a cut would give on the sky.
    cuts: Vec<Cut>,
    /// Completeness at the cut of one false positive in a hundred.
    completeness: Vec<Bin>,
}

/// One cut.
#[derive(Debug, Serialize)]
struct Cut {
    fpr: f64,
    completeness: Rate,
    purity_on_the_sky: f64,
    base_rate: f64,
}

/// Lenses of a range of sizes or brightnesses.
#[derive(Debug, Serialize)]
struct Bin {
    of: &'static str,
    from: f64,
    to: f64,
    found: Rate,
}

/// What completeness is told by: its name, its value, the edges of its bins.
type Measure<'a> = (&'static str, fn(&Truth) -> Option<f64>, &'a [f64]);

/// Runs the command.
pub async fn run(wish: Evaluate, place: Place, terminal: Arc<Terminal>, json: bool) -> Result<(), Failure> {
    let evaluation = heavy(move || evaluate(&wish, &place, &terminal)).await?;
    tell(json, &evaluation, &words(&evaluation))
}

fn evaluate(wish: &Evaluate, place: &Place, terminal: &Terminal) -> Result<Evaluation, Failure> {
    let model = Model::load(&wish.model, place.device)?.with_base_rate(wish.base_rate)?;
    let dataset = Dataset::open(&wish.dataset)?;
    model.check_tiles(&format!("dataset {}", dataset.name()), dataset.spec())?;
    let rows = judge(&model, &dataset, terminal)?;
    if rows.is_empty() {
        let problem = "has no image whose truth is known: give labels when ingesting, or a simulated set";
        return Err(Failure::words(format!("{} {problem}", wish.dataset.display())));
    }
    let seed = Seed::root(1).child("evaluate");
    let summary_of = |rows: &[&Judged]| {
        let scores: Vec<f64> = rows.iter().map(|row| row.logit).collect();
        let probabilities: Vec<f64> = rows.iter().map(|row| row.probability).collect();
        let labels: Vec<bool> = rows.iter().map(|row| row.is_lens).collect();
        Summary::of(&scores, &probabilities, &labels, seed)
    };
    let summary = summary_of(&rows.iter().collect::<Vec<_>>());
    let footprints = Footprint::ALL.into_iter().filter_map(|footprint| {
        let own: Vec<&Judged> = rows.iter().filter(|row| row.footprint == Some(footprint)).collect();
        (!own.is_empty()).then(|| (footprint, summary_of(&own)))
    });
    let cuts = summary.tpr_at_fpr.iter().filter_map(Outcome::value).filter(|at| at.resolved).map(|at| {
        let fpr = at.false_positives as f64 / at.negatives as f64;
        let purity_on_the_sky = metrics::purity(at.tpr.value, fpr, wish.base_rate);
        Cut { fpr: at.fpr, completeness: at.tpr, purity_on_the_sky, base_rate: wish.base_rate }
    });
    let threshold = summary.tpr_at_fpr.first().and_then(Outcome::value).and_then(|at| at.threshold);
    Ok(Evaluation {
        model: model.digest(),
        dataset: dataset.name().to_owned(),
        simulated: campaign::realism::is_simulated(&dataset),
        kinds: kinds(&rows),
        footprints: footprints.collect(),
        cuts: cuts.collect(),
        completeness: threshold.map(|threshold| completeness(&rows, threshold)).unwrap_or_default(),
        summary,
    })
}

/// Scores every image whose truth is known, shard by shard.
fn judge(model: &Model, dataset: &Dataset, terminal: &Terminal) -> Result<Vec<Judged>, Failure> {
    let mut truths = truths(dataset)?;
    let mut judged = Vec::new();
    let mut places = HashMap::new();
    for row in dataset.manifest()? {
        let row = row?;
        if let Some(position) = row.position {
            places.insert(row.id.clone(), Footprint::of(position));
        }
    }
    terminal.begin("judging", dataset.len());
    let bytes = dataset.spec().tile_bytes();
    for info in dataset.shards() {
        for batch in survey::shard::Reader::open(&dataset.dir().join(&info.file))? {
            terminal.check()?;
            let batch = batch?;
            let mut tiles = Vec::new();
            let first = judged.len();
            for ((id, label), tile) in
                batch.ids.iter().zip(&batch.labels).zip(batch.tiles.chunks_exact(bytes))
            {
                let truth = truths.remove(id);
                let is_lens = match (label, &truth) {
                    (Label::Lens, _) => true,
                    (Label::NonLens, _) => false,
                    (Label::Unknown, Some(truth)) if truth.label >= 0 => truth.label == 1,
                    (Label::Unknown, _) => continue,
                };
                tiles.extend_from_slice(tile);
                let footprint = places.get(id).copied();
                judged.push(Judged { logit: 0.0, probability: 0.0, is_lens, truth, footprint });
            }
            for (row, logit) in judged[first..].iter_mut().zip(model.outputs(&tiles)?.logits) {
                (row.logit, row.probability) = (f64::from(logit), model.probability(logit));
            }
            terminal.advance(batch.ids.len() as u64);
        }
    }
    terminal.end();
    Ok(judged)
}

fn truths(dataset: &Dataset) -> Result<HashMap<String, Truth>, Failure> {
    let path = dataset.dir().join("truth.csv");
    if !path.exists() {
        return Ok(HashMap::new());
    }
    let wrong = |e: csv::Error| Failure::words(format!("{}: {e}", path.display()));
    let mut reader = csv::Reader::from_path(&path).map_err(wrong)?;
    reader.deserialize().map(|row| row.map(|row: Truth| (row.id.clone(), row)).map_err(wrong)).collect()
}

/// How well lenses stand apart from each kind of non-lens.
fn kinds(rows: &[Judged]) -> Vec<(String, Outcome<Area>)> {
    let mut names: Vec<&str> = rows
        .iter()
        .filter(|row| !row.is_lens)
        .filter_map(|row| Some(row.truth.as_ref()?.kind.as_str()))
        .collect();
    names.sort_unstable();
    names.dedup();
    let of = |name: &str| {
        let own = rows
            .iter()
            .filter(|row| row.is_lens || row.truth.as_ref().is_some_and(|truth| truth.kind == name));
        let (scores, labels): (Vec<f64>, Vec<bool>) = own.map(|row| (row.logit, row.is_lens)).unzip();
        metrics::auroc(&scores, &labels).into()
    };
    names.into_iter().map(|name| (name.to_owned(), of(name))).collect()
}

/// The share of lenses above the threshold by Einstein radius and by signal over noise.
fn completeness(rows: &[Judged], threshold: f64) -> Vec<Bin> {
    let lenses: Vec<(&Truth, bool)> = rows
        .iter()
        .filter(|row| row.is_lens)
        .filter_map(|row| Some((row.truth.as_ref()?, row.logit >= threshold)))
        .collect();
    let measures: [Measure<'_>; 2] = [
        (
            "Einstein radius (arcsec)",
            |truth| truth.theta_e_arcsec,
            &[0.0, 2.0, 4.0, 6.0, 9.0, 13.0, 18.0, 60.0],
        ),
        ("signal over noise", |truth| truth.arc_sn, &[0.0, 20.0, 30.0, 50.0, 80.0, 150.0, 1e9]),
    ];
    let mut bins = Vec::new();
    for (of, number, edges) in measures {
        for pair in edges.windows(2) {
            let inside = |(truth, _): &&(&Truth, bool)| {
                number(truth).is_some_and(|value| (pair[0]..pair[1]).contains(&value))
            };
            let all = lenses.iter().filter(inside).count() as u64;
            let found = lenses.iter().filter(inside).filter(|(_, found)| *found).count() as u64;
            if let Some(found) = metrics::wilson(found, all) {
                bins.push(Bin { of, from: pair[0], to: pair[1], found });
            }
        }
    }
    bins
}

fn words(evaluation: &Evaluation) -> String {
    let mut out = String::new();
    // Writing to a string cannot fail.
    let _ = write_words(&mut out, evaluation);
    out.trim_end().to_owned()
}

fn write_words(out: &mut String, evaluation: &Evaluation) -> std::fmt::Result {
    let what = if evaluation.simulated { "simulated" } else { "real" };
    writeln!(
        out,
        "Model {} on {} ({what} images), 95 % intervals",
        evaluation.model.short(),
        evaluation.dataset
    )?;
    summary(out, &evaluation.summary)?;
    for cut in &evaluation.cuts {
        writeln!(
            out,
            "  at one false positive in {:.0}: completeness {}, purity on a sky with {} lenses an image {:.3}",
            1.0 / cut.fpr,
            rate(&cut.completeness),
            cut.base_rate,
            cut.purity_on_the_sky
        )?;
    }
    for (kind, outcome) in &evaluation.kinds {
        writeln!(out, "  AUROC against {kind}: {}", area(outcome))?;
    }
    for bin in &evaluation.completeness {
        let to = if bin.to >= 1e9 { "more".to_owned() } else { bin.to.to_string() };
        writeln!(out, "  found of {} {} to {to}: {}", bin.of, bin.from, rate(&bin.found))?;
    }
    for (footprint, numbers) in &evaluation.footprints {
        writeln!(out, "{footprint}")?;
        summary(out, numbers)?;
    }
    Ok(())
}

fn summary(out: &mut String, summary: &Summary) -> std::fmt::Result {
    writeln!(out, "  {} lenses, {} others", summary.positives, summary.negatives)?;
    writeln!(out, "  AUROC {}", area(&summary.auroc))?;
    writeln!(out, "  average precision {}", area(&summary.average_precision))?;
    for (at, name) in summary.tpr_at_count.iter().zip(["no", "ten"]) {
        if let Some(at) = at.value() {
            writeln!(out, "  TPR at {name} false positives {}", rate(&at.tpr))?;
        }
    }
    if let Some(f1) = summary.f1_max.value() {
        writeln!(
            out,
            "  best F1 {:.3} (purity {:.3}, completeness {:.3})",
            f1.value, f1.precision, f1.recall
        )?;
    }
    for point in &summary.yield_curve {
        writeln!(out, "  found in the first {}: {}", point.inspected, rate(&point.completeness))?;
    }
    for found in &summary.precision_at {
        writeln!(out, "  purity of the first {}: {}", found.trials, rate(found))?;
    }
    if let Some(brier) = summary.brier.value() {
        writeln!(out, "  Brier score {:.5} [{:.5}, {:.5}]", brier.value, brier.low, brier.high)?;
    }
    if let (Some(ece), Some(loss)) = (summary.ece.value(), summary.log_loss.value()) {
        writeln!(
            out,
            "  calibration error {:.4}, log-loss {:.4} nats (at the base rate asked for)",
            ece.value, loss.value
        )?;
    }
    Ok(())
}

fn rate(rate: &Rate) -> String {
    format!("{:.3} [{:.3}, {:.3}] ({} of {})", rate.value, rate.low, rate.high, rate.successes, rate.trials)
}

fn area(outcome: &Outcome<Area>) -> String {
    match outcome {
        Outcome::Measured(area) => format!(
            "{:.4} [{:.4}, {:.4}] ({} and {})",
            area.value, area.low, area.high, area.positives, area.negatives
        ),
        Outcome::Missing { reason } => format!("not measured: {reason}"),
    }
}
