//! What one classification chose.

/// The choices of one classification with how often each was made, in the order given.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Choices(pub Vec<(String, i64)>);

impl Choices {
    /// Each of these once.
    pub fn once<T: Into<String>>(names: impl IntoIterator<Item = T>) -> Self {
        Self(names.into_iter().map(|name| (name.into(), 1)).collect())
    }

    /// Whether nothing was chosen.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The set of choices as one answer: sorted names joined by `+`; `""` for none.
    #[must_use]
    pub fn as_one_answer(&self) -> String {
        let mut names: Vec<&str> = self.0.iter().map(|(name, _)| name.as_str()).collect();
        names.sort_unstable();
        names.join("+")
    }
}

/// How a question with several choices is read.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Grouping {
    /// Every choice is an answer.
    #[default]
    Single,
    /// The set of choices is one answer ("pairs").
    Together,
}

/// Counts per answer in the order answers first appeared.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Tally(pub(super) Vec<(String, i64)>);

impl Tally {
    pub(super) fn add(&mut self, answer: &str, times: i64) -> &mut Self {
        match self.0.iter_mut().find(|(name, _)| name == answer) {
            Some((_, count)) => *count += times,
            None => self.0.push((answer.to_owned(), times)),
        }
        self
    }

    pub(super) fn total(&self) -> i64 {
        self.0.iter().map(|(_, count)| count).sum()
    }

    /// The answer with the most votes, of equals the first; nothing when no count is above zero.
    pub(super) fn most(&self) -> Option<&(String, i64)> {
        let mut best: Option<&(String, i64)> = None;
        for entry in &self.0 {
            if entry.1 > best.map_or(0, |(_, count)| *count) {
                best = Some(entry);
            }
        }
        best
    }
}
