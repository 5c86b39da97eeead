//! Images that training must not see: known lenses, which would stand among the
//! negatives of a survey and are wanted for the real test.

use std::{collections::HashSet, fs, path::Path};

use domain::{Digest, Label};
use serde::{Deserialize, Serialize};

use crate::FinderError;

/// Columns that may name an image, the first that is there counts.
const COLUMNS: [&str; 5] = ["id", "subject_id", "subject", "image_id", "image"];

/// Ids of a list.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Excluded {
    ids: HashSet<String>,
}

/// Images left out of a training set, by their label there.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct LeftOut {
    /// Labelled lens.
    pub lenses: u64,
    /// Labelled no lens.
    pub non_lenses: u64,
    /// Without a label.
    pub unknown: u64,
}

impl Excluded {
    /// These ids.
    #[must_use]
    pub fn of(ids: impl IntoIterator<Item = String>) -> Self {
        Self { ids: ids.into_iter().collect() }
    }

    /// Reads a CSV table with a column `id` (or `subject_id`, `subject`, `image_id`, `image`), such as
    /// the `matches.csv` of a cross-match with known lenses, or a plain list with one id per line.
    ///
    /// # Errors
    /// When the file cannot be read, or has several columns and none of these names.
    pub fn read(path: &Path) -> Result<Self, FinderError> {
        let text = fs::read_to_string(path).map_err(FinderError::io("read", path))?;
        let text = text.strip_prefix('\u{feff}').unwrap_or(&text);
        let mut reader =
            csv::ReaderBuilder::new().trim(csv::Trim::All).comment(Some(b'#')).from_reader(text.as_bytes());
        let header = reader.headers().map_err(|e| FinderError::malformed(path, e))?.clone();
        let named = |wanted: &&str| header.iter().position(|name| name.eq_ignore_ascii_case(wanted));
        let (column, is_list) = match COLUMNS.iter().find_map(named) {
            Some(column) => (column, false),
            None if header.len() <= 1 => (0, true),
            None => {
                let found: Vec<&str> = header.iter().collect();
                let problem =
                    format!("no column names the images; call it `id` (found: {})", found.join(", "));
                return Err(FinderError::malformed(path, problem));
            }
        };
        let mut ids = HashSet::new();
        // The first line of a plain list is an id like the others.
        ids.extend(header.get(0).filter(|_| is_list).map(str::to_owned));
        for record in reader.records() {
            let record = record.map_err(|e| FinderError::malformed(path, e))?;
            ids.extend(record.get(column).map(str::to_owned));
        }
        ids.remove("");
        Ok(Self { ids })
    }

    /// Whether the list has this id.
    #[must_use]
    pub fn contains(&self, id: &str) -> bool {
        self.ids.contains(id)
    }

    /// Number of ids.
    #[must_use]
    pub fn len(&self) -> usize {
        self.ids.len()
    }

    /// Whether there is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.ids.is_empty()
    }

    /// A digest of the ids, whatever their order.
    #[must_use]
    pub fn digest(&self) -> Digest {
        let mut ids: Vec<&String> = self.ids.iter().collect();
        ids.sort();
        Digest::of_parts(ids)
    }
}

impl LeftOut {
    /// Counts one more.
    pub fn count(&mut self, label: Label) {
        match label {
            Label::Lens => self.lenses += 1,
            Label::NonLens => self.non_lenses += 1,
            Label::Unknown => self.unknown += 1,
        }
    }

    /// All of them.
    #[must_use]
    pub const fn total(&self) -> u64 {
        self.lenses + self.non_lenses + self.unknown
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Result<Excluded, String> {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("matches.csv");
        fs::write(&path, text).unwrap();
        Excluded::read(&path).map_err(|error| error.to_string())
    }

    #[test]
    fn a_table_or_a_plain_list_will_do() {
        let expected = Excluded::of(["a".to_owned(), "b c".to_owned()]);
        for text in
            ["a\nb c\n", "id\nb c\na\na\n", "\u{feff}lens,Subject_ID,sep\nL1, a ,0.2\nL2,\"b c\",1\nL3,,2\n"]
        {
            assert_eq!(read(text).unwrap(), expected, "{text:?}");
        }
        assert_eq!(read("a\nb c").unwrap().digest(), read("b c\na\n").unwrap().digest());
        assert!(read("").unwrap().is_empty());
    }

    #[test]
    fn a_table_without_ids_is_refused() {
        let error = read("lens,ra\nx,1\n").unwrap_err();
        assert!(error.contains("matches.csv") && error.contains("lens, ra"), "{error}");
        assert!(Excluded::read(Path::new("/nowhere.csv")).is_err());
    }
}
