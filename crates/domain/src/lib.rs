//! Words the whole house shares: typed ids, labels, answers, the entries of the
//! classification log, probabilities, sky positions, digests, the clock and the
//! seed tree. No file, network, async or global state lives here.

mod answer;
mod classification;
mod clock;
mod digest;
mod id;
mod interval;
mod label;
mod look_alike;
mod probability;
mod progress;
mod seed;
mod sky;
mod tally;

pub use answer::Answer;
pub use classification::{Classification, LogEntry, Retraction};
pub use clock::{Clock, Timestamp, truncate_to_micros};
pub use digest::{Digest, DigestParseError};
pub use id::{AssignmentId, ClassificationId, ProjectId, SubjectId, VolunteerId};
pub use interval::wilson;
pub use label::Label;
pub use look_alike::LookAlike;
pub use probability::{OutOfRange, Probability, binary_entropy_bits, logit, sigmoid};
pub use progress::{Cancelled, Progress, Silent};
pub use seed::{Rng, Seed};
pub use sky::SkyCoord;
pub use tally::{RetirementRule, Tally};
