//! Shards and tables nobody should send: reading them ends in rows or an error.
#![expect(clippy::unwrap_used, reason = "a test may end in a panic")]

mod builders;

use std::{fs, sync::LazyLock};

use builders::{fill, small};
use proptest::{collection::vec, prelude::*, sample::Index};
use survey::{Dataset, DatasetWriter, shard};
use tempfile::tempdir;

static GOOD_SHARD: LazyLock<Vec<u8>> = LazyLock::new(|| {
    let dir = tempdir().unwrap();
    let mut writer = DatasetWriter::create(dir.path(), "test", small(), 1000).unwrap();
    fill(&mut writer, 0..300);
    fs::read(writer.finish().unwrap().shard_path(0).unwrap()).unwrap()
});

fn read(bytes: &[u8]) -> Result<usize, String> {
    let dir = tempdir().unwrap();
    let path = dir.path().join("x.parquet");
    fs::write(&path, bytes).unwrap();
    let mut rows = 0;
    for batch in shard::Reader::open(&path).map_err(|error| error.to_string())? {
        rows += batch.map_err(|error| error.to_string())?.len();
    }
    Ok(rows)
}

/// A dataset whose index can be overwritten.
static DATASET: LazyLock<(tempfile::TempDir, Vec<u8>)> = LazyLock::new(|| {
    let dir = tempdir().unwrap();
    let mut writer = DatasetWriter::create(dir.path(), "test", small(), 1000).unwrap();
    fill(&mut writer, 0..300);
    let bytes = fs::read(writer.finish().unwrap().index_path()).unwrap();
    (dir, bytes)
});

fn read_index(bytes: &[u8]) -> Result<usize, String> {
    let copy = tempdir().unwrap();
    fs::copy(DATASET.0.path().join("dataset.json"), copy.path().join("dataset.json")).unwrap();
    let dataset = Dataset::open(copy.path()).unwrap();
    fs::write(dataset.index_path(), bytes).unwrap();
    dataset.rows().map(|rows| rows.len()).map_err(|error| error.to_string())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn random_bytes_are_no_shard(bytes in vec(any::<u8>(), 0..4000)) {
        prop_assert!(read(&bytes).is_err());
        let framed = [b"PAR1".as_slice(), &bytes, &(bytes.len() as u32 / 2).to_le_bytes(), b"PAR1"].concat();
        prop_assert!(read(&framed).is_err());
    }

    #[test]
    fn a_damaged_shard_is_survived(edits in vec((any::<Index>(), any::<u8>()), 1..16), tail in any::<bool>()) {
        let mut bytes = GOOD_SHARD.clone();
        let length = bytes.len();
        // The description of the file stands at its end; aim there half of the time.
        let reach = if tail { 3000.min(length) } else { length };
        for (at, byte) in edits {
            bytes[length - reach + at.index(reach)] = byte;
        }
        let _ = read(&bytes);
    }

    #[test]
    fn a_damaged_index_is_survived(edits in vec((any::<Index>(), any::<u8>()), 1..16), tail in any::<bool>()) {
        let mut bytes = DATASET.1.clone();
        let length = bytes.len();
        let reach = if tail { 3000.min(length) } else { length };
        for (at, byte) in edits {
            bytes[length - reach + at.index(reach)] = byte;
        }
        let _ = read_index(&bytes);
        let half = bytes[..length / 2].to_vec();
        prop_assert!(read_index(&half).is_err());
    }
}
