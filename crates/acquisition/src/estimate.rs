//! How many lenses a survey has, how many are left, and how much is found, from audits drawn in
//! several rounds over what was open each time.
//!
//! Two answers, for two purposes:
//!
//! - [`Estimate::total`], the one to show. The audits say how far the network's probabilities are
//!   off, range by range (see `estimate/shift.rs`); with that the lenses still open are drawn, 2,000
//!   times, and added to the known ones. It narrows as audits come in, and leaves room for a network
//!   that is wrong by factors where the audits saw little, or blind to a kind of lens (not to more
//!   than a third of them: then only many audits help).
//! - [`Estimate::horvitz_thompson`] and [`Estimate::difference`], by the draws' probabilities alone.
//!   Unbiased whatever the network is worth, and as wide as that: where images had one chance in a
//!   thousand, hundreds of lenses cannot be ruled out.
//!
//! All of it speaks of lenses that people recognise: one that nobody would call a lens is in no count.
//!
//! What a value is: the posterior of an image after its votes, `p_joint` at the base rate of the
//! survey (or 1 and 0 once experts decided). Not `p_votes` at even odds, of which a thousand
//! near-zeros add up to lenses that are not there; and not the side of one half it is on, which
//! forgets the doubt. Images not judged yet are left out of a round's rows only if *chance* left
//! them out; if they are merely late, wait, or give their present posterior.

mod design;
mod frame;
mod shift;

use domain::{Rng, Seed};
use rand::RngExt as _;
use serde::{Deserialize, Serialize};

use crate::Interval;
pub use design::horvitz_thompson;
pub use frame::Frame;
use shift::Shifts;

/// Draws of what may be.
const DRAWS: usize = 2_000;
/// Lenses of kinds that the network does not know, expected before any audit, for each judged one.
const UNKNOWN: f64 = 0.15;
/// By so much (in the logit) all posteriors may be off together: Σ σ(logit q + t) changes by
/// t·Σ q·(1 − q).
const TILT: f64 = 0.75;

/// One audited image.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Audited {
    /// P(lens) as it was when the audit was drawn.
    pub probability: f64,
    /// The chance to be drawn, as logged.
    pub inclusion_probability: f64,
    /// Its posterior now.
    pub value: f64,
}

/// A number of lenses that is known up to the doubt the votes leave.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize, Deserialize)]
pub struct Known {
    /// Σ q over the images' posteriors q.
    pub lenses: f64,
    /// Σ q·(1 − q).
    pub variance: f64,
}

impl Known {
    /// Of these posteriors.
    pub fn of(posteriors: impl IntoIterator<Item = f64>) -> Self {
        posteriors.into_iter().fold(Self::default(), |sum, q| Self {
            lenses: sum.lenses + q,
            variance: sum.variance + q * (1.0 - q),
        })
    }
}

/// One round's audit, with what it was drawn over.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AuditRound {
    /// All that was drawn.
    pub drawn: Vec<Audited>,
    /// What was open when it was drawn: `Frame::of` the probabilities the draw saw.
    pub frame: Frame,
    /// The images that were not open then, with what is believed of them *now*.
    pub known: Known,
}

impl AuditRound {
    /// Rows with a chance in (0, 1], a probability and a value.
    fn sound(&self) -> impl Iterator<Item = &Audited> {
        let unit = |x: f64| (0.0..=1.0).contains(&x);
        self.drawn.iter().filter(move |row| {
            unit(row.probability)
                && unit(row.value)
                && unit(row.inclusion_probability)
                && row.inclusion_probability > 0.0
        })
    }
}

/// All that is known of a survey.
#[derive(Debug, Clone, Copy)]
pub struct Survey<'a> {
    /// Every audit so far.
    pub rounds: &'a [AuditRound],
    /// The images that people have judged, audits and all others.
    pub judged: Known,
    /// Everything else, at its present probability.
    pub open: &'a Frame,
}

/// What [`estimate_total`] says.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Estimate {
    /// Lenses of the survey.
    pub total: Interval,
    /// Lenses among what is open.
    pub left: Interval,
    /// Judged lenses / all.
    pub completeness: Interval,
    /// The total by Horvitz and Thompson; `None` without an audit.
    pub horvitz_thompson: Option<Interval>,
    /// The total by the difference estimator; `None` without an audit.
    pub difference: Option<Interval>,
    /// Images audited.
    pub audited: usize,
    /// Σ of their values.
    pub seen: f64,
}

/// One thing that may be.
pub(crate) struct Possible {
    /// Lenses among the judged.
    pub judged: f64,
    /// Lenses among the open, by bin of [`Frame::falling`]: images and lenses in it.
    pub open: Vec<(f64, f64)>,
    /// Their number.
    pub left: f64,
}

impl Possible {
    /// All lenses.
    pub fn total(&self) -> f64 {
        self.judged + self.left
    }
}

/// What may be, and the lenses expected among the open in the middle of it.
pub(crate) struct Possibilities {
    pub draws: Vec<Possible>,
    pub left: f64,
}

