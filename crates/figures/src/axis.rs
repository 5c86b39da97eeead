//! Axes: what is along them, their range, and round numbers for the ticks.

use crate::{
    format::count,
    scale::{Scale, ticks},
};

/// One axis.
#[derive(Debug, Clone, PartialEq)]
pub struct Axis {
    pub(crate) label: String,
    pub(crate) low: f64,
    pub(crate) high: f64,
    pub(crate) ticks: Vec<(f64, String)>,
    /// Whether the numbers stand for single rounds, with room at both ends.
    pub(crate) is_steps: bool,
    is_log: bool,
}

impl Axis {
    /// Whole numbers from 0 to at least `high`.
    #[must_use]
    pub fn counts(label: &str, high: u64) -> Self {
        let ticks = ticks(high, 5);
        let high = ticks.last().copied().unwrap_or(1) as f64;
        let ticks = ticks.into_iter().map(|tick| (tick as f64, count(tick))).collect();
        Self { label: label.to_owned(), low: 0.0, high, ticks, is_steps: false, is_log: false }
    }

    /// Rounds 0 to `last`.
    #[must_use]
    pub fn rounds(last: u32) -> Self {
        let step = last.div_ceil(12).max(1);
        let ticks =
            (0..=last).step_by(step as usize).map(|round| (f64::from(round), round.to_string())).collect();
        let label = "round (0: before any vote)".to_owned();
        Self { label, low: -0.4, high: f64::from(last) + 0.4, ticks, is_steps: true, is_log: false }
    }

    /// A share between 0 and 1.
    #[must_use]
    pub fn share(label: &str) -> Self {
        let ticks = [0.0, 0.25, 0.5, 0.75, 1.0].map(|tick| (tick, format!("{tick:.2}"))).into();
        let label = format!("{label} (share, 0 to 1)");
        Self { label, low: 0.0, high: 1.0, ticks, is_steps: false, is_log: false }
    }

    /// Numbers from 0 to at least `high`, which may be below 1. A `high` that is no number above 0
    /// counts as 1.
    #[must_use]
    pub fn upto(label: &str, high: f64) -> Self {
        let high = if high.is_finite() && high > 0.0 { high } else { 1.0 };
        let rough = high / 5.0;
        let power = 10f64.powf(rough.log10().floor());
        let step = [1.0, 2.0, 5.0, 10.0].into_iter().map(|f| f * power).find(|s| s * 5.0 >= high * 0.999_999);
        let step = step.unwrap_or(10.0 * power);
        let steps = (high / step - 1e-9).ceil().max(1.0) as u64;
        let decimals = (-step.log10().floor()).clamp(0.0, 8.0) as usize;
        let words = |value: f64| {
            if decimals == 0 { count(value.round() as u64) } else { format!("{value:.decimals$}") }
        };
        let ticks: Vec<_> = (0..=steps).map(|k| (k as f64 * step, words(k as f64 * step))).collect();
        let high = steps as f64 * step;
        Self { label: label.to_owned(), low: 0.0, high, ticks, is_steps: false, is_log: false }
    }

    /// Numbers between two, at round places; either may be below 0.
    #[must_use]
    pub fn between(label: &str, low: f64, high: f64) -> Self {
        let range = if high > low && (high - low).is_finite() { high - low } else { 1.0 };
        let power = 10f64.powf((range / 5.0).log10().floor());
        let step = [1.0, 2.0, 5.0].into_iter().map(|f| f * power).find(|s| s * 5.0 >= range * 0.999_999);
        let step = step.unwrap_or(10.0 * power);
        let first = (low / step + 1e-9).floor() as i64;
        let last = ((low + range) / step - 1e-9).ceil().max(first as f64 + 1.0) as i64;
        let decimals = (-step.log10().floor()).clamp(0.0, 8.0) as usize;
        let words = |value: f64| format!("{value:.decimals$}").replace('-', "−");
        let ticks = (first..=last).map(|k| (k as f64 * step, words(k as f64 * step))).collect();
        let (low, high) = (first as f64 * step, last as f64 * step);
        Self { label: label.to_owned(), low, high, ticks, is_steps: false, is_log: false }
    }

