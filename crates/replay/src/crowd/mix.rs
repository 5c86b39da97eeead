//! How many people of which kinds there are, and how often each of them comes.

use std::collections::BTreeMap;

use domain::Seed;
use rand::RngExt as _;
use serde::{Deserialize, Serialize};

use super::{Kind, Skill, answer::standard_normal};
use crate::ReplayError;

/// The people of a replay.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct CrowdMix {
    /// How many people; 1 to 100,000.
    pub volunteers: usize,
    /// Share of each kind; they need not add up to 1. A kind left out does not occur.
    pub mix: BTreeMap<Kind, f64>,
    /// How unequal people's activity is: standard deviation of the logarithm of how often somebody
    /// comes. At 1.5 the busiest tenth gives about half of the votes.
    pub activity_spread: f64,
    /// Most images somebody holds at a time, 1 to 5; each has a habit of their own below that.
    pub largest_batch: u32,
}

/// A crowd with a name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CrowdPreset {
    /// The kinds in their usual shares.
    Usual,
    /// Three in ten answer without looking.
    SpammerRich,
    /// Mostly people who have hardly seen a lens before.
    Novice,
    /// Nobody ever errs.
    Perfect,
}

/// One person.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Person {
    /// What kind of volunteer.
    pub kind: Kind,
    /// Their own rates.
    pub skill: Skill,
    /// Where all randomness of this person comes from.
    pub seed: Seed,
    /// How often they come, against others.
    pub activity: f64,
    /// How many images they hold at a time.
    pub batch: u32,
}

impl CrowdPreset {
    /// Every crowd with a name.
    pub const ALL: [Self; 4] = [Self::Usual, Self::SpammerRich, Self::Novice, Self::Perfect];

    /// Its people.
    #[must_use]
    pub fn mix(self) -> CrowdMix {
        let usual = |but: f64| Kind::ALL.map(move |kind| (kind, kind.usual_share() * but));
        let with = |but: f64, more: &[(Kind, f64)]| {
            let shares = usual(but).into_iter().filter(|(_, share)| *share > 0.0);
            let mut mix: BTreeMap<Kind, f64> = shares.collect();
            for (kind, share) in more {
                *mix.entry(*kind).or_default() += share;
            }
            CrowdMix { mix, ..CrowdMix::default() }
        };
        match self {
            Self::Usual => with(1.0, &[]),
            Self::SpammerRich => with(0.75, &[(Kind::Spammer, 0.25)]),
            Self::Novice => with(0.3, &[(Kind::Novice, 0.7)]),
            Self::Perfect => with(0.0, &[(Kind::Perfect, 1.0)]),
        }
    }
}

impl Default for CrowdMix {
    fn default() -> Self {
        let shares = Kind::ALL.map(|kind| (kind, kind.usual_share()));
        Self {
            volunteers: 100,
            mix: shares.into_iter().filter(|(_, share)| *share > 0.0).collect(),
            activity_spread: 1.2,
            largest_batch: 5,
        }
    }
}

impl CrowdMix {
    /// Refuses what makes no sense.
    ///
    /// # Errors
    /// Names the setting.
    pub fn check(&self) -> Result<(), ReplayError> {
        let setting = |field, holds, remedy| ReplayError::check(field, holds, remedy);
        setting("crowd.volunteers", (1..=100_000).contains(&self.volunteers), "choose 1 to 100,000 people")?;
        let shares = self.mix.values();
        let some = shares.clone().all(|share| share.is_finite() && *share >= 0.0);
        let remedy = "give each kind a share of 0 or more, and at least one of them more than 0";
        setting("crowd.mix", some && shares.sum::<f64>() > 0.0, remedy)?;
        let spread = (0.0..=4.0).contains(&self.activity_spread);
        setting("crowd.activity_spread", spread, "give a number from 0 (all alike) to 4")?;
        setting("crowd.largest_batch", (1..=5).contains(&self.largest_batch), "choose 1 to 5 images")
    }

