//! Names of tasks, workers and labels as dense numbers, in the order in which they were first
//! seen. One block of text holds them all: ten million names cost their letters and twelve
//! bytes each.

use std::hash::BuildHasher as _;

use hashbrown::{DefaultHashBuilder, HashTable, hash_table::Entry};

/// Names and their numbers.
#[derive(Debug, Clone, Default)]
pub struct Names {
    text: String,
    ends: Vec<usize>,
    table: HashTable<u32>,
    hasher: DefaultHashBuilder,
}

impl Names {
    /// The number of a name, a new one if it was not seen before; `None` when the numbers are used up.
    pub fn intern(&mut self, name: &str) -> Option<u32> {
        let Self { text, ends, table, hasher } = self;
        let found = table.entry(
            hasher.hash_one(name),
            |&number| at(text, ends, number) == name,
            |&number| hasher.hash_one(at(text, ends, number)),
        );
        match found {
            Entry::Occupied(slot) => Some(*slot.get()),
            Entry::Vacant(slot) => {
                let number = u32::try_from(ends.len()).ok()?;
                slot.insert(number);
                text.push_str(name);
                ends.push(text.len());
                Some(number)
            }
        }
    }

    /// The number of a name that was seen.
    #[must_use]
    pub fn find(&self, name: &str) -> Option<u32> {
        let hash = self.hasher.hash_one(name);
        self.table.find(hash, |&number| at(&self.text, &self.ends, number) == name).copied()
    }

    /// The name with this number.
    ///
    /// # Panics
    /// When no name has it.
    #[must_use]
    pub fn name(&self, number: u32) -> &str {
        at(&self.text, &self.ends, number)
    }

    /// How many there are.
    #[must_use]
    pub const fn len(&self) -> usize {
        self.ends.len()
    }

    /// Whether there are none.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.ends.is_empty()
    }

    /// All names in the order of their numbers.
    pub fn iter(&self) -> impl Iterator<Item = &str> {
        (0..self.ends.len() as u32).map(|number| self.name(number))
    }

    /// All numbers in the order of their names: as whole numbers if every name is one, else by their bytes.
    #[must_use]
    pub fn sorted(&self) -> Vec<u32> {
        let mut numbers: Vec<u32> = (0..self.ends.len() as u32).collect();
        if self.iter().all(|name| whole(name).is_some()) {
            numbers.sort_by_cached_key(|&number| whole(self.name(number)));
        } else {
            numbers.sort_unstable_by(|&a, &b| self.name(a).cmp(self.name(b)));
        }
        numbers
    }
}

fn at<'a>(text: &'a str, ends: &[usize], number: u32) -> &'a str {
    let number = number as usize;
    let start = if number == 0 { 0 } else { ends[number - 1] };
    &text[start..ends[number]]
}

/// The value of a name that is a whole number in its one usual spelling: no `007`, no `+7`.
pub(crate) fn whole(name: &str) -> Option<i64> {
    let digits = name.strip_prefix('-').unwrap_or(name);
    let usual = digits == "0" && name == "0"
        || digits.bytes().next().is_some_and(|byte| (b'1'..=b'9').contains(&byte));
    if usual { name.parse().ok() } else { None }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sorted(names: &[&str]) -> Vec<String> {
        let mut all = Names::default();
        for name in names {
            all.intern(name).unwrap();
        }
        all.sorted().into_iter().map(|number| all.name(number).to_owned()).collect()
    }

    #[test]
    fn a_name_keeps_its_number_and_no_two_names_share_one() {
        let mut names = Names::default();
        let words: Vec<String> = (0..5000).map(|i| format!("name {i}")).collect();
        for word in words.iter().chain(&words) {
            names.intern(word).unwrap();
        }
        assert_eq!(names.len(), 5000);
        for (number, word) in words.iter().enumerate() {
            assert_eq!(names.find(word), Some(number as u32));
            assert_eq!(names.name(number as u32), word);
        }
        assert_eq!(names.find("name"), None);
    }

    #[test]
    fn whole_numbers_are_sorted_as_such_and_everything_else_by_bytes() {
        assert_eq!(sorted(&["10", "9", "-3"]), ["-3", "9", "10"]);
        assert_eq!(sorted(&["10", "9", "x"]), ["10", "9", "x"]);
        assert_eq!(sorted(&["10", "9", "07"]), ["07", "10", "9"]);
        assert_eq!(sorted(&["ä", "z", ""]), ["", "z", "ä"]);
    }
}
