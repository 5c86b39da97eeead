//! Files of votes, in and out: what the tools of other projects write becomes a
//! [`consensus::Crowd`] on dense numbers, and what a method found becomes a table.
//!
//! [`read`] recognises the format and fills a [`VoteLog`] in one pass (sixteen bytes a vote and
//! the names); [`Arranged`] decides which votes count and what can be true; `write_*` give it
//! back. Weighing votes is left to `consensus`, the command line to `cli`.

mod arrange;
mod error;
mod format;
mod frame;
mod input;
mod instant;
mod label_studio;
mod log;
mod names;
mod never;
mod options;
mod positive;
mod read;
mod repeats;
mod results;
mod sheet;
mod spelling;
mod swap_log;
mod table;
mod truth_file;
mod whole_file;
mod write;
mod zooniverse;

pub use arrange::{Arranged, GoldReport};
pub use error::VotesError;
pub use format::Format;
pub use input::Source;
pub use log::{Entry, RawVote, Truth, VoteLog};
pub use names::Names;
pub use never::NeverTruths;
pub use options::ReadOptions;
pub use positive::Positive;
pub use read::{glance, read, read_swap_log};
pub use repeats::{Repeat, Repeats};
pub use results::{write_posteriors, write_swap, write_workers};
pub use sheet::SheetFormat;
pub use swap_log::{SwapEntry, SwapLog};
pub use truth_file::read_truths;
pub use write::write_votes;
