//! What a replay leaves behind.

use consensus::live::Outcome as Standing;
use domain::Answer;
use serde::{Deserialize, Serialize};

use crate::{Checkpoint, crowd::Kind};

/// Everything a trial came to.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Outcome {
    /// The figures on the way; the last is after the last vote.
    pub checkpoints: Vec<Checkpoint>,
    /// The whole pool, most likely lens first.
    pub ranking: Vec<Ranked>,
    /// Every vote on a survey image, in order.
    pub impressions: Vec<Impression>,
    /// Every change of where an image stands, in order.
    pub decisions: Vec<Decision>,
    /// Everybody.
    pub volunteers: Vec<VolunteerSummary>,
    /// Nobody could be asked about anything any more before the votes were spent.
    pub exhausted: bool,
}

/// One image at the end.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Ranked {
    /// Its place in the pool's lists.
    pub index: usize,
    /// What is believed of it: with its votes where it has any, else by the head or the champion.
    pub p_joint: f64,
    /// By its votes alone; `None` without any.
    pub p_votes: Option<f64>,
    /// Votes on it.
    pub votes: u32,
    /// Where it stands.
    pub standing: Standing,
}

/// One image shown to somebody, and the answer.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Impression {
    /// The number of the vote, from 1.
    pub vote: u64,
    /// The round, from 0.
    pub round: u32,
    /// The image's place in the pool's lists.
    pub subject: usize,
    /// Who looked: their place in [`Outcome::volunteers`].
    pub volunteer: u32,
    /// Who chose the image: a strategy, or `retest` or `contested`.
    pub strategy: String,
    /// With which probability; `None` for what was drawn from no list.
    pub inclusion_probability: Option<f64>,
    /// Its rank among those of its strategy.
    pub rank: Option<usize>,
    /// Fits of the head before the image was chosen; 0 for the champion alone.
    pub head_version: u32,
    /// What was said.
    pub answer: Answer,
}

/// A change of where an image stands.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Decision {
    /// Votes on survey images before it.
    pub vote: u64,
    /// The image's place in the pool's lists.
    pub subject: usize,
    /// Where it stood.
    pub from: Standing,
    /// Where it stands.
    pub to: Standing,
    /// What was believed of it.
    pub p_joint: f64,
    /// Votes on it.
    pub votes: u32,
}

/// One person at the end.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct VolunteerSummary {
    /// What kind they were.
    pub kind: Kind,
    /// Votes on survey images.
    pub votes: u32,
    /// Votes on training images.
    pub training_votes: u32,
    /// What one answer of theirs tells, in bits, as the consensus sees them.
    pub informativeness_bits: f64,
}
