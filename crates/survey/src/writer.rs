//! Builds a dataset folder row by row. Each shard is finished, named and
//! noted down before the next begins, so an interrupted run can go on from
//! the last whole shard; the dataset exists once `dataset.json` does.

use std::{
    collections::HashSet,
    fs,
    io::Write as _,
    path::{Path, PathBuf},
};

use domain::Digest;
use imaging::{Tile, TileSpec};
use serde::{Deserialize, Serialize};

use crate::{
    Dataset, ManifestRow, NewRow, Rejected, ShardInfo, SurveyError,
    atomic::{self, NewFile},
    dataset::DatasetFile,
    index::{self, ManifestReader},
    manifest::{self, SkyOrder},
    shard,
};

/// Where finished shards are noted until the dataset is whole.
const UNFINISHED: &str = "unfinished";

/// Name of the list of refusals.
const REFUSALS: &str = "rejected.csv";

/// Writes a dataset. Memory holds one row group of tiles and of index rows, and 16 bytes per id.
pub struct DatasetWriter {
    dir: PathBuf,
    name: String,
    spec: TileSpec,
    rows_per_shard: usize,
    fingerprint: Digest,
    origin: serde_json::Value,
    ids: HashSet<[u8; 16]>,
    shards: Vec<ShardInfo>,
    rejected: u64,
    open: Option<Open>,
    /// Place of the last row.
    last: Option<SkyOrder>,
    refusals: csv::Writer<Vec<u8>>,
}

/// The shard being written and its part of the index.
struct Open {
    tiles: shard::Writer,
    index: index::Writer,
}

/// The note beside a finished shard.
#[derive(Serialize, Deserialize)]
struct Note {
    fingerprint: Digest,
    shard: ShardInfo,
    /// Files refused up to the end of this shard.
    rejected: u64,
}

impl DatasetWriter {
    /// Begins a dataset in `dir` (made if absent). What an interrupted run left there is discarded.
    ///
    /// # Errors
    /// When a finished dataset is there, the recipe is wrong, or the folder cannot be written.
    pub fn create(
        dir: &Path,
        name: &str,
        spec: TileSpec,
        rows_per_shard: usize,
    ) -> Result<Self, SurveyError> {
        Self::begin(dir, name, spec, rows_per_shard, Digest::of(b""), false)
    }

    /// As [`DatasetWriter::create`], but keeps the shards an interrupted run with the same
    /// `fingerprint` (a digest of everything that decides the rows) has finished. The caller then
    /// leaves out the first [`DatasetWriter::inputs_done`] of its inputs.
    ///
    /// # Errors
    /// As [`DatasetWriter::create`].
    pub fn resume(
        dir: &Path,
        name: &str,
        spec: TileSpec,
        rows_per_shard: usize,
        fingerprint: Digest,
    ) -> Result<Self, SurveyError> {
        Self::begin(dir, name, spec, rows_per_shard, fingerprint, true)
    }

    fn begin(
        dir: &Path,
        name: &str,
        spec: TileSpec,
        rows_per_shard: usize,
        fingerprint: Digest,
        keep: bool,
    ) -> Result<Self, SurveyError> {
        spec.check()?;
        if dir.join(DatasetFile::NAME).exists() {
            return Err(SurveyError::Exists { path: dir.to_owned() });
        }
        // The recipe and the cut into shards decide the bytes as much as the inputs do.
        let shape = serde_json::to_vec(&(name, &spec, rows_per_shard)).map_err(SurveyError::shard(dir))?;
        let fingerprint = Digest::of_parts([fingerprint.0.as_slice(), &shape]);
        let mut writer = Self {
            dir: dir.to_owned(),
            name: name.to_owned(),
            spec,
            rows_per_shard: rows_per_shard.max(1),
            fingerprint,
            origin: serde_json::Value::Null,
            ids: HashSet::new(),
            shards: Vec::new(),
            rejected: 0,
            open: None,
            last: None,
            refusals: lines(),
        };
        for folder in ["shards", UNFINISHED] {
            let folder = dir.join(folder);
            fs::create_dir_all(&folder).map_err(SurveyError::io("cannot create the folder", &folder))?;
        }
        if keep {
            writer.take_over()?;
        }
        writer.discard_from(writer.shards.len())?;
        Ok(writer)
    }

    /// What is written into `dataset.json` as `origin`: how the dataset was made.
    pub fn set_origin(&mut self, origin: serde_json::Value) {
        self.origin = origin;
    }

    /// Inputs dealt with: rows and refusals. Straight after [`DatasetWriter::resume`], those that an
    /// earlier run left safely on disk.
    #[must_use]
    pub fn inputs_done(&self) -> u64 {
        self.rows() + self.rejected
    }

