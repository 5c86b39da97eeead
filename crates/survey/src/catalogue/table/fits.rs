//! FITS binary tables, read from front to back (so that a packed file can be one
//! too), a batch of rows at a time. fitsio-pure reads headers and columns.

mod cards;

use std::{
    io::{BufRead, Read},
    path::{Path, PathBuf},
};

use cards::{BLOCK, Number, header, number, skip, text};
use fitsio_pure::{
    bintable::{BinaryColumnData, BinaryColumnType, parse_tform_binary, read_binary_column},
    hdu::{Hdu, HduInfo},
    header::Card,
    value::Value,
};

use super::{Column, Step, Table, split_unit};
use crate::{
    catalogue::{CatalogueError, FileSpec, cell::Cell},
    guard::guarded,
};

/// Bytes of rows unpacked at once.
const BATCH_BYTES: usize = 1 << 20;
/// Longest row.
const MAX_ROW: usize = 1 << 24;

/// A binary table.
pub(super) struct FitsTable {
    path: PathBuf,
    bytes: Box<dyn BufRead>,
    cards: Vec<Card>,
    columns: Vec<Column>,
    wanted: Vec<Wanted>,
    row_bytes: usize,
    rows: u64,
    /// Rows taken from the file.
    taken: u64,
    batch: Vec<BinaryColumnData>,
    at: usize,
    held: usize,
    latin1: u64,
}

/// A column that is read.
struct Wanted {
    index: usize,
    /// TNULL.
    null: Option<i64>,
    scale: Scale,
}

/// TSCAL and TZERO.
#[derive(Clone, Copy, PartialEq)]
enum Scale {
    None,
    /// Unsigned numbers are stored with their middle taken away.
    Offset(i128),
    Linear(f64, f64),
}

impl FitsTable {
    pub(super) fn open(
        path: &Path,
        mut bytes: Box<dyn BufRead>,
        spec: &FileSpec,
    ) -> Result<Self, CatalogueError> {
        let wrong = |reason: String| CatalogueError::table(path, reason);
        let mut index = 0;
        let mut tables = Vec::new();
        loop {
            let Some(cards) = header(path, &mut bytes)? else {
                let which = spec.table.as_ref().map_or_else(
                    || "has no binary table; fetch the catalogue as a FITS binary table, CSV, Parquet or VOTable".to_owned(),
                    |name| format!("has no table {name:?}, only {tables:?}; correct [file] table in the schema"),
                );
                return Err(wrong(which));
            };
            let hdu = guarded(|| Hdu::from_cards(cards, 0, 0).map_err(|error| format!("{error:?}")))
                .map_err(|reason| {
                    wrong(format!("HDU {index} has a wrong header ({reason}); fetch it again"))
                })?;
            if let HduInfo::AsciiTable { .. } = hdu.info {
                tables.push("(an ASCII table, which is not read)".to_owned());
            }
            if let HduInfo::BinaryTable { naxis1, naxis2, tfields, .. } = hdu.info {
                let name = text(&hdu.cards, "EXTNAME").unwrap_or_default();
                let chosen = spec
                    .table
                    .as_ref()
                    .is_none_or(|wish| *wish == index.to_string() || wish.eq_ignore_ascii_case(&name));
                if chosen {
                    return Self::new(path, bytes, hdu.cards, naxis1, naxis2, tfields);
                }
                tables.push(if name.is_empty() { index.to_string() } else { name });
            }
            let length = (hdu.data_len as u64).checked_next_multiple_of(BLOCK as u64);
            let length = length.ok_or_else(|| {
                wrong(format!("HDU {index} has {} bytes of data, which cannot be", hdu.data_len))
            })?;
            skip(path, &mut bytes, length)?;
            index += 1;
        }
    }

