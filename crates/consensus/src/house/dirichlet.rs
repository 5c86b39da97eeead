//! The Dirichlet prior that volunteers' rows share: its mean and concentration from the volunteers'
//! counts. What a row is worth under it is left to `rows`.

use crate::methods::exact_sum::{ExactSum, exact_sum};

/// The crowd's row for one state.
pub(super) struct Shared {
    /// Mean, one per response.
    pub mean: Vec<f64>,
    /// Concentration.
    pub concentration: f64,
}

/// What moment matching starts from and how far it may go.
pub(super) struct Start<'a> {
    /// Mean, one per response.
    pub mean: &'a [f64],
    /// Votes that mean counts for.
    pub votes: f64,
    /// Concentration.
    pub concentration: f64,
    /// Volunteers that concentration counts for.
    pub volunteers: f64,
    /// Least intraclass correlation.
    pub least_intraclass: f64,
    /// Concentrations stay inside.
    pub range: (f64, f64),
}

/// Mean and concentration from the volunteers' counts for one state (`count(worker)` gives the
/// row), by moments: the share of the variance of single answers that lies between volunteers,
/// the intraclass correlation, is 1/(1 + κ) under a Dirichlet of concentration κ. The mean weighs
/// a volunteer of n votes by n/(1 + (n − 1)·ICC), so that a few busy ones do not stand for all.
/// `expected(worker, row)` may move the row (the mean when it is called) to where that worker is
/// expected for other reasons; then only what is left counts as different.
pub(super) fn moments<'c>(
    workers: usize,
    row: impl Fn(usize) -> &'c [f64],
    expected: impl Fn(usize, &mut [f64]),
    last_concentration: f64,
    start: &Start,
) -> Shared {
    let responses = start.mean.len();
    let intraclass = 1.0 / (1.0 + last_concentration);
    let totals: Vec<f64> = (0..workers).map(|w| row(w).iter().sum()).collect();
    let share = |total: f64| 1.0 / (1.0 + (total - 1.0).max(0.0) * intraclass);
    let mut sums = vec![ExactSum::default(); responses];
    for (worker, total) in totals.iter().enumerate() {
        for (sum, count) in sums.iter_mut().zip(row(worker)) {
            sum.add_value(count * share(*total));
        }
    }
    let raw: Vec<f64> = sums.iter().map(|sum| sum.value()).collect();
    let weight: f64 = raw.iter().sum();
    let mean: Vec<f64> = raw
        .iter()
        .zip(start.mean)
        .map(|(sum, first)| (sum + start.votes * first) / (weight + start.votes))
        .collect();

    let all = exact_sum(totals.iter().copied());
    // A volunteer with less than a vote's worth says nothing about how alike volunteers are.
    let heard = |total: &f64| *total > 0.5;
    let people = totals.iter().filter(|total| heard(total)).count() as f64;
    let (mut between, mut within, mut squares, mut known) =
        (ExactSum::default(), ExactSum::default(), ExactSum::default(), ExactSum::default());
    let mut here = mean.clone();
    for (worker, &total) in totals.iter().enumerate().filter(|(_, total)| heard(total)) {
        let (mut apart, mut mixed) = (0.0, 0.0);
        here.copy_from_slice(&mean);
        expected(worker, &mut here);
        for (count, mean) in row(worker).iter().zip(&here) {
            let p = count / total;
            apart += (p - mean) * (p - mean);
            mixed += p * (1.0 - p);
        }
        between.add_value(total * apart);
        within.add_value(total * mixed);
        squares.add_value(total * (total / all));
        known.add_value((total - 1.0).max(0.0) / (total + 4.0));
    }
    let from_start = 1.0 / (1.0 + start.concentration);
    let known = known.value();
    let mut estimate = from_start;
    if people >= 2.0 && all > people {
        let between = between.value() / (people - 1.0);
        let within = within.value() / (all - people);
        let typical = (all - squares.value()) / (people - 1.0);
        let bottom = between + (typical - 1.0) * within;
        if bottom > 0.0 {
            let measured = ((between - within) / bottom).clamp(0.0, 1.0);
            estimate = (known * measured + start.volunteers * from_start) / (known + start.volunteers);
        }
    }
    let estimate = estimate.clamp(start.least_intraclass, 1.0);
    Shared { mean, concentration: (1.0 / estimate - 1.0).clamp(start.range.0, start.range.1) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn people_who_are_alike_are_pooled_and_people_who_differ_are_not() {
        let start = Start {
            mean: &[0.5, 0.5],
            votes: 1.0,
            concentration: 10.0,
            volunteers: 1.0,
            least_intraclass: 0.005,
            range: (1.0, 200.0),
        };
        let alike: Vec<[f64; 2]> =
            (0..100).map(|i| if i % 2 == 0 { [31.0, 9.0] } else { [29.0, 11.0] }).collect();
        let fit = moments(100, |w| &alike[w][..], |_, _| (), 10.0, &start);
        assert!(fit.concentration > 80.0, "{}", fit.concentration);
        assert!((fit.mean[0] - 0.75).abs() < 0.01);
        let apart: Vec<[f64; 2]> =
            (0..100).map(|i| if i % 2 == 0 { [38.0, 2.0] } else { [4.0, 36.0] }).collect();
        let fit = moments(100, |w| &apart[w][..], |_, _| (), 10.0, &start);
        assert!(fit.concentration < 1.5, "{}", fit.concentration);
    }
}
