//! A log of votes in the form every method works on: dense numbers instead of names, each
//! volunteer at most once per task, known truths beside it. Reading files and naming things is
//! left to the crate `votes`.

use crate::ConfigError;

/// One vote. Numbers are dense: `0..tasks`, `0..workers`, `0..answers`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Vote {
    /// What was looked at.
    pub task: u32,
    /// Who looked.
    pub worker: u32,
    /// What was said.
    pub answer: u16,
}

/// How many of each there are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Shape {
    /// Tasks, those without a vote among them.
    pub tasks: usize,
    /// Workers.
    pub workers: usize,
    /// What can be true: the first `classes` answers.
    pub classes: usize,
    /// What can be said, at least `classes`; the answers from `classes` on ("unsure") are never true.
    pub answers: usize,
}

/// Every vote that counts, in the order of the log, with the truths that are known.
#[derive(Debug, Clone)]
pub struct Crowd {
    shape: Shape,
    votes: Vec<Vote>,
    gold: Vec<Option<u16>>,
    repeats: u64,
}

impl Crowd {
    /// Takes the votes in the order of the log; of several by one worker on one task only the
    /// first counts. `gold` holds the known truth of each task, or is empty when none is known.
    ///
    /// # Errors
    /// When a number lies outside the shape.
    pub fn new(shape: Shape, votes: Vec<Vote>, gold: Vec<Option<u16>>) -> Result<Self, ConfigError> {
        let mut crowd = Self::of_single_votes(shape, votes, gold)?;
        let before = crowd.votes.len();
        crowd.votes = first_votes(crowd.votes, shape);
        crowd.repeats = (before - crowd.votes.len()) as u64;
        Ok(crowd)
    }

    /// The same for votes of which each worker is known to have cast one at most on each task;
    /// that is not looked at again.
    ///
    /// # Errors
    /// When a number lies outside the shape.
    pub fn of_single_votes(
        shape: Shape,
        votes: Vec<Vote>,
        gold: Vec<Option<u16>>,
    ) -> Result<Self, ConfigError> {
        let inside = |field, value: usize, bound: usize| {
            ConfigError::check(field, value as f64, value < bound, "give a number inside the crowd's shape")
        };
        ConfigError::check(
            "answers",
            shape.answers as f64,
            shape.classes >= 1 && shape.answers >= shape.classes,
            "give at least one class, and no fewer answers than classes",
        )?;
        for vote in &votes {
            inside("task", vote.task as usize, shape.tasks)?;
            inside("worker", vote.worker as usize, shape.workers)?;
            inside("answer", usize::from(vote.answer), shape.answers)?;
        }
        let gold = if gold.is_empty() { vec![None; shape.tasks] } else { gold };
        ConfigError::check(
            "gold",
            gold.len() as f64,
            gold.len() == shape.tasks,
            "give one entry per task, or none at all",
        )?;
        for truth in gold.iter().flatten() {
            inside("gold", usize::from(*truth), shape.classes)?;
        }
        Ok(Self { shape, votes, gold, repeats: 0 })
    }

    /// How many of each there are.
    #[must_use]
    pub const fn shape(&self) -> Shape {
        self.shape
    }

    /// The votes that count, in the order of the log.
    #[must_use]
    pub fn votes(&self) -> &[Vote] {
        &self.votes
    }

    /// The known truth of each task.
    #[must_use]
    pub fn gold(&self) -> &[Option<u16>] {
        &self.gold
    }

    /// Votes left out because the same worker had voted on the same task before.
    #[must_use]
    pub const fn repeats(&self) -> u64 {
        self.repeats
    }
}

/// Keeps the first vote of each worker on each task, and the order of the rest. In time linear in
/// the votes and without hashing: positions are laid out task by task, in the order of the log, and
/// each worker remembers the last task they were met on.
fn first_votes(mut votes: Vec<Vote>, shape: Shape) -> Vec<Vote> {
    let mut next = vec![0_usize; shape.tasks + 1];
    for vote in &votes {
        next[vote.task as usize + 1] += 1;
    }
    for task in 0..shape.tasks {
        next[task + 1] += next[task];
    }
    let mut positions = vec![0_usize; votes.len()];
    for (at, vote) in votes.iter().enumerate() {
        let place = &mut next[vote.task as usize];
        positions[*place] = at;
        *place += 1;
    }
    let mut met = vec![None; shape.workers];
    let mut keep = vec![true; votes.len()];
    for at in positions {
        let Vote { task, worker, .. } = votes[at];
        keep[at] = met[worker as usize].replace(task) != Some(task);
    }
    let mut kept = keep.into_iter();
    votes.retain(|_| kept.next().unwrap_or(true));
    votes
}

#[cfg(test)]
mod tests {
    use super::*;

    const SHAPE: Shape = Shape { tasks: 3, workers: 2, classes: 2, answers: 3 };

    fn vote(task: u32, worker: u32, answer: u16) -> Vote {
        Vote { task, worker, answer }
    }

    #[test]
    fn the_first_of_several_votes_counts_and_the_order_stays() {
        let log = vec![vote(2, 0, 1), vote(0, 1, 0), vote(2, 0, 0), vote(0, 0, 2), vote(2, 0, 2)];
        let crowd = Crowd::new(SHAPE, log, Vec::new()).unwrap();
        assert_eq!(crowd.votes(), [vote(2, 0, 1), vote(0, 1, 0), vote(0, 0, 2)]);
        assert_eq!(crowd.repeats(), 2);
    }

    #[test]
    fn single_votes_make_the_same_crowd_without_being_looked_through() {
        let log = vec![vote(2, 0, 1), vote(0, 1, 0), vote(0, 0, 2)];
        let gold = vec![Some(1), None, None];
        let (new, single) = (
            Crowd::new(SHAPE, log.clone(), gold.clone()).unwrap(),
            Crowd::of_single_votes(SHAPE, log, gold).unwrap(),
        );
        assert_eq!((new.votes(), new.gold(), new.repeats()), (single.votes(), single.gold(), 0));
        assert!(Crowd::of_single_votes(SHAPE, vec![vote(3, 0, 0)], Vec::new()).is_err());
    }

    #[test]
    fn numbers_outside_are_refused_by_name() {
        let wrong = |votes, gold| Crowd::new(SHAPE, votes, gold).unwrap_err().field;
        assert_eq!(wrong(vec![vote(3, 0, 0)], Vec::new()), "task");
        assert_eq!(wrong(vec![vote(0, 2, 0)], Vec::new()), "worker");
        assert_eq!(wrong(vec![vote(0, 0, 3)], Vec::new()), "answer");
        assert_eq!(wrong(Vec::new(), vec![Some(2), None, None]), "gold");
        assert_eq!(wrong(Vec::new(), vec![None]), "gold");
    }
}
