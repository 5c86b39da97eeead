//! What one more vote is worth: who should look at what. Choosing is left to the caller.

use domain::binary_entropy_bits;

/// Expected fall of the entropy of an image with posterior `p` by one vote of somebody with
/// these two numbers, in bits: H(P) − \[m H(P|"lens") + (1−m) H(P|"no lens")\] with
/// m = PL·P + (1−PD)(1−P). Never negative; at p = ½ it is the volunteer's skill.
#[must_use]
pub fn expected_information_bits(p: f64, pl: f64, pd: f64) -> f64 {
    let says_lens = pl * p + (1.0 - pd) * (1.0 - p);
    let after = |joint: f64, answer: f64| {
        if answer > 0.0 { answer * binary_entropy_bits(joint / answer) } else { 0.0 }
    };
    let left = after(pl * p, says_lens) + after((1.0 - pl) * p, 1.0 - says_lens);
    (binary_entropy_bits(p) - left).max(0.0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::skill_bits;

    #[test]
    fn at_even_odds_a_vote_is_worth_the_skill() {
        for (pl, pd) in [(0.5, 0.5), (0.8, 0.95), (0.2, 0.6), (1.0, 1.0)] {
            assert!((expected_information_bits(0.5, pl, pd) - skill_bits(pl, pd)).abs() < 1e-12);
        }
    }

    #[test]
    fn a_settled_image_and_a_guesser_are_worth_nothing() {
        assert_eq!(expected_information_bits(0.0, 0.9, 0.9), 0.0);
        assert!(expected_information_bits(0.3, 0.4, 0.6) < 1e-12);
        assert!(expected_information_bits(0.3, 0.9, 0.9) > expected_information_bits(0.01, 0.9, 0.9));
    }
}
