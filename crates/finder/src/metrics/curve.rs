//! Numbers of the whole ranking that reviewers of searches ask for: the best F1, how many lenses
//! are found by so many looks, and how pure a cut would be on the sky.

use serde::{Deserialize, Serialize};

use super::{MetricError, Rate, Z95, ranking::Ranking, wilson};

/// The best balance of completeness and purity any cut gives.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct F1 {
    /// 2·purity·completeness / (purity + completeness), on these images. Chosen on them, so on the high
    /// side.
    pub value: f64,
    /// Purity there.
    pub precision: f64,
    /// Completeness there.
    pub recall: f64,
    /// The score from which on images are taken.
    pub threshold: f64,
}

/// The largest F1 over all cuts.
///
/// # Errors
/// When a class is missing or a score is not finite.
pub fn f1_max(scores: &[f64], labels: &[bool]) -> Result<F1, MetricError> {
    let ranking = Ranking::of_both(scores, labels)?;
    let (mut found, mut start) = (0, 0);
    let mut best = F1 { value: 0.0, precision: 0.0, recall: 0.0, threshold: f64::INFINITY };
    for &end in &ranking.ends {
        found += ranking.order[start..end].iter().filter(|&&index| labels[index]).count();
        start = end;
        let value = 2.0 * found as f64 / (end as f64 + ranking.positives as f64);
        if value > best.value {
            best = F1 {
                value,
                precision: found as f64 / end as f64,
                recall: found as f64 / ranking.positives as f64,
                threshold: scores[ranking.order[end - 1]],
            };
        }
    }
    Ok(best)
}

/// One point of the yield curve.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Yield {
    /// Images looked at, the highest scores first.
    pub inspected: usize,
    /// Lenses among them, of all lenses.
    pub completeness: Rate,
}

/// How many lenses are among the first 10, 30, 100, 300, 1,000, … and all images; equal scores keep the
/// order of the input.
///
/// # Errors
/// When a class is missing or a score is not finite.
pub fn yield_curve(scores: &[f64], labels: &[bool]) -> Result<Vec<Yield>, MetricError> {
    let ranking = Ranking::of_both(scores, labels)?;
    let (all, lenses) = (ranking.order.len(), ranking.positives);
    let decades = (1..=9).flat_map(|power: u32| [10usize.pow(power), 3 * 10usize.pow(power)]);
    let mut points: Vec<usize> = decades.take_while(|&n| n < all).collect();
    points.push(all);
    let mut found = 0;
    let mut from = 0;
    let curve = points.into_iter().filter_map(|inspected| {
        found += ranking.order[from..inspected].iter().filter(|&&index| labels[index]).count();
        from = inspected;
        Some(Yield { inspected, completeness: wilson(found as u64, lenses)? })
    });
    Ok(curve.collect())
}

/// A mean with a normal 95 % interval.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Mean {
    /// The mean.
    pub value: f64,
    /// Lower end.
    pub low: f64,
    /// Upper end.
    pub high: f64,
    /// Images.
    pub count: u64,
}

/// Mean −ln p(truth) in nats; a probability of 0 or 1 counts as one within 10⁻¹² of it.
///
/// # Errors
/// When there are no images, the lists differ or a probability is outside [0, 1].
pub fn log_loss(probabilities: &[f64], labels: &[bool]) -> Result<Mean, MetricError> {
    if probabilities.len() != labels.len() {
        return Err(MetricError::Length { scores: probabilities.len(), labels: labels.len() });
    }
    if let Some(index) = probabilities.iter().position(|p| !(0.0..=1.0).contains(p)) {
        return Err(MetricError::NotFinite { index });
    }
    let count = labels.len();
    if count < 2 {
        return Err(MetricError::TooFew { needed: 2, found: count });
    }
    let each = || {
        probabilities.iter().zip(labels).map(|(&p, &lens)| {
            let p = p.clamp(1e-12, 1.0 - 1e-12);
            -(if lens { p } else { 1.0 - p }).ln()
        })
    };
    let value = each().sum::<f64>() / count as f64;
    let variance = each().map(|x| (x - value).powi(2)).sum::<f64>() / (count as f64 - 1.0);
    let half = Z95 * (variance / count as f64).sqrt();
    Ok(Mean { value, low: value - half, high: value + half, count: count as u64 })
}

/// The share of lenses above a cut on a sky where one image in 1/`base_rate` is a lens: the test
/// set's own purity says nothing of that.
#[must_use]
pub fn purity(tpr: f64, fpr: f64, base_rate: f64) -> f64 {
    let (lenses, others) = (base_rate * tpr, (1.0 - base_rate) * fpr);
    if lenses + others > 0.0 { lenses / (lenses + others) } else { 0.0 }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SCORES: [f64; 6] = [0.9, 0.8, 0.7, 0.6, 0.5, 0.4];
    const LABELS: [bool; 6] = [true, false, true, true, false, false];

    #[test]
    fn the_best_cut_of_six_images() {
        // The first four hold all three lenses: purity 3/4, completeness 1.
        let best = f1_max(&SCORES, &LABELS).unwrap();
        assert!((best.value - 6.0 / 7.0).abs() < 1e-12, "{best:?}");
        assert_eq!((best.precision, best.recall, best.threshold), (0.75, 1.0, 0.6));
        assert!(f1_max(&SCORES, &[true; 6]).is_err());
    }

    #[test]
    fn the_yield_ends_with_everything() {
        let labels: Vec<bool> = (0..500).map(|i| i % 50 == 0).collect();
        let scores: Vec<f64> = (0..500).map(|i| -f64::from(i)).collect();
        let curve = yield_curve(&scores, &labels).unwrap();
        let points: Vec<(usize, u64)> =
            curve.iter().map(|p| (p.inspected, p.completeness.successes)).collect();
        assert_eq!(points, [(10, 1), (30, 1), (100, 2), (300, 6), (500, 10)]);
    }

    #[test]
    fn certainty_in_the_wrong_is_dear_but_finite() {
        let loss = log_loss(&[0.5, 0.5], &[true, false]).unwrap();
        assert!((loss.value - 2f64.ln()).abs() < 1e-12 && loss.low <= loss.value);
        assert!(log_loss(&[1.0, 1.0], &[true, false]).unwrap().value > 13.0);
        assert!(log_loss(&[1.1, 0.0], &[true, false]).is_err());
    }

    #[test]
    fn rare_lenses_make_an_impure_sample() {
        assert!((purity(0.5, 1e-3, 1e-3) - 0.333_555).abs() < 1e-5);
        assert_eq!(purity(0.0, 0.0, 1e-3), 0.0);
    }
}
