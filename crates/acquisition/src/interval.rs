//! A number with its 95 % interval.

use std::fmt;

use serde::{Deserialize, Serialize};

/// An estimate and its 95 % interval.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Interval {
    /// The estimate.
    pub estimate: f64,
    /// Lower end.
    pub low: f64,
    /// Upper end.
    pub high: f64,
}

impl Interval {
    /// Whether it holds this value.
    #[must_use]
    pub fn holds(&self, value: f64) -> bool {
        self.low <= value && value <= self.high
    }

    /// Half its width over 1.96: one standard deviation, were it a normal one.
    #[must_use]
    pub fn spread(&self) -> f64 {
        (self.high - self.low) / 3.92
    }

    /// The same, opened to whole numbers, for counts.
    pub(crate) fn whole(self) -> Self {
        Self { low: self.low.floor(), high: self.high.ceil(), ..self }
    }

    /// Of draws of what may be and an estimate of its own.
    pub(crate) fn of_draws(estimate: f64, mut draws: Vec<f64>) -> Self {
        draws.sort_unstable_by(f64::total_cmp);
        let at = |share: f64| {
            let place = share * (draws.len().max(1) - 1) as f64;
            let (below, above) = (place.floor() as usize, place.ceil() as usize);
            match (draws.get(below), draws.get(above)) {
                (Some(a), Some(b)) => a + (b - a) * place.fract(),
                _ => estimate,
            }
        };
        let (low, high) = (at(0.025), at(0.975));
        Self { estimate, low: low.min(estimate), high: high.max(estimate) }
    }
}

/// Such as `37 (19 to 61)`.
impl fmt::Display for Interval {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} ({} to {})", rounded(self.estimate), rounded(self.low), rounded(self.high))
    }
}

/// A whole number with commas; above 1,000 to two digits that count.
pub(crate) fn rounded(value: f64) -> String {
    let value = value.max(0.0);
    let step = if value >= 1000.0 { 10_f64.powf(value.log10().floor() - 1.0) } else { 1.0 };
    let digits = format!("{:.0}", (value / step).round() * step);
    let mut out = String::with_capacity(digits.len() + 4);
    for (i, digit) in digits.chars().enumerate() {
        if i > 0 && (digits.len() - i).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_written_as_people_read_them() {
        for (value, text) in
            [(0.4, "0"), (37.2, "37"), (999.0, "999"), (4_130.0, "4,100"), (1_234_567.0, "1,200,000")]
        {
            assert_eq!(rounded(value), text);
        }
        let interval = Interval { estimate: 37.0, low: 19.4, high: 61.0 };
        assert_eq!(interval.to_string(), "37 (19 to 61)");
        assert!(interval.holds(20.0) && !interval.holds(19.0));
    }

    #[test]
    fn quantiles_of_draws_are_between_their_neighbours() {
        let interval = Interval::of_draws(50.0, (0..=100).map(f64::from).collect());
        assert_eq!((interval.low, interval.high), (2.5, 97.5));
        assert_eq!(Interval::of_draws(1.0, vec![]), Interval { estimate: 1.0, low: 1.0, high: 1.0 });
    }
}
