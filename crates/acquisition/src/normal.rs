//! The standard normal distribution.

/// Its density.
pub(crate) fn density(x: f64) -> f64 {
    (-0.5 * x * x).exp() / std::f64::consts::TAU.sqrt()
}

/// The chance to be below `x`, to 1e-15 or so: the series of the error function near 0, its
/// continued fraction in the tails.
pub(crate) fn cumulative(x: f64) -> f64 {
    let z = x.abs();
    if z < 3.0 {
        let (mut term, mut sum, mut n) = (z, z, 0.0);
        while term > sum * 1e-17 {
            n += 1.0;
            term *= z * z / (2.0 * n + 1.0);
            sum += term;
        }
        return 0.5 + sum * density(z) * x.signum();
    }
    let mut fraction = z;
    for k in (1..=60).rev() {
        fraction = z + f64::from(k) / fraction;
    }
    let tail = density(z) / fraction;
    if x < 0.0 { tail } else { 1.0 - tail }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn matches_the_tables() {
        for (x, expected) in [
            (0.0, 0.5),
            (1.0, 0.841_344_746_068_542_9),
            (-1.959_963_984_540_054, 0.025),
            (2.999_999, 0.998_650_097_5),
            (3.000_001, 0.998_650_106_4),
            (-6.0, 9.865_876_450_377e-10),
        ] {
            assert!((cumulative(x) - expected).abs() < 1e-9 * expected.max(1e-3), "{x}: {}", cumulative(x));
        }
    }
}