    fn new(
        path: &Path,
        bytes: Box<dyn BufRead>,
        cards: Vec<Card>,
        row_bytes: usize,
        rows: usize,
        fields: usize,
    ) -> Result<Self, CatalogueError> {
        if row_bytes == 0 || row_bytes > MAX_ROW || fields > 999 {
            let reason =
                format!("a table of {fields} columns and {row_bytes} bytes a row cannot be; fetch it again");
            return Err(CatalogueError::table(path, reason));
        }
        for n in 1..=fields {
            let form = text(&cards, &format!("TFORM{n}")).unwrap_or_default();
            if !is_form(&form) {
                let reason = format!("column {n} has TFORM {form:?}, which is none; fetch the file again");
                return Err(CatalogueError::table(path, reason));
            }
        }
        let columns = (1..=fields)
            .map(|n| {
                let name = text(&cards, &format!("TTYPE{n}")).unwrap_or_else(|| format!("column {n}"));
                let unit = text(&cards, &format!("TUNIT{n}")).filter(|unit| !unit.trim().is_empty());
                let unit = unit.or_else(|| split_unit(&name).1.map(str::to_owned));
                Column { name, unit }
            })
            .collect();
        Ok(Self {
            path: path.to_owned(),
            bytes,
            cards,
            columns,
            wanted: Vec::new(),
            row_bytes,
            rows: rows as u64,
            taken: 0,
            batch: Vec::new(),
            at: 0,
            held: 0,
            latin1: 0,
        })
    }

    /// Unpacks the next rows; false when there are none.
    fn fill(&mut self) -> Result<bool, CatalogueError> {
        let left = self.rows - self.taken;
        if left == 0 {
            return Ok(false);
        }
        let count =
            (BATCH_BYTES / self.row_bytes).clamp(1, 65_536).min(usize::try_from(left).unwrap_or(usize::MAX));
        let mut raw = vec![0; count * self.row_bytes];
        self.bytes.read_exact(&mut raw).map_err(|error| match error.kind() {
            std::io::ErrorKind::UnexpectedEof => CatalogueError::table(
                &self.path,
                format!(
                    "the file ends inside the table, after row {} of {}; fetch it again",
                    self.taken, self.rows
                ),
            ),
            _ => CatalogueError::of_read(&self.path, error),
        })?;
        let mut cards = self.cards.clone();
        for (keyword, value) in [("NAXIS2", count as i64), ("PCOUNT", 0)] {
            if let Some(card) = cards.iter_mut().find(|card| card.keyword_str() == keyword) {
                card.value = Some(Value::Integer(value));
            }
        }
        let batch = guarded(|| {
            let hdu = Hdu::from_cards(cards, 0, 0)?;
            self.wanted
                .iter()
                .map(|wanted| read_binary_column(&raw, &hdu, wanted.index))
                .collect::<Result<Vec<_>, _>>()
        });
        self.batch = batch.map_err(|reason| {
            CatalogueError::table(&self.path, format!("the table is damaged ({reason}); fetch it again"))
        })?;
        self.taken += count as u64;
        (self.at, self.held) = (0, count);
        Ok(true)
    }
}

impl Table for FitsTable {
    fn columns(&self) -> &[Column] {
        &self.columns
    }

    fn select(&mut self, wanted: &[usize]) -> Result<(), CatalogueError> {
        for &index in wanted {
            let n = index + 1;
            let name = &self.columns[index].name;
            let wrong =
                |reason: String| CatalogueError::table(&self.path, format!("column {name:?} {reason}"));
            let form = text(&self.cards, &format!("TFORM{n}")).unwrap_or_default();
            let (repeat, kind) = parse_tform_binary(&form)
                .map_err(|_| wrong(format!("has TFORM {form:?}, which is none; fetch the file again")))?;
            use BinaryColumnType as T;
            let single = match kind {
                T::Ascii => true,
                T::Logical | T::Byte | T::Short | T::Int | T::Long | T::Float | T::Double => repeat == 1,
                _ => false,
            };
            if !single {
                return Err(wrong(format!(
                    "holds {form}, not one number or text a row; choose another column"
                )));
            }
            let real = |keyword: &str| number(&self.cards, &format!("{keyword}{n}"));
            let scale = match (real("TSCAL"), real("TZERO")) {
                (None | Some(Number::Whole(1)), None | Some(Number::Whole(0))) => Scale::None,
                (None | Some(Number::Whole(1)), Some(Number::Whole(offset))) => Scale::Offset(offset),
                (scale, zero) => {
                    let value = |of: Option<Number>, usual| of.map_or(usual, Number::real);
                    let (scale, zero) = (value(scale, 1.0), value(zero, 0.0));
                    if scale == 1.0 && zero.fract() == 0.0 && zero.abs() <= 2_f64.powi(63) {
                        if zero == 0.0 { Scale::None } else { Scale::Offset(zero as i128) }
                    } else {
                        Scale::Linear(scale, zero)
                    }
                }
            };
            let null = match number(&self.cards, &format!("TNULL{n}")) {
                Some(Number::Whole(null)) => i64::try_from(null).ok(),
                _ => None,
            };
            self.wanted.push(Wanted { index, null, scale });
        }
        Ok(())
    }

