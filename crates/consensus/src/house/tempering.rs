//! How much one vote should count beside the others on its task, learnt without any truth.
//!
//! Each vote is foretold from the other votes on the same task; where errors are shared, the sum of
//! evidence is too sure of itself and foretells badly, and a tempering below 1 foretells better.
//! What all volunteers get wrong alike cannot be seen that way, and a vote, being noisy itself,
//! punishes false certainty less than the truth would. So the best tempering for votes is too large
//! for truths: on simulated crowds (`examples/house_defaults`) the log-loss was lowest at 0.6 to 0.9 of
//! it, lower where images are hard and higher where errors are independent. That factor is a
//! setting, `seen`. Expert reviews correct what is left: see `calibration`.

use super::{prior::Priors, rows::Rows, states::believe};
use crate::methods::{by_task::ByTask, exact_sum::ExactSum};

/// A fit in progress.
pub(super) struct View<'a> {
    pub votes: &'a ByTask,
    pub priors: &'a Priors,
    pub rows: &'a Rows,
    /// tasks × states: evidence of all votes, not tempered.
    pub evidence: &'a [f64],
    /// tasks × states: the posterior the rows were learnt from.
    pub posterior: &'a [f64],
}

/// Steps in one; 2 and more are tried.
const STEPS: u32 = 20;
const LEAST: u32 = 2;

/// The tempering for posteriors, `seen` of the one that foretells votes best; and how well that one
/// does, Σ ln P(vote | other votes on its task).
pub(super) fn learn(view: &View, seen: f64) -> (f64, f64) {
    let mut tried = std::collections::BTreeMap::new();
    let mut best = (f64::NEG_INFINITY, STEPS);
    for stride in [4, 2, 1] {
        let around = match stride {
            4 => vec![20, 16, 12, 8, 4],
            _ => vec![(best.1 + stride).min(STEPS), best.1.saturating_sub(stride).max(LEAST)],
        };
        for step in around {
            let score =
                *tried.entry(step).or_insert_with(|| foretold(view, f64::from(step) / f64::from(STEPS)));
            if score > best.0 {
                best = (score, step);
            }
        }
    }
    (seen * f64::from(best.1) / f64::from(STEPS), best.0)
}

/// Σ ln P(vote | other votes on the task) over the votes on free tasks with at least two.
fn foretold(view: &View, tempering: f64) -> f64 {
    let states = view.rows.states;
    let mut sum = ExactSum::default();
    let (mut prior, mut others, mut belief) = (vec![0.0; states], vec![0.0; states], vec![0.0; states]);
    let mut scratch = vec![0.0; states];
    for (task, casts) in view.votes.iter().filter(|(task, _)| view.priors.is_free(*task)) {
        if casts.len() < 2 {
            continue;
        }
        view.priors.write(task, &mut prior);
        let evidence = &view.evidence[task * states..][..states];
        let posterior = &view.posterior[task * states..][..states];
        for cast in casts {
            let (worker, answer) = (cast.worker as usize, usize::from(cast.answer));
            let vote = view.rows.vote(worker, answer, posterior);
            for (state, other) in others.iter_mut().enumerate() {
                *other = evidence[state] - vote.log_chance(state);
            }
            believe(&prior, &others, tempering, &mut scratch, &mut belief);
            let chance: f64 = belief.iter().enumerate().map(|(state, q)| q * vote.chance(state)).sum();
            sum.add_value(chance.max(1e-12).ln());
        }
    }
    sum.value()
}
