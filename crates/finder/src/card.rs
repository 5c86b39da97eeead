//! The model card: what a stranger needs to know before using the model, with
//! the front matter that model hubs read.

use std::{fmt::Write as _, path::Path};

use domain::Digest;

use crate::{
    Realism,
    calibration::{Calibration, Method, Source},
    folder::Finished,
    metrics::{Area, F1, Outcome, Rate, Summary},
};

/// The text of `MODEL_CARD.md`.
pub(crate) fn text(dir: &Path, digest: Digest, model: &Finished, realism: Option<&Realism>) -> String {
    let mut out = String::new();
    // Writing to a string cannot fail.
    let _ = write(&mut out, dir, digest, model, realism);
    out
}

fn write(
    out: &mut String,
    dir: &Path,
    digest: Digest,
    model: &Finished,
    realism: Option<&Realism>,
) -> std::fmt::Result {
    let config = &model.config;
    let last = |path: Option<&Path>| {
        path.and_then(Path::file_name)
            .map_or_else(|| "model".into(), |name| name.to_string_lossy().into_owned())
    };
    let (name, version) = (last(dir.parent()), last(Some(dir)));
    let (kind, data) = if config.simulated {
        ("simulated", "simulated images")
    } else {
        ("mixed", "simulated and real images")
    };

    writeln!(out, "---")?;
    writeln!(out, "license: mit")?;
    writeln!(out, "library_name: burn")?;
    writeln!(out, "pipeline_tag: image-classification")?;
    writeln!(out, "tags:\n- astronomy\n- strong-gravitational-lensing\n- {kind}-training-data")?;
    if let Some(summary) = &model.validation {
        writeln!(out, "model-index:\n- name: {name}-{version}\n  results:")?;
        writeln!(out, "  - task:\n      type: image-classification")?;
        writeln!(out, "    dataset:\n      name: validation set ({kind})\n      type: {kind}\n    metrics:")?;
        for (metric, area) in [("auroc", &summary.auroc), ("average_precision", &summary.average_precision)] {
            if let Some(area) = area.value() {
                writeln!(out, "    - type: {metric}\n      value: {:.4}", area.value)?;
            }
        }
    }
    writeln!(out, "---\n\n# {name}, version {version}\n")?;
    writeln!(
        out,
        "Scores cutouts of {0}×{0} pixels for signs of strong gravitational lensing by",
        config.network.tile_size
    )?;
    writeln!(out, "galaxy clusters. Digest `{digest}`.\n")?;
    if config.simulated {
        writeln!(
            out,
            "> **All numbers on this card are on simulated images.** They say that the training worked,"
        )?;
        writeln!(out, "> not how many real lenses the network finds.\n")?;
    }

    writeln!(out, "## Intended use\n")?;
    writeln!(
        out,
        "Ranking survey cutouts so that people look at the promising ones first. Not for claiming a"
    )?;
    writeln!(
        out,
        "discovery without a person's look, nor for tiles made by another recipe (the model refuses them).\n"
    )?;

    writeln!(out, "## Training\n")?;
    let network = &config.network;
    writeln!(
        out,
        "- Architecture: {}, width {}, {} member{}, pooling sharpness {}",
        network.architecture.name(),
        network.width,
        network.members,
        if network.members == 1 { "" } else { "s" },
        network.pooling_sharpness
    )?;
    writeln!(
        out,
        "- Examples: {} ({data}), weighted share of lenses {:.3}",
        config.examples, config.prevalence
    )?;
    writeln!(
        out,
        "- {} epochs, batch {}, AdamW with learning rate {} (cosine) and weight decay {}, seed {}, on {}",
        config.training.epochs,
        config.training.batch_size,
        config.training.learning_rate,
        config.training.weight_decay,
        config.training.seed,
        config.device
    )?;
    match &config.init {
        Some(init) => writeln!(out, "- Started from the weights of model `{init}`")?,
        None => writeln!(out, "- Started from random weights")?,
    }
    if !model.epochs.is_empty() {
        writeln!(out, "\n| pass | loss while training | loss on the validation set |\n|---|---|---|")?;
        for epoch in &model.epochs {
            let validation = epoch.validation_loss.map_or_else(|| "–".into(), |loss| format!("{loss:.4}"));
            writeln!(out, "| {} | {:.4} | {validation} |", epoch.epoch, epoch.loss)?;
        }
    }

    writeln!(out, "\n## Evaluation (validation set, {kind})\n")?;
    match &model.validation {
        None => writeln!(out, "There was no validation set.")?,
        Some(summary) => evaluation(out, summary)?,
    }

    writeln!(out, "\n## Calibration\n")?;
    calibrated(out, &model.calibration)?;

    if let Some(realism) = realism {
        realism.card(out)?;
    }

    writeln!(out, "\n## Known limits\n")?;
    writeln!(out, "- Ring galaxies, spirals, mergers and satellite trails can score high.")?;
    writeln!(out, "- Average pooling over the field: one faint arc far from the centre weighs little.")?;
    writeln!(out, "- Probabilities hold for images like the validation set; real images differ.")
}

