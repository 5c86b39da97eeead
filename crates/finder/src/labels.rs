//! What people say of images, as a table: a probability and a weight for each id, in place of a
//! dataset's own labels.

use std::{collections::HashMap, path::Path};

use domain::Digest;
use serde::Deserialize;

use crate::FinderError;

/// Targets and weights by id.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Labels {
    by_id: HashMap<String, (f32, f32)>,
}

#[derive(Deserialize)]
struct Row {
    id: String,
    target: Option<f32>,
    weight: Option<f32>,
}

impl Labels {
    /// Reads a CSV table with the columns `id`, `target` (the probability of a lens; rows without one are left
    /// out) and, if there is one, `weight` (1 where nothing is said): such as a round's `labels.csv`.
    ///
    /// # Errors
    /// When the file cannot be read, a column is missing, or a number is out of range.
    pub fn read(path: &Path) -> Result<Self, FinderError> {
        let mut reader = csv::ReaderBuilder::new()
            .trim(csv::Trim::All)
            .from_path(path)
            .map_err(|e| FinderError::malformed(path, e))?;
        let header = reader.headers().map_err(|e| FinderError::malformed(path, e))?;
        if let Some(missing) =
            ["id", "target"].iter().find(|name| !header.iter().any(|found| found == **name))
        {
            return Err(FinderError::malformed(path, format!("has no column `{missing}`")));
        }
        let mut by_id = HashMap::new();
        for (number, row) in reader.deserialize().enumerate() {
            let Row { id, target, weight } = row.map_err(|e| FinderError::malformed(path, e))?;
            let weight = weight.unwrap_or(1.0);
            let Some(target) = target else { continue };
            if !(0.0..=1.0).contains(&target) || !weight.is_finite() || weight < 0.0 {
                let line = number + 2;
                let problem = format!(
                    "line {line}: target {target} must lie between 0 and 1, weight {weight} be finite and not below 0"
                );
                return Err(FinderError::malformed(path, problem));
            }
            by_id.insert(id, (target, weight));
        }
        Ok(Self { by_id })
    }

    /// Target and weight of an image.
    #[must_use]
    pub fn get(&self, id: &str) -> Option<(f32, f32)> {
        self.by_id.get(id).copied()
    }

    /// Number of images.
    #[must_use]
    pub fn len(&self) -> usize {
        self.by_id.len()
    }

    /// Whether there is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.by_id.is_empty()
    }

    /// A digest of all rows, whatever their order.
    #[must_use]
    pub fn digest(&self) -> Digest {
        let mut rows: Vec<String> =
            self.by_id.iter().map(|(id, (target, weight))| format!("{id} {target:e} {weight:e}")).collect();
        rows.sort();
        Digest::of_parts(rows)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Result<Labels, String> {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("labels.csv");
        std::fs::write(&path, text).unwrap();
        Labels::read(&path).map_err(|error| error.to_string())
    }

    #[test]
    fn a_rounds_table_reads() {
        let labels = read("id,p_votes,target,weight\na,0.9,0.97,1.5\nb,0.5,,\nc,0.1,0.02,\n").unwrap();
        assert_eq!(labels.len(), 2);
        assert_eq!(
            (labels.get("a"), labels.get("b"), labels.get("c")),
            (Some((0.97, 1.5)), None, Some((0.02, 1.0)))
        );
        assert_eq!(
            labels.digest(),
            read("id,target\nc,0.02\n")
                .map(|mut other| {
                    other.by_id.insert("a".into(), (0.97, 1.5));
                    other.digest()
                })
                .unwrap()
        );
    }

    #[test]
    fn what_is_wrong_is_named() {
        assert!(read("name,target\na,1\n").unwrap_err().contains("no column `id`"));
        assert!(read("id,target\na,1\nb,1.5\n").unwrap_err().contains("line 3"));
        assert!(read("id,target,weight\na,1,-1\n").unwrap_err().contains("labels.csv"));
    }
}
