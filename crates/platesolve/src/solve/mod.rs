//! Blind solving: quads of the image in the order of the faintest of their
//! sources, all scales at once, looked up in every index; the first place that
//! stands the test is taken. The answer depends on nothing but the input:
//! where several threads search, the first in order wins.

mod hypothesis;
mod quads;

use std::sync::atomic::{AtomicU64, Ordering};

use domain::Progress;
use hypothesis::Hypothesis;
pub(crate) use hypothesis::{Prepared, Star, stars_in};
use quads::{Pairs, Quad, Work};
use rayon::prelude::*;

use crate::{
    Field, Hints, Index, Refusal, Solution,
    plane::Plane,
    refine, search,
    vector::{self, chord_to_angle, distance2},
};

/// How to solve.
#[derive(Debug, Clone, PartialEq)]
pub struct SolveSettings {
    /// What is known before.
    pub hints: Hints,
    /// Highest order of the distortion polynomial; 1 for none.
    pub tweak_order: u32,
    /// Sources that make quads.
    pub max_sources: usize,
    /// Look-ups in indexes and quads found by them before giving up. A thousand take about a millisecond.
    pub effort: u64,
    /// Julian year of the image: stars are moved there from the index's epoch where it knows their motion.
    pub epoch: Option<f64>,
}

impl Default for SolveSettings {
    fn default() -> Self {
        Self { hints: Hints::default(), tweak_order: 2, max_sources: 200, effort: 20_000_000, epoch: None }
    }
}

impl SolveSettings {
    /// Order of the distortion polynomial, within what is sensible.
    pub(crate) fn highest_order(&self) -> usize {
        self.tweak_order.clamp(1, 5) as usize
    }
}

/// Codes nearer than this are the same; what Lang et al. 2010 use.
const CODE_TOLERANCE: f64 = 0.01;
/// Logarithm of the odds without which no place is accepted when nothing is known before: a billion to one.
const BLIND: f64 = 20.7;
/// The same after the number of places looked at is taken off: a million to one.
const AFTER_TRIALS: f64 = 13.8;
/// Odds that are worth a fit.
const WORTH_A_FIT: f64 = 6.0;
/// Quads below this share of the image's shorter side, or of so few pixels, are too rough.
const SHORTEST_SHARE: f64 = 0.04;
const SHORTEST_PX: f64 = 12.0;
/// A fuller index than the one that solved is of use up to here.
const MOST_STARS_PER_SOURCE: usize = 2;
/// Look-ups that make it worth to share the work among threads.
const WORTH_SHARING: u64 = 20_000;

/// An index and the lengths in pixels a quad of it may have.
struct Usable<'i, 'a> {
    number: usize,
    index: &'i Index<'a>,
    pixels: (f64, f64),
}

/// Finds where an image lies.
///
/// # Errors
/// [`Refusal`], with the reason. Cancelling is looked at between pairs of sources.
pub fn solve(
    field: &Field,
    indexes: &[Index<'_>],
    settings: &SolveSettings,
    progress: &dyn Progress,
) -> Result<Solution, Refusal> {
    let image = Prepared::new(field);
    let fewest = 4;
    if image.points.len() < fewest {
        return Err(Refusal::TooFewSources { found: image.points.len(), needed: fewest });
    }
    let longest = image.size[0].hypot(image.size[1]);
    let shortest = (image.size[0].min(image.size[1]) * SHORTEST_SHARE).max(SHORTEST_PX).min(longest / 2.0);
    let usable = usable(indexes, &settings.hints, (shortest, longest));
    if usable.is_empty() {
        let (low, high) = settings.hints.scale_arcsec.unwrap_or((1e-3, 180.0 * 3600.0 / longest));
        return Err(Refusal::NoIndexForScale {
            low_arcmin: low * shortest / 60.0,
            high_arcmin: high * longest / 60.0,
        });
    }
    let search = Search {
        image: &image,
        usable,
        settings,
        progress,
        looked_up: AtomicU64::new(0),
        trials: AtomicU64::new(0),
        weighed: AtomicU64::new(0),
        best: AtomicU64::new(0),
    };
    search.run((shortest, longest))
}

fn usable<'i, 'a>(indexes: &'i [Index<'a>], hints: &Hints, lengths: (f64, f64)) -> Vec<Usable<'i, 'a>> {
    let each = indexes.iter().enumerate().filter_map(|(number, index)| {
        let (low, high) = (index.meta.scale_low_rad, index.meta.scale_high_rad);
        let pixels = match hints.scale_arcsec {
            Some((least, most)) => {
                let radians = |arcsec: f64| (arcsec / 3600.0).to_radians();
                (low / radians(most * 1.03), high / radians(least * 0.97))
            }
            None => (0.0, f64::INFINITY),
        };
        let fits = pixels.0 < lengths.1 && pixels.1 > lengths.0;
        (fits && index.quad_count() > 0).then_some(Usable { number, index, pixels })
    });
    each.collect()
}

