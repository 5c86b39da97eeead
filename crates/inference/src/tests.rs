//! Networks of random shapes and their meaning, written out in 64 bits.

mod exact;
mod files;
mod reference;

#[cfg(target_arch = "x86_64")]
use crate::kernel::{Loops, amx_bf16};
use crate::{Engine, Input, Kernel, Layer, Network, Weights};

/// Numbers that depend on nothing but the seed.
pub(super) struct Dice(pub u64);

impl Dice {
    pub(super) fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        self.0 >> 33
    }

    /// Between −1 and 1.
    pub(super) fn number(&mut self) -> f32 {
        self.next() as f32 / (1u64 << 30) as f32 - 1.0
    }
}

/// Channels, side, numbers (channels first).
type Value = (usize, usize, Vec<f64>);

fn input(network: &Network, tile: &[u8]) -> Value {
    let Input { side, block, offset, scale } = network.input;
    let small = side / block;
    let mut values = vec![0.0; side * side * 3];
    for row in 0..side {
        for column in 0..side {
            for band in 0..3 {
                let channel = ((row % block) * block + column % block) * 3 + band;
                let byte = f64::from(tile[(row * side + column) * 3 + band]);
                values[(channel * small + row / block) * small + column / block] =
                    (byte - f64::from(offset)) / f64::from(scale);
            }
        }
    }
    (3 * block * block, small, values)
}

fn at(value: &Value, channel: usize, row: isize, column: isize) -> f64 {
    let side = value.1 as isize;
    if row < 0 || column < 0 || row >= side || column >= side {
        return 0.0;
    }
    value.2[(channel * value.1 + row as usize) * value.1 + column as usize]
}

fn step(layer: &Layer, values: &[Value], weights: &Tensors) -> Value {
    match layer {
        Layer::MaxPool { from } => {
            let value = &values[*from];
            let side = value.1.div_ceil(2);
            let mut out = Vec::new();
            for channel in 0..value.0 {
                for place in 0..side * side {
                    let (row, column) = ((place / side * 2) as isize, (place % side * 2) as isize);
                    let around =
                        (0..9).map(|tap| at(value, channel, row + tap / 3 - 1, column + tap % 3 - 1));
                    out.push(around.fold(0.0, f64::max));
                }
            }
            (value.0, side, out)
        }
        Layer::Conv { name, from, add, kernel, stride, out, relu } => {
            let value = &values[*from];
            let side = value.1.div_ceil(*stride);
            let (kernels, bias) = &weights[name.as_str()];
            let pad = (kernel / 2) as isize;
            let mut made = Vec::new();
            for channel in 0..*out {
                for place in 0..side * side {
                    let mut sum = f64::from(bias[channel]);
                    for from in 0..value.0 {
                        for tap in 0..kernel * kernel {
                            let weight = kernels[(channel * value.0 + from) * kernel * kernel + tap];
                            let row = (place / side * stride + tap / kernel) as isize - pad;
                            let column = (place % side * stride + tap % kernel) as isize - pad;
                            sum += f64::from(weight) * at(value, from, row, column);
                        }
                    }
                    if let Some(add) = add {
                        sum += values[*add].2[channel * side * side + place];
                    }
                    made.push(if *relu { sum.max(0.0) } else { sum });
                }
            }
            (*out, side, made)
        }
    }
}

pub(super) type Tensors = std::collections::HashMap<String, (Vec<f32>, Vec<f32>)>;

/// Random weights that keep numbers near 1, by name, and the same for the engine.
pub(super) fn weights(network: &Network, dice: &mut Dice) -> (Tensors, Weights) {
    let (mut tensors, mut weights) = (Tensors::new(), Weights::default());
    let mut channels = vec![3 * network.input.block * network.input.block];
    for layer in &network.layers {
        match layer {
            Layer::MaxPool { from } => channels.push(channels[*from]),
            Layer::Conv { name, from, kernel, out, .. } => {
                let fan = channels[*from] * kernel * kernel;
                let scale = (3.0 / fan as f32).sqrt();
                let kernels: Vec<f32> = (0..out * fan).map(|_| dice.number() * scale).collect();
                let bias: Vec<f32> = (0..*out).map(|_| dice.number() * 0.1).collect();
                let shape = [*out, channels[*from], *kernel, *kernel];
                weights.insert(&format!("{name}.weight"), &shape, kernels.clone()).expect("it fits");
                weights.insert(&format!("{name}.bias"), &[*out], bias.clone()).expect("it fits");
                tensors.insert(name.clone(), (kernels, bias));
                channels.push(*out);
            }
        }
    }
    let last = channels[channels.len() - 1];
    let head: Vec<f32> = (0..last).map(|_| dice.number()).collect();
    weights.insert("head.weight", &[1, last], head.clone()).expect("it fits");
    weights.insert("head.bias", &[1], vec![0.25]).expect("it fits");
    tensors.insert("head".into(), (head, vec![0.25]));
    (tensors, weights)
}

pub(super) fn conv(
    name: &str,
    from: usize,
    add: Option<usize>,
    kernel: usize,
    stride: usize,
    out: usize,
) -> Layer {
    Layer::Conv { name: name.into(), from, add, kernel, stride, out, relu: true }
}

/// What the definition says, in 64 bits.
pub(super) struct Truth {
    pub channels: usize,
    pub side: usize,
    /// Of the last layer, channels first.
    pub numbers: Vec<f64>,
    pub map: Vec<f64>,
}

pub(super) fn truth(network: &Network, tensors: &Tensors, tile: &[u8]) -> Truth {
    let mut values = vec![input(network, tile)];
    for layer in &network.layers {
        values.push(step(layer, &values, tensors));
    }
    let (channels, side, numbers) = values.pop().expect("there are values");
    let (head, bias) = &tensors["head"];
    let cells = side * side;
    let said =
        |cell: usize| (0..channels).map(|c| f64::from(head[c]) * numbers[c * cells + cell]).sum::<f64>();
    let map = (0..cells).map(|cell| f64::from(bias[0]) + said(cell)).collect();
    Truth { channels, side, numbers, map }
}

/// The network on every kernel that can run here, by name, the matrix unit's emulated.
pub(super) fn engines(network: &Network, weights: &Weights) -> Vec<(String, Engine)> {
    let engine = |kernel: Kernel| {
        (kernel.name().to_owned(), Engine::new(network.clone(), weights, kernel).expect("it fits"))
    };
    let mut engines: Vec<_> = Kernel::available().map(engine).collect();
    #[cfg(target_arch = "x86_64")]
    if Kernel::Avx512Bf16.is_available() {
        let loops = Loops::Half(amx_bf16::emulated::TILES);
        let engine = Engine::with(network.clone(), weights, Kernel::AmxBf16, loops).expect("it fits");
        engines.push(("amx-bf16, emulated".to_owned(), engine));
    }
    engines
}
