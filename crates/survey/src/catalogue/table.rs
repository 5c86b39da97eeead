//! A table of any format as columns and rows of cells, one row after another;
//! memory holds a batch of rows. What the columns mean is the schema's.

mod binary2;
mod columnar;
mod fits;
mod text;
mod votable;

use std::path::Path;

use super::{CatalogueError, FileSpec, cell::Cell, source};

/// A column of a file.
#[derive(Debug, Clone, PartialEq, Default)]
pub(super) struct Column {
    pub name: String,
    /// The unit the file states.
    pub unit: Option<String>,
}

/// What the next row turned out to be.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Step {
    /// A row; the cells of the selected columns are in the buffer.
    Row,
    /// A row that cannot be read, and why; the next may be fine.
    Bad(String),
    /// There are no more.
    End,
}

/// A table.
pub(super) trait Table {
    /// Its columns, in order.
    fn columns(&self) -> &[Column];

    /// The columns that rows shall have, by index. Called once, before the first row.
    fn select(&mut self, wanted: &[usize]) -> Result<(), CatalogueError>;

    /// Reads the next row into `cells`, one per selected column.
    fn next(&mut self, cells: &mut Vec<Cell>) -> Result<Step, CatalogueError>;

    /// Where the row read last is: its number from 1, or its line in a text file.
    fn place(&self) -> u64;

    /// What [`Table::place`] counts.
    fn place_name(&self) -> &'static str {
        "row"
    }

    /// Rows, where the file says so beforehand.
    fn rows(&self) -> Option<u64> {
        None
    }

    /// Values that were no UTF-8 and were taken as Latin-1.
    fn latin1(&self) -> u64 {
        0
    }
}

/// Opens a table; what it is, its first bytes say.
pub(super) fn open(path: &Path, spec: &FileSpec) -> Result<Box<dyn Table>, CatalogueError> {
    let opened = source::open(path)?;
    Ok(match opened.format {
        source::Format::Fits => Box::new(fits::FitsTable::open(path, opened.bytes, spec)?),
        source::Format::VoTable => Box::new(votable::VoTable::open(path, opened.bytes, spec)?),
        source::Format::Parquet => Box::new(columnar::ParquetTable::open(path)?),
        source::Format::Text => Box::new(text::TextTable::open(path, opened.bytes, spec)?),
    })
}

/// A column of that name: letter for letter, else whatever the case, else without a unit in brackets
/// behind it (`RA` for `RA [deg]`).
pub(super) fn find(columns: &[Column], name: &str) -> Option<usize> {
    let only = |fits: &dyn Fn(&str) -> bool| {
        let mut found = columns.iter().enumerate().filter(|(_, column)| fits(&column.name));
        let first = found.next()?.0;
        found.next().is_none().then_some(first)
    };
    columns
        .iter()
        .position(|column| column.name == name)
        .or_else(|| only(&|other| other.eq_ignore_ascii_case(name)))
        .or_else(|| only(&|other| split_unit(other).0.eq_ignore_ascii_case(name)))
}

/// Whether more than one column has just that name.
pub(super) fn is_twice(columns: &[Column], name: &str) -> bool {
    columns.iter().filter(|column| column.name == name).count() > 1
}

/// `RA [deg]` or `M500(1e14 Msun)` into the name and the unit.
pub(super) fn split_unit(name: &str) -> (&str, Option<&str>) {
    for (open, close) in [('[', ']'), ('(', ')')] {
        if let Some((before, rest)) = name.split_once(open)
            && let Some(unit) = rest.trim_end().strip_suffix(close)
            && !before.trim().is_empty()
        {
            return (before.trim_end(), Some(unit));
        }
    }
    (name, None)
}

/// The columns whose names are likest to `wanted`, in words.
pub(super) fn nearest(columns: &[Column], wanted: &[String]) -> String {
    let distance = |name: &str| {
        wanted.iter().map(|w| edit_distance(&w.to_lowercase(), &name.to_lowercase())).min().unwrap_or(0)
    };
    let mut names: Vec<&str> = columns.iter().map(|column| column.name.as_str()).collect();
    names.sort_by_key(|name| distance(name));
    let some: Vec<_> = names.iter().take(5).map(|name| format!("{name:?}")).collect();
    format!(
        "the nearest of its {} columns are {}; correct the schema, or set optional = true",
        columns.len(),
        some.join(", ")
    )
}

/// Letters to change, add or take away.
fn edit_distance(a: &str, b: &str) -> usize {
    let b: Vec<char> = b.chars().collect();
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, x) in a.chars().enumerate() {
        let mut diagonal = row[0];
        row[0] = i + 1;
        for (j, y) in b.iter().enumerate() {
            let change = diagonal + usize::from(x != *y);
            diagonal = row[j + 1];
            row[j + 1] = change.min(row[j] + 1).min(diagonal + 1);
        }
    }
    row[b.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    fn columns(names: &[&str]) -> Vec<Column> {
        names.iter().map(|name| Column { name: (*name).to_owned(), unit: None }).collect()
    }

    #[test]
    fn a_column_is_found_by_name_then_case_then_without_its_unit() {
        let of = columns(&["ra", "RA [deg]", "Dec", "M500(Msun)"]);
        assert_eq!(find(&of, "RA [deg]"), Some(1));
        assert_eq!(find(&of, "ra"), Some(0));
        assert_eq!(find(&of, "DEC"), Some(2));
        assert_eq!(find(&of, "m500"), Some(3));
        assert_eq!(find(&of, "z"), None);
        assert_eq!(find(&columns(&["Ra", "rA"]), "RA"), None, "two fit, so none does");
    }

    #[test]
    fn the_nearest_names_come_first() {
        let words = nearest(&columns(&["DECLINATION", "PHOTO_Z", "RA_PEAK", "ID"]), &["RA_PEK".to_owned()]);
        assert!(words.contains("\"RA_PEAK\""), "{words}");
        assert!(words.find("RA_PEAK") < words.find("PHOTO_Z"), "{words}");
    }
}
