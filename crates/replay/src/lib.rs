//! A campaign before it happens: a policy (which images to ask about, how to weigh the votes, when to stop
//! asking) runs vote by vote on a stored pool whose truth is known, with simulated people, so that a policy
//! is chosen by evidence before anybody's time is spent.
//!
//! [`replay`] runs one [`Trial`] on one [`StoredPool`]; the same pool and trial give the same [`Outcome`].
//! Votes are weighed, images retired and people's skills learnt by `consensus::live`, images chosen by
//! `acquisition`, both as in a real campaign. Sweeps, files and charts are left to `laboratory`; no file,
//! clock or network is touched here.
//!
//! What differs from a campaign, so that a replay takes seconds:
//!
//! - **The network is not trained again**: what learns is the live head over the stored embeddings
//!   ([`HeadMode`]).
//! - A live head is fitted again after `refresh_votes` or 3 % of the votes so far, whichever is more. In the
//!   middle of a round a portfolio then chooses without k-means cells and EPIG, and images that nobody has
//!   begun leave the queue (in a campaign they go to its end).
//! - An image with votes follows the head too, with its own votes taken out of the score; a campaign leaves its
//!   prior as it was and brings it back when the head surely contradicts it.
//! - Training images are drawn like the pool's own truth; there are no expert reviews, and nobody undoes a vote.
//!   Eight people hold images at the same moment.

mod checkpoint;
mod chooser;
pub mod crowd;
mod error;
mod outcome;
mod policy;
mod pool;
mod ranking;
mod run;
pub mod study;
mod synthetic;
mod trial;

pub use acquisition::{HeadMode, StrategyConfig};
pub use checkpoint::{Checkpoint, Estimate, Forecast};
pub use crowd::{CrowdMix, CrowdPreset, TruthEntry};
pub use error::ReplayError;
pub use outcome::{Decision, Impression, Outcome, Ranked, VolunteerSummary};
pub use policy::Policy;
pub use pool::StoredPool;
pub use synthetic::SyntheticPool;
pub use trial::{Trial, replay};
