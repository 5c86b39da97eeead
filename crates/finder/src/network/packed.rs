//! The trained network as the scoring engine takes it: normalisations folded in, layers by number,
//! weights by name.

use burn::tensor::Tensor;
use inference::{Input, Layer, Network as Layers, Weights};

use super::{ConvNorm, LensNet, Network, NetworkConfig, Residual};
use crate::FinderError;

impl Network {
    /// The layers and weights of each member, which must be without gradients.
    pub(crate) fn pack(self, config: &NetworkConfig) -> Result<Vec<(Layers, Weights)>, FinderError> {
        self.members.into_iter().map(|member| member.pack(config)).collect()
    }
}

impl LensNet {
    fn pack(self, config: &NetworkConfig) -> Result<(Layers, Weights), FinderError> {
        let folded = self.fold();
        let mut packer = Packer::default();
        let mut value = packer.conv("stem", &folded.stem, 0, None, true)?;
        if folded.pool.is_some() {
            packer.layers.push(Layer::MaxPool { from: value });
            value = packer.layers.len();
        }
        for (number, stage) in folded.stages.iter().enumerate() {
            value = packer.residual(&format!("stages.{number}"), stage, value)?;
        }
        // burn keeps `[in, out]`; with one output that is `[out, in]` too.
        let head = numbers(folded.head.weight.val())?;
        packer.insert("head.weight", &[1, head.len()], head)?;
        let bias = folded.head.bias.as_ref().map_or(Ok(vec![0.0]), |bias| numbers(bias.val()))?;
        packer.insert("head.bias", &[1], bias)?;
        let input = Input {
            side: config.tile_size,
            block: config.architecture.block(),
            offset: config.input_offset,
            scale: config.input_scale,
        };
        let layers = Layers { input, layers: packer.layers, pooling_sharpness: config.pooling_sharpness };
        Ok((layers, packer.weights))
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
    use imaging::TileSpec;
    use inference::Kernel;
    use rand::Rng as _;

    use super::*;
    use crate::{Architecture, DeviceChoice, batch::Batcher, forward::Forward};

    /// The largest difference of logits, embeddings and maps from burn's (of numbers above 1 as a share), over
    /// kernels of one width of
    /// floats.
    fn largest_difference(config: &NetworkConfig, is_half: bool) -> f32 {
        let device = Device::flex();
        let training = device.clone().autodiff();
        let network = Network::new(config, Seed::root(7), &training);
        let side = config.tile_size / config.architecture.block();
        for _ in 0..5 {
            // Statistics of training, so that there is something to fold.
            let shape = [8, config.input_channels(), side, side];
            network.forward(&Tensor::random(shape, Distribution::Normal(0.3, 2.0), &training));
        }
        let network = network.valid();
        let mut tiles = vec![0; 19 * config.tile_bytes()];
        Seed::root(8).rng().fill_bytes(&mut tiles);
        let spec = TileSpec { size: config.tile_size, ..TileSpec::default() };
        let said = network.forward(&Batcher::new(config, &spec).plain(&tiles, &device));
        // What is said of one place alone is rougher than a mean: with 16 bits only logits are held to it.
        let all = |logits, embeddings, map| {
            let parts: [Vec<f32>; 3] = [logits, embeddings, map];
            if is_half { parts[0].clone() } else { parts.concat() }
        };
        let [logits, embeddings, map] = [numbers(said.logits), numbers(said.embeddings), numbers(said.map)]
            .map(|values| values.expect("numbers"));
        let burn = all(logits, embeddings, map);
        let mut worst = 0f32;
        for kernel in Kernel::available().filter(|kernel| kernel.is_half() == is_half) {
            let engine = Forward::new(network.clone(), config, &spec, DeviceChoice::Flex, Some(kernel));
            let ours = engine.and_then(|engine| engine.run(&tiles)).expect("whole tiles");
            let ours = all(ours.logits, ours.embeddings, ours.maps);
            assert_eq!(ours.len(), burn.len());
            let far =
                ours.iter().zip(&burn).map(|(a, b)| (a - b).abs() / b.abs().max(1.0)).fold(0.0, f32::max);
            eprintln!("{kernel}, {config:?}: {far:e}");
            worst = worst.max(far);
        }
        worst
    }

    #[test]
    fn the_engine_says_what_burn_says() {
        let plain = NetworkConfig::default();
        for config in [
            plain.clone(),
            NetworkConfig { width: 8, tile_size: 48, members: 3, ..plain.clone() },
            NetworkConfig { width: 20, tile_size: 64, pooling_sharpness: 1.5, ..plain.clone() },
            NetworkConfig { architecture: Architecture::Resnet18, ..plain },
        ] {
            assert!(largest_difference(&config, false) < 1e-4);
        }
    }

    #[test]
    fn with_16_bit_floats_it_says_nearly_the_same() {
        assert!(largest_difference(&NetworkConfig::default(), true) < 5e-2);
    }
}