    /// Powers of ten from the one at or below `low` to the one at or above `high`. What is not above 0
    /// counts as 10⁻⁹.
    #[must_use]
    pub fn log(label: &str, low: f64, high: f64) -> Self {
        let exponent = |value: f64| if value > 1e-9 { value.log10() } else { -9.0 };
        let first = (exponent(low) + 1e-9).floor() as i32;
        let last = ((exponent(high) - 1e-9).ceil() as i32).max(first + 1);
        let step = ((last - first) / 6).max(1) as usize;
        let ticks = (first..=last).step_by(step).map(|e| (10f64.powi(e), power(e))).collect();
        Self {
            label: label.to_owned(),
            low: 10f64.powi(first),
            high: 10f64.powi(last),
            ticks,
            is_steps: false,
            is_log: true,
        }
    }

    /// Named places at whole numbers from 0, with room at both ends.
    #[must_use]
    pub fn named(label: &str, ticks: Vec<(f64, String)>) -> Self {
        let high = ticks.iter().map(|(at, _)| *at).fold(0.0, f64::max) + 0.5;
        Self { label: label.to_owned(), low: -0.5, high, ticks, is_steps: true, is_log: false }
    }

    pub(crate) fn scale(&self, to: (f64, f64)) -> Scale {
        Scale { from: (self.low, self.high), to, is_log: self.is_log }
    }
}

/// `0.01`, `1`, `1,000`; further out `10⁻⁵`, `10⁶`.
fn power(exponent: i32) -> String {
    match exponent {
        0..=4 => count(10u64.pow(exponent.unsigned_abs())),
        -3..0 => format!("{:.*}", exponent.unsigned_abs() as usize, 10f64.powi(exponent)),
        _ => {
            let raised = |c: char| match c {
                '-' => '⁻',
                '0' => '⁰',
                '1' => '¹',
                '2' => '²',
                '3' => '³',
                c => char::from_u32(0x2070 + c.to_digit(10).unwrap_or(0)).unwrap_or(c),
            };
            format!("10{}", exponent.to_string().chars().map(raised).collect::<String>())
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(axis: &Axis) -> Vec<&str> {
        axis.ticks.iter().map(|(_, words)| words.as_str()).collect()
    }

    #[test]
    fn a_small_range_has_decimals_and_a_large_one_thousands() {
        assert_eq!(words(&Axis::upto("x", 0.31)), ["0.0", "0.1", "0.2", "0.3", "0.4"]);
        assert_eq!(words(&Axis::upto("x", 4_900.0)), ["0", "1,000", "2,000", "3,000", "4,000", "5,000"]);
        assert_eq!(words(&Axis::upto("x", f64::NAN)).len(), 6);
    }

    #[test]
    fn numbers_below_zero_have_a_minus() {
        assert_eq!(words(&Axis::between("x", -4.6, 3.2)), ["−6", "−4", "−2", "0", "2", "4"]);
        assert_eq!(words(&Axis::between("x", 2.0, 2.0)), ["2.0", "2.2", "2.4", "2.6", "2.8", "3.0"]);
    }

    #[test]
    fn a_logarithmic_axis_has_powers_of_ten() {
        assert_eq!(words(&Axis::log("x", 1e-4, 1.0)), ["10⁻⁴", "0.001", "0.01", "0.1", "1"]);
        assert_eq!(words(&Axis::log("x", 3.0, 20_000.0)), ["1", "10", "100", "1,000", "10,000", "10⁵"]);
        let axis = Axis::log("x", 1.0, 100.0);
        assert!((axis.scale((0.0, 10.0)).at(10.0) - 5.0).abs() < 1e-12);
        assert!((axis.scale((0.0, 10.0)).at(0.0)).abs() < 1e-12);
    }
}
