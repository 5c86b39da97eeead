//! Opening a file: unpacked if it is gzip, and known for what it is by its first
//! bytes, not its name.

use std::{
    fs::File,
    io::{BufRead, BufReader},
    path::Path,
};

use flate2::bufread::MultiGzDecoder;

use super::CatalogueError;

/// Bytes read ahead at a time.
const BUFFER: usize = 1 << 17;

/// What a file is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Format {
    Fits,
    VoTable,
    Parquet,
    Text,
}

/// A file, unpacked.
pub(super) struct Opened {
    pub format: Format,
    pub bytes: Box<dyn BufRead>,
}

pub(super) fn open(path: &Path) -> Result<Opened, CatalogueError> {
    let wrong = |reason: &str| CatalogueError::table(path, reason);
    let file = File::open(path).map_err(CatalogueError::read(path))?;
    if file.metadata().is_ok_and(|data| data.is_dir()) {
        return Err(wrong("this is a folder; give the file of the catalogue"));
    }
    let mut plain = BufReader::with_capacity(BUFFER, file);
    let beginning = plain.fill_buf().map_err(CatalogueError::read(path))?;
    let packed = beginning.starts_with(&[0x1f, 0x8b]);
    let mut bytes: Box<dyn BufRead> = if packed {
        Box::new(BufReader::with_capacity(BUFFER, MultiGzDecoder::new(plain)))
    } else {
        Box::new(plain)
    };
    let beginning = bytes.fill_buf().map_err(CatalogueError::read(path))?;
    if beginning.is_empty() {
        return Err(wrong("the file is empty; fetch it again"));
    }
    let format = recognise(beginning).map_err(wrong)?;
    if format == Format::Parquet && packed {
        return Err(wrong("Parquet inside gzip cannot be read; unpack it with gunzip"));
    }
    Ok(Opened { format, bytes })
}

/// What begins so.
fn recognise(beginning: &[u8]) -> Result<Format, &'static str> {
    let start = beginning.strip_prefix(b"\xef\xbb\xbf").unwrap_or(beginning).trim_ascii_start();
    let has =
        |word: &str| start.get(..word.len()).is_some_and(|found| found.eq_ignore_ascii_case(word.as_bytes()));
    if beginning.starts_with(b"SIMPLE  =") {
        return Ok(Format::Fits);
    }
    if beginning.starts_with(b"PAR1") {
        return Ok(Format::Parquet);
    }
    if has("<!doctype html") || has("<html") || has("<head") || has("<body") {
        return Err(
            "this is a web page, not a table: the server answered with a page (an error, a login?); open the address in a browser and fetch the table itself",
        );
    }
    if has("<?xml") || has("<votable") || has("<!--") {
        let head = &start[..start.len().min(4096)];
        let holds = |word: &[u8]| head.windows(word.len()).any(|w| w.eq_ignore_ascii_case(word));
        if holds(b"<votable") || holds(b":votable") {
            return Ok(Format::VoTable);
        }
        if holds(b"<html") {
            return Err("this is a web page, not a table; fetch the table itself");
        }
        return Err("this is XML, but no VOTable; fetch the table as VOTable, FITS or CSV");
    }
    if start.starts_with(b"{") {
        return Err("this looks like JSON; fetch the table as FITS, CSV, Parquet or VOTable");
    }
    for (magic, what) in [
        (&b"PK\x03\x04"[..], "a ZIP archive; unpack it first"),
        (b"BZh", "packed with bzip2; unpack it with bunzip2"),
        (b"\xfd7zXZ", "packed with xz; unpack it with unxz"),
        (b"\x28\xb5\x2f\xfd", "packed with zstd; unpack it with unzstd"),
        (b"\x89HDF", "an HDF5 file; write the table as FITS, CSV, Parquet or VOTable"),
        (b"SQLite format 3", "an SQLite database; write the table as CSV"),
    ] {
        if beginning.starts_with(magic) {
            return Err(what);
        }
    }
    if beginning[..beginning.len().min(4096)].contains(&0) {
        return Err(
            "this is no table that can be read; give FITS, CSV, TSV, Parquet or VOTable, plain or as .gz",
        );
    }
    Ok(Format::Text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_are_known_by_their_first_bytes() {
        assert_eq!(recognise(b"SIMPLE  =                    T"), Ok(Format::Fits));
        assert_eq!(recognise(b"PAR1\x15\x04"), Ok(Format::Parquet));
        assert_eq!(
            recognise(b"\xef\xbb\xbf<?xml version=\"1.0\"?>\n<VOTABLE version=\"1.4\">"),
            Ok(Format::VoTable)
        );
        assert_eq!(recognise(b"id,ra,dec\n1,2,3\n"), Ok(Format::Text));
        assert!(recognise(b"\n<!DOCTYPE HTML><html>").unwrap_err().contains("web page"));
        assert!(recognise(b"<?xml version=\"1.0\"?><html xmlns=\"x\">").unwrap_err().contains("web page"));
        assert!(recognise(b"PK\x03\x04").unwrap_err().contains("ZIP"));
        assert!(recognise(b"\x00\x01\x02").is_err());
    }
}
