//! A few finished cutouts on disk before their shard is whole, so that an
//! interrupted run loses seconds of work and not a shard's. A unit that is
//! damaged or belongs to another dataset counts as not there.

use std::{fs, path::Path};

use domain::Digest;
use imaging::Tile;
use serde::{Deserialize, Serialize};

use crate::{draw::Rejected, error::SimulateError, whole_file};

/// One cutout as a unit keeps it.
#[derive(Debug, Clone, PartialEq)]
pub struct Kept {
    /// Its record as it stands in the dataset.
    pub json: Vec<u8>,
    /// Arcs tried and left out on the way.
    pub rejected: Vec<Rejected>,
    /// Its tile.
    pub tile: Tile,
}

/// The first line of a unit.
#[derive(Serialize, Deserialize)]
struct Head {
    fingerprint: Digest,
    /// Of everything after the line.
    digest: Digest,
    tile_size: usize,
    cutouts: Vec<Entry>,
}

/// Lengths of one cutout's pieces, in the order they follow.
#[derive(Serialize, Deserialize)]
struct Entry {
    record: usize,
    tile: usize,
    rejected: Vec<Rejected>,
}

/// Writes a unit.
pub fn write(path: &Path, fingerprint: Digest, kept: &[Kept]) -> Result<(), SimulateError> {
    let entry =
        |k: &Kept| Entry { record: k.json.len(), tile: k.tile.data.len(), rejected: k.rejected.clone() };
    let mut pieces = Vec::new();
    for one in kept {
        pieces.extend_from_slice(&one.json);
        pieces.extend_from_slice(&one.tile.data);
    }
    let head = Head {
        fingerprint,
        digest: Digest::of(&pieces),
        tile_size: kept.first().map_or(0, |k| k.tile.size),
        cutouts: kept.iter().map(entry).collect(),
    };
    let mut bytes = serde_json::to_vec(&head)
        .map_err(|error| SimulateError::Format { path: path.to_owned(), reason: error.to_string() })?;
    bytes.push(b'\n');
    bytes.append(&mut pieces);
    whole_file::write(path, &bytes)
}

/// Reads a unit of `count` cutouts; `None` when it is absent, damaged or another dataset's.
pub fn read(path: &Path, fingerprint: Digest, count: usize) -> Option<Vec<Kept>> {
    let bytes = fs::read(path).ok()?;
    let end = bytes.iter().position(|&b| b == b'\n')?;
    let head: Head = serde_json::from_slice(&bytes[..end]).ok()?;
    let mut rest = &bytes[end + 1..];
    if head.fingerprint != fingerprint || head.digest != Digest::of(rest) || head.cutouts.len() != count {
        return None;
    }
    let mut take = |length: usize| {
        let (piece, after) = rest.split_at_checked(length)?;
        rest = after;
        Some(piece.to_vec())
    };
    head.cutouts
        .into_iter()
        .map(|entry| {
            let json = take(entry.record)?;
            let tile = Tile { size: head.tile_size, data: take(entry.tile)? };
            Some(Kept { json, rejected: entry.rejected, tile })
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_back_what_it_wrote_and_nothing_else() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("00000-000.unit");
        let one = |fill: u8| Kept {
            json: format!("{{\"n\":{fill}}}").into_bytes(),
            rejected: Vec::new(),
            tile: Tile { size: 2, data: vec![fill; 12] },
        };
        let (mine, other) = (Digest::of(b"mine"), Digest::of(b"other"));
        let kept = vec![one(1), one(10)];
        write(&path, mine, &kept).unwrap();
        assert_eq!(read(&path, mine, 2), Some(kept));
        assert_eq!(read(&path, other, 2), None);
        assert_eq!(read(&path, mine, 3), None);
        let mut bytes = fs::read(&path).unwrap();
        *bytes.last_mut().unwrap() ^= 1;
        fs::write(&path, bytes).unwrap();
        assert_eq!(read(&path, mine, 2), None);
    }
}
