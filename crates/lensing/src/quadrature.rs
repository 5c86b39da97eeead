//! Gauss–Legendre integration with 64 points, enough for smooth integrands.

use std::sync::LazyLock;

const POINTS: usize = 64;

/// Nodes on (−1, 1) and their weights, found once by Newton's method.
static RULE: LazyLock<[(f64, f64); POINTS]> = LazyLock::new(rule);

/// ∫ f from `a` to `b`.
pub fn integrate(a: f64, b: f64, f: impl Fn(f64) -> f64) -> f64 {
    let (middle, half) = (0.5 * (a + b), 0.5 * (b - a));
    half * RULE.iter().map(|&(node, weight)| weight * f(middle + half * node)).sum::<f64>()
}

fn rule() -> [(f64, f64); POINTS] {
    let n = POINTS as f64;
    std::array::from_fn(|i| {
        // Tricomi's estimate of the i-th zero, then Newton on the polynomial.
        let mut x = (std::f64::consts::PI * (i as f64 + 0.75) / (n + 0.5)).cos();
        let mut slope = 1.0;
        for _ in 0..8 {
            let (value, derivative) = legendre(x);
            slope = derivative;
            x -= value / derivative;
        }
        (x, 2.0 / ((1.0 - x * x) * slope * slope))
    })
}

/// The Legendre polynomial of degree `POINTS` and its derivative at `x`.
fn legendre(x: f64) -> (f64, f64) {
    let (mut before, mut value) = (1.0, x);
    for k in 2..=POINTS {
        let k = k as f64;
        (before, value) = (value, ((2.0 * k - 1.0) * x * value - (k - 1.0) * before) / k);
    }
    (value, POINTS as f64 * (x * value - before) / (x * x - 1.0))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn integrates_a_polynomial_of_high_degree_exactly() {
        let integral = integrate(0.0, 2.0, |x| x.powi(40));
        assert!((integral / (2.0_f64.powi(41) / 41.0) - 1.0).abs() < 1e-13);
    }
}
