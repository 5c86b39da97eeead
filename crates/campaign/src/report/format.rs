//! Numbers as people read them: thousands separated, two decimals, intervals in
//! brackets, and the mark for "not measured".

pub use figures::{NONE, count, interval};
use finder::metrics::{Area, Rate, TprAtFpr};

use super::data::Measured;

/// A proportion.
pub fn rate(rate: Option<&Rate>) -> String {
    rate.map_or_else(|| NONE.to_owned(), |rate| interval(rate.value, rate.low, rate.high))
}

/// An area under a curve.
pub fn area(area: &Measured<Area>) -> String {
    area.value().map_or_else(|| NONE.to_owned(), |area| interval(area.value, area.low, area.high))
}

/// A rate at a fixed false-positive rate; `≥` where there are too few others to resolve it.
pub fn tpr(measured: &Measured<TprAtFpr>) -> String {
    let Some(tpr) = measured.value() else { return NONE.to_owned() };
    let mark = if tpr.resolved { "" } else { "≥ " };
    format!("{mark}{}", rate(Some(&tpr.tpr)))
}

/// `4.2 s`, `3 min 05 s`.
pub fn duration(seconds: f64) -> String {
    if seconds < 59.95 {
        return format!("{seconds:.1} s");
    }
    let whole = seconds.round() as u64;
    format!("{} min {:02} s", whole / 60, whole % 60)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_change_their_unit_after_a_minute() {
        assert_eq!(
            [0.04, 59.94, 59.96, 185.2].map(duration),
            ["0.0 s", "59.9 s", "1 min 00 s", "3 min 05 s"]
        );
    }

    #[test]
    fn a_rate_that_is_only_a_lower_bound_says_so() {
        let shown = |resolved| {
            let rate = Rate { value: 0.5, low: 0.2, high: 0.8, successes: 3, trials: 6 };
            let at = TprAtFpr {
                fpr: 1e-3,
                tpr: rate,
                threshold: None,
                false_positives: 0,
                negatives: 50,
                resolved,
            };
            tpr(&Measured::Value(at))
        };
        assert_eq!(shown(true), "0.50 [0.20, 0.80]");
        assert_eq!(shown(false), "≥ 0.50 [0.20, 0.80]");
    }
}
