//! Importing a catalogue: every row is kept, cut or refused, and counted; what
//! is kept goes to `clusters.parquet` in sky order, what is refused to
//! `rejected.csv`, and how it went to `import.json`, which comes last.

use std::{
    collections::{BTreeMap, HashMap, hash_map},
    fs,
    path::{Path, PathBuf},
};

use domain::{Digest, Progress};
use serde::Serialize;

use super::{
    CatalogueError, CatalogueKind, Entry, Field, Schema,
    cell::Cell,
    mapping::{ColumnUse, Mapping},
    merge::Sorter,
    selection::Outside,
    table::{self, Step, Table},
};
use crate::{
    SurveyError,
    atomic::{self, NewFile},
};

/// Rows between two looks at the clock of the person waiting.
const PIECE: u64 = 4096;

/// What to import.
#[derive(Debug, Clone, PartialEq)]
pub struct ImportRequest {
    /// The file.
    pub file: PathBuf,
    /// How to read it.
    pub schema: Schema,
    /// Folder of the result.
    pub out: PathBuf,
}

/// Where the rows went.
#[derive(Debug, Clone, PartialEq, Default, Serialize)]
pub struct ImportCounts {
    /// Rows of the file.
    pub rows: u64,
    /// Rows in the result.
    pub kept: u64,
    /// Rows outside a limit, by column.
    pub cut: BTreeMap<String, u64>,
    /// Rows of which the limited value is not known, by column.
    pub cut_unknown: BTreeMap<String, u64>,
    /// Rows refused; all in `rejected.csv`.
    pub rejected: u64,
    /// Of these, rows whose id an earlier row has.
    pub duplicates: u64,
    /// Values that were no UTF-8 and were taken as Latin-1.
    pub latin1: u64,
}

/// A row that was refused.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct RejectedRow {
    /// Its number or line.
    pub row: u64,
    /// Its id, where that could be read.
    pub id: Option<i64>,
    /// What is wrong.
    pub reason: String,
}

/// How an import went; `import.json` holds the same.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ImportReport {
    /// Version of this file.
    pub format_version: u32,
    /// What the rows are.
    pub kind: CatalogueKind,
    /// Name of the file.
    pub source: String,
    /// SHA-256 of the file.
    pub source_digest: Digest,
    /// Name of the schema.
    pub schema: String,
    /// SHA-256 of the schema's contents.
    pub schema_digest: Digest,
    /// The schema itself.
    pub schema_text: serde_json::Value,
    /// The columns that were read.
    pub columns: BTreeMap<Field, ColumnUse>,
    /// Where the rows went.
    pub counts: ImportCounts,
    /// The normal form, relative to the folder.
    pub file: String,
    /// SHA-256 of the normal form.
    pub digest: Digest,
    /// The first refused rows.
    #[serde(skip)]
    pub first_rejected: Vec<RejectedRow>,
    /// The normal form.
    #[serde(skip)]
    pub path: PathBuf,
}

/// Refused rows kept in the report.
const SHOWN: usize = 10;

/// Imports a catalogue. Blocking; memory holds a batch of rows and the ids.
///
/// # Errors
/// When the file is no table or damaged, a column or unit is missing or wrong, the folder holds a
/// catalogue already, no row is kept, or on request.
pub fn import(request: &ImportRequest, progress: &dyn Progress) -> Result<ImportReport, CatalogueError> {
    let out = &request.out;
    let kind = request.schema.kind;
    let file = match kind {
        CatalogueKind::Clusters => "clusters.parquet",
        CatalogueKind::Lenses => "lenses.parquet",
    };
    let note = out.join("import.json");
    if note.exists() {
        return Err(CatalogueError::Exists { path: out.clone() });
    }
    let mut reading = Reading::open(&request.file, &request.schema)?;
    fs::create_dir_all(out).map_err(SurveyError::io("cannot create", out))?;
    let rejected_path = out.join("rejected.csv");
    let mut rejected = csv::Writer::from_writer(NewFile::create(&rejected_path)?);
    let csv_error = SurveyError::shard::<csv::Error>(&rejected_path);
    rejected.write_record([reading.mapping.place_name(), "id", "reason"]).map_err(&csv_error)?;
    let mut first_rejected = Vec::new();
    let mut sorter = Sorter::new(out)?;
    reading.run(progress, |outcome| {
        match outcome {
            Ok(entry) => sorter.push(entry)?,
            Err(row) => {
                let id = row.id.map(|id| id.to_string()).unwrap_or_default();
                rejected.write_record([&row.row.to_string(), &id, &row.reason]).map_err(&csv_error)?;
                if first_rejected.len() < SHOWN {
                    first_rejected.push(row);
                }
            }
        }
        Ok(())
    })?;
    let (counts, columns) = (reading.counts, reading.mapping.uses);
    // Also when nothing is kept: it says why.
    rejected.into_inner().map_err(SurveyError::shard(&rejected_path))?.commit()?;
    if counts.kept == 0 {
        return Err(nothing_kept(&request.file, &counts, &first_rejected));
    }
    let path = out.join(file);
    let digest = sorter.finish(&path, progress)?;
    let schema_text = serde_json::to_value(&request.schema)
        .map_err(|error| CatalogueError::schema(&request.schema.name, error.to_string()))?;
    let name = request.file.file_name().unwrap_or_default().to_string_lossy().into_owned();
    let report = ImportReport {
        format_version: 1,
        kind,
        source: name,
        source_digest: atomic::digest_of(&request.file)?,
        schema: request.schema.name.clone(),
        schema_digest: Digest::of(schema_text.to_string().as_bytes()),
        schema_text,
        columns,
        counts,
        file: file.to_owned(),
        digest,
        first_rejected,
        path,
    };
    let mut bytes = serde_json::to_vec_pretty(&report).map_err(SurveyError::shard(&note))?;
    bytes.push(b'\n');
    atomic::write(&note, &bytes)?;
    Ok(report)
}

