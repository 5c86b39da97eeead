//! The live head of a replay: fitted to what people said, it corrects the champion's scores of all images.
//!
//! Of an image that the head learnt from, its own votes are taken out of the score again (the exact step of
//! leave-one-out at the fitted curvature): else they would count twice in `p_joint`.

use acquisition::{Doubt, Example, HeadError, HeadPrior, LiveHead, Standard, offset};
use domain::sigmoid;

use crate::{ReplayError, StoredPool};

/// An image people said enough about.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Lesson {
    pub subject: usize,
    pub target: f32,
    pub weight: f32,
}

/// The head and the scores it gave last.
pub(crate) struct Head<'a> {
    pool: &'a StoredPool,
    offsets: Vec<f64>,
    head: LiveHead,
    /// Fits so far.
    pub version: u32,
    /// What it believes of every logit.
    pub doubts: Vec<Doubt>,
    /// What it says of every image, each without its own votes.
    pub scores: Vec<f64>,
}

impl<'a> Head<'a> {
    /// Before any vote: the champion's scores, with doubt.
    pub(crate) fn new(pool: &'a StoredPool, policy: &str) -> Result<Self, ReplayError> {
        let failed = |error: HeadError| failed(policy, &error);
        let standard = Standard::of(&pool.embeddings, pool.dim).map_err(failed)?;
        let head = LiveHead::new(standard, HeadPrior::default()).map_err(failed)?;
        let offsets: Vec<f64> = pool.probability.iter().map(|p| offset(*p)).collect();
        let doubts = head.rerank(&offsets, &pool.embeddings).map_err(failed)?.doubts;
        Ok(Self { pool, offsets, head, version: 0, doubts, scores: pool.probability.clone() })
    }

    /// Learns these, all there are, and scores the pool again.
    pub(crate) fn learn(&mut self, lessons: &[Lesson], policy: &str) -> Result<(), ReplayError> {
        let failed = |error: HeadError| failed(policy, &error);
        let examples: Vec<Example<'_>> = lessons
            .iter()
            .map(|lesson| Example {
                offset: self.offsets[lesson.subject],
                embedding: self.pool.embedding(lesson.subject),
                target: lesson.target,
                weight: lesson.weight,
            })
            .collect();
        self.head = self.head.fit(&examples).map_err(failed)?;
        let reranked = self.head.rerank(&self.offsets, &self.pool.embeddings).map_err(failed)?;
        (self.doubts, self.scores) = (reranked.doubts, reranked.probabilities);
        for lesson in lessons {
            self.scores[lesson.subject] = sigmoid(without(lesson, self.doubts[lesson.subject]));
        }
        self.version += 1;
        Ok(())
    }
}

/// The logit that the head would give an image without having learnt from it: one Newton step of the fit
/// without it, from where the fit with it ended.
fn without(lesson: &Lesson, doubt: Doubt) -> f64 {
    let (target, weight) = (f64::from(lesson.target), f64::from(lesson.weight));
    let p = sigmoid(doubt.logit);
    let leverage = (weight * p * (1.0 - p) * doubt.variance).min(0.99);
    doubt.logit + weight * (p - target) * doubt.variance / (1.0 - leverage)
}

fn failed(policy: &str, error: &HeadError) -> ReplayError {
    ReplayError::Head { policy: policy.to_owned(), reason: error.to_string() }
}

#[cfg(test)]
mod tests {
    use domain::{Seed, logit};
    use rand::RngExt as _;

    use super::*;
    use crate::SyntheticPool;

    #[test]
    fn what_an_image_taught_is_taken_out_of_its_own_score() {
        let pool = SyntheticPool { images: 300, ..SyntheticPool::default() }.build(Seed::root(3));
        let mut rng = Seed::root(4).rng();
        let lessons: Vec<Lesson> = (0..60)
            .map(|subject| Lesson { subject, target: rng.random::<f32>(), weight: rng.random::<f32>() })
            .collect();
        let mut all = Head::new(&pool, "test").unwrap();
        all.learn(&lessons, "test").unwrap();
        let mut compared = 0;
        for left_out in [0, 7, 30] {
            let rest: Vec<Lesson> = lessons.iter().filter(|l| l.subject != left_out).copied().collect();
            let mut without = Head::new(&pool, "test").unwrap();
            without.learn(&rest, "test").unwrap();
            if (without.head.deviation() - all.head.deviation()).abs() > 1e-9 {
                // The evidence chose another width: then more than the image's own votes changed.
                continue;
            }
            compared += 1;
            let (told, true_one) = (logit(all.scores[left_out]), without.doubts[left_out].logit);
            let moved = (all.doubts[left_out].logit - true_one).abs();
            assert!((told - true_one).abs() < 0.25 * moved + 0.02, "{told} {true_one} {moved}");
        }
        assert!(compared > 0);
    }
}