struct Search<'s, 'i, 'a> {
    image: &'s Prepared,
    usable: Vec<Usable<'i, 'a>>,
    settings: &'s SolveSettings,
    progress: &'s dyn Progress,
    looked_up: AtomicU64,
    /// Quads of indexes that had the code of one of the image.
    trials: AtomicU64,
    /// Those that came to the whole model.
    weighed: AtomicU64,
    /// Bits of the best log odds: not negative, so they are in order.
    best: AtomicU64,
}

impl Search<'_, '_, '_> {
    fn run(&self, lengths: (f64, f64)) -> Result<Solution, Refusal> {
        let most = self.image.points.len().min(self.settings.max_sources);
        let dims: Vec<usize> =
            (3..=5).filter(|dim| self.usable.iter().any(|u| u.index.meta.dim_quads == *dim)).collect();
        let mut pairs = Pairs::default();
        self.progress.begin("searching", most as u64);
        for newest in 0..most {
            pairs.add(&self.image.points, newest, lengths, CODE_TOLERANCE);
            let trials = self.trials.load(Ordering::Relaxed);
            let work: Vec<Work<'_>> = dims.iter().flat_map(|dim| pairs.fresh(newest, dim - 2)).collect();
            let amount =
                work.iter().map(Work::count).sum::<u64>().saturating_mul(2 * self.usable.len() as u64);
            let found = if amount > WORTH_SHARING {
                work.par_iter().find_map_first(|work| self.try_pair(work, trials))
            } else {
                work.iter().find_map(|work| self.try_pair(work, trials))
            };
            self.progress.advance(1);
            if self.progress.is_cancelled() {
                return Err(Refusal::Cancelled);
            }
            if let Some(solution) = found {
                self.progress.end();
                return Ok(solution);
            }
            if self.spent() > self.settings.effort {
                return Err(Refusal::OutOfEffort { codes: self.looked_up.load(Ordering::Relaxed) });
            }
        }
        self.progress.end();
        Err(Refusal::NothingFits {
            hypotheses: self.weighed.load(Ordering::Relaxed),
            best: f64::from_bits(self.best.load(Ordering::Relaxed)),
            needed: self.needed(self.trials.load(Ordering::Relaxed)),
        })
    }

    fn spent(&self) -> u64 {
        self.looked_up.load(Ordering::Relaxed) + self.trials.load(Ordering::Relaxed)
    }

    fn try_pair(&self, work: &Work<'_>, trials: u64) -> Option<Solution> {
        if self.progress.is_cancelled() || self.spent() > 2 * self.settings.effort {
            return None;
        }
        match work.inner() {
            1 => self.try_quads::<2>(work, trials),
            2 => self.try_quads::<4>(work, trials),
            3 => self.try_quads::<6>(work, trials),
            _ => None,
        }
    }

    fn try_quads<const D: usize>(&self, work: &Work<'_>, before: u64) -> Option<Solution> {
        let both: &[i8] = match self.settings.hints.parity {
            Some(parity) if parity > 0 => &[1],
            Some(_) => &[-1],
            None => &[-1, 1],
        };
        let length = work.pair.length;
        let usable: Vec<&Usable<'_, '_>> = self
            .usable
            .iter()
            .filter(|u| u.index.codes.dim == D && length >= u.pixels.0 && length <= u.pixels.1)
            .collect();
        let (mut looked_up, mut trials) = (0, 0);
        let mut hits = Vec::new();
        let found = work.quads::<D, _>(both, CODE_TOLERANCE, |quad| {
            for one in &usable {
                looked_up += 1;
                hits.clear();
                search::within::<u16, D>(&one.index.codes, quad.code, CODE_TOLERANCE, |hit, _| {
                    hits.push(hit);
                });
                for &hit in &hits {
                    trials += 1;
                    if let Some(solution) = self.consider(one, hit as usize, quad, before + trials) {
                        return Some(solution);
                    }
                }
            }
            None
        });
        self.looked_up.fetch_add(looked_up, Ordering::Relaxed);
        self.trials.fetch_add(trials, Ordering::Relaxed);
        found
    }

    fn consider<const D: usize>(
        &self,
        one: &Usable<'_, '_>,
        hit: usize,
        quad: &Quad<D>,
        trials: u64,
    ) -> Option<Solution> {
        let (image, hints) = (self.image, &self.settings.hints);
        let guess = Hypothesis::new(image, one.index, hit, &quad.sources, quad.parity, hints)?;
        let spread = guess.spread(image, one.index.meta.jitter_arcsec);
        if !guess.holds_at_a_glance(image, one.index, spread) {
            return None;
        }
        self.weighed.fetch_add(1, Ordering::Relaxed);
        let score = guess.weigh(image, one.index, spread);
        self.best.fetch_max(score.log_odds.max(0.0).to_bits(), Ordering::Relaxed);
        if score.log_odds < WORTH_A_FIT {
            return None;
        }
        let refined = refine::refine(image, one.index, &guess.plane, guess.own(), self.settings)?;
        self.best.fetch_max(refined.log_odds.max(0.0).to_bits(), Ordering::Relaxed);
        if refined.log_odds < self.needed(trials) {
            return None;
        }
        let fuller = self.fullest(&guess.plane, one);
        let better =
            fuller.and_then(|fuller| Some((refined.with_more_stars(image, fuller, self.settings)?, fuller)));
        let solution = match better {
            Some((better, fuller)) => better.solution(image, fuller),
            None => refined.solution(image, one.index),
        };
        self.agrees(&solution).then_some(Solution {
            index: one.number,
            quad: hit,
            ln_trials: (trials as f64).ln(),
            ..solution
        })
    }

    /// The index with the most stars in the image, among those that have more than this one but not many more
    /// than the image has sources: they show how it is bent.
    fn fullest(&self, plane: &Plane, one: &Usable<'_, '_>) -> Option<&Index<'_>> {
        let most = self.image.weighed().len() * MOST_STARS_PER_SOURCE;
        let mut best = (stars_in(self.image, one.index, plane, &[]).len(), None);
        for other in &self.usable {
            if other.index.stars.len() > one.index.stars.len() {
                let stars = stars_in(self.image, other.index, plane, &[]).len();
                if stars > best.0 && stars <= most {
                    best = (stars, Some(other.index));
                }
            }
        }
        best.1
    }

    /// Log odds that a place needs. What a hint says of the place counts for as much as it rules out.
    fn needed(&self, trials: u64) -> f64 {
        let hints = &self.settings.hints;
        let position = hints.position.map_or(0.0, |(_, radius_deg)| {
            let share = (radius_deg.to_radians().min(std::f64::consts::PI) / 2.0).sin().powi(2);
            -share.max(1e-4).ln()
        });
        let scale = hints.scale_arcsec.map_or(0.0, |(low, high)| {
            // Of the seven orders of magnitude that pixels of the sky come in.
            -((high / low).ln().max(0.1) / 16.0).min(1.0).ln()
        });
        let parity = if hints.parity.is_some() { std::f64::consts::LN_2 } else { 0.0 };
        let blind = (BLIND - position - scale - parity).max(AFTER_TRIALS);
        blind.max(AFTER_TRIALS + (trials.max(1) as f64).ln())
    }

    /// Whether the fitted place still is where the hints say.
    fn agrees(&self, solution: &Solution) -> bool {
        let hints = &self.settings.hints;
        let position = hints.position.is_none_or(|(position, radius_deg)| {
            let apart = distance2(vector::from_sky(position), vector::from_sky(solution.centre)).sqrt();
            chord_to_angle(apart) <= radius_deg.to_radians()
        });
        let scale = hints.scale_arcsec.is_none_or(|(low, high)| {
            solution.scale_arcsec >= low * 0.999 && solution.scale_arcsec <= high * 1.001
        });
        position && scale && hints.parity.is_none_or(|parity| (parity > 0) == (solution.parity > 0))
    }
}
