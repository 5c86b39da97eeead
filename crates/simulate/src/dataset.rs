//! The two kinds of dataset the loop works with: a survey whose lenses are hidden,
//! and labelled examples to learn from. Making them is [`crate::job`]'s; all sets
//! of a settings file together are [`crate::simulate_sets`]'s.

use std::path::{Path, PathBuf};

use domain::{Progress, Seed};
use survey::Dataset;

use crate::{
    config::{Config, OutputConfig},
    error::SimulateError,
    job::Job,
    plan::Counts,
    scene::Scenes,
};

/// A survey whose lenses are hidden: all labels unknown, the truth in `truth.csv`.
#[derive(Debug, Clone, PartialEq)]
pub struct SurveyRequest {
    /// What is simulated.
    pub config: Config,
    /// Root of all random numbers.
    pub seed: Seed,
    /// Folder of the dataset.
    pub out_dir: PathBuf,
    /// Number of cutouts.
    pub count: u64,
    /// Share of lenses.
    pub lens_rate: f64,
    /// Share of look-alikes.
    pub look_alike_rate: f64,
    /// Cutouts in a shard.
    pub rows_per_shard: usize,
    /// Name of the dataset.
    pub name: String,
}

impl SurveyRequest {
    /// 4,000 cutouts like the Legacy Surveys', 2.5 % lenses and 20 % look-alikes.
    #[must_use]
    pub fn new(out_dir: &Path, seed: Seed) -> Self {
        Self {
            config: Config::default(),
            seed,
            out_dir: out_dir.to_owned(),
            count: 4000,
            lens_rate: 0.025,
            look_alike_rate: 0.2,
            rows_per_shard: 1024,
            name: "survey".to_owned(),
        }
    }

    pub(crate) fn job<'a>(&'a self, scenes: &'a Scenes) -> Result<Job<'a>, SimulateError> {
        share("lens_rate", self.lens_rate)?;
        share("look_alike_rate", self.look_alike_rate)?;
        share("lens_rate + look_alike_rate", self.lens_rate + self.look_alike_rate)?;
        let part = |rate: f64| (self.count as f64 * rate).round() as u64;
        let lenses = part(self.lens_rate);
        let look_alikes = part(self.look_alike_rate).min(self.count - lenses);
        let plain = self.count - lenses - look_alikes;
        Ok(Job {
            config: &self.config,
            seed: self.seed,
            dir: &self.out_dir,
            name: &self.name,
            rows_per_shard: self.rows_per_shard,
            prefix: "s",
            counts: Counts { lenses, look_alikes, plain, ..Counts::default() },
            labelled: false,
            output: None,
            scenes,
        })
    }
}

/// Examples to learn from, labelled.
#[derive(Debug, Clone, PartialEq)]
pub struct TrainingRequest {
    /// What is simulated; [`Config::training`] has clear lenses.
    pub config: Config,
    /// Root of all random numbers.
    pub seed: Seed,
    /// Folder of the dataset.
    pub out_dir: PathBuf,
    /// Number of lenses.
    pub positives: u64,
    /// Number of others.
    pub negatives: u64,
    /// Share of look-alikes among the others.
    pub look_alike_share: f64,
    /// Share of controls among the others, half of either kind.
    pub control_share: f64,
    /// Image files beside the tiles, if any.
    pub output: Option<OutputConfig>,
    /// Cutouts in a shard.
    pub rows_per_shard: usize,
    /// Name of the dataset.
    pub name: String,
}

impl TrainingRequest {
    /// 1,500 clear lenses and as many clusters without, 5 % of them with a look-alike.
    #[must_use]
    pub fn new(out_dir: &Path, seed: Seed) -> Self {
        Self {
            config: Config::training(),
            seed,
            out_dir: out_dir.to_owned(),
            positives: 1500,
            negatives: 1500,
            look_alike_share: 0.05,
            control_share: 0.0,
            output: None,
            rows_per_shard: 1024,
            name: "training".to_owned(),
        }
    }

    pub(crate) fn job<'a>(&'a self, scenes: &'a Scenes) -> Result<Job<'a>, SimulateError> {
        share("look_alike_share", self.look_alike_share)?;
        share("control_share", self.control_share)?;
        share("look_alike_share + control_share", self.look_alike_share + self.control_share)?;
        let part = |share: f64| (self.negatives as f64 * share).round() as u64;
        let look_alikes = part(self.look_alike_share);
        let controls = part(self.control_share).min(self.negatives - look_alikes);
        let plain = self.negatives - look_alikes - controls;
        Ok(Job {
            config: &self.config,
            seed: self.seed,
            dir: &self.out_dir,
            name: &self.name,
            rows_per_shard: self.rows_per_shard,
            prefix: "t",
            counts: Counts { lenses: self.positives, look_alikes, plain, controls },
            labelled: true,
            output: self.output,
            scenes,
        })
    }
}

/// Simulates a survey. A finished one is returned as it is; an interrupted one is continued.
///
/// # Errors
/// When the request cannot be fulfilled, the disk is full, or the person asked to stop.
pub fn simulate_survey(request: &SurveyRequest, progress: &dyn Progress) -> Result<Dataset, SimulateError> {
    Ok(request.job(&Scenes::simulated())?.run(progress)?.dataset)
}

/// Simulates a training set. A finished one is returned as it is; an interrupted one is continued.
///
/// # Errors
/// As [`simulate_survey`].
pub fn simulate_training(
    request: &TrainingRequest,
    progress: &dyn Progress,
) -> Result<Dataset, SimulateError> {
    Ok(request.job(&Scenes::simulated())?.run(progress)?.dataset)
}

fn share(field: &'static str, value: f64) -> Result<(), SimulateError> {
    if (0.0..=1.0).contains(&value) {
        return Ok(());
    }
    Err(SimulateError::Request { field, problem: format!("{value} is no share; give a number from 0 to 1") })
}
