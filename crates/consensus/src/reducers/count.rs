//! Votes per answer, and who gave them.

use super::{Choices, Grouping, choices::Tally};

/// One answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AnswerCount {
    /// The answer.
    pub answer: String,
    /// Its votes.
    pub votes: i64,
    /// Who gave it, in the order of the classifications; `None` is somebody without an account.
    pub users: Vec<Option<i64>>,
}

/// Counts the answers to one question; those without votes are left out. `users` names who made
/// each classification and may be shorter (or empty), the rest then being nobody.
#[must_use]
pub fn count_answers(
    classifications: &[Choices],
    users: &[Option<i64>],
    grouping: Grouping,
) -> Vec<AnswerCount> {
    let mut tally = Tally::default();
    let mut given: Vec<(String, Option<i64>)> = Vec::new();
    for (at, choices) in classifications.iter().enumerate() {
        let user = users.get(at).copied().flatten();
        let answers = match grouping {
            Grouping::Single => choices.0.clone(),
            Grouping::Together => vec![(choices.as_one_answer(), 1)],
        };
        for (answer, times) in answers {
            tally.add(&answer, times);
            given.push((answer, user));
        }
    }
    let who = |answer: &str| given.iter().filter(|(name, _)| name == answer).map(|(_, user)| *user).collect();
    tally
        .0
        .into_iter()
        .filter(|(_, votes)| *votes > 0)
        .map(|(answer, votes)| AnswerCount { users: who(&answer), answer, votes })
        .collect()
}
