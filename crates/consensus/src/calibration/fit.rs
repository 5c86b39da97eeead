//! Which curve: the one that does best on reviews it was not fitted to. A review stands for as many
//! images as its chance of being drawn says, within limits, because one lucky draw from a stratum of
//! millions must not overturn everything else.

use serde::{Deserialize, Serialize};

use super::{
    Calibration, CalibrationError, Curve, Review,
    curve::{LEAST, UNSUPPORTED},
    isotonic, platt,
    review::{Point, log_odds, loss},
};
use crate::ConfigError;

/// Parts of a cross-validation at most: each is one more fit.
const MOST_FOLDS: usize = 100;

/// Settings of [`fit`].
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct CalibrationConfig {
    /// Reviews there must be.
    pub least_reviews: usize,
    /// Lenses, and others, there must be among them.
    pub least_of_kind: usize,
    /// Parts that cross-validation cuts the reviews into.
    pub folds: usize,
    /// A review weighs at most so many times the lightest.
    pub most_weight: f64,
}

impl Default for CalibrationConfig {
    fn default() -> Self {
        Self { least_reviews: 20, least_of_kind: 5, folds: 10, most_weight: 100.0 }
    }
}

impl CalibrationConfig {
    /// Whether the settings can work.
    ///
    /// # Errors
    /// Names the first that cannot.
    pub fn check(&self) -> Result<(), ConfigError> {
        let folds = (2..=MOST_FOLDS).contains(&self.folds);
        ConfigError::check("folds", self.folds as f64, folds, "give 2 to 100")?;
        ConfigError::check(
            "least_of_kind",
            self.least_of_kind as f64,
            self.least_of_kind >= 1,
            "give at least 1",
        )?;
        let fine = self.most_weight >= 1.0 && self.most_weight.is_finite();
        ConfigError::check("most_weight", self.most_weight, fine, "give 1 or more")
    }
}

/// The curves, in the order of what they may bend.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Shape {
    Identity,
    Platt,
    Isotonic,
}

/// Learns a calibration. The order of the reviews does not matter.
///
/// # Errors
/// When there are too few, too few of one kind, or a number is out of its range.
pub fn fit(reviews: &[Review], config: &CalibrationConfig) -> Result<Calibration, CalibrationError> {
    config.check()?;
    for (at, review) in reviews.iter().enumerate() {
        review.check(at)?;
    }
    if reviews.len() < config.least_reviews {
        return Err(CalibrationError::TooFew { given: reviews.len(), least: config.least_reviews });
    }
    let lenses = reviews.iter().filter(|review| review.lens).count();
    let least = config.least_of_kind;
    if lenses < least || reviews.len() - lenses < least {
        return Err(CalibrationError::OneKind { lenses, reviews: reviews.len(), least });
    }
    let points = points(reviews, config.most_weight);
    let curve = curve(choose(&points, config.folds), &points);
    let probe = Calibration::new(curve.clone(), (LEAST, 1.0 - LEAST), 0, 0);
    let range = (LEAST, supported(reviews, &probe));
    Ok(Calibration::new(curve, range, reviews.len() as u32, lenses as u32))
}

/// Sorted, so that sums and folds do not depend on the order given.
fn points(reviews: &[Review], most_weight: f64) -> Vec<Point> {
    let lightest = reviews.iter().map(|review| 1.0 / review.inclusion).fold(f64::INFINITY, f64::min);
    let mut points: Vec<Point> = reviews
        .iter()
        .map(|review| Point {
            x: log_odds(review.claimed),
            y: f64::from(u8::from(review.lens)),
            weight: (1.0 / review.inclusion / lightest).min(most_weight),
        })
        .collect();
    points.sort_by(|a, b| a.y.total_cmp(&b.y).then(a.x.total_cmp(&b.x)).then(a.weight.total_cmp(&b.weight)));
    points
}

fn curve(shape: Shape, points: &[Point]) -> Curve {
    match shape {
        Shape::Identity => Curve::Identity,
        Shape::Platt => {
            let (intercept, slope) = platt::fit(points);
            Curve::Platt { intercept, slope }
        }
        Shape::Isotonic => Curve::Isotonic { steps: isotonic::fit(points) },
    }
}

/// The shape of least loss on the parts left out; the freest must win by more than chance.
fn choose(points: &[Point], folds: usize) -> Shape {
    let losses = [Shape::Identity, Shape::Platt, Shape::Isotonic].map(|shape| left_out(shape, points, folds));
    let total: f64 = points.iter().map(|point| point.weight).sum();
    let mean = |losses: &[f64]| {
        losses.iter().zip(points).map(|(loss, point)| loss * point.weight).sum::<f64>() / total
    };
    let [identity, line, steps] = losses.each_ref().map(|losses| mean(losses));
    let gain: Vec<f64> = losses[1].iter().zip(&losses[2]).map(|(line, steps)| line - steps).collect();
    let mean_gain = line - steps;
    let variance: f64 =
        gain.iter().zip(points).map(|(gain, point)| (point.weight * (gain - mean_gain)).powi(2)).sum::<f64>()
            / (total * total);
    if steps < identity && mean_gain > variance.sqrt() {
        Shape::Isotonic
    } else if line < identity {
        Shape::Platt
    } else {
        Shape::Identity
    }
}

