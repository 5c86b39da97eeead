//! The finder from outside: training, model folders, scoring. Images are painted
//! ([`painted`]); the physics is tested where the real ones are made.

mod exchange;
mod folder;
mod painted;
mod realism;
mod registry;
mod scoring;
mod training;

use std::{
    path::Path,
    sync::atomic::{AtomicU64, Ordering},
};

use domain::Progress;
use finder::{DeviceChoice, NetworkConfig, TrainRequest, TrainingConfig};
use imaging::TileSpec;

/// The device the suite runs on: `LENSFINDER_TEST_DEVICE`, or the processor.
fn device() -> DeviceChoice {
    std::env::var("LENSFINDER_TEST_DEVICE")
        .map_or(DeviceChoice::Flex, |name| name.parse().expect("LENSFINDER_TEST_DEVICE names a device"))
}

/// Whether equal requests must give equal bits; says so when a test is left out for that.
fn is_exact() -> bool {
    let is_exact = device() == DeviceChoice::Flex;
    if !is_exact {
        eprintln!("SKIPPED: only flex repeats itself to the bit");
    }
    is_exact
}

/// A small, quick request: 48-pixel tiles, a thin network, three epochs.
fn request(out: &Path) -> TrainRequest {
    TrainRequest {
        out: out.to_owned(),
        config: TrainingConfig {
            network: NetworkConfig { width: 8, tile_size: 48, ..NetworkConfig::default() },
            epochs: 3,
            batch_size: 16,
            max_shift: 3,
            ..TrainingConfig::default()
        },
        tile_spec: TileSpec { size: 48, ..TileSpec::default() },
        examples: painted::examples(72, 48, 70.0, 1),
        validation: Some(painted::examples(40, 48, 70.0, 2)),
        audit: None,
        init: None,
        lineage: serde_json::json!({ "painted": true }),
        simulated: true,
    }
}

/// Asks to stop after so many units of work.
struct StopAfter {
    units: AtomicU64,
}

impl StopAfter {
    fn new(units: u64) -> Self {
        Self { units: AtomicU64::new(units) }
    }
}

impl Progress for StopAfter {
    fn begin(&self, _what: &str, _total: u64) {}

    fn advance(&self, done: u64) {
        let left = self.units.load(Ordering::SeqCst);
        self.units.store(left.saturating_sub(done), Ordering::SeqCst);
    }

    fn note(&self, _note: &str) {}

    fn end(&self) {}

    fn is_cancelled(&self) -> bool {
        self.units.load(Ordering::SeqCst) == 0
    }
}
