//! Portfolio: one budget divided among audit, relabelling, exploitation and exploration, by a
//! schedule that explores early and exploits late.
//!
//! Order of choice: the audit first and over everything open (its probabilities must not depend on
//! what others want), then disputed images, then greedy from what is left, then exploration from what
//! is left of that: typical images in the first round, what tells most about the top of the ranking
//! (EPIG), and PowerBALD. So no image comes twice, and one that several strategies want is logged
//! once, under the first of them. Greedy and exploration speak about the pool that remained for them,
//! and keep to caps per cell of embeddings and sky (`diversity`).

mod config;

use domain::Seed;

pub use config::{Exploration, PortfolioConfig, Shares};

use crate::{
    Audit, Entropy, Epig, Greedy, Pool, PowerBald, Random, Relabel, SelectError, Selected, Selector,
    Strategy, Typiclust, beliefs::Beliefs, diversity::Diversity, located::Located, selector::top,
};

/// Rows a ranking is asked for, for each that the caps may let through.
const SPARE: usize = 4;

/// The division of a budget.
pub struct Portfolio {
    config: PortfolioConfig,
    audit: Audit,
    epig: Epig,
    explore: Explorer,
}

/// What explores, checked.
#[derive(Clone, Copy)]
enum Explorer {
    PowerBald(PowerBald),
    Entropy(Entropy),
    Random,
}

/// What the parts of a round share.
struct Aids<'a> {
    diversity: Option<Diversity<'a>>,
    balds: Option<Located<f64>>,
}

/// What is still to be had in a round.
struct Left {
    taken: Vec<bool>,
    open: Vec<usize>,
}

impl Left {
    fn take(&mut self, rows: &[Selected]) {
        for row in rows {
            self.taken[row.index] = true;
        }
        self.open.retain(|i| !self.taken[*i]);
    }
}

impl Portfolio {
    /// With these settings.
    ///
    /// # Errors
    /// When shares are negative or add up to more than 1, or a strategy's setting is wrong.
    pub fn new(config: PortfolioConfig) -> Result<Self, SelectError> {
        config.check()?;
        let audit = Audit::new(config.audit.clone())?;
        let epig = Epig::new(config.epig)?;
        let explore = match &config.exploration {
            Exploration::PowerBald { beta } => Explorer::PowerBald(PowerBald::new(*beta)?),
            Exploration::Entropy { shift } => Explorer::Entropy(Entropy::new(*shift)?),
            Exploration::Random => Explorer::Random,
        };
        Ok(Self { config, audit, epig, explore })
    }

    /// The division in this round, counted from 0.
    #[must_use]
    pub fn shares(&self, round: usize) -> Shares {
        self.config.shares(round)
    }

    /// Chooses `budget` images (or all there are) in the order in which they should be shown:
    /// the strategies interleaved, so that a round cut short gave each its part.
    ///
    /// The audit's size varies around its share and is never cut; only if it alone exceeded
    /// `budget` would more than `budget` images be chosen. Everything without a label is open, and
    /// must be all that people have not judged, or the audit speaks about less.
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
        self.select_in_round(pool, &pool.unlabelled(), budget, round, seed)
    }

    /// What explores, from what is left: typical images if wanted, EPIG, the main part.
    fn explored(
        &self,
        pool: &Pool<'_>,
        left: &mut Left,
        (budget, typical): (usize, usize),
        aids: &Aids<'_>,
        seed: Seed,
    ) -> Result<Vec<Vec<Selected>>, SelectError> {
        let mut lists = Vec::new();
        let mut rest = budget;
        if typical > 0 {
            let rows =
                Typiclust::default().select_among(pool, &left.open, typical, seed.child("typiclust"))?;
            left.take(&rows);
            rest -= rows.len().min(rest);
            lists.push(rows);
        }
        if let (true, Some(balds)) = (Epig::works_on(pool), &aids.balds) {
            let wanted = ((self.config.epig_share * budget as f64).round() as usize).min(rest);
            let ask =
                |ask: usize| self.epig.by_bald(pool, &left.open, |i| balds.at(i), ask, seed.child("epig"));
            let rows = match &aids.diversity {
                _ if wanted == 0 => Vec::new(),
                Some(diversity) => diversity.walk(ask(SPARE * wanted)?, wanted),
                None => ask(wanted)?,
            };
            left.take(&rows);
            rest -= rows.len().min(rest);
            lists.push(rows);
        }
        let rows = self.main(pool, &left.open, rest, aids, seed.child("explore"))?;
        left.take(&rows);
        lists.push(rows);
        Ok(lists)
    }

    /// The larger part of exploration. Where nothing is known of how sure the network is, it goes by
    /// entropy, and the rows say so.
    fn main(
        &self,
        pool: &Pool<'_>,
        open: &[usize],
        budget: usize,
        aids: &Aids<'_>,
        seed: Seed,
    ) -> Result<Vec<Selected>, SelectError> {
        let diversity = aids.diversity.as_ref();
        match (self.explore, aids.balds.as_ref(), diversity) {
            (Explorer::PowerBald(strategy), Some(balds), Some(diversity)) => {
                let location = |i| strategy.location(balds.at(i));
                Ok(diversity.by_gumbel(open, budget, seed, Strategy::PowerBald, location))
            }
            (Explorer::PowerBald(strategy), Some(_), None) => strategy.select_among(pool, open, budget, seed),
            (Explorer::PowerBald(_), None, _) => ranked(&Entropy::UNCORRECTED, pool, open, budget, diversity),
            (Explorer::Entropy(strategy), _, _) => ranked(&strategy, pool, open, budget, diversity),
            (Explorer::Random, _, Some(diversity)) => {
                Ok(diversity.by_gumbel(open, budget, seed, Strategy::Random, |_| 0.0))
            }
            (Explorer::Random, _, None) => Random.select_among(pool, open, budget, seed),
        }
    }
}