fn calibrated(out: &mut String, calibration: &Calibration) -> std::fmt::Result {
    let how = match &calibration.method {
        Method::Temperature => format!("A temperature (slope {:.3})", calibration.slope),
        Method::Platt => {
            format!("Platt scaling (slope {:.3}, intercept {:.3})", calibration.slope, calibration.intercept)
        }
        Method::Isotonic => format!("Isotonic regression ({} knots)", calibration.knots.len()),
        Method::Uncalibrated { reason } => return writeln!(out, "None: {reason}."),
    };
    let on = match calibration.source {
        Source::Validation => "the validation set",
        Source::Audit => "the audit of the survey, weighted by how likely each image was drawn",
    };
    let Calibration { positives, negatives, base_rate, .. } = calibration;
    writeln!(
        out,
        "{how} on the {positives} lenses and {negatives} others of {on}, corrected to a base rate of {base_rate}."
    )?;
    let Some(check) = &calibration.check else { return Ok(()) };
    writeln!(out, "\n| | before | after (cross-fitted) |\n|---|---|---|")?;
    writeln!(out, "| log-loss (nats) | {:.4} | {:.4} |", check.log_loss_before, check.log_loss_after)?;
    if let (Some(before), Some(after)) = (check.error_before, check.error_after) {
        writeln!(out, "| expected calibration error | {before:.4} | {after:.4} |")?;
    }
    Ok(())
}

fn evaluation(out: &mut String, summary: &Summary) -> std::fmt::Result {
    writeln!(out, "{} lenses, {} others; 95 % intervals.\n", summary.positives, summary.negatives)?;
    writeln!(out, "| metric | value | interval |\n|---|---|---|")?;
    let mut area = |name: &str, outcome: &Outcome<Area>| match outcome {
        Outcome::Measured(a) => writeln!(out, "| {name} | {:.4} | {:.4}–{:.4} |", a.value, a.low, a.high),
        Outcome::Missing { reason } => writeln!(out, "| {name} | not measured | {reason} |"),
    };
    area("AUROC", &summary.auroc)?;
    area("average precision", &summary.average_precision)?;
    for at in summary.tpr_at_fpr.iter().filter_map(Outcome::value) {
        let note = if at.resolved { "" } else { " (too few others: at no false positive)" };
        writeln!(
            out,
            "| TPR at FPR {}{note} | {:.3} ({}/{}) | {:.3}–{:.3} |",
            at.fpr, at.tpr.value, at.tpr.successes, at.tpr.trials, at.tpr.low, at.tpr.high
        )?;
    }
    for (at, name) in summary.tpr_at_count.iter().zip(["no false positive", "ten false positives"]) {
        let Some(at) = at.value() else { continue };
        let Rate { value, low, high, successes, trials } = at.tpr;
        writeln!(out, "| TPR at {name} | {value:.3} ({successes}/{trials}) | {low:.3}–{high:.3} |")?;
    }
    if let Some(f1) = summary.f1_max.value() {
        let F1 { value, precision, recall, .. } = f1;
        writeln!(out, "| best F1 | {value:.3} | purity {precision:.3}, completeness {recall:.3} |")?;
    }
    if let Some(loss) = summary.log_loss.value() {
        writeln!(out, "| log-loss (nats) | {:.4} | {:.4}–{:.4} |", loss.value, loss.low, loss.high)?;
    }
    if let Some(ece) = summary.ece.value() {
        writeln!(out, "| expected calibration error | {:.4} | {} bins |", ece.value, ece.bins.len())?;
    }
    if let Some(brier) = summary.brier.value() {
        writeln!(out, "| Brier score | {:.4} | {:.4}–{:.4} |", brier.value, brier.low, brier.high)?;
    }
    Ok(())
}
