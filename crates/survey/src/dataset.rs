//! A finished dataset folder: `dataset.json`, `index.parquet`, `rejected.csv`
//! and `shards/`. Only reads; [`crate::DatasetWriter`] makes one.

use std::{
    fs,
    path::{Path, PathBuf},
};

use domain::{Digest, Progress};
use imaging::{Cube, Rgb8, Tile, TileSpec, parse_bands};
use serde::{Deserialize, Serialize};

use crate::{
    ManifestReader, ManifestRow, Rejected, Source, SourceError, SourceOptions, SurveyError, atomic,
    atomic::NewFile, index, shard,
};

/// One shard of a dataset.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ShardInfo {
    /// Path relative to the dataset's folder.
    pub file: String,
    /// Rows.
    pub rows: u64,
    /// SHA-256 of the file.
    pub digest: Digest,
}

/// What `dataset.json` says.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct DatasetFile {
    pub schema_version: u32,
    pub name: String,
    pub created_by: String,
    pub rows: u64,
    pub rejected: u64,
    pub cell_depth: u8,
    pub tile: TileSpec,
    /// Digest of `index.parquet`.
    pub index: Digest,
    pub shards: Vec<ShardInfo>,
    pub origin: serde_json::Value,
}

impl DatasetFile {
    pub(crate) const NAME: &str = "dataset.json";
    pub(crate) const VERSION: u32 = 2;

    pub(crate) fn write(&self, dir: &Path) -> Result<(), SurveyError> {
        let path = dir.join(Self::NAME);
        let mut bytes = serde_json::to_vec_pretty(self).map_err(SurveyError::shard(&path))?;
        bytes.push(b'\n');
        atomic::write(&path, &bytes).map(|_| ())
    }
}

/// The one field every version of `dataset.json` has.
#[derive(Deserialize)]
struct Version {
    schema_version: u32,
}

/// A finished dataset.
#[derive(Debug, Clone, PartialEq)]
pub struct Dataset {
    dir: PathBuf,
    file: DatasetFile,
}

impl Dataset {
    /// Opens a dataset folder. Shards are not read; [`Dataset::verify`] does.
    ///
    /// # Errors
    /// When there is no `dataset.json`, or it is not one of ours.
    pub fn open(dir: &Path) -> Result<Self, SurveyError> {
        let path = dir.join(DatasetFile::NAME);
        let bytes = fs::read(&path).map_err(|error| match error.kind() {
            std::io::ErrorKind::NotFound => SurveyError::NotADataset { path: dir.to_owned() },
            _ => SurveyError::io("cannot read", &path)(error),
        })?;
        // The version comes first: a file of another one may have other fields.
        let wrong = |error: serde_json::Error| SurveyError::format(&path, error.to_string());
        let Version { schema_version: found } = serde_json::from_slice(&bytes).map_err(wrong)?;
        let known = DatasetFile::VERSION;
        if found != known {
            let remedy = if found < known {
                "make the dataset again in a new folder, with `lensfinder ingest` or `lensfinder simulate`"
            } else {
                "use the program that wrote it"
            };
            let reason = format!("schema_version is {found}, this program reads {known}; {remedy}");
            return Err(SurveyError::format(&path, reason));
        }
        let file: DatasetFile = serde_json::from_slice(&bytes).map_err(wrong)?;
        Ok(Self { dir: dir.to_owned(), file })
    }

    /// The folder.
    #[must_use]
    pub fn dir(&self) -> &Path {
        &self.dir
    }

