//! LensNet-S, the default network: space-to-depth input, dense 3×3 convolutions,
//! four residual blocks, global average pooling, one logit. The pooled features
//! are the embedding. Making the input is [`crate::batch`]'s, training [`crate::training`]'s.

mod packed;

use burn::{
    module::{Module, ModuleMapper, Param, ParamId, RunningState},
    nn::{
        BatchNorm, BatchNormConfig, Linear, LinearConfig, PaddingConfig2d,
        conv::{Conv2d, Conv2dConfig},
    },
    tensor::{Device, Tensor, TensorData, activation::relu},
};
use domain::{Digest, Seed};
use rand_distr::{Distribution as _, Normal};
use serde::{Deserialize, Serialize};

use crate::FinderError;

/// Pixels of a side that space-to-depth folds into channels.
pub(crate) const BLOCK: usize = 4;
/// Channels after space-to-depth: 4 × 4 pixels of 3 bands.
pub(crate) const INPUT_CHANNELS: usize = BLOCK * BLOCK * 3;

/// The shape of a network.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct NetworkConfig {
    /// Channels of the first stage; a multiple of 16 keeps the kernels busy. Default 16.
    pub width: usize,
    /// Side of the input tile in pixels, a multiple of 16. Default 96.
    pub tile_size: usize,
    /// The byte that becomes 0: the sky's, 44 for the default `imaging::TileSpec`.
    pub input_offset: f32,
    /// Bytes per unit of input. Default 32, about two σ of the sky.
    pub input_scale: f32,
}

impl Default for NetworkConfig {
    fn default() -> Self {
        Self { width: 16, tile_size: 96, input_offset: 44.0, input_scale: 32.0 }
    }
}

impl NetworkConfig {
    /// Length of an embedding: four times the width.
    #[must_use]
    pub const fn embedding_len(&self) -> usize {
        4 * self.width
    }

    /// Bytes of one tile: side × side × 3.
    #[must_use]
    pub const fn tile_bytes(&self) -> usize {
        self.tile_size * self.tile_size * 3
    }

    /// # Errors
    /// When a field is out of range.
    pub fn check(&self) -> Result<(), FinderError> {
        if !(4..=256).contains(&self.width) {
            return Err(FinderError::config("network.width", "must lie between 4 and 256"));
        }
        if !(16..=512).contains(&self.tile_size) || !self.tile_size.is_multiple_of(4 * BLOCK) {
            return Err(FinderError::config(
                "network.tile_size",
                "must be a multiple of 16 between 16 and 512",
            ));
        }
        if !self.input_offset.is_finite() || !self.input_scale.is_finite() || self.input_scale <= 0.0 {
            return Err(FinderError::config("network.input_scale", "must be finite and above 0"));
        }
        Ok(())
    }
}

/// A convolution and its normalisation; once folded, the convolution alone.
#[derive(Module, Debug)]
struct ConvNorm {
    conv: Conv2d,
    norm: Option<BatchNorm>,
}

impl ConvNorm {
    fn new(name: &str, channels: [usize; 2], kernel: usize, stride: usize, device: &Device) -> Self {
        let pad = kernel / 2;
        let conv = Conv2dConfig::new(channels, [kernel, kernel])
            .with_stride([stride, stride])
            .with_padding(PaddingConfig2d::Explicit(pad, pad, pad, pad))
            .with_bias(false)
            .init(device);
        let mut norm = BatchNormConfig::new(channels[1]).init(device);
        // A mapper cannot name running statistics, so they get their ids here.
        norm.running_mean =
            RunningState::with_id(id_of(&format!("{name}.running_mean")), norm.running_mean.value());
        norm.running_var =
            RunningState::with_id(id_of(&format!("{name}.running_var")), norm.running_var.value());
        Self { conv, norm: Some(norm) }
    }

    fn forward(&self, input: Tensor<4>) -> Tensor<4> {
        let output = self.conv.forward(input);
        match &self.norm {
            Some(norm) => norm.forward(output),
            None => output,
        }
    }

    /// Multiplies the normalisation into the weights: with s = γ/√(σ² + ε), w' = s·w and
    /// b' = β − s·μ give the same output in one pass.
    fn fold(self) -> Self {
        let Some(norm) = self.norm else { return self };
        let scale = norm.gamma.val() / (norm.running_var.value_sync() + norm.epsilon).sqrt();
        let bias = norm.beta.val() - norm.running_mean.value_sync() * scale.clone();
        let weight = self.conv.weight.val();
        let channels = weight.dims()[0];
        let weight = weight * scale.reshape([channels, 1, 1, 1]);
        let conv =
            Conv2d { weight: Param::from_tensor(weight), bias: Some(Param::from_tensor(bias)), ..self.conv };
        Self { conv, norm: None }
    }
}

