//! The part of FITS that index files use: headers of cards, binary tables as
//! plain bytes. (`imaging` reads images and big-endian tables; an index is
//! neither, and has to be borrowed from a mapped file.)

use std::borrow::Cow;

use super::{LayoutError, bytes::piece};

const BLOCK: usize = 2880;
const CARD: usize = 80;
/// Characters between the quotes of a card.
const TEXT_ROOM: usize = 68;
/// An index has about 14.
const MOST_HDUS: usize = 1000;
/// Published files carry thousands of lines of history.
const MOST_CARDS: usize = 1 << 20;

/// Keyword and value of a card.
type Card<'a> = (&'a str, &'a str);

/// A header and its data.
#[derive(Debug, Clone)]
pub(super) struct Hdu<'a> {
    cards: Vec<Card<'a>>,
    /// The data without padding.
    pub data: &'a [u8],
}

impl<'a> Hdu<'a> {
    /// The value of a keyword as it is written, quotes off and doubled ones made single.
    pub fn text(&self, keyword: &str) -> Option<Cow<'a, str>> {
        let raw = self.cards.iter().find(|(name, _)| *name == keyword)?.1;
        Some(match raw.strip_prefix('\'') {
            Some(rest) => {
                let inner = rest[..closing(rest)].trim_end();
                if inner.contains("''") { inner.replace("''", "'").into() } else { inner.into() }
            }
            None => raw.split('/').next().unwrap_or_default().trim().into(),
        })
    }

    /// A number; `None` if there is none, or none that is one.
    pub fn number<T: std::str::FromStr>(&self, keyword: &str) -> Option<T> {
        self.text(keyword)?.parse().ok()
    }

    /// A whole number that has to be there.
    pub fn required<T: std::str::FromStr>(&self, keyword: &str) -> Result<T, LayoutError> {
        let text = self.text(keyword).ok_or_else(|| LayoutError::Missing(format!("keyword {keyword}")))?;
        text.parse()
            .map_err(|_| LayoutError::wrong(format!("keyword {keyword}"), &text, "a number that can be"))
    }

    /// Columns of a table: name, form and unit as written, first byte and length in a row.
    pub fn columns(&self) -> Vec<Column<'a>> {
        let mut start = 0_usize;
        let fields = self.number::<usize>("TFIELDS").unwrap_or(0).min(999);
        (1..=fields)
            .map(|n| {
                let form = self.text(&format!("TFORM{n}")).unwrap_or_default();
                let digits = form.bytes().take_while(u8::is_ascii_digit).count();
                let repeat: usize = if digits == 0 { 1 } else { form[..digits].parse().unwrap_or(0) };
                let kind = form[digits..].chars().next().unwrap_or(' ');
                let size = match kind {
                    'D' | 'K' | 'C' | 'P' => 8,
                    'E' | 'J' => 4,
                    'I' => 2,
                    'M' | 'Q' => 16,
                    'X' => 0,
                    _ => 1,
                };
                let length = repeat.saturating_mul(size);
                let column = Column {
                    name: self.text(&format!("TTYPE{n}")).unwrap_or_default(),
                    unit: self.text(&format!("TUNIT{n}")).unwrap_or_default(),
                    kind: if repeat == 1 { kind } else { ' ' },
                    start,
                };
                start = start.saturating_add(length);
                column
            })
            .collect()
    }
}

/// Where the first quote is that is not doubled; the end, if there is none.
fn closing(text: &str) -> usize {
    let mut at = 0;
    while let Some(step) = text[at..].find('\'') {
        at += step;
        if !text[at + 1..].starts_with('\'') {
            return at;
        }
        at += 2;
    }
    text.len()
}

/// A column of a table.
#[derive(Debug, Clone)]
pub(super) struct Column<'a> {
    pub name: Cow<'a, str>,
    pub unit: Cow<'a, str>,
    /// Letter of its type; a blank where it is not one value a row.
    pub kind: char,
    /// First byte in a row.
    pub start: usize,
}

/// All HDUs of a file.
pub(super) fn hdus(bytes: &[u8]) -> Result<Vec<Hdu<'_>>, LayoutError> {
    let mut found = Vec::new();
    let mut start = 0_usize;
    while found.len() < MOST_HDUS && start < bytes.len() {
        if !found.is_empty() && !bytes[start..].starts_with(b"XTENSION") {
            break;
        }
        let what = format!("HDU {}", found.len());
        let (cards, count) = header(&bytes[start..], &what, bytes.len() as u64)?;
        let data_start = start + (count * CARD).next_multiple_of(BLOCK);
        let hdu = Hdu { cards, data: &[] };
        let length = length(&hdu, &what)?;
        let data = piece(bytes, data_start as u64, length, &what)?;
        start = data_start.saturating_add(data.len()).saturating_add(BLOCK - 1) / BLOCK * BLOCK;
        found.push(Hdu { data, ..hdu });
    }
    Ok(found)
}

