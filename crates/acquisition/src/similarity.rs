//! Similarity: most like the examples, by the cosine of the centred embeddings to the nearest one.
//! The examples are named, or the known lenses; with neither, greedy chooses and says so.

use domain::{Seed, SubjectId};
use serde::{Deserialize, Serialize};

use crate::{
    Greedy, Pool, SelectError, Selected, Selector, Strategy,
    located::Located,
    rows,
    space::{Space, dot},
};

/// Examples compared with at most: n × examples is the cost.
const EXAMPLES: usize = 256;

/// Settings of [`Similarity`].
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct SimilarityConfig {
    /// Images of the pool; none: the known lenses.
    pub examples: Vec<SubjectId>,
}

/// The strategy.
#[derive(Debug, Clone, Default)]
pub struct Similarity {
    config: SimilarityConfig,
}

impl Similarity {
    /// With these examples.
    #[must_use]
    pub const fn new(config: SimilarityConfig) -> Self {
        Self { config }
    }

    /// Positions of the examples.
    fn examples(&self, pool: &Pool<'_>) -> Result<Vec<usize>, SelectError> {
        if self.config.examples.is_empty() {
            let lenses = pool.labelled().iter().filter(|label| label.says_lens());
            return Ok(lenses.map(|label| label.index).collect());
        }
        let mut wanted: Vec<SubjectId> = self.config.examples.clone();
        wanted.sort_unstable();
        wanted.dedup();
        let found: Vec<usize> =
            (0..pool.len()).filter(|i| wanted.binary_search(&pool.ids()[*i]).is_ok()).collect();
        match wanted.iter().find(|id| !found.iter().any(|i| pool.ids()[*i] == **id)) {
            Some(missing) => Err(SelectError::NoExample(*missing)),
            None => Ok(found),
        }
    }
}

impl Selector for Similarity {
    fn strategy(&self) -> Strategy {
        Strategy::Similarity
    }

    /// Score: the cosine. Inclusion probability: 1 (where there are more than 256 examples, given
    /// those that the seed drew). An example itself is chosen only if it is open.
    fn select_among(
        &self,
        pool: &Pool<'_>,
        open: &[usize],
        budget: usize,
        seed: Seed,
    ) -> Result<Vec<Selected>, SelectError> {
        let space = Space::of(pool, open, Strategy::Similarity)?;
        let examples = self.examples(pool)?;
        if examples.is_empty() {
            return Greedy.select_among(pool, open, budget, seed);
        }
        let examples = space.rows(&rows::sample(pool, &examples, EXAMPLES, seed)).normalised();
        let cosine = |i: usize| {
            let row = space.rows_here(&[i]).normalised();
            let of = |at: usize| dot(row.row(0), examples.row(at));
            f64::from((0..examples.len()).map(of).fold(f32::NEG_INFINITY, f32::max))
        };
        let cosines = Located::of(pool, open, cosine);
        Ok(rows::highest(pool, open, budget, Strategy::Similarity, |i| cosines.at(i)))
    }
}
