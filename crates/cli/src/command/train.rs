//! `lensfinder train`: a network from a labelled dataset, and how real that
//! dataset looks.

use std::{collections::HashSet, path::PathBuf, sync::Arc};

use campaign::realism::{Part, is_simulated};
use clap::Args;
use domain::Label;
use finder::{Examples, Excluded, Labels, LeftOut, Realism, TrainReport, TrainRequest, TrainingConfig};
use serde_json::json;
use survey::Dataset;

use super::{heavy, realism::Compared, settings, tell};
use crate::{arguments::Place, failure::Failure, terminal::Terminal};

/// Every fifth example is kept aside for calibration.
const ASIDE: usize = 5;

/// `lensfinder train`.
#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  \
        lensfinder train --training workspace/datasets/training --out models/lensnet-s/v1\n  \
        lensfinder train --training training --out m/v2 --real workspace/datasets/dr10 --exclude matches.csv\n  \
        lensfinder train --training mocks --training survey --labels people.csv --from m/v1 --out m/v2\n\n\
        With --real, the examples of the first set that are kept aside are compared with survey images: see\n\
        `lensfinder realism`.\n\
        --exclude takes a table with a column `id` (or subject_id), or one id per line.")]
pub struct Train {
    /// A labelled dataset; give the option again to learn from several
    #[arg(long, required = true)]
    pub training: Vec<PathBuf>,
    /// Labels of images by id, in place of the datasets' own: CSV with the columns id, target (the
    /// probability of a lens) and weight
    #[arg(long, value_name = "FILE")]
    pub labels: Option<PathBuf>,
    /// Folder of the new model
    #[arg(long)]
    pub out: PathBuf,
    /// Training settings (TOML)
    #[arg(long)]
    pub config: Option<PathBuf>,
    /// Start from this model
    #[arg(long)]
    pub from: Option<PathBuf>,
    /// A list of images to leave out, such as known lenses among the negatives
    #[arg(long, value_name = "FILE")]
    pub exclude: Option<PathBuf>,
    /// What the examples are compared with.
    #[command(flatten)]
    pub compared: Compared,
}

/// What came out.
struct Trained {
    report: TrainReport,
    realism: Realism,
    left_out: Option<LeftOut>,
}

/// Runs the command.
pub async fn run(wish: Train, place: Place, terminal: Arc<Terminal>, json: bool) -> Result<(), Failure> {
    let config = settings(wish.config.as_deref(), TrainingConfig::default())?;
    let Trained { report, realism, left_out } = heavy(move || train(wish, config, &place, &terminal)).await?;
    let value = json!({
        "model": report.dir,
        "digest": report.digest,
        "validation": report.validation,
        "realism": realism,
        "left_out": left_out,
    });
    let auroc = report.validation.as_ref().and_then(|summary| summary.auroc.value());
    let quality = auroc.map_or_else(String::new, |area| {
        format!(
            ", AUROC {:.3} ({:.3} to {:.3}) on {} kept aside",
            area.value,
            area.low,
            area.high,
            area.positives + area.negatives
        )
    });
    let without = left_out.map_or_else(String::new, |left| {
        format!(
            "\n{} listed images left out: {} labelled no lens, {} lens",
            left.total(),
            left.non_lenses,
            left.lenses
        )
    });
    let model = format!("model {} in {}{quality}{without}", report.digest.short(), report.dir.display());
    tell(json, &value, &format!("{model}\n{}", realism.text()))
}

fn train(
    wish: Train,
    config: TrainingConfig,
    place: &Place,
    terminal: &Terminal,
) -> Result<Trained, Failure> {
    let datasets: Vec<Dataset> =
        wish.training.iter().map(|dir| Dataset::open(dir)).collect::<Result<_, _>>()?;
    let Some(dataset) = datasets.first() else { return Err(Failure::words("give --training")) };
    if let Some(other) = datasets.iter().find(|other| other.spec() != dataset.spec()) {
        let [first, other] = [dataset, other].map(Dataset::name);
        return Err(Failure::words(format!(
            "{first} and {other} have tiles of different recipes; ingest one anew"
        )));
    }
    let compared = wish.compared.open(dataset.spec())?;
    let excluded = wish.exclude.as_deref().map(Excluded::read).transpose()?.unwrap_or_default();
    let labels = wish.labels.as_deref().map(Labels::read).transpose()?.unwrap_or_default();
    let size = dataset.spec().size;
    let (mut examples, mut validation) = (Examples::empty(size), Examples::empty(size));
    let mut left_out = LeftOut::default();
    for dataset in &datasets {
        let (all, out) = Examples::of_dataset_with(dataset, &labels, &excluded, terminal)?;
        let (learned, aside) = all.split_every(ASIDE);
        examples.append(&learned)?;
        validation.append(&aside)?;
        left_out.lenses += out.lenses;
        left_out.non_lenses += out.non_lenses;
        left_out.unknown += out.unknown;
    }
    let sets: Vec<_> =
        datasets.iter().map(|set| json!({ "training_set": set.name(), "digest": set.digest() })).collect();
    let mut lineage = json!({ "sets": sets });
    if !labels.is_empty() {
        lineage["labels"] = json!({ "digest": labels.digest(), "images": labels.len() });
    }
    let left_out = wish.exclude.is_some().then_some(left_out);
    if let Some(left_out) = left_out {
        lineage["excluded"] = json!({ "ids": excluded.digest(), "left_out": left_out });
    }
    let request = TrainRequest {
        out: wish.out,
        config,
        tile_spec: dataset.spec().clone(),
        examples,
        validation: Some(validation),
        audit: None,
        init: wish.from,
        lineage,
        simulated: datasets.iter().all(is_simulated),
    };
    let report = finder::train(&request, place.device, terminal)?;
    let aside = aside(dataset, &labels, &excluded)?;
    let kept_aside = Part { dataset, keep: &|row| aside.contains(&row.id) };
    let realism = compared.measure(&report.open(place.device)?, kept_aside, terminal)?;
    finder::realism::record(&report.dir, &realism)?;
    Ok(Trained { report, realism, left_out })
}

/// Ids of a dataset's examples that [`Examples::split_every`] kept aside.
fn aside(dataset: &Dataset, labels: &Labels, excluded: &Excluded) -> Result<HashSet<String>, Failure> {
    let (mut ids, mut examples) = (HashSet::new(), 0);
    for row in dataset.manifest()? {
        let row = row?;
        let is_known = row.label != Label::Unknown || labels.get(&row.id).is_some();
        if is_known && !excluded.contains(&row.id) {
            examples += 1;
            if examples % ASIDE == 0 {
                ids.insert(row.image.id);
            }
        }
    }
    Ok(ids)
}
