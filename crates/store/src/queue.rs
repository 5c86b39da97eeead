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

/// What a queue becomes while people look: the live head has learned something. Nothing is taken out
/// of it, so what was shown and why stays on record; what is worth less is asked about later.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct QueueRevision {
    /// The round.
    pub round: u32,
    /// Subjects that were not in it.
    pub additions: Vec<QueueItem>,
    /// New worth of subjects in it.
    pub values: Vec<(SubjectId, f64)>,
    /// New scores of the network and its live head; a subject is judged again by them.
    pub scores: Vec<(SubjectId, f64)>,
    /// Whose scores they are.
    pub model_version: String,
}

/// Refuses probabilities, values and subjects that make no sense in a queue.
fn check_items(items: &[QueueItem]) -> Result<()> {
    let wrong = |p: f64| !(p > 0.0 && p <= 1.0);
    if let Some(item) = items.iter().find(|item| wrong(item.inclusion_probability)) {
        let reason = format!("{} of subject {} is not in (0, 1]", item.inclusion_probability, item.subject);
        return Err(StoreError::invalid("inclusion_probability", reason));
    }
    items.iter().try_for_each(|item| check_value(item.subject, item.value))?;
    let mut subjects: Vec<_> = items.iter().map(|item| item.subject).collect();
    subjects.sort_unstable();
    if let Some(pair) = subjects.windows(2).find(|pair| pair[0] == pair[1]) {
        return Err(StoreError::invalid("items", format!("subject {} is queued twice", pair[0])));
    }
    Ok(())
}

fn check_value(subject: SubjectId, value: f64) -> Result<()> {
    if value > 0.0 && value.is_finite() {
        return Ok(());
    }
    Err(StoreError::invalid("value", format!("{value} of subject {subject} is no number above 0")))
}

impl QueueRevision {
    fn check(&self) -> Result<()> {
        check_items(&self.additions)?;
        self.values.iter().try_for_each(|(subject, value)| check_value(*subject, *value))?;
        if let Some((subject, p)) = self.scores.iter().find(|(_, p)| !(0.0..=1.0).contains(p)) {
            return Err(StoreError::invalid("scores", format!("{p} of subject {subject} is not in [0, 1]")));
        }
        Ok(())
    }
}

impl NewQueue {
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
        check_items(&queue.items)?;
        let (digest, rules, now) = (queue.digest(), self.rules_cache(), self.now());
        write_on_backend!(self, "queueing a round", queue::enqueue(project, queue, digest, rules, now))
    }

    /// Changes the open queue of a round, in one transaction; `false` when it is closed and nothing was
    /// done. A subject that is in the queue already keeps the place and the strategy it has.
    ///
    /// # Errors
    /// `Invalid` as for [`Store::enqueue`], or when a score is no probability; `NotFound` for a subject of
    /// another project.
    pub async fn revise_queue(&self, project: ProjectId, revision: QueueRevision) -> Result<bool> {
        revision.check()?;
        let (rules, now) = (self.rules_cache(), self.now());
        write_on_backend!(self, "revising a queue", queue::revise(project, revision, rules, now))
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
