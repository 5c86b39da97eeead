//! The last step of a dataset: one pass over its records that writes what finds
//! them (`records/index.csv`), what says the truth (`truth.csv`), what a
//! researcher selects by (`mocks.parquet`), and for mocks the arcs left out and
//! the completeness curve.

use std::{
    fs::File,
    io::{BufRead as _, BufReader, Write as _},
    path::{Path, PathBuf},
};

use crate::{
    Kind,
    completeness::{self, Completeness},
    config::OutputConfig,
    error::SimulateError,
    images,
    job::MAKING,
    mock_index::{self, IndexRow},
    record::Record,
    records,
    rejected_table::{self, RejectedOf},
    table::Table,
    whole_file::{self, WholeFile},
};

/// Where the arcs left out on the way of one shard wait for the end.
pub fn rejected_part(dir: &Path, shard: usize) -> PathBuf {
    dir.join(MAKING).join(format!("{shard:05}.rejected.jsonl"))
}

/// Writes all of it.
pub fn write(dir: &Path, shards: usize, output: Option<&OutputConfig>) -> Result<(), SimulateError> {
    let folder = dir.join(records::FOLDER);
    let (places_path, truth_path) = (folder.join(records::INDEX), dir.join("truth.csv"));
    let index_path = dir.join(mock_index::FILE);
    let mut places = WholeFile::create(&places_path)?;
    let mut truth = WholeFile::create(&truth_path)?;
    let mut index = Table::create(&index_path, mock_index::COLUMNS, mock_index::ABOUT)?;
    let (mut curves, mut mocks) = (Completeness::new(), false);
    let put = |file: &mut WholeFile, path: &Path, line: String| {
        file.write_all(line.as_bytes()).map_err(SimulateError::io("cannot write", path))
    };
    put(&mut places, &places_path, "id,file,offset,length\n".to_owned())?;
    put(&mut truth, &truth_path, "id,kind,label,theta_e_arcsec,arc_sn\n".to_owned())?;
    for shard in 0..shards {
        let name = records::file_name(shard);
        let path = folder.join(&name);
        let mut offset = 0;
        each_line(&path, |line| {
            let record: Record = serde_json::from_slice(line).map_err(|error| damaged(&path, &error))?;
            let (id, length) = (&record.mock_id, line.len());
            put(&mut places, &places_path, format!("{id},{shard},{offset},{length}\n"))?;
            put(&mut truth, &truth_path, truth_line(&record))?;
            if let (Kind::Lens, Some(results)) = (record.kind, &record.results) {
                curves.visible(results);
                mocks = true;
            }
            let fits = output.and_then(|output| images::fits_path(output, shard, id));
            let png = output.and_then(|output| images::png_path(output, shard, id));
            let file = format!("{}/{name}", records::FOLDER);
            index.push(&IndexRow { record, file, offset, length, fits, png })?;
            offset += length as u64 + 1;
            Ok(())
        })?;
    }
    places.commit()?;
    truth.commit()?;
    index.commit()?;
    // Only lenses have arcs that could be missed.
    if mocks && output.is_some_and(|output| output.rejected) {
        let path = dir.join(rejected_table::FILE);
        let mut table = Table::create(&path, rejected_table::COLUMNS, rejected_table::ABOUT)?;
        for shard in 0..shards {
            let part = rejected_part(dir, shard);
            each_line(&part, |line| {
                let arc: RejectedOf = serde_json::from_slice(line).map_err(|error| damaged(&part, &error))?;
                curves.invisible(&arc.arc);
                table.push(&arc)
            })?;
        }
        table.commit()?;
        whole_file::write(&dir.join(completeness::FILE), curves.csv().as_bytes())?;
    }
    Ok(())
}

/// One line of `truth.csv`; the last two columns are empty without a lens.
fn truth_line(record: &Record) -> String {
    let results = record.results.as_ref().filter(|_| record.kind == Kind::Lens);
    let lens = results
        .map_or_else(|| ",".to_owned(), |r| format!("{},{}", r.theta_e_arcsec, r.arc_sn[0].max(r.arc_sn[1])));
    format!("{},{},{},{lens}\n", record.mock_id, record.kind, record.kind.label().code())
}

/// Reads a file of lines, one in memory at a time.
fn each_line(
    path: &Path,
    mut work: impl FnMut(&[u8]) -> Result<(), SimulateError>,
) -> Result<(), SimulateError> {
    let file = File::open(path).map_err(SimulateError::io("cannot open", path))?;
    let mut reader = BufReader::new(file);
    let mut line = Vec::new();
    loop {
        line.clear();
        let read = reader.read_until(b'\n', &mut line).map_err(SimulateError::io("cannot read", path))?;
        if read == 0 {
            return Ok(());
        }
        if line.last() == Some(&b'\n') {
            line.pop();
        }
        work(&line)?;
    }
}

fn damaged(path: &Path, error: &serde_json::Error) -> SimulateError {
    let reason = format!("{error}; remove the folder and simulate the dataset again");
    SimulateError::Format { path: path.to_owned(), reason }
}
