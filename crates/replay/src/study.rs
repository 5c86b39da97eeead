//! Questions to a handful of outcomes of one policy: votes until a goal, whether the audit's interval holds
//! the truth, whether a forecast came true. Tables and charts are left to `laboratory`.

use domain::{Progress, wilson};
use rayon::prelude::*;
use serde::{Deserialize, Serialize};

use crate::{Checkpoint, Estimate, Outcome, ReplayError, StoredPool, Trial, replay};

/// Runs trials on all cores; the outcomes in the order of the trials, the same on any number of cores.
///
/// # Errors
/// Those of [`replay`], of the first trial that has one.
pub fn run_all(
    pool: &StoredPool,
    trials: &[Trial],
    progress: &dyn Progress,
) -> Result<Vec<Outcome>, ReplayError> {
    trials.par_iter().map(|trial| replay(pool, trial, progress, &mut |_| ())).collect()
}

/// Votes at the first checkpoint from which on a figure stays at or above a level; `None` if it never does.
/// (From which on: a figure that passes by chance and falls again has not been reached.)
#[must_use]
pub fn votes_to_reach(
    checkpoints: &[Checkpoint],
    level: f64,
    figure: impl Fn(&Checkpoint) -> Option<f64>,
) -> Option<u64> {
    let below = |at: &Checkpoint| figure(at).is_none_or(|value| value < level);
    let first = checkpoints.iter().rposition(below).map_or(0, |last_below| last_below + 1);
    checkpoints.get(first).map(|at| at.votes)
}

/// The mean of a few numbers with its 95 % interval by Student's distribution; `None` of nothing. A single
/// number has no interval of its own: both ends are infinitely far.
#[must_use]
pub fn mean(numbers: &[f64]) -> Option<Estimate> {
    if numbers.is_empty() {
        return None;
    }
    let count = numbers.len() as f64;
    let value = numbers.iter().sum::<f64>() / count;
    let variance = numbers.iter().map(|x| (x - value).powi(2)).sum::<f64>() / (count - 1.0);
    let reach = if numbers.len() > 1 {
        student(numbers.len() - 1) * (variance / count).sqrt()
    } else {
        f64::INFINITY
    };
    Some(Estimate { value, low: value - reach, high: value + reach })
}

/// The 97.5 % point of Student's distribution with so many degrees of freedom.
fn student(freedom: usize) -> f64 {
    const TABLE: [f64; 30] = [
        12.706, 4.303, 3.182, 2.776, 2.571, 2.447, 2.365, 2.306, 2.262, 2.228, 2.201, 2.179, 2.160, 2.145,
        2.131, 2.120, 2.110, 2.101, 2.093, 2.086, 2.080, 2.074, 2.069, 2.064, 2.060, 2.056, 2.052, 2.048,
        2.045, 2.042,
    ];
    // Beyond the table the first term of the expansion in 1/freedom is right to the third digit.
    TABLE.get(freedom.wrapping_sub(1)).copied().unwrap_or(1.960 + 2.4 / freedom as f64)
}

/// How often the audits' intervals held the true number of lenses.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Coverage {
    /// Outcomes with an audit.
    pub of: u64,
    /// Those whose last interval holds the truth.
    pub covered: u64,
    /// Share of them with its 95 % interval (Wilson).
    pub share: Estimate,
    /// Mean of estimate / truth.
    pub ratio: Estimate,
}

/// Compares the last estimate of each outcome with the truth; `None` if none has one.
#[must_use]
pub fn coverage(outcomes: &[Outcome]) -> Option<Coverage> {
    let last = outcomes.iter().filter_map(|outcome| outcome.checkpoints.last());
    let audited: Vec<(Estimate, f64)> =
        last.filter_map(|at| Some((at.audit?, at.lenses_total as f64))).collect();
    let covered = audited.iter().filter(|(audit, truth)| audit.low <= *truth && *truth <= audit.high).count();
    let (of, covered) = (audited.len() as u64, covered as u64);
    let [low, high] = wilson(covered, of)?;
    let share = Estimate { value: covered as f64 / of as f64, low, high };
    let ratios: Vec<f64> = audited.iter().map(|(audit, truth)| audit.value / truth.max(1.0)).collect();
    mean(&ratios).map(|ratio| Coverage { of, covered, share, ratio })
}

/// A forecast beside what then happened.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct ForecastCheck {
    /// Votes when it was made.
    pub votes: u64,
    /// Lenses left, as forecast.
    pub lenses_left: Estimate,
    /// Lenses that really were among the open images.
    pub truly_left: u64,
    /// Votes from then on until the target, as forecast; `None` when it was out of reach.
    pub votes_to_target: Option<Estimate>,
    /// Votes from then on until the target was really reached for good; `None` when it was not in this trial.
    pub truly_to_target: Option<u64>,
}

/// Every forecast of an outcome.
#[must_use]
pub fn forecasts(outcome: &Outcome) -> Vec<ForecastCheck> {
    let checkpoints = &outcome.checkpoints;
    let check = |at: &Checkpoint| {
        let forecast = at.forecast?;
        let judged = |at: &Checkpoint| Some(at.lenses_settled as f64 / at.lenses_total.max(1) as f64);
        let reached = votes_to_reach(checkpoints, forecast.target, judged);
        Some(ForecastCheck {
            votes: at.votes,
            lenses_left: forecast.lenses_left,
            truly_left: at.lenses_total - at.lenses_settled,
            votes_to_target: forecast.votes_to_target,
            truly_to_target: reached.map(|votes| votes.saturating_sub(at.votes)),
        })
    };
    checkpoints.iter().filter_map(check).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(votes: u64, completeness: f64) -> Checkpoint {
        Checkpoint { votes, completeness: Some(completeness), lenses_total: 100, ..Checkpoint::default() }
    }

    #[test]
    fn a_goal_is_reached_where_it_is_not_lost_again() {
        let way = [at(0, 0.0), at(10, 0.92), at(20, 0.8), at(30, 0.9), at(40, 0.95)];
        let reached = |level| votes_to_reach(&way, level, |at| at.completeness);
        assert_eq!(reached(0.9), Some(30));
        assert_eq!(reached(0.0), Some(0));
        assert_eq!(reached(0.99), None);
    }

    #[test]
    fn intervals_by_the_textbook() {
        let five = mean(&[1.0, 2.0, 3.0, 4.0, 5.0]).unwrap();
        // s² = 2.5, √(2.5 / 5) = 0.7071, × 2.776.
        assert!((five.value - 3.0).abs() < 1e-12 && (five.high - 4.963).abs() < 1e-3, "{five:?}");
        assert_eq!(mean(&[]), None);
        assert!(mean(&[7.0]).unwrap().high.is_infinite());
        assert!((student(31) - 2.040).abs() < 0.003 && (student(1000) - 1.962).abs() < 0.001);
    }

    #[test]
    fn coverage_counts_intervals_that_hold_the_truth() {
        let outcome = |low, high| {
            let audit = Some(Estimate { value: 90.0, low, high });
            Outcome { checkpoints: vec![Checkpoint { audit, ..at(10, 0.5) }], ..Outcome::default() }
        };
        let some = coverage(&[outcome(80.0, 120.0), outcome(10.0, 99.0), Outcome::default()]).unwrap();
        assert_eq!((some.covered, some.of), (1, 2));
        assert!((some.ratio.value - 0.9).abs() < 1e-12);
        assert_eq!(coverage(&[]), None);
    }
}
