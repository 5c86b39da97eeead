//! Made-up pools.

use acquisition::{Doubt, Embeddings, Labelled, Pool};
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

/// A pool with everything a strategy may ask for, owned.
pub struct Rich {
    pub made: Made,
    pub doubt: Vec<Doubt>,
    pub embeddings: Vec<f32>,
    pub dim: usize,
    pub cells: Vec<u64>,
    pub labelled: Vec<Labelled>,
    pub disputed: Vec<(usize, f64)>,
}

impl Rich {
    pub fn pool(&self) -> Pool<'_> {
        self.bare()
            .with_members(&self.made.members)
            .and_then(|pool| pool.with_doubt(&self.doubt))
            .and_then(|pool| pool.with_embeddings(Embeddings { numbers: &self.embeddings, dim: self.dim }))
            .and_then(|pool| pool.with_disputed(&self.disputed))
            .expect("made as it should be")
    }

    /// Ids, probabilities, labels and sky only.
    pub fn bare(&self) -> Pool<'_> {
        Pool::new(&self.made.ids, &self.made.probabilities)
            .and_then(|pool| pool.with_cells(&self.cells))
            .and_then(|pool| pool.with_labelled(&self.labelled))
            .expect("made as it should be")
    }

    /// The same images at other positions.
    pub fn permuted(&self, order: &[usize]) -> Self {
        let mut place = vec![0; order.len()];
        for (to, from) in order.iter().enumerate() {
            place[*from] = to;
        }
        let row = |i: &usize| self.embeddings[i * self.dim..(i + 1) * self.dim].to_vec();
        let mut labelled: Vec<Labelled> =
            self.labelled.iter().map(|l| Labelled { index: place[l.index], ..*l }).collect();
        labelled.sort_by_key(|l| l.index);
        Self {
            made: self.made.permuted(order),
            doubt: order.iter().map(|i| self.doubt[*i]).collect(),
            embeddings: order.iter().flat_map(row).collect(),
            dim: self.dim,
            cells: order.iter().map(|i| self.cells[*i]).collect(),
            labelled,
            disputed: self.disputed.iter().rev().map(|(i, bits)| (place[*i], *bits)).collect(),
        }
    }

    /// With these labels instead.
    pub fn labelled(mut self, labels: impl IntoIterator<Item = (usize, f32)>) -> Self {
        self.labelled = labels.into_iter().map(|(index, is_lens)| Labelled { index, is_lens }).collect();
        self
    }
}

/// `n` images around four middles in six dimensions; one in ten has a label, one in nine is disputed.
pub fn rich(n: usize, seed: u64) -> Rich {
    let made = made(n, 4, seed);
    let mut rng = Seed::root(seed).child("rich").rng();
    let dim = 6;
    let embeddings = (0..n * dim)
        .map(|k| {
            let (image, d) = (k / dim, k % dim);
            let middle = if image % 4 == d % 4 { 3.0 } else { 0.0 };
            (middle + 2.0 * unit(&mut rng) - 1.0) as f32
        })
        .collect();
    let doubt = made
        .probabilities
        .iter()
        .map(|p| Doubt { logit: domain::logit(*p), variance: 0.1 + 2.0 * unit(&mut rng) })
        .collect();
    let labelled = (0..n)
        .filter(|i| i % 10 == 3)
        .map(|index| Labelled { index, is_lens: f32::from(u8::from(index % 20 == 3)) })
        .collect();
    Rich {
        made,
        doubt,
        embeddings,
        dim,
        cells: (0..n).map(|i| (i * 7 % 5) as u64).collect(),
        labelled,
        disputed: (0..n).filter(|i| i % 9 == 3).map(|i| (i, unit(&mut rng))).collect(),
    }
}
