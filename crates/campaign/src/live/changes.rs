//! What a re-ranking changes in a queue: pure.

use std::collections::{HashMap, HashSet};

use acquisition::{Reranked, Selected, Strategy};
use consensus::live::{Engine, Outcome};
use domain::{SubjectId, logit, sigmoid};
use store::BeliefRow;

use crate::{LiveSettings, scored_pool::Standing};

/// Worth of an image that would not be chosen any more: asked about when nothing better is left.
const LAST: f64 = 0.05;
/// A prior that moves by less, in nats, is not told to the database.
const LEAST_MOVE: f64 = 0.2;
/// Standard deviations of the head's doubt by which it must be sure to contradict.
const SURE: f64 = 2.0;

/// What this process knows of a round's queue; images by their place in the pool.
#[derive(Debug, Default)]
pub(super) struct Queue {
    queued: HashSet<usize>,
    audited: HashSet<usize>,
    last: HashSet<usize>,
    /// The prior that the database has.
    told: HashMap<usize, f64>,
    next_rank: u32,
}

/// An image that joins.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Addition {
    pub place: usize,
    pub rank: u32,
    pub strategy: String,
    pub inclusion_probability: f64,
    /// Whether it had been retired.
    pub is_back: bool,
}

/// What is to be done.
#[derive(Debug, Clone, Default, PartialEq)]
pub(super) struct Plan {
    pub additions: Vec<Addition>,
    pub values: Vec<(usize, f64)>,
    pub scores: Vec<(usize, f64)>,
}

impl Queue {
    pub fn add(&mut self, place: usize, strategy: &str) {
        self.queued.insert(place);
        if strategy == Strategy::Audit.name() {
            self.audited.insert(place);
        }
        self.next_rank = self.queued.len() as u32;
    }

    pub fn told(&mut self, place: usize, network: f64) {
        self.told.insert(place, network);
    }

    pub const fn audited(&self) -> &HashSet<usize> {
        &self.audited
    }

    /// `wanted` is what would be chosen now; `back` are retired images with the score that opens them.
    pub fn plan(
        &self,
        wanted: &[Selected],
        ranked: &Reranked,
        voted: &[Standing],
        back: &[(usize, f64)],
        most_new: usize,
    ) -> Plan {
        let chosen: HashSet<usize> = wanted.iter().map(|one| one.index).collect();
        let heard: HashSet<usize> = voted.iter().map(|one| one.place).collect();
        let mut plan = Plan { scores: back.to_vec(), ..Plan::default() };
        let mut open: Vec<usize> =
            self.queued.iter().copied().filter(|place| !self.audited.contains(place)).collect();
        open.sort_unstable();
        for place in open {
            match (chosen.contains(&place), self.last.contains(&place)) {
                (false, false) => plan.values.push((place, LAST)),
                (true, true) => plan.values.push((place, 1.0)),
                _ => {}
            }
            let now = ranked.probabilities[place];
            let news = self.told.get(&place).is_none_or(|was| (logit(*was) - logit(now)).abs() > LEAST_MOVE);
            // The head has learned from the votes on an image it has heard of: they must not count twice.
            if !heard.contains(&place) && news {
                plan.scores.push((place, now));
            }
        }
        let returning = back.iter().map(|(place, _)| (*place, Strategy::Relabel.name(), 1.0, true));
        let new = wanted
            .iter()
            .filter(|one| !self.queued.contains(&one.index))
            .map(|one| (one.index, one.strategy.name(), one.inclusion_probability, false));
        plan.additions = returning
            .filter(|(place, ..)| !self.queued.contains(place))
            .chain(new)
            .take(most_new)
            .zip(self.next_rank..)
            .map(|((place, strategy, inclusion_probability, is_back), rank)| Addition {
                place,
                rank,
                strategy: strategy.to_owned(),
                inclusion_probability,
                is_back,
            })
            .collect();
        plan
    }

    /// The plan was carried out.
    pub fn done(&mut self, plan: &Plan, ranked: &Reranked) {
        for (place, value) in &plan.values {
            if *value < 1.0 {
                self.last.insert(*place)
            } else {
                self.last.remove(place)
            };
        }
        self.told.extend(plan.scores.iter().copied());
        for new in &plan.additions {
            self.queued.insert(new.place);
            if !new.is_back {
                self.told.insert(new.place, ranked.probabilities[new.place]);
            }
        }
        self.next_rank += plan.additions.len() as u32;
    }
}

/// Retired images that the head contradicts, each with the score that opens it again. The head has
/// learned from the votes that retired them, so its word counts only as far as it speaks against them,
/// and only where it is sure.
pub(super) fn contradicted(
    beliefs: &[BeliefRow],
    places: &HashMap<SubjectId, usize>,
    ranked: &Reranked,
    engine: &Engine,
    settings: &LiveSettings,
) -> Vec<(usize, f64)> {
    let of = |row: &BeliefRow| {
        let (place, network) = (*places.get(&row.subject)?, row.network?);
        let doubt = ranked.doubts[place];
        let (was, spread) = (logit(network), SURE * doubt.variance.sqrt());
        let against = match row.outcome {
            Outcome::Rejected => doubt.logit - spread > was + settings.contradiction,
            Outcome::Detected => doubt.logit + spread < was - settings.contradiction,
            Outcome::Open | Outcome::Contested => false,
        };
        let score = sigmoid(doubt.logit);
        let judged = engine.judge(&engine.belief(Some(score), row.evidence), row.tally);
        (against && judged.outcome == Outcome::Open).then_some((place, score))
    };
    beliefs.iter().filter_map(of).collect()
}

