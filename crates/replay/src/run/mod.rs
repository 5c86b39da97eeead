//! A trial as it runs: rounds of selection, people who come, hold a few images and answer, votes that are
//! weighed at once, a head that learns, figures now and then.

mod audits;
mod head;
mod log;
mod measure;
mod people;
mod queue;
mod select;
mod subject;

use std::collections::VecDeque;

use consensus::live::{Engine, Outcome as Standing};
use domain::{Answer, Digest, Progress, Rng, Seed, SubjectId};
use rand::RngExt as _;

use crate::{
    Checkpoint, Decision, HeadMode, Impression, Outcome, Ranked, ReplayError, StoredPool, Trial,
    VolunteerSummary, chooser::Chooser, crowd::answer,
};
use audits::Audits;
use head::Head;
use log::Log;
use people::{Known, People, training_images};
use queue::{Item, Reason};
use subject::Subject;

/// People who hold images at the same moment.
const AT_ONCE: usize = 8;
/// Draws of somebody who could be given something before everybody is asked in turn.
const DRAWS: usize = 16;
/// Checkpoints unless the trial says otherwise.
const CHECKPOINTS: u64 = 40;
/// A live head is fitted again after this share of the votes before, once that is more than
/// `refresh_votes`: what has learnt from 5,000 votes does not change by 25 more.
const REFRESH_SHARE: f64 = 0.03;

/// An image in somebody's hands.
enum Lease {
    Training(usize),
    Survey(usize, Reason),
}

/// Everything that changes while a trial runs.
pub(crate) struct Run<'a> {
    pool: &'a StoredPool,
    trial: &'a Trial,
    lenses: usize,
    ids: Vec<SubjectId>,
    seed: Seed,
    dice: Rng,
    chooser: Chooser,
    engine: Engine,
    head: Option<Head<'a>>,
    subjects: Vec<Subject>,
    people: People,
    known: Vec<Known>,
    log: Log,
    queue: Vec<Item>,
    audits: Audits,
    /// Images with votes, in the order of their first.
    voted: Vec<usize>,
    /// Images that were ever detected or rejected, and that ever were contested.
    settled: Vec<usize>,
    contested: Vec<usize>,
    round: u32,
    /// Votes on survey images: given, given or held in this round, and what this round may spend.
    votes: u64,
    taken: u64,
    budget: u64,
    training_votes: u64,
    refreshed_at: u64,
    outcome: Outcome,
}

/// See [`crate::replay`]; pool and trial were checked.
pub(crate) fn run(
    pool: &StoredPool,
    trial: &Trial,
    progress: &dyn Progress,
    each: &mut dyn FnMut(&Checkpoint),
) -> Result<Outcome, ReplayError> {
    let mut run = Run::new(pool, trial)?;
    progress.begin(&format!("replaying {}", trial.policy.name), trial.votes);
    let done = run.rounds(progress, each);
    progress.end();
    done?;
    run.measure(each);
    Ok(run.finish())
}

impl<'a> Run<'a> {
    fn new(pool: &'a StoredPool, trial: &'a Trial) -> Result<Self, ReplayError> {
        let policy = &trial.policy;
        let seed = Seed::root(trial.seed).child("replay");
        let settings = policy.consensus.clone();
        let anchor = consensus::live::Anchor::of(&settings);
        let engine = Engine::new(settings, anchor)
            .map_err(|source| ReplayError::Consensus { policy: policy.name.clone(), source })?;
        let has_embeddings = !pool.embeddings.is_empty();
        if policy.head != HeadMode::Off && !has_embeddings {
            return Err(ReplayError::Head {
                policy: policy.name.clone(),
                reason: format!(
                    "the pool {:?} has no embeddings; score it with them or set head = \"off\"",
                    pool.name
                ),
            });
        }
        let head = if has_embeddings { Some(Head::new(pool, &policy.name)?) } else { None };
        Ok(Self {
            pool,
            trial,
            lenses: pool.lenses(),
            ids: (0..pool.len()).map(|index| SubjectId(index as i64)).collect(),
            dice: seed.child("routing").rng(),
            chooser: Chooser::new(policy)?,
            subjects: pool.probability.iter().map(|p| Subject::new(*p, &engine)).collect(),
            engine,
            head,
            people: People::gather(&trial.crowd, seed.child("crowd")),
            known: training_images(pool, seed),
            log: Log::default(),
            queue: Vec::new(),
            audits: Audits::default(),
            voted: Vec::new(),
            settled: Vec::new(),
            contested: Vec::new(),
            round: 0,
            votes: 0,
            taken: 0,
            budget: 0,
            training_votes: 0,
            refreshed_at: 0,
            outcome: Outcome::default(),
            seed,
        })
    }

