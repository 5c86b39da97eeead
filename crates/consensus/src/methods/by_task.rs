//! Votes laid out task by task, so that one sweep reads them once, in order of memory.

use crate::Vote;

/// One vote without its task.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Cast {
    /// Who.
    pub worker: u32,
    /// What.
    pub answer: u16,
}

/// The votes of each task side by side.
#[derive(Debug, Clone)]
pub(crate) struct ByTask {
    starts: Vec<usize>,
    casts: Vec<Cast>,
}

impl ByTask {
    /// Sorts the votes whose answer is below `answers` by task; others are left out.
    pub(crate) fn of(votes: &[Vote], tasks: usize, answers: usize) -> Self {
        let counted = || votes.iter().filter(|vote| usize::from(vote.answer) < answers);
        let mut starts = vec![0; tasks + 1];
        for vote in counted() {
            starts[vote.task as usize + 1] += 1;
        }
        for task in 0..tasks {
            starts[task + 1] += starts[task];
        }
        let mut next = starts.clone();
        let mut casts = vec![Cast { worker: 0, answer: 0 }; starts[tasks]];
        for vote in counted() {
            let at = &mut next[vote.task as usize];
            casts[*at] = Cast { worker: vote.worker, answer: vote.answer };
            *at += 1;
        }
        Self { starts, casts }
    }

    /// How many tasks there are.
    pub(crate) fn tasks(&self) -> usize {
        self.starts.len() - 1
    }

    /// The votes of one task.
    pub(crate) fn casts(&self, task: usize) -> &[Cast] {
        &self.casts[self.starts[task]..self.starts[task + 1]]
    }

    /// Tasks with their votes.
    pub(crate) fn iter(&self) -> impl Iterator<Item = (usize, &[Cast])> {
        (0..self.tasks()).map(|task| (task, self.casts(task)))
    }
}

/// Votes of each worker, every answer counted.
pub(crate) fn votes_per_worker(votes: &[Vote], workers: usize) -> Vec<u32> {
    let mut counts = vec![0_u32; workers];
    for vote in votes {
        counts[vote.worker as usize] += 1;
    }
    counts
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn votes_lie_by_task_without_the_answers_left_out() {
        let vote = |task, worker, answer| Vote { task, worker, answer };
        let votes = [vote(2, 0, 1), vote(0, 1, 0), vote(2, 1, 2), vote(2, 2, 0)];
        let grouped = ByTask::of(&votes, 4, 2);
        let sizes: Vec<usize> = grouped.iter().map(|(_, casts)| casts.len()).collect();
        assert_eq!(sizes, [1, 0, 2, 0]);
        assert_eq!(grouped.casts(2)[1].worker, 2);
        assert_eq!(votes_per_worker(&votes, 4), [1, 2, 1, 0]);
    }
}
