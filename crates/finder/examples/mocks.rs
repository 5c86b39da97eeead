//! Trains on one simulated dataset, scores another and compares with its truth:
//! `cargo run --release -p finder --example mocks -- TRAINING SURVEY OUT [key=value …]`
//! with the keys epochs, width, lr, wd, shift, batch, seed, init.

use std::{collections::HashMap, path::Path, time::Instant};

use domain::{Seed, Silent};
use finder::{
    DeviceChoice, Examples, TrainRequest, TrainingConfig, metrics, read_scores, score_dataset, train,
};
use survey::Dataset;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [training, pool, out, settings @ ..] = arguments.as_slice() else {
        return Err("usage: mocks TRAINING SURVEY OUT [key=value …]".into());
    };
    let mut config = TrainingConfig::default();
    let mut init = None;
    for setting in settings {
        let (key, value) = setting.split_once('=').ok_or("settings are key=value")?;
        match key {
            "epochs" => config.epochs = value.parse()?,
            "width" => config.network.width = value.parse()?,
            "lr" => config.learning_rate = value.parse()?,
            "wd" => config.weight_decay = value.parse()?,
            "shift" => config.max_shift = value.parse()?,
            "batch" => config.batch_size = value.parse()?,
            "seed" => config.seed = value.parse()?,
            "offset" => config.network.input_offset = value.parse()?,
            "scale" => config.network.input_scale = value.parse()?,
            "init" => init = Some(value.into()),
            other => return Err(format!("unknown setting {other}").into()),
        }
    }
    let training = Dataset::open(Path::new(training))?;
    let (examples, validation) = Examples::of_dataset(&training, &Silent)?.split_every(6);
    let started = now();
    let count = examples.len() * config.epochs;
    let report = train(
        &TrainRequest {
            out: Path::new(out).join("model"),
            config,
            tile_spec: training.spec().clone(),
            examples,
            validation: Some(validation),
            init,
            lineage: serde_json::json!({ "training": training.digest() }),
            simulated: true,
        },
        DeviceChoice::Flex,
        &Silent,
    )?;
    let seconds = started.elapsed().as_secs_f64();
    for epoch in &report.epochs {
        println!(
            "epoch {:2}  loss {:.4}  validation {:.4}",
            epoch.epoch,
            epoch.loss,
            epoch.validation_loss.unwrap_or(f64::NAN)
        );
    }
    println!("trained {count} images in {seconds:.1} s, {:.0} images/s", count as f64 / seconds);
    if let Some(summary) = &report.validation {
        print("validation", summary);
    }

    let pool = Dataset::open(Path::new(pool))?;
    let model = report.open(DeviceChoice::Flex)?;
    let scored = score_dataset(&model, &pool, &Path::new(out).join("scores"), &Silent)?;
    println!(
        "scored {} images in {:.1} s, {:.0} images/s",
        scored.rows,
        scored.seconds,
        scored.rows as f64 / scored.seconds
    );
    let (mut logits, mut probabilities, mut kinds) = (Vec::new(), Vec::new(), Vec::new());
    let truth = truth(&pool.dir().join("truth.csv"))?;
    for batch in read_scores(&Path::new(out).join("scores"))? {
        let batch = batch?;
        logits.extend(batch.logits.iter().map(|&logit| f64::from(logit)));
        probabilities.extend(batch.probabilities);
        for id in &batch.ids {
            kinds.push(truth.get(id).cloned().ok_or("an id is not in truth.csv")?);
        }
    }
    let labels: Vec<bool> = kinds.iter().map(|kind| kind == "lens").collect();
    print("survey", &metrics::Summary::of(&logits, &probabilities, &labels, Seed::root(1)));
    let mut others: Vec<&String> = kinds.iter().filter(|kind| *kind != "lens").collect();
    others.sort();
    others.dedup();
    for other in others {
        let pairs = logits.iter().zip(&kinds).filter(|(_, kind)| *kind == "lens" || *kind == other);
        let (scores, labels): (Vec<f64>, Vec<bool>) =
            pairs.map(|(logit, kind)| (*logit, kind == "lens")).unzip();
        let area = metrics::auroc(&scores, &labels)?;
        println!("  against {other:16} AUROC {:.4} ({} of them)", area.value, area.negatives);
    }
    Ok(())
}

fn truth(path: &Path) -> Result<HashMap<String, String>, Box<dyn std::error::Error>> {
    let text = std::fs::read_to_string(path)?;
    let rows = text.lines().skip(1).map(|line| {
        let mut fields = line.split(',');
        Some((fields.next()?.to_owned(), fields.next()?.to_owned()))
    });
    rows.collect::<Option<_>>().ok_or_else(|| "truth.csv has a short line".into())
}

fn print(what: &str, summary: &metrics::Summary) {
    println!("{what}: {} lenses, {} others", summary.positives, summary.negatives);
    for (name, area) in [("AUROC", &summary.auroc), ("AP", &summary.average_precision)] {
        if let Some(area) = area.value() {
            println!("  {name:6} {:.4}  [{:.4}, {:.4}]", area.value, area.low, area.high);
        }
    }
    for at in summary.tpr_at_fpr.iter().filter_map(metrics::Outcome::value) {
        println!("  TPR at FPR {:<6} {:.3}  [{:.3}, {:.3}]", at.fpr, at.tpr.value, at.tpr.low, at.tpr.high);
    }
    for rate in &summary.precision_at {
        println!("  precision at {:<4} {:.3}", rate.trials, rate.value);
    }
    if let Some(ece) = summary.ece.value() {
        println!("  ECE {:.4}", ece.value);
    }
}

#[expect(clippy::disallowed_methods, reason = "measures speed")]
fn now() -> Instant {
    Instant::now()
}
