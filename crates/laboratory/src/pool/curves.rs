//! Curves of a network's scores, thinned to what a chart can show.

use finder::metrics::{Bin, Yield, calibration_error};
use serde::{Deserialize, Serialize};

/// Points kept of a curve.
const POINTS: usize = 160;
/// Bins of the histogram.
const BINS: usize = 24;
/// Bins of the reliability diagram, of equal count.
const RELIABILITY: usize = 10;

/// What is drawn of a network.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct NetworkCurves {
    /// Lenses measured on.
    pub lenses: u64,
    /// Others.
    pub others: u64,
    /// (false-positive rate, true-positive rate), one step per lens.
    pub roc: Vec<(f64, f64)>,
    /// (recall, precision).
    pub precision_recall: Vec<(f64, f64)>,
    /// Claimed and actual, in bins of equal count.
    pub reliability: Vec<Bin>,
    /// Logits of lenses and others.
    pub histogram: Histogram,
    /// Lenses found against images looked at.
    pub yields: Vec<Yield>,
}

/// Counts by logit.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct Histogram {
    /// Lower edge of the first bin.
    pub low: f64,
    /// Width of a bin.
    pub width: f64,
    /// Lenses in each.
    pub lenses: Vec<u64>,
    /// Others in each.
    pub others: Vec<u64>,
}

impl NetworkCurves {
    /// From logits, calibrated probabilities and truths; empty with one class only.
    #[must_use]
    pub fn of(logits: &[f64], probabilities: &[f64], labels: &[bool], yields: Vec<Yield>) -> Self {
        let lenses = labels.iter().filter(|lens| **lens).count();
        let others = labels.len() - lenses;
        let mut out = Self { lenses: lenses as u64, others: others as u64, yields, ..Self::default() };
        if lenses == 0 || others == 0 || logits.iter().any(|logit| !logit.is_finite()) {
            return out;
        }
        let mut order: Vec<usize> = (0..logits.len()).collect();
        order.sort_by(|&a, &b| logits[b].total_cmp(&logits[a]));
        let (mut found, mut wrong) = (0usize, 0usize);
        let mut at = 0;
        out.roc.push((0.0, 0.0));
        while at < order.len() {
            // Images of one score come together.
            let score = logits[order[at]];
            while at < order.len() && logits[order[at]].total_cmp(&score).is_eq() {
                if labels[order[at]] {
                    found += 1;
                } else {
                    wrong += 1;
                }
                at += 1;
            }
            let recall = found as f64 / lenses as f64;
            out.roc.push((wrong as f64 / others as f64, recall));
            out.precision_recall.push((recall, found as f64 / at as f64));
        }
        out.roc = thinned(&corners(&out.roc));
        out.precision_recall = thinned(&out.precision_recall);
        out.reliability = calibration_error(probabilities, labels, RELIABILITY.min(labels.len()))
            .map_or_else(|_| Vec::new(), |e| e.bins);
        out.histogram = Histogram::of(logits, labels);
        out
    }
}

impl Histogram {
    fn of(logits: &[f64], labels: &[bool]) -> Self {
        let low = logits.iter().copied().fold(f64::INFINITY, f64::min);
        let high = logits.iter().copied().fold(f64::NEG_INFINITY, f64::max);
        let width = ((high - low) / BINS as f64).max(1e-6);
        let mut out = Self { low, width, lenses: vec![0; BINS], others: vec![0; BINS] };
        for (logit, lens) in logits.iter().zip(labels) {
            let bin = (((logit - low) / width) as usize).min(BINS - 1);
            if *lens { out.lenses[bin] += 1 } else { out.others[bin] += 1 }
        }
        out
    }
}

/// The points where a staircase turns.
fn corners(points: &[(f64, f64)]) -> Vec<(f64, f64)> {
    let turns = |at: usize| {
        let (Some(before), Some(after)) = (at.checked_sub(1).map(|b| points[b]), points.get(at + 1)) else {
            return true;
        };
        let here = points[at];
        let flat = before.0 == here.0 && here.0 == after.0;
        let level = before.1 == here.1 && here.1 == after.1;
        !(flat || level)
    };
    (0..points.len()).filter(|at| turns(*at)).map(|at| points[at]).collect()
}

/// At most [`POINTS`] of them, the ends among them.
fn thinned(points: &[(f64, f64)]) -> Vec<(f64, f64)> {
    if points.len() <= POINTS {
        return points.to_vec();
    }
    let step = (points.len() - 1) as f64 / (POINTS - 1) as f64;
    (0..POINTS).map(|k| points[((k as f64 * step).round() as usize).min(points.len() - 1)]).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_perfect_ranking_goes_straight_up() {
        let logits: Vec<f64> = (0..50).map(f64::from).collect();
        let labels: Vec<bool> = (0..50).map(|at| at >= 40).collect();
        let curves = NetworkCurves::of(&logits, &[0.5; 50], &labels, Vec::new());
        assert_eq!(curves.roc, [(0.0, 0.0), (0.0, 1.0), (1.0, 1.0)]);
        assert!(curves.precision_recall.iter().filter(|p| p.0 < 1.0).all(|point| point.1 == 1.0));
        assert_eq!(curves.histogram.lenses.iter().sum::<u64>(), 10);
        assert_eq!(curves.histogram.others.iter().sum::<u64>(), 40);
    }

    #[test]
    fn one_class_alone_has_no_curves() {
        let curves = NetworkCurves::of(&[1.0, 2.0], &[0.1, 0.2], &[true, true], Vec::new());
        assert!(curves.roc.is_empty() && curves.reliability.is_empty());
    }
}
