//! How fast burn trains and scores the networks of the family on a device, and our engine beside it, on
//! tiles of noise, as JSON lines:
//! `cargo run --release -p finder --example speed -- [DEVICE] [ROUNDS]`.

use std::{path::Path, time::Instant};

use domain::{Seed, Silent};
use finder::{
    Architecture, DeviceChoice, Examples, Model, NetworkConfig, TrainRequest, TrainingConfig, train,
};
use rand::Rng as _;

/// Images in one call, as everybody measures.
const BATCH: usize = 64;
/// Batches a training sees.
const STEPS: usize = 6;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut arguments = std::env::args().skip(1);
    let device: DeviceChoice = arguments.next().map_or(Ok(DeviceChoice::Flex), |device| device.parse())?;
    let rounds: usize = arguments.next().map_or(Ok(5), |rounds| rounds.parse())?;
    let examples = noise(BATCH * STEPS)?;
    let folder = std::env::temp_dir().join(format!("finder-speed-{}", std::process::id()));
    let plain = NetworkConfig::default();
    for (name, network) in [
        ("lensnet-w16", plain.clone()),
        ("lensnet-w32", NetworkConfig { width: 32, ..plain.clone() }),
        ("resnet18-w32", NetworkConfig { architecture: Architecture::Resnet18, width: 32, ..plain }),
    ] {
        let (dir, seconds) = trained(&folder.join(name), network, &examples, device)?;
        say(name, &format!("burn {device}"), "train", &[examples.len() as f64 / seconds]);
        let model = Model::load_in_burn(&dir, device)?;
        say(name, &format!("burn {device}"), "score", &speeds(&model, &examples.tiles, rounds)?);
        if device == DeviceChoice::Flex {
            let model = Model::load(&dir, device)?;
            say(name, "ours, 32 bits", "score", &speeds(&model, &examples.tiles, rounds)?);
        }
    }
    std::fs::remove_dir_all(folder)?;
    Ok(())
}

fn noise(count: usize) -> Result<Examples, finder::FinderError> {
    let mut examples = Examples::empty(96);
    let mut rng = Seed::root(1).rng();
    let mut tile = vec![0; 96 * 96 * 3];
    for index in 0..count {
        rng.fill_bytes(&mut tile);
        examples.push(&tile, f32::from(u8::from(index % 2 == 0)), 1.0)?;
    }
    Ok(examples)
}

/// Where the model is, and the seconds its one pass took.
fn trained(
    out: &Path,
    network: NetworkConfig,
    examples: &Examples,
    device: DeviceChoice,
) -> Result<(std::path::PathBuf, f64), finder::FinderError> {
    let request = TrainRequest {
        out: out.join("1"),
        config: TrainingConfig { network, epochs: 1, batch_size: BATCH, ..TrainingConfig::default() },
        tile_spec: imaging::TileSpec::default(),
        examples: examples.clone(),
        validation: None,
        audit: None,
        init: None,
        lineage: serde_json::Value::Null,
        simulated: true,
    };
    let started = now();
    let report = train(&request, device, &Silent)?;
    Ok((report.dir, started.elapsed().as_secs_f64()))
}

/// Images a second of each round, one batch after another.
fn speeds(model: &Model, tiles: &[u8], rounds: usize) -> Result<Vec<f64>, finder::FinderError> {
    let batch = BATCH * 96 * 96 * 3;
    model.outputs(&tiles[..batch])?;
    let mut speeds = Vec::new();
    for _ in 0..rounds {
        let started = now();
        for part in tiles.chunks(batch) {
            model.outputs(part)?;
        }
        speeds.push(tiles.len() as f64 / (96.0 * 96.0 * 3.0) / started.elapsed().as_secs_f64());
    }
    Ok(speeds)
}

fn say(network: &str, engine: &str, what: &str, speeds: &[f64]) {
    let mut sorted = speeds.to_vec();
    sorted.sort_by(f64::total_cmp);
    let best = sorted.last().copied().unwrap_or_default();
    let median = sorted.get(sorted.len() / 2).copied().unwrap_or_default();
    let line = serde_json::json!({
        "network": network, "engine": engine, "what": what, "batch": BATCH,
        "best_images_per_second": best.round(), "median_images_per_second": median.round(),
    });
    println!("{line}");
}

#[expect(clippy::disallowed_methods, reason = "measures speed")]
fn now() -> Instant {
    Instant::now()
}
