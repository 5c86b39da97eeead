//! Portfolio: one budget divided among audit, exploitation and exploration, by a schedule that
//! explores early and exploits late.
//!
//! Order of choice: the audit first and over the whole pool (its probabilities must not depend
//! on what others want), then greedy from what is left, then exploration from what is left of
//! that. So no image comes twice, and one that several strategies want is logged once, under
//! the first of them. Greedy and exploration speak about the pool that remained for them.

use domain::Seed;
use serde::{Deserialize, Serialize};

use crate::{
    Audit, AuditConfig, Entropy, Greedy, Pool, PowerBald, PriorShift, Random, SelectError, Selected, Selector,
};

/// What explores.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum Exploration {
    /// [`PowerBald`] with this β; [`Entropy`] without correction where the pool has no members.
    PowerBald {
        /// Its exponent.
        beta: f64,
    },
    /// [`Entropy`].
    Entropy {
        /// Its correction.
        shift: Option<PriorShift>,
    },
    /// [`Random`].
    Random,
}

/// Settings of [`Portfolio`].
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct PortfolioConfig {
    /// Share of the budget for the audit, in every round.
    pub audit_share: f64,
    /// Share that explores in the first round…
    pub explore_first: f64,
    /// …and in the last, with a straight line between; what is left exploits.
    pub explore_last: f64,
    /// Rounds that the line is long; later rounds are like the last.
    pub rounds: usize,
    /// What explores.
    pub exploration: Exploration,
    /// How the audit is drawn.
    pub audit: AuditConfig,
}

impl Default for PortfolioConfig {
    fn default() -> Self {
        Self {
            audit_share: 0.1,
            explore_first: 0.6,
            explore_last: 0.2,
            rounds: 5,
            exploration: Exploration::PowerBald { beta: 1.0 },
            audit: AuditConfig::default(),
        }
    }
}

/// How a round's budget is divided; the three add up to 1.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Shares {
    /// To the audit.
    pub audit: f64,
    /// To exploration.
    pub explore: f64,
    /// To the highest scores.
    pub exploit: f64,
}

/// The division of a budget.
pub struct Portfolio {
    config: PortfolioConfig,
    audit: Audit,
    explore: Box<dyn Selector + Send + Sync>,
}

impl Portfolio {
    /// With these settings.
    ///
    /// # Errors
    /// When shares are negative or add up to more than 1, or a strategy's setting is wrong.
    pub fn new(config: PortfolioConfig) -> Result<Self, SelectError> {
        let PortfolioConfig { audit_share, explore_first, explore_last, .. } = config;
        for (field, share) in
            [("audit_share", audit_share), ("explore_first", explore_first), ("explore_last", explore_last)]
        {
            SelectError::check(field, share, (0.0..=1.0).contains(&share), "give a share between 0 and 1")?;
            let sum = audit_share + share;
            let fits = field == "audit_share" || sum <= 1.0 + 1e-9;
            SelectError::check(field, share, fits, "together with `audit_share` give 1 at most")?;
        }
        let audit = Audit::new(config.audit.clone())?;
        let explore: Box<dyn Selector + Send + Sync> = match &config.exploration {
            Exploration::PowerBald { beta } => Box::new(PowerBald::new(*beta)?),
            Exploration::Entropy { shift } => Box::new(Entropy::new(*shift)?),
            Exploration::Random => Box::new(Random),
        };
        Ok(Self { config, audit, explore })
    }

    /// The division in this round, counted from 0.
    #[must_use]
    pub fn shares(&self, round: usize) -> Shares {
        let config = &self.config;
        let last = config.rounds.saturating_sub(1);
        let along = if last == 0 { 1.0 } else { round.min(last) as f64 / last as f64 };
        let explore = config.explore_first + along * (config.explore_last - config.explore_first);
        let exploit = (1.0 - config.audit_share - explore).max(0.0);
        Shares { audit: config.audit_share, explore, exploit }
    }

    /// Chooses `budget` images (or all there are) in the order in which they should be shown:
    /// the strategies interleaved, so that a round cut short gave each its part.
    ///
    /// The audit's size varies around its share and is never cut; only if it alone exceeded
    /// `budget` would more than `budget` images be chosen. `pool` must be every image without a
    /// label, or the audit speaks about less.
    ///
    /// # Errors
    /// When a strategy needs something that the pool does not hold.
    pub fn select(
        &self,
        pool: &Pool<'_>,
        budget: usize,
        round: usize,
        seed: Seed,
    ) -> Result<Vec<Selected>, SelectError> {
        // Each image's luck is fixed by the seed, so every round needs a seed of its own.
        let seed = seed.child("round").index(round as u64);
        let shares = self.shares(round);
        let mut taken = vec![false; pool.len()];
        let mut left = |gone: &[Selected]| -> Vec<usize> {
            for row in gone {
                taken[row.index] = true;
            }
            (0..pool.len()).filter(|i| !taken[*i]).collect()
        };
        let expected = (shares.audit * budget as f64).round() as usize;
        let audit = self.audit.select(pool, expected, seed.child("audit"))?;
        let rest = budget.saturating_sub(audit.len());
        let explored = (rest as f64 * shares.explore
            / (shares.explore + shares.exploit).max(f64::MIN_POSITIVE))
        .round()
        .min(rest as f64) as usize;
        let exploit = Greedy.select_among(pool, &left(&audit), rest - explored, seed.child("exploit"))?;
        let open = left(&exploit);
        let explore = self.explorer(pool).select_among(pool, &open, explored, seed.child("explore"))?;
        Ok(interleave([audit, exploit, explore]))
    }

    /// Without members nothing can disagree; the rows then say `entropy`.
    fn explorer(&self, pool: &Pool<'_>) -> &dyn Selector {
        const FALLBACK: &Entropy = &Entropy::UNCORRECTED;
        let needs_members = matches!(self.config.exploration, Exploration::PowerBald { .. });
        if needs_members && pool.members().is_none() { FALLBACK } else { self.explore.as_ref() }
    }
}

/// Merges ranked lists so that each is spread evenly over the whole.
fn interleave(lists: [Vec<Selected>; 3]) -> Vec<Selected> {
    let mut placed: Vec<(f64, usize, Selected)> = Vec::with_capacity(lists.iter().map(Vec::len).sum());
    for (arm, list) in lists.into_iter().enumerate() {
        let length = list.len() as f64;
        placed.extend(list.into_iter().enumerate().map(|(i, row)| ((i as f64 + 0.5) / length, arm, row)));
    }
    placed.sort_by(|a, b| a.0.total_cmp(&b.0).then(a.1.cmp(&b.1)));
    placed.into_iter().map(|(_, _, row)| row).collect()
}
