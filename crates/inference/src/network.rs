//! What a network is to the engine: a list of layers over numbered values, with convolutions whose
//! normalisation is folded in. Which weights they have is [`crate::Weights`]'.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use crate::InferenceError;

/// Channels that are computed together; where a layer has others, zeros fill up.
pub(crate) const LANES: usize = 16;

/// A network whose output is a (weighted) mean over the picture: one logit, an embedding, a map.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Network {
    /// How bytes become numbers.
    pub input: Input,
    /// In order; layer `i` makes value `i + 1`, value 0 is the input.
    pub layers: Vec<Layer>,
    /// How the last layer's places become one: with `m` = what the head says of a place, each counts as
    /// exp(sharpness · `m`) over the sum of these, in the embedding and in the logit. 0 is the plain mean, at most 16.
    pub pooling_sharpness: f32,
}

/// From a tile of bytes (height × width × 3, rows first) to value 0.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Input {
    /// Pixels of a side.
    pub side: usize,
    /// Pixels of a side that are folded into channels: 1 leaves 3 channels, 4 makes 48, where
    /// channel = (row · 4 + column) · 3 + band within a block.
    pub block: usize,
    /// The byte that becomes 0.
    pub offset: f32,
    /// Bytes per unit.
    pub scale: f32,
}

/// One step.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case", deny_unknown_fields)]
pub enum Layer {
    /// A square convolution with a bias, padded with zeros so that stride 1 keeps the size.
    Conv {
        /// Its weights are `name.weight` `[out, in, kernel, kernel]` and `name.bias` `[out]`; no two layers have one
        /// name, and none is called `head`.
        name: String,
        /// The value it reads.
        from: usize,
        /// A value of the output's shape that is added before the activation.
        add: Option<usize>,
        /// Side of the kernel, odd.
        kernel: usize,
        /// 1 or 2.
        stride: usize,
        /// Channels it makes.
        out: usize,
        /// Whether negative results become 0.
        relu: bool,
    },
    /// The largest of 3 × 3 values, every second one of each row and column. Only after an activation: what lies
    /// outside counts as 0.
    MaxPool {
        /// The value it reads.
        from: usize,
    },
}

/// Channels and side of a value.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) struct Shape {
    pub channels: usize,
    pub side: usize,
}

impl Network {
    /// Bytes of one tile.
    #[must_use]
    pub const fn tile_bytes(&self) -> usize {
        self.input.side * self.input.side * 3
    }

    /// The shape of every value, the input's first.
    ///
    /// # Errors
    /// When a layer reads what is not there, or a number is out of range.
    pub(crate) fn shapes(&self) -> Result<Vec<Shape>, InferenceError> {
        let Input { side, block, offset, scale } = self.input;
        let wrong = |layer: usize, problem: String| InferenceError::Network { layer, problem };
        if !(1..=1024).contains(&side) || ![1, 4].contains(&block) || !side.is_multiple_of(block) {
            return Err(wrong(0, format!("an input of side {side} in blocks of {block}")));
        }
        if !offset.is_finite() || !scale.is_finite() || scale <= 0.0 {
            return Err(wrong(0, format!("input offset {offset}, scale {scale}")));
        }
        let sharpness = self.pooling_sharpness;
        if !(0.0..=16.0).contains(&sharpness) {
            return Err(wrong(
                self.layers.len() + 1,
                format!("a pooling sharpness of {sharpness}, not 0 to 16"),
            ));
        }
        let mut shapes = vec![Shape { channels: 3 * block * block, side: side / block }];
        let mut rectified = vec![false];
        let mut names = BTreeSet::from(["head"]);
        for (index, layer) in self.layers.iter().enumerate() {
            let number = index + 1;
            let read = |from: usize| {
                let missing = || wrong(number, format!("reads value {from}, which is not there yet"));
                shapes.get(from).copied().ok_or_else(missing)
            };
            let (shape, is_rectified) = match layer {
                Layer::Conv { name, from, add, kernel, stride, out, relu } => {
                    let before = read(*from)?;
                    if !names.insert(name.as_str()) {
                        return Err(wrong(number, format!("the name {name:?} is taken")));
                    }
                    if !(kernel % 2 == 1 && *kernel <= 7 && [1, 2].contains(stride)) {
                        return Err(wrong(number, format!("{name}: kernel {kernel}, stride {stride}")));
                    }
                    if !(1..=4096).contains(out) {
                        return Err(wrong(number, format!("{name}: {out} channels")));
                    }
                    let shape = Shape { channels: *out, side: before.side.div_ceil(*stride) };
                    if let Some(add) = add
                        && read(*add)? != shape
                    {
                        return Err(wrong(number, format!("{name}: adds value {add} of another shape")));
                    }
                    (shape, *relu)
                }
                Layer::MaxPool { from } => {
                    let before = read(*from)?;
                    if !rectified[*from] {
                        return Err(wrong(number, format!("pools value {from}, which has no activation")));
                    }
                    (Shape { side: before.side.div_ceil(2), ..before }, true)
                }
            };
            shapes.push(shape);
            rectified.push(is_rectified);
        }
        match shapes.last() {
            Some(_) if !self.layers.is_empty() => Ok(shapes),
            _ => Err(wrong(0, "it has no layers".into())),
        }
    }
    /// The weights this network has: names and shapes, in the order of the layers.
    ///
    /// # Errors
    /// When the network cannot be run.
    pub(crate) fn parameters(&self) -> Result<Vec<(String, Vec<usize>)>, InferenceError> {
        let shapes = self.shapes()?;
        let mut parameters = Vec::new();
        for layer in &self.layers {
            if let Layer::Conv { name, from, kernel, out, .. } = layer {
                parameters
                    .push((format!("{name}.weight"), vec![*out, shapes[*from].channels, *kernel, *kernel]));
                parameters.push((format!("{name}.bias"), vec![*out]));
            }
        }
        parameters.push(("head.weight".to_owned(), vec![1, shapes[shapes.len() - 1].channels]));
        parameters.push(("head.bias".to_owned(), vec![1]));
        Ok(parameters)
    }
}
