//! How often a volunteer meets a training image, whose truth is known: often at the start, rarely
//! once they have seen enough and their answers are known to be worth something. The decision is a
//! hash of the volunteer and the slot, held against a chance that only answers can change, so that
//! it can be replayed and nobody can steer it by asking again.

use domain::{Seed, VolunteerId};
use serde::{Deserialize, Serialize};

/// What is known of a volunteer's eye when an image is handed out.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Skill {
    /// Training images they decided on, "unsure" not counted.
    pub known: u32,
    /// What one of their answers says about an image that may as well be a lens as not, in bits: 0
    /// for someone who guesses, 1 for someone who is never wrong.
    pub bits: f64,
}

/// From here on, one slot in `one_in` holds a training image. A step is reached when all three of
/// `from`, `known` and `bits` are; someone who later falls below `bits` goes back.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TrainingStep {
    /// First slot (images handed to this volunteer before) at which the step may hold.
    pub from: u64,
    /// Slots per training image, at least 1; 2.5 means two in five.
    pub one_in: f64,
    /// Least training images decided on: below it nobody can say how good this volunteer is.
    #[serde(default)]
    pub known: u32,
    /// Least worth of one answer, in bits ([`Skill::bits`]).
    #[serde(default)]
    pub bits: f64,
}

/// A falling staircase. The default starts newcomers with two in five for their first 20 images and
/// then takes the steps of Space Warps: one in 5 up to 30, one in 7 up to 60, one in 10 after. Who has
/// decided on too few training images, or answers hardly better than by chance, stays higher up.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct TrainingSchedule {
    /// In rising order of `from`. Before the first step there are no training images; nobody reaches
    /// a step without those before it.
    pub steps: Vec<TrainingStep>,
}

impl Default for TrainingSchedule {
    fn default() -> Self {
        let step = |from, one_in, known, bits| TrainingStep { from, one_in, known, bits };
        // Two in five of 20 images are 8 on average, of which 4 or fewer come to 5 in 100 people. The
        // bits are those of someone who is right in 6, 7 and 7.5 of 10 cases of either kind.
        Self {
            steps: vec![
                step(0, 2.5, 0, 0.0),
                step(20, 5.0, 5, 0.03),
                step(30, 7.0, 8, 0.12),
                step(60, 10.0, 12, 0.19),
            ],
        }
    }
}

impl TrainingSchedule {
    /// No training images at all.
    #[must_use]
    pub const fn never() -> Self {
        Self { steps: Vec::new() }
    }

    /// Every image is a training image.
    #[must_use]
    pub fn always() -> Self {
        Self { steps: vec![TrainingStep { from: 0, one_in: 1.0, known: 0, bits: 0.0 }] }
    }

    /// The chance that this slot holds a training image.
    #[must_use]
    pub fn chance(&self, slot: u64, skill: Skill) -> f64 {
        let reached = |step: &&TrainingStep| {
            step.from <= slot && step.known <= skill.known && step.bits <= skill.bits.max(0.0)
        };
        let step = self.steps.iter().take_while(reached).last();
        step.map_or(0.0, |step| if step.one_in >= 1.0 { 1.0 / step.one_in } else { 1.0 })
    }

    /// Whether this volunteer's slot (counted from 0) holds a training image. The seed must not be
    /// public: who knows it can tell training images before the vote.
    #[must_use]
    pub fn is_training(&self, seed: Seed, volunteer: VolunteerId, slot: u64, skill: Skill) -> bool {
        share_of(seed.child("training"), volunteer, slot) < self.chance(slot, skill)
    }
}

/// The draw of a slot, in [0, 1): the same whenever it is asked for.
pub(crate) fn share_of(purpose: Seed, volunteer: VolunteerId, slot: u64) -> f64 {
    let node = purpose.child(&volunteer.to_string()).index(slot);
    // 53 bits fill a double exactly.
    (node.to_u64() >> 11) as f64 / (1_u64 << 53) as f64
}

