//! The loop: one project goes round by round through freeze, aggregate, train,
//! evaluate, gate, promote, score, select and collect. The rounds are rows in the
//! database; the steps write files named by what they depend on. Asking people is
//! `server`'s part, drawing progress and parsing commands `cli`'s.

mod audit;
mod error;
pub mod hidden_truth;
mod known_negatives;
pub mod labels;
pub mod live;
pub mod measure;
pub mod monitors;
pub mod preview;
pub mod priors;
pub mod real;
pub mod realism;
pub mod report;
pub mod review;
mod runner;
mod scored_pool;
pub mod search;
pub mod selection_log;
pub mod setup;
mod spec;
pub mod step;
mod subjects;
mod teaching;
pub mod tiles;
mod workspace;

pub use error::CampaignError;
pub use runner::{Advance, Context, Project, Round, STEPS, advance};
pub use spec::{
    CampaignSpec, ChosenQuestion, GateConfig, LiveSettings, QuizSettings, ReviewedNegatives, Selection,
};
pub use workspace::{Workspace, read_json, write_atomically, write_json};
