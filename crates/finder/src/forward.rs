//! The network without gradients: on this machine's processor by the scoring engine, whose numbers are
//! burn's to 1e-4; elsewhere by burn, in large batches.

use burn::tensor::Device;
use inference::{Engine, Kernel};

use crate::{DeviceChoice, FinderError, NetworkConfig, batch::Batcher, network::LensNet};

/// Images in one batch for a card.
const PER_CARD: usize = 256;

/// A network ready to score.
pub(crate) struct Forward {
    scorer: Scorer,
    config: NetworkConfig,
}

enum Scorer {
    Engine(Box<Engine>),
    Burn { network: Box<LensNet>, batcher: Batcher, device: Device },
}

/// What the network says about some images.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Outputs {
    /// One per image; before calibration.
    pub logits: Vec<f32>,
    /// `dim` numbers per image, one image after another.
    pub embeddings: Vec<f32>,
    /// Length of one embedding.
    pub dim: usize,
}

impl Forward {
    /// `network` must be without gradients.
    pub(crate) fn new(
        network: LensNet,
        config: &NetworkConfig,
        choice: DeviceChoice,
    ) -> Result<Self, FinderError> {
        let device = choice.open()?;
        let scorer = if choice == DeviceChoice::Flex {
            let (layers, weights) = network.pack(config)?;
            // 32-bit floats: everything else here is compared with burn's numbers.
            let kernel = Kernel::available().find(|kernel| !kernel.is_half()).unwrap_or(Kernel::Portable);
            Scorer::Engine(Box::new(Engine::new(layers, &weights, kernel).map_err(failed)?))
        } else {
            Scorer::Burn { network: Box::new(network.fold()), batcher: Batcher::new(config), device }
        };
        Ok(Self { scorer, config: config.clone() })
    }

    /// Scores tiles that lie one after another.
    pub(crate) fn run(&self, tiles: &[u8]) -> Result<Outputs, FinderError> {
        let bytes = self.config.tile_bytes();
        if !tiles.len().is_multiple_of(bytes) {
            let problem = format!("{} bytes are no whole number of tiles of {bytes}", tiles.len());
            return Err(FinderError::Input { what: "the tiles".into(), problem });
        }
        let dim = self.config.embedding_len();
        match &self.scorer {
            Scorer::Engine(engine) => {
                let inference::Outputs { logits, embeddings, .. } = engine.run(tiles).map_err(failed)?;
                Ok(Outputs { logits, embeddings, dim })
            }
            Scorer::Burn { network, batcher, device } => {
                let mut outputs = Outputs { dim, ..Outputs::default() };
                for part in tiles.chunks(bytes * PER_CARD) {
                    let (logits, embeddings) = network.forward(batcher.plain(part, device));
                    outputs.logits.extend(logits.try_into_vec_as::<f32>().map_err(failed)?);
                    outputs.embeddings.extend(embeddings.try_into_vec_as::<f32>().map_err(failed)?);
                }
                Ok(outputs)
            }
        }
    }
}

fn failed(error: impl std::fmt::Display) -> FinderError {
    FinderError::Network(error.to_string())
}
