//! The plain reducers people know from the Zooniverse aggregation tool and Caesar, so that a
//! project can compare and move without losing its numbers: counts per answer, the most likely
//! answer with its agreement, "the first n say so", difficulty of a subject, skill of a user.
//! They weigh nobody; weighing votes is left to `methods`, `house` and `space_warps`.
//!
//! Behaviour follows the vectors published with those tools (`tests/it/reducers.rs`), corners
//! included: of equal counts the answer seen first wins; a classification without a choice is an
//! answer of its own where sets of choices are answers, unless that is switched off.

mod choices;
mod consensus;
mod count;
mod difficulty;
mod first_n;
mod skill_confusion;
mod user_skill;

pub use choices::{Choices, Grouping};
pub use consensus::{AnswerConsensus, RunningConsensus, answer_consensus, set_consensus};
pub use count::{AnswerCount, count_answers};
pub use difficulty::{DifficultyError, subject_difficulty};
pub use first_n::first_n;
pub use user_skill::{
    ClassSkill, GoldAnswer, LevelUp, SkillError, SkillMode, SkillSettings, UserSkill, user_skill,
};
