//! What a lead watches so that a wrong belief is seen before it does harm.
//!
//! - [`mod@reliability`]: whether the posteriors mean what they say.

mod reliability;

pub use reliability::{Reliability, ReliabilityBin, expected_lenses, known_image_scores, reliability};