/// Reads a small table, such as a list of lenses, straight into memory; gives the rows kept and those
/// refused.
///
/// # Errors
/// As [`import`], but for the folder.
pub fn read_all(
    file: &Path,
    schema: &Schema,
    progress: &dyn Progress,
) -> Result<(Vec<Entry>, Vec<RejectedRow>), CatalogueError> {
    let mut reading = Reading::open(file, schema)?;
    let (mut kept, mut rejected) = (Vec::new(), Vec::new());
    reading.run(progress, |outcome| {
        match outcome {
            Ok(entry) => kept.push(entry),
            Err(row) => rejected.push(row),
        }
        Ok(())
    })?;
    if kept.is_empty() {
        return Err(nothing_kept(file, &reading.counts, &rejected));
    }
    Ok((kept, rejected))
}

fn nothing_kept(path: &Path, counts: &ImportCounts, rejected: &[RejectedRow]) -> CatalogueError {
    let cut: u64 = counts.cut.values().chain(counts.cut_unknown.values()).sum();
    let mut why = format!("{} refused, {cut} outside the [cut]", counts.rejected);
    if let Some(first) = rejected.first() {
        why.push_str(&format!("; the first refused is row {}: {}", first.row, first.reason));
    }
    CatalogueError::NothingKept { path: path.to_owned(), rows: counts.rows, why }
}

/// A file being read by a schema.
struct Reading<'a> {
    path: &'a Path,
    schema: &'a Schema,
    table: Box<dyn Table>,
    mapping: Mapping,
    counts: ImportCounts,
    /// Ids seen and their rows.
    seen: HashMap<i64, u64>,
}

impl<'a> Reading<'a> {
    fn open(path: &'a Path, schema: &'a Schema) -> Result<Self, CatalogueError> {
        let mut table = table::open(path, &schema.file)?;
        let mapping = Mapping::new(path, schema, table.as_mut())?;
        Ok(Self { path, schema, table, mapping, counts: ImportCounts::default(), seen: HashMap::new() })
    }

    /// Reads every row; what is kept or refused goes to `take`.
    fn run(
        &mut self,
        progress: &dyn Progress,
        mut take: impl FnMut(Result<Entry, RejectedRow>) -> Result<(), CatalogueError>,
    ) -> Result<(), CatalogueError> {
        progress.begin("reading the catalogue", self.table.rows().unwrap_or(0));
        let mut cells: Vec<Cell> = Vec::new();
        loop {
            let step = self.table.next(&mut cells)?;
            let row = self.table.place();
            let read = match step {
                Step::End => break,
                Step::Bad(reason) => Err((None, reason)),
                Step::Row => self.mapping.entry(&cells, row),
            };
            self.counts.rows += 1;
            if self.counts.rows.is_multiple_of(PIECE) {
                progress.check()?;
                progress.advance(PIECE);
            }
            match read.and_then(|entry| self.unique(entry)) {
                Err((id, reason)) => {
                    self.counts.rejected += 1;
                    take(Err(RejectedRow { row, id, reason }))?;
                }
                Ok(entry) => match self.schema.cut.refuses(&entry) {
                    Some((column, Outside::Value)) => {
                        *self.counts.cut.entry(column.to_owned()).or_default() += 1;
                    }
                    Some((column, Outside::Unknown)) => {
                        *self.counts.cut_unknown.entry(column.to_owned()).or_default() += 1;
                    }
                    None => {
                        self.counts.kept += 1;
                        take(Ok(entry))?;
                    }
                },
            }
        }
        progress.end();
        self.counts.latin1 = self.table.latin1();
        if let Some(reason) = self.mapping.doubt() {
            return Err(CatalogueError::table(self.path, reason));
        }
        if self.counts.rows == 0 {
            return Err(CatalogueError::table(self.path, "the table has no rows; fetch it again"));
        }
        Ok(())
    }

    /// The entry, unless an earlier row has its id.
    fn unique(&mut self, entry: Entry) -> Result<Entry, (Option<i64>, String)> {
        match self.seen.entry(entry.id) {
            hash_map::Entry::Vacant(place) => {
                place.insert(entry.row);
                Ok(entry)
            }
            hash_map::Entry::Occupied(earlier) => {
                self.counts.duplicates += 1;
                let place = self.mapping.place_name();
                let reason =
                    format!("id {} is already in {place} {}; ids must be unique", entry.id, earlier.get());
                Err((Some(entry.id), reason))
            }
        }
    }
}
