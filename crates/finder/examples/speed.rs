//! How fast the network trains and scores on this machine, on tiles of noise:
//! `cargo run --release -p finder --example speed -- [width] [device]`.

use std::time::Instant;

use domain::{Progress, Seed, Silent};
use finder::{DeviceChoice, Examples, Model, NetworkConfig, TrainRequest, TrainingConfig, train};
use rand::Rng as _;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut arguments = std::env::args().skip(1);
    let width = arguments.next().map_or(Ok(16), |width| width.parse())?;
    let device: DeviceChoice = arguments.next().map_or(Ok(DeviceChoice::Flex), |device| device.parse())?;
    let count = arguments.next().map_or(Ok(1280), |count| count.parse())?;

    let mut examples = Examples::empty(96);
    let mut rng = Seed::root(1).rng();
    let mut tile = vec![0; 96 * 96 * 3];
    for index in 0..count {
        rng.fill_bytes(&mut tile);
        examples.push(&tile, f32::from(u8::from(index % 2 == 0)), 1.0)?;
    }
    let dir = std::env::temp_dir().join(format!("finder-speed-{}", std::process::id()));
    let request = TrainRequest {
        out: dir.join("1"),
        config: TrainingConfig {
            network: NetworkConfig { width, ..NetworkConfig::default() },
            epochs: 2,
            ..TrainingConfig::default()
        },
        tile_spec: imaging::TileSpec::default(),
        examples: examples.clone(),
        validation: None,
        init: None,
        lineage: serde_json::Value::Null,
        simulated: true,
    };
    let started = now();
    let report = train(&request, device, &Silent)?;
    println!(
        "train  {:7.0} images/s   model {}",
        2.0 * count as f64 / started.elapsed().as_secs_f64(),
        report.digest.short()
    );

    let model = Model::load(&report.dir, device)?;
    Silent.check()?;
    for _ in 0..3 {
        let started = now();
        model.outputs(&examples.tiles)?;
        println!("score  {:7.0} images/s", count as f64 / started.elapsed().as_secs_f64());
    }
    std::fs::remove_dir_all(dir)?;
    Ok(())
}

#[expect(clippy::disallowed_methods, reason = "measures speed")]
fn now() -> Instant {
    Instant::now()
}
