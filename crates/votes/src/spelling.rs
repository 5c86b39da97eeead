//! One number in two spellings: pandas and R write a column of whole numbers that has gaps as
//! `1.0`, so that truths say `1.0` where votes say `1`, or the other way round. A truth takes the
//! spelling of the votes. Names of tasks and workers are left as they are.

use std::borrow::Cow;

use crate::{Names, VoteLog, log::Entry, names::whole};

/// How the votes of a file spell their labels.
pub(crate) struct Spelling {
    said: Vec<bool>,
    /// Some vote says `1`.
    whole: bool,
    /// Some vote says `1.0`.
    decimal: bool,
}

impl Spelling {
    /// Looks at the votes.
    pub(crate) fn of(labels: &Names, entries: &[Entry]) -> Self {
        let mut said = vec![false; labels.len()];
        for entry in entries {
            said[usize::from(entry.label)] = true;
        }
        let mut spelling = Self { said, whole: false, decimal: false };
        for (name, _) in labels.iter().zip(&spelling.said).filter(|(_, said)| **said) {
            spelling.whole |= whole(name).is_some();
            spelling.decimal |= without_decimals(name).is_some();
        }
        spelling
    }

    /// A label of a truth as the votes spell it.
    pub(crate) fn as_voted<'a>(&self, labels: &Names, name: &'a str) -> Cow<'a, str> {
        let said = |name: &str| labels.find(name).is_some_and(|number| self.said(number as usize));
        if said(name) {
            return Cow::Borrowed(name);
        }
        let (other, only_the_other) = if let Some(number) = without_decimals(name) {
            (Cow::Borrowed(number), self.whole && !self.decimal)
        } else if whole(name).is_some() {
            (Cow::Owned(format!("{name}.0")), self.decimal && !self.whole)
        } else {
            return Cow::Borrowed(name);
        };
        if only_the_other || said(&other) { other } else { Cow::Borrowed(name) }
    }

    /// Whether a vote says the label with this number; labels seen since are only truths.
    fn said(&self, number: usize) -> bool {
        self.said.get(number).copied().unwrap_or_default()
    }
}

/// `1` for `1.0`, where that is the usual spelling of a whole number.
fn without_decimals(name: &str) -> Option<&str> {
    name.strip_suffix(".0").filter(|number| whole(number).is_some())
}

/// What a report says of such truths.
pub(crate) fn note(count: u64, from: &str, to: &str) -> String {
    format!(
        "{count} truths are spelled otherwise than the votes (`{from}` for `{to}`) and taken for the same"
    )
}

impl VoteLog {
    /// Gives the truths among the votes the spelling of the votes, and forgets the other one.
    pub(crate) fn spell_truths_as_votes(&mut self) {
        if self.truths.is_empty() {
            return;
        }
        let spelling = Spelling::of(&self.labels, self.entries());
        let mut count = 0;
        let mut example: Option<(String, String)> = None;
        let mut labels = Names::default();
        // Labels that votes say keep their order; spellings that are given up get no number.
        let numbers: Vec<u16> = self
            .labels
            .iter()
            .map(|name| {
                let spelled = spelling.as_voted(&self.labels, name);
                if spelled != name && example.is_none() {
                    example = Some((name.to_owned(), spelled.clone().into_owned()));
                }
                // No more names than before, all of which had a number.
                labels.intern(&spelled).and_then(|number| u16::try_from(number).ok()).unwrap_or_default()
            })
            .collect();
        let Some((from, to)) = example else { return };
        for truth in self.truths.values_mut() {
            let number = numbers[usize::from(truth.label)];
            count += u64::from(labels.name(number.into()) != self.labels.name(truth.label.into()));
            truth.label = number;
        }
        self.relabel(labels, &numbers);
        self.notes.push(note(count, &from, &to));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn spelled(votes: &[&str], truth: &str) -> String {
        let mut labels = Names::default();
        let entry = |label| Entry { task: 0, worker: 0, place: 0, label };
        let entries: Vec<Entry> =
            votes.iter().map(|vote| entry(labels.intern(vote).unwrap() as u16)).collect();
        Spelling::of(&labels, &entries).as_voted(&labels, truth).into_owned()
    }

    #[test]
    fn a_whole_number_takes_the_spelling_of_the_votes() {
        assert_eq!(spelled(&["0", "1"], "1.0"), "1");
        assert_eq!(spelled(&["0.0", "1.0"], "1"), "1.0");
        // Nobody said it, but it is clear how they would have written it.
        assert_eq!(spelled(&["0", "unsure"], "2.0"), "2");
        assert_eq!(spelled(&["0", "-1"], "-1.0"), "-1");
    }

    #[test]
    fn what_the_votes_say_or_is_no_whole_number_stays() {
        assert_eq!(spelled(&["1", "1.0"], "1.0"), "1.0");
        assert_eq!(spelled(&["1", "2.0"], "3.0"), "3.0");
        assert_eq!(spelled(&["1", "2"], "1.5"), "1.5");
        assert_eq!(spelled(&["yes", "no"], "1.0"), "1.0");
        assert_eq!(spelled(&["v1"], "v1.0"), "v1.0");
        assert_eq!(spelled(&["7"], "07.0"), "07.0");
    }
}
