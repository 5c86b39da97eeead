//! Scoring: tiles in, logits, embeddings and maps out, a few pictures at a time on every thread.

use std::sync::Mutex;

use rayon::prelude::*;

use crate::{
    InferenceError, Kernel, Network, Weights,
    convolution::{Convolution, Form},
    kernel::{self, Bf16, Loops, Number, Tiles},
    layout::{Layout, SLACK},
    network::{LANES, Layer},
    pooling::Pooling,
};

/// Pictures a thread takes through the network together: their numbers and a layer's weights stay in its
/// cache. Results do not depend on it.
const AT_ONCE: usize = 8;

/// What the network says of some tiles, one after another.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Outputs {
    /// One per tile, before calibration.
    pub logits: Vec<f32>,
    /// `embedding_len` numbers per tile: the mean of the last layer over the picture, weighted as
    /// [`Network::pooling_sharpness`] says.
    pub embeddings: Vec<f32>,
    /// `map_side²` numbers per tile, rows first: what each place says; their mean, weighted as the embedding
    /// is, is the logit.
    pub maps: Vec<f32>,
}

/// A network ready to score on this machine.
pub struct Engine {
    network: Network,
    kernel: Kernel,
    embedding_len: usize,
    map_side: usize,
    pooling: Pooling,
    program: Program,
}

/// The layers, with numbers of the kernel's kind.
enum Program {
    Single(Steps<f32>),
    Half(Steps<Bf16>),
}

struct Steps<N: 'static> {
    /// Of each value.
    layouts: Vec<Layout>,
    /// The buffer each value lies in.
    buffers: Vec<usize>,
    /// Numbers of one picture in each buffer.
    sizes: Vec<usize>,
    steps: Vec<Step<N>>,
    workspaces: Mutex<Vec<Vec<Vec<N>>>>,
}

enum Step<N: 'static> {
    Conv { convolution: Box<Convolution<N>>, from: usize, add: Option<usize> },
    MaxPool { from: usize },
}

impl Engine {
    /// Packs the weights for a kernel.
    ///
    /// # Errors
    /// When the network cannot be run, a weight is missing or the processor lacks the kernel.
    pub fn new(network: Network, weights: &Weights, kernel: Kernel) -> Result<Self, InferenceError> {
        let kernel = kernel.check()?;
        Self::with(network, weights, kernel, kernel::loops(kernel))
    }

    /// The same with loops that the processor has, whatever the kernel is called.
    pub(crate) fn with(
        network: Network,
        weights: &Weights,
        kernel: Kernel,
        loops: Loops,
    ) -> Result<Self, InferenceError> {
        let shapes = network.shapes()?;
        let last = shapes[shapes.len() - 1];
        let mut head = weights.get("head.weight", &[1, last.channels])?.to_vec();
        head.resize(last.channels.next_multiple_of(LANES), 0.0);
        let bias = weights.get("head.bias", &[1])?[0];
        let program = match loops {
            Loops::Single(tiles) => Program::Single(Steps::new(&network, weights, &tiles)?),
            Loops::Half(tiles) => Program::Half(Steps::new(&network, weights, &tiles)?),
        };
        let (embedding_len, map_side) = (last.channels, last.side);
        let pooling = Pooling { head, bias, sharpness: network.pooling_sharpness, side: map_side };
        Ok(Self { network, kernel, embedding_len, map_side, pooling, program })
    }

    /// What computes here.
    #[must_use]
    pub const fn kernel(&self) -> Kernel {
        self.kernel
    }

    /// Side of a map.
    #[must_use]
    pub const fn map_side(&self) -> usize {
        self.map_side
    }

