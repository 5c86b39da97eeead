//! The state of an unfinished training after its last whole epoch, in one file
//! that is replaced as a whole: a process killed at any instant leaves the old
//! one or the new one.

use std::{fs, path::Path};

use domain::Digest;
use serde::{Deserialize, Serialize};

use crate::{FinderError, files, training::EpochReport};

const NAME: &str = "checkpoint.part-of-training";
const MAGIC: &[u8; 8] = b"LFTRAIN2";

/// Everything a training needs to go on.
pub(crate) struct Checkpoint {
    /// Of the request; another request's checkpoint is not used.
    pub request: Digest,
    /// The epochs done.
    pub epochs: Vec<EpochReport>,
    /// Burnpack bytes.
    pub weights: Vec<u8>,
    /// Burnpack bytes.
    pub optimizer: Vec<u8>,
    /// Burnpack bytes of the averaged weights; empty without.
    pub averaged: Vec<u8>,
}

#[derive(Serialize, Deserialize)]
struct Head {
    request: Digest,
    epochs: Vec<EpochReport>,
    weights: usize,
    optimizer: usize,
    averaged: usize,
    body: Digest,
}

/// Replaces the checkpoint.
pub(crate) fn write(dir: &Path, state: &Checkpoint) -> Result<(), FinderError> {
    let path = dir.join(NAME);
    let head = Head {
        request: state.request,
        epochs: state.epochs.clone(),
        weights: state.weights.len(),
        optimizer: state.optimizer.len(),
        averaged: state.averaged.len(),
        body: Digest::of_parts([&state.weights, &state.optimizer, &state.averaged]),
    };
    let head = serde_json::to_vec(&head).map_err(|e| FinderError::malformed(&path, e))?;
    let mut bytes = MAGIC.to_vec();
    bytes.extend((head.len() as u64).to_le_bytes());
    bytes.extend(head);
    bytes.extend(&state.weights);
    bytes.extend(&state.optimizer);
    bytes.extend(&state.averaged);
    files::write(&path, &bytes)
}

/// The checkpoint of this request; `None` when there is none, or only another request's or a
/// damaged one: then the training starts over, which costs time but never truth.
pub(crate) fn read(dir: &Path, request: Digest) -> Result<Option<Checkpoint>, FinderError> {
    let path = dir.join(NAME);
    let bytes = match fs::read(&path) {
        Ok(bytes) => bytes,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(None),
        Err(source) => return Err(FinderError::Io { action: "read", path, source }),
    };
    Ok(parse(&bytes).filter(|checkpoint| checkpoint.request == request))
}

/// Deletes the checkpoint once the model is finished.
pub(crate) fn remove(dir: &Path) -> Result<(), FinderError> {
    let path = dir.join(NAME);
    match fs::remove_file(&path) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
            Err(FinderError::Io { action: "delete", path, source: error })
        }
        _ => Ok(()),
    }
}

fn parse(bytes: &[u8]) -> Option<Checkpoint> {
    let rest = bytes.strip_prefix(MAGIC)?;
    let (length, rest) = rest.split_first_chunk::<8>()?;
    let (head, body) = rest.split_at_checked(usize::try_from(u64::from_le_bytes(*length)).ok()?)?;
    let head: Head = serde_json::from_slice(head).ok()?;
    let (weights, rest) = body.split_at_checked(head.weights)?;
    let (optimizer, averaged) = rest.split_at_checked(head.optimizer)?;
    let whole =
        averaged.len() == head.averaged && Digest::of_parts([weights, optimizer, averaged]) == head.body;
    whole.then(|| Checkpoint {
        request: head.request,
        epochs: head.epochs,
        weights: weights.to_vec(),
        optimizer: optimizer.to_vec(),
        averaged: averaged.to_vec(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn state() -> Checkpoint {
        let epochs = vec![EpochReport { epoch: 1, loss: 0.1 + 0.2, validation_loss: None }];
        Checkpoint {
            request: Digest::of(b"r"),
            epochs,
            weights: vec![1, 2, 3],
            optimizer: vec![4; 100],
            averaged: vec![5; 3],
        }
    }

    #[test]
    fn comes_back_to_the_bit() {
        let dir = tempfile::tempdir().unwrap();
        write(dir.path(), &state()).unwrap();
        let back = read(dir.path(), Digest::of(b"r")).unwrap().unwrap();
        assert_eq!(
            (back.weights, back.optimizer, back.averaged, back.epochs),
            (state().weights, state().optimizer, state().averaged, state().epochs)
        );
        assert!(read(dir.path(), Digest::of(b"other")).unwrap().is_none());
        remove(dir.path()).unwrap();
        remove(dir.path()).unwrap();
        assert!(read(dir.path(), Digest::of(b"r")).unwrap().is_none());
    }

    #[test]
    fn a_damaged_one_is_not_used() {
        let dir = tempfile::tempdir().unwrap();
        write(dir.path(), &state()).unwrap();
        let path = dir.path().join(NAME);
        let whole = fs::read(&path).unwrap();
        for cut in [0, 5, 12, 40, whole.len() - 1] {
            fs::write(&path, &whole[..cut]).unwrap();
            assert!(read(dir.path(), Digest::of(b"r")).unwrap().is_none());
        }
        let mut flipped = whole.clone();
        *flipped.last_mut().unwrap() ^= 1;
        fs::write(&path, &flipped).unwrap();
        assert!(read(dir.path(), Digest::of(b"r")).unwrap().is_none());
    }
}
