//! The networks that engines are compared on, with random weights.

use inference::{InferenceError, Input, Layer, Network, Weights};

/// Names and networks.
pub fn networks() -> [(&'static str, Network); 3] {
    [("lensnet-w16", lensnet(16)), ("lensnet-w32", lensnet(32)), ("resnet18-w32", resnet(32))]
}

fn conv(name: &str, from: usize, add: Option<usize>, kernel: usize, stride: usize, out: usize) -> Layer {
    Layer::Conv { name: name.into(), from, add, kernel, stride, out, relu: true }
}

fn residual(layers: &mut Vec<Layer>, name: &str, stride: usize, before: usize, out: usize) {
    let from = layers.len();
    layers.push(conv(&format!("{name}.first"), from, None, 3, stride, out));
    let mut aside = from;
    if stride != 1 || before != out {
        aside = layers.len() + 1;
        layers.push(Layer::Conv {
            name: format!("{name}.shortcut"),
            from,
            add: None,
            kernel: 1,
            stride,
            out,
            relu: false,
        });
    }
    layers.push(conv(&format!("{name}.second"), from + 1, Some(aside), 3, 1, out));
}

/// LensNet-S of so many channels.
pub fn lensnet(width: usize) -> Network {
    let mut layers = vec![conv("stem", 0, None, 3, 1, width)];
    residual(&mut layers, "stage1", 1, width, width);
    residual(&mut layers, "stage2", 2, width, 2 * width);
    residual(&mut layers, "stage3", 2, 2 * width, 4 * width);
    residual(&mut layers, "stage4", 1, 4 * width, 4 * width);
    Network { input: Input { side: 96, block: 4, offset: 44.0, scale: 32.0 }, layers, pooling_sharpness: 0.0 }
}

/// The layout of ResNet-18 with so many channels in its first stage.
pub fn resnet(width: usize) -> Network {
    let mut layers = vec![conv("stem", 0, None, 7, 2, width), Layer::MaxPool { from: 1 }];
    let mut before = width;
    for (stage, factor) in [1, 2, 4, 8].into_iter().enumerate() {
        for block in 0..2 {
            let out = width * factor;
            residual(
                &mut layers,
                &format!("layer{stage}.{block}"),
                if block == 0 && stage > 0 { 2 } else { 1 },
                before,
                out,
            );
            before = out;
        }
    }
    Network { input: Input { side: 96, block: 1, offset: 44.0, scale: 32.0 }, layers, pooling_sharpness: 0.0 }
}

/// Random weights, and multiplications per picture.
pub fn weights(network: &Network) -> Result<(Weights, f64), InferenceError> {
    let mut state = 1u64;
    let mut number = || {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 33) as f32 / (1u64 << 30) as f32 - 1.0
    };
    let mut weights = Weights::default();
    let mut shapes = vec![(3 * network.input.block.pow(2), network.input.side / network.input.block)];
    let mut products = 0;
    for layer in &network.layers {
        match layer {
            Layer::MaxPool { from } => shapes.push((shapes[*from].0, shapes[*from].1.div_ceil(2))),
            Layer::Conv { name, from, kernel, stride, out, .. } => {
                let (channels, side) = shapes[*from];
                let side = side.div_ceil(*stride);
                let fan = channels * kernel * kernel;
                products += side * side * out * fan;
                let scale = (3.0 / fan as f32).sqrt();
                weights.insert(
                    &format!("{name}.weight"),
                    &[*out, channels, *kernel, *kernel],
                    (0..out * fan).map(|_| number() * scale).collect(),
                )?;
                weights.insert(
                    &format!("{name}.bias"),
                    &[*out],
                    (0..*out).map(|_| number() * 0.1).collect(),
                )?;
                shapes.push((*out, side));
            }
        }
    }
    let last = shapes[shapes.len() - 1].0;
    weights.insert("head.weight", &[1, last], (0..last).map(|_| number()).collect())?;
    weights.insert("head.bias", &[1], vec![0.0])?;
    Ok((weights, products as f64))
}
