//! Rows of a VOTable's BINARY and BINARY2 streams: base64 in the XML, big-endian
//! values inside, for BINARY2 with a bit per column that says "unknown".

use std::{io::BufRead, path::Path};

use base64::{Engine as _, engine::general_purpose::STANDARD};

use super::votable::{FieldOf, cut_off};
use crate::catalogue::{CatalogueError, cell::Cell};

/// Longest value of varying length.
const MAX_VALUE: usize = 1 << 20;

/// Type of a FIELD's elements.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) enum Kind {
    Boolean,
    Bit,
    Byte,
    Short,
    Int,
    Long,
    #[default]
    Char,
    UnicodeChar,
    Float,
    Double,
    FloatComplex,
    DoubleComplex,
}

impl Kind {
    pub(super) fn parse(name: &str) -> Self {
        match name {
            "boolean" => Self::Boolean,
            "bit" => Self::Bit,
            "unsignedByte" => Self::Byte,
            "short" => Self::Short,
            "int" => Self::Int,
            "long" => Self::Long,
            "unicodeChar" => Self::UnicodeChar,
            "float" => Self::Float,
            "double" => Self::Double,
            "floatComplex" => Self::FloatComplex,
            "doubleComplex" => Self::DoubleComplex,
            _ => Self::Char,
        }
    }

    pub(super) const fn is_text(self) -> bool {
        matches!(self, Self::Char | Self::UnicodeChar)
    }

    /// Bytes of so many elements.
    const fn bytes(self, count: usize) -> usize {
        match self {
            Self::Bit => count.div_ceil(8),
            Self::Boolean | Self::Byte | Self::Char => count,
            Self::Short | Self::UnicodeChar => count.saturating_mul(2),
            Self::Int | Self::Float => count.saturating_mul(4),
            Self::Long | Self::Double | Self::FloatComplex => count.saturating_mul(8),
            Self::DoubleComplex => count.saturating_mul(16),
        }
    }
}

/// Decodes rows from the stream.
pub(super) struct BinaryRows {
    fields: Vec<FieldOf>,
    nulls: bool,
    /// Decoded bytes not used yet.
    waiting: Vec<u8>,
    at: usize,
    /// Base64 letters not decoded yet, fewer than four.
    letters: Vec<u8>,
    ended: bool,
    latin1: u64,
}

impl BinaryRows {
    pub(super) const fn new(fields: Vec<FieldOf>, nulls: bool) -> Self {
        Self { fields, nulls, waiting: Vec::new(), at: 0, letters: Vec::new(), ended: false, latin1: 0 }
    }

    pub(super) const fn has_nulls(&self) -> bool {
        self.nulls
    }

    /// Reads the next row; false at the end of the stream.
    pub(super) fn next(
        &mut self,
        path: &Path,
        from: &mut dyn BufRead,
        wanted: &[usize],
        cells: &mut Vec<Cell>,
    ) -> Result<bool, CatalogueError> {
        if self.need(path, from, 1)? == 0 {
            return Ok(false);
        }
        let flags =
            if self.nulls { self.take(path, from, self.fields.len().div_ceil(8))? } else { Vec::new() };
        let mut row = vec![Cell::Null; wanted.len()];
        let mut length = flags.len();
        for index in 0..self.fields.len() {
            let FieldOf { kind, count, .. } = self.fields[index];
            let count = match count {
                Some(count) => count,
                None => {
                    let bytes = self.take(path, from, 4)?;
                    length += bytes.len();
                    u32::from_be_bytes([bytes[0], bytes[1], bytes[2], bytes[3]]) as usize
                }
            };
            if kind.bytes(count) > MAX_VALUE {
                let reason =
                    format!("field {} has a value of {count} elements; the file is damaged", index + 1);
                return Err(CatalogueError::table(path, reason));
            }
            let bytes = self.take(path, from, kind.bytes(count))?;
            length += bytes.len();
            let unknown = flags.get(index / 8).is_some_and(|byte| byte & (0x80 >> (index % 8)) != 0);
            for (slot, _) in row.iter_mut().zip(wanted).filter(|(_, w)| **w == index && !unknown) {
                let cell = value(kind, &bytes, &mut self.latin1);
                let null = self.fields[index].null.as_deref();
                *slot =
                    if null.is_some_and(|null| cell.written() == null.trim()) { Cell::Null } else { cell };
            }
        }
        if length == 0 {
            // There would be no end of such rows.
            return Err(CatalogueError::table(path, "its fields take no bytes; the file is damaged"));
        }
        cells.append(&mut row);
        Ok(true)
    }

