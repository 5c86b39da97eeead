//! Where results go: a file that is whole or absent (written beside its place, synced, renamed),
//! packed if its name ends in `.gz`, or standard output.

use std::{
    fs::{self, File},
    io::{BufWriter, Write},
    path::{Path, PathBuf},
};

use flate2::{Compression, write::GzEncoder};

use crate::VotesError;

/// A file on its way; shows nothing under its name until [`WholeFile::commit`].
pub(crate) struct WholeFile {
    name: String,
    kind: Kind,
}

enum Kind {
    /// Standard output, a device or a pipe: nothing to rename.
    Direct(Box<dyn Write + Send>),
    File {
        path: PathBuf,
        part: Part,
        to: BufWriter<File>,
    },
    Packed {
        path: PathBuf,
        part: Part,
        to: Box<GzEncoder<BufWriter<File>>>,
    },
}

/// The unfinished file, taken away unless it was renamed.
struct Part(PathBuf);

impl Drop for Part {
    fn drop(&mut self) {
        let _ = fs::remove_file(&self.0);
    }
}

impl WholeFile {
    /// Opens `<path>.part`; `-` is standard output.
    pub(crate) fn create(path: &Path) -> Result<Self, VotesError> {
        if path.as_os_str() == "-" {
            let to = BufWriter::with_capacity(1 << 16, std::io::stdout());
            return Ok(Self { name: "standard output".to_owned(), kind: Kind::Direct(Box::new(to)) });
        }
        let is_special =
            path.starts_with("/dev") || path.metadata().is_ok_and(|it| !it.is_file() && !it.is_dir());
        if is_special {
            let file = File::options().write(true).open(path).map_err(VotesError::io("cannot open", path))?;
            let to = Box::new(BufWriter::with_capacity(1 << 16, file));
            return Ok(Self { name: path.display().to_string(), kind: Kind::Direct(to) });
        }
        let mut part = path.as_os_str().to_owned();
        part.push(".part");
        let part = PathBuf::from(part);
        let file = File::create(&part).map_err(VotesError::io("cannot create", &part))?;
        let to = BufWriter::with_capacity(1 << 16, file);
        let (path, part, name) = (path.to_owned(), Part(part), path.display().to_string());
        let packed = path.extension().is_some_and(|ending| ending.eq_ignore_ascii_case("gz"));
        let kind = if packed {
            Kind::Packed { path, part, to: Box::new(GzEncoder::new(to, Compression::default())) }
        } else {
            Kind::File { path, part, to }
        };
        Ok(Self { name, kind })
    }

    /// What to call it.
    pub(crate) fn name(&self) -> &str {
        &self.name
    }

    /// Syncs and renames.
    pub(crate) fn commit(self) -> Result<(), VotesError> {
        let name = self.name;
        let done = match self.kind {
            Kind::Direct(mut to) => to.flush(),
            Kind::File { path, part, to } => finish(to, &part, &path),
            Kind::Packed { path, part, to } => to.finish().and_then(|to| finish(to, &part, &path)),
        };
        done.map_err(|source| VotesError::Io { doing: "cannot write", file: name, source })
    }
}

fn finish(mut to: BufWriter<File>, part: &Part, path: &Path) -> std::io::Result<()> {
    to.flush()?;
    to.get_ref().sync_all()?;
    fs::rename(&part.0, path)
}

impl Write for WholeFile {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        match &mut self.kind {
            Kind::Direct(to) => to.write(bytes),
            Kind::File { to, .. } => to.write(bytes),
            Kind::Packed { to, .. } => to.write(bytes),
        }
    }

    fn flush(&mut self) -> std::io::Result<()> {
        match &mut self.kind {
            Kind::Direct(to) => to.flush(),
            Kind::File { to, .. } => to.flush(),
            Kind::Packed { to, .. } => to.flush(),
        }
    }
}
