//! `live.jsonl` of a round: one line for each time the pool was ranked anew, with where the time went.

use std::{
    io::Write as _,
    path::{Path, PathBuf},
};

use domain::{Clock, Timestamp};
use serde::{Deserialize, Serialize};

use crate::{
    CampaignError,
    runner::{Context, Project},
};

/// Where the time of a re-ranking went, in seconds.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize, Deserialize)]
pub struct Profile {
    /// Reading what people said.
    pub read_seconds: f64,
    /// Fitting the head.
    pub fit_seconds: f64,
    /// Ranking the whole pool by it.
    pub rank_seconds: f64,
    /// Choosing what should be asked about.
    pub select_seconds: f64,
    /// Changing the queue: from here on people get the new order.
    pub store_seconds: f64,
    /// Previews of images that join, and their joining.
    pub preview_seconds: f64,
}

impl Profile {
    /// From the votes to the queue that follows them, without images that join it.
    #[must_use]
    pub fn seconds(&self) -> f64 {
        self.read_seconds + self.fit_seconds + self.rank_seconds + self.select_seconds + self.store_seconds
    }
}

/// One re-ranking.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Reranking {
    /// Counts from 1 since this process began to follow the round.
    pub number: u32,
    /// When the queue had followed.
    pub at: Timestamp,
    /// It learned from the log up to here.
    pub mark: i64,
    /// Whose scores the queue then bore.
    pub version: String,
    /// Images ranked.
    pub images: u64,
    /// Labels learned from.
    pub labels: u64,
    /// Width of the prior that the evidence chose, nats.
    pub deviation: f64,
    /// Images that joined the queue.
    pub added: u64,
    /// Retired images that came back.
    pub returned: u64,
    /// Images now asked about last.
    pub put_last: u64,
    /// Images without votes whose prior changed.
    pub rescored: u64,
    /// Where the time went.
    pub profile: Profile,
}

/// The file of a round.
#[must_use]
pub fn path(context: &Context, project: &Project, round: u32) -> PathBuf {
    context.workspace.round(&project.slug, round).join("live.jsonl")
}

/// The lines of a round; none where there is no file. A last line that a stop cut short is left out.
///
/// # Errors
/// When the file cannot be read.
pub fn read(path: &Path) -> Result<Vec<Reranking>, CampaignError> {
    match std::fs::read_to_string(path) {
        Ok(text) => Ok(text.lines().filter_map(|line| serde_json::from_str(line).ok()).collect()),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(Vec::new()),
        Err(source) => Err(CampaignError::File { path: path.into(), source }),
    }
}

pub(super) fn append(path: &Path, line: &Reranking) -> Result<(), CampaignError> {
    let text = serde_json::to_string(line).map_err(CampaignError::Json)? + "\n";
    std::fs::OpenOptions::new()
        .create(true)
        .append(true)
        .open(path)
        .and_then(|mut file| file.write_all(text.as_bytes()))
        .map_err(|source| CampaignError::File { path: path.into(), source })
}

/// Measures laps.
#[derive(Debug, Clone, Copy)]
pub(super) struct Watch {
    last: Timestamp,
    profile: Profile,
}

impl Watch {
    pub fn start(clock: &dyn Clock) -> Self {
        Self { last: clock.now(), profile: Profile::default() }
    }

    /// The time since the last lap belongs to this entry.
    pub fn lap(&mut self, clock: &dyn Clock, entry: impl FnOnce(&mut Profile) -> &mut f64) {
        let now = clock.now();
        *entry(&mut self.profile) += (now - self.last).as_seconds_f64();
        self.last = now;
    }

    pub const fn profile(&self) -> Profile {
        self.profile
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_come_back_and_a_cut_one_is_left_out() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("live.jsonl");
        assert!(read(&path).unwrap().is_empty());
        let line = Reranking {
            number: 1,
            at: Timestamp::default(),
            mark: 7,
            version: "r000+live0.7".to_owned(),
            images: 10,
            labels: 2,
            deviation: 1.0,
            added: 1,
            returned: 0,
            put_last: 3,
            rescored: 4,
            profile: Profile { read_seconds: 0.25, rank_seconds: 0.5, ..Profile::default() },
        };
        append(&path, &line).unwrap();
        append(&path, &line).unwrap();
        let whole = std::fs::read(&path).unwrap();
        std::fs::write(&path, &whole[..whole.len() - 10]).unwrap();
        assert_eq!(read(&path).unwrap(), vec![line.clone()]);
        assert_eq!(line.profile.seconds(), 0.75);
    }
}