/// Two convolutions beside a shortcut.
#[derive(Module, Debug)]
struct Residual {
    first: ConvNorm,
    second: ConvNorm,
    shortcut: Option<ConvNorm>,
}

impl Residual {
    fn new(name: &str, channels: [usize; 2], stride: usize, device: &Device) -> Self {
        let [_, out] = channels;
        let same_shape = stride == 1 && channels[0] == out;
        let part = |part: &str| format!("{name}.{part}");
        Self {
            first: ConvNorm::new(&part("first"), channels, 3, stride, device),
            second: ConvNorm::new(&part("second"), [out, out], 3, 1, device),
            shortcut: (!same_shape).then(|| ConvNorm::new(&part("shortcut"), channels, 1, stride, device)),
        }
    }

    fn forward(&self, input: Tensor<4>) -> Tensor<4> {
        let aside = match &self.shortcut {
            Some(shortcut) => shortcut.forward(input.clone()),
            None => input.clone(),
        };
        relu(self.second.forward(relu(self.first.forward(input))) + aside)
    }

    fn fold(self) -> Self {
        Self {
            first: self.first.fold(),
            second: self.second.fold(),
            shortcut: self.shortcut.map(ConvNorm::fold),
        }
    }
}

/// The network. Input `[images, 48, side/4, side/4]`, see [`crate::batch`].
#[derive(Module, Debug)]
pub(crate) struct LensNet {
    stem: ConvNorm,
    stage1: Residual,
    stage2: Residual,
    stage3: Residual,
    stage4: Residual,
    head: Linear,
}

impl LensNet {
    /// A network with random weights that depend on nothing but the seed.
    pub(crate) fn new(config: &NetworkConfig, seed: Seed, device: &Device) -> Self {
        let width = config.width;
        let network = Self {
            stem: ConvNorm::new("stem", [INPUT_CHANNELS, width], 3, 1, device),
            stage1: Residual::new("stage1", [width, width], 1, device),
            stage2: Residual::new("stage2", [width, 2 * width], 2, device),
            stage3: Residual::new("stage3", [2 * width, 4 * width], 2, device),
            stage4: Residual::new("stage4", [4 * width, 4 * width], 1, device),
            head: LinearConfig::new(4 * width, 1).init(device),
        };
        network.map(&mut Initialise { path: Vec::new(), seed, device: device.clone() })
    }

    /// `(logits [images], embeddings [images, 4·width])`.
    pub(crate) fn forward(&self, input: Tensor<4>) -> (Tensor<1>, Tensor<2>) {
        let x = relu(self.stem.forward(input));
        let x = self.stage1.forward(x);
        let x = self.stage2.forward(x);
        let x = self.stage3.forward(x);
        let x = self.stage4.forward(x);
        let embedding: Tensor<2> = x.flatten::<3>(2, 3).mean_dim(2).squeeze_dim(2);
        let logits = self.head.forward(embedding.clone()).squeeze_dim(1);
        (logits, embedding)
    }

    /// Sets the running statistics to the mean of those of the copies, which must be without
    /// gradients (`valid`), so that their values are up to date.
    pub(crate) fn average_statistics<const N: usize>(&self, copies: [Self; N]) {
        let of_copies = copies.each_ref().map(Self::norms);
        for (index, norm) in self.norms().into_iter().enumerate() {
            let device = norm.running_mean.value().device();
            let mean = |value: &dyn Fn(&BatchNorm) -> Tensor<1>| {
                let values = of_copies.iter().map(|norms| value(norms[index]));
                let sum = values.reduce(|sum, value| sum + value).expect("there is at least one copy");
                Tensor::from_inner(sum.div_scalar(N as f64)).to_device(&device)
            };
            norm.running_mean.update(mean(&|norm| norm.running_mean.value()));
            norm.running_var.update(mean(&|norm| norm.running_var.value()));
        }
    }

    /// All normalisations, in a fixed order.
    fn norms(&self) -> Vec<&BatchNorm> {
        let stages = [&self.stage1, &self.stage2, &self.stage3, &self.stage4];
        let layers = stages.into_iter().flat_map(|stage| {
            [Some(&stage.first), Some(&stage.second), stage.shortcut.as_ref()].into_iter().flatten()
        });
        std::iter::once(&self.stem).chain(layers).filter_map(|layer| layer.norm.as_ref()).collect()
    }