    /// Source digests and ids of the finished shards.
    pub(crate) fn digests_done(&self) -> Result<Vec<(Digest, String)>, SurveyError> {
        let mut digests = Vec::new();
        for index in 0..self.shards.len() {
            for row in ManifestReader::open(&self.part(index, index::FILE))? {
                let row = row?;
                digests.push((row.digest, row.image.id));
            }
        }
        Ok(digests)
    }

    /// Rows pushed so far, those of earlier runs included.
    #[must_use]
    pub fn rows(&self) -> u64 {
        let finished: u64 = self.shards.iter().map(|shard| shard.rows).sum();
        finished + self.open.as_ref().map_or(0, |open| open.tiles.rows() as u64)
    }

    /// Adds an image. Rows must come ordered by cell ([`crate::cell_of`]), then id, those without a
    /// position last: shards are then patches of sky, and the index is sorted without sorting it.
    ///
    /// # Errors
    /// When the row comes too late, its id is empty or used, a condition cannot be, the tile has
    /// another size than the recipe says, or the disk is full.
    pub fn push(&mut self, row: NewRow, tile: &Tile) -> Result<(), SurveyError> {
        let wrong = |id: String, field, reason: String| Err(SurveyError::Row { id, field, reason });
        if row.id.is_empty() {
            return wrong(row.id, "id", "is empty; give every image a name".to_owned());
        }
        if tile.size != self.spec.size || tile.data.len() != self.spec.tile_bytes() {
            let reason = format!("has size {}, the dataset's is {}", tile.size, self.spec.size);
            return wrong(row.id, "tile", reason);
        }
        if let Some((field, reason)) = row.conditions.wrong() {
            return wrong(row.id, field, reason);
        }
        if self.ids.contains(&short(&row.id)) {
            return wrong(row.id, "id", "is used twice; ids must be unique".to_owned());
        }
        let number = self.open.as_ref().map_or(0, |open| open.tiles.rows());
        let row = ManifestRow::new(row, self.shards.len(), number);
        let order = row.order();
        if let Some((_, before)) = self.last.as_ref().filter(|last| **last > order) {
            let reason = format!(
                "comes too late: it lies before {before:?} on the sky; \
                 add rows by cell, then id, those without a position last"
            );
            return wrong(row.image.id, "position", reason);
        }
        if self.open.is_none() {
            self.open = Some(self.open_shard()?);
        }
        let Some(open) = &mut self.open else { return Ok(()) };
        self.ids.insert(short(&row.id));
        self.last = Some(order);
        open.tiles.push(&row, tile)?;
        open.index.push(row)?;
        if open.tiles.rows() >= self.rows_per_shard { self.finish_shard() } else { Ok(()) }
    }

    /// Notes a file that could not become a row.
    ///
    /// # Errors
    /// Never in practice: the note is kept in memory until the shard is finished.
    pub fn reject(&mut self, rejected: &Rejected) -> Result<(), SurveyError> {
        self.rejected += 1;
        let line = [rejected.path.as_str(), &rejected.reason];
        self.refusals.write_record(line).map_err(SurveyError::shard(&self.dir))
    }

    /// Names everything and makes the folder a dataset.
    ///
    /// # Errors
    /// When the disk is full.
    pub fn finish(mut self) -> Result<Dataset, SurveyError> {
        if self.open.is_some() {
            self.finish_shard()?;
        }
        let index = self.join_index()?;
        let refusals = self.taken_refusals()?;
        self.join_refusals(&refusals)?;
        let file = DatasetFile {
            schema_version: DatasetFile::VERSION,
            name: self.name.clone(),
            created_by: format!("lensfinder {}", env!("CARGO_PKG_VERSION")),
            rows: self.rows(),
            rejected: self.rejected,
            cell_depth: crate::CELL_DEPTH,
            tile: self.spec.clone(),
            index,
            shards: self.shards.clone(),
            origin: self.origin.clone(),
        };
        file.write(&self.dir)?;
        let unfinished = self.dir.join(UNFINISHED);
        fs::remove_dir_all(&unfinished).map_err(SurveyError::io("cannot remove", &unfinished))?;
        Dataset::open(&self.dir)
    }

