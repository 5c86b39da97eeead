//! LURE (Farquhar, Gal and Rainforth 2021): the mean loss over a whole pool from images that a
//! strategy drew one after the other with known chances. For evaluation; to train on such weights
//! does harm.

use serde::{Deserialize, Serialize};

use crate::Interval;

/// One image, in the order of the draws.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Loss {
    /// Its loss.
    pub loss: f64,
    /// The chance it had at its step among what was then left (`badge` logs it; a uniform draw has
    /// 1 / left).
    pub chance: f64,
}

/// R = (1/M)·Σ vₘ·Lₘ with vₘ = 1 + (N − M)/(N − m)·(1/((N − m + 1)·qₘ) − 1): unbiased for the mean
/// loss of all `images` if every image left had a chance at every step. `None` when nothing was drawn
/// or more than there is, or a chance is not in (0, 1].
///
/// The interval is ± 1.96 standard errors of the weighted losses as if they were independent: too
/// narrow where a few images carry all the weight.
#[must_use]
pub fn lure(drawn: &[Loss], images: usize) -> Option<Interval> {
    let (count, all) = (drawn.len() as f64, images as f64);
    let sound = |row: &Loss| row.chance > 0.0 && row.chance <= 1.0 && row.loss.is_finite();
    if drawn.is_empty() || drawn.len() > images || !drawn.iter().all(sound) {
        return None;
    }
    let weighted: Vec<f64> = drawn
        .iter()
        .enumerate()
        .map(|(at, row)| {
            let m = at as f64 + 1.0;
            // With everything drawn each counts once.
            let rest = if drawn.len() == images { 0.0 } else { (all - count) / (all - m) };
            (1.0 + rest * (1.0 / ((all - m + 1.0) * row.chance) - 1.0)) * row.loss
        })
        .collect();
    let estimate = weighted.iter().sum::<f64>() / count;
    let squares: f64 = weighted.iter().map(|x| (x - estimate).powi(2)).sum();
    let reach =
        if count > 1.0 { 1.959_964 * (squares / (count - 1.0) / count).sqrt() } else { f64::INFINITY };
    let reach = if drawn.len() == images { 0.0 } else { reach };
    Some(Interval { estimate, low: estimate - reach, high: estimate + reach })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// All orders in which three of four are drawn in proportion to weights, with their chances.
    #[test]
    fn it_is_unbiased_over_all_orders() {
        let (losses, weights) = ([0.1, 2.0, 0.5, 1.0], [1.0, 5.0, 2.0, 0.5]);
        let mut expected = 0.0;
        for a in 0..4 {
            for b in (0..4).filter(|b| *b != a) {
                for c in (0..4).filter(|c| *c != a && *c != b) {
                    let (mut left, mut chance, mut rows) = (8.5, 1.0, Vec::new());
                    for i in [a, b, c] {
                        let q = weights[i] / left;
                        chance *= q;
                        left -= weights[i];
                        rows.push(Loss { loss: losses[i], chance: q });
                    }
                    expected += chance * lure(&rows, 4).unwrap().estimate;
                }
            }
        }
        assert!((expected - 0.9).abs() < 1e-12, "{expected}");
    }

    #[test]
    fn uniform_draws_are_a_plain_mean_and_nonsense_is_none() {
        let rows: Vec<Loss> =
            (0..3).map(|m| Loss { loss: f64::from(m), chance: 1.0 / f64::from(10 - m) }).collect();
        assert!((lure(&rows, 10).unwrap().estimate - 1.0).abs() < 1e-12);
        assert!(lure(&[], 10).is_none() && lure(&rows, 2).is_none());
        assert!(lure(&[Loss { loss: 1.0, chance: 0.0 }], 3).is_none());
        let all = lure(&rows, 3).unwrap();
        assert_eq!((all.low, all.estimate, all.high), (1.0, 1.0, 1.0));
    }
}
