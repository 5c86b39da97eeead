//! From a first place to the best one: matched stars pull the projection right,
//! first near the quad, then over the whole image, at last with distortion.
//! Linear in its parameters, for everything is fitted in the plane of the sky.

mod fit;

use fit::Fit;

use crate::{
    Index, Solution,
    plane::Plane,
    solve::{Prepared, SolveSettings, Star, stars_in},
    verify::{Pair, Spread},
};

/// The error away from the quad counts less from step to step.
const STEPS: [f64; 7] = [1.0, 0.5, 0.25, 0.1, 0.03, 0.0, 0.0];
/// Rounds with the stars of a fuller index.
const MORE_STEPS: usize = 4;
/// So many times the variance of what was left may be left with more stars.
const MOST_LOOSENED: f64 = 4.0;
/// No error is taken for smaller, square pixels.
const LEAST_VARIANCE: f64 = 0.05;

/// A place that was refined, and how it stands.
#[derive(Debug, Clone)]
pub(crate) struct Refined {
    fit: Fit,
    stars: Vec<Star>,
    pairs: Vec<Pair>,
    /// Variance along one axis of what is left, square pixels.
    variance: f64,
    /// Odds judged without the quad.
    pub log_odds: f64,
}

/// Improves a place; `None` where matched stars do not determine it. `own` are the stars and sources of the quad.
pub(crate) fn refine(
    image: &Prepared,
    index: &Index<'_>,
    plane: &Plane,
    own: (&[usize], &[usize]),
    settings: &SolveSettings,
) -> Option<Refined> {
    let stars = moved(stars_in(image, index, plane, &[]), index, settings);
    let quad: Vec<[f64; 2]> = own.1.iter().map(|&k| image.points[k]).collect();
    let middle = [0, 1].map(|k| (quad[0][k] + quad[1][k]) / 2.0);
    let length2 = (quad[0][0] - quad[1][0]).powi(2) + (quad[0][1] - quad[1][1]).powi(2);
    let jitter = index.meta.jitter_arcsec / (plane.scale().to_degrees() * 3600.0);
    let base = image.variance + jitter * jitter;
    let mut fit = Fit::begin(image, plane);
    let mut variance = base;
    for (k, &growth) in STEPS.iter().enumerate() {
        let doubles_at2 = length2 / 4.0 / growth.max(1e-12);
        let spread = Spread { variance, centre: fit.mapped(middle), doubles_at2 };
        let pairs = fit.score(image, &stars, &[], spread).pairs;
        let highest = if k < 2 { 1 } else { settings.highest_order() };
        let (better, rms2) = fit.again(image, &stars, &pairs, spread, highest)?;
        fit = better;
        if k + 2 >= STEPS.len() {
            // What the matched stars say of the error, once they lie over the whole image.
            variance = rms2.clamp(LEAST_VARIANCE, base);
        }
    }
    // Judged as the first guess was: without the quad, with errors that grow away from it.
    let others: Vec<Star> = stars.iter().filter(|star| !own.0.contains(&star.id)).copied().collect();
    let spread = Spread { variance: base, centre: fit.mapped(middle), doubles_at2: length2 / 4.0 };
    let score = fit.score(image, &others, own.1, spread);
    // What was fitted besides a place, a turn and a scale explains some of the matches by itself.
    let freedom = (2 * fit.terms() - 4) as f64;
    let log_odds = score.log_odds - 0.5 * freedom * (score.pairs.len().max(1) as f64).ln();
    let pairs = fit.score(image, &stars, &[], everywhere(variance)).pairs;
    Some(Refined { fit, stars, pairs, variance, log_odds })
}

impl Refined {
    /// Goes on with the stars of an index that has more of them; `None` where that does not help, or would take
    /// the stars that were accepted from their sources.
    pub fn with_more_stars(
        &self,
        image: &Prepared,
        index: &Index<'_>,
        settings: &SolveSettings,
    ) -> Option<Self> {
        let stars = moved(stars_in(image, index, &self.fit.plane(), &[]), index, settings);
        let (mut fit, mut variance) = (self.fit.clone(), self.variance);
        for _ in 0..MORE_STEPS {
            let spread = everywhere(variance.max(LEAST_VARIANCE));
            let pairs = fit.score(image, &stars, &[], spread).pairs;
            let (better, rms2) = fit.again(image, &stars, &pairs, spread, settings.highest_order())?;
            (fit, variance) = (better, rms2.clamp(LEAST_VARIANCE, MOST_LOOSENED * self.variance));
        }
        let pairs = fit.score(image, &stars, &[], everywhere(variance)).pairs;
        let left = fit.left_over(image, &self.stars, &self.pairs);
        let helps = pairs.len() > self.pairs.len() && left <= MOST_LOOSENED * self.variance;
        helps.then_some(Self { fit, stars, pairs, variance, log_odds: self.log_odds })
    }

    /// The answer. `index` is the one its stars are of.
    pub fn solution(&self, image: &Prepared, index: &Index<'_>) -> Solution {
        self.fit.solution(image, index, &self.stars, &self.pairs, self.log_odds)
    }
}

fn everywhere(variance: f64) -> Spread {
    Spread { variance, centre: [0.0; 2], doubles_at2: f64::INFINITY }
}

/// Stars where they are in the year of the image.
fn moved(mut stars: Vec<Star>, index: &Index<'_>, settings: &SolveSettings) -> Vec<Star> {
    for star in &mut stars {
        star.direction = index.star_at(star.id, settings.epoch).unwrap_or(star.direction);
    }
    stars
}
