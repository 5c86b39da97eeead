//! The queue of a round: which subjects people are asked about, in which order,
//! and why each was chosen.

use domain::{Digest, ProjectId, SubjectId, Tally};

use crate::{
    Result, Store, StoreError,
    store::{on_backend, write_on_backend},
};

/// One chosen subject, with what completeness is later computed from.
#[derive(Debug, Clone, PartialEq)]
pub struct QueueItem {
    /// The subject.
    pub subject: SubjectId,
    /// Its place: 0 is asked first.
    pub rank: u32,
    /// Who chose it: the name of the acquisition strategy.
    pub strategy: String,
    /// With which probability the strategy would have chosen it, (0, 1].
    pub inclusion_probability: f64,
    /// The network whose scores were used.
    pub model_version: String,
    /// What an answer on it is worth beside others, above 0; 1 when nothing is known. People are
    /// asked first where worth times uncertainty is greatest.
    pub value: f64,
}

/// A queue to be.
#[derive(Debug, Clone, PartialEq)]
pub struct NewQueue {
    /// The round it belongs to.
    pub round: u32,
    /// What to ask about.
    pub items: Vec<QueueItem>,
    /// Votes the round may spend on survey subjects.
    pub votes_budget: u64,
}

/// How far a queue is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct QueueState {
    /// Whether images are still handed out.
    pub open: bool,
    /// Subjects in it.
    pub items: u64,
    /// Subjects about which the crowd is asked no more: settled, or contested and left to experts.
    pub done: u64,
    /// Votes given in this round and not taken back.
    pub votes: u64,
    /// Images now in people's hands.
    pub open_leases: u64,
    /// Votes the round may spend.
    pub votes_budget: u64,
}

impl QueueState {
    /// Whether more votes would change nothing: every subject done, or the budget spent.
    #[must_use]
    pub const fn finished(&self) -> bool {
        self.done == self.items || self.votes >= self.votes_budget
    }
}

/// One queued subject and what people said of it in this round.
#[derive(Debug, Clone, PartialEq)]
pub struct QueuedItem {
    /// What was queued.
    pub item: QueueItem,
    /// The votes of this round.
    pub tally: Tally,
    /// Whether the crowd is asked no more about it, as of now.
    pub done: bool,
}

impl NewQueue {
    fn check(&self) -> Result<()> {
        let wrong = |p: f64| !(p > 0.0 && p <= 1.0);
        if let Some(item) = self.items.iter().find(|item| wrong(item.inclusion_probability)) {
            let reason =
                format!("{} of subject {} is not in (0, 1]", item.inclusion_probability, item.subject);
            return Err(StoreError::invalid("inclusion_probability", reason));
        }
        let worthless = |value: f64| !(value > 0.0 && value.is_finite());
        if let Some(item) = self.items.iter().find(|item| worthless(item.value)) {
            let reason = format!("{} of subject {} is no number above 0", item.value, item.subject);
            return Err(StoreError::invalid("value", reason));
        }
        let mut subjects: Vec<_> = self.items.iter().map(|item| item.subject).collect();
        subjects.sort_unstable();
        if let Some(pair) = subjects.windows(2).find(|pair| pair[0] == pair[1]) {
            return Err(StoreError::invalid("items", format!("subject {} is queued twice", pair[0])));
        }
        Ok(())
    }

    /// What makes two queues the same.
    fn digest(&self) -> Digest {
        let head = self.votes_budget.to_string();
        let line = |item: &QueueItem| {
            let probability = item.inclusion_probability.to_bits();
            let value = item.value.to_bits();
            format!(
                "{}|{}|{probability:016x}|{}|{}|{value:016x}",
                item.subject, item.rank, item.strategy, item.model_version
            )
        };
        Digest::of_parts(std::iter::once(head).chain(self.items.iter().map(line)))
    }
}

impl Store {
    /// Opens the queue of a round, in one transaction, and closes the project's earlier ones. The
    /// same queue again changes nothing (and does not open it again). How many votes each subject
    /// gets is for the consensus to say ([`Store::configure`]); items of the strategy `audit` are
    /// asked about first, however sure the network is.
    ///
    /// # Errors
    /// `Conflict` when the round already has another queue, `Invalid` when an item is doubled, is no
    /// survey subject of this project, has no image, or its numbers make no sense.
    pub async fn enqueue(&self, project: ProjectId, queue: NewQueue) -> Result<()> {
        queue.check()?;
        let (digest, rules, now) = (queue.digest(), self.rules_cache(), self.now());
        write_on_backend!(self, "queueing a round", queue::enqueue(project, queue, digest, rules, now))
    }

    /// Hands out nothing more of this round; votes on images already handed out still count.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn close_queue(&self, project: ProjectId, round: u32) -> Result<()> {
        let now = self.now();
        write_on_backend!(self, "closing a queue", queue::close(project, round, now))
    }

    /// How far the queue of a round is. A subject that was queued again in a later round counts as
    /// done in the earlier one.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn queue_state(&self, project: ProjectId, round: u32) -> Result<Option<QueueState>> {
        let now = self.now();
        on_backend!(self, snapshot, "reading a queue", queue::state(project, round, now))
    }

    /// The queue of a round, by rank.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn queue_items(&self, project: ProjectId, round: u32) -> Result<Vec<QueuedItem>> {
        on_backend!(self, read, "reading a queue", queue::items(project, round))
    }
}
