//! From numbers to places on the drawing, and round numbers for the ticks.

/// A linear or logarithmic scale; `to` may run backwards, as y does.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Scale {
    pub from: (f64, f64),
    pub to: (f64, f64),
    pub is_log: bool,
}

impl Scale {
    /// A linear one.
    pub const fn linear(from: (f64, f64), to: (f64, f64)) -> Self {
        Self { from, to, is_log: false }
    }

    /// Where `value` lies; values outside are drawn at the edge.
    pub fn at(&self, value: f64) -> f64 {
        let along = |value: f64| if self.is_log { value.max(1e-300).ln() } else { value };
        let (low, high) = (along(self.from.0), along(self.from.1));
        let share = (along(value) - low) / (high - low);
        share.clamp(0.0, 1.0).mul_add(self.to.1 - self.to.0, self.to.0)
    }
}

/// Steps of 1, 2 or 5 times a power of ten, at least 1, at most `most` of them, from 0 to cover `high`.
pub(crate) fn ticks(high: u64, most: u64) -> Vec<u64> {
    let mut step = 1;
    for factor in [2, 5, 10].iter().cycle() {
        if high.div_ceil(step) <= most {
            break;
        }
        let power = 10_u64.pow(step.ilog10());
        step = power * factor;
    }
    let count = high.div_ceil(step).max(1);
    (0..=count).map(|k| k * step).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ticks_are_round_and_cover() {
        assert_eq!(ticks(40, 5), [0, 10, 20, 30, 40]);
        assert_eq!(ticks(41, 5), [0, 10, 20, 30, 40, 50]);
        assert_eq!(ticks(1_800, 5), [0, 500, 1_000, 1_500, 2_000]);
        assert_eq!(ticks(3, 5), [0, 1, 2, 3]);
        assert_eq!(ticks(0, 5), [0, 1]);
        assert_eq!(ticks(7, 5), [0, 2, 4, 6, 8]);
    }

    #[test]
    fn values_outside_stay_on_the_drawing() {
        let scale = Scale::linear((0.0, 10.0), (100.0, 0.0));
        assert_eq!([-1.0, 0.0, 5.0, 11.0].map(|value| scale.at(value)), [100.0, 100.0, 50.0, 0.0]);
    }
}
