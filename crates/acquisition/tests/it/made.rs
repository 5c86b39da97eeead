//! Made-up pools.

use acquisition::Pool;
use domain::{Seed, SubjectId, sigmoid};
use rand::Rng as _;

/// Ids, probabilities and members of a pool, owned.
pub struct Made {
    pub ids: Vec<SubjectId>,
    pub probabilities: Vec<f64>,
    pub members: Vec<Vec<f32>>,
}

impl Made {
    pub fn pool(&self) -> Pool<'_> {
        Pool::new(&self.ids, &self.probabilities).unwrap().with_members(&self.members).unwrap()
    }

    /// The same images at other positions.
    pub fn permuted(&self, order: &[usize]) -> Self {
        Self {
            ids: order.iter().map(|i| self.ids[*i]).collect(),
            probabilities: order.iter().map(|i| self.probabilities[*i]).collect(),
            members: self.members.iter().map(|m| order.iter().map(|i| m[*i]).collect()).collect(),
        }
    }
}

fn unit(rng: &mut domain::Rng) -> f64 {
    (rng.next_u64() >> 11) as f64 / (1_u64 << 53) as f64
}

/// `n` images, logits spread evenly over −9…3 with members around them; few are likely lenses.
pub fn made(n: usize, members: usize, seed: u64) -> Made {
    let mut rng = Seed::root(seed).rng();
    let logits: Vec<f64> = (0..n).map(|_| 12.0 * unit(&mut rng).powi(3) - 9.0).collect();
    let around = |z: &f64, rng: &mut domain::Rng| sigmoid(z + 3.0 * (unit(rng) - 0.5)) as f32;
    Made {
        ids: (0..n).map(|i| SubjectId(10_000 + 7 * i as i64)).collect(),
        probabilities: logits.iter().map(|z| sigmoid(*z)).collect(),
        members: (0..members).map(|_| logits.iter().map(|z| around(z, &mut rng)).collect()).collect(),
    }
}

/// Which images are lenses if the probabilities are right.
pub fn lenses(pool: &Pool<'_>, seed: u64) -> Vec<bool> {
    let mut rng = Seed::root(seed).child("truth").rng();
    pool.probabilities().iter().map(|p| unit(&mut rng) < *p).collect()
}
