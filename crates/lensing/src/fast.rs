//! Arctangents for the millions of deflections behind an image: no branches,
//! so that the compiler can work on several points at once, and a relative
//! error below 1e-7.

use std::f64::consts::{FRAC_PI_2, FRAC_PI_4, LN_2, SQRT_2};

/// tan(π/8) and its inverse: the range the polynomial covers after reduction.
const TAN_PI_8: f64 = SQRT_2 - 1.0;

/// arctan(x).
#[inline(always)]
pub fn atan(x: f64) -> f64 {
    let t = x.abs();
    let (steep, middle) = (t > SQRT_2 + 1.0, t > TAN_PI_8);
    // arctan t = π/2 − arctan(1/t) = π/4 + arctan((t−1)/(t+1)).
    let numerator = if steep {
        -1.0
    } else if middle {
        t - 1.0
    } else {
        t
    };
    let denominator = if steep {
        t
    } else if middle {
        t + 1.0
    } else {
        1.0
    };
    let offset = if steep {
        FRAC_PI_2
    } else if middle {
        FRAC_PI_4
    } else {
        0.0
    };
    let w = numerator / denominator;
    // Taylor, its last terms adjusted to spread the error over |w| ≤ tan(π/8).
    let z = w * w;
    let tail = -1.0 / 3.0
        + z * (1.0 / 5.0
            + z * (-1.0 / 7.0 + z * (1.0 / 9.0 + z * (-1.0 / 11.0 + z * (1.0 / 13.0 - z * 0.055)))));
    (offset + w + w * z * tail).copysign(x)
}

/// artanh(x) for |x| < 1.
#[inline(always)]
pub fn atanh(x: f64) -> f64 {
    // (1+x)/(1−x) = 2^k m with m in [√½, √2); artanh x = k ln2/2 + artanh((m−1)/(m+1)).
    let (above, below) = (1.0 + x, 1.0 - x);
    let ratio = above / below * SQRT_2;
    let exponent = (ratio.to_bits() >> 52) & 0x7ff;
    let power = f64::from_bits(exponent << 52);
    // The integer as the low bits of 2⁵² + integer: a conversion that vectors have.
    let k = f64::from_bits(0x4330_0000_0000_0000 | exponent) - (4_503_599_627_370_496.0 + 1023.0);
    let w = (above - power * below) / (above + power * below);
    let z = w * w;
    let tail = 1.0 / 3.0 + z * (1.0 / 5.0 + z * (1.0 / 7.0 + z * (1.0 / 9.0 + z / 11.0)));
    0.5 * LN_2 * k + w + w * z * tail
}

#[cfg(test)]
mod tests {
    #[test]
    fn agrees_with_the_standard_library_over_the_whole_range() {
        for i in -4000..=4000 {
            let x = f64::from(i) / 4001.0;
            let (exact, got) = (x.atanh(), super::atanh(x));
            assert!((got - exact).abs() <= 1e-8 * exact.abs(), "atanh {x}: {got} {exact}");
            for x in [x, 30.0 * x, 1e-4 * x, 1e6 * x] {
                let (exact, got) = (x.atan(), super::atan(x));
                assert!((got - exact).abs() <= 1e-7 * exact.abs(), "atan {x}: {got} {exact}");
            }
        }
    }
}
