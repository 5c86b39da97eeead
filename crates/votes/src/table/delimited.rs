//! Tables of text: commas or tabs, quotes as in RFC 4180, either line ending.

use std::io::{BufRead, Read};

use domain::Progress;

use super::{Each, ROWS_A_LOOK};
use crate::VotesError;

/// A table of text.
pub(crate) struct Delimited {
    name: String,
    separator: u8,
    columns: Vec<String>,
    reader: csv::Reader<Quotes>,
    record: csv::ByteRecord,
}

impl Delimited {
    pub(super) fn open(
        name: &str,
        mut text: Box<dyn BufRead + Send>,
        separator: Option<u8>,
    ) -> Result<Self, VotesError> {
        let separator = match separator {
            Some(separator) => separator,
            None => {
                let start = text.fill_buf().map_err(|source| VotesError::Io {
                    doing: "cannot read",
                    file: name.to_owned(),
                    source,
                })?;
                guess(start)
            }
        };
        let mut reader = csv::ReaderBuilder::new()
            .delimiter(separator)
            .has_headers(false)
            .flexible(true)
            .buffer_capacity(1 << 16)
            .from_reader(Quotes { text, odd: false });
        let mut record = csv::ByteRecord::new();
        if !reader.read_byte_record(&mut record).map_err(|error| damaged(name, &error))? {
            return Err(VotesError::file(name, "is empty; a file of votes begins with a header"));
        }
        let columns = record
            .iter()
            .map(|field| {
                std::str::from_utf8(field).map(|text| text.trim().to_owned()).map_err(|_| {
                    VotesError::file(name, "line 1, header: is not UTF-8; save the file as UTF-8")
                })
            })
            .collect::<Result<_, _>>()?;
        Ok(Self { name: name.to_owned(), separator, columns, reader, record })
    }

    pub(super) fn columns(&self) -> &[String] {
        &self.columns
    }

    pub(super) const fn separator(&self) -> u8 {
        self.separator
    }

    pub(super) fn each(
        mut self,
        wanted: &[usize],
        progress: &dyn Progress,
        each: Each<'_>,
    ) -> Result<u64, VotesError> {
        let (mut rows, mut line, mut last_field_has_break) = (0_u64, 0, false);
        while self.reader.read_byte_record(&mut self.record).map_err(|error| damaged(&self.name, &error))? {
            line = self.record.position().map_or(0, csv::Position::line);
            last_field_has_break = self.record.iter().next_back().is_some_and(|field| field.contains(&b'\n'));
            if self.record.len() != self.columns.len() {
                if self.record.len() == 1 && self.record[0].trim_ascii().is_empty() {
                    // A line of blanks.
                    continue;
                }
                return Err(VotesError::Row {
                    file: self.name,
                    at: format!("line {line}"),
                    field: "row".to_owned(),
                    problem: format!(
                        "has {} fields, but the header has {}",
                        self.record.len(),
                        self.columns.len()
                    ),
                    remedy: "put fields that hold a separator or a line break in quotes, and close each quote",
                });
            }
            let mut fields = [None; MOST_WANTED];
            for (field, &column) in fields.iter_mut().zip(wanted) {
                let text = std::str::from_utf8(&self.record[column]).map_err(|_| VotesError::Row {
                    file: self.name.clone(),
                    at: format!("line {line}"),
                    field: self.columns[column].clone(),
                    problem: "is not UTF-8".to_owned(),
                    remedy: "save the file as UTF-8",
                })?;
                *field = Some(text.trim()).filter(|text| !text.is_empty());
            }
            each(line, &fields[..wanted.len()])?;
            rows += 1;
            if rows.is_multiple_of(ROWS_A_LOOK) {
                progress.advance(ROWS_A_LOOK);
                progress.check()?;
            }
        }
        // The last field runs over the end of its line, and a quote has no partner: it was left open,
        // and swallowed all that follows.
        if self.reader.get_ref().odd && last_field_has_break {
            return Err(VotesError::Row {
                file: self.name,
                at: format!("line {line}"),
                field: "row".to_owned(),
                problem: "a quote is left open".to_owned(),
                remedy: "close it, or double a quote that belongs to the text",
            });
        }
        progress.advance(rows % ROWS_A_LOOK);
        Ok(rows)
    }
}

/// Counts quotes as they go by, modulo two.
struct Quotes {
    text: Box<dyn BufRead + Send>,
    odd: bool,
}

impl Read for Quotes {
    fn read(&mut self, to: &mut [u8]) -> std::io::Result<usize> {
        let count = self.text.read(to)?;
        self.odd ^= to[..count].iter().fold(false, |odd, &byte| odd ^ (byte == b'"'));
        Ok(count)
    }
}

/// Columns asked for at most.
const MOST_WANTED: usize = 16;

/// Tab if the first line has more tabs than commas; semicolon likewise (spreadsheets of half of Europe).
fn guess(start: &[u8]) -> u8 {
    let line = start.split(|&byte| byte == b'\n').next().unwrap_or_default();
    let count = |wanted: u8| line.iter().filter(|&&byte| byte == wanted).count();
    let (commas, tabs, semicolons) = (count(b','), count(b'\t'), count(b';'));
    if tabs > commas && tabs >= semicolons {
        b'\t'
    } else if semicolons > commas {
        b';'
    } else {
        b','
    }
}

fn damaged(name: &str, error: &csv::Error) -> VotesError {
    VotesError::file(name, format!("cannot be read: {error}"))
}
