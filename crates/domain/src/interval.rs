//! How far a share that was counted may be from the true one.

/// 97.5 % point of the normal distribution.
const Z95: f64 = 1.959_963_984_540_054;

/// The 95 % score interval of a share (Wilson 1927): unlike p ± 2 σ it stays between 0 and 1, and
/// means something with few trials, or when all or none succeeded. `None` without trials or with more
/// successes than trials.
#[must_use]
pub fn wilson(successes: u64, trials: u64) -> Option<[f64; 2]> {
    if trials == 0 || successes > trials {
        return None;
    }
    let (n, p, z2) = (trials as f64, successes as f64 / trials as f64, Z95 * Z95);
    let centre = (p + z2 / (2.0 * n)) / (1.0 + z2 / n);
    let half = Z95 / (1.0 + z2 / n) * (p * (1.0 - p) / n + z2 / (4.0 * n * n)).sqrt();
    let low = if successes == 0 { 0.0 } else { (centre - half).max(0.0) };
    let high = if successes == trials { 1.0 } else { (centre + half).min(1.0) };
    Some([low, high])
}

#[cfg(test)]
mod tests {
    use super::*;

    /// 8 of 10 by hand: z² = 3.841459; middle (0.8 + 0.192073) / 1.384146 = 0.716740; half
    /// 1.959964 / 1.384146 × √(0.016 + 0.009604) = 1.416010 × 0.160012 = 0.226579. 81 of 263 from the
    /// table of Newcombe (1998); all or none of 10: z² / (n + z²) away from the end.
    #[test]
    fn it_agrees_with_the_textbook() {
        for (k, n, expected) in [
            (8, 10, [0.490_16, 0.943_32]),
            (81, 263, [0.255_27, 0.366_21]),
            (10, 10, [10.0 / 13.841_459, 1.0]),
            (0, 10, [0.0, 3.841_459 / 13.841_459]),
        ] {
            let found = wilson(k, n).unwrap();
            let near = found.iter().zip(expected).all(|(a, b)| (a - b).abs() < 5e-5);
            assert!(near, "{k} of {n}: {found:?}, not {expected:?}");
        }
    }

    #[test]
    fn nothing_tried_is_nothing_known() {
        assert_eq!((wilson(0, 0), wilson(3, 2)), (None, None));
    }
}
