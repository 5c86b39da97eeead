//! Experiments: an experiment's file becomes a run in a folder of its own, with
//! seeds, sweeps, resume, tables, exports and one page that shows what came out.
//!
//! Replaying a campaign is `replay`'s, training and scoring `finder`'s, drawing
//! `figures`'. The demo is run by whoever has a server (`cli`) and handed in here.

pub mod compare;
pub mod config;
pub mod demos;
mod error;
mod events;
pub mod export;
pub mod pool;
pub mod provenance;
mod repeat;
mod replays;
pub mod report;
pub mod results;
mod run;
pub mod statistics;
mod trials;

pub use compare::Comparison;
pub use config::{Experiment, Plan};
pub use demos::DemoRun;
pub use error::LabError;
pub use provenance::{Provenance, RunFile};
pub use repeat::Verdict;
pub use results::Results;
pub use run::{PAGE, RESULTS, Run, Surroundings};
