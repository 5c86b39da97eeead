//! The records of a dataset on disk: JSON lines in `records/`, and an index
//! that finds one by its id without reading the rest.

use std::{
    collections::HashMap,
    fs::{self, File},
    io::{Read as _, Seek as _, SeekFrom},
    path::{Path, PathBuf},
};

use crate::{error::SimulateError, record::Record};

/// Folder of the records inside a dataset's folder.
pub(crate) const FOLDER: &str = "records";
/// The index inside it: id, file, offset, length.
pub(crate) const INDEX: &str = "index.csv";

/// The records of one simulated dataset.
#[derive(Debug, Clone)]
pub struct Records {
    folder: PathBuf,
    places: HashMap<String, Place>,
}

/// Where a record lies.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Place {
    file: usize,
    offset: u64,
    length: usize,
}

impl Records {
    /// Opens the records of a dataset folder.
    ///
    /// # Errors
    /// When the folder has none, or the index is damaged.
    pub fn open(dataset_dir: &Path) -> Result<Self, SimulateError> {
        let folder = dataset_dir.join(FOLDER);
        let path = folder.join(INDEX);
        let text = fs::read_to_string(&path).map_err(SimulateError::io("cannot read", &path))?;
        let mut places = HashMap::new();
        for (number, line) in text.lines().enumerate().skip(1) {
            let (id, place) = parse(line).ok_or_else(|| SimulateError::Format {
                path: path.clone(),
                reason: format!(
                    "line {} is no `id,file,offset,length`; simulate the dataset again",
                    number + 1
                ),
            })?;
            places.insert(id.to_owned(), place);
        }
        Ok(Self { folder, places })
    }

    /// Number of records.
    #[must_use]
    pub fn len(&self) -> usize {
        self.places.len()
    }

    /// Whether there is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.places.is_empty()
    }

    /// The record with this id.
    ///
    /// # Errors
    /// When there is no such record, or its file is damaged.
    pub fn get(&self, id: &str) -> Result<Record, SimulateError> {
        let (path, bytes) = self.bytes(id)?;
        let record: Record = serde_json::from_slice(&bytes).map_err(|error| SimulateError::Format {
            path: path.clone(),
            reason: format!("record {id}: {error}; simulate the dataset again"),
        })?;
        if record.mock_id == id {
            return Ok(record);
        }
        let reason =
            format!("record {} stands where {id} should be; simulate the dataset again", record.mock_id);
        Err(SimulateError::Format { path, reason })
    }

    /// The bytes of the record with this id, and the file they stand in.
    pub(crate) fn bytes(&self, id: &str) -> Result<(PathBuf, Vec<u8>), SimulateError> {
        let place = self.places.get(id).ok_or_else(|| SimulateError::NoRecord {
            id: id.chars().take(80).collect(),
            folder: self.folder.clone(),
        })?;
        let path = self.folder.join(file_name(place.file));
        let mut file = File::open(&path).map_err(SimulateError::io("cannot open", &path))?;
        file.seek(SeekFrom::Start(place.offset)).map_err(SimulateError::io("cannot read", &path))?;
        let mut bytes = Vec::new();
        file.take(place.length as u64)
            .read_to_end(&mut bytes)
            .map_err(SimulateError::io("cannot read", &path))?;
        Ok((path, bytes))
    }
}

/// Name of the file with the records of one shard.
pub(crate) fn file_name(shard: usize) -> String {
    format!("{shard:05}.jsonl")
}

fn parse(line: &str) -> Option<(&str, Place)> {
    let mut fields = line.split(',');
    let id = fields.next()?;
    let place = Place {
        file: fields.next()?.parse().ok()?,
        offset: fields.next()?.parse().ok()?,
        length: fields.next()?.parse().ok()?,
    };
    // Records have some ten kilobytes; a damaged index must not make us read gigabytes.
    (fields.next().is_none() && place.length < 64 << 20).then_some((id, place))
}
