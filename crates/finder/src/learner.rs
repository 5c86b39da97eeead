//! The training loop: one network, one AdamW, one cosine. Order and views of
//! the examples come from the seed and the epoch alone, so that an epoch is the
//! same whether the process is the first or a resumed one. Together with weights
//! from the seed and parameter ids from their paths ([`crate::network`]) and burn's
//! flex, whose sums do not depend on the number of threads, equal requests give
//! equal bytes; `tests/it/training.rs` holds it to that.

use burn::{
    module::Module,
    optim::{AdamWConfig, ModuleOptimizer},
    store::ModuleRecord,
    tensor::{Bytes, Device},
};
use domain::{Digest, Progress, Seed};
use imaging::TileSpec;
use rand::seq::SliceRandom as _;

use crate::{
    DeviceChoice, Examples, FinderError, TrainingConfig,
    augment::View,
    batch::Batcher,
    checkpoint::Checkpoint,
    forward::{Forward, Outputs},
    gradient::{Batch, gradient},
    network::Network,
    training::EpochReport,
};

pub(crate) struct Learner {
    config: TrainingConfig,
    spec: TileSpec,
    choice: DeviceChoice,
    device: Device,
    batcher: Batcher,
    network: Network,
    /// The moving average of the weights, without gradients; it is what is judged and kept.
    averaged: Option<Network>,
    optimizer: ModuleOptimizer,
}

/// The network's opinion of a set of examples.
pub(crate) struct Judged {
    /// Mean weighted cross-entropy in nats.
    pub loss: f64,
    pub logits: Vec<f32>,
}

impl Learner {
    pub(crate) fn new(
        config: &TrainingConfig,
        spec: &TileSpec,
        choice: DeviceChoice,
    ) -> Result<Self, FinderError> {
        let device = choice.open()?.autodiff();
        let seed = Seed::root(config.seed).child("weights");
        let network = Network::new(&config.network, seed, &device);
        Ok(Self {
            averaged: (config.averaging > 0.0).then(|| network.valid()),
            config: config.clone(),
            spec: spec.clone(),
            choice,
            batcher: Batcher::new(&config.network, spec),
            network,
            optimizer: AdamWConfig::new().with_weight_decay(config.weight_decay as f32).init(),
            device,
        })
    }

    /// Takes over the weights of another model; the optimizer starts fresh.
    pub(crate) fn start_from(&mut self, weights: &[u8]) -> Result<(), FinderError> {
        self.network = load(self.network.clone(), weights)?;
        self.averaged = self.averaged.is_some().then(|| self.network.valid());
        Ok(())
    }

    /// Goes back to a checkpoint.
    pub(crate) fn restore(&mut self, checkpoint: &Checkpoint) -> Result<(), FinderError> {
        self.start_from(&checkpoint.weights)?;
        if let Some(averaged) = self.averaged.take() {
            self.averaged = Some(load(averaged, &checkpoint.averaged)?);
        }
        let bytes = Bytes::from_bytes_vec(checkpoint.optimizer.clone());
        let fresh = AdamWConfig::new().with_weight_decay(self.config.weight_decay as f32).init();
        self.optimizer = fresh.from_bytes(bytes).map_err(|e| FinderError::Network(e.to_string()))?;
        Ok(())
    }

    /// The state to go on from.
    pub(crate) fn checkpoint(
        &self,
        request: Digest,
        epochs: &[EpochReport],
    ) -> Result<Checkpoint, FinderError> {
        let optimizer = self.optimizer.into_bytes().map_err(|e| FinderError::Network(e.to_string()))?;
        Ok(Checkpoint {
            request,
            epochs: epochs.to_vec(),
            // `valid` also brings the running statistics of the normalisations up to date.
            weights: bytes(self.network.valid())?,
            optimizer: optimizer.to_vec(),
            averaged: self.averaged.clone().map_or(Ok(Vec::new()), bytes)?,
        })
    }

    /// The weights to keep, as burnpack bytes.
    pub(crate) fn weights(&self) -> Result<Vec<u8>, FinderError> {
        bytes(self.best())
    }

    /// The network to judge and keep, without gradients.
    fn best(&self) -> Network {
        self.averaged.clone().unwrap_or_else(|| self.network.valid())
    }

    /// Steps in one pass over `count` examples.
    pub(crate) fn steps_per_epoch(&self, count: usize) -> usize {
        count.div_ceil(self.config.batch_size)
    }