/// A strategy without chance, under the caps if there are any.
fn ranked(
    strategy: &dyn Selector,
    pool: &Pool<'_>,
    open: &[usize],
    budget: usize,
    diversity: Option<&Diversity<'_>>,
) -> Result<Vec<Selected>, SelectError> {
    let seed = Seed::root(0);
    match diversity {
        Some(diversity) if budget > 0 => {
            Ok(diversity.walk(strategy.select_among(pool, open, SPARE * budget, seed)?, budget))
        }
        _ => strategy.select_among(pool, open, budget, seed),
    }
}

impl Selector for Portfolio {
    fn strategy(&self) -> Strategy {
        Strategy::Portfolio
    }

    /// As in the first round.
    fn select_among(
        &self,
        pool: &Pool<'_>,
        open: &[usize],
        budget: usize,
        seed: Seed,
    ) -> Result<Vec<Selected>, SelectError> {
        self.select_in_round(pool, open, budget, 0, seed)
    }

    fn select_in_round(
        &self,
        pool: &Pool<'_>,
        open: &[usize],
        budget: usize,
        round: usize,
        seed: Seed,
    ) -> Result<Vec<Selected>, SelectError> {
        // Each image's luck is fixed by the seed, so every round needs a seed of its own.
        let seed = seed.child("round").index(round as u64);
        let shares = self.shares(round);
        let mut left = Left { taken: vec![false; pool.len()], open: open.to_vec() };
        let expected = (shares.audit * budget as f64).round() as usize;
        let audit = self.audit.select_among(pool, open, expected, seed.child("audit"))?;
        left.take(&audit);
        let rest = budget.saturating_sub(audit.len());
        let part = |share: f64| {
            let part = rest as f64 * share / (1.0 - shares.audit).max(f64::MIN_POSITIVE);
            part.round().min(rest as f64) as usize
        };
        // What nobody disputes is left to exploitation.
        let disputed: Vec<usize> =
            pool.disputed().unwrap_or(&[]).iter().map(|(i, _)| *i).filter(|i| !left.taken[*i]).collect();
        let explored = part(shares.explore);
        let wanted = part(shares.relabel).min(rest - explored);
        let relabel = match pool.disputed() {
            Some(_) => Relabel.select_among(pool, &disputed, wanted, seed.child("relabel"))?,
            None => Vec::new(),
        };
        left.take(&relabel);
        // Reckoned once: it costs more than all the rest.
        let balds = Beliefs::within(pool).map(|beliefs| Located::of(pool, open, |i| beliefs.bald(i)));
        let diversity = self.diversity(pool, &left.open, rest, balds.as_ref(), seed.child("diversity"));
        let aids = Aids { diversity, balds };
        let exploited = rest - explored - relabel.len();
        let mut exploit = ranked(&Greedy, pool, &left.open, exploited, aids.diversity.as_ref())?;
        left.take(&exploit);
        let is_first = round == 0 && pool.embeddings().is_some();
        let typical = if is_first { part(self.config.typiclust_share).min(explored) } else { 0 };
        let mut lists = self.explored(pool, &mut left, (explored, typical), &aids, seed)?;
        // What the caps did not let through is exploited.
        let chosen = relabel.len() + exploit.len() + lists.iter().map(Vec::len).sum::<usize>();
        let more = Greedy.select_among(pool, &left.open, rest.saturating_sub(chosen), seed)?;
        let first = exploit.len();
        exploit.extend(more.into_iter().map(|row| Selected { rank: first + row.rank, ..row }));
        lists.splice(0..0, [audit, exploit, relabel]);
        Ok(interleave(lists))
    }
}

impl Portfolio {
    /// Cells of what this round may choose from: the top of the ranking and where most is to be learnt.
    fn diversity<'a>(
        &self,
        pool: &Pool<'a>,
        open: &[usize],
        budget: usize,
        balds: Option<&Located<f64>>,
        seed: Seed,
    ) -> Option<Diversity<'a>> {
        if budget == 0 || open.is_empty() {
            return None;
        }
        let positions = |chosen: Vec<(usize, f64)>| chosen.into_iter().map(|(i, _)| i).collect::<Vec<_>>();
        let mut worth = vec![positions(top(pool, open, SPARE * budget, |i| pool.probabilities()[i]).chosen)];
        if let (Some(balds), Explorer::PowerBald(_)) = (balds, self.explore) {
            worth.push(positions(top(pool, open, SPARE * budget, |i| balds.at(i)).chosen));
        }
        Diversity::of(pool, open, self.config.diversity, &worth, seed)
    }
}

/// Merges ranked lists so that each is spread evenly over the whole.
fn interleave(lists: Vec<Vec<Selected>>) -> Vec<Selected> {
    let mut placed: Vec<(f64, usize, Selected)> = Vec::with_capacity(lists.iter().map(Vec::len).sum());
    for (arm, list) in lists.into_iter().enumerate() {
        let length = list.len() as f64;
        placed.extend(list.into_iter().enumerate().map(|(i, row)| ((i as f64 + 0.5) / length, arm, row)));
    }
    placed.sort_by(|a, b| a.0.total_cmp(&b.0).then(a.1.cmp(&b.1)));
    placed.into_iter().map(|(_, _, row)| row).collect()
}
