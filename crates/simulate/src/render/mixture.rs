//! Radial profiles as sums of Gaussians, found by expectation maximisation on
//! the light in rings. Gaussians fold with a Gaussian point-spread function by
//! adding variances, which makes smooth galaxies cheap (Hogg & Lang 2013, PASP
//! 125, 719).

use std::sync::{LazyLock, OnceLock};

/// Weights (adding up to 1) and standard deviations.
pub type Mixture = Vec<(f64, f64)>;

/// Sérsic profiles of index 0.3 to 8.0 in tenths; radii in half-light radii.
static SERSIC: LazyLock<Vec<OnceLock<Mixture>>> = LazyLock::new(|| vec![OnceLock::new(); 81]);

/// Moffat profiles of β 1.1 to 20 in tenths; radii in full widths at half maximum.
static MOFFAT: LazyLock<Vec<OnceLock<[Mixture; 2]>>> = LazyLock::new(|| vec![OnceLock::new(); 201]);

/// The Sérsic profile of this index (to the nearest tenth, 0.3 to 8), half-light radius 1.
pub fn sersic(n: f64) -> &'static Mixture {
    let tenth = (n * 10.0).round().clamp(3.0, 80.0) as usize;
    SERSIC[tenth].get_or_init(|| fit_sersic(tenth as f64 / 10.0))
}

fn fit_sersic(n: f64) -> Mixture {
    let b = lensing::sersic_b(n);
    let (parts, inner, outer) = match n {
        _ if n < 0.75 => (2, 0.5, 0.95),
        _ if n < 1.6 => (5, 0.12, 1.8),
        _ if n < 2.6 => (6, 0.05, 3.0),
        _ => (8, 0.015, 5.0),
    };
    // Light beyond ten half-light radii is left out; no survey image shows it.
    let edges = log_grid(4e-3, 10.0, 120);
    let density = |r: f64| r * (-b * r.powf(1.0 / n)).exp();
    let rings = edges.windows(2).map(|w| {
        let [a, c] = [w[0], w[1]];
        (c - a) / 6.0 * (density(a) + 4.0 * density(0.5 * (a + c)) + density(c))
    });
    fit(&edges, &rings.collect::<Vec<_>>(), &log_grid(inner, outer, parts))
}

/// Moffat's profile with full width at half maximum 1 and this β (to the nearest tenth, 1.1 to 20) as
/// Gaussians: three for galaxies, and six, which follow the wings out, for stars.
pub fn moffat(beta: f64) -> &'static [Mixture; 2] {
    let tenth = (beta * 10.0).round().clamp(11.0, 200.0) as usize;
    MOFFAT[tenth].get_or_init(|| [false, true].map(|wings| fit_moffat(tenth as f64 / 10.0, wings)))
}

fn fit_moffat(beta: f64, wings: bool) -> Mixture {
    let alpha = 0.5 / (2f64.powf(1.0 / beta) - 1.0).sqrt();
    let edges = log_grid(5e-3, if wings { 12.0 } else { 5.0 }, 120);
    let inside = |r: f64| 1.0 - (1.0 + (r / alpha).powi(2)).powf(1.0 - beta);
    let rings: Vec<f64> = edges.windows(2).map(|w| inside(w[1]) - inside(w[0])).collect();
    let start: &[f64] = if wings { &[0.3, 0.45, 0.7, 1.2, 2.2, 4.0] } else { &[0.35, 0.6, 1.2] };
    let parts = fit(&edges, &rings, start);
    // The fit follows the light, not the peak; the width is what surveys quote, so it has to be exact.
    let at = |r: f64| parts.iter().map(|&(w, s)| w / (s * s) * (-0.5 * (r / s).powi(2)).exp()).sum::<f64>();
    let (mut low, mut high) = (0.1, 2.0);
    for _ in 0..60 {
        let middle = 0.5 * (low + high);
        if at(middle) > 0.5 * at(0.0) { low = middle } else { high = middle }
    }
    parts.iter().map(|&(weight, sigma)| (weight, 0.5 * sigma / low)).collect()
}

