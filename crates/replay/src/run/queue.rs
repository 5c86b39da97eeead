//! The queue of a round, and which of its images one person is given: the one on which their answer is
//! expected to tell most, by what an answer on it is worth (as in `store::route` and `store::body::assign`).

use acquisition::{Selected, Strategy};
use consensus::live::{Engine, Outcome as Standing};
use domain::Rng;
use rand::RngExt as _;

use super::{people::Volunteer, subject::Subject};

/// Scores move by at most this share, at random, so that people who ask at the same moment spread.
const SPREAD: f64 = 0.05;
/// What an image is worth even to somebody whose answers tell nothing: this share of its priority.
const FLOOR: f64 = 1e-6;
/// Images weighed for one person: the best by priority.
const WEIGHED: usize = 64;
/// Draws of a retired image before a re-test is given up.
const DRAWS: usize = 20;
/// Most re-tests are of rejected images: a lens among them is lost.
const REJECTED_FIRST: f64 = 0.9;
/// What an answer on an audited image is worth beside others, as in `campaign::step::select`.
const AUDIT_VALUE: f64 = 100.0;

/// Why somebody is shown an image.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Reason {
    pub strategy: &'static str,
    pub inclusion_probability: Option<f64>,
    pub rank: Option<usize>,
    pub head_version: u32,
}

impl Reason {
    /// Whether the image was chosen because it is likely to be a lens.
    pub(crate) fn is_by_rank(&self) -> bool {
        [Strategy::Greedy, Strategy::Relabel].iter().any(|strategy| strategy.name() == self.strategy)
    }
}

/// One image of the queue.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Item {
    pub subject: usize,
    pub reason: Reason,
    value: f64,
    least_bits: f64,
}

impl Item {
    pub(crate) fn of(chosen: &Selected, head_version: u32) -> Self {
        let is_audit = chosen.strategy == Strategy::Audit;
        Self {
            subject: chosen.index,
            reason: Reason {
                strategy: chosen.strategy.name(),
                inclusion_probability: Some(chosen.inclusion_probability),
                rank: Some(chosen.rank),
                head_version,
            },
            value: if is_audit { AUDIT_VALUE } else { 1.0 },
            least_bits: f64::from(u8::from(is_audit)),
        }
    }

    pub(crate) fn is_audit(&self) -> bool {
        self.reason.strategy == Strategy::Audit.name()
    }
}

/// The images for one person, best last.
pub(crate) fn best_for(
    queue: &[Item],
    subjects: &[Subject],
    volunteer: &Volunteer,
    engine: &Engine,
    dice: &mut Rng,
) -> Vec<Item> {
    let mut open: Vec<(f64, &Item)> = queue
        .iter()
        .filter(|item| subjects[item.subject].wants_crowd() && !volunteer.seen.contains(&item.subject))
        .map(|item| (subjects[item.subject].priority(item.value, item.least_bits), item))
        .collect();
    let order = |a: &(f64, &Item), b: &(f64, &Item)| b.0.total_cmp(&a.0).then(a.1.subject.cmp(&b.1.subject));
    if open.len() > WEIGHED {
        open.select_nth_unstable_by(WEIGHED, order);
        open.truncate(WEIGHED);
    }
    open.sort_unstable_by(order);
    let weighed = open.into_iter().map(|(priority, item)| {
        let subject = &subjects[item.subject];
        let network = Some(subject.network);
        let bits = engine.expected_information_bits(network, subject.evidence, &volunteer.record);
        let worth = item.value * bits.max(item.least_bits) + FLOOR * priority;
        (worth * (1.0 + SPREAD * dice.random::<f64>()), *item)
    });
    let mut weighed: Vec<(f64, Item)> = weighed.collect();
    weighed.sort_by(|a, b| a.0.total_cmp(&b.0));
    weighed.into_iter().map(|(_, item)| item).collect()
}

/// A contested image for an expert: the one nearest to even odds that they never held.
pub(crate) fn contested_for(
    contested: &[usize],
    subjects: &[Subject],
    volunteer: &Volunteer,
) -> Option<usize> {
    let open = contested
        .iter()
        .copied()
        .filter(|index| subjects[*index].wants_experts() && !volunteer.seen.contains(index));
    open.max_by(|a, b| {
        let priority = |index: &usize| subjects[*index].priority(1.0, 0.0);
        priority(a).total_cmp(&priority(b)).then(b.cmp(a))
    })
}

/// A retired image that nobody holds and this person never held.
pub(crate) fn retest(
    settled: &[usize],
    subjects: &[Subject],
    volunteer: &Volunteer,
    most_votes: u32,
    dice: &mut Rng,
) -> Option<usize> {
    if settled.is_empty() {
        return None;
    }
    let rejected_first = dice.random_bool(REJECTED_FIRST);
    let [first, second] = [Standing::Rejected, Standing::Detected];
    let wanted = if rejected_first { [first, second] } else { [second, first] };
    wanted.into_iter().find_map(|standing| {
        (0..DRAWS).map(|_| settled[dice.random_range(0..settled.len())]).find(|index| {
            let subject = &subjects[*index];
            subject.standing == standing
                && subject.open_leases == 0
                && subject.votes() < most_votes
                && !volunteer.seen.contains(index)
        })
    })
}
