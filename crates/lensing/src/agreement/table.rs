//! A reference table taken apart: the comment on its first line, its columns, its rows.

use serde_json::Value;

/// A CSV table.
pub struct Table {
    /// Its file.
    pub name: String,
    /// Its comment lines, without the `#`.
    pub comment: String,
    /// The first comment line, if it is JSON.
    pub head: Value,
    columns: Vec<String>,
    /// The text in each row's fields.
    rows: Vec<Vec<String>>,
}

/// One row of it.
#[derive(Clone, Copy)]
pub struct Line<'a> {
    table: &'a Table,
    fields: &'a [String],
}

impl Table {
    /// Takes a text apart.
    pub fn parse(name: &str, text: &str) -> Result<Self, String> {
        let comment: Vec<&str> =
            text.lines().filter_map(|line| line.strip_prefix('#')).map(str::trim).collect();
        let head = comment.first().and_then(|line| serde_json::from_str(line).ok()).unwrap_or(Value::Null);
        let mut lines =
            text.lines().enumerate().filter(|(_, line)| !line.starts_with('#') && !line.trim().is_empty());
        let (_, first) = lines.next().ok_or("the file holds no table")?;
        let split = |line: &str| line.split(',').map(|field| field.trim().to_owned()).collect::<Vec<_>>();
        // A header may explain itself in brackets.
        let columns = split(first.split('(').next().unwrap_or(first));
        let mut rows = Vec::new();
        for (number, line) in lines {
            let row = split(line);
            if row.len() != columns.len() {
                let (has, needs) = (row.len(), columns.len());
                return Err(format!("line {} has {has} fields, the header {needs}", number + 1));
            }
            rows.push(row);
        }
        if rows.is_empty() {
            return Err("the table has no rows".into());
        }
        Ok(Self { name: name.to_owned(), comment: comment.join(" "), head, columns, rows })
    }

    /// Where a column is.
    pub fn column(&self, name: &str) -> Option<usize> {
        self.columns.iter().position(|column| column == name)
    }

    /// The rows.
    pub fn lines(&self) -> impl Iterator<Item = Line<'_>> {
        self.rows.iter().map(|fields| Line { table: self, fields })
    }
}

impl Line<'_> {
    /// A field's text, empty if there is no such column.
    pub fn text(&self, column: &str) -> &str {
        self.table.column(column).map_or("", |i| self.fields[i].as_str())
    }

    /// A field's number; NaN, which no comparison passes, if it is none.
    pub fn number(&self, column: &str) -> f64 {
        self.text(column).parse().unwrap_or(f64::NAN)
    }

    /// Where a row of points is.
    pub fn point(&self) -> String {
        format!("({:.4}, {:.4})", self.number("x"), self.number("y"))
    }
}
