//! What a lead may set about the images volunteers are handed: read from a file by the binary,
//! checked here.

use serde::{Deserialize, Serialize};

use crate::{config::ServerConfig, silence::SilentSchedule, training::TrainingSchedule};

/// When training images come, which of them stay silent, and how late the public numbers are.
/// What a file leaves out keeps its default; a list that is given replaces the whole list.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct WorkSettings {
    /// When training images appear.
    pub training: TrainingSchedule,
    /// Which training images are never explained.
    pub silent: SilentSchedule,
    /// Share of lenses among the training images, 0 to 1.
    pub training_lens_share: f64,
    /// Answers that have to come in before the public numbers about images move.
    pub numbers_every_votes: u64,
}

impl Default for WorkSettings {
    fn default() -> Self {
        let ServerConfig { training, silent, training_lens_share, numbers_every_votes, .. } =
            ServerConfig::default();
        Self { training, silent, training_lens_share, numbers_every_votes }
    }
}

/// A setting that makes no sense.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
#[error("{field} is {value}; {remedy}")]
pub struct WorkSettingsError {
    /// The setting, with its place in a list.
    pub field: String,
    /// What was given.
    pub value: f64,
    /// What to give instead.
    pub remedy: &'static str,
}

impl WorkSettings {
    /// Every setting in its range, or the first that is not.
    ///
    /// # Errors
    /// Names the setting and what to give instead.
    pub fn check(&self) -> Result<(), WorkSettingsError> {
        let one_in = "give 1 or more: images per training image";
        let bits = "give 0 to 1 bit";
        let mut least = 0.0;
        for (n, step) in self.training.steps.iter().enumerate() {
            let field = |name| format!("training[{n}].{name}");
            require(step.one_in >= 1.0 && step.one_in.is_finite(), || field("one_in"), step.one_in, one_in)?;
            require((0.0..=1.0).contains(&step.bits), || field("bits"), step.bits, bits)?;
            let from = step.from as f64;
            require(from >= least, || field("from"), from, "list the steps in rising order of `from`")?;
            least = from;
        }
        let mut least = 0;
        for (n, step) in self.silent.steps.iter().enumerate() {
            let field = |name| format!("silent[{n}].{name}");
            let one_in = "give 1 or more: training images per silent one";
            require(step.one_in >= 1.0 && step.one_in.is_finite(), || field("one_in"), step.one_in, one_in)?;
            let (known, order) = (f64::from(step.known), "list the steps in rising order of `known`");
            require(step.known >= least, || field("known"), known, order)?;
            least = step.known;
        }
        let share = self.training_lens_share;
        require((0.0..=1.0).contains(&share), || "training_lens_share".to_owned(), share, "give 0 to 1")?;
        let every = self.numbers_every_votes;
        let remedy = "give 1 or more; below 20 the numbers may tell about single images";
        require(every > 0, || "numbers_every_votes".to_owned(), every as f64, remedy)
    }

    /// Puts these settings in place of those of `config`.
    pub fn apply(self, config: &mut ServerConfig) {
        config.training = self.training;
        config.silent = self.silent;
        config.training_lens_share = self.training_lens_share;
        config.numbers_every_votes = self.numbers_every_votes;
    }
}

fn require(
    fine: bool,
    field: impl FnOnce() -> String,
    value: f64,
    remedy: &'static str,
) -> Result<(), WorkSettingsError> {
    if fine { Ok(()) } else { Err(WorkSettingsError { field: field(), value, remedy }) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn read(value: serde_json::Value) -> WorkSettings {
        serde_json::from_value(value).expect("settings")
    }

    #[test]
    fn the_defaults_are_those_of_the_server_and_make_sense() {
        let settings = read(json!({}));
        assert_eq!(settings, WorkSettings::default());
        assert_eq!(settings.check(), Ok(()));
        let mut config = ServerConfig { training: TrainingSchedule::never(), ..ServerConfig::default() };
        settings.apply(&mut config);
        assert_eq!(config.training, TrainingSchedule::default());
    }

    #[test]
    fn what_makes_no_sense_is_named() {
        let wrong = [
            (json!({ "training": [{ "from": 0, "one_in": 0.5 }] }), "training[0].one_in"),
            (json!({ "training": [{ "from": 0, "one_in": 2, "bits": 3 }] }), "training[0].bits"),
            (
                json!({ "training": [{ "from": 9, "one_in": 2 }, { "from": 0, "one_in": 3 }] }),
                "training[1].from",
            ),
            (json!({ "silent": [{ "known": 0, "one_in": 0 }] }), "silent[0].one_in"),
            (
                json!({ "silent": [{ "known": 5, "one_in": 2 }, { "known": 4, "one_in": 2 }] }),
                "silent[1].known",
            ),
            (json!({ "training_lens_share": -0.1 }), "training_lens_share"),
            (json!({ "numbers_every_votes": 0 }), "numbers_every_votes"),
        ];
        for (settings, field) in wrong {
            let error = read(settings).check().expect_err(field);
            assert_eq!(error.field, field);
        }
        assert!(serde_json::from_value::<WorkSettings>(json!({ "trainings": [] })).is_err());
    }
}
