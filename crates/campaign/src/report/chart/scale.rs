//! From numbers to places on the drawing, and round numbers for the ticks.

/// A linear scale; `to` may run backwards, as y does.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Scale {
    pub from: (f64, f64),
    pub to: (f64, f64),
}

impl Scale {
    /// Where `value` lies; values outside are drawn at the edge.
    pub fn at(&self, value: f64) -> f64 {
        let share = (value - self.from.0) / (self.from.1 - self.from.0);
        share.clamp(0.0, 1.0).mul_add(self.to.1 - self.to.0, self.to.0)
    }
}

/// Steps of 1, 2 or 5 times a power of ten, at least 1, at most `most` of them, from 0 to cover `high`.
pub fn ticks(high: u64, most: u64) -> Vec<u64> {
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
        let scale = Scale { from: (0.0, 10.0), to: (100.0, 0.0) };
        assert_eq!([-1.0, 0.0, 5.0, 11.0].map(|value| scale.at(value)), [100.0, 100.0, 50.0, 0.0]);
    }
}