/// `count` numbers from `low` to `high`, evenly in the logarithm.
fn log_grid(low: f64, high: f64, count: usize) -> Vec<f64> {
    let step = (high / low).ln() / (count - 1) as f64;
    (0..count).map(|i| low * (step * i as f64).exp()).collect()
}

/// Fits Gaussians, started at `sigmas`, to the light between successive `edges`.
fn fit(edges: &[f64], rings: &[f64], sigmas: &[f64]) -> Mixture {
    let total: f64 = rings.iter().sum();
    let mut parts: Mixture = sigmas.iter().map(|&sigma| (1.0 / sigmas.len() as f64, sigma)).collect();
    let mean_square: Vec<f64> = edges.windows(2).map(|w| 0.5 * (w[0] * w[0] + w[1] * w[1])).collect();
    let mut light = vec![vec![0.0; rings.len()]; parts.len()];
    for _ in 0..250 {
        for (light, &(weight, sigma)) in light.iter_mut().zip(&parts) {
            let outside = |r: f64| (-0.5 * (r / sigma).powi(2)).exp();
            let mut before = outside(edges[0]);
            for (light, &edge) in light.iter_mut().zip(&edges[1..]) {
                let after = outside(edge);
                *light = weight * (before - after);
                before = after;
            }
        }
        let mut sums = vec![(0.0, 0.0); parts.len()];
        for (i, &ring) in rings.iter().enumerate() {
            let model: f64 = light.iter().map(|light| light[i]).sum();
            if model <= 0.0 {
                continue;
            }
            for (sum, light) in sums.iter_mut().zip(&light) {
                let share = ring * light[i] / model;
                sum.0 += share;
                sum.1 += share * mean_square[i];
            }
        }
        for (part, sum) in parts.iter_mut().zip(&sums) {
            if sum.0 > 0.0 {
                *part = (sum.0 / total, (0.5 * sum.1 / sum.0).sqrt());
            }
        }
    }
    let sum: f64 = parts.iter().map(|part| part.0).sum();
    parts.iter().map(|&(weight, sigma)| (weight / sum, sigma)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Light inside `r`.
    fn inside(mixture: &Mixture, r: f64) -> f64 {
        mixture.iter().map(|&(w, s)| w * (1.0 - (-0.5 * (r / s).powi(2)).exp())).sum()
    }

    #[test]
    fn a_sersic_mixture_encloses_light_as_the_profile_does() {
        for n in [0.5, 1.0, 1.5, 2.5, 4.0] {
            // The profile is cut at ten half-light radii; for n = 4 some 4 % of the light lies beyond.
            let tolerance = if n > 3.0 { 0.03 } else { 0.015 };
            assert!((inside(sersic(n), 1.0) - 0.5).abs() < tolerance, "n {n}: {}", inside(sersic(n), 1.0));
            assert!((sersic(n).iter().map(|p| p.0).sum::<f64>() - 1.0).abs() < 1e-12);
        }
    }

    #[test]
    fn a_moffat_mixture_has_the_width_and_the_wings_of_the_profile() {
        for wings in [false, true] {
            check_moffat(3.5, wings);
        }
    }

    fn check_moffat(beta: f64, wings: bool) {
        let mixture = fit_moffat(beta, wings);
        let at =
            |r: f64| mixture.iter().map(|&(w, s)| w / (s * s) * (-0.5 * (r / s).powi(2)).exp()).sum::<f64>();
        assert!((at(0.5) / at(0.0) - 0.5).abs() < 1e-9, "{}", at(0.5) / at(0.0));
        let alpha = 0.5 / (2f64.powf(1.0 / beta) - 1.0).sqrt();
        let exact = |r: f64| 1.0 - (1.0 + (r / alpha) * (r / alpha)).powf(1.0 - beta);
        for r in [0.3, 0.5, 1.0, 2.0] {
            assert!(
                (inside(&mixture, r) - exact(r)).abs() < 0.02,
                "{r}: {} {}",
                inside(&mixture, r),
                exact(r)
            );
        }
    }
}