    /// Its name.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.file.name
    }

    /// How its tiles were made.
    #[must_use]
    pub const fn spec(&self) -> &TileSpec {
        &self.file.tile
    }

    /// Number of images.
    #[must_use]
    pub const fn len(&self) -> u64 {
        self.file.rows
    }

    /// Whether it has no image.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.file.rows == 0
    }

    /// How it was made, as its maker wrote it down.
    #[must_use]
    pub const fn origin(&self) -> &serde_json::Value {
        &self.file.origin
    }

    /// A digest of the whole: of the index and every shard.
    #[must_use]
    pub fn digest(&self) -> Digest {
        let shards = self.file.shards.iter().map(|shard| shard.digest.0);
        Digest::of_parts(std::iter::once(self.file.index.0).chain(shards))
    }

    /// The shards, in order.
    #[must_use]
    pub fn shards(&self) -> &[ShardInfo] {
        &self.file.shards
    }

    /// The file of a shard; `None` beyond the last.
    #[must_use]
    pub fn shard_path(&self, index: usize) -> Option<PathBuf> {
        self.file.shards.get(index).map(|shard| self.dir.join(&shard.file))
    }

    /// The index: one row per image, by sky cell and then id. For other programs (DuckDB, Polars,
    /// TOPCAT); here, [`Dataset::manifest`] reads it.
    #[must_use]
    pub fn index_path(&self) -> PathBuf {
        self.dir.join(index::FILE)
    }

    /// Reads the index row by row; memory does not grow with it.
    ///
    /// # Errors
    /// When the file is missing or has other columns; later, row by row, when a row is wrong.
    pub fn manifest(&self) -> Result<ManifestReader, SurveyError> {
        ManifestReader::open(&self.index_path())
    }

    /// Writes the index as CSV to `path`, whole or not at all: the same columns and order, an empty
    /// field where nothing is known.
    ///
    /// # Errors
    /// When the index cannot be read, `path` cannot be written, or when asked to stop.
    pub fn export_csv(&self, path: &Path, progress: &dyn Progress) -> Result<(), SurveyError> {
        let mut writer = csv::Writer::from_writer(NewFile::create(path)?);
        writer.write_record(index::column_names()).map_err(SurveyError::shard(path))?;
        progress.begin("writing CSV", self.len());
        for row in self.manifest()? {
            progress.check()?;
            row?.write_csv(&mut writer).map_err(SurveyError::shard(path))?;
            progress.advance(1);
        }
        progress.end();
        writer.into_inner().map_err(SurveyError::shard(path))?.commit().map(|_| ())
    }

    /// The whole index.
    ///
    /// # Errors
    /// As [`Dataset::manifest`].
    pub fn rows(&self) -> Result<Vec<ManifestRow>, SurveyError> {
        self.manifest()?.collect()
    }

    /// What was refused, and why.
    ///
    /// # Errors
    /// When `rejected.csv` cannot be read.
    pub fn rejected(&self) -> Result<Vec<Rejected>, SurveyError> {
        let path = self.dir.join("rejected.csv");
        let mut reader = csv::Reader::from_path(&path).map_err(SurveyError::shard(&path))?;
        let row = |record: csv::StringRecord| {
            let text = |column| record.get(column).unwrap_or_default().to_owned();
            Rejected { path: text(0), reason: text(1) }
        };
        reader.records().map(|record| record.map(row).map_err(SurveyError::shard(&path))).collect()
    }

    /// The tiles of some rows (shard, row), in the order asked for.
    ///
    /// # Errors
    /// When there is no such row, or a shard cannot be read.
    pub fn tiles(&self, places: &[(usize, usize)]) -> Result<Vec<Tile>, SurveyError> {
        let mut order: Vec<usize> = (0..places.len()).collect();
        order.sort_by_key(|&i| places[i]);
        let mut found: Vec<Option<Tile>> = vec![None; places.len()];
        for group in order.chunk_by(|&a, &b| places[a].0 == places[b].0) {
            let index = places[group[0]].0;
            let path = self.shard_path(index).ok_or_else(|| {
                let last = self.file.shards.len();
                SurveyError::format(&self.dir, format!("there is no shard {index}, it has {last}"))
            })?;
            let rows: Vec<usize> = group.iter().map(|&i| places[i].1).collect();
            for (&i, tile) in group.iter().zip(shard::tiles_at(&path, &rows)?) {
                found[i] = Some(tile);
            }
        }
        Ok(found.into_iter().flatten().collect())
    }

    /// The picture people see of an image: read again from its files, with the crop, bands and zero
    /// point it was taken in with. Blocking.
    ///
    /// # Errors
    /// When a file is missing or damaged since, or the image is a simulated one (`record:…`), which
    /// `simulate` renders.
    pub fn picture(&self, row: &ManifestRow) -> Result<Rgb8, SourceError> {
        let (source, options) = self.source_of(row)?;
        source.picture(&options)
    }

    /// The science image of a row, read again from its files as it was taken in (turned, cropped, in
    /// nanomaggies if its zero point is known), and their digest. Blocking.
    ///
    /// # Errors
    /// As [`Dataset::picture`].
    pub fn cube(&self, row: &ManifestRow) -> Result<(Cube, Digest), SourceError> {
        let (source, options) = self.source_of(row)?;
        source.cube(&options)
    }

    /// Where the files of a row are, and how they were read.
    fn source_of(&self, row: &ManifestRow) -> Result<(Source, SourceOptions), SourceError> {
        let wrong =
            |reason: &str| SourceError::Parts { source_text: row.source.clone(), reason: reason.to_owned() };
        if row.source.starts_with("record:") {
            return Err(wrong("this image is simulated; render it from its record"));
        }
        let source: Source = row.source.parse().map_err(|_| wrong("it names no file"))?;
        let stored = self.file.origin.pointer("/request/options").cloned().unwrap_or_default();
        let mut options: SourceOptions = serde_json::from_value(stored).unwrap_or_default();
        options.bands = parse_bands(&row.bands).ok();
        let own = row.provenance_value("zero_point").and_then(|text| text.parse().ok());
        options.zero_point = own.or(options.zero_point);
        Ok((source.relative_to(&self.dir), options))
    }

    /// Reads every file and compares its digest.
    ///
    /// # Errors
    /// [`SurveyError::Digest`] for the first file that changed; or when asked to stop.
    pub fn verify(&self, progress: &dyn Progress) -> Result<(), SurveyError> {
        let index = (index::FILE, self.file.index);
        let shards = self.file.shards.iter().map(|shard| (shard.file.as_str(), shard.digest));
        progress.begin("verifying", self.file.shards.len() as u64 + 1);
        for (file, expected) in std::iter::once(index).chain(shards) {
            progress.check()?;
            let path = self.dir.join(file);
            let found = atomic::digest_of(&path)?;
            if found != expected {
                let (expected, found) = (expected.to_string(), found.to_string());
                return Err(SurveyError::Digest { path, expected, found });
            }
            progress.advance(1);
        }
        progress.end();
        Ok(())
    }
}
