//! All sets of one settings file: mocks, controls, training and survey, each a
//! dataset folder of its own below one folder, each with its own branch of the
//! seed tree, so that asking for more of one changes nothing in another.

use std::path::PathBuf;

use domain::{Progress, Seed};
use survey::Dataset;

use crate::{
    config::{Config, OutputConfig, StretchConfig},
    dataset::{SurveyRequest, TrainingRequest},
    error::SimulateError,
    job::{Done, Job},
    plan::Counts,
    scene::Scenes,
};

/// What `lensfinder simulate` makes.
#[derive(Debug, Clone, PartialEq)]
pub struct SetsRequest {
    /// Settings; [`Config::sets`] says how many of what.
    pub config: Config,
    /// Root of all random numbers.
    pub seed: Seed,
    /// Each set is a folder in this one.
    pub out_dir: PathBuf,
    /// Cutouts in a shard, a file of records, a folder of images.
    pub rows_per_shard: usize,
}

impl SetsRequest {
    /// With 1,024 cutouts in a shard.
    #[must_use]
    pub const fn new(config: Config, seed: Seed, out_dir: PathBuf) -> Self {
        Self { config, seed, out_dir, rows_per_shard: 1024 }
    }
}

/// A finished set.
#[derive(Debug, Clone, PartialEq)]
pub struct SetDone {
    /// Its name, which is its folder's.
    pub name: &'static str,
    /// The dataset.
    pub dataset: Dataset,
    /// Cutouts made now; the others were there.
    pub made: u64,
}

/// Makes every set the settings ask for. Finished ones stay as they are, an interrupted one is continued.
///
/// # Errors
/// When a setting cannot be used, a folder holds a dataset of other settings, the real cutouts cannot
/// be read, the disk is full, or the person asked to stop.
pub fn simulate_sets(request: &SetsRequest, progress: &dyn Progress) -> Result<Vec<SetDone>, SimulateError> {
    let config = &request.config;
    config.check()?;
    // Real cutouts lie under mocks and controls; the simulated sky has nothing to do with them.
    let scenes = Scenes::open(&config.background)?;
    let simulated = Scenes::simulated();
    let clear = config.for_training();
    // Only training tiles are made from pictures.
    let config = &Config { stretch: StretchConfig::default(), ..config.clone() };
    let mut done = Vec::new();
    for (name, count) in config.sets.named().into_iter().filter(|(_, count)| *count > 0) {
        let (dir, seed) = (request.out_dir.join(name), request.seed.child(name));
        let Done { dataset, made } = match name {
            "survey" => SurveyRequest {
                config: config.clone(),
                count,
                lens_rate: config.sets.lens_rate,
                look_alike_rate: config.sets.look_alike_rate,
                rows_per_shard: request.rows_per_shard,
                ..SurveyRequest::new(&dir, seed)
            }
            .job(&simulated)?
            .run(progress)?,
            "training" => TrainingRequest {
                config: clear.clone(),
                positives: count / 2,
                negatives: count - count / 2,
                look_alike_share: config.sets.training_look_alike_share,
                control_share: config.sets.training_control_share,
                output: config.output.training.then_some(OutputConfig { rejected: false, ..config.output }),
                rows_per_shard: request.rows_per_shard,
                ..TrainingRequest::new(&dir, seed)
            }
            .job(&simulated)?
            .run(progress)?,
            _ => {
                let controls = name == "controls";
                let counts = if controls {
                    Counts { controls: count, ..Counts::default() }
                } else {
                    Counts { lenses: count, ..Counts::default() }
                };
                let job = Job {
                    config,
                    seed,
                    dir: &dir,
                    name,
                    rows_per_shard: request.rows_per_shard,
                    prefix: if controls { "c" } else { "m" },
                    counts,
                    labelled: true,
                    output: Some(config.output),
                    scenes: &scenes,
                };
                job.run(progress)?
            }
        };
        done.push(SetDone { name, dataset, made });
    }
    Ok(done)
}