    fn finish_shard(&mut self) -> Result<(), SurveyError> {
        let Some(open) = self.open.take() else { return Ok(()) };
        let index = self.shards.len();
        let rows = open.tiles.rows() as u64;
        let info = ShardInfo { file: shard_file(index), rows, digest: open.tiles.commit()? };
        open.index.commit()?;
        let refusals = self.taken_refusals()?;
        atomic::write(&self.part(index, REFUSALS), &refusals)?;
        // The note comes last: with it the shard counts as done.
        let note = Note { fingerprint: self.fingerprint, shard: info.clone(), rejected: self.rejected };
        let bytes = serde_json::to_vec(&note).map_err(SurveyError::shard(&self.dir))?;
        atomic::write(&self.part(index, "json"), &bytes)?;
        self.shards.push(info);
        Ok(())
    }

    fn open_shard(&self) -> Result<Open, SurveyError> {
        let number = self.shards.len();
        let tiles = shard::Writer::create(&self.dir.join(shard_file(number)), &self.spec)?;
        Ok(Open { tiles, index: index::Writer::create(&self.part(number, index::FILE))? })
    }

    /// The refusals noted since the last shard; none are left afterwards.
    fn taken_refusals(&mut self) -> Result<Vec<u8>, SurveyError> {
        let full = std::mem::replace(&mut self.refusals, lines());
        full.into_inner().map_err(SurveyError::shard(&self.dir))
    }

    /// Takes the finished shards of an interrupted run that made the same dataset.
    fn take_over(&mut self) -> Result<(), SurveyError> {
        loop {
            let index = self.shards.len();
            let Ok(bytes) = fs::read(self.part(index, "json")) else { return Ok(()) };
            let Ok(note) = serde_json::from_slice::<Note>(&bytes) else { return Ok(()) };
            let whole = atomic::digest_of(&self.dir.join(shard_file(index)));
            if note.fingerprint != self.fingerprint || whole.ok() != Some(note.shard.digest) {
                return Ok(());
            }
            let rows = ManifestReader::open(&self.part(index, index::FILE));
            let Ok(rows) = rows.and_then(Iterator::collect::<Result<Vec<_>, _>>) else { return Ok(()) };
            self.ids.extend(rows.iter().map(|row| short(&row.id)));
            self.last = rows.last().map(ManifestRow::order);
            self.rejected = note.rejected;
            self.shards.push(note.shard);
        }
    }

    /// Removes what an interrupted run left from this shard on.
    fn discard_from(&self, index: usize) -> Result<(), SurveyError> {
        for folder in ["shards", UNFINISHED] {
            let folder = self.dir.join(folder);
            let entries = fs::read_dir(&folder).map_err(SurveyError::io("cannot list", &folder))?;
            for entry in entries {
                let path = entry.map_err(SurveyError::io("cannot list", &folder))?.path();
                let name = path.file_name().and_then(|name| name.to_str()).unwrap_or_default();
                let number = name.split('.').next().and_then(|digits| digits.parse::<usize>().ok());
                if number.is_some_and(|number| number >= index) {
                    fs::remove_file(&path).map_err(SurveyError::io("cannot remove", &path))?;
                }
            }
        }
        Ok(())
    }

    /// Joins the parts of the index. Row groups are cut anew, so the bytes do not tell shards apart.
    fn join_index(&self) -> Result<Digest, SurveyError> {
        let mut whole = index::Writer::create(&self.dir.join(index::FILE))?;
        for number in 0..self.shards.len() {
            for row in ManifestReader::open(&self.part(number, index::FILE))? {
                whole.push(row?)?;
            }
        }
        whole.commit()
    }

    /// Joins the lists of what was refused, `rest` at the end.
    fn join_refusals(&self, rest: &[u8]) -> Result<(), SurveyError> {
        let path = self.dir.join(REFUSALS);
        let mut file = NewFile::create(&path)?;
        let mut write = |bytes: &[u8]| file.write_all(bytes).map_err(SurveyError::io("cannot write", &path));
        write(format!("{}\n", manifest::REJECTED_COLUMNS.join(",")).as_bytes())?;
        for number in 0..self.shards.len() {
            let part = self.part(number, REFUSALS);
            write(&fs::read(&part).map_err(SurveyError::io("cannot read", &part))?)?;
        }
        write(rest)?;
        file.commit().map(|_| ())
    }

    fn part(&self, index: usize, name: &str) -> PathBuf {
        self.dir.join(UNFINISHED).join(format!("{index:05}.{name}"))
    }
}

fn shard_file(index: usize) -> String {
    format!("shards/{index:05}.parquet")
}

fn lines() -> csv::Writer<Vec<u8>> {
    csv::WriterBuilder::new().has_headers(false).from_writer(Vec::new())
}

/// Half a digest is enough to recognise an id among billions.
fn short(id: &str) -> [u8; 16] {
    let mut half = [0; 16];
    half.copy_from_slice(&Digest::of(id.as_bytes()).0[..16]);
    half
}
