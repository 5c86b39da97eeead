//! When an image has been asked about often enough: a sequential probability ratio test (Wald
//! 1945) on the calibrated posterior, with a least number of votes, and a cap after which experts
//! are asked. The outcome depends on the votes that stand and on nothing else, so that one more
//! vote, an undo or a new model can bring an image back.

use std::fmt;

use domain::{Tally, logit};
use serde::{Deserialize, Serialize};

use crate::{ConfigError, calibration::Calibration};

/// The test.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Retirement {
    /// An image strictly above is detected: a candidate, people are not asked again.
    pub detect_above: f64,
    /// An image strictly below is rejected and retired.
    pub reject_below: f64,
    /// Votes before an image is rejected.
    pub min_votes: u32,
    /// What these votes must say against a lens by themselves, in nats, before an image is
    /// rejected: a low score of the network alone, or votes that do not say anything, reject nothing.
    pub least_evidence: f64,
    /// Votes before an image is detected.
    pub min_votes_to_detect: u32,
    /// Votes after which an image that is neither is contested: experts only.
    pub max_votes: u32,
    /// Votes by experts on a contested image, at most.
    pub expert_votes: u32,
    /// Share of requests that ask about a retired image again, to measure how often it was wrong.
    pub retest_share: f64,
}

impl Default for Retirement {
    fn default() -> Self {
        Self {
            detect_above: 0.95,
            reject_below: 1e-3,
            min_votes: 3,
            least_evidence: 3.0,
            min_votes_to_detect: 4,
            max_votes: 12,
            expert_votes: 4,
            retest_share: 0.02,
        }
    }
}

/// Where an image stands.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// People are asked.
    #[default]
    Open,
    /// Above the upper threshold.
    Detected,
    /// Below the lower threshold: retired.
    Rejected,
    /// Neither after all votes it may have: experts are asked, or everybody was.
    Contested,
}

impl Outcome {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::Open, Self::Detected, Self::Rejected, Self::Contested];

    /// `open`, `detected`, `rejected` or `contested`.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Detected => "detected",
            Self::Rejected => "rejected",
            Self::Contested => "contested",
        }
    }

    /// The outcome with this name.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|outcome| outcome.name() == name)
    }

    /// Whether the crowd is no longer asked.
    #[must_use]
    pub const fn is_settled(self) -> bool {
        matches!(self, Self::Detected | Self::Rejected)
    }
}

/// Why an image stands where it stands; recorded with each decision.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(tag = "rule", rename_all = "snake_case")]
pub enum Rule {
    /// Between the thresholds, or too few votes.
    Undecided,
    /// `p_joint` above the upper threshold after enough votes.
    Above {
        /// The threshold.
        detect_above: f64,
        /// Votes it needed at least.
        min_votes: u32,
    },
    /// `p_joint` below the lower threshold after enough votes.
    Below {
        /// The threshold.
        reject_below: f64,
        /// Votes it needed at least.
        min_votes: u32,
    },
    /// All votes the crowd may give, and still between the thresholds.
    Cap {
        /// Those votes.
        max_votes: u32,
    },
    /// All votes experts may give, too.
    ExpertCap {
        /// Votes of both.
        votes: u32,
    },
}

impl fmt::Display for Rule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Undecided => write!(f, "between the thresholds, or too few votes"),
            Self::Above { detect_above, min_votes } => {
                write!(f, "p_joint above {detect_above} after at least {min_votes} votes")
            }
            Self::Below { reject_below, min_votes } => {
                write!(f, "p_joint below {reject_below} after at least {min_votes} votes")
            }
            Self::Cap { max_votes } => write!(f, "undecided after {max_votes} votes: to the experts"),
            Self::ExpertCap { votes } => write!(f, "undecided after {votes} votes, experts' included"),
        }
    }
}

/// What the test says of an image.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Judgement {
    /// Where it stands.
    pub outcome: Outcome,
    /// Why.
    pub rule: Rule,
    /// Votes it may still get: leases in flight never exceed it. 0 when nobody is asked.
    pub wanted: u32,
    /// Whether only experts are asked.
    pub experts_only: bool,
}

/// What one vote of an ordinary volunteer moves the log-odds by, in nats: only for guessing how
/// many votes may be asked for at once.
const USUAL_STEP: f64 = 1.5;

impl Retirement {
    /// Judges an image by its calibrated posterior, by what the votes say themselves
    /// (ln P(votes | lens) − ln P(votes | no lens)) and by how many stand.
    #[must_use]
    pub fn judge(&self, p_joint: f64, log_likelihood_ratio: f64, tally: Tally) -> Judgement {
        let votes = tally.total();
        let said = |outcome, rule| Judgement { outcome, rule, wanted: 0, experts_only: false };
        if p_joint > self.detect_above && votes >= self.min_votes_to_detect {
            let (detect_above, min_votes) = (self.detect_above, self.min_votes_to_detect);
            return said(Outcome::Detected, Rule::Above { detect_above, min_votes });
        }
        let against = log_likelihood_ratio <= -self.least_evidence;
        if p_joint < self.reject_below && votes >= self.min_votes && against {
            let (reject_below, min_votes) = (self.reject_below, self.min_votes);
            return said(Outcome::Rejected, Rule::Below { reject_below, min_votes });
        }
        let all = self.max_votes + self.expert_votes;
        if votes >= all {
            return said(Outcome::Contested, Rule::ExpertCap { votes: all });
        }
        if votes >= self.max_votes {
            let rule = Rule::Cap { max_votes: self.max_votes };
            let wanted = all - votes;
            return Judgement { outcome: Outcome::Contested, rule, wanted, experts_only: true };
        }
        let wanted = self.steps_to_decision(p_joint, votes).clamp(1, self.max_votes - votes);
        Judgement { outcome: Outcome::Open, rule: Rule::Undecided, wanted, experts_only: false }
    }

