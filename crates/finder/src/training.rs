//! Training as a request: what to learn from, how, and where the finished model
//! goes. The steps themselves are [`crate::learner`]'s, the folder [`crate::folder`]'s.

use std::path::PathBuf;

use domain::{Digest, Progress, Seed};
use imaging::TileSpec;
use serde::{Deserialize, Serialize};

use crate::{
    Augment, Calibration, CalibrationChoice, DeviceChoice, Examples, FinderError, NetworkConfig,
    calibration::{Sample, Source},
    checkpoint, folder,
    learner::Learner,
    metrics::Summary,
    model::{Model, ModelConfig},
};

/// Lenses an audit needs before a network is calibrated on it.
pub const LEAST_AUDITED: usize = 5;

/// How to train.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct TrainingConfig {
    /// The network.
    pub network: NetworkConfig,
    /// Passes over the examples. Default 10.
    pub epochs: usize,
    /// Examples per step. Default 32.
    pub batch_size: usize,
    /// Peak of the learning rate. Default 0.004.
    pub learning_rate: f64,
    /// Decoupled weight decay of AdamW. Default 0.01.
    pub weight_decay: f64,
    /// Share of the steps over which the learning rate rises before its cosine falls. Default 0.05.
    pub warmup: f64,
    /// Largest random shift in pixels. Default 2: clusters are centred, and more costs accuracy.
    pub max_shift: u32,
    /// How images are changed besides, each time they are seen.
    pub augment: Augment,
    /// How much telling look-alikes apart counts beside telling lenses, where the kinds of the
    /// non-lenses are known. Default 0.3.
    pub look_alike_weight: f32,
    /// How much of the moving average of the weights stays at each step; the average is what is kept; 0
    /// keeps the last weights. Default 0.99; 0.998 in long trainings for images unlike the examples.
    pub averaging: f64,
    /// Targets are drawn this far towards one half. Default 0.
    pub label_smoothing: f32,
    /// Root of every random number.
    pub seed: u64,
    /// Lenses per image in the world the scores are for. Default 0.001.
    pub base_rate: f64,
    /// How logits become probabilities. Default the best of those the images suffice for.
    pub calibration: CalibrationChoice,
}

impl Default for TrainingConfig {
    fn default() -> Self {
        Self {
            network: NetworkConfig::default(),
            epochs: 10,
            batch_size: 32,
            learning_rate: 4e-3,
            weight_decay: 1e-2,
            warmup: 0.05,
            max_shift: 2,
            augment: Augment::default(),
            look_alike_weight: 0.3,
            averaging: 0.99,
            label_smoothing: 0.0,
            seed: 1,
            base_rate: 1e-3,
            calibration: CalibrationChoice::Auto,
        }
    }
}

impl TrainingConfig {
    /// # Errors
    /// [`FinderError::Config`] naming the field.
    pub fn check(&self) -> Result<(), FinderError> {
        self.network.check()?;
        let within = |field, ok: bool, range: &str| {
            if ok { Ok(()) } else { Err(FinderError::config(field, format!("must be {range}"))) }
        };
        within("epochs", (1..=10_000).contains(&self.epochs), "between 1 and 10000")?;
        within("batch_size", (2..=4096).contains(&self.batch_size), "between 2 and 4096")?;
        let rate = self.learning_rate;
        within("learning_rate", rate > 0.0 && rate <= 1.0, "above 0 and at most 1")?;
        within("weight_decay", (0.0..=1.0).contains(&self.weight_decay), "between 0 and 1")?;
        within("warmup", (0.0..0.9).contains(&self.warmup), "at least 0 and below 0.9")?;
        within("look_alike_weight", (0.0..=10.0).contains(&self.look_alike_weight), "between 0 and 10")?;
        let reach = self.network.tile_size as u32 / 4;
        within("max_shift", self.max_shift <= reach, "at most a quarter of the tile")?;
        self.augment.check()?;
        within("averaging", (0.0..1.0).contains(&self.averaging), "at least 0 and below 1")?;
        within("label_smoothing", (0.0..1.0).contains(&self.label_smoothing), "at least 0 and below 1")?;
        within("base_rate", self.base_rate > 0.0 && self.base_rate < 1.0, "between 0 and 1")
    }
}

/// One model to train.
#[derive(Debug, Clone)]
pub struct TrainRequest {
    /// `models/<name>/<version>/`; created.
    pub out: PathBuf,
    /// How.
    pub config: TrainingConfig,
    /// How the tiles were made; the model will refuse tiles made otherwise.
    pub tile_spec: TileSpec,
    /// What to learn from.
    pub examples: Examples,
    /// What to report on, and to calibrate on where there is no audit.
    pub validation: Option<Examples>,
    /// Survey images drawn by chance with people's judgement, each with one over its probability of being
    /// drawn as its weight: what to calibrate on, if there are at least [`LEAST_AUDITED`] lenses among
    /// them. The network must not learn from them.
    pub audit: Option<Examples>,
    /// A finished model whose weights to start from.
    pub init: Option<PathBuf>,
    /// Where all of this comes from; kept with the model as it is.
    pub lineage: serde_json::Value,
    /// Whether the examples are simulated; said in the model card.
    pub simulated: bool,
}