/// Cards with a value, and the number of all cards.
fn header<'a>(bytes: &'a [u8], what: &str, file: u64) -> Result<(Vec<Card<'a>>, usize), LayoutError> {
    let mut cards = Vec::new();
    for (index, card) in bytes.chunks_exact(CARD).take(MOST_CARDS).enumerate() {
        if card.starts_with(b"END     ") {
            return Ok((cards, index + 1));
        }
        let Ok(text) = std::str::from_utf8(card) else { continue };
        if let Some((name, value)) = text.split_once("= ")
            && name.len() == 8
        {
            cards.push((name.trim_end(), value.trim()));
        }
    }
    Err(LayoutError::Truncated { what: format!("the header of {what}"), needed: file + 1, found: file })
}

fn length(hdu: &Hdu<'_>, what: &str) -> Result<u64, LayoutError> {
    let axes: u32 = hdu.required("NAXIS")?;
    let bits: i64 = hdu.required("BITPIX")?;
    let mut length = if axes == 0 { 0 } else { bits.unsigned_abs() / 8 };
    for axis in 1..=axes.min(999) {
        length = length.saturating_mul(hdu.required(&format!("NAXIS{axis}"))?);
    }
    let heap: u64 = hdu.number("PCOUNT").unwrap_or(0);
    let length = length.saturating_add(heap).saturating_mul(hdu.number("GCOUNT").unwrap_or(1));
    if length > 1 << 60 {
        return Err(LayoutError::wrong(format!("the size of {what}"), length, "that of a file"));
    }
    Ok(length)
}

/// Writes HDUs.
#[derive(Debug, Default)]
pub(super) struct Writer {
    out: Vec<u8>,
}

impl Writer {
    /// A card with a value as it is to be written.
    pub fn card(&mut self, keyword: &str, value: impl std::fmt::Display, comment: &str) {
        let value = value.to_string();
        let mut card = format!("{keyword:<8}= {value:>20}");
        if !comment.is_empty() {
            card.push_str(" / ");
            card.push_str(comment);
        }
        self.line(&card);
    }

    /// A card with text, cut where it gets too long for one; quotes are doubled, what FITS cannot write becomes `?`.
    pub fn text(&mut self, keyword: &str, value: &str, comment: &str) {
        let mut inner = String::new();
        for c in value.chars() {
            // A doubled quote stays whole.
            let width = if c == '\'' { 2 } else { 1 };
            if inner.len() + width > TEXT_ROOM {
                break;
            }
            match c {
                '\'' => inner.push_str("''"),
                ' '..='~' => inner.push(c),
                _ => inner.push('?'),
            }
        }
        let quoted = format!("'{inner:<8}'");
        self.card(keyword, format!("{quoted:<20}"), comment);
    }

    fn line(&mut self, text: &str) {
        let mut card = text.as_bytes().to_vec();
        card.resize(CARD, b' ');
        self.out.extend_from_slice(&card);
    }

    /// The cards with which a table of one column of bytes begins; `kind` is the letter of the form.
    pub fn table(&mut self, name: &str, width: usize, rows: usize, kind: char) {
        self.extension(width, rows, 1);
        self.text("TFORM1", &format!("{width}{kind}"), "");
        self.text("TTYPE1", name, "");
    }

    /// The cards with which any table begins.
    pub fn extension(&mut self, width: usize, rows: usize, fields: usize) {
        self.text("XTENSION", "BINTABLE", "");
        self.card("BITPIX", 8, "");
        self.card("NAXIS", 2, "");
        self.card("NAXIS1", width, "bytes in a row");
        self.card("NAXIS2", rows, "rows");
        self.card("PCOUNT", 0, "");
        self.card("GCOUNT", 1, "");
        self.card("TFIELDS", fields, "");
    }

    /// Ends a header and writes its data.
    pub fn data(&mut self, data: &[u8]) {
        self.line("END");
        self.out.resize(self.out.len().next_multiple_of(BLOCK), b' ');
        self.out.extend_from_slice(data);
        self.out.resize(self.out.len().next_multiple_of(BLOCK), 0);
    }

    /// The file.
    pub fn finish(self) -> Vec<u8> {
        self.out
    }
}
