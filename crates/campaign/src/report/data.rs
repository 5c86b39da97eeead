//! The numbers of a report. Everything that is shown is here; renderers only
//! arrange it. Intervals are 95 % throughout.

use acquisition::Interval;
use domain::Timestamp;
use finder::{
    Realism,
    metrics::{Area, Rate, TprAtFpr},
};
use serde::{Deserialize, Serialize};

use super::MonitorReport;
use crate::live::Reranking;

/// The version of the JSON form; grows when a field changes its meaning.
pub const SCHEMA_VERSION: u32 = 1;

/// One experiment.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Report {
    /// [`SCHEMA_VERSION`].
    pub schema_version: u32,
    /// Such as "Lensfinder demo".
    pub title: String,
    /// Version of the program.
    pub version: String,
    /// When the run ended; `None` where bytes are compared.
    pub finished_at: Option<Timestamp>,
    /// Root of the seed tree.
    pub seed: u64,
    /// One line: processor, cores, memory, system.
    pub machine: String,
    /// What was configured, in the order it should be read.
    pub settings: Vec<Setting>,
    /// How long each phase took.
    pub wall_times: Vec<WallTime>,
    /// What was searched.
    pub pool: Pool,
    /// The strategies that were compared, the most interesting first.
    pub arms: Vec<Arm>,
    /// Real images, with the network of the first arm's last round.
    pub real: Vec<RealSet>,
    /// Whether the training images can be told from the survey's, with the network last trained in the
    /// first arm.
    #[serde(default)]
    pub realism: Option<Realism>,
    /// What a lead watches, in the first arm's last round.
    #[serde(default)]
    pub monitors: Option<MonitorReport>,
    /// What a reader should hold against these numbers.
    pub caveats: Vec<String>,
}

/// One line of the settings.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Setting {
    /// What is set.
    pub name: String,
    /// To what, with its unit.
    pub value: String,
}

/// One phase.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct WallTime {
    /// Such as "simulate the survey".
    pub phase: String,
    /// Wall-clock seconds.
    pub seconds: f64,
}

/// What was searched and what was kept apart.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Pool {
    /// Images that people could be asked about.
    pub images: u64,
    /// Lenses hidden among them.
    pub lenses: u64,
    /// Images that resemble lenses.
    pub look_alikes: u64,
    /// Images in the sky cells that neither training nor people ever see.
    pub held_out_images: u64,
    /// Lenses among those.
    pub held_out_lenses: u64,
}

/// One way of choosing images, with the same votes as the others.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Arm {
    /// One word, such as "active".
    pub name: String,
    /// One sentence on how it chooses.
    pub what: String,
    /// Its rounds; round 0 is the state before any vote.
    pub rounds: Vec<Round>,
}

/// The state after one round.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Round {
    /// Its number; 0 is before any vote.
    pub round: u32,
    /// Votes in this round, on training images too.
    pub votes: u64,
    /// Votes since the start.
    pub votes_total: u64,
    /// Different images people have looked at since the start.
    pub images_looked_at: u64,
    /// Hidden lenses among the candidates.
    pub lenses_found: u64,
    /// Lenses hidden in the pool.
    pub lenses_in_pool: u64,
    /// `lenses_found` of `lenses_in_pool`.
    pub completeness: Option<Rate>,
    /// Images that the votes make candidates.
    pub candidates: u64,
    /// `lenses_found` of `candidates`; `None` without candidates.
    pub purity: Option<Rate>,
    /// On the held-out sky, with the network in use after this round.
    pub average_precision: Measured<Area>,
    /// The same.
    pub auroc: Measured<Area>,
    /// At a false-positive rate of 1 %.
    pub tpr_at_fpr_1e2: Measured<TprAtFpr>,
    /// At a false-positive rate of 0.1 %.
    pub tpr_at_fpr_1e3: Measured<TprAtFpr>,
    /// What was decided about this round's network; `None` for round 0.
    pub gate: Option<Gate>,
    /// The estimate from the audit sample, which knows no truth.
    pub audit: Option<Audit>,
    /// What the live head did while people gave this round's votes; `None` without one.
    #[serde(default)]
    pub live: Option<Live>,
}

/// How the queue followed the votes of one round.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Live {
    /// How often the whole pool was ranked anew.
    pub rerankings: u64,
    /// Labels that the last of them learned from.
    pub labels: u64,
    /// Images that joined the queue.
    pub added: u64,
    /// Retired images that came back.
    pub returned: u64,
    /// Images whose prior changed, each time counted.
    pub rescored: u64,
    /// From new votes to the queue that follows them, seconds: the middle one…
    pub median_seconds: f64,
    /// …and the longest.
    pub longest_seconds: f64,
}

impl Live {
    /// Of the lines a round left; `None` of none.
    #[must_use]
    pub fn of(lines: &[Reranking]) -> Option<Self> {
        let mut seconds: Vec<f64> = lines.iter().map(|line| line.profile.seconds()).collect();
        seconds.sort_by(f64::total_cmp);
        Some(Self {
            rerankings: lines.len() as u64,
            labels: lines.last()?.labels,
            added: lines.iter().map(|line| line.added).sum(),
            returned: lines.iter().map(|line| line.returned).sum(),
            rescored: lines.iter().map(|line| line.rescored).sum(),
            median_seconds: seconds[seconds.len() / 2],
            longest_seconds: *seconds.last()?,
        })
    }
}

/// A number, or the reason why there is none.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Measured<T> {
    /// The number.
    Value(T),
    /// Why it could not be measured.
    Missing(String),
}

impl<T> Measured<T> {
    /// The number, if there is one.
    #[must_use]
    pub const fn value(&self) -> Option<&T> {
        match self {
            Self::Value(value) => Some(value),
            Self::Missing(_) => None,
        }
    }
}

impl<T> Default for Measured<T> {
    fn default() -> Self {
        Self::Missing("not measured".to_owned())
    }
}

impl<T, E: std::error::Error> From<Result<T, E>> for Measured<T> {
    fn from(result: Result<T, E>) -> Self {
        result.map_or_else(|error| Self::Missing(error.to_string()), Self::Value)
    }
}

/// The gate's decision.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Gate {
    /// Whether the new network replaced the one in use.
    pub accepted: bool,
    /// Why, in one sentence with the numbers.
    pub reason: String,
}

/// How many lenses the pool holds, estimated from the audits of all rounds so far.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Audit {
    /// Lenses in the pool, by the audits and what the network says of the rest.
    pub lenses: Interval,
    /// The same by Horvitz and Thompson: by the probabilities of the draws alone.
    pub by_draws: Interval,
    /// The share of them among the images people have looked at.
    pub completeness: Option<Interval>,
    /// More votes until 95 % of them are.
    pub votes_to_target: Option<Interval>,
    /// Lenses there are (hidden from the loop).
    pub truth: u64,
    /// Images drawn so far.
    pub sampled: u64,
}

/// One set of real images.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct RealSet {
    /// Short name.
    pub set: String,
    /// What is told from what, such as "grade A candidates against random galaxies".
    pub what: String,
    /// Positives.
    pub n_pos: u64,
    /// Negatives.
    pub n_neg: u64,
    /// Area under the ROC curve.
    pub auroc: Measured<Area>,
    /// What to keep in mind; may be empty.
    pub note: String,
}
