//! The network without gradients: on this machine's processor by the scoring engine, whose numbers are
//! burn's to 1e-4; elsewhere by burn, in large batches.

use burn::tensor::Device;
use imaging::TileSpec;
use inference::{Engine, Kernel};

use crate::{DeviceChoice, FinderError, NetworkConfig, batch::Batcher, network::Network};

/// Images in one batch for a card.
const PER_CARD: usize = 256;

/// A network ready to score.
pub(crate) struct Forward {
    scorer: Scorer,
    config: NetworkConfig,
}

enum Scorer {
    /// One for each member.
    Engines(Vec<Engine>),
    Burn {
        network: Box<Network>,
        batcher: Batcher,
        device: Device,
    },
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
    /// `map_side²` numbers per image, rows first: what each place says, as a logit.
    pub maps: Vec<f32>,
    /// Places along each side of a map.
    pub map_side: usize,
}

impl Forward {
    /// `network` must be without gradients. A kernel is only for this machine's processor; without one,
    /// the best with 32-bit floats is taken: its numbers are burn's.
    pub(crate) fn new(
        network: Network,
        config: &NetworkConfig,
        spec: &TileSpec,
        choice: DeviceChoice,
        kernel: Option<Kernel>,
    ) -> Result<Self, FinderError> {
        if choice != DeviceChoice::Flex {
            if let Some(kernel) = kernel {
                let problem =
                    format!("{kernel} runs on the processor, not on {choice}; leave one of them out");
                return Err(FinderError::config("kernel", problem));
            }
            return Self::in_burn(network, config, spec, choice);
        }
        let best = || Kernel::available().find(|kernel| !kernel.is_half()).unwrap_or(Kernel::Portable);
        let kernel = kernel.unwrap_or_else(best);
        let packed = network.pack(config)?.into_iter();
        let engines = packed.map(|(layers, weights)| Engine::new(layers, &weights, kernel));
        let scorer = Scorer::Engines(engines.collect::<Result<_, _>>().map_err(failed)?);
        Ok(Self { scorer, config: config.clone() })
    }

    /// As [`Forward::new`], by burn on whatever device.
    pub(crate) fn in_burn(
        network: Network,
        config: &NetworkConfig,
        spec: &TileSpec,
        choice: DeviceChoice,
    ) -> Result<Self, FinderError> {
        let scorer = Scorer::Burn {
            network: Box::new(network.fold()),
            batcher: Batcher::new(config, spec),
            device: choice.open()?,
        };
        Ok(Self { scorer, config: config.clone() })
    }

    /// What computes: the kernel's name, or `None` for burn.
    pub(crate) fn kernel(&self) -> Option<Kernel> {
        match &self.scorer {
            Scorer::Engines(engines) => engines.first().map(Engine::kernel),
            Scorer::Burn { .. } => None,
        }
    }

    /// Scores tiles that lie one after another, each by the mean over its views.
    pub(crate) fn run(&self, tiles: &[u8]) -> Result<Outputs, FinderError> {
        if self.config.views <= 1 {
            return self.see(tiles);
        }
        let mut mean = Outputs::default();
        let share = 1.0 / f32::from(self.config.views);
        for symmetry in 0..self.config.views {
            let places = places(self.config.tile_size, symmetry);
            let seen = tiles.chunks(self.config.tile_bytes()).flat_map(|tile| {
                places.iter().flat_map(|place| tile.get(place * 3..place * 3 + 3).unwrap_or_default())
            });
            let said = self.see(&seen.copied().collect::<Vec<u8>>())?;
            if symmetry == 0 {
                let zeros = |numbers: &[f32]| vec![0.0; numbers.len()];
                mean = Outputs {
                    logits: zeros(&said.logits),
                    embeddings: zeros(&said.embeddings),
                    maps: zeros(&said.maps),
                    ..said
                };
            }
            let add = |sums: &mut [f32], said: &[f32]| {
                sums.iter_mut().zip(said).for_each(|(sum, value)| *sum += share * value);
            };
            add(&mut mean.logits, &said.logits);
            add(&mut mean.embeddings, &said.embeddings);
            // What a view says of a place belongs where that place came from.
            let back = self::places(said.map_side, symmetry);
            let cells = (said.map_side * said.map_side).max(1);
            for (sums, said) in mean.maps.chunks_exact_mut(cells).zip(said.maps.chunks_exact(cells)) {
                back.iter().zip(said).for_each(|(&place, value)| sums[place] += share * value);
            }
        }
        Ok(mean)
    }