impl Survey<'_> {
    /// Draws what may be.
    pub(crate) fn possibilities(&self, seed: Seed) -> Possibilities {
        let images = self.rounds.iter().map(|round| round.frame.images()).max().unwrap_or(0);
        let unknown = UNKNOWN * self.judged.lenses.max(1.0) / images.max(self.open.images()).max(1) as f64;
        let shifts = Shifts::of(self.rounds.iter().flat_map(AuditRound::sound), unknown);
        let bins: Vec<(u64, f64)> = self.open.falling().map(|bin| (bin.images, bin.logit())).collect();
        let mut rng = seed.child("estimate").rng();
        let mut expected = Vec::with_capacity(DRAWS);
        let draws = (0..DRAWS)
            .map(|_| {
                let shift = shifts.draw(&mut rng);
                let mut mean = 0.0;
                let open: Vec<(f64, f64)> = bins
                    .iter()
                    .map(|&(images, logit)| {
                        let p = shift.probability(logit);
                        let known = shift.known(logit);
                        mean += images as f64 * (known + shifts.likeliest_rate() * (1.0 - known));
                        (images as f64, binomial(images, p, &mut rng))
                    })
                    .collect();
                expected.push(mean);
                let left = open.iter().map(|(_, lenses)| lenses).sum();
                let doubt = self.judged.variance.max(0.0);
                let off = doubt.sqrt() * normal(&mut rng) + doubt * TILT * normal(&mut rng);
                Possible { judged: (self.judged.lenses + off).max(0.0), open, left }
            })
            .collect();
        expected.sort_unstable_by(f64::total_cmp);
        Possibilities { draws, left: expected[DRAWS / 2] }
    }
}

/// How many lenses there are, with intervals. The seed only moves the last digits.
///
/// # Examples
/// ```
/// use acquisition::{Audited, AuditRound, Frame, Known, Survey, estimate_total};
/// let open = Frame::of(vec![1e-3; 5_000]);
/// let drawn = vec![Audited { probability: 1e-3, inclusion_probability: 0.1, value: 0.0 }; 500];
/// let rounds = [AuditRound { drawn, frame: Frame::of(vec![1e-3; 5_500]), known: Known::default() }];
/// let judged = Known { lenses: 12.0, variance: 0.4 };
/// let survey = Survey { rounds: &rounds, judged, open: &open };
/// let estimate = estimate_total(&survey, domain::Seed::root(1));
/// assert!(estimate.total.low >= 10.0 && estimate.total.high < 40.0);
/// ```
#[must_use]
pub fn estimate_total(survey: &Survey<'_>, seed: Seed) -> Estimate {
    let Possibilities { draws, left } = survey.possibilities(seed);
    let of = |value: &dyn Fn(&Possible) -> f64| draws.iter().map(value).collect::<Vec<_>>();
    let judged = survey.judged.lenses;
    let all = judged + left;
    let share = |found: f64, all: f64| if all > 0.0 { (found / all).min(1.0) } else { 1.0 };
    Estimate {
        total: Interval::of_draws(all, of(&Possible::total)).whole(),
        left: Interval::of_draws(left, of(&|one| one.left)).whole(),
        completeness: Interval::of_draws(share(judged, all), of(&|one| share(one.judged, one.total()))),
        horvitz_thompson: horvitz_thompson(survey.rounds),
        difference: design::difference(survey.rounds),
        audited: survey.rounds.iter().map(|round| round.sound().count()).sum(),
        seen: survey.rounds.iter().flat_map(AuditRound::sound).map(|row| row.value).sum(),
    }
}

/// Standard normal, by Box and Muller.
fn normal(rng: &mut Rng) -> f64 {
    let (u, v): (f64, f64) = (rng.random(), rng.random());
    (-2.0 * (1.0 - u).ln()).sqrt() * (std::f64::consts::TAU * v).cos()
}

/// Successes of `n` tries: by the gaps between them where few are expected, else rounded normal.
fn binomial(n: u64, p: f64, rng: &mut Rng) -> f64 {
    if p > 0.5 {
        return n as f64 - binomial(n, 1.0 - p, rng);
    }
    let mean = n as f64 * p;
    if mean > 50.0 {
        let drawn = (mean + (mean * (1.0 - p)).sqrt() * normal(rng)).round();
        return drawn.clamp(0.0, n as f64);
    }
    let fail = (-p).ln_1p();
    if fail >= 0.0 {
        return 0.0;
    }
    let (mut at, mut count) = (0.0, 0.0);
    loop {
        let u: f64 = rng.random();
        at += ((1.0 - u).ln() / fail).floor() + 1.0;
        if at > n as f64 {
            return count;
        }
        count += 1.0;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn binomial_draws_have_their_moments() {
        let mut rng = Seed::root(4).rng();
        for (n, p) in [(3, 0.4), (40, 0.9), (100_000, 2e-5), (5_000, 0.3)] {
            let draws: Vec<f64> = (0..20_000).map(|_| binomial(n, p, &mut rng)).collect();
            let mean = draws.iter().sum::<f64>() / 2e4;
            let variance = draws.iter().map(|x| (x - mean).powi(2)).sum::<f64>() / 2e4;
            let (m, v) = (n as f64 * p, n as f64 * p * (1.0 - p));
            assert!((mean - m).abs() < 5.0 * (v / 2e4).sqrt(), "{n} {p}: {mean}");
            assert!((variance / v - 1.0).abs() < 0.08, "{n} {p}: {variance}");
            assert!(draws.iter().all(|x| *x >= 0.0 && *x <= n as f64));
        }
        assert_eq!(binomial(10, 0.0, &mut rng), 0.0);
        assert_eq!(binomial(10, 1.0, &mut rng), 10.0);
    }
}
