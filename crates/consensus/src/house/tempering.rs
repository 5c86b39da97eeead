//! How much one vote should count beside the others on its task, learnt without any truth: each
//! vote is foretold from the other votes on the same task, and the tempering that foretells best
//! is taken. Where errors are shared, the sum of evidence is too sure of itself and foretells
//! badly; where votes are independent, 1 wins.

use super::{layout::Layout, prior::Priors, states::believe};
use crate::methods::exact_sum::ExactSum;

/// A fit in progress.
pub(super) struct View<'a> {
    pub states: usize,
    pub responses: usize,
    pub tasks: usize,
    pub layout: &'a Layout,
    pub priors: &'a Priors,
    pub weights: &'a [ExactSum],
    pub evidence: &'a [f64],
    pub posterior: &'a [f64],
    pub counts: &'a [f64],
    pub mean: &'a [f64],
    pub concentration: &'a [f64],
}

/// Steps in one; 3 and more are tried (0.15 to 1).
const STEPS: u32 = 20;
const LEAST: u32 = 3;

/// The best tempering, to a twentieth.
pub(super) fn learn(view: &View) -> f64 {
    let mut tried = std::collections::BTreeMap::new();
    let mut best = (f64::NEG_INFINITY, STEPS);
    for stride in [4, 2, 1] {
        let centre = best.1;
        let around: Vec<u32> = if stride == 4 {
            vec![4, 8, 12, 16, 20]
        } else {
            vec![centre.saturating_sub(stride).max(LEAST), (centre + stride).min(STEPS)]
        };
        for step in around {
            let score = *tried.entry(step).or_insert_with(|| foretold(view, f64::from(step) / f64::from(STEPS)));
            // Of equals the larger: no reason to doubt the votes.
            if score > best.0 || (score == best.0 && step > best.1) {
                best = (score, step);
            }
        }
    }
    f64::from(best.1) / f64::from(STEPS)
}

/// Σ ln P(vote | other votes on the task) over the votes on free tasks with at least two.
fn foretold(view: &View, tempering: f64) -> f64 {
    let (states, responses) = (view.states, view.responses);
    let mut sum = ExactSum::default();
    let (mut prior, mut others, mut belief) = (vec![0.0; states], vec![0.0; states], vec![0.0; states]);
    for task in (0..view.tasks).filter(|task| view.priors.is_free(*task)) {
        let votes = view.layout.of(task);
        if votes.len() < 2 {
            continue;
        }
        view.priors.write(task, &mut prior);
        let evidence = &view.evidence[task * states..][..states];
        let posterior = &view.posterior[task * states..][..states];
        for &(worker, answer) in votes {
            let (worker, answer) = (worker as usize, usize::from(answer));
            let own = &view.weights[(worker * responses + answer) * states..][..states];
            for ((other, evidence), own) in others.iter_mut().zip(evidence).zip(own) {
                *other = evidence - own.value();
            }
            believe(&prior, &others, tempering, &mut belief);
            let mut chance = 0.0;
            for (state, belief) in belief.iter().enumerate() {
                let at = (worker * states + state) * responses;
                let row = &view.counts[at..at + responses];
                // The worker's row as it would be without this vote.
                let less = posterior[state];
                let concentration = view.concentration[state];
                let top = (row[answer] - less).max(0.0) + concentration * view.mean[state * responses + answer];
                let bottom = (row.iter().sum::<f64>() - less).max(0.0) + concentration;
                chance += belief * top / bottom;
            }
            sum.add_value(chance.max(1e-12).ln());
        }
    }
    sum.value()
}
