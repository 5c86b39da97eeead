//! What networks are built of: a convolution with its normalisation, and two of them beside a
//! shortcut.

use burn::{
    module::{Module, Param, RunningState},
    nn::{
        BatchNorm, BatchNormConfig, PaddingConfig2d,
        conv::{Conv2d, Conv2dConfig},
    },
    tensor::{Device, Tensor, activation::relu},
};

use super::id_of;

/// A convolution and its normalisation; once folded, the convolution alone.
#[derive(Module, Debug)]
pub(super) struct ConvNorm {
    pub conv: Conv2d,
    pub norm: Option<BatchNorm>,
}

impl ConvNorm {
    pub fn new(name: &str, channels: [usize; 2], kernel: usize, stride: usize, device: &Device) -> Self {
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

    pub fn forward(&self, input: Tensor<4>) -> Tensor<4> {
        let output = self.conv.forward(input);
        match &self.norm {
            Some(norm) => norm.forward(output),
            None => output,
        }
    }

    /// Multiplies the normalisation into the weights: with s = γ/√(σ² + ε), w' = s·w and
    /// b' = β − s·μ give the same output in one pass.
    pub fn fold(self) -> Self {
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
pub(super) struct Residual {
    pub first: ConvNorm,
    pub second: ConvNorm,
    pub shortcut: Option<ConvNorm>,
}

impl Residual {
    pub fn new(name: &str, channels: [usize; 2], stride: usize, device: &Device) -> Self {
        let [_, out] = channels;
        let same_shape = stride == 1 && channels[0] == out;
        let part = |part: &str| format!("{name}.{part}");
        Self {
            first: ConvNorm::new(&part("first"), channels, 3, stride, device),
            second: ConvNorm::new(&part("second"), [out, out], 3, 1, device),
            shortcut: (!same_shape).then(|| ConvNorm::new(&part("shortcut"), channels, 1, stride, device)),
        }
    }

    pub fn forward(&self, input: Tensor<4>) -> Tensor<4> {
        let aside = match &self.shortcut {
            Some(shortcut) => shortcut.forward(input.clone()),
            None => input.clone(),
        };
        relu(self.second.forward(relu(self.first.forward(input))) + aside)
    }

    pub fn fold(self) -> Self {
        Self {
            first: self.first.fold(),
            second: self.second.fold(),
            shortcut: self.shortcut.map(ConvNorm::fold),
        }
    }

    pub fn norms(&self) -> impl Iterator<Item = &BatchNorm> {
        [Some(&self.first), Some(&self.second), self.shortcut.as_ref()]
            .into_iter()
            .flatten()
            .filter_map(|layer| layer.norm.as_ref())
    }
}