    /// The fewest votes that can decide, by the nearer threshold: asking for more at once would
    /// waste those that come after the decision.
    fn steps_to_decision(&self, p_joint: f64, votes: u32) -> u32 {
        let steps = |nats: f64, least: u32| {
            // Saturates: 0 when the threshold is passed, all there are when it is infinitely far.
            ((nats / USUAL_STEP).ceil() as u32).max(least.saturating_sub(votes))
        };
        let now = logit(p_joint);
        let up = steps(logit(self.detect_above) - now, self.min_votes_to_detect);
        up.min(steps(now - logit(self.reject_below), self.min_votes))
    }

    /// Every setting in its range, or the first that is not.
    pub(super) fn check(&self) -> Result<(), ConfigError> {
        ConfigError::check_open("retirement.detect_above", self.detect_above)?;
        ConfigError::check_open("retirement.reject_below", self.reject_below)?;
        // Surer than this is nothing without reviews, so such a threshold would never be reached.
        let (least, most) = Calibration::identity().range();
        let reached = self.detect_above < most;
        let remedy = "give a number below 0.99: nothing surer is claimed before experts have reviewed";
        ConfigError::check("retirement.detect_above", self.detect_above, reached, remedy)?;
        let below = self.reject_below > least && self.reject_below < self.detect_above;
        let remedy = "give a number above 0.000001 and below `detect_above`";
        ConfigError::check("retirement.reject_below", self.reject_below, below, remedy)?;
        let fine = (0.0..=30.0).contains(&self.least_evidence);
        let remedy = "give 0 to 30 nats";
        ConfigError::check("retirement.least_evidence", self.least_evidence, fine, remedy)?;
        let least = f64::from(self.min_votes);
        ConfigError::check("retirement.min_votes", least, self.min_votes > 0, "give 1 or more")?;
        let detect = f64::from(self.min_votes_to_detect);
        let some = self.min_votes_to_detect > 0;
        ConfigError::check("retirement.min_votes_to_detect", detect, some, "give 1 or more")?;
        let most = f64::from(self.max_votes);
        let enough =
            self.max_votes >= self.min_votes.max(self.min_votes_to_detect) && self.max_votes < 10_000;
        let remedy = "give no fewer than the least votes, and fewer than 10000";
        ConfigError::check("retirement.max_votes", most, enough, remedy)?;
        let experts = f64::from(self.expert_votes);
        let few = self.expert_votes < 10_000;
        ConfigError::check("retirement.expert_votes", experts, few, "give fewer than 10000")?;
        let share = (0.0..=0.5).contains(&self.retest_share);
        ConfigError::check("retirement.retest_share", self.retest_share, share, "give 0 to 0.5")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn judged(p_joint: f64, no_lens: u32, lens: u32) -> Judgement {
        Retirement::default().judge(p_joint, -4.0 * f64::from(no_lens), Tally { no_lens, unsure: 0, lens })
    }

    #[test]
    fn thresholds_are_strict_and_wait_for_the_least_votes() {
        assert_eq!(judged(0.95, 0, 5).outcome, Outcome::Open);
        assert_eq!(judged(0.951, 0, 3).outcome, Outcome::Open);
        assert_eq!(judged(0.951, 0, 4).outcome, Outcome::Detected);
        assert_eq!(judged(1e-3, 3, 0).outcome, Outcome::Open);
        assert_eq!(judged(9e-4, 2, 0).outcome, Outcome::Open);
        assert_eq!(judged(9e-4, 3, 0).outcome, Outcome::Rejected);
    }

    #[test]
    fn a_low_score_of_the_network_rejects_nothing_by_itself() {
        let rule = Retirement::default();
        let tally = Tally { no_lens: 0, unsure: 3, lens: 0 };
        assert_eq!(rule.judge(1e-5, -0.5, tally).outcome, Outcome::Open, "nobody said no");
        let tally = Tally { no_lens: 0, unsure: 0, lens: 3 };
        assert_eq!(rule.judge(1e-5, 4.0, tally).outcome, Outcome::Open, "everybody said yes");
    }

    #[test]
    fn thresholds_that_cannot_be_reached_are_refused() {
        let field = |rule: Retirement| rule.check().unwrap_err().field;
        let usual = Retirement::default();
        assert_eq!(field(Retirement { detect_above: 0.995, ..usual }), "retirement.detect_above");
        assert_eq!(field(Retirement { reject_below: 1e-7, ..usual }), "retirement.reject_below");
        assert!(usual.check().is_ok());
    }

    #[test]
    fn what_the_crowd_cannot_settle_goes_to_experts_and_ends_there() {
        let contested = judged(0.4, 6, 6);
        assert_eq!((contested.outcome, contested.wanted), (Outcome::Contested, 4));
        assert!(contested.experts_only);
        let ended = judged(0.4, 8, 8);
        assert_eq!((ended.outcome, ended.wanted, ended.experts_only), (Outcome::Contested, 0, false));
    }

    #[test]
    fn no_more_is_asked_for_at_once_than_can_decide() {
        assert_eq!(judged(1e-4, 0, 0).wanted, 3, "the least votes are missing");
        assert_eq!(judged(1e-4, 2, 0).wanted, 1);
        assert_eq!(judged(0.9, 1, 4).wanted, 1, "one vote from the threshold");
        assert_eq!(judged(0.05, 11, 0).wanted, 1, "the cap");
        for p in [0.0, 1.0, f64::NAN] {
            assert!((1..=12).contains(&judged(p, 0, 0).wanted));
        }
    }
}
