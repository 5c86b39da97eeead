//! Headers of a FITS file, one after another, and the values of their cards.

use std::{
    io::{BufRead, Read},
    path::Path,
};

use fitsio_pure::{
    header::{Card, header_byte_len, parse_header_blocks},
    value::Value,
};

use crate::{catalogue::CatalogueError, guard::guarded};

/// FITS comes in blocks of this many bytes.
pub(super) const BLOCK: usize = 2880;
/// Longest header: 36,000 cards.
const MAX_HEADER_BLOCKS: usize = 1000;

/// The next header; `None` at the end of the file.
pub(super) fn header(path: &Path, bytes: &mut dyn BufRead) -> Result<Option<Vec<Card>>, CatalogueError> {
    let mut blocks: Vec<u8> = Vec::new();
    loop {
        let start = blocks.len();
        let read = (&mut *bytes).take(BLOCK as u64).read_to_end(&mut blocks);
        read.map_err(CatalogueError::read(path))?;
        let got = blocks.len() - start;
        // Padding or special records may follow the last HDU.
        let other = start == 0 && !(blocks.starts_with(b"SIMPLE") || blocks.starts_with(b"XTENSION"));
        if start == 0 && (got == 0 || other) {
            return Ok(None);
        }
        if got < BLOCK {
            return Err(CatalogueError::table(path, "the file ends inside a header; fetch it again"));
        }
        if header_byte_len(&blocks[start..]).is_ok() {
            let parsed = guarded(|| parse_header_blocks(&blocks).map_err(|error| format!("{error:?}")));
            return parsed.map(Some).map_err(|reason| {
                CatalogueError::table(path, format!("a header cannot be read ({reason}); fetch it again"))
            });
        }
        if blocks.len() / BLOCK >= MAX_HEADER_BLOCKS {
            return Err(CatalogueError::table(path, "a header does not end; fetch the file again"));
        }
    }
}

/// Passes over bytes.
pub(super) fn skip(path: &Path, bytes: &mut dyn BufRead, count: u64) -> Result<(), CatalogueError> {
    // The padding of the last HDU may be missing.
    std::io::copy(&mut bytes.take(count), &mut std::io::sink())
        .map(|_| ())
        .map_err(CatalogueError::read(path))
}

/// A number of a card.
pub(super) enum Number {
    Whole(i128),
    Real(f64),
}

impl Number {
    pub(super) fn real(self) -> f64 {
        match self {
            Self::Whole(value) => value as f64,
            Self::Real(value) => value,
        }
    }
}

fn value<'a>(cards: &'a [Card], keyword: &str) -> Option<&'a Value> {
    cards.iter().find(|card| card.keyword_str().trim_end() == keyword)?.value.as_ref()
}

/// The text of a card.
pub(super) fn text(cards: &[Card], keyword: &str) -> Option<String> {
    match value(cards, keyword)? {
        Value::String(text) => Some(text.trim().to_owned()),
        _ => None,
    }
}

/// The number of a card.
pub(super) fn number(cards: &[Card], keyword: &str) -> Option<Number> {
    match value(cards, keyword)? {
        Value::Integer(value) => Some(Number::Whole((*value).into())),
        Value::Float(value) => Some(Number::Real(*value)),
        _ => None,
    }
}
