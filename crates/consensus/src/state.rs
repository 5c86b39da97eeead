//! What is believed after some votes: one entry per image and one per volunteer. How a vote
//! changes it is left to the aggregators.

use std::collections::BTreeMap;

use domain::{Label, SubjectId, Tally, VolunteerId, binary_entropy_bits, sigmoid};
use serde::{Deserialize, Serialize};

use crate::VolunteerState;

/// Everything that follows from the votes, in the order of the ids (so that writing it down
/// gives the same bytes every time).
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct State {
    /// Every image with at least one vote.
    pub subjects: BTreeMap<SubjectId, SubjectState>,
    /// Everybody who voted.
    pub volunteers: BTreeMap<VolunteerId, VolunteerState>,
}

impl State {
    /// Images whose truth is not known, that is those the votes are about.
    pub fn unknown_subjects(&self) -> impl Iterator<Item = (SubjectId, &SubjectState)> {
        self.subjects.iter().filter(|(_, s)| !s.is_training()).map(|(id, s)| (*id, s))
    }

    /// Training images: their truth is known, their votes measure people.
    pub fn training_subjects(&self) -> impl Iterator<Item = (SubjectId, &SubjectState)> {
        self.subjects.iter().filter(|(_, s)| s.is_training()).map(|(id, s)| (*id, s))
    }
}

/// Where the posterior stands against the two thresholds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Status {
    /// Between the thresholds.
    Undecided,
    /// Above the upper one.
    Detected,
    /// Below the lower one.
    Rejected,
}

impl Status {
    /// `undecided`, `detected` or `rejected`.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Undecided => "undecided",
            Self::Detected => "detected",
            Self::Rejected => "rejected",
        }
    }

    /// Strictly above or strictly below a threshold, as in SWAP.
    #[must_use]
    pub fn of(posterior: f64, detected_above: f64, rejected_below: f64) -> Self {
        if posterior < rejected_below {
            Self::Rejected
        } else if posterior > detected_above {
            Self::Detected
        } else {
            Self::Undecided
        }
    }
}

/// One image.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct SubjectState {
    /// Its truth if it is a training image, else [`Label::Unknown`].
    pub truth: Label,
    /// Probability of a lens from the votes alone, starting at the aggregator's fixed prior.
    /// Training labels come from here, never from `p_joint`.
    pub p_votes: f64,
    /// Probability of a lens from the votes and the image's own prior (the calibrated network
    /// score). Candidate lists are ranked by it.
    pub p_joint: f64,
    /// What the votes alone say, in nats of log-odds: Σ ln P(vote | lens) / P(vote | no lens).
    pub evidence: f64,
    /// Where `p_votes` stands.
    pub status: Status,
    /// Votes while the image was open, those without weight among them (SWAP's count).
    pub exposure: u32,
    /// The exposure at which the image was retired, if it is.
    pub retirement_age: Option<u32>,
    /// Every vote that counts, by answer; also those after the image was frozen.
    pub tally: Tally,
}

impl SubjectState {
    /// An image before its first vote.
    pub(crate) fn unseen(truth: Label, p_votes: f64, p_joint: f64) -> Self {
        Self {
            truth,
            p_votes,
            p_joint,
            evidence: 0.0,
            status: Status::Undecided,
            exposure: 0,
            retirement_age: None,
            tally: Tally::default(),
        }
    }

    /// Sets the status from `p_votes`. Only images of unknown truth are ever retired, and one
    /// that rises again is open again.
    pub(crate) fn decide(&mut self, status: Status) {
        self.status = status;
        let retired = status == Status::Rejected && !self.is_training();
        self.retirement_age = match (retired, self.retirement_age) {
            (false, _) => None,
            (true, None) => Some(self.exposure),
            (true, age) => age,
        };
    }

    /// Whether the truth is known.
    #[must_use]
    pub fn is_training(&self) -> bool {
        self.truth != Label::Unknown
    }

    /// Whether people need not be asked again (SWAP's "inactive").
    #[must_use]
    pub const fn is_retired(&self) -> bool {
        self.retirement_age.is_some()
    }

    /// All votes that count.
    #[must_use]
    pub const fn votes(&self) -> u32 {
        self.tally.total()
    }

    /// How much the votes say, in bits from 0 (nothing) to 1 (all): 1 − H(p₀), where p₀ is the
    /// posterior from even odds. Even odds and not the aggregator's prior, because under a low
    /// prior an image without a single vote would already look certain.
    #[must_use]
    pub fn information_bits(&self) -> f64 {
        1.0 - binary_entropy_bits(sigmoid(self.evidence))
    }
}
