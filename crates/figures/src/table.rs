//! A table before it is drawn: the terminal and the page show the same ones.

use serde::Serialize;

/// Rows under a caption.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Table {
    /// What the rows are, with the counts behind them.
    pub caption: String,
    /// Heads from left to right.
    pub columns: Vec<Column>,
    /// As many cells as columns each.
    pub rows: Vec<Vec<String>>,
}

/// One column.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Column {
    /// Its head.
    pub name: String,
    /// Numbers stand right.
    pub is_number: bool,
}

impl Table {
    /// An empty table. A head that starts with `#` is a column of numbers.
    #[must_use]
    pub fn new(caption: impl Into<String>, heads: &[&str]) -> Self {
        let column = |head: &&str| match head.strip_prefix('#') {
            Some(name) => Column { name: name.to_owned(), is_number: true },
            None => Column { name: (*head).to_owned(), is_number: false },
        };
        Self { caption: caption.into(), columns: heads.iter().map(column).collect(), rows: Vec::new() }
    }

    /// The table for a terminal: caption, heads, a line, rows; numbers stand right.
    #[must_use]
    pub fn text(&self) -> String {
        let long = |text: &str| text.chars().count();
        let cell = |row: &[String], at: usize| row.get(at).map_or(0, |cell| long(cell));
        let widths: Vec<usize> = self
            .columns
            .iter()
            .enumerate()
            .map(|(at, column)| {
                self.rows.iter().map(|row| cell(row, at)).max().unwrap_or(0).max(long(&column.name))
            })
            .collect();
        let line = |cells: &mut dyn Iterator<Item = &str>| {
            let mut line = String::from("  ");
            for ((text, width), column) in cells.zip(&widths).zip(&self.columns) {
                let room = " ".repeat(width - long(text));
                let (before, after) =
                    if column.is_number { (room.as_str(), "") } else { ("", room.as_str()) };
                line.push_str(before);
                line.push_str(text);
                line.push_str(after);
                line.push_str("  ");
            }
            line.truncate(line.trim_end().len());
            line.push('\n');
            line
        };
        let mut text = format!("{}\n", self.caption);
        text.push_str(&line(&mut self.columns.iter().map(|column| column.name.as_str())));
        let all: usize = widths.iter().sum::<usize>() + 2 * widths.len().saturating_sub(1);
        text.push_str(&format!("  {}\n", "─".repeat(all)));
        for row in &self.rows {
            text.push_str(&line(&mut row.iter().map(String::as_str)));
        }
        text
    }

    /// Adds a row.
    pub fn push(&mut self, cells: impl IntoIterator<Item = String>) {
        self.rows.push(cells.into_iter().collect());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_stand_right_in_a_terminal() {
        let mut table = Table::new("Caption", &["Arm", "#Votes"]);
        table.push(["a".to_owned(), "1,000".to_owned()]);
        table.push(["greedy".to_owned(), "7".to_owned()]);
        assert_eq!(
            table.text(),
            "Caption\n  Arm     Votes\n  ─────────────\n  a       1,000\n  greedy      7\n"
        );
    }
}
