//! Normal variates by the hundred thousand: Box and Muller's transform on
//! random bits, in a form the compiler can spread over vectors. Good to about
//! 1e-5 and out to 5.9 σ, which is plenty for the noise of a pixel.

use std::f32::consts::{FRAC_1_SQRT_2, FRAC_PI_2, LN_2};

use domain::Rng;
use rand::Rng as _;

/// Bytes of randomness for one pair of variates.
const PAIR: usize = 8;

/// Fills `out` with independent standard normal variates.
pub fn fill(rng: &mut Rng, bytes: &mut Vec<u8>, out: &mut [f32]) {
    let pairs = out.len().div_ceil(2);
    bytes.resize(pairs * PAIR, 0);
    rng.fill_bytes(bytes);
    // Compiled for the widest vectors of the machine; the arithmetic is the same on all.
    pulp::Arch::new().dispatch(
        #[inline(always)]
        || transform(bytes, out),
    );
}

/// The first half of `out` takes the cosines, the second the sines.
#[inline(always)]
fn transform(bytes: &[u8], out: &mut [f32]) {
    let (first, second) = out.split_at_mut(out.len().div_ceil(2));
    let word =
        |pair: &[u8], at: usize| u32::from_le_bytes([pair[at], pair[at + 1], pair[at + 2], pair[at + 3]]);
    for (pair, first) in bytes.chunks_exact(PAIR).zip(first.iter_mut()) {
        *first = from_bits(word(pair, 0), word(pair, 4)).0;
    }
    for (pair, second) in bytes.chunks_exact(PAIR).zip(second) {
        *second = from_bits(word(pair, 0), word(pair, 4)).1;
    }
}

/// Two variates from 64 random bits.
#[inline(always)]
fn from_bits(a: u32, b: u32) -> (f32, f32) {
    const STEP: f32 = 1.0 / 16_777_216.0;
    let radius = (-2.0 * ln(((a >> 8) as f32 + 0.5) * STEP)).sqrt();
    // An angle in the first quadrant, counted from its middle; two more bits choose the quadrant.
    let y = ((b >> 8) as f32 * STEP - 0.5) * FRAC_PI_2;
    let z = y * y;
    let sin = y * (1.0 + z * (-1.0 / 6.0 + z * (1.0 / 120.0 - z / 5040.0)));
    let cos = 1.0 + z * (-0.5 + z * (1.0 / 24.0 + z * (-1.0 / 720.0 + z / 40320.0)));
    let radius = radius * FRAC_1_SQRT_2;
    let signed = |value: f32, bit: u32| f32::from_bits(value.to_bits() ^ (bit << 31));
    (signed(radius * (cos - sin), b & 1), signed(radius * (cos + sin), (b >> 1) & 1))
}

/// ln x for 2⁻²⁵ ≤ x ≤ 1.
#[inline(always)]
fn ln(x: f32) -> f32 {
    // x = 2^k m with m in [√½, √2); ln m = 2 artanh((m−1)/(m+1)).
    const HALF_SQRT: u32 = 0x3f35_04f3;
    let shifted = x.to_bits().wrapping_sub(HALF_SQRT);
    let k = ((shifted as i32) >> 23) as f32;
    let m = f32::from_bits((shifted & 0x007f_ffff).wrapping_add(HALF_SQRT));
    let w = (m - 1.0) / (m + 1.0);
    let z = w * w;
    k * LN_2 + 2.0 * w * (1.0 + z * (1.0 / 3.0 + z * (0.2 + z * (1.0 / 7.0 + z / 9.0))))
}

#[cfg(test)]
mod tests {
    use domain::Seed;

    use super::*;

    #[test]
    fn the_logarithm_is_right() {
        for i in 1..10_000 {
            let x = i as f32 / 10_000.0;
            assert!((ln(x) - x.ln()).abs() < 2e-6, "{x}: {} {}", ln(x), x.ln());
        }
        assert!((ln(0.5 / 16_777_216.0) - (0.5_f32 / 16_777_216.0).ln()).abs() < 1e-5);
    }

    #[test]
    fn variates_are_normal() {
        let mut out = vec![0.0; 1_000_001];
        fill(&mut Seed::root(1).rng(), &mut Vec::new(), &mut out);
        let n = out.len() as f64;
        let moment = |power: i32| out.iter().map(|&v| f64::from(v).powi(power)).sum::<f64>() / n;
        for (power, expected, tolerance) in
            [(1, 0.0, 0.004), (2, 1.0, 0.006), (3, 0.0, 0.015), (4, 3.0, 0.04)]
        {
            assert!((moment(power) - expected).abs() < tolerance, "moment {power}: {}", moment(power));
        }
        for (limit, expected) in [(1.0, 0.317_31), (2.0, 0.045_50), (3.0, 0.002_700)] {
            let beyond = out.iter().filter(|v| v.abs() > limit).count() as f64 / n;
            assert!((beyond / expected - 1.0).abs() < 0.06, "beyond {limit}: {beyond}");
        }
        let neighbours: f64 = out.windows(2).map(|w| f64::from(w[0] * w[1])).sum::<f64>() / n;
        let halves: f64 =
            out[..500_000].iter().zip(&out[500_001..]).map(|(a, b)| f64::from(a * b)).sum::<f64>() / 5e5;
        assert!(neighbours.abs() < 0.004 && halves.abs() < 0.006, "{neighbours} {halves}");
    }
}
