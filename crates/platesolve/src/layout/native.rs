//! Our layout (`.sqx`): a header, a table of sections, and sections that begin at
//! multiples of 64 bytes; all numbers little-endian.
//!
//! | bytes | header |
//! |---|---|
//! | 0 | magic `LENSSQX\n` |
//! | 8 | u32 version; u32 number of sections |
//! | 16 | u64 length of the file |
//! | 24 | i32 number of the index; u32 stars of a quad |
//! | 32 | f64 shortest, f64 longest AB, radians |
//! | 48 | i32 HEALPix cell or −1; u32 its Nside |
//! | 56 | u32 Nside of the grid that gave the stars; u32 sweeps |
//! | 64 | f64 standard error of positions, arcsec |
//! | 72 | f64 epoch, Julian year; NaN if not known |
//! | 80 | zeros |
//! | 124 | u32 CRC-32 of header and table with these four bytes zero |
//!
//! A section's row: name (8 bytes, zeros behind), u64 offset, u64 length, u32
//! CRC-32, u32 zero. Unknown sections are passed over, so that more can come.

use std::borrow::Cow;

use super::{
    LayoutError,
    bytes::{Number, Order, encode, numbers, piece},
};
use crate::index::{Index, IndexMeta, Tree};

/// First bytes of a file.
pub(super) const MAGIC: &[u8; 8] = b"LENSSQX\n";
const VERSION: u32 = 1;
const HEADER: usize = 128;
const CHECKSUM_AT: usize = 124;
const ROW: usize = 32;
const ALIGN: usize = 64;
/// More sections than a file of ours has by far.
const MOST_SECTIONS: u32 = 256;

/// Reads a file; the header's checksum is verified, those of sections are not.
pub(super) fn read(bytes: &[u8]) -> Result<Index<'_>, LayoutError> {
    let table = table(bytes)?;
    let u = |at: usize| u32::decode(&bytes[at..at + 4], Order::Little);
    let i = |at: usize| i32::decode(&bytes[at..at + 4], Order::Little);
    let f = |at: usize| f64::decode(&bytes[at..at + 8], Order::Little);
    let sections = Sections { bytes, table };
    let catalogue = sections.find("catalog").map(|row| row.bytes(bytes)).transpose()?.unwrap_or_default();
    let dim_quads = usize::try_from(u(28)).unwrap_or(0);
    let epoch = f(72);
    Ok(Index {
        meta: IndexMeta {
            id: i(24),
            dim_quads,
            scale_low_rad: f(32),
            scale_high_rad: f(40),
            healpix: i(48),
            healpix_nside: u(52),
            cut_nside: u(56),
            sweeps: u(60),
            jitter_arcsec: f(64),
            epoch: epoch.is_finite().then_some(epoch),
            catalogue: String::from_utf8_lossy(catalogue).into_owned(),
        },
        quads: sections.numbers("quads")?,
        codes: sections.tree("code", 2 * dim_quads.saturating_sub(2).min(3))?,
        stars: sections.tree("star", 3)?,
        sweep: sections.numbers("sweep")?,
        magnitude: sections.optional("magnitud")?,
        motion: sections.optional("motion")?,
    })
}

/// A row of the table.
#[derive(Debug, Clone)]
struct Row {
    name: String,
    offset: u64,
    length: u64,
    checksum: u32,
}

impl Row {
    fn bytes<'a>(&self, file: &'a [u8]) -> Result<&'a [u8], LayoutError> {
        piece(file, self.offset, self.length, &format!("section {}", self.name))
    }
}

struct Sections<'a> {
    bytes: &'a [u8],
    table: Vec<Row>,
}

impl<'a> Sections<'a> {
    fn find(&self, name: &str) -> Option<&Row> {
        self.table.iter().find(|row| row.name == name)
    }

    fn optional<T: Number>(&self, name: &str) -> Result<Option<Cow<'a, [T]>>, LayoutError> {
        let Some(row) = self.find(name) else { return Ok(None) };
        numbers(row.bytes(self.bytes)?, Order::Little, &format!("section {name}")).map(Some)
    }

    fn numbers<T: Number>(&self, name: &str) -> Result<Cow<'a, [T]>, LayoutError> {
        self.optional(name)?.ok_or_else(|| LayoutError::Missing(format!("section {name}")))
    }

    fn tree<T: Number>(&self, name: &str, dim: usize) -> Result<Tree<'a, T>, LayoutError> {
        let range: Cow<'_, [f64]> = self.numbers(&format!("{name}rang"))?;
        let Some((&scale, low)) = range.split_last() else {
            return Err(LayoutError::wrong(format!("the length of section {name}rang"), 0, "above 0"));
        };
        Ok(Tree {
            dim,
            right: self.numbers(&format!("{name}lr"))?,
            split: self.numbers(&format!("{name}splt"))?,
            data: self.numbers(&format!("{name}data"))?,
            low: low.to_vec(),
            scale,
        })
    }
}