    /// Scores tiles that lie one after another (rows first, three bytes a pixel), on the threads of the
    /// rayon pool this is called in. The same tile always gives the same numbers.
    ///
    /// # Errors
    /// When the bytes are no whole number of tiles.
    pub fn run(&self, tiles: &[u8]) -> Result<Outputs, InferenceError> {
        let bytes = self.network.tile_bytes();
        if !tiles.len().is_multiple_of(bytes) {
            return Err(InferenceError::Tiles { bytes: tiles.len(), tile: bytes });
        }
        let count = tiles.len() / bytes;
        let cells = self.map_side * self.map_side;
        let mut outputs = Outputs {
            logits: vec![0.0; count],
            embeddings: vec![0.0; count * self.embedding_len],
            maps: vec![0.0; count * cells],
        };
        let parts = outputs.logits.par_chunks_mut(AT_ONCE);
        let parts = parts.zip(outputs.embeddings.par_chunks_mut(AT_ONCE * self.embedding_len));
        let parts = parts.zip(outputs.maps.par_chunks_mut(AT_ONCE * cells));
        parts.zip(tiles.par_chunks(AT_ONCE * bytes)).for_each(|(((logits, embeddings), maps), tiles)| {
            match &self.program {
                Program::Single(steps) => self.part(steps, tiles, logits, embeddings, maps),
                Program::Half(steps) => self.part(steps, tiles, logits, embeddings, maps),
            }
        });
        Ok(outputs)
    }

    fn part<N: Number>(
        &self,
        steps: &Steps<N>,
        tiles: &[u8],
        logits: &mut [f32],
        embeddings: &mut [f32],
        maps: &mut [f32],
    ) {
        let cells = self.map_side * self.map_side;
        steps.run(&self.network, tiles, |layout, picture, numbers| {
            let embedding = &mut embeddings[picture * self.embedding_len..][..self.embedding_len];
            let map = &mut maps[picture * cells..][..cells];
            logits[picture] = self.pooling.run(layout, numbers, embedding, map);
        });
    }
}

impl<N: Number> Steps<N> {
    fn new(network: &Network, weights: &Weights, tiles: &Tiles<N>) -> Result<Self, InferenceError> {
        let shapes = network.shapes()?;
        let mut borders = vec![0; shapes.len()];
        let mut last_use: Vec<usize> = (0..shapes.len()).collect();
        for (index, layer) in network.layers.iter().enumerate() {
            let (from, add, border) = match layer {
                Layer::Conv { from, add, kernel, .. } => (*from, *add, kernel / 2),
                Layer::MaxPool { from } => (*from, None, 1),
            };
            borders[from] = border.max(borders[from]);
            last_use[from] = index + 1;
            if let Some(add) = add {
                last_use[add] = index + 1;
            }
        }
        let last = shapes.len() - 1;
        last_use[last] = usize::MAX;
        // An added value must lie as what it is added to does; one border for all of a shape sees to that, and
        // lets them take turns in few buffers.
        let border = |of: usize| {
            let same = (0..shapes.len()).filter(|other| shapes[*other] == shapes[of]);
            same.map(|other| borders[other]).max().unwrap_or(0)
        };
        let layouts: Vec<Layout> = (0..shapes.len())
            .map(|value| Layout {
                shape: shapes[value],
                border: border(value),
                is_bands: value == 0 && network.input.block == 1,
            })
            .collect();

        let (mut buffers, mut sizes, mut owners) = (Vec::new(), Vec::new(), Vec::<(Layout, usize)>::new());
        for (value, layout) in layouts.iter().enumerate() {
            // Borders are zero and stay so: only values that lie alike take turns.
            let free = owners.iter().position(|(of, until)| of == layout && *until < value);
            let buffer = free.unwrap_or_else(|| {
                owners.push((*layout, 0));
                sizes.push(layout.picture());
                owners.len() - 1
            });
            owners[buffer].1 = last_use[value];
            buffers.push(buffer);
        }
        let steps = network.layers.iter().enumerate().map(|(index, layer)| {
            Ok(match layer {
                Layer::MaxPool { from } => Step::MaxPool { from: *from },
                Layer::Conv { name, from, add, kernel, stride, out, relu } => {
                    let (source, target) = (layouts[*from], layouts[index + 1]);
                    let shape = [*out, source.shape.channels, *kernel, *kernel];
                    let form = Form {
                        kernel: *kernel,
                        stride: *stride,
                        relu: *relu,
                        source,
                        target,
                        add: add.map(|add| layouts[add]),
                    };
                    let bias = weights.get(&format!("{name}.bias"), &[*out])?;
                    let weights = weights.get(&format!("{name}.weight"), &shape)?;
                    Step::Conv {
                        convolution: Box::new(Convolution::new(form, weights, bias, tiles)),
                        from: *from,
                        add: *add,
                    }
                }
            })
        });
        let steps = steps.collect::<Result<_, InferenceError>>()?;
        Ok(Self { layouts, buffers, sizes, steps, workspaces: Mutex::default() })
    }

