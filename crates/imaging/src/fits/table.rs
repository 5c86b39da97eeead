//! Binary tables (the first of a file): columns by name as numbers or text, as
//! the lists of survey bricks need them. Which columns a list should have is
//! the caller's.

use std::panic::{AssertUnwindSafe, catch_unwind};

use fitsio_pure::{
    bintable::{
        BinaryColumnData, parse_binary_table_columns, read_binary_column, read_binary_column_physical,
    },
    hdu::Hdu as Theirs,
};

use super::{
    FitsError,
    codec::card,
    structure::{self, Hdu},
};

/// The first binary table of a file.
pub struct Table<'a> {
    bytes: &'a [u8],
    hdu: Theirs,
    index: usize,
    names: Vec<String>,
    rows: usize,
}

impl<'a> Table<'a> {
    /// Finds the table; its columns are read when asked for.
    ///
    /// # Errors
    /// When the file is damaged or holds no binary table.
    pub fn open(bytes: &'a [u8]) -> Result<Self, FitsError> {
        let hdus = structure::scan_shapes(bytes)?;
        let is_table =
            |hdu: &&Hdu| hdu.header.text("XTENSION") == Some("BINTABLE") && !hdu.header.is_true("ZIMAGE");
        let hdu = hdus.iter().find(is_table).ok_or(FitsError::NoTable { hdus: hdus.len() })?;
        let wrong = |error: fitsio_pure::Error| FitsError::Decoder {
            hdu: hdu.index,
            reason: format!("the table's header makes no sense ({error})"),
        };
        let cards = hdu.header.cards.iter().filter_map(|(name, value)| card(name, value).ok()).collect();
        let theirs = Theirs::from_cards(cards, hdu.header_start, hdu.data_start).map_err(wrong)?;
        let count = |keyword: &str| {
            usize::try_from(hdu.header.integer(keyword).unwrap_or(0)).unwrap_or(0).min(1 << 32)
        };
        let fields = count("TFIELDS").min(999);
        let damaged = |reason: String| FitsError::Decoder { hdu: hdu.index, reason };
        for n in 1..=fields {
            let form = hdu.header.text(&format!("TFORM{n}")).unwrap_or_default();
            if !is_form(form) {
                return Err(damaged(format!("TFORM{n} is {form:?}, which is none")));
            }
        }
        if count("NAXIS1") == 0 && count("NAXIS2") > 0 {
            return Err(damaged(format!("it has {} rows of no bytes", count("NAXIS2"))));
        }
        let columns = parse_binary_table_columns(&theirs.cards, fields).map_err(wrong)?;
        let width = columns.iter().fold(0_usize, |sum, column| sum.saturating_add(column.byte_width));
        if width > count("NAXIS1") {
            return Err(FitsError::Decoder {
                hdu: hdu.index,
                reason: format!(
                    "its columns take {width} bytes, but NAXIS1 says a row has {}",
                    count("NAXIS1")
                ),
            });
        }
        let names = columns
            .into_iter()
            .map(|column| column.name.unwrap_or_default().trim().to_ascii_lowercase())
            .collect();
        Ok(Self { bytes, hdu: theirs, index: hdu.index, names, rows: count("NAXIS2") })
    }

    /// Rows of the table.
    #[must_use]
    pub fn rows(&self) -> usize {
        self.rows
    }

    /// Names of its columns in lower case.
    #[must_use]
    pub fn names(&self) -> &[String] {
        &self.names
    }

    /// A column of numbers, scaled; `None` when there is none of this name (case does not matter).
    ///
    /// # Errors
    /// When the column holds no numbers, one per row.
    pub fn reals(&self, name: &str) -> Result<Option<Vec<f64>>, FitsError> {
        let Some(column) = self.column(name) else { return Ok(None) };
        let values = self.guarded(name, || read_binary_column_physical(self.bytes, &self.hdu, column))?;
        if values.len() == self.rows {
            Ok(Some(values))
        } else {
            Err(self.wrong(format!("column {name} holds no numbers, one per row")))
        }
    }

    /// A column of text, trimmed; `None` when there is none of this name.
    ///
    /// # Errors
    /// When the column holds something else.
    pub fn texts(&self, name: &str) -> Result<Option<Vec<String>>, FitsError> {
        let Some(column) = self.column(name) else { return Ok(None) };
        match self.guarded(name, || read_binary_column(self.bytes, &self.hdu, column))? {
            BinaryColumnData::Ascii(texts) if texts.len() == self.rows => {
                let trim = |text: String| {
                    text.trim_matches(|c: char| c == '\0' || c.is_ascii_whitespace()).to_owned()
                };
                Ok(Some(texts.into_iter().map(trim).collect()))
            }
            _ => Err(self.wrong(format!("column {name} holds no text"))),
        }
    }