/// One pass over the examples.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct EpochReport {
    /// From 1.
    pub epoch: usize,
    /// Mean weighted cross-entropy in nats, measured while training.
    pub loss: f64,
    /// The same on the validation examples after the epoch.
    pub validation_loss: Option<f64>,
}

/// A finished training.
#[derive(Debug, Clone, PartialEq)]
pub struct TrainReport {
    /// Where the model is.
    pub dir: PathBuf,
    /// The model's digest.
    pub digest: Digest,
    /// Pass by pass.
    pub epochs: Vec<EpochReport>,
    /// All metrics on the validation examples.
    pub validation: Option<Summary>,
    /// Epochs that an earlier, interrupted call had done.
    pub resumed_after: usize,
    /// Whether an earlier call had finished everything.
    pub was_finished: bool,
}

/// Trains a model, or goes on where an interrupted call stopped, or returns what an earlier call
/// finished. With `flex`, equal requests give equal bytes, interrupted or not.
///
/// # Errors
/// When the request is wrong, the folder holds another model, the loss diverges, somebody cancels
/// (a later call resumes after the last whole epoch) or the disk refuses.
pub fn train(
    request: &TrainRequest,
    device: DeviceChoice,
    progress: &dyn Progress,
) -> Result<TrainReport, FinderError> {
    check(request)?;
    let init = request.init.as_deref().map(folder::read).transpose()?;
    let request_digest = digest_of(request, init.as_ref().map(|init| init.digest), device)?;

    if let Some(finished) = folder::finished(&request.out)? {
        if finished.request != request_digest {
            return Err(FinderError::Occupied { dir: request.out.clone(), digest: finished.digest });
        }
        let metrics = folder::read_metrics(&request.out)?;
        return Ok(TrainReport {
            dir: request.out.clone(),
            digest: finished.digest,
            resumed_after: metrics.epochs.len(),
            epochs: metrics.epochs,
            validation: metrics.validation,
            was_finished: true,
        });
    }

    folder::prepare(&request.out)?;
    let mut learner = Learner::new(&request.config, &request.tile_spec, device)?;
    if let Some(init) = &init {
        check_start(request, &init.config)?;
        learner.start_from(&init.weights)?;
    }
    let mut epochs = Vec::new();
    if let Some(checkpoint) = checkpoint::read(&request.out, request_digest)? {
        learner.restore(&checkpoint)?;
        epochs = checkpoint.epochs;
    }
    let resumed_after = epochs.len();

    let steps = learner.steps_per_epoch(request.examples.len()) as u64;
    progress.begin("training", steps * request.config.epochs as u64);
    progress.advance(steps * resumed_after as u64);
    for epoch in resumed_after..request.config.epochs {
        let loss = learner.epoch(epoch, &request.examples, progress)?;
        let judged = request.validation.as_ref().map(|set| learner.judge(set)).transpose()?;
        let report =
            EpochReport { epoch: epoch + 1, loss, validation_loss: judged.map(|judged| judged.loss) };
        progress.note(&note(&report));
        epochs.push(report);
        checkpoint::write(&request.out, &learner.checkpoint(request_digest, &epochs)?)?;
    }
    progress.end();
    progress.check()?;

    let finished = finish(request, &learner, epochs, init.map(|init| init.digest), device, request_digest)?;
    let digest = folder::publish(&request.out, &finished)?;
    checkpoint::remove(&request.out)?;
    Ok(TrainReport {
        dir: request.out.clone(),
        digest,
        epochs: finished.epochs,
        validation: finished.validation,
        resumed_after,
        was_finished: false,
    })
}

