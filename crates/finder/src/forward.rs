//! The network without gradients: normalisations folded away, images spread
//! over the processor's threads or sent to the card in large batches.

use burn::tensor::Device;
use rayon::prelude::*;

use crate::{DeviceChoice, FinderError, NetworkConfig, batch::Batcher, network::LensNet};

/// Images one thread works on at a time: small enough for its cache. Fixed, so that results do
/// not depend on the number of threads.
const PER_THREAD: usize = 32;
/// Images in one batch for a card.
const PER_CARD: usize = 256;

/// A network ready to score.
pub(crate) struct Forward {
    network: LensNet,
    batcher: Batcher,
    device: Device,
    config: NetworkConfig,
    choice: DeviceChoice,
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
        let batcher = Batcher::new(config);
        Ok(Self { network: network.fold(), batcher, device, config: config.clone(), choice })
    }

    /// Scores tiles that lie one after another.
    pub(crate) fn run(&self, tiles: &[u8]) -> Result<Outputs, FinderError> {
        let bytes = self.config.tile_bytes();
        if !tiles.len().is_multiple_of(bytes) {
            let problem = format!("{} bytes are no whole number of tiles of {bytes}", tiles.len());
            return Err(FinderError::Input { what: "the tiles".into(), problem });
        }
        let parts: Vec<(Vec<f32>, Vec<f32>)> = if self.choice.is_processor() {
            tiles.par_chunks(bytes * PER_THREAD).map(|part| self.part(part)).collect::<Result<_, _>>()?
        } else {
            tiles.chunks(bytes * PER_CARD).map(|part| self.part(part)).collect::<Result<_, _>>()?
        };
        let mut outputs = Outputs { dim: self.config.embedding_len(), ..Outputs::default() };
        for (logits, embeddings) in parts {
            outputs.logits.extend(logits);
            outputs.embeddings.extend(embeddings);
        }
        Ok(outputs)
    }

    fn part(&self, tiles: &[u8]) -> Result<(Vec<f32>, Vec<f32>), FinderError> {
        let (logits, embeddings) = self.network.forward(self.batcher.plain(tiles, &self.device));
        let failed = |e: &dyn std::fmt::Display| FinderError::Network(e.to_string());
        Ok((
            logits.try_into_vec_as::<f32>().map_err(|e| failed(&e))?,
            embeddings.try_into_vec_as::<f32>().map_err(|e| failed(&e))?,
        ))
    }
}
