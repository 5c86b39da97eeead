//! What a project's loop is set to do: the part of a campaign that a lead decides
//! before it starts. Stored with the project; its digest goes into every step.

use std::path::PathBuf;

use acquisition::PortfolioConfig;
use domain::{Digest, RetirementRule, Seed};
use finder::{Excluded, TrainingConfig};
use serde::{Deserialize, Serialize};
use survey::SkySplit;

use crate::{CampaignError, Workspace};

/// How subjects are chosen for people.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Selection {
    /// The portfolio of exploration, exploitation and audit.
    Active,
    /// Uniform without replacement: the arm every claim is measured against.
    Random,
}

/// When a challenger replaces the champion.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct GateConfig {
    /// The challenger must be better with at least this probability (paired bootstrap).
    pub min_probability_better: f64,
    /// Resamples of the bootstrap.
    pub resamples: usize,
    /// With fewer people-labelled lenses or non-lenses in the gate cells, the mocks decide.
    pub min_people_labels: usize,
    /// Average precision on mocks that may be lost, at most, when people's labels decide.
    pub max_mock_loss: f64,
}

impl Default for GateConfig {
    fn default() -> Self {
        Self { min_probability_better: 0.5, resamples: 500, min_people_labels: 5, max_mock_loss: 0.05 }
    }
}

/// The settings of one project's loop.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CampaignSpec {
    /// Root of the seed tree.
    pub seed: u64,
    /// The dataset people are asked about, by its name in the workspace.
    pub survey: String,
    /// The labelled dataset the network starts from, by its name in the workspace.
    pub training_set: String,
    /// Name under which the project's networks are kept.
    pub model_name: String,
    /// Subjects queued in a round.
    pub subjects_per_round: usize,
    /// Votes on unknown subjects after which a round ends.
    pub votes_per_round: u64,
    /// When one subject needs no more votes.
    pub retirement: RetirementRule,
    /// How subjects are chosen.
    pub selection: Selection,
    /// Shares of the portfolio (active selection).
    pub portfolio: PortfolioConfig,
    /// Members drawn from the last layer's posterior for PowerBALD.
    pub members: usize,
    /// Share of lenses expected in the survey, for prior correction. An estimate, not the truth.
    pub base_rate: f64,
    /// The aggregator and its settings.
    pub consensus: consensus::Config,
    /// When the votes on an image are enough to train on.
    pub labels: consensus::LabelRule,
    /// Posterior above which a subject counts as a candidate.
    pub candidate_threshold: f64,
    /// Training from mocks, round 0.
    pub training: TrainingConfig,
    /// Training with people's labels, from the weights of round 0.
    pub fine_tuning: TrainingConfig,
    /// Weight of a person-labelled image beside a mock's 1.
    pub people_weight: f32,
    /// Share of the training set kept aside for calibration and the gate.
    pub validation_fraction: f64,
    /// Share of the survey's sky that is looked at in reports only.
    pub held_out_fraction: f64,
    /// Share of the survey's sky whose people's labels judge networks instead of training them.
    pub gate_fraction: f64,
    /// When a challenger replaces the champion.
    pub gate: GateConfig,
    /// Whether people are told the scale of an image; off when survey and training images
    /// cover fields of different size, or the scale would tell them apart.
    pub show_scale: bool,
    /// Labelled datasets of real images to judge on, by name in the workspace.
    pub real_sets: Vec<String>,
    /// Training images put into the volunteers' stream, of each truth.
    pub training_images: usize,
    /// A list of images that no network may learn from, such as the `matches.csv` of a cross-match
    /// with known lenses; relative to the workspace.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub exclude: Option<PathBuf>,
    /// A dataset of controls (no arc, but treated as if there were one), by its name in the workspace;
    /// compared with the training set's plain clusters to see whether the way an arc is put in shows.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub controls: Option<String>,
}

