//! How often a volunteer meets a training image, whose truth is known: often at the start, rarely
//! later. The decision is a hash of the volunteer and the slot, so that it can be replayed and
//! nobody can steer it by asking again.

use domain::{Seed, VolunteerId};
use serde::{Deserialize, Serialize};

/// From slot `from` on, one slot in `one_in` holds a training image.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TrainingStep {
    /// First slot (images handed to this volunteer before) at which the step holds.
    pub from: u64,
    /// Slots per training image, at least 1; 2.5 means two in five.
    pub one_in: f64,
}

/// A falling staircase. The default starts newcomers with two in five for their first 20 images and
/// then takes the steps of Space Warps: one in 5 up to 30, one in 7 up to 60, one in 10 after.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct TrainingSchedule {
    /// In rising order of `from`. Before the first step there are no training images.
    pub steps: Vec<TrainingStep>,
}

impl Default for TrainingSchedule {
    fn default() -> Self {
        let step = |from, one_in| TrainingStep { from, one_in };
        Self { steps: vec![step(0, 2.5), step(20, 5.0), step(30, 7.0), step(60, 10.0)] }
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
        Self { steps: vec![TrainingStep { from: 0, one_in: 1.0 }] }
    }

    /// The chance that this slot holds a training image.
    #[must_use]
    pub fn chance(&self, slot: u64) -> f64 {
        let step = self.steps.iter().rev().find(|step| step.from <= slot);
        step.map_or(0.0, |step| if step.one_in >= 1.0 { 1.0 / step.one_in } else { 1.0 })
    }

    /// Whether this volunteer's slot (counted from 0) holds a training image. The seed must not be
    /// public: who knows it can tell training images before the vote.
    #[must_use]
    pub fn is_training(&self, seed: Seed, volunteer: VolunteerId, slot: u64) -> bool {
        let node = seed.child("training").child(&volunteer.to_string()).index(slot);
        // 53 bits fill a double exactly; the draw lies in [0, 1).
        let draw = (node.to_u64() >> 11) as f64 / (1u64 << 53) as f64;
        draw < self.chance(slot)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn volunteer(n: u128) -> VolunteerId {
        VolunteerId(uuid::Uuid::from_u128(n))
    }

    #[test]
    fn training_images_grow_rare_with_experience() {
        let schedule = TrainingSchedule::default();
        let share = |slots: std::ops::Range<u64>| {
            let drawn = (0..400)
                .flat_map(|n| slots.clone().map(move |slot| (n, slot)))
                .filter(|&(n, slot)| schedule.is_training(Seed::root(3), volunteer(n), slot))
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
    fn the_same_slot_is_always_decided_the_same() {
        let schedule = TrainingSchedule::default();
        let all = |seed| {
            (0..64).map(|s| schedule.is_training(Seed::root(seed), volunteer(1), s)).collect::<Vec<_>>()
        };
        assert_eq!(all(1), all(1));
        assert_ne!(all(1), all(2));
    }

    #[test]
    fn the_ends_hold() {
        assert!(TrainingSchedule::always().is_training(Seed::root(0), volunteer(0), 0));
        assert!((0..50).all(|s| !TrainingSchedule::never().is_training(Seed::root(0), volunteer(0), s)));
    }
}
