//! A figure: a chart, what it shows in a sentence, and its numbers as a table.

use serde::Serialize;

use crate::Table;

/// A chart ready for a page.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Figure {
    /// Unique on the page.
    pub id: String,
    /// What it is about.
    pub title: String,
    /// What it shows, with numbers.
    pub finding: String,
    /// How many images stand behind it.
    pub counts: String,
    /// The drawing.
    pub svg: String,
    /// The same numbers.
    pub table: Table,
}
