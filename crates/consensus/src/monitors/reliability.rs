//! Whether the posteriors mean what they say: reliability on images whose truth is known, and
//! the number of lenses the posteriors add up to. Correcting them is left to others.

use serde::{Deserialize, Serialize};

/// One range of claimed probability.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct ReliabilityBin {
    /// Lower end of the range; with equal parts the least claim in it.
    pub low: f64,
    /// Upper end, which belongs to this range only at 1; with equal parts the largest claim in it.
    pub high: f64,
    /// Images in it.
    pub images: u64,
    /// Lenses among them.
    pub lenses: u64,
    /// What was claimed on average; 0 when empty.
    pub mean_claimed: f64,
}

/// Claimed against actual.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Reliability {
    /// Ranges from 0 to 1: of equal width, empty ones too, or of equally many images.
    pub bins: Vec<ReliabilityBin>,
    /// Images altogether.
    pub images: u64,
    /// Expected calibration error: mean over images of |claimed − actual| of their range.
    pub ece: f64,
    /// Mean squared error of the probability.
    pub brier: f64,
    /// Mean −ln of the probability given to the truth.
    pub log_loss: f64,
}

/// Sorts (claimed probability, is a lens) into `bins` equal ranges; all zeros without images.
/// Pairs whose probability is no number are left out.
#[must_use]
pub fn reliability(pairs: impl IntoIterator<Item = (f64, bool)>, bins: usize) -> Reliability {
    let count = bins.max(1);
    let mut sums = vec![(0_u64, 0_u64, 0.0_f64); count];
    let (mut brier, mut log_loss) = (0.0, 0.0);
    for (p, lens) in pairs {
        if !(0.0..=1.0).contains(&p) {
            continue;
        }
        let bin = &mut sums[((p * count as f64) as usize).min(count - 1)];
        bin.0 += 1;
        bin.1 += u64::from(lens);
        bin.2 += p;
        let right = if lens { p } else { 1.0 - p };
        brier += (1.0 - right).powi(2);
        log_loss -= right.max(f64::MIN_POSITIVE).ln();
    }
    let images: u64 = sums.iter().map(|bin| bin.0).sum();
    let n = images.max(1) as f64;
    let ece = sums.iter().map(|&(_, lenses, claimed)| (claimed - lenses as f64).abs()).sum::<f64>() / n;
    let width = 1.0 / count as f64;
    let bins = sums
        .iter()
        .enumerate()
        .map(|(i, &(images, lenses, claimed))| ReliabilityBin {
            low: i as f64 * width,
            high: (i + 1) as f64 * width,
            images,
            lenses,
            mean_claimed: claimed / images.max(1) as f64,
        })
        .collect();
    Reliability { bins, images, ece, brier: brier / n, log_loss: log_loss / n }
}

/// The same in ranges that hold equally many images each (fewer ranges where claims are tied, as
/// equal claims stay together): the choice for claims that crowd near 0 and 1.
#[must_use]
pub fn reliability_in_equal_parts(pairs: impl IntoIterator<Item = (f64, bool)>, bins: usize) -> Reliability {
    let mut pairs: Vec<(f64, bool)> = pairs.into_iter().filter(|(p, _)| (0.0..=1.0).contains(p)).collect();
    pairs.sort_unstable_by(|a, b| a.0.total_cmp(&b.0).then(a.1.cmp(&b.1)));
    let mut whole = reliability(pairs.iter().copied(), 1);
    let (total, count) = (pairs.len(), bins.max(1));
    let mut parts: Vec<&[(f64, bool)]> = Vec::new();
    let mut start = 0;
    for bin in 1..=count {
        let mut end = total * bin / count;
        while end > start && end < total && pairs[end].0 == pairs[end - 1].0 {
            end += 1;
        }
        if end > start {
            parts.push(&pairs[start..end]);
            start = end;
        }
    }
    let images: Vec<ReliabilityBin> = parts
        .iter()
        .map(|part| {
            let lenses = part.iter().filter(|(_, lens)| *lens).count();
            let mean_claimed = part.iter().map(|(p, _)| p).sum::<f64>() / part.len() as f64;
            ReliabilityBin {
                low: part[0].0,
                high: part[part.len() - 1].0,
                images: part.len() as u64,
                lenses: lenses as u64,
                mean_claimed,
            }
        })
        .collect();
    whole.ece = images.iter().map(ReliabilityBin::distance).sum::<f64>() / total.max(1) as f64;
    whole.bins = images;
    whole
}

impl ReliabilityBin {
    /// |Σ claimed − lenses|.
    fn distance(&self) -> f64 {
        (self.mean_claimed * self.images as f64 - self.lenses as f64).abs()
    }
}

impl Reliability {
    /// The calibration error that honest claims would show by chance with these ranges: the mean of
    /// |lenses − Σ claimed| is √(2/π) of its standard deviation √(n p (1 − p)).
    #[must_use]
    pub fn error_by_chance(&self) -> f64 {
        let spread = |bin: &ReliabilityBin| {
            let p = bin.mean_claimed;
            (std::f64::consts::FRAC_2_PI * bin.images as f64 * p * (1.0 - p)).max(0.0).sqrt()
        };
        self.bins.iter().map(spread).sum::<f64>() / self.images.max(1) as f64
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn honest_claims_have_no_calibration_error() {
        let pairs = (0..100).map(|i| (0.25, i % 4 == 0));
        let honest = reliability(pairs, 10);
        assert!(honest.ece < 1e-12);
        assert_eq!((honest.images, honest.bins[2].images, honest.bins[2].lenses), (100, 100, 25));
        assert!((honest.brier - 0.1875).abs() < 1e-12);
    }

    #[test]
    fn overconfident_claims_are_measured() {
        let pairs = [(0.99, true), (0.99, false), (f64::NAN, true), (1.0, true)];
        let claims = reliability(pairs, 10);
        assert_eq!(claims.images, 3);
        assert!((claims.ece - 0.98 / 3.0).abs() < 1e-12);
    }

    #[test]
    fn no_images_give_zeros_instead_of_nothing() {
        assert_eq!(reliability([], 0).ece, 0.0);
    }
}
