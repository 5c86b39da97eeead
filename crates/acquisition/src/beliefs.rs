//! What is believed of one image beyond its probability: from the live head's Gaussian over the
//! logit, or else from members that disagree.
//!
//! The Gaussian needs one-dimensional integrals of σ(z) and of its entropy. The trapezoidal rule
//! converges exponentially here: its error falls as e^(−2π²/h²) by the Gaussian and e^(−2π²/(h·s))
//! by the poles of σ at ±iπ, both below 1e-8 for the steps taken.

use domain::sigmoid;

use crate::{Doubt, Pool, SelectError, Strategy, power_bald::bald_bits};

/// Standard deviation of a logit below which the first order is exact to a part in a million.
const TINY: f64 = 1e-3;
/// Deviations on either side that are summed.
const REACH: f64 = 6.0;

/// Mean and standard deviation of P(lens), and BALD in bits.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Moments {
    pub mean: f64,
    pub deviation: f64,
    pub bald: f64,
}

/// Where beliefs come from.
#[derive(Clone, Copy)]
pub(crate) enum Beliefs<'a> {
    /// The live head: preferred, as it has no sampling noise.
    Doubt(&'a [Doubt]),
    /// An ensemble, or draws.
    Members(&'a [Vec<f32>]),
}

impl<'a> Beliefs<'a> {
    /// What the pool has, if anything.
    pub fn within(pool: &Pool<'a>) -> Option<Self> {
        pool.doubt().map(Self::Doubt).or_else(|| pool.members().map(Self::Members))
    }

    /// What the pool has, or what this strategy lacks.
    pub fn of(pool: &Pool<'a>, strategy: Strategy) -> Result<Self, SelectError> {
        Self::within(pool).ok_or(SelectError::Missing {
            strategy,
            what: "to know how sure the network is",
            remedy: "give the doubt of a head (`Pool::with_doubt`) or two members (`Pool::with_members`)",
        })
    }

    /// One image's.
    pub fn moments(&self, index: usize) -> Moments {
        match self {
            Self::Doubt(doubt) => moments(doubt[index]),
            Self::Members(members) => {
                let of = |member: &'a Vec<f32>| f64::from(member[index]);
                let count = members.len() as f64;
                let mean = members.iter().map(of).sum::<f64>() / count;
                let variance = members.iter().map(|m| (of(m) - mean).powi(2)).sum::<f64>() / count;
                Moments { mean, deviation: variance.sqrt(), bald: bald_bits(members.iter().map(of)) }
            }
        }
    }

    /// One image's BALD in bits.
    pub fn bald(&self, index: usize) -> f64 {
        self.moments(index).bald
    }
}

/// Points and weights (which add up to 1) for expectations over a standard normal, good for
/// functions of `logit + deviation·t` that follow σ.
pub(crate) fn nodes(logit: f64, deviation: f64) -> impl Iterator<Item = (f64, f64)> {
    let step = 0.8_f64.min(1.0 / deviation.max(f64::MIN_POSITIVE));
    // Where σ is an exponential its weight sits `deviation` further up, but not beyond the bend.
    let towards = deviation.min(logit.abs() / deviation.max(f64::MIN_POSITIVE));
    let (low, high) = if logit <= 0.0 { (REACH, REACH + towards) } else { (REACH + towards, REACH) };
    let (low, high) = ((low / step).ceil() as i32, (high / step).ceil() as i32);
    let scale = step / std::f64::consts::TAU.sqrt();
    (-low..=high).map(move |k| {
        let t = f64::from(k) * step;
        (t, scale * (-0.5 * t * t).exp())
    })
}

/// Of a Gaussian over the logit.
pub(crate) fn moments(Doubt { logit, variance }: Doubt) -> Moments {
    let deviation = variance.sqrt();
    if deviation < TINY {
        let p = sigmoid(logit);
        let slope = p * sigmoid(-logit);
        let bald = 0.5 * variance * slope / std::f64::consts::LN_2;
        return Moments { mean: p, deviation: slope * deviation, bald };
    }
    // By symmetry below one half, where no digit of a small probability is lost.
    let below = -logit.abs();
    let (mut mean, mut square, mut entropy) = (0.0, 0.0, 0.0);
    for (t, weight) in nodes(below, deviation) {
        let z = below + deviation * t;
        let e = (-z.abs()).exp();
        let small = e / (1.0 + e);
        let p = if z < 0.0 { small } else { 1.0 / (1.0 + e) };
        mean += weight * p;
        square += weight * p * p;
        entropy += weight * (e.ln_1p() + z.abs() * small);
    }
    let bald = (entropy_nats(mean) - entropy).max(0.0) / std::f64::consts::LN_2;
    let deviation = (square - mean * mean).max(0.0).sqrt();
    Moments { mean: if logit > 0.0 { 1.0 - mean } else { mean }, deviation, bald }
}

fn entropy_nats(p: f64) -> f64 {
    if p <= 0.0 || p >= 1.0 { 0.0 } else { -p * p.ln() - (1.0 - p) * (-p).ln_1p() }
}

#[cfg(test)]
mod tests {
    use domain::binary_entropy_bits;

    use super::*;

    /// The same integrals by brute force.
    fn fine(logit: f64, deviation: f64) -> Moments {
        let steps = 400_000;
        let (low, width) = (-14.0, 28.0 / f64::from(steps));
        let (mut mean, mut square, mut entropy) = (0.0, 0.0, 0.0);
        for k in 0..steps {
            let t = low + width * (f64::from(k) + 0.5);
            let weight = width * (-0.5 * t * t).exp() / std::f64::consts::TAU.sqrt();
            let p = sigmoid(logit + deviation * t);
            mean += weight * p;
            square += weight * p * p;
            entropy += weight * binary_entropy_bits(p);
        }
        let bald = binary_entropy_bits(mean) - entropy;
        Moments { mean, deviation: (square - mean * mean).sqrt(), bald }
    }

    #[test]
    fn the_quadrature_is_the_integral() {
        for logit in [-9.0, -4.0, -1.0, 0.0] {
            for deviation in [0.05, 0.5, 1.0, 2.0, 5.0, 12.0] {
                let (found, expected) =
                    (moments(Doubt { logit, variance: deviation * deviation }), fine(logit, deviation));
                let near = |a: f64, b: f64| (a - b).abs() < 1e-6 * b.abs() + 1e-11;
                assert!(near(found.mean, expected.mean), "{logit}, {deviation}: {found:?}, {expected:?}");
                assert!(near(found.deviation, expected.deviation), "{found:?}, {expected:?}");
                assert!((found.bald - expected.bald).abs() < 2e-5 * expected.bald + 1e-11, "{found:?}");
                let mirrored = moments(Doubt { logit: -logit, variance: deviation * deviation });
                assert!((mirrored.mean - (1.0 - found.mean)).abs() < 1e-7);
                assert_eq!((mirrored.bald, mirrored.deviation), (found.bald, found.deviation));
            }
        }
    }

    #[test]
    fn a_little_doubt_joins_smoothly_and_none_is_nothing() {
        let at = |deviation: f64| moments(Doubt { logit: -2.0, variance: deviation * deviation }).bald;
        assert!((at(TINY * 0.999) / at(TINY * 1.001) - 1.0).abs() < 0.01);
        assert_eq!(at(0.0), 0.0);
        let far = moments(Doubt { logit: -700.0, variance: 4.0 });
        assert!(far.mean >= 0.0 && far.bald >= 0.0 && far.deviation >= 0.0, "{far:?}");
    }
}
