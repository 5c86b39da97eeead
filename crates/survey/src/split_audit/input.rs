//! The rows an audit looks at, from datasets and catalogues.

use domain::{Digest, Label, SkyCoord};

use crate::{Fold, ManifestRow, catalogue::Entry, cell_of};

/// One row.
#[derive(Debug, Clone, PartialEq)]
pub struct AuditRow {
    /// Index of the dataset or catalogue it is from.
    pub source: usize,
    /// Its id there.
    pub id: String,
    /// Where it is.
    pub position: Option<SkyCoord>,
    /// Its sky cell, as the dataset says.
    pub cell: Option<u64>,
    /// SHA-256 of the image.
    pub digest: Option<Digest>,
    /// What is known of it.
    pub label: Label,
    /// Its id is a number within its dataset (simulated images, catalogues): the same one elsewhere means nothing.
    pub has_local_id: bool,
    /// The fold it was dealt to; `None` when it is dropped.
    pub fold: Option<Fold>,
}

/// All rows of an audit.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct AuditInput {
    names: Vec<String>,
    rows: Vec<AuditRow>,
}

impl AuditInput {
    /// Adds a dataset row by row; `fold` deals it.
    ///
    /// # Errors
    /// The first error of `rows`.
    pub fn add_dataset<E>(
        &mut self,
        name: &str,
        rows: impl Iterator<Item = Result<ManifestRow, E>>,
        fold: impl Fn(&ManifestRow) -> Option<Fold>,
    ) -> Result<(), E> {
        let source = self.source(name);
        for row in rows {
            let row = row?;
            self.rows.push(AuditRow {
                source,
                position: row.image.position,
                cell: row.cell,
                digest: Some(row.image.digest),
                label: row.image.label,
                has_local_id: row.image.source.starts_with("record:"),
                fold: fold(&row),
                id: row.image.id,
            });
        }
        Ok(())
    }

    /// Adds a catalogue row by row.
    ///
    /// # Errors
    /// The first error of `entries`.
    pub fn add_catalogue<E>(
        &mut self,
        name: &str,
        entries: impl Iterator<Item = Result<Entry, E>>,
        fold: impl Fn(&Entry) -> Option<Fold>,
    ) -> Result<(), E> {
        let source = self.source(name);
        for entry in entries {
            let entry = entry?;
            self.rows.push(AuditRow {
                source,
                id: entry.id.to_string(),
                position: Some(entry.position),
                cell: Some(cell_of(entry.position)),
                digest: None,
                label: Label::Unknown,
                // Two catalogues number their clusters independently.
                has_local_id: true,
                fold: fold(&entry),
            });
        }
        Ok(())
    }

    /// Adds one row; its source is `name`.
    pub fn push(&mut self, name: &str, row: AuditRow) {
        let source = self.source(name);
        self.rows.push(AuditRow { source, ..row });
    }

    fn source(&mut self, name: &str) -> usize {
        match self.names.iter().position(|known| known == name) {
            Some(source) => source,
            None => {
                self.names.push(name.to_owned());
                self.names.len() - 1
            }
        }
    }

    /// Names of the datasets and catalogues.
    #[must_use]
    pub fn names(&self) -> &[String] {
        &self.names
    }

    /// The rows.
    #[must_use]
    pub fn rows(&self) -> &[AuditRow] {
        &self.rows
    }
}
