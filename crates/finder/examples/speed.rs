//! How fast burn scores and trains the networks of the family on a device, on tiles of noise. Scoring goes to
//! standard output as lines that `experiments/inference` takes, training to standard error:
//! `cargo run --release -p finder --example speed -- [DEVICE] [BATCHES]`.

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
    let batches: usize = arguments.next().map_or(Ok(30), |batches| batches.parse())?;
    let examples = noise(BATCH * STEPS)?;
    let folder = std::env::temp_dir().join(format!("finder-speed-{}", std::process::id()));
    let plain = NetworkConfig::default();
    for (name, network) in [
        ("lensnet-w16", plain.clone()),
        ("lensnet-w32", NetworkConfig { width: 32, ..plain.clone() }),
        ("resnet18-w32", NetworkConfig { architecture: Architecture::Resnet18, width: 32, ..plain }),
    ] {
        let (dir, seconds) = trained(&folder.join(name), network, &examples, device)?;
        eprintln!("{name}, burn {device}: trains {:.0} images a second", examples.len() as f64 / seconds);
        let model = Model::load_in_burn(&dir, device)?;
        let line = serde_json::json!({
            "engine": "burn", "variant": device.to_string(), "network": name, "precision": "f32",
            "seconds": seconds_of(&model, &examples.tiles, batches)?,
        });
        println!("{line}");
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

/// Wall time of each batch.
fn seconds_of(model: &Model, tiles: &[u8], batches: usize) -> Result<Vec<f64>, finder::FinderError> {
    let batch = &tiles[..BATCH * 96 * 96 * 3];
    model.outputs(batch)?;
    let mut seconds = Vec::new();
    for _ in 0..batches {
        let started = now();
        model.outputs(batch)?;
        seconds.push(started.elapsed().as_secs_f64());
    }
    Ok(seconds)
}

#[expect(clippy::disallowed_methods, reason = "measures speed")]
fn now() -> Instant {
    Instant::now()
}