    fn rounds(
        &mut self,
        progress: &dyn Progress,
        each: &mut dyn FnMut(&Checkpoint),
    ) -> Result<(), ReplayError> {
        self.measure(each);
        while self.votes < self.trial.votes {
            progress.check()?;
            if self.trial.policy.head != HeadMode::Off && self.votes > 0 {
                self.learn()?;
            }
            self.open_queue()?;
            let before = self.votes;
            self.budget = self.trial.policy.votes_per_round.min(self.trial.votes - self.votes);
            self.taken = 0;
            self.people_come(progress, each)?;
            self.audits.end();
            self.refit()?;
            if self.votes == before {
                self.outcome.exhausted = true;
                break;
            }
            self.round += 1;
        }
        Ok(())
    }

    /// People come, hold a few images for a while, and answer them, until the round's votes are spent or
    /// nobody can be given anything.
    fn people_come(
        &mut self,
        progress: &dyn Progress,
        each: &mut dyn FnMut(&Checkpoint),
    ) -> Result<(), ReplayError> {
        let mut present: VecDeque<(usize, Vec<Lease>)> = VecDeque::with_capacity(AT_ONCE);
        loop {
            progress.check()?;
            let arrived = self.arrive(&present);
            let nobody = arrived.is_none();
            present.extend(arrived);
            if nobody || present.len() >= AT_ONCE {
                let Some((who, leases)) = present.pop_front() else { return Ok(()) };
                for lease in leases {
                    self.hear(who, lease, each)?;
                    progress.advance(1);
                }
            }
        }
    }

    /// Somebody who is not here yet and can be given something, with what they were given.
    fn arrive(&mut self, present: &VecDeque<(usize, Vec<Lease>)>) -> Option<(usize, Vec<Lease>)> {
        if self.taken >= self.budget {
            return None;
        }
        let is_here = |who: usize| present.iter().any(|(one, _)| *one == who);
        for _ in 0..DRAWS {
            let who = self.people.arrival();
            if is_here(who) {
                continue;
            }
            let leases = self.lease(who);
            if !leases.is_empty() {
                return Some((who, leases));
            }
        }
        (0..self.people.volunteers.len()).filter(|who| !is_here(*who)).find_map(|who| {
            let leases = self.lease(who);
            (!leases.is_empty()).then_some((who, leases))
        })
    }

    /// The images this person is given now. Training images only come along with others.
    fn lease(&mut self, who: usize) -> Vec<Lease> {
        let head_version = self.head_version();
        let drawn_from_no_list =
            |strategy| Reason { strategy, inclusion_probability: None, rank: None, head_version };
        let volunteer = &mut self.people.volunteers[who];
        let mut best = queue::best_for(&self.queue, &self.subjects, volunteer, &self.engine, &mut self.dice);
        let is_expert = self.engine.is_expert(&volunteer.record);
        let contested = |subjects: &[Subject], volunteer: &people::Volunteer| {
            if is_expert { queue::contested_for(&self.contested, subjects, volunteer) } else { None }
        };
        if best.is_empty() && contested(&self.subjects, volunteer).is_none() {
            return Vec::new();
        }
        let retirement = self.engine.settings().retirement;
        let mut leases = Vec::with_capacity(volunteer.person.batch as usize);
        for _ in 0..volunteer.person.batch {
            if let Some(known) = volunteer.training(&self.engine, &self.known, &mut self.dice) {
                leases.push(Lease::Training(known));
                continue;
            }
            if self.taken >= self.budget {
                break;
            }
            let again = self.dice.random::<f64>() < retirement.retest_share;
            let (index, reason) = if let Some(index) = again
                .then(|| {
                    let most = retirement.max_votes;
                    queue::retest(&self.settled, &self.subjects, volunteer, most, &mut self.dice)
                })
                .flatten()
            {
                (index, drawn_from_no_list("retest"))
            } else if let Some(index) = contested(&self.subjects, volunteer) {
                (index, drawn_from_no_list("contested"))
            } else if let Some(item) = best.pop() {
                (item.subject, item.reason)
            } else {
                break;
            };
            volunteer.seen.insert(index);
            self.subjects[index].open_leases += 1;
            self.taken += 1;
            leases.push(Lease::Survey(index, reason));
        }
        leases
    }