    /// Takes tiles through all layers and hands each picture of the last to `done`.
    fn run(&self, network: &Network, tiles: &[u8], mut done: impl FnMut(&Layout, usize, &[N])) {
        let pictures = tiles.len() / network.tile_bytes();
        let mut space = self.take();
        for (picture, tile) in tiles.chunks_exact(network.tile_bytes()).enumerate() {
            let size = self.layouts[0].picture();
            read(network, &self.layouts[0], tile, &mut space[self.buffers[0]][picture * size..][..size]);
        }
        for (index, step) in self.steps.iter().enumerate() {
            let target = self.buffers[index + 1];
            let mut written = std::mem::take(&mut space[target]);
            let read = |value: usize| space[self.buffers[value]].as_slice();
            match step {
                Step::Conv { convolution, from, add } => {
                    convolution.run(pictures, read(*from), add.map(read), &mut written);
                }
                Step::MaxPool { from } => {
                    let source = read(*from);
                    let (from, to) = (&self.layouts[*from], &self.layouts[index + 1]);
                    for picture in 0..pictures {
                        max_pool(
                            from,
                            &source[picture * from.picture()..][..from.picture()],
                            to,
                            &mut written[picture * to.picture()..][..to.picture()],
                        );
                    }
                }
            }
            space[target] = written;
        }
        let last = self.layouts.len() - 1;
        let layout = &self.layouts[last];
        for picture in 0..pictures {
            done(
                layout,
                picture,
                &space[self.buffers[last]][picture * layout.picture()..][..layout.picture()],
            );
        }
        if let Ok(mut spaces) = self.workspaces.lock() {
            spaces.push(space);
        }
    }

    /// Buffers for [`AT_ONCE`] pictures, all zero where no value ever lies.
    fn take(&self) -> Vec<Vec<N>> {
        let left = self.workspaces.lock().ok().and_then(|mut spaces| spaces.pop());
        left.unwrap_or_else(|| {
            self.sizes.iter().map(|size| vec![N::default(); AT_ONCE * size + SLACK]).collect()
        })
    }
}

/// Bytes to numbers, blocks of pixels folded into channels.
fn read<N: Number>(network: &Network, layout: &Layout, tile: &[u8], picture: &mut [N]) {
    let input = &network.input;
    let number = |byte: u8| N::of((f32::from(byte) - input.offset) / input.scale);
    let side = layout.shape.side;
    if input.block == 1 {
        for (row, bytes) in tile.chunks_exact(side * 3).enumerate() {
            let target = &mut picture[layout.inner(row, 0)..][..side * 3];
            for (target, byte) in target.iter_mut().zip(bytes) {
                *target = number(*byte);
            }
        }
        return;
    }
    let wide = input.block * 3;
    let mut folded = [0u8; 3 * LANES];
    for row in 0..side {
        for column in 0..side {
            for (line, folded) in folded.chunks_exact_mut(wide).enumerate() {
                let start = ((row * input.block + line) * input.side + column * input.block) * 3;
                folded.copy_from_slice(&tile[start..start + wide]);
            }
            for (block, bytes) in folded.as_chunks::<LANES>().0.iter().enumerate() {
                let at = block * layout.plane() + layout.inner(row, column);
                let target: &mut [N; LANES] =
                    picture[at..].first_chunk_mut().expect("a pixel has whole blocks");
                for (target, byte) in target.iter_mut().zip(bytes) {
                    *target = number(*byte);
                }
            }
        }
    }
}

/// The largest of 3 × 3 around every second pixel; values are not below 0 and the border is 0.
fn max_pool<N: Number>(from: &Layout, source: &[N], to: &Layout, target: &mut [N]) {
    for block in 0..to.blocks() {
        for row in 0..to.shape.side {
            for column in 0..to.shape.side {
                let mut most = [N::default(); LANES];
                for tap in 0..9 {
                    let at =
                        from.at(2 * row + tap / 3 + from.border - 1, 2 * column + tap % 3 + from.border - 1);
                    let values: &[N; LANES] =
                        source[block * from.plane() + at..].first_chunk().expect("a pixel has whole blocks");
                    for (most, value) in most.iter_mut().zip(values) {
                        *most = most.greater(*value);
                    }
                }
                target[block * to.plane() + to.inner(row, column)..][..LANES].copy_from_slice(&most);
            }
        }
    }
}
