//! A whole shard from its first byte to its last: each byte is read once, and checked on the way to the
//! rows. For scoring, where reading a shard twice would cost more than decoding it.

use std::{
    fs::File,
    io::{Read as _, Seek as _},
    path::{Path, PathBuf},
};

use bytes::{Buf as _, Bytes};
use crc32fast::Hasher as Crc;
use domain::Digest;
use imaging::TileSpec;
use parquet::{
    arrow::arrow_reader::{
        ArrowReaderMetadata, ArrowReaderOptions, ParquetRecordBatchReader, ParquetRecordBatchReaderBuilder,
    },
    errors::ParquetError,
    file::reader::{ChunkReader, Length},
};
use sha2::{Digest as _, Sha256};

use super::{
    Batch, ROW_GROUP,
    read::{spec_of, unpack},
    schema,
    stamp::Stamp,
};
use crate::{
    SurveyError,
    guard::{check_columns, guarded},
};

/// Bytes that are read and hashed at once: they are still in the processor's cache when they are hashed.
const PIECE: usize = 1 << 18;

/// What is summed over the bytes.
struct Sum {
    crc: Crc,
    /// Not needed where the file's stamp says what SHA-256 was.
    sha: Option<Sha256>,
    stamp: Option<Stamp>,
}

impl Sum {
    fn of(file: &File) -> Self {
        let stamp = Stamp::of(file);
        Self { crc: Crc::new(), sha: stamp.is_none().then(Sha256::new), stamp }
    }

    fn update(&mut self, bytes: &[u8]) {
        self.crc.update(bytes);
        if let Some(sha) = &mut self.sha {
            sha.update(bytes);
        }
    }

    /// The digest of the file, all of whose bytes were summed.
    fn digest(self, file: &File) -> Result<Digest, String> {
        let crc = self.crc.finalize();
        match (self.sha, self.stamp) {
            (Some(sha), _) => {
                let stamp = Stamp { digest: Digest(sha.finalize().into()), crc };
                stamp.put(file);
                Ok(stamp.digest)
            }
            (None, Some(stamp)) if stamp.crc == crc => Ok(stamp.digest),
            (None, _) => Err("its bytes changed, though nobody wrote to it: the disk is failing".to_owned()),
        }
    }
}

/// Reads a shard's rows in order, and tells the digest of all its bytes afterwards. Memory holds one row
/// group.
pub struct Stream {
    path: PathBuf,
    file: File,
    length: u64,
    /// Bytes read so far.
    at: u64,
    sum: Sum,
    metadata: ArrowReaderMetadata,
    spec: TileSpec,
    rows: u64,
    /// The next row group.
    next: usize,
    open: Option<(Bytes, ParquetRecordBatchReader)>,
    /// Memory of the row group before.
    spare: Vec<u8>,
    failed: bool,
}

impl Stream {
    /// Opens a shard.
    ///
    /// # Errors
    /// As [`super::Reader::open`].
    pub fn open(path: &Path) -> Result<Self, SurveyError> {
        let mut file = File::open(path).map_err(SurveyError::io("cannot open", path))?;
        let wrong = SurveyError::shard(path);
        // The Arrow schema embedded by other writers adds nothing to the Parquet types we check.
        let plain = ArrowReaderOptions::new().with_skip_arrow_metadata(true);
        let metadata = guarded(|| ArrowReaderMetadata::load(&file, plain)).map_err(&wrong)?;
        check_columns(metadata.schema(), &schema()).map_err(&wrong)?;
        let rows = u64::try_from(metadata.metadata().file_metadata().num_rows()).unwrap_or(0);
        let spec = spec_of(metadata.metadata()).map_err(&wrong)?;
        spec.check()?;
        let length = file.metadata().map_err(SurveyError::io("cannot read", path))?.len();
        file.rewind().map_err(SurveyError::io("cannot read", path))?;
        let sum = Sum::of(&file);
        Ok(Self {
            path: path.to_owned(),
            file,
            length,
            at: 0,
            sum,
            metadata,
            spec,
            rows,
            next: 0,
            open: None,
            spare: Vec::new(),
            failed: false,
        })
    }

    /// How its tiles were made.
    #[must_use]
    pub const fn spec(&self) -> &TileSpec {
        &self.spec
    }

