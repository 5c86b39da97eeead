//! From votes to what we believe. Everything is a fold over an append-only log, recomputable from
//! it at any time; no file, clock or random number is touched here.
//!
//! Two halves. Votes of any crowd on any question, on dense numbers: [`Crowd`], and the methods
//! that weigh them, one file each with the same two verbs ([`Method`]: take one vote, fit them
//! all): [`methods`], [`house`], and [`space_warps`] (SWAP exactly, in the order of its log). And
//! the consensus of one lens project as it lives in its database: [`live`].
//!
//! How far posteriors can be trusted is in [`monitors`], what the Zooniverse's own tool would say
//! in [`reducers`]. Files of votes are left to the crate `votes`, storing to `store`.

mod ballot;
pub mod calibration;
mod config;
mod crowd;
mod fit;
pub mod house;
pub mod live;
pub mod methods;
pub mod monitors;
pub mod reducers;
mod skill;
pub mod space_warps;

pub use ballot::{Ballot, LogReport, ballots};
pub use config::ConfigError;
pub use crowd::{Crowd, Shape, Vote};
pub use fit::{Fit, Follow, Method, WorkerFit};
pub use monitors::{Reliability, ReliabilityBin, reliability};
pub use skill::skill_bits;
pub use space_warps::{OfflineSwap, Preset, SpaceWarps, SpaceWarpsConfig, Status};