    fn take(&mut self, path: &Path, from: &mut dyn BufRead, count: usize) -> Result<Vec<u8>, CatalogueError> {
        if self.need(path, from, count)? < count {
            return Err(cut_off(path));
        }
        let taken = self.waiting[self.at..self.at + count].to_vec();
        self.at += count;
        Ok(taken)
    }

    /// Decodes until `count` bytes wait or the stream ends; gives how many wait.
    fn need(&mut self, path: &Path, from: &mut dyn BufRead, count: usize) -> Result<usize, CatalogueError> {
        while self.waiting.len() - self.at < count && !self.ended {
            if self.at > 1 << 16 {
                self.waiting.drain(..self.at);
                self.at = 0;
            }
            let piece = from.fill_buf().map_err(CatalogueError::read(path))?;
            if piece.is_empty() {
                return Err(cut_off(path));
            }
            let end = piece.iter().position(|&byte| byte == b'<');
            let used = end.unwrap_or(piece.len()).min(1 << 14);
            self.ended = end == Some(used);
            self.letters.extend(piece[..used].iter().filter(|byte| !byte.is_ascii_whitespace()));
            from.consume(used);
            let whole = if self.ended { self.letters.len() } else { self.letters.len() / 4 * 4 };
            // Padding may only come last.
            STANDARD.decode_vec(&self.letters[..whole], &mut self.waiting).map_err(|error| {
                CatalogueError::table(path, format!("the base64 stream is damaged ({error}); fetch it again"))
            })?;
            self.letters.drain(..whole);
        }
        Ok(self.waiting.len() - self.at)
    }
}

/// The first element, or the text.
fn value(kind: Kind, bytes: &[u8], latin1: &mut u64) -> Cell {
    macro_rules! number {
        ($kind:ty) => {
            bytes.first_chunk().map(|chunk| <$kind>::from_be_bytes(*chunk))
        };
    }
    let cell = match kind {
        Kind::Boolean => bytes.first().and_then(|byte| match byte {
            b'T' | b't' | b'1' => Some(Cell::Whole(1)),
            b'F' | b'f' | b'0' => Some(Cell::Whole(0)),
            _ => None,
        }),
        Kind::Bit => bytes.first().map(|byte| Cell::Whole(i64::from(byte >> 7))),
        Kind::Byte => bytes.first().map(|&byte| Cell::Whole(byte.into())),
        Kind::Short => number!(i16).map(|v| Cell::Whole(v.into())),
        Kind::Int => number!(i32).map(|v| Cell::Whole(v.into())),
        Kind::Long => number!(i64).map(Cell::Whole),
        Kind::Float | Kind::FloatComplex => number!(f32).map(Cell::single),
        Kind::Double | Kind::DoubleComplex => number!(f64).map(Cell::real),
        Kind::Char => {
            let end = bytes.iter().position(|&byte| byte == 0).unwrap_or(bytes.len());
            Some(Cell::text(&bytes[..end], latin1))
        }
        Kind::UnicodeChar => {
            let units = bytes.chunks_exact(2).map(|pair| u16::from_be_bytes([pair[0], pair[1]]));
            let text: String = char::decode_utf16(units.take_while(|&unit| unit != 0))
                .map(|c| c.unwrap_or('\u{fffd}'))
                .collect();
            Some(Cell::Text(text.trim().to_owned()))
        }
    };
    cell.unwrap_or(Cell::Null)
}
