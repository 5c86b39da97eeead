//! Platt's curve: log-odds of a lens are a straight line in the log-odds claimed (Platt 1999). Over-
//! confidence by votes counted twice is a slope below 1, a wrong prevalence an intercept.

use domain::sigmoid;

use super::review::Point;

/// No slope is smaller: what was ranked stays ranked.
const LEAST_SLOPE: f64 = 0.05;
/// Imagined evidence for "nothing to correct": how far intercept and slope are expected to stray.
const SPREAD: (f64, f64) = (2.0, 0.5);

/// `(intercept, slope)` of greatest posterior probability, by Newton's method.
pub(super) fn fit(points: &[Point]) -> (f64, f64) {
    let (mut a, mut b) = (0.0, 1.0);
    let mut cost = penalised(points, a, b);
    for _ in 0..100 {
        let (mut ga, mut gb) = (a / (SPREAD.0 * SPREAD.0), (b - 1.0) / (SPREAD.1 * SPREAD.1));
        let (mut haa, mut hab, mut hbb) = (1.0 / (SPREAD.0 * SPREAD.0), 0.0, 1.0 / (SPREAD.1 * SPREAD.1));
        for point in points {
            let p = sigmoid(a + b * point.x);
            let (miss, curve) = (point.weight * (p - point.y), point.weight * p * (1.0 - p));
            ga += miss;
            gb += miss * point.x;
            haa += curve;
            hab += curve * point.x;
            hbb += curve * point.x * point.x;
        }
        let determinant = haa * hbb - hab * hab;
        let (da, db) = ((hbb * ga - hab * gb) / determinant, (haa * gb - hab * ga) / determinant);
        if !(da.is_finite() && db.is_finite()) {
            break;
        }
        let mut step = 1.0;
        // A step that does not help is halved; convexity ends this.
        while step > 1e-6 && penalised(points, a - step * da, b - step * db) > cost {
            step *= 0.5;
        }
        (a, b) = (a - step * da, b - step * db);
        cost = penalised(points, a, b);
        if (step * da).abs() < 1e-10 && (step * db).abs() < 1e-10 {
            break;
        }
    }
    if b >= LEAST_SLOPE { (a, b) } else { (intercept(points, LEAST_SLOPE), LEAST_SLOPE) }
}

/// −ln posterior probability.
fn penalised(points: &[Point], a: f64, b: f64) -> f64 {
    let prior = 0.5 * ((a / SPREAD.0).powi(2) + ((b - 1.0) / SPREAD.1).powi(2));
    prior + points.iter().map(|point| point.weight * softplus(a + b * point.x, point.y)).sum::<f64>()
}

/// −ln of the probability of `y` under log-odds `z`, without overflow.
fn softplus(z: f64, y: f64) -> f64 {
    z.max(0.0) - y * z + (-z.abs()).exp().ln_1p()
}

/// The best intercept for a slope: by bisection, the expected number of lenses growing with it.
fn intercept(points: &[Point], slope: f64) -> f64 {
    let lenses: f64 = points.iter().map(|point| point.weight * point.y).sum();
    let (mut low, mut high) = (-40.0, 40.0);
    for _ in 0..80 {
        let middle = 0.5 * (low + high);
        let expected: f64 = points.iter().map(|point| point.weight * sigmoid(middle + slope * point.x)).sum();
        if expected > lenses { high = middle } else { low = middle }
    }
    0.5 * (low + high)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn points(slope: f64, intercept: f64) -> Vec<Point> {
        // Weighted pairs make the shares exact.
        (-40..=40)
            .flat_map(|i| {
                let x = f64::from(i) / 8.0;
                let p = sigmoid(intercept + slope * x);
                [Point { x, y: 1.0, weight: 50.0 * p }, Point { x, y: 0.0, weight: 50.0 * (1.0 - p) }]
            })
            .collect()
    }

    #[test]
    fn a_line_is_found_again() {
        let (a, b) = fit(&points(0.6, -1.0));
        assert!((a + 1.0).abs() < 0.02 && (b - 0.6).abs() < 0.02, "{a} {b}");
    }

    #[test]
    fn the_order_stays_even_where_reviews_say_the_opposite() {
        let (a, b) = fit(&points(-0.5, 0.3));
        assert!(b == LEAST_SLOPE && a.is_finite());
    }
}
