//! Settings of a portfolio and its schedule.

use serde::{Deserialize, Serialize};

use crate::{AuditConfig, DiversityConfig, EpigConfig, PriorShift, SelectError};

/// What explores.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum Exploration {
    /// [`crate::PowerBald`] with this β, over the doubt of the head or members; [`crate::Entropy`]
    /// without correction where the pool has neither.
    PowerBald {
        /// Its exponent.
        beta: f64,
    },
    /// [`crate::Entropy`].
    Entropy {
        /// Its correction.
        shift: Option<PriorShift>,
    },
    /// [`crate::Random`].
    Random,
}

/// Settings of [`crate::Portfolio`].
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct PortfolioConfig {
    /// Share of the budget for the audit, in the first round…
    pub audit_share: f64,
    /// …and in the last; left out: the same in every round.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub audit_share_last: Option<f64>,
    /// Share that explores in the first round…
    pub explore_first: f64,
    /// …and in the last, with a straight line between; what is left exploits.
    pub explore_last: f64,
    /// Share that asks again about images whose votes conflict, as far as there are any and the
    /// other shares leave room; else it exploits.
    pub relabel_share: f64,
    /// Share of the budget for typical images in the first round, out of exploration, where the
    /// pool has embeddings.
    pub typiclust_share: f64,
    /// Share of exploration for what tells most about the top of the ranking, where the pool lets
    /// one know (members, or doubt and embeddings).
    pub epig_share: f64,
    /// Rounds that the line is long; later rounds are like the last.
    pub rounds: usize,
    /// What explores.
    pub exploration: Exploration,
    /// How the audit is drawn.
    pub audit: AuditConfig,
    /// The top of the ranking.
    pub epig: EpigConfig,
    /// What one cell may take.
    pub diversity: DiversityConfig,
}

impl Default for PortfolioConfig {
    fn default() -> Self {
        Self {
            audit_share: 0.1,
            audit_share_last: None,
            explore_first: 0.6,
            explore_last: 0.2,
            relabel_share: 0.1,
            typiclust_share: 0.1,
            epig_share: 0.25,
            rounds: 5,
            exploration: Exploration::PowerBald { beta: 1.0 },
            audit: AuditConfig::default(),
            epig: EpigConfig::default(),
            diversity: DiversityConfig::default(),
        }
    }
}

/// How a round's budget is divided; the four add up to 1.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Shares {
    /// To the audit.
    pub audit: f64,
    /// To exploration.
    pub explore: f64,
    /// To the highest scores.
    pub exploit: f64,
    /// To images whose votes conflict.
    pub relabel: f64,
}

impl PortfolioConfig {
    /// Refuses shares that cannot be met.
    pub(super) fn check(&self) -> Result<(), SelectError> {
        let last = self.audit_share_last.unwrap_or(self.audit_share);
        for (field, share) in [
            ("audit_share", self.audit_share),
            ("audit_share_last", last),
            ("explore_first", self.explore_first),
            ("explore_last", self.explore_last),
            ("relabel_share", self.relabel_share),
            ("typiclust_share", self.typiclust_share),
            ("epig_share", self.epig_share),
        ] {
            SelectError::check(field, share, (0.0..=1.0).contains(&share), "give a share between 0 and 1")?;
        }
        for (field, share, audit) in [
            ("explore_first", self.explore_first, self.audit_share),
            ("explore_last", self.explore_last, last),
        ] {
            let fits = audit + share <= 1.0 + 1e-9;
            SelectError::check(field, share, fits, "together with `audit_share` give 1 at most")?;
        }
        self.diversity.check()
    }

    /// What follows the votes within a round: the audit's share goes to the others in proportion (it was
    /// drawn when the round began), and what costs a second each time is left out: cells of the embeddings
    /// (k-means), EPIG and the typical images of the first round.
    #[must_use]
    pub fn within_a_round(&self) -> Self {
        let part = |share: f64, audit: f64| if audit < 1.0 { (share / (1.0 - audit)).min(1.0) } else { 0.0 };
        let (first, last) = (self.audit_share, self.audit_share_last.unwrap_or(self.audit_share));
        Self {
            audit_share: 0.0,
            audit_share_last: None,
            explore_first: part(self.explore_first, first),
            explore_last: part(self.explore_last, last),
            relabel_share: part(self.relabel_share, first),
            typiclust_share: 0.0,
            epig_share: 0.0,
            diversity: DiversityConfig { clusters: 0, ..self.diversity },
            ..self.clone()
        }
    }

    /// The division in this round, counted from 0.
    pub(super) fn shares(&self, round: usize) -> Shares {
        let last = self.rounds.saturating_sub(1);
        let along = if last == 0 { 1.0 } else { round.min(last) as f64 / last as f64 };
        let between = |first: f64, last: f64| first + along * (last - first);
        let audit = between(self.audit_share, self.audit_share_last.unwrap_or(self.audit_share));
        let explore = between(self.explore_first, self.explore_last);
        let relabel = self.relabel_share.min((1.0 - audit - explore).max(0.0));
        let exploit = (1.0 - audit - explore - relabel).max(0.0);
        Shares { audit, explore, exploit, relabel }
    }
}
