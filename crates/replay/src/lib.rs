//! A campaign before it happens: a policy (which images to ask about, how to weigh the votes, when to stop
//! asking) runs vote by vote on a stored pool whose truth is known, with simulated people, so that a policy
//! is chosen by evidence before anybody's time is spent.
//!
//! [`replay`] runs one [`Trial`] on one [`StoredPool`]; the same pool and trial give the same [`Outcome`].
//! Votes are weighed, images retired and people's skills learnt by `consensus::live`, images chosen by
//! `acquisition`, both as in a real campaign. **The network is not trained again**: what learns within a
//! replay is the live head over the stored embeddings ([`HeadMode`]). Sweeps, files and charts are left to
//! `laboratory`; no file, clock or network is touched here.

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
pub use crowd::{CrowdMix, CrowdPreset, LookAlike, TruthEntry};
pub use error::ReplayError;
pub use outcome::{Decision, Impression, Outcome, Ranked, VolunteerSummary};
pub use policy::Policy;
pub use pool::StoredPool;
pub use synthetic::SyntheticPool;
pub use trial::{Trial, replay};