    /// Scores tiles as they are.
    fn see(&self, tiles: &[u8]) -> Result<Outputs, FinderError> {
        let bytes = self.config.tile_bytes();
        if !tiles.len().is_multiple_of(bytes) {
            let problem = format!("{} bytes are no whole number of tiles of {bytes}", tiles.len());
            return Err(FinderError::Input { what: "the tiles".into(), problem });
        }
        match &self.scorer {
            Scorer::Engines(engines) => self.ask(engines, tiles),
            Scorer::Burn { network, batcher, device } => {
                let mut outputs = Outputs { dim: self.config.embedding_len(), ..Outputs::default() };
                for part in tiles.chunks(bytes * PER_CARD) {
                    let said = network.forward(&batcher.plain(part, device));
                    outputs.map_side = said.map.dims()[1].isqrt();
                    outputs.logits.extend(said.logits.try_into_vec_as::<f32>().map_err(failed)?);
                    outputs.embeddings.extend(said.embeddings.try_into_vec_as::<f32>().map_err(failed)?);
                    outputs.maps.extend(said.map.try_into_vec_as::<f32>().map_err(failed)?);
                }
                Ok(outputs)
            }
        }
    }

    /// The mean logit and map of all members, and their embeddings side by side.
    fn ask(&self, engines: &[Engine], tiles: &[u8]) -> Result<Outputs, FinderError> {
        let (dim, part) = (self.config.embedding_len(), self.config.member_len());
        let map_side = engines.first().map_or(0, Engine::map_side);
        let said = engines.iter().map(|engine| engine.run(tiles).map_err(failed));
        let mut said = said.collect::<Result<Vec<inference::Outputs>, _>>()?;
        if let [_] = said[..]
            && let Some(inference::Outputs { logits, embeddings, maps }) = said.pop()
        {
            return Ok(Outputs { logits, embeddings, dim, maps, map_side });
        }
        let mean = |of: &dyn Fn(&inference::Outputs) -> &[f32]| -> Vec<f32> {
            let mut sums = vec![0f32; said.first().map_or(0, |said| of(said).len())];
            for said in &said {
                sums.iter_mut().zip(of(said)).for_each(|(sum, value)| *sum += value);
            }
            sums.into_iter().map(|sum| sum / said.len() as f32).collect()
        };
        let (logits, maps) = (mean(&|said| &said.logits), mean(&|said| &said.maps));
        let embeddings = (0..logits.len())
            .flat_map(|image| said.iter().flat_map(move |said| &said.embeddings[image * part..][..part]))
            .copied()
            .collect();
        Ok(Outputs { logits, embeddings, dim, maps, map_side })
    }
}

/// For each place of a square seen through a symmetry (as [`crate::augment::View`]'s), rows first, the place
/// it comes from.
fn places(side: usize, symmetry: u8) -> Vec<usize> {
    let mirrored = |index: usize, bit: u8| if symmetry & bit != 0 { side - 1 - index } else { index };
    (0..side * side)
        .map(|place| {
            let (row, column) = (mirrored(place / side, 2), mirrored(place % side, 1));
            if symmetry & 4 != 0 { column * side + row } else { row * side + column }
        })
        .collect()
}

fn failed(error: impl std::fmt::Display) -> FinderError {
    FinderError::Network(error.to_string())
}
