//! The network on sky that nobody votes on: the usual numbers, curves, completeness
//! by size and brightness, and the images that fooled it.

use domain::Seed;
use finder::{
    Model,
    metrics::{Outcome, Summary, wilson},
};
use replay::TruthEntry;
use survey::Dataset;

use super::{
    curves::NetworkCurves,
    gallery,
    report::{Bin, NetworkReport},
};
use crate::LabError;

/// Edges in arcsec.
const THETA_E: [f64; 7] = [0.0, 2.0, 3.0, 5.0, 8.0, 12.0, 60.0];
/// Edges of the signal to noise.
const ARC_SN: [f64; 7] = [0.0, 5.0, 10.0, 20.0, 40.0, 80.0, 2000.0];

/// Images to measure on; the lists run in parallel.
#[derive(Debug, Default)]
pub struct Judged {
    pub ids: Vec<String>,
    pub logits: Vec<f64>,
    pub probabilities: Vec<f64>,
    pub truth: Vec<TruthEntry>,
    /// Shard and row of each in its dataset.
    pub places: Vec<(usize, usize)>,
}

/// Measures a network on images whose truth is known.
///
/// # Errors
/// When the tiles of the gallery cannot be read.
pub fn measure(
    model: &Model,
    dataset: &Dataset,
    judged: &Judged,
    measured_on: &str,
    seed: u64,
) -> Result<NetworkReport, LabError> {
    let labels: Vec<bool> = judged.truth.iter().map(|truth| truth.is_lens).collect();
    let seed = Seed::root(seed).child("evaluate");
    let summary = Summary::of(&judged.logits, &judged.probabilities, &labels, seed);
    let curves =
        NetworkCurves::of(&judged.logits, &judged.probabilities, &labels, summary.yield_curve.clone());
    Ok(NetworkReport {
        model: model.digest().to_string(),
        kernel: model.kernel().map_or_else(String::new, |kernel| kernel.to_string()),
        measured_on: measured_on.to_owned(),
        completeness: completeness(&judged.logits, &judged.truth, threshold(&summary)),
        worst: gallery::worst(model, dataset, judged)?,
        summary,
        curves,
        realism: None,
        real: Vec::new(),
        losses: Vec::new(),
    })
}

/// The score at one false positive in a hundred.
pub fn threshold(summary: &Summary) -> Option<f64> {
    summary.tpr_at_fpr.first().and_then(Outcome::value).and_then(|at| at.threshold)
}

/// Completeness by size and brightness above this score; bins without lenses are left out.
pub fn completeness(logits: &[f64], truth: &[TruthEntry], threshold: Option<f64>) -> Vec<Bin> {
    let Some(threshold) = threshold else { return Vec::new() };
    let mut bins = Vec::new();
    let mut by = |of: &str, edges: &[f64], value: fn(&TruthEntry) -> Option<f64>| {
        for pair in edges.windows(2) {
            let (from, to) = (pair[0], pair[1]);
            let within = |truth: &TruthEntry| {
                truth.is_lens && value(truth).is_some_and(|value| (from..to).contains(&value))
            };
            let inside = || truth.iter().zip(logits).filter(|(truth, _)| within(truth));
            let all = inside().count() as u64;
            let found = inside().filter(|(_, logit)| **logit >= threshold).count() as u64;
            bins.extend(wilson(found, all).map(|found| Bin { of: of.to_owned(), from, to, found }));
        }
    };
    by("theta_e_arcsec", &THETA_E, |truth| truth.theta_e_arcsec);
    by("arc_sn", &ARC_SN, |truth| truth.arc_sn);
    bins
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bins_count_what_is_above_the_cut() {
        let truth = [TruthEntry::lens(4.0, 30.0), TruthEntry::lens(4.5, 30.0), TruthEntry::plain()];
        let bins = completeness(&[2.0, -1.0, 3.0], &truth, Some(1.0));
        let found: Vec<_> = bins
            .iter()
            .map(|bin| (bin.of.as_str(), bin.from, bin.found.successes, bin.found.trials))
            .collect();
        assert_eq!(found, [("theta_e_arcsec", 3.0, 1, 2), ("arc_sn", 20.0, 1, 2)]);
        assert!(completeness(&[2.0], &truth[..1], None).is_empty());
    }
}