    /// One pass. Returns the mean loss.
    pub(crate) fn epoch(
        &mut self,
        epoch: usize,
        examples: &Examples,
        progress: &dyn Progress,
    ) -> Result<f64, FinderError> {
        let seed = Seed::root(self.config.seed);
        let mut order: Vec<usize> = (0..examples.len()).collect();
        order.shuffle(&mut seed.child("order").index(epoch as u64).rng());
        let mut views = seed.child("views").index(epoch as u64).rng();

        let steps = self.steps_per_epoch(examples.len());
        let weight: f64 = examples.weights.iter().map(|&w| f64::from(w)).sum();
        let unit = (examples.len() as f64 / weight) as f32;
        let (mut sum, mut share) = (0.0, 0.0);
        for step in 0..steps {
            progress.check()?;
            // Batches of nearly equal size: a small last one would upset the normalisation.
            let range = step * order.len() / steps..(step + 1) * order.len() / steps;
            let draw = |&index: &usize| (index, self.config.augment.draw(self.config.max_shift, &mut views));
            let members: Vec<(usize, View)> = order[range].iter().map(draw).collect();
            let batch = Batch {
                examples,
                members: &members,
                unit,
                look_alike_weight: self.config.look_alike_weight,
                smoothing: self.config.label_smoothing,
            };
            let rate = self.rate(epoch * steps + step, self.config.epochs * steps);
            let loss = self.step(&batch, rate);
            self.average(epoch * steps + step);
            if !loss.is_finite() {
                let learning_rate = self.config.learning_rate;
                return Err(FinderError::Diverged { epoch: epoch + 1, step: step + 1, learning_rate });
            }
            sum += loss * members.len() as f64;
            share += members.len() as f64;
            progress.advance(1);
            progress.note(&format!("epoch {}/{}, loss {:.4}", epoch + 1, self.config.epochs, sum / share));
        }
        Ok(sum / share)
    }

    /// What the network, as it now is, says about a set.
    pub(crate) fn judge(&self, set: &Examples) -> Result<Judged, FinderError> {
        let forward = Forward::new(self.best(), &self.config.network, &self.spec, self.choice, None)?;
        let Outputs { logits, .. } = forward.run(&set.tiles)?;
        let (mut sum, mut total) = (0.0, 0.0);
        for ((&x, &t), &w) in logits.iter().zip(&set.targets).zip(&set.weights) {
            let (x, t, w) = (f64::from(x), f64::from(t), f64::from(w));
            sum += w * (x.max(0.0) - x * t + (-x.abs()).exp().ln_1p());
            total += w;
        }
        Ok(Judged { loss: sum / total, logits })
    }

    /// One step of gradient descent; returns the loss before it.
    fn step(&mut self, batch: &Batch<'_>, rate: f64) -> f64 {
        let (loss, gradients) = gradient(&self.network, batch, &self.batcher, self.choice, &self.device);
        self.network = self.optimizer.step(rate, self.network.clone(), gradients);
        loss
    }

    /// Moves the average on; at first it forgets faster, so that the random start does not linger.
    fn average(&mut self, steps_done: usize) {
        if let Some(averaged) = self.averaged.take() {
            let keep = self.config.averaging.min(1.0 - 1.0 / (1.0 + steps_done as f64 / 10.0));
            self.averaged = Some(averaged.follow(&self.network.valid(), keep));
        }
    }

    /// Linear rise, then half a cosine down to 0.
    fn rate(&self, step: usize, steps: usize) -> f64 {
        let rise = (self.config.warmup * steps as f64).ceil();
        let at = step as f64;
        let factor = if at < rise {
            (at + 1.0) / (rise + 1.0)
        } else {
            0.5 * (1.0 + (std::f64::consts::PI * (at - rise) / (steps as f64 - rise)).cos())
        };
        self.config.learning_rate * factor
    }
}

fn bytes(network: Network) -> Result<Vec<u8>, FinderError> {
    let bytes = network.into_record().into_bytes();
    Ok(bytes.map_err(|e| FinderError::Network(e.to_string()))?.to_vec())
}

/// The network with these weights, whatever it held before.
pub(crate) fn load(network: Network, weights: &[u8]) -> Result<Network, FinderError> {
    let record = ModuleRecord::from_bytes(Bytes::from_bytes_vec(weights.to_vec()));
    let record = record.map_err(|e| FinderError::Network(e.to_string()))?;
    network.try_load_record(record).map_err(|e| FinderError::Network(e.to_string()))
}
