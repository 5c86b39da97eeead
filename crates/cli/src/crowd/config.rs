//! How many people of which kinds there are, and how patient they are.

use std::{collections::BTreeMap, time::Duration};

use replay::crowd::{CrowdMix, Kind, share_out};
use serde::{Deserialize, Serialize};

use super::error::CrowdError;

/// The settings of a crowd.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct CrowdConfig {
    /// How many people; 1 to 1,000.
    pub volunteers: usize,
    /// Names the accounts: the same people (same skill, same answers) sign up once for each name, so
    /// that two experiments on one server start with people nobody knows yet. Lower-case letters,
    /// digits and hyphens.
    pub accounts: String,
    /// Share of each kind; they need not add up to 1. A kind left out does not occur.
    pub mix: BTreeMap<Kind, f64>,
    /// Most images asked for at a time, 1 to 5; each person has a habit of their own below that.
    pub largest_batch: u32,
    /// Stop after this many votes in one run (checked before each person's turn).
    pub max_votes: Option<u64>,
    /// How long a request is repeated while the server does not answer.
    pub patience: Duration,
    /// Pause when all images left are held by others.
    pub wait: Duration,
    /// Pauses in a row before giving up on those.
    pub waits: u32,
}

impl Default for CrowdConfig {
    fn default() -> Self {
        Self {
            volunteers: 40,
            accounts: "crowd".to_owned(),
            mix: CrowdMix::default().mix,
            largest_batch: 5,
            max_votes: None,
            patience: Duration::from_secs(60),
            wait: Duration::from_millis(500),
            waits: 20,
        }
    }
}

impl CrowdConfig {
    /// Refuses what makes no sense.
    pub(super) fn check(&self) -> Result<(), CrowdError> {
        let wrong = |field, remedy| Err(CrowdError::Config { field, remedy });
        if !(1..=1000).contains(&self.volunteers) {
            return wrong("volunteers", "choose 1 to 1,000 people");
        }
        let is_plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
        if self.accounts.is_empty() || self.accounts.len() > 60 || !self.accounts.chars().all(is_plain) {
            return wrong("accounts", "choose 1 to 60 lower-case letters, digits and hyphens");
        }
        if !(1..=5).contains(&self.largest_batch) {
            return wrong("largest_batch", "choose 1 to 5 images at a time");
        }
        let shares = self.mix.values();
        if shares.clone().any(|share| !share.is_finite() || *share < 0.0) || shares.sum::<f64>() <= 0.0 {
            return wrong("mix", "give each kind a share of 0 or more, and at least one of them more than 0");
        }
        Ok(())
    }

    /// How many people of each kind: the shares, rounded so that the sum is right (largest remainder).
    pub(super) fn counts(&self) -> Vec<(Kind, usize)> {
        share_out(&self.mix, self.volunteers)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn forty_people_fall_into_kinds_by_their_shares() {
        let counts: BTreeMap<Kind, usize> = CrowdConfig::default().counts().into_iter().collect();
        assert_eq!(counts[&Kind::Average], 16);
        assert_eq!(counts[&Kind::Spammer], 2);
        assert_eq!(counts.values().sum::<usize>(), 40);
    }

    #[test]
    fn any_number_of_people_is_shared_out_completely() {
        for volunteers in 1..50 {
            let config = CrowdConfig { volunteers, ..CrowdConfig::default() };
            assert_eq!(config.counts().iter().map(|(_, count)| count).sum::<usize>(), volunteers);
        }
    }

    #[test]
    fn a_mix_of_nothing_is_refused() {
        let nobody = CrowdConfig { mix: BTreeMap::new(), ..CrowdConfig::default() };
        let negative = CrowdConfig { mix: BTreeMap::from([(Kind::Hasty, -1.0)]), ..CrowdConfig::default() };
        assert!(nobody.check().is_err() && negative.check().is_err());
        assert!(CrowdConfig::default().check().is_ok());
    }
}