    /// Rows of the whole shard.
    #[must_use]
    pub const fn rows(&self) -> u64 {
        self.rows
    }

    /// Reads what is left of the file, and gives the SHA-256 of all of it. That is computed, or, for a file
    /// that was not touched since it was computed last, remembered and confirmed by CRC-32.
    ///
    /// # Errors
    /// When the file cannot be read, or its bytes changed without a trace.
    pub fn digest(mut self) -> Result<Digest, SurveyError> {
        let mut piece = vec![0; PIECE];
        loop {
            let read = match self.file.read(&mut piece) {
                Err(error) if error.kind() == std::io::ErrorKind::Interrupted => continue,
                read => read.map_err(SurveyError::io("cannot read", &self.path))?,
            };
            if read == 0 {
                return self.sum.digest(&self.file).map_err(SurveyError::shard(&self.path));
            }
            self.sum.update(&piece[..read]);
        }
    }

    fn batch(&mut self) -> Result<Option<Batch>, SurveyError> {
        let path = self.path.clone();
        let wrong = SurveyError::shard(&path);
        loop {
            if let Some((bytes, mut batches)) = self.open.take() {
                if let Some(batch) = guarded(|| batches.next().transpose()).map_err(&wrong)? {
                    self.open = Some((bytes, batches));
                    return unpack(&self.spec, batch).map(Some).map_err(&wrong);
                }
                drop(batches);
                self.spare = bytes.try_into_mut().map(Into::into).unwrap_or_default();
            }
            if self.next == self.metadata.metadata().num_row_groups() {
                return Ok(None);
            }
            let segment = self.segment().map_err(&wrong)?;
            let (bytes, metadata) = (segment.bytes.clone(), self.metadata.clone());
            let group = vec![self.next];
            let builder = ParquetRecordBatchReaderBuilder::new_with_metadata(segment, metadata)
                .with_row_groups(group)
                .with_batch_size(ROW_GROUP);
            self.open = Some((bytes, guarded(|| builder.build()).map_err(&wrong)?));
            self.next += 1;
        }
    }

    /// Reads up to the end of the next row group.
    fn segment(&mut self) -> Result<Segment, String> {
        let group = self.metadata.metadata().row_group(self.next);
        let contradiction = || Err("the file contradicts itself".to_owned());
        let mut end = 0;
        for column in group.columns() {
            let (start, length) = guarded(|| Ok::<_, String>(column.byte_range()))?;
            end = end.max(start.saturating_add(length));
            if start < self.at {
                return contradiction();
            }
        }
        if end < self.at || end > self.length {
            return contradiction();
        }
        let start = self.at;
        let size = usize::try_from(end - start).map_err(|error| error.to_string())?;
        let mut bytes = std::mem::take(&mut self.spare);
        bytes.resize(size, 0);
        for piece in bytes.chunks_mut(PIECE) {
            self.file.read_exact(piece).map_err(|error| error.to_string())?;
            self.sum.update(piece);
        }
        self.at = end;
        Ok(Segment { start, end, bytes: bytes.into(), length: self.length })
    }
}

impl Iterator for Stream {
    type Item = Result<Batch, SurveyError>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.failed {
            return None;
        }
        let batch = self.batch();
        self.failed = batch.is_err();
        batch.transpose()
    }
}

/// A stretch of a file in memory, addressed as the file is.
struct Segment {
    start: u64,
    end: u64,
    bytes: Bytes,
    /// Of the file.
    length: u64,
}

impl Length for Segment {
    fn len(&self) -> u64 {
        self.length
    }
}

impl ChunkReader for Segment {
    type T = bytes::buf::Reader<Bytes>;

    fn get_read(&self, start: u64) -> Result<Self::T, ParquetError> {
        let length = self.end.saturating_sub(start) as usize;
        Ok(self.get_bytes(start, length)?.reader())
    }

    fn get_bytes(&self, start: u64, length: usize) -> Result<Bytes, ParquetError> {
        let end = start.saturating_add(length as u64);
        if start < self.start || end > self.end {
            let problem = format!("bytes {start} to {end} do not lie in their row group");
            return Err(ParquetError::General(problem));
        }
        let from = (start - self.start) as usize;
        Ok(self.bytes.slice(from..from + length))
    }
}
