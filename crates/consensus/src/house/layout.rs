//! Votes sorted by task, so that a sweep reads them in one go.

use crate::Vote;

/// All votes of all tasks, task after task.
pub(super) struct Layout {
    first: Vec<usize>,
    votes: Vec<(u32, u16)>,
}

impl Layout {
    /// Sorts by task; a vote outside the shape is left out.
    pub(super) fn new(votes: &[Vote], tasks: usize, workers: usize, responses: usize) -> Self {
        let inside = |vote: &&Vote| {
            (vote.task as usize) < tasks
                && (vote.worker as usize) < workers
                && usize::from(vote.answer) < responses
        };
        let mut first = vec![0_usize; tasks + 1];
        for vote in votes.iter().filter(inside) {
            first[vote.task as usize + 1] += 1;
        }
        for task in 0..tasks {
            first[task + 1] += first[task];
        }
        let mut next = first.clone();
        let mut sorted = vec![(0, 0); first[tasks]];
        for vote in votes.iter().filter(inside) {
            let at = &mut next[vote.task as usize];
            sorted[*at] = (vote.worker, vote.answer);
            *at += 1;
        }
        Self { first, votes: sorted }
    }

    /// (worker, answer) of the votes on a task.
    pub(super) fn of(&self, task: usize) -> &[(u32, u16)] {
        &self.votes[self.first[task]..self.first[task + 1]]
    }
}
