//! The trained network as the scoring engine takes it: normalisations folded in, layers by number,
//! weights by name.

use burn::tensor::Tensor;
use inference::{Input, Layer, Network, Weights};

use super::{BLOCK, ConvNorm, LensNet, NetworkConfig, Residual};
use crate::FinderError;

impl LensNet {
    /// The layers and weights of this network, which must be without gradients.
    pub(crate) fn pack(self, config: &NetworkConfig) -> Result<(Network, Weights), FinderError> {
        let folded = self.fold();
        let mut packer = Packer::default();
        let mut value = packer.conv("stem", &folded.stem, 0, None, true)?;
        let stages = [&folded.stage1, &folded.stage2, &folded.stage3, &folded.stage4];
        for (number, stage) in (1..).zip(stages) {
            value = packer.residual(&format!("stage{number}"), stage, value)?;
        }
        // burn keeps `[in, out]`; with one output that is `[out, in]` too.
        let head = numbers(folded.head.weight.val())?;
        packer.insert("head.weight", &[1, head.len()], head)?;
        let bias = folded.head.bias.as_ref().map_or(Ok(vec![0.0]), |bias| numbers(bias.val()))?;
        packer.insert("head.bias", &[1], bias)?;
        let input = Input {
            side: config.tile_size,
            block: BLOCK,
            offset: config.input_offset,
            scale: config.input_scale,
        };
        Ok((Network { input, layers: packer.layers, pooling_sharpness: 0.0 }, packer.weights))
    }
}

#[derive(Default)]
struct Packer {
    layers: Vec<Layer>,
    weights: Weights,
}

impl Packer {
    /// Adds a convolution and returns the number of its value.
    fn conv(
        &mut self,
        name: &str,
        layer: &ConvNorm,
        from: usize,
        add: Option<usize>,
        relu: bool,
    ) -> Result<usize, FinderError> {
        let weight = layer.conv.weight.val();
        let shape = weight.dims();
        let [out, _, kernel, _] = shape;
        self.insert(&format!("{name}.weight"), &shape, numbers(weight)?)?;
        let bias = layer.conv.bias.as_ref().map_or(Ok(vec![0.0; out]), |bias| numbers(bias.val()))?;
        self.insert(&format!("{name}.bias"), &[out], bias)?;
        let stride = layer.conv.stride[0];
        self.layers.push(Layer::Conv { name: name.to_owned(), from, add, kernel, stride, out, relu });
        Ok(self.layers.len())
    }

    fn residual(&mut self, name: &str, stage: &Residual, from: usize) -> Result<usize, FinderError> {
        let first = self.conv(&format!("{name}.first"), &stage.first, from, None, true)?;
        let aside = match &stage.shortcut {
            Some(shortcut) => self.conv(&format!("{name}.shortcut"), shortcut, from, None, false)?,
            None => from,
        };
        self.conv(&format!("{name}.second"), &stage.second, first, Some(aside), true)
    }

    fn insert(&mut self, name: &str, shape: &[usize], values: Vec<f32>) -> Result<(), FinderError> {
        self.weights.insert(name, shape, values).map_err(|e| FinderError::Network(e.to_string()))
    }
}

fn numbers<const D: usize>(tensor: Tensor<D>) -> Result<Vec<f32>, FinderError> {
    tensor.try_into_vec_as::<f32>().map_err(|e| FinderError::Network(e.to_string()))
}

#[cfg(all(test, feature = "flex"))]
mod tests {
    use burn::{
        module::Module as _,
        tensor::{Device, Distribution},
    };
    use domain::Seed;
    use inference::{Engine, Kernel};
    use rand::Rng as _;

    use super::*;
    use crate::batch::Batcher;

    /// The largest difference of logits and embeddings from burn's, over kernels of one width of floats.
    fn largest_difference(width: usize, tile_size: usize, is_half: bool) -> f32 {
        let config = NetworkConfig { width, tile_size, ..NetworkConfig::default() };
        let device = Device::flex();
        let training = device.clone().autodiff();
        let network = LensNet::new(&config, Seed::root(7), &training);
        let side = tile_size / 4;
        for _ in 0..5 {
            // Statistics of training, so that there is something to fold.
            network.forward(Tensor::random([8, 48, side, side], Distribution::Normal(0.3, 2.0), &training));
        }
        let network = network.valid();
        let mut tiles = vec![0; 19 * config.tile_bytes()];
        Seed::root(8).rng().fill_bytes(&mut tiles);
        let (logits, embeddings) = network.forward(Batcher::new(&config).plain(&tiles, &device));
        let (logits, embeddings) = (numbers(logits).expect("numbers"), numbers(embeddings).expect("numbers"));
        let (layers, weights) = network.pack(&config).expect("a network can be packed");
        let mut worst = 0f32;
        for kernel in Kernel::available().filter(|kernel| kernel.is_half() == is_half) {
            let engine = Engine::new(layers.clone(), &weights, kernel).expect("an engine");
            let ours = engine.run(&tiles).expect("whole tiles");
            let pairs = ours.logits.iter().zip(&logits).chain(ours.embeddings.iter().zip(&embeddings));
            let far = pairs.map(|(a, b)| (a - b).abs()).fold(0.0, f32::max);
            eprintln!("{kernel}, width {width}: {far:e}");
            worst = worst.max(far);
        }
        worst
    }

    #[test]
    fn the_engine_says_what_burn_says() {
        for (width, tile_size) in [(16, 96), (8, 48), (20, 64)] {
            assert!(largest_difference(width, tile_size, false) < 1e-4);
        }
    }

    #[test]
    fn with_16_bit_floats_it_says_nearly_the_same() {
        assert!(largest_difference(16, 96, true) < 5e-2);
    }
}
