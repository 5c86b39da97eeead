//! The network: a stem, four stages of residual blocks, and pooling by what each place says. One
//! logit, an embedding and a map; while training also a guess which look-alike an image is. Making
//! the input is [`crate::batch`]'s, training [`crate::training`]'s.

mod config;
mod layers;
mod packed;

use std::collections::HashMap;

use burn::{
    module::{Module, ModuleMapper, ModuleVisitor, Param, ParamId},
    nn::{
        BatchNorm, Linear, LinearConfig, PaddingConfig2d,
        pool::{MaxPool2d, MaxPool2dConfig},
    },
    tensor::{
        Device, Tensor, TensorData,
        activation::{relu, softmax},
    },
};
use domain::{Digest, Seed};
use rand_distr::{Distribution as _, Normal};

pub use config::{Architecture, NetworkConfig};
use layers::{ConvNorm, Residual};

/// Networks of one shape whose opinions are averaged.
#[derive(Module, Debug)]
pub(crate) struct Network {
    pub members: Vec<LensNet>,
}

/// One member. Input `[images, channels, side, side]`, see [`crate::batch`].
#[derive(Module, Debug)]
pub(crate) struct LensNet {
    stem: ConvNorm,
    pool: Option<MaxPool2d>,
    stages: Vec<Residual>,
    head: Linear,
    /// Which look-alike a non-lens is; only training asks.
    look_alike: Linear,
    sharpness: f64,
}

/// What one member says of some images.
pub(crate) struct Opinion {
    /// `[images]`
    pub logits: Tensor<1>,
    /// `[images, channels of the last stage]`
    pub embeddings: Tensor<2>,
    /// `[images, cells]`: what each place says, rows first; the logit is their weighted mean.
    pub map: Tensor<2>,
}

impl Network {
    /// A network with random weights that depend on nothing but the seed.
    pub(crate) fn new(config: &NetworkConfig, seed: Seed, device: &Device) -> Self {
        let member = |index| LensNet::new(&format!("members.{index}"), config, device);
        let network = Self { members: (0..config.members).map(member).collect() };
        network.map(&mut Initialise { path: Vec::new(), seed, device: device.clone() })
    }

    /// The mean logit and map, and the embeddings of all members side by side.
    pub(crate) fn forward(&self, input: &Tensor<4>) -> Opinion {
        let said: Vec<Opinion> = self.members.iter().map(|member| member.forward(input.clone())).collect();
        let count = said.len() as f64;
        let mean =
            |parts: Vec<Tensor<2>>| Tensor::stack::<3>(parts, 0).sum_dim(0).squeeze_dim::<2>(0) / count;
        let logits = said.iter().map(|said| said.logits.clone().unsqueeze_dim(1)).collect();
        Opinion {
            logits: mean(logits).squeeze_dim(1),
            map: mean(said.iter().map(|said| said.map.clone()).collect()),
            embeddings: Tensor::cat(said.into_iter().map(|said| said.embeddings).collect(), 1),
        }
    }

    /// keep · this + (1 − keep) · `other`, weight by weight and statistic by statistic: a step of a moving
    /// average. Both must be without gradients.
    pub(crate) fn follow(self, other: &Self, keep: f64) -> Self {
        let mut values = Values(HashMap::new());
        other.visit(&mut values);
        let followed = self.map(&mut Follow { values: values.0, keep });
        for (ours, theirs) in followed.norms().into_iter().zip(other.norms()) {
            for (ours, theirs) in
                [(&ours.running_mean, &theirs.running_mean), (&ours.running_var, &theirs.running_var)]
            {
                ours.update(ours.value() * keep + theirs.value() * (1.0 - keep));
            }
        }
        followed
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
        self.members
            .iter()
            .flat_map(|member| member.stem.norm.iter().chain(member.stages.iter().flat_map(Residual::norms)))
            .collect()
    }

    /// The same function with every normalisation folded into its convolution: for scoring.
    pub(crate) fn fold(self) -> Self {
        Self { members: self.members.into_iter().map(LensNet::fold).collect() }
    }
}

impl LensNet {
    fn new(name: &str, config: &NetworkConfig, device: &Device) -> Self {
        let (kind, width) = (config.architecture, config.width);
        let is_folded = kind.block() > 1;
        let (kernel, stride) = if is_folded { (3, 1) } else { (7, 2) };
        let channels = [config.input_channels(), width];
        let mut stages = Vec::new();
        let mut from = width;
        for (stage, (&wide, &first)) in kind.stages().iter().zip(&kind.strides()).enumerate() {
            for block in 0..kind.blocks() {
                let stride = if block == 0 { first } else { 1 };
                let name = format!("{name}.stages.{}", stage * kind.blocks() + block);
                stages.push(Residual::new(&name, [from, wide * width], stride, device));
                from = wide * width;
            }
        }
        let pool = MaxPool2dConfig::new([3, 3])
            .with_strides([2, 2])
            .with_padding(PaddingConfig2d::Explicit(1, 1, 1, 1));
        Self {
            stem: ConvNorm::new(&format!("{name}.stem"), channels, kernel, stride, device),
            pool: (!is_folded).then(|| pool.init()),
            stages,
            head: LinearConfig::new(from, 1).init(device),
            look_alike: LinearConfig::new(from, crate::LookAlike::ALL.len()).init(device),
            sharpness: f64::from(config.pooling_sharpness),
        }
    }