    fn column(&self, name: &str) -> Option<usize> {
        self.names.iter().position(|have| have.eq_ignore_ascii_case(name))
    }

    /// The library checks little of a damaged table.
    fn guarded<T>(&self, name: &str, read: impl FnOnce() -> fitsio_pure::Result<T>) -> Result<T, FitsError> {
        match catch_unwind(AssertUnwindSafe(read)) {
            Ok(read) => read.map_err(|error| self.wrong(format!("column {name}: {error}"))),
            Err(_) => Err(self.wrong(format!("column {name} contradicts its header"))),
        }
    }

    fn wrong(&self, reason: String) -> FitsError {
        FitsError::Decoder { hdu: self.index, reason }
    }
}

/// Whether a TFORM has a type and a repeat count that can be: the library trusts both.
fn is_form(form: &str) -> bool {
    let form = form.split('(').next().unwrap_or_default().trim();
    let digits = form.bytes().take_while(u8::is_ascii_digit).count();
    let repeat = if digits == 0 { Some(1) } else { form[..digits].parse().ok() };
    digits < form.len() && repeat.is_some_and(|repeat: u64| repeat <= 1 << 32)
}

#[cfg(test)]
mod tests {
    use super::*;
    use fitsio_pure::{
        bintable::{BinaryColumnDescriptor, BinaryColumnType, serialize_binary_table_hdu},
        header::serialize_header,
        primary::build_primary_header,
    };

    fn file() -> Vec<u8> {
        let column = |name: &str, repeat, col_type, byte_width| BinaryColumnDescriptor {
            name: Some(name.to_owned()),
            repeat,
            col_type,
            byte_width,
            tdim: None,
        };
        let columns = [
            column("BRICKNAME", 8, BinaryColumnType::Ascii, 8),
            column("ra", 1, BinaryColumnType::Double, 8),
            column("nexp_g", 1, BinaryColumnType::Short, 2),
        ];
        let data = [
            BinaryColumnData::Ascii(vec!["0001m002".to_owned(), "3599p1".to_owned()]),
            BinaryColumnData::Double(vec![0.125, 359.875]),
            BinaryColumnData::Short(vec![3, -1]),
        ];
        let mut file = serialize_header(&build_primary_header(8, &[]).unwrap()).unwrap();
        file.extend(serialize_binary_table_hdu(&columns, &data, 2).unwrap());
        file
    }

    #[test]
    fn columns_are_read_by_name() {
        let file = file();
        let table = Table::open(&file).unwrap();
        assert_eq!(table.rows(), 2);
        assert_eq!(table.texts("brickname").unwrap().unwrap(), ["0001m002", "3599p1"]);
        assert_eq!(table.reals("RA").unwrap().unwrap(), [0.125, 359.875]);
        assert_eq!(table.reals("nexp_g").unwrap().unwrap(), [3.0, -1.0]);
        assert_eq!(table.reals("nexp_r").unwrap(), None);
        assert!(table.reals("brickname").unwrap_err().to_string().contains("brickname"));
        assert!(table.texts("ra").is_err());
    }

    #[test]
    fn a_damaged_table_is_an_error() {
        let file = file();
        assert!(Table::open(&file[..file.len() - 2880]).is_err());
        let text = String::from_utf8(file.iter().map(|&b| b & 0x7f).collect()).unwrap();
        let broken = text.replace("'1D      '", "'9D      '").into_bytes();
        let wrong = Table::open(&broken).err().unwrap().to_string();
        assert!(wrong.contains("NAXIS1"), "{wrong}");
    }

    #[test]
    fn forms_that_are_none_and_rows_of_nothing_are_errors() {
        for form in ["", "(5)", "9", "9999999999999999999D", "99999999999999999999D"] {
            assert!(!is_form(form), "{form}");
        }
        assert!(["D", "1D", "8A", "1PB(200)"].into_iter().all(is_form));
        let text = String::from_utf8(file().iter().map(|&b| b & 0x7f).collect()).unwrap();
        for (old, new, word) in [
            ("'1D      '", "'(5)     '", "TFORM2"),
            ("'1D      '            ", "'9999999999999999999D'", "TFORM2"),
            ("NAXIS1  =                   18", "NAXIS1  =                    0", "no bytes"),
        ] {
            let new = format!("{new:<width$}", width = old.len());
            let mut broken = text.replace(old, &new);
            assert_ne!(broken, text, "{old}");
            broken.truncate(text.len());
            let wrong = Table::open(broken.as_bytes()).err().unwrap().to_string();
            assert!(wrong.contains(word), "{wrong}");
        }
    }
}
