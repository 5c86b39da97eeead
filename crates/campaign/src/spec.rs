//! What a project's loop is set to do: the part of a campaign that a lead decides
//! before it starts. Stored with the project; its digest goes into every step.

mod former;
mod live_settings;
mod quiz;

use std::path::PathBuf;

use acquisition::PortfolioConfig;
use consensus::{calibration::CalibrationConfig, live, monitors::MonitorSettings};
use domain::{Digest, Seed};
use finder::{Excluded, TrainingConfig};
use serde::{Deserialize, Serialize};
use survey::SkySplit;

pub use live_settings::LiveSettings;
pub use quiz::{ChosenQuestion, QuizSettings};

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

/// Images that the network took for lenses and experts did not: they may join the training images
/// for people, or skill is measured on easy non-lenses only and looks better than it is.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct ReviewedNegatives {
    /// Whether they do.
    pub as_training_images: bool,
    /// The network's calibrated probability from which a reviewed non-lens counts as its mistake.
    pub min_probability: f64,
    /// How many at most, over all rounds.
    pub most: usize,
    /// Reviewers that must have graded such an image, or as many as the project has if these are fewer.
    /// A wrong truth teaches everybody the wrong thing, so the usual is that a second expert agrees; where
    /// experts share the images out among them, set it to 1.
    pub least_reviewers: u32,
}

impl Default for ReviewedNegatives {
    fn default() -> Self {
        Self { as_training_images: true, min_probability: 0.1, most: 100, least_reviewers: 2 }
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
    /// Subjects queued in a round: more than `votes_per_round` can decide (3.5 to 5 votes each). They are
    /// asked about in the order of worth, so those that stay open are the surest, with a vote or two that
    /// are not lost; a queue that runs dry would end the round with votes unspent.
    pub subjects_per_round: usize,
    /// Votes on unknown subjects after which a round ends.
    pub votes_per_round: u64,
    /// How subjects are chosen.
    pub selection: Selection,
    /// Shares of the portfolio (active selection).
    pub portfolio: PortfolioConfig,
    /// What learns from votes between two networks.
    #[serde(default)]
    pub live: LiveSettings,
    /// Share of lenses expected in the survey, for prior correction. An estimate, not the truth.
    pub base_rate: f64,
    /// How votes become belief, and when an image has been asked about often enough.
    pub consensus: live::Settings,
    /// How expert reviews correct what is believed, and how many it takes.
    #[serde(default)]
    pub calibration: CalibrationConfig,
    /// When a lead is alarmed.
    #[serde(default)]
    pub monitors: MonitorSettings,
    /// When the votes on an image are enough to train on.
    pub labels: live::LabelRule,
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
    /// Labelled datasets of simulated arcs over real images, and of such images without, by name.
    #[serde(default)]
    pub injected_sets: Vec<String>,
    /// Training images put into the volunteers' stream, of each truth.
    pub training_images: usize,
    /// The entry quiz and what people practise on.
    #[serde(default, skip_serializing_if = "QuizSettings::is_usual")]
    pub quiz: QuizSettings,
    /// What reviewed false positives of the network are good for.
    #[serde(default)]
    pub reviewed: ReviewedNegatives,
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
        let of = |field| {
            move |error: consensus::ConfigError| CampaignError::Setting { field, reason: error.to_string() }
        };
        self.consensus.check().map_err(of("consensus"))?;
        self.calibration.check().map_err(of("calibration"))?;
        self.monitors.check().map_err(of("monitors"))?;
        self.quiz.check()?;
        if !(0.0..=1.0).contains(&self.labels.min_weight) {
            return wrong("labels.min_weight", "give bits between 0 and 1: one image holds at most one bit");
        }
        if self.reviewed.least_reviewers == 0 {
            return wrong("reviewed.least_reviewers", "give at least 1");
        }
        if self.votes_per_round < u64::from(self.consensus.retirement.min_votes) {
            return wrong(
                "votes_per_round",
                "no image could be decided: give at least `min_votes` of `consensus.retirement`",
            );
        }
        if !(self.base_rate > 0.0 && self.base_rate < 1.0) {
            return wrong("base_rate", "give a share between 0 and 1, without the ends");
        }
        if !(0.0..=1.0).contains(&self.candidate_threshold) {
            return wrong("candidate_threshold", "give a probability");
        }
        if !(0.0..=1.0).contains(&self.reviewed.min_probability) {
            return wrong("reviewed.min_probability", "give a probability");
        }
        self.live.check()?;
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
            selection: Selection::Active,
            portfolio: PortfolioConfig::default(),
            live: LiveSettings::default(),
            base_rate,
            consensus: live::Settings::default(),
            calibration: CalibrationConfig::default(),
            monitors: MonitorSettings::default(),
            labels: live::LabelRule::default(),
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
            injected_sets: Vec::new(),
            training_images: 40,
            quiz: QuizSettings::default(),
            reviewed: ReviewedNegatives::default(),
            exclude: None,
            controls: None,
        }
    }

    /// The spec in a project's row of the database, and whether it is of a former version. Such a
    /// project can be read (exports, candidates, reviews), but its loop cannot go on: what its rounds
    /// did hangs on settings that no longer exist.
    ///
    /// # Errors
    /// When it is neither of this form nor of the former.
    pub fn stored(spec: serde_json::Value) -> Result<(Self, bool), serde_json::Error> {
        let (spec, is_former) = former::upgrade(spec);
        Ok((serde_json::from_value(spec)?, is_former))
    }

    /// These settings with those of a TOML text in their place; unknown names are refused.
    ///
    /// # Errors
    /// When the text is no TOML or holds something that is no setting.
    pub fn with_toml(&self, text: &str) -> Result<Self, CampaignError> {
        let wrong = |reason: String| CampaignError::Setting { field: "spec", reason };
        let changes: serde_json::Value = toml::from_str(text).map_err(|e| wrong(e.to_string()))?;
        if let Some(remedy) = former::remedy(&changes) {
            return Err(wrong(remedy.to_owned()));
        }
        let mut all = serde_json::to_value(self).map_err(CampaignError::Json)?;
        merge(&mut all, changes);
        serde_json::from_value(all).map_err(|e| wrong(e.to_string()))
    }
}

