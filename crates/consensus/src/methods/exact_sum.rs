//! Sums that do not depend on the order of what is added, to the last bit: fixed point instead
//! of floating point. Every offline method adds up through this, which is what makes a fit the
//! same whatever the order of the log and whatever number a task or a worker bears.
//!
//! A quantum is 2⁻³⁶ (1.5e-11). One addend is kept within ±2²⁰ (a million), a NaN counts as
//! nothing, and a sum is exact while it stays within ±2²⁷ (134 million): probabilities of 134
//! million votes, or log-likelihoods of 4 million votes at 32 nats each. Beyond that it wraps
//! around, which is wrong but still independent of the order.

/// Quanta in one.
const QUANTA: f64 = (1_u64 << 36) as f64;
/// No addend is further from zero.
const LARGEST: f64 = (1_u64 << 20) as f64;

/// A sum in progress; a fresh one is zero.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct ExactSum(i64);

impl ExactSum {
    /// The nearest multiple of the quantum, to be added as often as wanted.
    #[inline]
    #[must_use]
    pub(crate) fn of(value: f64) -> Self {
        let quanta = value.clamp(-LARGEST, LARGEST) * QUANTA;
        // Half away from zero; the cast turns a NaN into 0.
        Self((quanta + 0.5_f64.copysign(quanta)) as i64)
    }

    /// Adds another sum.
    #[inline]
    pub(crate) fn add(&mut self, other: Self) {
        self.0 = self.0.wrapping_add(other.0);
    }

    /// Adds a number, rounded to a quantum.
    #[inline]
    pub(crate) fn add_value(&mut self, value: f64) {
        self.add(Self::of(value));
    }

    /// The sum as a number.
    #[inline]
    #[must_use]
    pub(crate) fn value(self) -> f64 {
        self.0 as f64 / QUANTA
    }
}

/// The sum of some numbers.
#[must_use]
pub(crate) fn exact_sum(values: impl IntoIterator<Item = f64>) -> f64 {
    let mut sum = ExactSum::default();
    for value in values {
        sum.add_value(value);
    }
    sum.value()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn the_order_of_addends_changes_no_bit(
            numbers in prop::collection::vec(-1e3_f64..1e3, 0..200),
            turn in 0_usize..200,
        ) {
            let mut turned = numbers.clone();
            turned.rotate_left(turn.min(numbers.len()));
            turned.reverse();
            let (one, other) = (exact_sum(numbers.iter().copied()), exact_sum(turned));
            prop_assert_eq!(one.to_bits(), other.to_bits());
            prop_assert!((one - numbers.iter().sum::<f64>()).abs() < 1e-8);
        }
    }

    #[test]
    fn what_is_not_a_number_counts_as_nothing_and_what_is_huge_is_cut() {
        assert_eq!(exact_sum([1.5, f64::NAN, 2.0]), 3.5);
        assert_eq!(exact_sum([f64::INFINITY]), LARGEST);
        assert_eq!(exact_sum([f64::INFINITY, f64::NEG_INFINITY]), 0.0);
        assert_eq!(exact_sum([-1e300]), -LARGEST);
    }

    #[test]
    fn a_tenth_of_a_billionth_is_not_lost() {
        assert!((exact_sum(std::iter::repeat_n(1e-10, 10_000)) - 1e-6).abs() < 1e-7);
        assert_eq!(exact_sum([]), 0.0);
    }
}