/// The loss of every point under a curve fitted without its part.
fn left_out(shape: Shape, points: &[Point], folds: usize) -> Vec<f64> {
    let mut losses = vec![0.0; points.len()];
    // Sorted by kind and claim: every part has some of each.
    for fold in 0..folds {
        let rest: Vec<Point> =
            points.iter().enumerate().filter(|(at, _)| at % folds != fold).map(|(_, point)| *point).collect();
        let fitted = Calibration::new(curve(shape, &rest), (LEAST, 1.0 - LEAST), 0, 0);
        for (at, point) in points.iter().enumerate().filter(|(at, _)| at % folds == fold) {
            losses[at] = loss(point, fitted.apply(domain::sigmoid(point.x)));
        }
    }
    losses
}

/// The greatest claim that the reviews bear out: among those at the top, (lenses + ½)/(all + 1);
/// never less than what may be claimed without any.
fn supported(reviews: &[Review], fitted: &Calibration) -> f64 {
    let top = reviews.iter().filter(|review| fitted.apply(review.claimed) > 0.95);
    let (all, lenses) =
        top.fold((0.0, 0.0), |(all, lenses), review| (all + 1.0, lenses + f64::from(u8::from(review.lens))));
    f64::max((lenses + 0.5) / (all + 1.0), UNSUPPORTED).min(1.0 - LEAST)
}

#[cfg(test)]
mod tests {
    use domain::{Rng, Seed, sigmoid};
    use rand::RngExt as _;

    use super::*;

    /// Claims as spread as a survey's, actual log-odds a line in them, drawn by stratum of claim.
    fn sample(rng: &mut Rng, images: usize, slope: f64, intercept: f64) -> Vec<Review> {
        let mut reviews = Vec::new();
        for _ in 0..images {
            let x = -7.0 + 12.0 * rng.random::<f64>().powi(3);
            let lens = rng.random::<f64>() < sigmoid(intercept + slope * x);
            let inclusion = if x > 0.0 { 0.5 } else { 0.02 };
            if rng.random::<f64>() < inclusion {
                reviews.push(Review { claimed: sigmoid(x), lens, inclusion });
            }
        }
        reviews
    }

    #[test]
    fn claims_that_are_too_sure_are_corrected() {
        let reviews = sample(&mut Seed::root(1).rng(), 20_000, 0.5, -0.7);
        let fitted = fit(&reviews, &CalibrationConfig::default()).unwrap();
        for x in [-4.0, -1.0, 1.0, 3.0] {
            let (claimed, actual) = (sigmoid(x), sigmoid(-0.7 + 0.5 * x));
            let said = fitted.apply(claimed);
            assert!((said - actual).abs() < 0.06, "claimed {claimed}, is {actual}, said {said}");
        }
    }

    #[test]
    fn honest_claims_are_left_nearly_alone() {
        let reviews = sample(&mut Seed::root(2).rng(), 20_000, 1.0, 0.0);
        let fitted = fit(&reviews, &CalibrationConfig::default()).unwrap();
        for x in [-3.0, 0.0, 2.0] {
            assert!((fitted.apply(sigmoid(x)) - sigmoid(x)).abs() < 0.06);
        }
    }

    #[test]
    fn certainty_must_be_earned() {
        let reviews = |top: usize| -> Vec<Review> {
            let lens = |_| Review { claimed: 0.9999, lens: true, inclusion: 1.0 };
            let other = |i| Review { claimed: 1e-4 * f64::from(i + 1), lens: false, inclusion: 1.0 };
            (0..top).map(lens).chain((0..top as u32).map(other)).collect()
        };
        let few = fit(&reviews(15), &CalibrationConfig::default()).unwrap();
        assert_eq!(few.range().1, 0.99);
        let many = fit(&reviews(600), &CalibrationConfig::default()).unwrap();
        assert!(many.range().1 > 0.999 && many.apply(1.0) <= many.range().1);
    }

    #[test]
    fn the_order_of_reviews_does_not_matter() {
        let mut reviews = sample(&mut Seed::root(3).rng(), 5_000, 0.7, 0.0);
        let one = fit(&reviews, &CalibrationConfig::default()).unwrap();
        reviews.reverse();
        assert_eq!(fit(&reviews, &CalibrationConfig::default()).unwrap(), one);
    }

    #[test]
    fn reviews_that_teach_nothing_are_refused_with_a_remedy() {
        let review = |claimed, lens| Review { claimed, lens, inclusion: 1.0 };
        let said = |reviews: &[Review]| fit(reviews, &CalibrationConfig::default()).unwrap_err().to_string();
        assert!(said(&[review(0.5, true); 3]).contains("at least 20"));
        assert!(said(&[review(0.01, false); 50]).contains("high claims"));
        assert!(said(&[review(0.99, true); 50]).contains("low claims"));
        assert!(said(&[review(f64::NAN, true)]).contains("claimed"));
        assert!(said(&[Review { inclusion: 0.0, ..review(0.5, true) }]).contains("inclusion"));
    }
}
