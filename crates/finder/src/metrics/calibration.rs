//! Whether probabilities mean what they say: expected calibration error and Brier score.

use serde::{Deserialize, Serialize};

use super::{MetricError, Rate, Z95, ranking::Ranking, wilson};

/// One bin of a reliability diagram.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Bin {
    /// Mean of the probabilities in the bin.
    pub mean_probability: f64,
    /// What was true of them.
    pub rate: Rate,
}

/// Expected calibration error: Σ n_b/n · |mean probability − observed rate|.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct CalibrationError {
    /// The error.
    pub value: f64,
    /// Bins of equal count, from the lowest probability up.
    pub bins: Vec<Bin>,
    /// Images.
    pub count: u64,
}

/// Expected calibration error over `bins` bins of equal count (adaptive bins: with one lens in a
/// thousand, bins of equal width would put all images into one).
///
/// # Errors
/// When there are fewer images than bins or a probability is outside [0, 1].
pub fn calibration_error(
    probabilities: &[f64],
    labels: &[bool],
    bins: usize,
) -> Result<CalibrationError, MetricError> {
    let ranking = checked(probabilities, labels)?;
    let count = probabilities.len();
    if bins == 0 || count < bins {
        return Err(MetricError::TooFew { needed: bins.max(1), found: count });
    }
    let rising: Vec<usize> = ranking.order.into_iter().rev().collect();
    let filled: Vec<Bin> = (0..bins)
        .filter_map(|bin| {
            let members = &rising[bin * count / bins..(bin + 1) * count / bins];
            let sum: f64 = members.iter().map(|&index| probabilities[index]).sum();
            let hits = members.iter().filter(|&&index| labels[index]).count();
            let rate = wilson(hits as u64, members.len() as u64)?;
            Some(Bin { mean_probability: sum / members.len() as f64, rate })
        })
        .collect();
    let share = |bin: &Bin| bin.rate.trials as f64 / count as f64;
    let value = filled.iter().map(|bin| share(bin) * (bin.mean_probability - bin.rate.value).abs()).sum();
    Ok(CalibrationError { value, bins: filled, count: count as u64 })
}

/// Mean squared difference of probability and truth, with a normal 95 % interval of the mean.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Brier {
    /// The score; 0 is perfect.
    pub value: f64,
    /// Lower end.
    pub low: f64,
    /// Upper end.
    pub high: f64,
    /// Images.
    pub count: u64,
}

/// Brier score.
///
/// # Errors
/// When there are fewer than two images or a probability is outside [0, 1].
pub fn brier(probabilities: &[f64], labels: &[bool]) -> Result<Brier, MetricError> {
    checked(probabilities, labels)?;
    let count = probabilities.len();
    if count < 2 {
        return Err(MetricError::TooFew { needed: 2, found: count });
    }
    let n = count as f64;
    let squares =
        probabilities.iter().zip(labels).map(|(p, &label)| (p - f64::from(u8::from(label))).powi(2));
    let (sum, sum_of_squares) =
        squares.fold((0.0, 0.0), |(s, ss), square| (s + square, ss + square * square));
    let value = sum / n;
    let error = ((sum_of_squares / n - value * value).max(0.0) / (n - 1.0)).sqrt();
    let (low, high) = ((value - Z95 * error).max(0.0), (value + Z95 * error).min(1.0));
    Ok(Brier { value, low, high, count: count as u64 })
}

fn checked(probabilities: &[f64], labels: &[bool]) -> Result<Ranking, MetricError> {
    if let Some(index) = probabilities.iter().position(|p| !(0.0..=1.0).contains(p)) {
        return Err(MetricError::NotFinite { index });
    }
    Ranking::new(probabilities, labels)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn honest_probabilities_have_no_error_and_boasting_ones_do() {
        let labels: Vec<bool> = (0..100).map(|i| i % 4 == 0).collect();
        assert!(calibration_error(&[0.25; 100], &labels, 1).unwrap().value < 1e-12);
        let boasting = calibration_error(&[0.9; 100], &labels, 5).unwrap();
        assert!((boasting.value - 0.65).abs() < 0.1);
        assert_eq!(boasting.bins.iter().map(|bin| bin.rate.trials).sum::<u64>(), 100);
    }

    #[test]
    fn brier_of_a_coin_is_a_quarter() {
        let score =
            brier(&[0.5; 10], &[true, false, true, false, true, true, false, true, false, true]).unwrap();
        assert!((score.value - 0.25).abs() < 1e-12 && (score.high - score.low).abs() < 1e-9);
    }

    #[test]
    fn what_is_no_probability_is_refused() {
        assert!(brier(&[0.5, 1.2], &[true, false]).is_err());
        assert!(calibration_error(&[0.5, f64::NAN], &[true, false], 1).is_err());
        assert!(calibration_error(&[0.5], &[true], 2).is_err());
    }
}