    /// Looks at some images.
    pub(crate) fn forward(&self, input: Tensor<4>) -> Opinion {
        let mut x = relu(self.stem.forward(input));
        if let Some(pool) = &self.pool {
            x = pool.forward(x);
        }
        for stage in &self.stages {
            x = stage.forward(x);
        }
        let cells: Tensor<3> = x.flatten::<3>(2, 3);
        // The head on every cell: [images, cells, channels] · [channels, 1].
        let map: Tensor<2> = self.head.forward(cells.clone().swap_dims(1, 2)).squeeze_dim(2);
        let embeddings: Tensor<2> = if self.sharpness == 0.0 {
            cells.mean_dim(2).squeeze_dim(2)
        } else {
            let weights = softmax(map.clone() * self.sharpness, 1);
            cells.matmul(weights.unsqueeze_dim(2)).squeeze_dim(2)
        };
        // Linear, so the same as the weighted mean of the map.
        let logits = self.head.forward(embeddings.clone()).squeeze_dim(1);
        Opinion { logits, embeddings, map }
    }

    /// Logits of each look-alike `[images, kinds]`.
    pub(crate) fn look_alike(&self, embeddings: Tensor<2>) -> Tensor<2> {
        self.look_alike.forward(embeddings)
    }

    fn fold(self) -> Self {
        Self { stem: self.stem.fold(), stages: self.stages.into_iter().map(Residual::fold).collect(), ..self }
    }
}

/// The numbers of every parameter.
struct Values(HashMap<ParamId, TensorData>);

impl ModuleVisitor for Values {
    fn visit_float<const D: usize>(&mut self, param: &Param<Tensor<D>>) {
        self.0.insert(param.id, param.val().into_data());
    }
}

/// Moves every parameter towards another network's.
struct Follow {
    values: HashMap<ParamId, TensorData>,
    keep: f64,
}

impl ModuleMapper for Follow {
    fn map_float<const D: usize>(&mut self, param: Param<Tensor<D>>) -> Param<Tensor<D>> {
        let Some(data) = self.values.remove(&param.id) else { return param };
        let (id, value, mapper) = param.consume();
        let other: Tensor<D> = Tensor::from_data(data, &value.device());
        Param::from_mapped_value(id, value * self.keep + other * (1.0 - self.keep), mapper)
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
            _ if path.ends_with("head.bias") || path.ends_with("look_alike.bias") => Some(0.0),
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

    fn config(members: usize) -> NetworkConfig {
        NetworkConfig { width: 8, tile_size: 48, members, ..NetworkConfig::default() }
    }

    fn network(seed: u64, device: &Device) -> Network {
        Network::new(&config(2), Seed::root(seed), device)
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
            network.forward(&Tensor::random([8, 48, 12, 12], Distribution::Normal(0.3, 2.0), &training));
        }
        let network = network.valid();
        let input = Tensor::random([8, 48, 12, 12], Distribution::Normal(0.3, 2.0), &device);
        let plain = network.forward(&input);
        assert_eq!((plain.logits.dims(), plain.embeddings.dims(), plain.map.dims()), ([8], [8, 64], [8, 9]));
        let folded = network.fold().forward(&input);
        assert!(largest_difference(plain.logits, folded.logits) < 1e-4);
        assert!(largest_difference(plain.embeddings, folded.embeddings) < 1e-4);
        assert!(largest_difference(plain.map, folded.map) < 1e-4);
    }

    #[test]
    fn the_weights_come_from_the_seed_alone_and_members_differ() {
        let device = Device::flex();
        let bytes = |seed| network(seed, &device).into_record().into_bytes().unwrap().to_vec();
        assert_eq!(bytes(1), bytes(1));
        assert_ne!(bytes(1), bytes(2));
        let two = network(1, &device);
        let input = Tensor::random([4, 48, 12, 12], Distribution::Normal(0.3, 2.0), &device);
        let [a, b] = [0, 1].map(|member| two.members[member].forward(input.clone()).logits);
        let mean = (a.clone() + b.clone()) / 2.0;
        assert!(largest_difference(a, b) > 1e-3);
        assert!(largest_difference(two.forward(&input).logits, mean) < 1e-5);
    }

    #[test]
    fn sharp_pooling_listens_to_the_loudest_place() {
        let device = Device::flex();
        let input = Tensor::random([4, 48, 12, 12], Distribution::Normal(0.3, 2.0), &device);
        let said = |pooling_sharpness| {
            let config = NetworkConfig { pooling_sharpness, ..config(1) };
            Network::new(&config, Seed::root(3), &device).forward(&input)
        };
        let mean = said(0.0);
        assert!(largest_difference(mean.logits.clone(), mean.map.clone().mean_dim(1).squeeze_dim(1)) < 1e-5);
        let sharp = said(16.0);
        let weights = softmax(sharp.map.clone() * 16.0, 1);
        assert!(
            largest_difference(sharp.logits.clone(), (weights * sharp.map).sum_dim(1).squeeze_dim(1)) < 1e-4
        );
        assert!((sharp.logits - mean.logits).min().into_scalar::<f32>() > 0.0);
    }
}
