//! The application database: projects, subjects, volunteers, queues, the
//! append-only log of votes, the live consensus that every vote updates, decisions,
//! posteriors, models and the rounds of the campaign, on SQLite or PostgreSQL.
//!
//! Every SQL statement of the house lives in [`sql`], every function that runs
//! one in `body`, and `body` is compiled twice: once against sqlx's SQLite types
//! (`sqlite.rs`) and once against its PostgreSQL types (`postgres.rs`). The few
//! sentences the two say differently are in each backend's `dialect`.
//!
//! How votes are weighed and when an image is retired is decided by the engine of
//! `consensus::live`; here its state is kept, in the transaction of each vote, and
//! images are handed out by it (`route`). Selection, password hashing and the wording
//! of HTTP errors are left to others; no other crate names sqlx.
#![expect(clippy::duplicate_mod, reason = "`body` is compiled once per database on purpose")]

mod assignment;
mod belief;
mod consensus_rules;
mod decision;
mod error;
mod export;
mod kept;
mod log;
mod model;
mod outcomes;
mod posterior;
mod postgres;
mod project;
mod queue;
mod review;
mod round;
mod route;
mod rules;
mod session;
mod sql;
mod sqlite;
mod status;
mod step;
mod store;
mod subject;
mod verify;
mod volunteer;
mod volunteer_record;
mod vote;

pub use assignment::{Assigned, Assignment, Slot, TrainingPick};
pub use belief::BeliefRow;
pub use decision::{Cause, DecisionRow, DecisionSeq};
pub use error::{Result, RetractionRefusal, StoreError, VoteRefusal};
pub use export::VoteRow;
pub use log::LogSeq;
pub use model::{Decision, Model, NewModel, Promotion, PromotionKind, PromotionRecord};
pub use outcomes::Outcomes;
pub use posterior::{Candidate, PosteriorBatch, PosteriorRow};
pub use project::{NewProject, Project};
pub use queue::{NewQueue, QueueItem, QueueState, QueuedItem};
pub use review::Review;
pub use round::{Round, RunState};
pub use rules::Rules;
pub use session::SessionLimits;
pub use status::ProjectStatus;
pub use step::{Claim, Step};
pub use store::{DatabaseKind, Store};
pub use subject::{ImageRef, NewSubject, Role, Subject};
pub use verify::Verification;
pub use volunteer::{Credentials, NewVolunteer, Volunteer, VoteCounts};
pub use volunteer_record::RecordRow;
pub use vote::{NewRetraction, NewVote, VoteReceipt};
