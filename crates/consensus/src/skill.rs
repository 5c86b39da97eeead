//! How much one vote of somebody with two numbers tells, PL and PD.

/// Expected information in bits of one vote on a 50:50 image by somebody with these two
/// numbers: 0 for guessing (or one answer always), 1 for never wrong (Marshall et al. 2016).
#[must_use]
pub fn skill_bits(pl: f64, pd: f64) -> f64 {
    let s = |x: f64| if x > 0.0 { x * x.log2() } else { 0.0 };
    let known = 0.5 * (s(pl) + s(1.0 - pl) + s(pd) + s(1.0 - pd));
    known - s(0.5 * (pl + 1.0 - pd)) - s(0.5 * (1.0 - pl + pd))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn skill_is_none_for_guessing_and_a_bit_for_the_perfect() {
        assert!(skill_bits(0.5, 0.5).abs() < 1e-15);
        assert!(skill_bits(0.3, 0.7).abs() < 1e-15, "the same answer whatever is shown");
        assert!((skill_bits(1.0, 1.0) - 1.0).abs() < 1e-15);
        assert!((skill_bits(0.99, 0.99) - 0.919_206).abs() < 1e-6);
    }
}
