//! Permanent random numbers: each image has its own, given by the seed and its id alone.
//! Neither the order of the pool nor who else is in it changes an image's luck.

use domain::{Rng, Seed, SubjectId};
use rand::Rng as _;

/// A source of one random number per image.
pub(crate) struct Noise(Rng);

impl Noise {
    /// The numbers of this node of the seed tree.
    pub(crate) fn new(seed: Seed) -> Self {
        Self(seed.rng())
    }

    /// Uniform in the open interval (0, 1): 53 bits of the key stream at the image's own place.
    pub(crate) fn uniform(&self, subject: SubjectId) -> f64 {
        let mut rng = self.0.clone();
        rng.set_word_pos(u128::from(subject.0.cast_unsigned()) * 2);
        ((rng.next_u64() >> 11) as f64 + 0.5) / (1_u64 << 53) as f64
    }

    /// Standard Gumbel: −ln(−ln u).
    pub(crate) fn gumbel(&self, subject: SubjectId) -> f64 {
        -(-self.uniform(subject).ln()).ln()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_image_keeps_its_number_and_seeds_differ() {
        let noise = Noise::new(Seed::root(1));
        let first = noise.uniform(SubjectId(7));
        noise.uniform(SubjectId(8));
        assert_eq!(noise.uniform(SubjectId(7)), first);
        assert_ne!(Noise::new(Seed::root(2)).uniform(SubjectId(7)), first);
        assert!((0.0..1.0).contains(&noise.uniform(SubjectId(-1))));
    }

    #[test]
    fn neighbours_are_uniform_and_uncorrelated() {
        let noise = Noise::new(Seed::root(3));
        let u: Vec<f64> = (0..20_000).map(|i| noise.uniform(SubjectId(i)) - 0.5).collect();
        let mean = u.iter().sum::<f64>() / 20_000.0;
        let lag = u.windows(2).map(|w| w[0] * w[1]).sum::<f64>() / 20_000.0 * 12.0;
        assert!(mean.abs() < 4.0 * (1.0_f64 / 12.0 / 20_000.0).sqrt(), "{mean}");
        assert!(lag.abs() < 4.0 / 20_000_f64.sqrt(), "{lag}");
    }
}