    /// One answer.
    fn hear(
        &mut self,
        who: usize,
        lease: Lease,
        each: &mut dyn FnMut(&Checkpoint),
    ) -> Result<(), ReplayError> {
        let volunteer = &mut self.people.volunteers[who];
        match lease {
            Lease::Training(index) => {
                let known = &self.known[index];
                let said = volunteer.answer_known(known);
                self.engine.learn(&mut volunteer.record, Some(known.kind), said);
                volunteer.training_votes += 1;
                self.training_votes += 1;
                self.log.push(who, self.pool.len() + index, said);
                Ok(())
            }
            Lease::Survey(index, reason) => {
                let image = Digest::of(self.pool.ids[index].as_bytes());
                let person = &volunteer.person;
                let said = answer(person.seed, &person.skill, image, Some(&self.pool.truth[index]));
                self.vote(who, index, reason, said);
                self.after_vote(each)
            }
        }
    }

    fn vote(&mut self, who: usize, index: usize, reason: Reason, said: Answer) {
        let volunteer = &mut self.people.volunteers[who];
        let weight = self.engine.weigh(&volunteer.record, said);
        self.engine.learn(&mut volunteer.record, None, said);
        volunteer.votes += 1;
        self.votes += 1;
        let subject = &mut self.subjects[index];
        if !subject.is_seen() {
            self.voted.push(index);
            subject.by_rank = reason.is_by_rank();
        }
        subject.open_leases -= 1;
        subject.evidence += weight;
        subject.tally = subject.tally.with(said);
        self.log.push(who, index, said);
        self.outcome.impressions.push(Impression {
            vote: self.votes,
            round: self.round,
            subject: index,
            volunteer: who as u32,
            strategy: reason.strategy.to_owned(),
            inclusion_probability: reason.inclusion_probability,
            rank: reason.rank,
            head_version: reason.head_version,
            answer: said,
        });
        self.rejudge(index);
    }

    fn after_vote(&mut self, each: &mut dyn FnMut(&Checkpoint)) -> Result<(), ReplayError> {
        let policy = &self.trial.policy;
        let since = self.votes - self.refreshed_at;
        let pause = policy.refresh_votes.max((REFRESH_SHARE * self.votes as f64) as u64);
        if policy.head == HeadMode::Live && since >= pause {
            self.learn()?;
            self.revise_queue()?;
        }
        let every = self.trial.checkpoint_votes.unwrap_or(self.trial.votes.div_ceil(CHECKPOINTS));
        if self.votes.is_multiple_of(every) && self.votes < self.trial.votes {
            self.measure(each);
        }
        Ok(())
    }

    /// Judges an image anew and writes down a change.
    fn rejudge(&mut self, index: usize) {
        let subject = &mut self.subjects[index];
        let Some(from) = subject.rejudge(&self.engine) else { return };
        let to = subject.standing;
        // An image that comes back and goes again is listed twice; who reads the lists looks where it stands.
        match to {
            Standing::Detected | Standing::Rejected => self.settled.push(index),
            Standing::Contested => self.contested.push(index),
            Standing::Open => {}
        }
        self.outcome.decisions.push(Decision {
            vote: self.votes,
            subject: index,
            from,
            to,
            p_joint: subject.belief.p_joint,
            votes: subject.votes(),
        });
    }

    /// The head learns from all votes so far, and every score follows.
    fn learn(&mut self) -> Result<(), ReplayError> {
        self.refreshed_at = self.votes;
        let lessons = self.lessons();
        let Some(head) = &mut self.head else { return Ok(()) };
        head.learn(&lessons, &self.trial.policy.name)?;
        for (subject, score) in self.subjects.iter_mut().zip(&head.scores) {
            subject.network = *score;
        }
        (0..self.subjects.len()).for_each(|index| self.rejudge(index));
        Ok(())
    }