#[cfg(test)]
mod tests {
    use acquisition::Doubt;
    use consensus::live::{Belief, Evidence};
    use domain::Tally;

    use super::*;

    fn ranked(probabilities: &[f64], variance: f64) -> Reranked {
        let doubt = |p: &f64| Doubt { logit: logit(*p), variance };
        Reranked { doubts: probabilities.iter().map(doubt).collect(), probabilities: probabilities.to_vec() }
    }

    fn chosen(places: &[usize]) -> Vec<Selected> {
        let row = |(rank, &index): (usize, &usize)| Selected {
            index,
            subject: SubjectId(index as i64),
            strategy: Strategy::Greedy,
            rank,
            inclusion_probability: 1.0,
            score: 0.5,
        };
        places.iter().enumerate().map(row).collect()
    }

    /// Images 0 (audited), 1 and 2 are queued.
    fn queue() -> Queue {
        let mut queue = Queue::default();
        for (place, strategy) in [(0, "audit"), (1, "greedy"), (2, "power_bald")] {
            queue.add(place, strategy);
            queue.told(place, 0.1);
        }
        queue
    }

    #[test]
    fn the_queue_becomes_what_would_be_chosen_now() {
        let mut queue = queue();
        let now = ranked(&[0.6, 0.1, 0.3, 0.7, 0.8], 0.1);
        let plan = queue.plan(&chosen(&[4, 2, 3]), &now, &[], &[], 10);
        assert_eq!(plan.values, [(1, LAST)], "wanted no more: asked about last; the audit never");
        assert_eq!(plan.scores, [(2, 0.3)], "the one whose score moved");
        let joined: Vec<_> = plan.additions.iter().map(|new| (new.place, new.rank)).collect();
        assert_eq!(joined, [(4, 3), (3, 4)]);
        queue.done(&plan, &now);

        let again = queue.plan(&chosen(&[4, 2, 3]), &now, &[], &[], 10);
        assert_eq!(again, Plan::default(), "nothing new, nothing to do");
        let back = queue.plan(&chosen(&[1, 2]), &now, &[], &[], 10);
        assert_eq!(back.values, [(1, 1.0), (3, LAST), (4, LAST)]);
    }

    #[test]
    fn an_image_with_votes_keeps_its_prior_and_new_ones_come_few_at_a_time() {
        let heard = Standing {
            place: 2,
            outcome: Outcome::Open,
            p_joint: 0.2,
            votes: 1,
            label: None,
            disputed: None,
        };
        let now = ranked(&[0.6, 0.1, 0.3, 0.7, 0.8], 0.1);
        let plan = queue().plan(&chosen(&[1, 2, 3, 4]), &now, &[heard], &[], 1);
        assert!(plan.scores.is_empty());
        assert_eq!(plan.additions.len(), 1);
    }

    fn belief(outcome: Outcome, network: f64, nats: [f64; 3], tally: Tally) -> BeliefRow {
        BeliefRow {
            subject: SubjectId(70),
            truth: None,
            evidence: Evidence::from_nats(nats),
            tally,
            network: Some(network),
            model_version: Some("r000".to_owned()),
            belief: Belief { p_votes: 0.01, p_joint: 0.001, log_odds: -6.0 },
            outcome,
            wanted: 0,
            experts_only: false,
            open_leases: 0,
            round: Some(0),
            value: 1.0,
        }
    }

    #[test]
    fn a_retired_image_comes_back_only_when_the_head_is_sure_of_the_contrary() {
        let engine = Engine::default();
        let settings = LiveSettings::default();
        let places = HashMap::from([(SubjectId(70), 0)]);
        let no = Tally { no_lens: 3, ..Tally::default() };
        let refused = belief(Outcome::Rejected, 0.002, [-3.0, 0.0, -1.0], no);
        let back = |row: &BeliefRow, now: f64, variance: f64| {
            contradicted(std::slice::from_ref(row), &places, &ranked(&[now], variance), &engine, &settings)
        };
        assert_eq!(back(&refused, 0.6, 0.01), [(0, sigmoid(logit(0.6)))]);
        assert!(back(&refused, 0.6, 9.0).is_empty(), "in doubt");
        assert!(back(&refused, 0.004, 0.01).is_empty(), "hardly another word");
        let open = BeliefRow { outcome: Outcome::Open, ..refused.clone() };
        assert!(back(&open, 0.6, 0.01).is_empty(), "it is asked about already");

        let queue = queue();
        let plan = queue.plan(&[], &ranked(&[0.1; 71], 0.1), &[], &[(70, 0.6)], 4);
        assert_eq!(plan.additions[0].strategy, "relabel");
        assert!(plan.additions[0].is_back && plan.scores.contains(&(70, 0.6)));
    }
}
