//! Tables of text or Parquet, row by row: only the columns asked for, as trimmed text; `None`
//! where a row has nothing.

mod columnar;
mod delimited;

use std::io::BufRead;

use domain::Progress;

use crate::{Format, VotesError, input::Opened};
pub(crate) use columnar::Columnar;
pub(crate) use delimited::Delimited;

/// Rows between two looks at whether to stop.
pub(crate) const ROWS_A_LOOK: u64 = 1 << 14;

/// What is done with a row: its place and the columns asked for.
pub(crate) type Each<'a> = &'a mut dyn FnMut(u64, &[Option<&str>]) -> Result<(), VotesError>;

/// A table that was opened and whose header was read.
pub(crate) enum Table {
    /// Text between separators.
    Delimited(Delimited),
    /// Parquet.
    Columnar(Columnar),
}

impl Table {
    /// Opens; `separator` is guessed from the header unless given.
    pub(crate) fn open(name: &str, opened: Opened, separator: Option<u8>) -> Result<Self, VotesError> {
        match opened {
            Opened::Text(text) => Self::text(name, text, separator),
            Opened::ParquetFile(file) => Columnar::open(name, file).map(Self::Columnar),
            Opened::ParquetBytes(bytes) => {
                Columnar::open(name, bytes::Bytes::from(bytes)).map(Self::Columnar)
            }
            Opened::Json(_) => {
                Err(VotesError::file(name, "is JSON where a table (CSV, TSV or Parquet) is expected"))
            }
        }
    }

    fn text(name: &str, text: Box<dyn BufRead + Send>, separator: Option<u8>) -> Result<Self, VotesError> {
        Delimited::open(name, text, separator).map(Self::Delimited)
    }

    /// Names of the columns.
    pub(crate) fn columns(&self) -> &[String] {
        match self {
            Self::Delimited(table) => table.columns(),
            Self::Columnar(table) => table.columns(),
        }
    }

    /// What it looks like.
    pub(crate) fn format(&self) -> Format {
        match self {
            Self::Delimited(table) => Format::of_columns(table.columns(), table.separator()),
            Self::Columnar(_) => Format::Parquet,
        }
    }

    /// Goes through all rows.
    pub(crate) fn each(
        self,
        wanted: &[usize],
        progress: &dyn Progress,
        each: Each<'_>,
    ) -> Result<u64, VotesError> {
        match self {
            Self::Delimited(table) => table.each(wanted, progress, each),
            Self::Columnar(table) => table.each(wanted, progress, each),
        }
    }

    /// The column with one of these names, whatever the case; `chosen` is the person's own choice.
    pub(crate) fn find(
        &self,
        file: &str,
        usual: &[&str],
        chosen: Option<&str>,
    ) -> Result<Option<usize>, VotesError> {
        let names: Vec<&str> = chosen.map_or_else(|| usual.to_vec(), |name| vec![name]);
        for name in &names {
            let mut found =
                (0..self.columns().len()).filter(|&at| self.columns()[at].eq_ignore_ascii_case(name));
            if let Some(at) = found.next() {
                if found.next().is_some() {
                    return Err(VotesError::file(
                        file,
                        format!("has several columns called `{name}`; rename all but one"),
                    ));
                }
                return Ok(Some(at));
            }
        }
        match chosen {
            Some(name) => {
                Err(VotesError::file(file, format!("has no column `{name}`; it has {}", self.listed())))
            }
            None => Ok(None),
        }
    }

    /// Names of the columns for an error, cut where there are many.
    pub(crate) fn listed(&self) -> String {
        let mut names: Vec<String> =
            self.columns().iter().take(20).map(|name| name.chars().take(40).collect()).collect();
        if self.columns().len() > 20 {
            names.push("…".to_owned());
        }
        names.join(", ")
    }
}
