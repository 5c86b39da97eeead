//! A pool as a network scored it once, with its truth: what a replay runs on. Reading one from files is
//! left to `laboratory`.

use serde::{Deserialize, Serialize};

use crate::{ReplayError, TruthEntry};

/// Scores, embeddings and truth of a survey; all lists run in parallel.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct StoredPool {
    /// What people call it.
    pub name: String,
    /// The images; no name twice.
    pub ids: Vec<String>,
    /// The champion's calibrated probability of a lens.
    pub probability: Vec<f64>,
    /// The champion's embeddings, `dim` numbers an image; empty where there are none, which is enough for
    /// policies without a head and strategies without embeddings.
    #[serde(default)]
    pub embeddings: Vec<f32>,
    /// Numbers of one embedding; 0 without any.
    #[serde(default)]
    pub dim: usize,
    /// What is in each image. People's mistakes are made from it, and nothing else is told it but the
    /// figures of the checkpoints.
    pub truth: Vec<TruthEntry>,
    /// Where each is on the sky (HEALPix cells), for policies that spread; empty where unknown.
    #[serde(default)]
    pub cells: Vec<u64>,
    /// The network that scored it.
    #[serde(default)]
    pub model: String,
}

impl StoredPool {
    /// How many images.
    #[must_use]
    pub const fn len(&self) -> usize {
        self.ids.len()
    }

    /// Whether there is none.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.ids.is_empty()
    }

    /// How many lenses.
    #[must_use]
    pub fn lenses(&self) -> usize {
        self.truth.iter().filter(|entry| entry.is_lens).count()
    }

    /// The embedding of one image; empty without any.
    #[must_use]
    pub fn embedding(&self, index: usize) -> &[f32] {
        &self.embeddings[index * self.dim..][..self.dim]
    }

    /// Refuses lists that do not fit together.
    ///
    /// # Errors
    /// Names the list.
    pub fn check(&self) -> Result<(), ReplayError> {
        let wrong =
            |field, problem: String| Err(ReplayError::Pool { pool: self.name.clone(), field, problem });
        let images = self.len();
        if images == 0 {
            return wrong("ids", "is empty; give at least one image".to_owned());
        }
        let embeddings = if self.embeddings.is_empty() { 0 } else { images * self.dim };
        for (field, found, expected) in [
            ("probability", self.probability.len(), images),
            ("truth", self.truth.len(), images),
            ("embeddings", self.embeddings.len(), embeddings),
            ("cells", self.cells.len(), if self.cells.is_empty() { 0 } else { images }),
        ] {
            if found != expected {
                return wrong(field, format!("holds {found} numbers and should hold {expected}"));
            }
        }
        if self.embeddings.is_empty() && self.dim != 0 {
            return wrong("dim", format!("is {} without embeddings; give 0", self.dim));
        }
        if let Some(at) = self.probability.iter().position(|p| !(0.0..=1.0).contains(p)) {
            let problem =
                format!("of {} is {}, no probability; score it again", self.ids[at], self.probability[at]);
            return wrong("probability", problem);
        }
        if let Some(at) = self.embeddings.iter().position(|x| !x.is_finite()) {
            let problem = format!("of {} hold what is no number; score it again", self.ids[at / self.dim]);
            return wrong("embeddings", problem);
        }
        if let Some(at) = self.truth.iter().position(|entry| !(0.0..=1.0).contains(&entry.difficulty)) {
            return wrong("truth", format!("of {} has a difficulty outside 0 to 1", self.ids[at]));
        }
        let mut names: Vec<&str> = self.ids.iter().map(String::as_str).collect();
        names.sort_unstable();
        match names.windows(2).find(|pair| pair[0] == pair[1]) {
            Some(twice) => wrong("ids", format!("hold {} twice; list each image once", twice[0])),
            None => Ok(()),
        }
    }
}
