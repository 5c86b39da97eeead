//! The consensus of one project as it lives in its database: every vote is weighed the moment it
//! arrives, and the same votes always give the same state.
//!
//! [`Engine`] holds the rules (O(1) per vote, pure), [`Fold`] follows a log in memory, [`refit`]
//! weighs all votes at once, [`Retirement`] says when an image has been asked about often enough.
//! Reading and writing are left to the crate `store`.

mod anchor;
mod belief;
mod chain;
mod engine;
mod evidence;
mod eye;
mod fold;
mod house;
mod label;
mod record;
mod refit;
mod retirement;
mod settings;
mod truth;

pub use anchor::Anchor;
pub use belief::Belief;
pub use chain::Link;
pub use engine::Engine;
pub use evidence::{Evidence, STATES};
pub use eye::{Eye, Rate, Worth};
pub use fold::{Fold, Step, SubjectBelief};
pub use label::{LabelRule, SoftLabel};
pub use record::{ANSWERS, Counts, VolunteerRecord};
pub use refit::{Refit, refit};
pub use retirement::{Judgement, Outcome, Retirement, Rule};
pub use settings::{Experts, HouseSettings, LiveMethod, MajoritySettings, Settings, SwapSettings};
pub use truth::TruthKind;
