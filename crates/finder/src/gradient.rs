//! The gradient of one batch. On a processor the batch is cut in two fixed
//! halves that run side by side on copies of the network, because burn's flex leaves
//! much of each operation on one thread (one batch is no quicker on two threads than
//! on one). The halves do not depend on the machine, and their gradients are added
//! in a fixed order, so the bits do not either.

use burn::{
    module::Module as _,
    optim::{GradientsAccumulator, GradientsParams},
    tensor::{
        Device, Tensor, TensorData,
        activation::{log_sigmoid, log_softmax},
    },
};
use rayon::prelude::*;

use crate::{DeviceChoice, Examples, LookAlike, augment::View, batch::Batcher, network::Network};

/// Halves of a batch; each normalises by its own statistics.
const HALVES: usize = 2;
/// Below this many images a batch is not cut.
const SMALLEST: usize = 16;

/// The images of one step.
pub(crate) struct Batch<'a> {
    pub examples: &'a Examples,
    /// Which examples, and how they are turned.
    pub members: &'a [(usize, View)],
    /// Factor on the weights, so that their mean over the data set is 1.
    pub unit: f32,
    /// How much telling look-alikes apart counts beside telling lenses.
    pub look_alike_weight: f32,
    /// How far targets are drawn towards one half.
    pub smoothing: f32,
}

/// Loss (mean weighted cross-entropy in nats) and gradient; moves the running statistics of
/// `network` on.
pub(crate) fn gradient(
    network: &Network,
    batch: &Batch<'_>,
    batcher: &Batcher,
    choice: DeviceChoice,
    device: &Device,
) -> (f64, GradientsParams) {
    let count = batch.members.len();
    if !choice.is_processor() || count < SMALLEST {
        return half(network, batch, batch.members, batcher, device);
    }
    let (first, second) = batch.members.split_at(count / HALVES);
    // Copies share the weights but not the running statistics, which each half moves on its own.
    let copies = [network.valid().train(), network.valid().train()];
    let ((loss_a, grads_a), (loss_b, grads_b)) = rayon::join(
        || half(&copies[0], batch, first, batcher, device),
        || half(&copies[1], batch, second, batcher, device),
    );
    network.average_statistics(copies.map(|copy| copy.valid()));
    let mut sum = GradientsAccumulator::new();
    sum.accumulate(network, grads_a);
    sum.accumulate(network, grads_b);
    (loss_a + loss_b, sum.grads())
}

/// The share of some members in the loss and gradient of their whole batch.
fn half(
    network: &Network,
    batch: &Batch<'_>,
    members: &[(usize, View)],
    batcher: &Batcher,
    device: &Device,
) -> (f64, GradientsParams) {
    let mut input = vec![0.0; members.len() * batcher.input_len()];
    let outs = input.par_chunks_exact_mut(batcher.input_len());
    outs.zip(members).for_each(|(out, (index, view))| batcher.write(batch.examples.tile(*index), view, out));
    let vector = |number: &dyn Fn(usize) -> f32| {
        let numbers: Vec<f32> = members.iter().map(|&(index, _)| number(index)).collect();
        Tensor::<1>::from_data(TensorData::new(numbers, [members.len()]), device)
    };
    let share = batch.unit / batch.members.len() as f32;
    let smooth = |target: f32| target + batch.smoothing * (0.5 - target);
    let missing = vector(&|index| 1.0 - smooth(batch.examples.targets[index]));
    let weights = vector(&|index| batch.examples.weights[index] * share);
    let kinds = kinds(batch, members, share, device);
    let input = batcher.tensor(input, device);
    let count = network.members.len() as f64;
    let mut value = 0.0;
    let mut sum: Option<Tensor<1>> = None;
    for member in &network.members {
        let said = member.forward(input.clone());
        // −t·ln σ(x) − (1 − t)·ln(1 − σ(x)) = (1 − t)·x − ln σ(x).
        let each: Tensor<1> = said.logits.clone().mul(missing.clone()).sub(log_sigmoid(said.logits));
        let mut loss = each.mul(weights.clone()).sum();
        value += f64::from(loss.clone().into_scalar::<f32>()) / count;
        if let Some(kinds) = &kinds {
            let log = log_softmax(member.look_alike(said.embeddings), 1);
            loss = loss.sub(log.mul(kinds.clone()).sum());
        }
        sum = Some(match sum {
            Some(sum) => sum.add(loss),
            None => loss,
        });
    }
    // Members share no weights, so the gradient of the sum is each one's own.
    let loss = sum.expect("a network has at least one member");
    (value, GradientsParams::from_grads(loss.backward(), network))
}

/// The weight of each kind of look-alike for each image, `[images, kinds]`; `None` if no image has any.
fn kinds(batch: &Batch<'_>, members: &[(usize, View)], share: f32, device: &Device) -> Option<Tensor<2>> {
    let kinds = LookAlike::ALL.len();
    let mut weights = vec![0.0; members.len() * kinds];
    for ((index, _), row) in members.iter().zip(weights.chunks_exact_mut(kinds)) {
        if let Some(kind) = batch.examples.kinds[*index] {
            row[kind.index()] = batch.look_alike_weight * batch.examples.weights[*index] * share;
        }
    }
    let is_any = weights.iter().any(|&weight| weight > 0.0);
    is_any.then(|| Tensor::from_data(TensorData::new(weights, [members.len(), kinds]), device))
}