impl CampaignSpec {
    /// Whether the settings can work.
    ///
    /// # Errors
    /// Names the first that cannot.
    pub fn check(&self) -> Result<(), CampaignError> {
        let wrong = |field, reason: &str| Err(CampaignError::Setting { field, reason: reason.to_owned() });
        self.sky()?;
        self.validation()?;
        if self.subjects_per_round == 0 || self.votes_per_round == 0 {
            return wrong("subjects_per_round", "a round needs at least one subject and one vote");
        }
        if self.retirement.min_votes == 0 || self.retirement.max_votes < self.retirement.min_votes {
            return wrong("retirement", "give 1 ≤ min_votes ≤ max_votes");
        }
        if !(self.base_rate > 0.0 && self.base_rate < 1.0) {
            return wrong("base_rate", "give a share between 0 and 1, without the ends");
        }
        if !(0.0..=1.0).contains(&self.candidate_threshold) {
            return wrong("candidate_threshold", "give a probability");
        }
        if self.members < 2 {
            return wrong("members", "disagreement needs at least 2");
        }
        if !(self.people_weight.is_finite() && self.people_weight >= 0.0) {
            return wrong("people_weight", "give a number of at least 0");
        }
        Ok(())
    }

    /// Which sky cells of the survey are pool, gate and held out.
    ///
    /// # Errors
    /// When the fractions leave no pool.
    pub fn sky(&self) -> Result<SkySplit, CampaignError> {
        SkySplit::new(Seed::root(self.seed), self.held_out_fraction, self.gate_fraction)
            .map_err(|error| CampaignError::Setting { field: "held_out_fraction", reason: error.to_string() })
    }

    /// Which sky cells of the training set are kept aside (its held-out fold).
    ///
    /// # Errors
    /// When the fraction leaves nothing to learn from.
    pub fn validation(&self) -> Result<SkySplit, CampaignError> {
        SkySplit::new(Seed::root(self.seed).child("validation"), self.validation_fraction, 0.0).map_err(
            |error| CampaignError::Setting { field: "validation_fraction", reason: error.to_string() },
        )
    }

    /// The images no network may learn from.
    ///
    /// # Errors
    /// When the list cannot be read.
    pub fn excluded(&self, workspace: &Workspace) -> Result<Excluded, CampaignError> {
        let Some(list) = &self.exclude else { return Ok(Excluded::default()) };
        Excluded::read(&workspace.root().join(list)).map_err(CampaignError::from_finder)
    }

    /// The digest that names this spec.
    ///
    /// # Errors
    /// When the spec cannot be written as JSON (a NaN among its numbers).
    pub fn digest(&self) -> Result<Digest, CampaignError> {
        Ok(Digest::of(&serde_json::to_vec(self).map_err(CampaignError::Json)?))
    }
}

impl CampaignSpec {
    /// The usual settings for a survey and a training set.
    #[must_use]
    pub fn usual(seed: u64, survey: &str, training_set: &str) -> Self {
        let base_rate = 0.01;
        let training = TrainingConfig { base_rate, ..TrainingConfig::default() };
        Self {
            seed,
            survey: survey.to_owned(),
            training_set: training_set.to_owned(),
            model_name: "lensnet-s".to_owned(),
            subjects_per_round: 300,
            votes_per_round: 1000,
            retirement: RetirementRule { min_votes: 3, max_votes: 6 },
            selection: Selection::Active,
            portfolio: PortfolioConfig::default(),
            members: 16,
            base_rate,
            consensus: consensus::Config::default(),
            labels: consensus::LabelRule::default(),
            candidate_threshold: 0.5,
            fine_tuning: TrainingConfig { epochs: 3, learning_rate: 1e-3, ..training.clone() },
            training,
            people_weight: 1.0,
            validation_fraction: 0.2,
            held_out_fraction: 0.0,
            gate_fraction: 0.15,
            gate: GateConfig::default(),
            show_scale: false,
            real_sets: Vec::new(),
            training_images: 40,
            exclude: None,
            controls: None,
        }
    }

    /// These settings with those of a TOML text in their place; unknown names are refused.
    ///
    /// # Errors
    /// When the text is no TOML or holds something that is no setting.
    pub fn with_toml(&self, text: &str) -> Result<Self, CampaignError> {
        let wrong = |reason: String| CampaignError::Setting { field: "spec", reason };
        let changes: serde_json::Value = toml::from_str(text).map_err(|e| wrong(e.to_string()))?;
        let mut all = serde_json::to_value(self).map_err(CampaignError::Json)?;
        merge(&mut all, changes);
        serde_json::from_value(all).map_err(|e| wrong(e.to_string()))
    }
}

/// Puts `changes` over `into`, table by table.
fn merge(into: &mut serde_json::Value, changes: serde_json::Value) {
    match (into, changes) {
        (serde_json::Value::Object(into), serde_json::Value::Object(changes)) => {
            for (name, change) in changes {
                merge(into.entry(name).or_insert(serde_json::Value::Null), change);
            }
        }
        (into, change) => *into = change,
    }
}
