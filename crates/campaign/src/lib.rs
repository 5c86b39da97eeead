//! The loop: one project goes round by round through freeze, aggregate, train,
//! evaluate, gate, promote, score, select and collect. The rounds are rows in the
//! database; the steps write files named by what they depend on. Asking people is
//! `server`'s part, drawing progress and parsing commands `cli`'s.

mod error;
pub mod hidden_truth;
pub mod measure;
pub mod preview;
pub mod real;
pub mod realism;
pub mod report;
mod runner;
pub mod selection_log;
pub mod setup;
mod spec;
pub mod step;
pub mod tiles;
mod workspace;

pub use error::CampaignError;
pub use runner::{Advance, Context, Project, Round, STEPS, advance};
pub use spec::{CampaignSpec, GateConfig, Selection};
pub use workspace::{Workspace, read_json, write_atomically, write_json};
