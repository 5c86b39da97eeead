//! What the monitors are computed from: small plain structures, one slice each. An empty slice
//! leaves out what needs it.

use domain::VolunteerId;
use serde::{Deserialize, Serialize};

use crate::ConfigError;

/// Ranges of a reliability curve at most: each is kept in memory and written down.
const MOST_BINS: usize = 1000;

/// A known image with votes: what was claimed of it without using its truth.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct KnownClaim {
    /// The posterior of its votes, under the rate of lenses among known images and not clamped.
    pub p: f64,
    /// Whether it is a lens.
    pub lens: bool,
}

/// A known non-lens with votes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct KnownNonLens {
    /// Votes that count, of every answer.
    pub votes: u32,
    /// Those that said "lens".
    pub said_lens: u32,
    /// Whether it is known to look like one.
    pub look_alike: bool,
}

/// An image of unknown truth.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Believed {
    /// What is believed of it (`p_joint`, or `p_votes`: the same for all).
    pub p: f64,
    /// One over the probability that it was served, where that is known; else 1. Without it a
    /// change of what is selected looks like a change of the sky.
    pub weight: f64,
    /// Whether its votes fall in the round (or window) that is compared with all before.
    pub recent: bool,
}

/// An image that experts have decided.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Reviewed {
    /// What was claimed, before any correction that experts' grades brought about.
    pub p: f64,
    /// What is claimed with the correction in force; `p` where there is none.
    pub corrected: f64,
    /// What they said.
    pub lens: bool,
    /// One over the probability that it was drawn for review.
    pub weight: f64,
}

/// One volunteer. Answers are in the order of `domain::Answer::code`: no lens, unsure, lens.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct VolunteerTrack {
    /// Who.
    pub volunteer: VolunteerId,
    /// Answers on known images, `[non-lenses, lenses]`.
    pub known: [[u32; 3]; 2],
    /// Answers on images of unknown truth.
    pub survey: [u32; 3],
    /// Median time per answer, where it is known.
    pub seconds_per_answer: Option<f64>,
}

/// The votes on one image of unknown truth.
#[derive(Debug, Clone, PartialEq)]
pub struct SubjectTally {
    /// Votes by answer, in the order of `domain::Answer::code`.
    pub answers: [u32; 3],
    /// Posterior of each state the model knows, adding up to one.
    pub states: Vec<f64>,
}

/// Everything the monitors are computed from.
#[derive(Debug, Clone, Default)]
pub struct MonitorInput {
    /// Known images with votes.
    pub known: Vec<KnownClaim>,
    /// The non-lenses among them.
    pub known_non_lenses: Vec<KnownNonLens>,
    /// Images of unknown truth with votes.
    pub believed: Vec<Believed>,
    /// Images that experts have decided.
    pub reviewed: Vec<Reviewed>,
    /// Everybody who voted.
    pub volunteers: Vec<VolunteerTrack>,
    /// Votes on images of unknown truth.
    pub tallies: Vec<SubjectTally>,
    /// The crowd's P(answer | state), one row per state in the order of `SubjectTally::states`.
    pub answer_rates: Vec<[f64; 3]>,
}

/// When an alarm is raised.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct MonitorSettings {
    /// Ranges of claimed probability in the reliability curves.
    pub bins: usize,
    /// Calibration error beyond what chance gives.
    pub calibration_error: f64,
    /// Variance of false positives over that of independent votes.
    pub dispersion: f64,
    /// Differences (drift, confirmed against claimed, vote entropy) in standard errors.
    pub standard_errors: f64,
    /// Fewer images (or reviews) than this raise no alarm.
    pub least_images: usize,
    /// Answers faster than this are too fast for a look, in seconds.
    pub too_fast_seconds: f64,
    /// Entropy of somebody's answers, over that of the crowd's, that is low.
    pub low_entropy: f64,
    /// Fewer votes than this raise no flag about a volunteer.
    pub least_votes: u32,
    /// Volunteers listed one by one: those with most votes, and everybody with a flag.
    pub listed_volunteers: usize,
}

impl Default for MonitorSettings {
    fn default() -> Self {
        Self {
            bins: 10,
            calibration_error: 0.05,
            dispersion: 1.5,
            standard_errors: 3.0,
            least_images: 20,
            too_fast_seconds: 1.0,
            low_entropy: 0.5,
            least_votes: 30,
            listed_volunteers: 1000,
        }
    }
}

impl MonitorSettings {
    /// Whether the settings can work.
    ///
    /// # Errors
    /// Names the first that cannot.
    pub fn check(&self) -> Result<(), ConfigError> {
        let bins = (1..=MOST_BINS).contains(&self.bins);
        ConfigError::check("bins", self.bins as f64, bins, "give 1 to 1000")?;
        for (field, value) in [
            ("calibration_error", self.calibration_error),
            ("dispersion", self.dispersion),
            ("standard_errors", self.standard_errors),
            ("too_fast_seconds", self.too_fast_seconds),
            ("low_entropy", self.low_entropy),
        ] {
            let fine = value.is_finite() && value >= 0.0;
            ConfigError::check(field, value, fine, "give a number of at least 0")?;
        }
        Ok(())
    }
}