    /// Weighs all votes at once, as the end of a round does.
    fn refit(&mut self) -> Result<(), ReplayError> {
        let policy = &self.trial.policy;
        let fit = self.log.refit(&self.known, self.pool.len(), &policy.consensus);
        let fit = fit.map_err(|source| ReplayError::Consensus { policy: policy.name.clone(), source })?;
        for (who, volunteer) in self.people.volunteers.iter_mut().enumerate() {
            volunteer.record = fit.record(log::volunteer_id(who));
        }
        for index in &self.voted {
            if let Some((evidence, _)) = fit.subjects.get(&self.ids[*index]) {
                self.subjects[*index].evidence = *evidence;
            }
        }
        self.engine = fit.engine;
        (0..self.subjects.len()).for_each(|index| self.rejudge(index));
        Ok(())
    }

    fn head_version(&self) -> u32 {
        self.head.as_ref().map_or(0, |head| head.version)
    }

    fn measure(&mut self, each: &mut dyn FnMut(&Checkpoint)) {
        let checkpoint = self.checkpoint(&self.ranking());
        each(&checkpoint);
        match self.outcome.checkpoints.last_mut() {
            Some(last) if last.votes == checkpoint.votes => *last = checkpoint,
            _ => self.outcome.checkpoints.push(checkpoint),
        }
    }

    fn finish(self) -> Outcome {
        let ranked = |index: usize| {
            let subject = &self.subjects[index];
            Ranked {
                index,
                p_joint: subject.belief.p_joint,
                p_votes: subject.is_seen().then_some(subject.belief.p_votes),
                votes: subject.votes(),
                standing: subject.standing,
            }
        };
        let ranking = self.ranking().into_iter().map(ranked).collect();
        let volunteers = self.people.volunteers.iter().map(|volunteer| VolunteerSummary {
            kind: volunteer.person.kind,
            votes: volunteer.votes,
            training_votes: volunteer.training_votes,
            informativeness_bits: self.engine.informativeness_bits(&volunteer.record),
        });
        Outcome { ranking, volunteers: volunteers.collect(), ..self.outcome }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashMap;

    use consensus::live::Fold;
    use domain::{LogEntry, Silent};

    use super::*;
    use crate::{Policy, StrategyConfig, SyntheticPool};

    #[test]
    fn votes_weigh_as_in_the_live_engine_of_a_campaign() {
        let pool = SyntheticPool { images: 400, ..SyntheticPool::default() }.build(Seed::root(1));
        let strategy: StrategyConfig =
            serde_json::from_value(serde_json::json!({ "name": "greedy" })).unwrap();
        let policy = Policy { votes_per_round: 700, ..Policy::of("fold", strategy) }.with_head(HeadMode::Off);
        let trial = Trial::of(policy, 700, 9);
        let mut run = Run::new(&pool, &trial).unwrap();
        run.open_queue().unwrap();
        run.budget = 700;
        run.people_come(&Silent, &mut |_| ()).unwrap();
        let known = (pool.len()..).zip(&run.known).map(|(id, one)| (SubjectId(id as i64), one.kind));
        let network = (0..).zip(&pool.probability).map(|(id, p)| (SubjectId(id), *p));
        let mut fold = Fold::new(run.engine.clone(), known.collect(), network.collect::<HashMap<_, _>>());
        let entries: &[LogEntry] = run.log.entries();
        for entry in entries {
            fold.push(entry);
        }
        assert!(run.voted.len() > 100);
        for index in &run.voted {
            let (here, there) = (&run.subjects[*index], &fold.subjects()[&run.ids[*index]]);
            assert_eq!((here.evidence, here.tally, here.belief), (there.evidence, there.tally, there.belief));
            assert_eq!(here.standing, there.judgement.outcome);
        }
        for (who, volunteer) in run.people.volunteers.iter().enumerate() {
            assert_eq!(volunteer.record, fold.volunteer(log::volunteer_id(who)));
        }
    }
}
