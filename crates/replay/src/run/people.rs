//! The people of a replay: who comes next, what is known of their eye, and which training images they meet.

use std::collections::HashSet;

use consensus::live::{Engine, TruthKind, VolunteerRecord};
use domain::{Digest, LookAlike, Rng, Seed};
use rand::RngExt as _;

use crate::{
    CrowdMix, StoredPool, TruthEntry,
    crowd::{Person, answer},
};

/// Training images there are; nobody meets one twice.
const TRAINING_IMAGES: usize = 400;

/// When a slot holds a training image, as in `server::training`: from this slot, with so many training
/// images decided and answers worth so many bits, one slot in `.1`.
const SCHEDULE: [(u32, f64, u32, f64); 4] =
    [(0, 2.5, 0, 0.0), (20, 5.0, 5, 0.03), (30, 7.0, 8, 0.12), (60, 10.0, 12, 0.19)];

/// One person and what is known of them.
pub(crate) struct Volunteer {
    pub person: Person,
    pub record: VolunteerRecord,
    /// Survey images they hold or held.
    pub seen: HashSet<usize>,
    trained: HashSet<usize>,
    slots: u32,
    pub votes: u32,
    pub training_votes: u32,
}

/// Everybody.
pub(crate) struct People {
    pub volunteers: Vec<Volunteer>,
    /// Running sums of activity.
    activity: Vec<f64>,
    rng: Rng,
}

/// A training image.
pub(crate) struct Known {
    entry: TruthEntry,
    pub kind: TruthKind,
    digest: Digest,
}

impl People {
    pub(crate) fn gather(mix: &CrowdMix, seed: Seed) -> Self {
        let volunteers: Vec<Volunteer> = mix
            .gather(seed)
            .into_iter()
            .map(|person| Volunteer {
                person,
                record: VolunteerRecord::default(),
                seen: HashSet::new(),
                trained: HashSet::new(),
                slots: 0,
                votes: 0,
                training_votes: 0,
            })
            .collect();
        let mut sum = 0.0;
        let activity = volunteers
            .iter()
            .map(|volunteer| {
                sum += volunteer.person.activity;
                sum
            })
            .collect();
        Self { volunteers, activity, rng: seed.child("arrivals").rng() }
    }

    /// Who comes next: people come as often as they are active.
    pub(crate) fn arrival(&mut self) -> usize {
        let all = self.activity.last().copied().unwrap_or_default();
        let at = all * self.rng.random::<f64>();
        self.activity.partition_point(|sum| *sum <= at).min(self.volunteers.len() - 1)
    }
}

impl Volunteer {
    /// The training image of this person's next slot, if it holds one.
    pub(crate) fn training(&mut self, engine: &Engine, known: &[Known], dice: &mut Rng) -> Option<usize> {
        let (slot, record) = (self.slots, &self.record);
        self.slots += 1;
        let bits = engine.informativeness_bits(record);
        let reached =
            |step: &&(u32, f64, u32, f64)| step.0 <= slot && step.2 <= record.n_known && step.3 <= bits;
        let one_in = SCHEDULE.iter().take_while(reached).last().map_or(f64::INFINITY, |step| step.1);
        if dice.random::<f64>() >= 1.0 / one_in {
            return None;
        }
        let start = dice.random_range(0..known.len());
        let order = (0..known.len()).map(|step| (start + step) % known.len());
        let new = order.into_iter().find(|index| !self.trained.contains(index))?;
        self.trained.insert(new);
        Some(new)
    }

    /// What they say of a training image.
    pub(crate) fn answer_known(&self, known: &Known) -> domain::Answer {
        answer(self.person.seed, &self.person.skill, known.digest, Some(&known.entry))
    }
}

/// Training images like the pool's own: half lenses, a quarter look-alikes, a quarter plain, drawn from the
/// truth of the pool (their difficulty, not the images); made up where it holds none of a kind.
pub(crate) fn training_images(pool: &StoredPool, seed: Seed) -> Vec<Known> {
    let of = |wanted: &dyn Fn(&TruthEntry) -> bool| -> Vec<TruthEntry> {
        pool.truth.iter().filter(|entry| wanted(entry)).copied().collect()
    };
    let kinds = [
        (TruthKind::Lens, of(&|entry| entry.is_lens), vec![TruthEntry::lens(6.0, 40.0)]),
        (TruthKind::Plain, of(&|e| !e.is_lens && e.look_alike.is_none()), vec![TruthEntry::plain()]),
        (TruthKind::Lens, of(&|entry| entry.is_lens), vec![TruthEntry::lens(6.0, 40.0)]),
        (
            TruthKind::LookAlike,
            of(&|entry| entry.look_alike.is_some()),
            LookAlike::ALL.map(TruthEntry::look_alike).to_vec(),
        ),
    ];
    let mut rng = seed.child("training images").rng();
    (0..TRAINING_IMAGES)
        .map(|number| {
            let (kind, own, made_up) = &kinds[number % kinds.len()];
            let from = if own.is_empty() { made_up } else { own };
            let entry = from[rng.random_range(0..from.len())];
            Known { entry, kind: *kind, digest: Digest::of(format!("training:{number}").as_bytes()) }
        })
        .collect()
}
