//! Quantiles of the gamma distribution, for the intervals of weighted counts.

/// Above this shape Wilson and Hilferty's cube of a normal is good to better than one part in a
/// million of the quantile.
const LARGE: f64 = 1e4;

const TAIL: f64 = 0.025;

/// The 95 % interval of a weighted count with this variance (Fay and Feuer 1997); `largest_weight` is what one more case
/// could add.
pub(crate) fn weighted_count(count: f64, variance: f64, largest_weight: f64) -> (f64, f64) {
    if largest_weight == 0.0 {
        return (count, count);
    }
    // A gamma variable of mean m and variance v has shape m²/v and scale v/m.
    let quantile = |p: f64, mean: f64, variance: f64| variance / mean * quantile(p, mean * mean / variance);
    let low = if count > 0.0 && variance > 0.0 { quantile(TAIL, count, variance) } else { 0.0 };
    let high = quantile(1.0 - TAIL, count + largest_weight, variance + largest_weight * largest_weight);
    (low.min(count), high.max(count))
}

/// The point below which a gamma variable of this shape (1 at least) and scale 1 lies with
/// probability `p`, for `p` not nearer than 1e-9 to 0 or 1.
pub(crate) fn quantile(p: f64, shape: f64) -> f64 {
    if shape > LARGE {
        let ninth = 1.0 / (9.0 * shape);
        return shape * (1.0 - ninth + normal_quantile(p) * ninth.sqrt()).powi(3);
    }
    let (mut low, mut high) = (0.0, shape + 20.0 * shape.sqrt() + 20.0);
    for _ in 0..80 {
        let middle = 0.5 * (low + high);
        if cumulative(shape, middle) < p {
            low = middle;
        } else {
            high = middle;
        }
    }
    0.5 * (low + high)
}

/// The regularised lower incomplete gamma function P(a, x), by its series
/// x^a e^−x / Γ(a) · Σ x^n / (a (a+1) … (a+n)). All terms are positive, so no digit is lost.
fn cumulative(a: f64, x: f64) -> f64 {
    if x <= 0.0 {
        return 0.0;
    }
    let (mut term, mut sum, mut n) = (1.0 / a, 1.0 / a, 0.0);
    while term > sum * 1e-17 {
        n += 1.0;
        term *= x / (a + n);
        sum += term;
    }
    (sum.ln() + a * x.ln() - x - ln_gamma(a)).exp().min(1.0)
}

/// ln Γ(x) for x ≥ 1: Stirling's series, after moving x up to where four terms are enough.
fn ln_gamma(x: f64) -> f64 {
    let (mut x, mut shift) = (x, 0.0);
    while x < 15.0 {
        shift += x.ln();
        x += 1.0;
    }
    let square = 1.0 / (x * x);
    let tail = (1.0 / 12.0 - square * (1.0 / 360.0 - square * (1.0 / 1260.0 - square / 1680.0))) / x;
    (x - 0.5) * x.ln() - x + 0.5 * std::f64::consts::TAU.ln() + tail - shift
}

/// Quantile of the standard normal by bisection of the cumulative gamma: Z² is twice a gamma
/// variable of shape ½, whose series converges just as well.
fn normal_quantile(p: f64) -> f64 {
    let central = (2.0 * p - 1.0).abs();
    let (mut low, mut high) = (0.0, 8.0);
    for _ in 0..80 {
        let middle: f64 = 0.5 * (low + high);
        // Γ(½) = √π = Γ(1½)/½.
        let half = 0.5 * middle * middle;
        let (mut term, mut sum, mut n) = (2.0, 2.0, 0.0);
        while term > sum * 1e-17 {
            n += 1.0;
            term *= half / (0.5 + n);
            sum += term;
        }
        let within = sum * half.sqrt() * (-half).exp() / std::f64::consts::PI.sqrt();
        if within < central {
            low = middle;
        } else {
            high = middle;
        }
    }
    0.5 * (low + high) * (2.0 * p - 1.0).signum()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quantiles_match_the_chi_squared_tables() {
        // χ²_ν(p) = 2·quantile(p, ν/2).
        for (p, freedom, expected) in [
            (0.025, 2.0, 0.050_636),
            (0.975, 2.0, 7.377_759),
            (0.975, 22.0, 36.780_712),
            (0.025, 200.0, 162.727_983),
        ] {
            let found = 2.0 * quantile(p, freedom / 2.0);
            assert!((found - expected).abs() < 2e-6, "{p}, {freedom}: {found}");
        }
    }

    #[test]
    fn both_ways_agree_where_they_meet() {
        assert!((normal_quantile(0.975) - 1.959_963_985).abs() < 1e-8);
        assert!((normal_quantile(0.025) + 1.959_963_985).abs() < 1e-8);
        for p in [0.025, 0.5, 0.975] {
            let (below, above) = (quantile(p, LARGE), quantile(p, LARGE * (1.0 + 1e-12)));
            assert!((below / above - 1.0).abs() < 1e-6, "{below} and {above}");
        }
        assert!((quantile(0.975, 1e12) - 1e12 - 1.96e6).abs() < 1e3);
    }

    #[test]
    fn factorials_come_out() {
        for (x, factorial) in [(1.0, 1.0_f64), (2.0, 1.0), (6.0, 120.0), (21.0, 2.432_902_008_176_64e18)] {
            assert!((ln_gamma(x) - factorial.ln()).abs() < 1e-12, "{x}");
        }
    }
}