/// Puts `changes` over `into`, table by table; a method under another name brings its own settings.
fn merge(into: &mut serde_json::Value, changes: serde_json::Value) {
    match (into, changes) {
        (into @ serde_json::Value::Object(_), changes)
            if changes.get("name").is_some_and(|name| into.get("name").is_some_and(|was| was != name)) =>
        {
            *into = changes;
        }
        (serde_json::Value::Object(into), serde_json::Value::Object(changes)) => {
            for (name, change) in changes {
                merge(into.entry(name).or_insert(serde_json::Value::Null), change);
            }
        }
        (into, change) => *into = change,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn usual() -> CampaignSpec {
        CampaignSpec::usual(1, "survey", "training")
    }

    fn refusal(toml: &str) -> String {
        let spec = usual().with_toml(toml);
        spec.and_then(|spec| spec.check()).unwrap_err().to_string()
    }

    #[test]
    fn the_usual_settings_work_and_are_read_as_written() {
        usual().check().unwrap();
        let (read, is_former) = CampaignSpec::stored(serde_json::to_value(usual()).unwrap()).unwrap();
        assert_eq!((read, is_former), (usual(), false));
    }

    #[test]
    fn a_lead_can_change_the_test_and_the_method() {
        let spec = usual()
            .with_toml("[consensus.retirement]\nmin_votes = 2\n[consensus.method]\nname = \"swap\"\ninitial_pl = 0.7")
            .unwrap();
        spec.check().unwrap();
        assert_eq!(spec.consensus.retirement.min_votes, 2);
        assert_eq!(spec.consensus.method.name(), "swap");
        assert_eq!(spec.consensus.prior, usual().consensus.prior);
    }

    #[test]
    fn a_lead_can_choose_the_questions_and_a_usual_quiz_is_not_written_down() {
        let spec = usual()
            .with_toml(
                "[quiz]\nquestions = 1\npass_mark = 1\nchosen = [{ id = 'a', en = 'Look.', zh = '看。' }]",
            )
            .unwrap();
        spec.check().unwrap();
        assert_eq!(spec.quiz.chosen[0].zh.as_deref(), Some("看。"));
        assert_eq!(spec.quiz.practice_images, usual().quiz.practice_images);
        assert!(serde_json::to_value(usual()).unwrap().get("quiz").is_none());
    }

    #[test]
    fn settings_that_cannot_work_are_named() {
        assert!(refusal("[consensus.retirement]\nmin_votes = 0").contains("retirement.min_votes"));
        assert!(refusal("[consensus.retirement]\nreject_below = 0.99").contains("retirement.reject_below"));
        assert!(refusal("[consensus]\nprior = 1.0").contains("`prior`"));
        assert!(refusal("votes_per_round = 2").contains("votes_per_round"));
        assert!(refusal("[reviewed]\nmin_probability = 2.0").contains("reviewed.min_probability"));
        assert!(refusal("[reviewed]\nleast_reviewers = 0").contains("reviewed.least_reviewers"));
        assert!(refusal("[quiz]\npass_mark = 11").contains("quiz.pass_mark"));
        assert!(refusal("[quiz]\nchosen = [{ id = 'a' }]").contains("quiz.chosen"));
        assert!(refusal("[calibration]\nfolds = 1").contains("`folds`"));
        assert!(refusal("[calibration]\nfolds = 1000000").contains("`folds`"));
        assert!(refusal("[monitors]\nbins = 1000000000").contains("`bins`"));
        assert!(refusal("[monitors]\nstandard_errors = -1.0").contains("`standard_errors`"));
        assert!(refusal("[labels]\nmin_weight = 1.5").contains("labels.min_weight"));
        assert!(refusal("[retirement]\nmin_votes = 3\nmax_votes = 6").contains("consensus.retirement"));
        assert!(refusal("[consensus]\naggregator = \"swap\"").contains("consensus.method"));
    }
}
