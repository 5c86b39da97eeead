//! From the audit to the number of lenses in the pool and the share of them that was found,
//! each with an interval.
//!
//! Why it is unbiased although other strategies choose from the same pool: the audit is drawn
//! first, over the whole unlabelled pool, and each image independently of everything else. That
//! an audited image would also have been chosen by another strategy, or was shown to people by
//! it later, changes neither its chance to be in the audit nor its truth. So: audit rows only,
//! all of them, with the logged probability, against the pool *at the time of the draw*.

use serde::{Deserialize, Serialize};

use crate::gamma;

/// One audited image.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Observation {
    /// As logged with the draw.
    pub inclusion_probability: f64,
    /// 1 for a lens, 0 for none, or the probability of a lens where the votes leave it open.
    pub value: f64,
}

/// An estimated number of lenses.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Total {
    /// Σ y/π.
    pub estimate: f64,
    /// Σ (1−π) y²/π², the unbiased estimate of its variance.
    pub variance: f64,
    /// Lower end of the 95 % interval.
    pub low: f64,
    /// Upper end.
    pub high: f64,
    /// Images audited.
    pub sampled: usize,
    /// Σ y over them.
    pub seen: f64,
}

/// The share of the lenses that was found.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Completeness {
    /// Found / all; 1 at most. `None` without any lens found or estimated.
    pub estimate: Option<f64>,
    /// Lower end of the 95 % interval.
    pub low: f64,
    /// Upper end.
    pub high: f64,
}

/// The Horvitz–Thompson estimate of the number of lenses in the pool the audit was drawn from.
/// Rows whose probability is not in (0, 1] are left out.
///
/// The interval is the gamma interval for weighted counts (Fay & Feuer 1997) on the part that
/// was sampled with π < 1; images with π = 1 are known. Unlike estimate ± 2σ it holds for a
/// handful of lenses, and with none seen its upper end is 3.7 times the largest weight: what
/// the audit cannot rule out.
#[must_use]
pub fn horvitz_thompson(observations: &[Observation]) -> Total {
    let mut total = Total { estimate: 0.0, variance: 0.0, low: 0.0, high: 0.0, sampled: 0, seen: 0.0 };
    let (mut certain, mut largest_weight) = (0.0, 0.0_f64);
    for &Observation { inclusion_probability: pi, value: y } in observations {
        if !(pi > 0.0 && pi <= 1.0 && y.is_finite()) {
            continue;
        }
        total.sampled += 1;
        total.seen += y;
        total.estimate += y / pi;
        total.variance += (1.0 - pi) * (y / pi).powi(2);
        if pi < 1.0 {
            largest_weight = largest_weight.max(1.0 / pi);
        } else {
            certain += y;
        }
    }
    let uncertain = total.estimate - certain;
    (total.low, total.high) = gamma::weighted_count(uncertain.max(0.0), total.variance, largest_weight);
    total.low += certain;
    total.high += certain;
    total
}

/// How many of the lenses were found.
///
/// `found`: lenses known in the pool *as it was when the audit was drawn*, whichever strategy
/// led to them, the audit among them. `total`: the audit's estimate for the same pool. For more
/// than one round add, on both sides, the lenses known before the draw.
#[must_use]
pub fn completeness(found: f64, total: &Total) -> Completeness {
    let share = |all: f64| if all > found { found / all } else { 1.0 };
    let estimate = (found > 0.0 || total.estimate > 0.0).then(|| share(total.estimate));
    let (low, high) = if found > 0.0 { (share(total.high), share(total.low)) } else { (0.0, 1.0) };
    Completeness { estimate, low, high }
}
