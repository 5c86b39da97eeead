//! Whether the same images fool everybody. If votes on a known non-lens were independent, the
//! number of "lens" among them would be binomial; images that look like lenses make it vary
//! more, and then a posterior that multiplies likelihoods counts one piece of evidence many
//! times.

use serde::{Deserialize, Serialize};

use super::KnownNonLens;

/// Over-dispersion of false positives.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Dispersion {
    /// Known non-lenses with at least two votes.
    pub images: u64,
    /// Share of "lens" among their votes.
    pub rate: f64,
    /// Variance over that of independent votes (Pearson's χ² per degree of freedom); 1 is
    /// independent.
    pub ratio: f64,
    /// What `ratio` varies by if votes are independent.
    pub ratio_by_chance: f64,
    /// Correlation ρ of two votes on one image: the beta-binomial with the same moments has
    /// variance n p (1 − p) (1 + (n − 1) ρ).
    pub correlation: f64,
    /// `ratio` with a rate of their own for plain images and for look-alikes: what a model that
    /// knows look-alikes leaves unexplained. Equal to `ratio` where only one kind is known.
    pub ratio_within_kinds: f64,
}

/// Measures it; `None` without two images that tell something, or when everybody said the same
/// of all of them.
#[must_use]
pub fn dispersion(images: &[KnownNonLens]) -> Option<Dispersion> {
    let usable: Vec<KnownNonLens> =
        images.iter().copied().filter(|i| i.votes >= 2 && i.said_lens <= i.votes).collect();
    let (rate, chi2) = chi_squared(&usable)?;
    let n: Vec<f64> = usable.iter().map(|i| f64::from(i.votes)).collect();
    let total: f64 = n.iter().sum();
    let freedom = usable.len() as f64 - 1.0;
    // E[χ²] = (k − 1) + ρ [Σ (n − 1) − Σ n (n − 1) / N], the last term for the estimated rate.
    let leverage: f64 = n.iter().map(|n| (n - 1.0) * (1.0 - n / total)).sum();
    let kinds = [false, true].map(|kind| -> Vec<KnownNonLens> {
        usable.iter().copied().filter(|image| image.look_alike == kind).collect()
    });
    let mut within = (0.0, 0.0);
    for kind in &kinds {
        if let Some((_, chi2)) = chi_squared(kind) {
            within = (within.0 + chi2, within.1 + kind.len() as f64 - 1.0);
        }
    }
    let ratio = chi2 / freedom;
    Some(Dispersion {
        images: usable.len() as u64,
        rate,
        ratio,
        ratio_by_chance: (2.0 / freedom).sqrt(),
        correlation: if leverage > 0.0 { ((chi2 - freedom) / leverage).clamp(-1.0, 1.0) } else { 0.0 },
        ratio_within_kinds: if within.1 > 0.0 { within.0 / within.1 } else { ratio },
    })
}

/// The common rate and Pearson's χ² against it.
fn chi_squared(images: &[KnownNonLens]) -> Option<(f64, f64)> {
    let sum = |of: &dyn Fn(&KnownNonLens) -> u32| images.iter().map(|i| f64::from(of(i))).sum::<f64>();
    let rate = sum(&|i| i.said_lens) / sum(&|i| i.votes);
    if images.len() < 2 || !(rate > 0.0 && rate < 1.0) {
        return None;
    }
    let terms = images.iter().map(|image| {
        let n = f64::from(image.votes);
        (f64::from(image.said_lens) - n * rate).powi(2) / (n * rate * (1.0 - rate))
    });
    Some((rate, terms.sum()))
}
