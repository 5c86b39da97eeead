//! What a project's loop is set to do: the part of a campaign that a lead decides
//! before it starts. Stored with the project; its digest goes into every step.

use acquisition::PortfolioConfig;
use domain::{Digest, RetirementRule, Seed};
use finder::TrainingConfig;
use serde::{Deserialize, Serialize};
use survey::SkySplit;

use crate::CampaignError;

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
    /// Labelled datasets of real images to judge on, by name in the workspace.
    pub real_sets: Vec<String>,
    /// Training images put into the volunteers' stream, of each truth.
    pub training_images: usize,
}

impl CampaignSpec {
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
        SkySplit::new(Seed::root(self.seed).child("validation"), self.validation_fraction, 0.0)
            .map_err(|error| CampaignError::Setting { field: "validation_fraction", reason: error.to_string() })
    }

    /// The digest that names this spec.
    ///
    /// # Errors
    /// When the spec cannot be written as JSON (a NaN among its numbers).
    pub fn digest(&self) -> Result<Digest, CampaignError> {
        Ok(Digest::of(&serde_json::to_vec(self).map_err(CampaignError::Json)?))
    }
}
