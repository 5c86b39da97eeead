//! Opens what is to be read: a file or standard input, unpacked if it is gzip, and looks at the
//! first bytes to tell tables, JSON and Parquet apart.

use std::{
    fs::File,
    io::{BufRead, BufReader, Read},
    path::{Path, PathBuf},
};

use flate2::bufread::MultiGzDecoder;

use crate::VotesError;

/// Where to read from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Source {
    /// A file.
    File(PathBuf),
    /// Standard input.
    Stdin,
}

impl Source {
    /// `-` is standard input, everything else a file.
    #[must_use]
    pub fn of(path: &Path) -> Self {
        if path.as_os_str() == "-" { Self::Stdin } else { Self::File(path.to_owned()) }
    }

    /// What to call it.
    #[must_use]
    pub fn name(&self) -> String {
        match self {
            Self::File(path) => path.display().to_string(),
            Self::Stdin => "standard input".to_owned(),
        }
    }
}

/// What the first bytes say.
pub(crate) enum Opened {
    /// A table of text.
    Text(Box<dyn BufRead + Send>),
    /// JSON.
    Json(Box<dyn BufRead + Send>),
    /// Parquet in a file.
    ParquetFile(File),
    /// Parquet that came through a pipe or was packed once more: all of it.
    ParquetBytes(Vec<u8>),
}

const PIECE: usize = 1 << 18;

/// Opens and looks.
pub(crate) fn open(source: &Source) -> Result<Opened, VotesError> {
    let name = source.name();
    let failed = |doing| {
        let file = name.clone();
        move |source| VotesError::Io { doing, file, source }
    };
    let (raw, is_file): (Box<dyn Read + Send>, bool) = match source {
        Source::File(path) => {
            let file = File::open(path).map_err(failed("cannot open"))?;
            let metadata = file.metadata().map_err(failed("cannot open"))?;
            if metadata.is_dir() {
                return Err(VotesError::file(&name, "is a folder; name a file of votes"));
            }
            (Box::new(file), metadata.is_file())
        }
        Source::Stdin => (Box::new(std::io::stdin()), false),
    };
    let mut text: Box<dyn BufRead + Send> = Box::new(BufReader::with_capacity(PIECE, raw));
    let mut packed = false;
    if text.fill_buf().map_err(failed("cannot read"))?.starts_with(&[0x1f, 0x8b]) {
        text = Box::new(BufReader::with_capacity(PIECE, MultiGzDecoder::new(text)));
        packed = true;
    }
    let start = text.fill_buf().map_err(failed("cannot unpack"))?;
    if start.starts_with(b"PAR1") {
        if let (Source::File(path), true, false) = (source, is_file, packed) {
            return Ok(Opened::ParquetFile(File::open(path).map_err(failed("cannot open"))?));
        }
        let mut bytes = Vec::new();
        text.read_to_end(&mut bytes).map_err(failed("cannot read"))?;
        return Ok(Opened::ParquetBytes(bytes));
    }
    if start.starts_with(&[0xff, 0xfe]) || start.starts_with(&[0xfe, 0xff]) {
        return Err(VotesError::file(&name, "is UTF-16; save it as UTF-8"));
    }
    if start.starts_with(&[0xef, 0xbb, 0xbf]) {
        text.consume(3);
    }
    let start = text.fill_buf().map_err(failed("cannot read"))?;
    match start.iter().find(|byte| !byte.is_ascii_whitespace()) {
        None if start.len() < PIECE => {
            Err(VotesError::file(&name, "is empty; a file of votes begins with a header"))
        }
        Some(b'[' | b'{') => Ok(Opened::Json(text)),
        _ => Ok(Opened::Text(text)),
    }
}
