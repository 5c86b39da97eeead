//! A finished model: opened from its folder, digest checked, ready to score.

use std::path::Path;

use burn::module::Module as _;
use domain::Digest;
use imaging::TileSpec;
use serde::{Deserialize, Serialize};

use crate::{
    Calibration, DeviceChoice, FinderError, NetworkConfig, Outputs, TrainRequest, TrainingConfig, folder,
    forward::Forward, learner, network::Network,
};

/// What `config.json` says: everything that made the model except its examples' pixels.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ModelConfig {
    /// Of this file; [`ModelConfig::SCHEMA_VERSION`].
    pub schema_version: u64,
    /// The network, repeated from `training` for readers that only score.
    pub network: NetworkConfig,
    /// How tiles are made: bands, stretch, size.
    pub tile_spec: TileSpec,
    /// How it was trained.
    pub training: TrainingConfig,
    /// Examples it was trained on.
    pub examples: usize,
    /// Their weighted share of lenses.
    pub prevalence: f64,
    /// Validation examples.
    pub validation_examples: usize,
    /// Digest of the model it started from.
    pub init: Option<Digest>,
    /// Whether its examples are simulated.
    pub simulated: bool,
    /// The backend it was trained on.
    pub device: String,
    /// Where its examples come from.
    pub lineage: serde_json::Value,
}

impl ModelConfig {
    /// The version this program writes and reads.
    pub const SCHEMA_VERSION: u64 = 2;

    pub(crate) fn of(request: &TrainRequest, init: Option<Digest>, device: DeviceChoice) -> Self {
        Self {
            schema_version: Self::SCHEMA_VERSION,
            network: request.config.network.clone(),
            tile_spec: request.tile_spec.clone(),
            training: request.config.clone(),
            examples: request.examples.len(),
            prevalence: request.examples.prevalence(),
            validation_examples: request.validation.as_ref().map_or(0, crate::Examples::len),
            init,
            simulated: request.simulated,
            device: device.to_string(),
            lineage: request.lineage.clone(),
        }
    }
}

/// A model ready to score.
pub struct Model {
    digest: Digest,
    config: ModelConfig,
    calibration: Calibration,
    forward: Forward,
}

impl Model {
    /// Opens `models/<name>/<version>/`.
    ///
    /// # Errors
    /// When a file is missing, has another digest than `digest.json` promises or another schema
    /// version than this program's, or when the device is not compiled in.
    pub fn load(dir: &Path, device: DeviceChoice) -> Result<Self, FinderError> {
        Self::load_with(dir, device, None)
    }

    /// As [`Model::load`], with a kernel of the scoring engine by choice.
    ///
    /// # Errors
    /// As [`Model::load`], and when the processor cannot run the kernel or the device is not the processor.
    pub fn load_with(
        dir: &Path,
        device: DeviceChoice,
        kernel: Option<inference::Kernel>,
    ) -> Result<Self, FinderError> {
        Self::open(dir, device, |network, config| {
            Forward::new(network, &config.network, &config.tile_spec, device, kernel)
        })
    }

    /// As [`Model::load`], but burn computes even where the scoring engine could: for comparing the two.
    ///
    /// # Errors
    /// As [`Model::load`].
    pub fn load_in_burn(dir: &Path, device: DeviceChoice) -> Result<Self, FinderError> {
        Self::open(dir, device, |network, config| {
            Forward::in_burn(network, &config.network, &config.tile_spec, device)
        })
    }

    fn open(
        dir: &Path,
        device: DeviceChoice,
        forward: impl FnOnce(Network, &ModelConfig) -> Result<Forward, FinderError>,
    ) -> Result<Self, FinderError> {
        let stored = folder::read(dir)?;
        // Every weight is replaced; the seed only fills the shapes.
        let network = Network::new(&stored.config.network, domain::Seed::root(0), &device.open()?);
        let network = learner::load(network, &stored.weights)?.valid();
        Ok(Self {
            digest: stored.digest,
            forward: forward(network, &stored.config)?,
            config: stored.config,
            calibration: stored.calibration,
        })
    }

    /// SHA-256 over configuration, weights and calibration.
    #[must_use]
    pub const fn digest(&self) -> Digest {
        self.digest
    }

    /// What made it.
    #[must_use]
    pub const fn config(&self) -> &ModelConfig {
        &self.config
    }

    /// How its logits become probabilities.
    #[must_use]
    pub const fn calibration(&self) -> &Calibration {
        &self.calibration
    }

    /// The kernel of the scoring engine; `None` where burn computes.
    #[must_use]
    pub fn kernel(&self) -> Option<inference::Kernel> {
        self.forward.kernel()
    }

    /// The same model for a world with another share of lenses.
    ///
    /// # Errors
    /// When `base_rate` is not strictly between 0 and 1.
    pub fn with_base_rate(self, base_rate: f64) -> Result<Self, FinderError> {
        Ok(Self { calibration: self.calibration.at_base_rate(base_rate)?, ..self })
    }

    /// Logits and embeddings of tiles that lie one after another.
    ///
    /// # Errors
    /// When the bytes are no whole number of tiles.
    pub fn outputs(&self, tiles: &[u8]) -> Result<Outputs, FinderError> {
        self.forward.run(tiles)
    }

    /// P(lens) of an image with this logit.
    #[must_use]
    pub fn probability(&self, logit: f32) -> f64 {
        self.calibration.probability(logit)
    }

    /// Whether tiles made this way are what the model learned from.
    ///
    /// # Errors
    /// When they are not; the message says in what they differ.
    pub fn check_tiles(&self, what: &str, spec: &TileSpec) -> Result<(), FinderError> {
        if *spec == self.config.tile_spec {
            return Ok(());
        }
        let problem = format!(
            "its tiles are made as {spec:?}, the model's as {:?}; make the tiles again with the model's recipe",
            self.config.tile_spec
        );
        Err(FinderError::Input { what: what.to_owned(), problem })
    }
}
