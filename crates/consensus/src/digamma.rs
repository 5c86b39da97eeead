//! The digamma function, needed for the expected logarithm of a Dirichlet share.

/// ψ(x) for x > 0, to about 1e-12: up the recurrence ψ(x) = ψ(x + 1) − 1/x until 10, then the
/// asymptotic series (Abramowitz & Stegun 6.3.18).
pub(crate) fn digamma(x: f64) -> f64 {
    let (mut x, mut below) = (x, 0.0);
    while x < 10.0 {
        below -= 1.0 / x;
        x += 1.0;
    }
    let square = 1.0 / (x * x);
    let series = square
        * (1.0 / 12.0
            - square * (1.0 / 120.0 - square * (1.0 / 252.0 - square * (1.0 / 240.0 - square / 132.0))));
    below + x.ln() - 0.5 / x - series
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn known_values() {
        const EULER: f64 = 0.577_215_664_901_532_9;
        assert!((digamma(1.0) + EULER).abs() < 1e-12);
        assert!((digamma(0.5) + EULER + 2.0 * 2.0_f64.ln()).abs() < 1e-12);
        assert!((digamma(1e-3) + 1_000.575_571_931_8).abs() < 1e-8);
        assert!((digamma(12.25) - digamma(11.25) - 1.0 / 11.25).abs() < 1e-13);
    }
}