    /// How many people of each kind: the shares, rounded so that the sum is right (largest remainder).
    #[must_use]
    pub fn counts(&self) -> Vec<(Kind, usize)> {
        share_out(&self.mix, self.volunteers)
    }

    /// Everybody, in an order that tells nothing of the kinds.
    #[must_use]
    pub fn gather(&self, seed: Seed) -> Vec<Person> {
        let mut kinds: Vec<Kind> = Vec::with_capacity(self.volunteers);
        for (kind, count) in self.counts() {
            kinds.extend(std::iter::repeat_n(kind, count));
        }
        let mut rng = seed.child("order").rng();
        for last in (1..kinds.len()).rev() {
            kinds.swap(last, rng.random_range(0..=last));
        }
        let person = |(index, kind): (usize, Kind)| {
            let seed = seed.child("person").index(index as u64);
            let mut rng = seed.child("habits").rng();
            let activity = (self.activity_spread * standard_normal(&mut rng)).exp();
            let batch = rng.random_range(1..=self.largest_batch);
            Person { kind, skill: Skill::of(kind, seed), seed, activity, batch }
        };
        kinds.into_iter().enumerate().map(person).collect()
    }
}

/// People by kind, rounded so that the sum is right (largest remainder).
#[must_use]
pub fn share_out(mix: &BTreeMap<Kind, f64>, people: usize) -> Vec<(Kind, usize)> {
    let total: f64 = mix.values().sum();
    let exact = |share: f64| share / total * people as f64;
    let mut counts: Vec<(Kind, usize, f64)> = mix
        .iter()
        .map(|(kind, share)| (*kind, exact(*share).floor() as usize, exact(*share).fract()))
        .collect();
    let given: usize = counts.iter().map(|(_, count, _)| count).sum();
    let mut order: Vec<usize> = (0..counts.len()).collect();
    order.sort_by(|a, b| counts[*b].2.total_cmp(&counts[*a].2));
    for index in order.into_iter().cycle().take(people.saturating_sub(given)) {
        counts[index].1 += 1;
    }
    counts.into_iter().map(|(kind, count, _)| (kind, count)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_crowd_with_a_name_is_possible_and_shared_out_completely() {
        for preset in CrowdPreset::ALL {
            for volunteers in 1..50 {
                let mix = CrowdMix { volunteers, ..preset.mix() };
                mix.check().unwrap();
                assert_eq!(mix.gather(Seed::root(1)).len(), volunteers);
            }
        }
        let spammers: f64 = CrowdPreset::SpammerRich.mix().mix[&Kind::Spammer];
        assert!((spammers - 0.2875).abs() < 1e-12);
    }

    #[test]
    fn the_same_seed_gathers_the_same_people() {
        let gather = |seed| CrowdMix::default().gather(Seed::root(seed));
        assert_eq!(gather(7), gather(7));
        assert_ne!(gather(7), gather(8));
    }

    #[test]
    fn some_people_come_far_more_often_than_others() {
        let mut activity: Vec<f64> = CrowdMix { volunteers: 1000, ..CrowdMix::default() }
            .gather(Seed::root(1))
            .iter()
            .map(|person| person.activity)
            .collect();
        activity.sort_by(f64::total_cmp);
        let busiest: f64 = activity[900..].iter().sum();
        assert!(busiest > 0.3 * activity.iter().sum::<f64>(), "{busiest}");
    }

    #[test]
    fn a_mix_of_nothing_is_refused_by_name() {
        let nobody = CrowdMix { mix: BTreeMap::new(), ..CrowdMix::default() };
        assert!(nobody.check().unwrap_err().to_string().contains("crowd.mix"));
        let none = CrowdMix { volunteers: 0, ..CrowdMix::default() };
        assert!(none.check().unwrap_err().to_string().contains("crowd.volunteers"));
    }
}