#[cfg(test)]
mod tests {
    use super::*;

    const NEWCOMER: Skill = Skill { known: 0, bits: 0.0 };
    const EXPERT: Skill = Skill { known: 200, bits: 0.8 };
    const GUESSER: Skill = Skill { known: 200, bits: 0.001 };

    fn volunteer(n: u128) -> VolunteerId {
        VolunteerId(uuid::Uuid::from_u128(n))
    }

    #[test]
    fn training_images_grow_rare_with_experience() {
        let schedule = TrainingSchedule::default();
        let share = |slots: std::ops::Range<u64>| {
            let drawn = (0..400)
                .flat_map(|n| slots.clone().map(move |slot| (n, slot)))
                .filter(|&(n, slot)| schedule.is_training(Seed::root(3), volunteer(n), slot, EXPERT))
                .count();
            drawn as f64 / (400.0 * (slots.end - slots.start) as f64)
        };
        // 8,000, 4,000, 12,000 and 16,000 draws: four standard errors stay below 0.03.
        for (slots, expected) in [(0..20, 0.4), (20..30, 0.2), (30..60, 1.0 / 7.0), (60..100, 0.1)] {
            let found = share(slots.clone());
            assert!((found - expected).abs() < 0.03, "{slots:?}: {found}, not {expected}");
        }
    }

    #[test]
    fn who_is_unknown_or_poor_keeps_training() {
        let schedule = TrainingSchedule::default();
        let chance = |skill| schedule.chance(500, skill);
        assert_eq!(chance(EXPERT), 0.1);
        assert_eq!(chance(NEWCOMER), 0.4, "500 images, and nothing is known");
        assert_eq!(chance(GUESSER), 0.4, "500 images, and no better than chance");
        assert_eq!(chance(Skill { known: 8, ..EXPERT }), 1.0 / 7.0, "good so far, but little is known");
        assert_eq!(chance(Skill { bits: 0.1, ..EXPERT }), 0.2, "well known, and mediocre");
        assert_eq!(chance(Skill { bits: f64::NAN, ..EXPERT }), 0.4, "a skill that makes no sense is none");
    }

    #[test]
    fn a_better_eye_never_meets_a_training_image_more_often() {
        let schedule = TrainingSchedule::default();
        for slot in 0..120 {
            let chances = [0.0, 0.05, 0.15, 0.5].map(|bits| schedule.chance(slot, Skill { known: 30, bits }));
            assert!(chances.is_sorted_by(|a, b| a >= b), "{slot}: {chances:?}");
        }
    }

    #[test]
    fn the_same_slot_is_always_decided_the_same() {
        let schedule = TrainingSchedule::default();
        let all = |seed| {
            let decide = |slot| schedule.is_training(Seed::root(seed), volunteer(1), slot, EXPERT);
            (0..64).map(decide).collect::<Vec<_>>()
        };
        assert_eq!(all(1), all(1));
        assert_ne!(all(1), all(2));
    }

    #[test]
    fn learning_more_takes_training_images_away_and_moves_none() {
        let schedule = TrainingSchedule::default();
        let slots = |skill| {
            let decide = move |slot: &u64| schedule.is_training(Seed::root(5), volunteer(1), *slot, skill);
            (0..2_000).filter(decide).collect::<std::collections::BTreeSet<_>>()
        };
        let (before, after) = (slots.clone()(NEWCOMER), slots(EXPERT));
        assert!(after.is_subset(&before) && after.len() * 3 < before.len());
    }

    #[test]
    fn the_ends_hold() {
        let drawn = |schedule: TrainingSchedule, slot| {
            schedule.is_training(Seed::root(0), volunteer(0), slot, NEWCOMER)
        };
        assert!(drawn(TrainingSchedule::always(), 0));
        assert!((0..50).all(|slot| !drawn(TrainingSchedule::never(), slot)));
    }
}