    /// The same function with every normalisation folded into its convolution: for scoring.
    pub(crate) fn fold(self) -> Self {
        Self {
            stem: self.stem.fold(),
            stage1: self.stage1.fold(),
            stage2: self.stage2.fold(),
            stage3: self.stage3.fold(),
            stage4: self.stage4.fold(),
            head: self.head,
        }
    }
}

/// The id of the parameter at this path. Random ids would make equal networks unequal files.
fn id_of(path: &str) -> ParamId {
    let mut id = [0; 8];
    id.copy_from_slice(&Digest::of(path.as_bytes()).0[..8]);
    ParamId::from(u64::from_le_bytes(id))
}

/// Sets every parameter from the seed and its own path, and gives it an id made from that path:
/// equal seeds then give equal files, whatever else the process has drawn or created.
struct Initialise {
    path: Vec<String>,
    seed: Seed,
    device: Device,
}

impl ModuleMapper for Initialise {
    fn enter_module(&mut self, name: &str, _container_type: &str) {
        self.path.push(name.to_owned());
    }

    fn exit_module(&mut self, _name: &str, _container_type: &str) {
        self.path.pop();
    }

    fn map_float<const D: usize>(&mut self, param: Param<Tensor<D>>) -> Param<Tensor<D>> {
        let path = self.path.join(".");
        let (_, value, mapper) = param.consume();
        let shape = value.dims();
        let drawn = match (D, path.ends_with("weight")) {
            (4, true) => Some((2.0 / (shape[1] * shape[2] * shape[3]) as f64).sqrt()),
            (2, true) => Some(1.0 / (shape[0] as f64).sqrt()),
            _ if path == "head.bias" => Some(0.0),
            _ => None,
        };
        let value = match drawn {
            None => value,
            Some(deviation) => {
                let normal = Normal::new(0.0, deviation).expect("a finite deviation of at least 0");
                let mut rng = self.seed.child(&path).rng();
                let numbers = (0..shape.iter().product::<usize>()).map(|_| normal.sample(&mut rng) as f32);
                let data = TensorData::new(numbers.collect::<Vec<_>>(), shape);
                Tensor::from_data(data, &self.device).set_require_grad(value.is_require_grad())
            }
        };
        Param::from_mapped_value(id_of(&path), value, mapper)
    }
}

#[cfg(all(test, feature = "flex"))]
mod tests {
    use burn::tensor::Distribution;

    use super::*;

    fn network(seed: u64, device: &Device) -> LensNet {
        let config = NetworkConfig { width: 8, tile_size: 48, ..NetworkConfig::default() };
        LensNet::new(&config, Seed::root(seed), device)
    }

    fn largest_difference<const D: usize>(a: Tensor<D>, b: Tensor<D>) -> f32 {
        (a - b).abs().max().into_scalar::<f32>()
    }

    #[test]
    fn folding_the_normalisations_changes_nothing() {
        let device = Device::flex();
        let training = device.clone().autodiff();
        let network = network(1, &training);
        // Some steps of training statistics, so that there is something to fold.
        for _ in 0..5 {
            network.forward(Tensor::random([8, 48, 12, 12], Distribution::Normal(0.3, 2.0), &training));
        }
        let network = network.valid();
        let input = Tensor::random([8, 48, 12, 12], Distribution::Normal(0.3, 2.0), &device);
        let (logits, embeddings) = network.forward(input.clone());
        assert_eq!((logits.dims(), embeddings.dims()), ([8], [8, 32]));
        let (folded_logits, folded_embeddings) = network.fold().forward(input);
        assert!(largest_difference(logits, folded_logits) < 1e-4);
        assert!(largest_difference(embeddings, folded_embeddings) < 1e-4);
    }

    #[test]
    fn the_weights_come_from_the_seed_alone() {
        let device = Device::flex();
        let bytes = |seed| network(seed, &device).into_record().into_bytes().unwrap().to_vec();
        assert_eq!(bytes(1), bytes(1));
        assert_ne!(bytes(1), bytes(2));
    }

    #[test]
    fn a_shape_that_cannot_be_is_refused() {
        let with = |width, tile_size| NetworkConfig { width, tile_size, ..NetworkConfig::default() }.check();
        assert!(with(16, 96).is_ok());
        assert!(with(0, 96).is_err() && with(16, 100).is_err() && with(16, 0).is_err());
        assert!(NetworkConfig { input_scale: 0.0, ..NetworkConfig::default() }.check().is_err());
    }
}