/// Judges and calibrates the trained network.
fn finish(
    request: &TrainRequest,
    learner: &Learner,
    epochs: Vec<EpochReport>,
    init: Option<Digest>,
    device: DeviceChoice,
    request_digest: Digest,
) -> Result<folder::Finished, FinderError> {
    let weights = learner.weights()?;
    let judged = |set: &Option<Examples>| match set {
        Some(set) => Ok((learner.judge(set)?.logits, set.labels())),
        None => Ok::<_, FinderError>((Vec::new(), Vec::new())),
    };
    let (logits, labels) = judged(&request.validation)?;
    let enough = |audit: &&Examples| audit.labels().iter().filter(|&&lens| lens).count() >= LEAST_AUDITED;
    let calibration = if let Some(audit) = request.audit.as_ref().filter(enough) {
        let logits = learner.judge(audit)?.logits;
        let sample = Sample {
            logits: &logits,
            labels: &audit.labels(),
            weights: &audit.weights,
            source: Source::Audit,
        };
        request.calibration(&sample)
    } else {
        let weights = vec![1.0; labels.len()];
        let sample =
            Sample { logits: &logits, labels: &labels, weights: &weights, source: Source::Validation };
        request.calibration(&sample)
    };
    let validation = request.validation.is_some().then(|| {
        let scores: Vec<f64> = logits.iter().map(|&logit| f64::from(logit)).collect();
        let own = calibration.at_own_prevalence();
        let probabilities: Vec<f64> = logits.iter().map(|&logit| own.probability(logit)).collect();
        Summary::of(&scores, &probabilities, &labels, Seed::root(request.config.seed).child("metrics"))
    });
    let config = ModelConfig::of(request, init, device);
    Ok(folder::Finished { config, weights, calibration, epochs, validation, request: request_digest })
}

impl TrainRequest {
    fn calibration(&self, sample: &Sample<'_>) -> Calibration {
        let TrainingConfig { calibration, base_rate, .. } = self.config;
        Calibration::fit(sample, calibration, self.examples.prevalence(), base_rate)
    }
}

fn check(request: &TrainRequest) -> Result<(), FinderError> {
    request.config.check()?;
    request.examples.check()?;
    let size = request.config.network.tile_size;
    for (what, found) in [
        ("examples", request.examples.size),
        ("validation examples", request.validation.as_ref().map_or(size, |set| set.size)),
        ("audited examples", request.audit.as_ref().map_or(size, |set| set.size)),
        ("tile_spec", request.tile_spec.size),
    ] {
        if found != size {
            let problem = format!("is {size}, but the {what} have tiles of {found} pixels");
            return Err(FinderError::config("network.tile_size", problem));
        }
    }
    if request.examples.len() < 2 {
        return Err(FinderError::Examples("there is only one; normalisation needs at least two".into()));
    }
    let prevalence = request.examples.prevalence();
    if prevalence <= 0.0 || prevalence >= 1.0 {
        let all = if prevalence <= 0.0 { "none is a lens" } else { "all are lenses" };
        let problem =
            format!("of {} examples {all}; both lenses and others are needed", request.examples.len());
        return Err(FinderError::Examples(problem));
    }
    [&request.validation, &request.audit].into_iter().flatten().try_for_each(Examples::check)
}

/// Everything that decides the outcome.
fn digest_of(
    request: &TrainRequest,
    init: Option<Digest>,
    device: DeviceChoice,
) -> Result<Digest, FinderError> {
    let config = ModelConfig::of(request, init, device);
    let config = serde_json::to_vec(&config).map_err(|e| FinderError::Network(e.to_string()))?;
    let of_set = |set: &Examples| {
        let numbers: Vec<u8> = set.targets.iter().chain(&set.weights).flat_map(|x| x.to_le_bytes()).collect();
        // The kinds matter only where they are asked for.
        let asked = request.config.look_alike_weight > 0.0;
        let kinds: Vec<u8> = set
            .kinds
            .iter()
            .filter(|_| asked)
            .map(|kind| kind.map_or(255, |kind| kind.index() as u8))
            .collect();
        Digest::of_parts([set.tiles.as_slice(), &numbers, &kinds]).0.to_vec()
    };
    let [validation, audit] =
        [&request.validation, &request.audit].map(|set| set.as_ref().map(of_set).unwrap_or_default());
    Ok(Digest::of_parts([config, of_set(&request.examples), validation, audit]))
}

/// Weights only make sense in the same network, fed with the same tiles.
fn check_start(request: &TrainRequest, start: &ModelConfig) -> Result<(), FinderError> {
    let (ours, theirs) = (&request.config.network, &start.network);
    if ours != theirs {
        let problem = format!("{ours:?} differs from that of the model to start from, {theirs:?}");
        return Err(FinderError::config("network", problem));
    }
    if request.tile_spec != start.tile_spec {
        let (ours, theirs) = (&request.tile_spec, &start.tile_spec);
        let problem = format!("{ours:?} differs from that of the model to start from, {theirs:?}");
        return Err(FinderError::config("tile_spec", problem));
    }
    Ok(())
}

fn note(report: &EpochReport) -> String {
    let validation = report.validation_loss.map_or(String::new(), |loss| format!(", validation {loss:.4}"));
    format!("epoch {}: loss {:.4}{validation}", report.epoch, report.loss)
}

impl TrainReport {
    /// Opens the model.
    ///
    /// # Errors
    /// As [`Model::load`].
    pub fn open(&self, device: DeviceChoice) -> Result<Model, FinderError> {
        Model::load(&self.dir, device)
    }
}
