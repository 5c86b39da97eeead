//! `lensfinder train`: a network from a labelled dataset.

use std::sync::Arc;

use finder::{Examples, TrainRequest, TrainingConfig};
use survey::Dataset;

use super::{heavy, settings, tell};
use crate::{
    arguments::{Place, Train},
    failure::Failure,
    terminal::Terminal,
};

/// Every fifth example is kept aside for calibration.
const ASIDE: usize = 5;

/// Runs the command.
pub async fn run(wish: Train, place: Place, terminal: Arc<Terminal>, json: bool) -> Result<(), Failure> {
    let config = settings(wish.config.as_deref(), TrainingConfig::default())?;
    let report = heavy(move || {
        let dataset = Dataset::open(&wish.training)?;
        let examples = Examples::of_dataset(&dataset, terminal.as_ref())?;
        let (examples, validation) = examples.split_every(ASIDE);
        let request = TrainRequest {
            out: wish.out,
            config,
            tile_spec: dataset.spec().clone(),
            examples,
            validation: Some(validation),
            init: wish.from,
            lineage: serde_json::json!({ "training_set": dataset.name(), "digest": dataset.digest() }),
            simulated: dataset.origin().get("simulated_by").is_some(),
        };
        Ok(finder::train(&request, place.device, terminal.as_ref())?)
    })
    .await?;
    let value =
        serde_json::json!({"model": report.dir, "digest": report.digest, "validation": report.validation});
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
    tell(json, &value, &format!("model {} in {}{quality}", report.digest.short(), report.dir.display()))
}
