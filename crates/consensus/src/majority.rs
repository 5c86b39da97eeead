//! Majority: every vote counts the same, whoever gave it. The baseline.
//!
//! `p_votes` = (lens + unsure/2 + 1)/(votes + 2): the share of "lens" among the answers, an
//! "unsure" being half a vote for either side, with one imagined vote for each. It is a share,
//! not a calibrated probability; its log-odds stand in as the evidence. An image is detected or
//! rejected when more than half of all its votes say so and there are enough of them.
//! Volunteers are still measured on training images; their skill is only reported.

use domain::{logit, sigmoid};
use serde::{Deserialize, Serialize};

use crate::{Aggregator, Ballot, ConfigError, PriorSource, State, Status, SubjectState, VolunteerState};

/// PL and PD inside these, imagined votes behind them: SWAP's, so that skills compare.
const SKILL_RANGE: (f64, f64) = (0.01, 0.99);
const NEWCOMER: VolunteerState = VolunteerState::newcomer(0.5, 0.5, 4.0);
const JOINT_PRIOR_RANGE: (f64, f64) = (1e-6, 0.9);

/// Settings of [`Majority`].
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct MajorityConfig {
    /// Votes before an image is detected or rejected.
    pub min_votes: u32,
}

impl Default for MajorityConfig {
    fn default() -> Self {
        Self { min_votes: 3 }
    }
}

/// The aggregator.
#[derive(Debug, Clone)]
pub struct Majority {
    config: MajorityConfig,
    joint_prior: PriorSource,
}

impl Majority {
    /// Majority with these settings; `joint_prior` is the prior of `p_joint`.
    ///
    /// # Errors
    /// When a setting is out of its range.
    pub fn new(config: MajorityConfig, joint_prior: PriorSource) -> Result<Self, ConfigError> {
        let enough = config.min_votes > 0;
        ConfigError::check("min_votes", f64::from(config.min_votes), enough, "give 1 or more")?;
        Ok(Self { config, joint_prior })
    }

    fn judge(&self, ballot: &Ballot, subject: &mut SubjectState) {
        let tally = subject.tally;
        let (lens, unsure) = (f64::from(tally.lens), f64::from(tally.unsure));
        subject.p_votes = (lens + 0.5 * unsure + 1.0) / (f64::from(tally.total()) + 2.0);
        subject.evidence = logit(subject.p_votes);
        let prior = self.joint_prior.of(ballot.subject, JOINT_PRIOR_RANGE);
        subject.p_joint = sigmoid(logit(prior) + subject.evidence);
        subject.decide(if tally.total() < self.config.min_votes {
            Status::Undecided
        } else if 2 * tally.lens > tally.total() {
            Status::Detected
        } else if 2 * tally.no_lens > tally.total() {
            Status::Rejected
        } else {
            Status::Undecided
        });
    }
}

impl Aggregator for Majority {
    fn update(&self, state: &mut State, ballot: &Ballot) {
        let prior = self.joint_prior.of(ballot.subject, JOINT_PRIOR_RANGE);
        let subject = state
            .subjects
            .entry(ballot.subject)
            .or_insert_with(|| SubjectState::unseen(ballot.truth, 0.5, prior));
        subject.tally = subject.tally.with(ballot.answer);
        subject.exposure += 1;
        self.judge(ballot, subject);
        let volunteer = state.volunteers.entry(ballot.volunteer).or_insert(NEWCOMER);
        volunteer.hear(ballot, SKILL_RANGE);
        if !ballot.is_training() && ballot.said_lens().is_some() {
            volunteer.contribution += volunteer.skill_bits();
        }
    }

    /// The fold in a fixed order: by volunteer, then image.
    fn fit(&self, ballots: &[Ballot]) -> State {
        let mut ordered = ballots.to_vec();
        ordered.sort_unstable_by_key(|b| (b.volunteer, b.subject, b.answer));
        let mut state = State::default();
        for ballot in &ordered {
            self.update(&mut state, ballot);
        }
        state
    }
}
