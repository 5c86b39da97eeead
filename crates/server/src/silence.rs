//! Which training images stay silent: their truth is never told, so that answers to them show what
//! people say when nobody watches, and so that an image without a word after it need not be one of
//! the survey. Decided with the slot, before anything is shown.

use domain::{Seed, VolunteerId};
use serde::{Deserialize, Serialize};

use crate::training::{Skill, share_of};

/// From `known` training images on, one training image in `one_in` is silent.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SilentStep {
    /// Training images the volunteer decided on before.
    pub known: u32,
    /// Training images per silent one, at least 1.
    pub one_in: f64,
}

/// A rising share. The default lets newcomers learn from their first 10 training images and then
/// keeps silent about one in 6, from 20 on about one in 4, from 30 on about one in 3.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct SilentSchedule {
    /// In rising order of `known`. Before the first step every training image is told.
    pub steps: Vec<SilentStep>,
}

impl Default for SilentSchedule {
    fn default() -> Self {
        let step = |known, one_in| SilentStep { known, one_in };
        Self { steps: vec![step(10, 6.0), step(20, 4.0), step(30, 3.0)] }
    }
}

impl SilentSchedule {
    /// The truth about every training image is told.
    #[must_use]
    pub const fn never() -> Self {
        Self { steps: Vec::new() }
    }

    /// The truth is never told.
    #[must_use]
    pub fn always() -> Self {
        Self { steps: vec![SilentStep { known: 0, one_in: 1.0 }] }
    }

    /// The chance that a training image in this volunteer's hands is silent.
    #[must_use]
    pub fn chance(&self, skill: Skill) -> f64 {
        let step = self.steps.iter().take_while(|step| step.known <= skill.known).last();
        step.map_or(0.0, |step| if step.one_in >= 1.0 { 1.0 / step.one_in } else { 1.0 })
    }

    /// Whether this volunteer's slot is silent, should it hold a training image. Independent of
    /// whether it does.
    #[must_use]
    pub fn is_silent(&self, seed: Seed, volunteer: VolunteerId, slot: u64, skill: Skill) -> bool {
        share_of(seed.child("silent"), volunteer, slot) < self.chance(skill)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::training::TrainingSchedule;

    const SEED: u64 = 9;

    fn volunteer(n: u128) -> VolunteerId {
        VolunteerId(uuid::Uuid::from_u128(n))
    }

    /// The share of silent slots among those that train, over 300 volunteers with 100 slots each.
    fn share(schedule: &SilentSchedule, skill: Skill) -> f64 {
        let seed = Seed::root(SEED);
        let training = TrainingSchedule::default();
        let slots = (0..300).flat_map(|n| (0..100).map(move |slot| (volunteer(n), slot)));
        let trains = |&(who, slot): &(VolunteerId, u64)| training.is_training(seed, who, slot, skill);
        let training: Vec<_> = slots.filter(trains).collect();
        let silent = training.iter().filter(|&&(who, slot)| schedule.is_silent(seed, who, slot, skill));
        silent.count() as f64 / training.len() as f64
    }

    #[test]
    fn newcomers_learn_from_every_training_image_and_later_one_in_three_is_silent() {
        let schedule = SilentSchedule::default();
        let skill = |known| Skill { known, bits: 0.5 };
        assert_eq!(share(&schedule, skill(0)), 0.0);
        assert_eq!(share(&schedule, skill(9)), 0.0);
        // Some 5,000 draws each: four standard errors stay below 0.03.
        for (known, expected) in [(10, 1.0 / 6.0), (25, 0.25), (30, 1.0 / 3.0), (5_000, 1.0 / 3.0)] {
            let found = share(&schedule, skill(known));
            assert!((found - expected).abs() < 0.03, "{known}: {found}, not {expected}");
        }
    }

    #[test]
    fn the_ends_hold() {
        let skill = Skill::default();
        assert_eq!(share(&SilentSchedule::never(), skill), 0.0);
        assert_eq!(share(&SilentSchedule::always(), skill), 1.0);
    }
}