/// The table of sections, the header's checksum verified.
fn table(bytes: &[u8]) -> Result<Vec<Row>, LayoutError> {
    let header = piece(bytes, 0, HEADER as u64, "the header")?;
    let u = |at: usize| u32::decode(&header[at..at + 4], Order::Little);
    let version = u(8);
    if version != VERSION {
        return Err(LayoutError::Version { found: version, known: VERSION });
    }
    let count = u(12);
    if count > MOST_SECTIONS {
        return Err(LayoutError::wrong("the number of sections", count, format!("at most {MOST_SECTIONS}")));
    }
    let rows = piece(bytes, HEADER as u64, u64::from(count) * ROW as u64, "the table of sections")?;
    if checksum(header, rows) != u(CHECKSUM_AT) {
        return Err(LayoutError::Checksum("the header".to_owned()));
    }
    let length = long(&header[16..24]);
    if length > bytes.len() as u64 {
        let what = "the last section".to_owned();
        return Err(LayoutError::Truncated { what, needed: length, found: bytes.len() as u64 });
    }
    let row = |row: &[u8]| Row {
        name: String::from_utf8_lossy(&row[..8]).trim_end_matches('\0').to_owned(),
        offset: long(&row[8..16]),
        length: long(&row[16..24]),
        checksum: u32::decode(&row[24..28], Order::Little),
    };
    Ok(rows.chunks_exact(ROW).map(row).collect())
}

fn long(bytes: &[u8]) -> u64 {
    bytes.iter().rev().fold(0, |sum, &byte| (sum << 8) | u64::from(byte))
}

fn checksum(header: &[u8], rows: &[u8]) -> u32 {
    let mut hasher = crc32fast::Hasher::new();
    hasher.update(&header[..CHECKSUM_AT]);
    hasher.update(&[0; 4]);
    hasher.update(rows);
    hasher.finalize()
}

/// Compares every section with its checksum.
pub(super) fn verify(bytes: &[u8]) -> Result<(), LayoutError> {
    for row in table(bytes)? {
        if crc32fast::hash(row.bytes(bytes)?) != row.checksum {
            return Err(LayoutError::Checksum(format!("section {}", row.name)));
        }
    }
    Ok(())
}

/// Writes a file.
pub(super) fn write(index: &Index<'_>) -> Vec<u8> {
    fn range<T: Clone>(tree: &Tree<'_, T>) -> Vec<u8> {
        encode(&[&tree.low[..], &[tree.scale]].concat())
    }
    let (codes, stars) = (&index.codes, &index.stars);
    let mut sections = vec![
        ("quads", encode(&index.quads)),
        ("codelr", encode(&codes.right)),
        ("codesplt", encode(&codes.split)),
        ("codedata", encode(&codes.data)),
        ("coderang", range(codes)),
        ("starlr", encode(&stars.right)),
        ("starsplt", encode(&stars.split)),
        ("stardata", encode(&stars.data)),
        ("starrang", range(stars)),
        ("sweep", index.sweep.to_vec()),
        ("catalog", index.meta.catalogue.clone().into_bytes()),
    ];
    sections.extend(index.magnitude.iter().map(|values| ("magnitud", encode(values))));
    sections.extend(index.motion.iter().map(|values| ("motion", encode(values))));

    let mut rows = Vec::with_capacity(sections.len() * ROW);
    let mut end = HEADER + sections.len() * ROW;
    for (name, data) in &sections {
        end = end.next_multiple_of(ALIGN);
        let mut field = [0; 8];
        field[..name.len()].copy_from_slice(name.as_bytes());
        rows.extend_from_slice(&field);
        rows.extend_from_slice(&(end as u64).to_le_bytes());
        rows.extend_from_slice(&(data.len() as u64).to_le_bytes());
        rows.extend_from_slice(&crc32fast::hash(data).to_le_bytes());
        rows.extend_from_slice(&[0; 4]);
        end += data.len();
    }
    let mut header = head(&index.meta, sections.len() as u32, end as u64);
    let crc = checksum(&header, &rows);
    header[CHECKSUM_AT..].copy_from_slice(&crc.to_le_bytes());
    let mut out = Vec::with_capacity(end);
    out.extend_from_slice(&header);
    out.extend_from_slice(&rows);
    for (_, data) in &sections {
        out.resize(out.len().next_multiple_of(ALIGN), 0);
        out.extend_from_slice(data);
    }
    out
}

fn head(meta: &IndexMeta, sections: u32, length: u64) -> Vec<u8> {
    let mut header = Vec::with_capacity(HEADER);
    header.extend_from_slice(MAGIC);
    VERSION.encode(&mut header);
    sections.encode(&mut header);
    header.extend_from_slice(&length.to_le_bytes());
    meta.id.encode(&mut header);
    (meta.dim_quads as u32).encode(&mut header);
    meta.scale_low_rad.encode(&mut header);
    meta.scale_high_rad.encode(&mut header);
    meta.healpix.encode(&mut header);
    meta.healpix_nside.encode(&mut header);
    meta.cut_nside.encode(&mut header);
    meta.sweeps.encode(&mut header);
    meta.jitter_arcsec.encode(&mut header);
    meta.epoch.unwrap_or(f64::NAN).encode(&mut header);
    header.resize(HEADER, 0);
    header
}
