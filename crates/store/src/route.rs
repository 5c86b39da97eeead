//! Which of the best open images one volunteer is asked about: the one on which their answer is
//! expected to tell most, by what an answer on it is worth. Finding the best open images and
//! leasing them is left to `body::assign`.

use consensus::live::{Engine, Evidence, VolunteerRecord};
use domain::{AssignmentId, Seed, SubjectId};
use rand::RngExt as _;

/// Scores move by at most this share, at random, so that people who ask at the same moment spread.
const SPREAD: f64 = 0.05;

/// What the image is worth even to somebody whose answers tell nothing (a newcomer under SWAP, a
/// guesser): this share of its general priority, so that the order stays sensible.
const FLOOR: f64 = 1e-6;

/// An image that still wants votes, as far as the choice needs it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Candidate {
    pub subject: SubjectId,
    /// Its place in the queue.
    pub rank: i64,
    pub evidence: Evidence,
    pub network: Option<f64>,
    pub value: f64,
    pub least_bits: f64,
    pub priority: f64,
}

/// The random numbers of one slot: they follow from its id, which is random itself.
pub(crate) fn dice(slot: AssignmentId) -> domain::Rng {
    Seed::root(slot.0.as_u64_pair().1).child("slot").index(slot.0.as_u64_pair().0).rng()
}

/// Sorts the candidates for this volunteer, the best **last** (to be popped). The dice fall in the general
/// order, in which databases need not give them.
pub(crate) fn sort_for(
    volunteer: &VolunteerRecord,
    engine: &Engine,
    candidates: &mut Vec<Candidate>,
    dice: &mut domain::Rng,
) {
    candidates.sort_by(|a, b| {
        b.priority.total_cmp(&a.priority).then(a.rank.cmp(&b.rank)).then(a.subject.cmp(&b.subject))
    });
    let mut scored: Vec<(f64, Candidate)> = candidates
        .drain(..)
        .map(|candidate| {
            let bits = engine.expected_information_bits(candidate.network, candidate.evidence, volunteer);
            let worth = candidate.value * bits.max(candidate.least_bits) + FLOOR * candidate.priority;
            (worth * (1.0 + SPREAD * dice.random::<f64>()), candidate)
        })
        .collect();
    scored.sort_by(|a, b| a.0.total_cmp(&b.0));
    candidates.extend(scored.into_iter().map(|(_, candidate)| candidate));
}

#[cfg(test)]
mod tests {
    use domain::Answer;
    use uuid::Uuid;

    use super::*;

    fn candidate(subject: i64, network: f64, value: f64) -> Candidate {
        Candidate {
            subject: SubjectId(subject),
            rank: subject,
            evidence: Evidence::NONE,
            network: Some(network),
            value,
            least_bits: 0.0,
            priority: value,
        }
    }

    fn order(volunteer: &VolunteerRecord, mut candidates: Vec<Candidate>) -> Vec<i64> {
        let mut dice = dice(AssignmentId(Uuid::from_u128(7)));
        sort_for(volunteer, &Engine::default(), &mut candidates, &mut dice);
        candidates.iter().rev().map(|candidate| candidate.subject.0).collect()
    }

    #[test]
    fn an_image_in_doubt_goes_before_a_sure_one_and_a_valuable_one_before_another() {
        let new = VolunteerRecord::default();
        assert_eq!(order(&new, vec![candidate(1, 1e-4, 1.0), candidate(2, 0.3, 1.0)]), [2, 1]);
        assert_eq!(order(&new, vec![candidate(1, 0.3, 1.0), candidate(2, 0.3, 2.0)]), [2, 1]);
    }

    #[test]
    fn an_audited_image_comes_first_however_sure_the_network_is() {
        let mut audited = candidate(1, 1e-6, 1.0);
        audited.least_bits = crate::kept::least_bits("audit");
        assert_eq!(order(&VolunteerRecord::default(), vec![audited, candidate(2, 0.4, 1.0)]), [1, 2]);
    }

    #[test]
    fn equal_images_come_in_another_order_for_another_slot() {
        let equal = || (0..20).map(|i| candidate(i, 0.2, 1.0)).collect::<Vec<_>>();
        let orders: Vec<Vec<i64>> = [1, 2]
            .map(|slot| {
                let mut candidates = equal();
                let mut dice = dice(AssignmentId(Uuid::from_u128(slot)));
                sort_for(&VolunteerRecord::default(), &Engine::default(), &mut candidates, &mut dice);
                candidates.iter().map(|candidate| candidate.subject.0).collect()
            })
            .to_vec();
        assert_ne!(orders[0], orders[1]);
    }

    #[test]
    fn a_volunteer_who_tells_nothing_still_gets_the_general_order() {
        let engine = Engine::default();
        let mut guesser = VolunteerRecord::default();
        for _ in 0..200 {
            engine.learn(&mut guesser, Some(consensus::live::TruthKind::Lens), Answer::Unsure);
            engine.learn(&mut guesser, Some(consensus::live::TruthKind::NonLens), Answer::Unsure);
        }
        assert_eq!(order(&guesser, vec![candidate(1, 1e-5, 1.0), candidate(2, 0.3, 1.0)]), [2, 1]);
    }
}
