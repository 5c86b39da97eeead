//! Text tables: CSV, TSV and columns separated by blanks. Lines are counted, so
//! that a bad one can be found in an editor.

use std::{
    io::{BufRead, Read},
    path::{Path, PathBuf},
};

use csv::{ByteRecord, ReaderBuilder, Trim};

use super::{Column, Step, Table, split_unit};
use crate::catalogue::{CatalogueError, FileSpec, TextFormat, cell::Cell};

/// Longest first line that is looked at to guess the separator.
const FIRST_LINE: u64 = 1 << 16;

/// A text table.
pub(super) struct TextTable {
    path: PathBuf,
    columns: Vec<Column>,
    wanted: Vec<usize>,
    lines: Lines,
    record: ByteRecord,
    latin1: u64,
    line: u64,
}

/// Where records come from.
enum Lines {
    Separated(Box<csv::Reader<Box<dyn Read>>>, u64),
    Blanks { from: Box<dyn BufRead>, comment: Option<u8>, line: u64, buffer: Vec<u8> },
}

impl TextTable {
    pub(super) fn open(
        path: &Path,
        mut bytes: Box<dyn BufRead>,
        spec: &FileSpec,
    ) -> Result<Self, CatalogueError> {
        let comment = spec.comment.and_then(|c| u8::try_from(c).ok());
        // What is read to guess the separator is put back in front.
        let mut first = Vec::new();
        let mut looked = 0;
        let mut start = 0;
        loop {
            let end = first.len();
            let read = bytes.by_ref().take(FIRST_LINE).read_until(b'\n', &mut first);
            read.map_err(CatalogueError::read(path))?;
            looked += 1;
            let passed_over = comment.is_some_and(|c| first[end..].trim_ascii_start().first() == Some(&c));
            if first.len() == end || !passed_over || looked == 1000 {
                start = end.max(start);
                break;
            }
        }
        let line = &first[start..];
        let format = spec.text.unwrap_or_else(|| guess(path, line));
        let quoted = line.contains(&b'"');
        if first.starts_with(b"\xef\xbb\xbf") {
            first.drain(..3);
        }
        let from = std::io::Cursor::new(first).chain(bytes);
        let mut lines = match format {
            TextFormat::Blanks => {
                Lines::Blanks { from: Box::new(from), comment, line: 0, buffer: Vec::new() }
            }
            _ => {
                let delimiter = match format {
                    TextFormat::Csv | TextFormat::Blanks => b',',
                    TextFormat::Tsv => b'\t',
                    TextFormat::Semicolon => b';',
                    TextFormat::Bar => b'|',
                };
                let reader = ReaderBuilder::new()
                    .delimiter(delimiter)
                    .comment(comment)
                    .has_headers(false)
                    .flexible(true)
                    .trim(Trim::All)
                    .quoting(format != TextFormat::Tsv || quoted)
                    .from_reader(Box::new(from) as Box<dyn Read>);
                Lines::Separated(Box::new(reader), 0)
            }
        };
        let mut record = ByteRecord::new();
        let mut latin1 = 0;
        let names: Vec<String> = if spec.header.is_empty() {
            if !lines.next(&mut record, path)? {
                return Err(CatalogueError::table(path, "the file has no line; fetch it again"));
            }
            record.iter().map(|name| Cell::text(name, &mut latin1).written()).collect()
        } else {
            spec.header.clone()
        };
        let columns = names
            .into_iter()
            .map(|name| Column { unit: split_unit(&name).1.map(str::to_owned), name })
            .collect();
        Ok(Self { path: path.to_owned(), columns, wanted: Vec::new(), lines, record, latin1: 0, line: 0 })
    }
}

/// By the file's name, else the separator seen most in the first line.
fn guess(path: &Path, line: &[u8]) -> TextFormat {
    let count = |byte: u8| line.iter().filter(|&&b| b == byte).count();
    let name = path.to_string_lossy().to_lowercase();
    let name = name.strip_suffix(".gz").unwrap_or(&name);
    if name.ends_with(".tsv") {
        return TextFormat::Tsv;
    }
    let seen = [
        (count(b','), TextFormat::Csv),
        (count(b'\t'), TextFormat::Tsv),
        (count(b';'), TextFormat::Semicolon),
        (count(b'|'), TextFormat::Bar),
    ];
    match seen.into_iter().max_by_key(|&(count, _)| count) {
        Some((1.., format)) => format,
        _ if name.ends_with(".csv") => TextFormat::Csv,
        _ => TextFormat::Blanks,
    }
}

impl Lines {
    /// Reads the next record; false at the end.
    fn next(&mut self, record: &mut ByteRecord, path: &Path) -> Result<bool, CatalogueError> {
        match self {
            Self::Separated(reader, line) => {
                let found = reader.read_byte_record(record).map_err(|error| match error.into_kind() {
                    csv::ErrorKind::Io(error) => CatalogueError::of_read(path, error),
                    other => CatalogueError::table(path, format!("{other:?}")),
                })?;
                *line = record.position().map_or(*line, csv::Position::line);
                Ok(found)
            }
            Self::Blanks { from, comment, line, buffer } => loop {
                buffer.clear();
                if from.read_until(b'\n', buffer).map_err(CatalogueError::read(path))? == 0 {
                    return Ok(false);
                }
                *line += 1;
                let text = buffer.trim_ascii();
                if text.is_empty() || comment.is_some_and(|c| text[0] == c) {
                    continue;
                }
                record.clear();
                text.split(u8::is_ascii_whitespace).filter(|part| !part.is_empty()).for_each(|part| {
                    record.push_field(part);
                });
                return Ok(true);
            },
        }
    }

    const fn line(&self) -> u64 {
        match self {
            Self::Separated(_, line) | Self::Blanks { line, .. } => *line,
        }
    }
}

impl Table for TextTable {
    fn columns(&self) -> &[Column] {
        &self.columns
    }

    fn select(&mut self, wanted: &[usize]) -> Result<(), CatalogueError> {
        self.wanted = wanted.to_vec();
        Ok(())
    }

    fn next(&mut self, cells: &mut Vec<Cell>) -> Result<Step, CatalogueError> {
        cells.clear();
        if !self.lines.next(&mut self.record, &self.path)? {
            return Ok(Step::End);
        }
        self.line = self.lines.line();
        let (found, expected) = (self.record.len(), self.columns.len());
        if found != expected {
            return Ok(Step::Bad(format!("has {found} fields, the header has {expected}")));
        }
        let latin1 = &mut self.latin1;
        cells.extend(self.wanted.iter().map(|&index| Cell::text(&self.record[index], latin1)));
        Ok(Step::Row)
    }

    fn place(&self) -> u64 {
        self.line
    }

    fn place_name(&self) -> &'static str {
        "line"
    }

    fn latin1(&self) -> u64 {
        self.latin1
    }
}