    fn next(&mut self, cells: &mut Vec<Cell>) -> Result<Step, CatalogueError> {
        cells.clear();
        if self.at == self.held && !self.fill()? {
            return Ok(Step::End);
        }
        let latin1 = &mut self.latin1;
        cells.extend(
            self.wanted.iter().zip(&self.batch).map(|(wanted, data)| wanted.cell(data, self.at, latin1)),
        );
        self.at += 1;
        Ok(Step::Row)
    }

    fn place(&self) -> u64 {
        self.taken - (self.held - self.at) as u64
    }

    fn rows(&self) -> Option<u64> {
        Some(self.rows)
    }

    fn latin1(&self) -> u64 {
        self.latin1
    }
}

/// Whether a TFORM has a type and no more elements than a row has room for: the library trusts both.
fn is_form(form: &str) -> bool {
    let form = form.split('(').next().unwrap_or_default().trim();
    let digits = form.bytes().take_while(u8::is_ascii_digit).count();
    let repeat = if digits == 0 { Some(1) } else { form[..digits].parse().ok() };
    digits < form.len() && repeat.is_some_and(|repeat: usize| repeat <= 8 * MAX_ROW)
}

impl Wanted {
    fn cell(&self, data: &BinaryColumnData, at: usize, latin1: &mut u64) -> Cell {
        use BinaryColumnData as D;
        match data {
            D::Logical(values) => values.get(at).map_or(Cell::Null, |&v| Cell::Whole(v.into())),
            D::Byte(values) => self.whole(values.get(at).map(|&v| v.into())),
            D::Short(values) => self.whole(values.get(at).map(|&v| v.into())),
            D::Int(values) => self.whole(values.get(at).map(|&v| v.into())),
            D::Long(values) => self.whole(values.get(at).copied()),
            D::Float(values) if self.scale == Scale::None => {
                values.get(at).map_or(Cell::Null, |&v| Cell::single(v))
            }
            D::Float(values) => self.real(values.get(at).map(|&v| v.into())),
            D::Double(values) => self.real(values.get(at).copied()),
            D::Ascii(values) => values.get(at).map_or(Cell::Null, |v| {
                Cell::text(v.split('\0').next().unwrap_or_default().as_bytes(), latin1)
            }),
            _ => Cell::Null,
        }
    }

    fn whole(&self, value: Option<i64>) -> Cell {
        let Some(value) = value.filter(|value| Some(*value) != self.null) else { return Cell::Null };
        match self.scale {
            Scale::None => Cell::Whole(value),
            Scale::Offset(offset) => {
                let value = i128::from(value) + offset;
                i64::try_from(value).map_or_else(|_| Cell::Text(value.to_string()), Cell::Whole)
            }
            Scale::Linear(scale, zero) => Cell::real(zero + scale * value as f64),
        }
    }

    fn real(&self, value: Option<f64>) -> Cell {
        let Some(value) = value else { return Cell::Null };
        Cell::real(match self.scale {
            Scale::None => value,
            Scale::Offset(offset) => value + offset as f64,
            Scale::Linear(scale, zero) => zero + scale * value,
        })
    }
}
