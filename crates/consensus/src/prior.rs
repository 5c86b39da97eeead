//! The prior of `p_joint`: what the network thinks of an image before anybody voted.

use std::collections::HashMap;

use domain::SubjectId;

/// Where the prior probability of an image comes from.
///
/// Never the rate of lenses among the images that were served: those were selected, and their
/// rate says nothing about an image (selection bias of active learning).
#[derive(Debug, Clone, PartialEq)]
pub enum PriorSource {
    /// The same for every image.
    Fixed(f64),
    /// The calibrated network score of each image.
    PerSubject {
        /// Probability of a lens by image.
        scores: HashMap<SubjectId, f64>,
        /// For images without a score.
        otherwise: f64,
    },
}

impl PriorSource {
    /// The prior of one image, kept inside `range` so that no score silences the votes. A score
    /// that is no number counts as missing.
    #[must_use]
    pub fn of(&self, subject: SubjectId, range: (f64, f64)) -> f64 {
        let prior = match self {
            Self::Fixed(prior) => *prior,
            Self::PerSubject { scores, otherwise } => {
                scores.get(&subject).copied().filter(|p| p.is_finite()).unwrap_or(*otherwise)
            }
        };
        prior.clamp(range.0, range.1)
    }
}
