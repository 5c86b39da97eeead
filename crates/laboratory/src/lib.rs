//! Experiments: an experiment's file becomes a run in a folder of its own, with
//! seeds, sweeps, resume, tables, exports and one page that shows what came out.

pub mod config;
mod error;

pub use config::{Experiment, Plan};
pub use error::LabError;
