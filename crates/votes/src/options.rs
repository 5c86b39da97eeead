//! What a person can choose about how votes are read.

use crate::Format;

/// How to read.
#[derive(Debug, Clone, Default)]
pub struct ReadOptions {
    /// Read it as this format, whatever it looks like.
    pub format: Option<Format>,
    /// Column (or key) that names the task, instead of the usual names.
    pub task_column: Option<String>,
    /// Column that names the worker.
    pub worker_column: Option<String>,
    /// Column that holds the label.
    pub label_column: Option<String>,
    /// Column with the time of the vote.
    pub time_column: Option<String>,
    /// Column with the truth of the task, where it is known.
    pub truth_column: Option<String>,
    /// The question: a task of a Zooniverse workflow (`T0` unless given) or a `from_name` of Label Studio.
    pub question: Option<String>,
    /// Only classifications of this workflow of Zooniverse.
    pub workflow: Option<String>,
    /// Leave out rows without task, worker or label instead of refusing the file.
    pub skip_incomplete: bool,
    /// Leave aside truths that stand among the votes.
    pub ignore_truths: bool,
}
