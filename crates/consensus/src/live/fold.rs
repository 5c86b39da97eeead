//! The live state in memory: a fold over the log, entry by entry. It is what the database keeps
//! too (crate `store`), and the test of it: at each moment both are the same to the last bit.

use std::collections::{BTreeMap, HashMap, HashSet, hash_map::Entry};

use domain::{Answer, ClassificationId, LogEntry, SubjectId, Tally, VolunteerId};

use super::{Belief, Engine, Evidence, Judgement, Link, Refit, TruthKind, VolunteerRecord};

/// One image somebody voted on.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct SubjectBelief {
    /// Its truth if it is known.
    pub truth: Option<TruthKind>,
    /// The calibrated network score it had before anybody voted on it.
    pub network: Option<f64>,
    /// What its votes say.
    pub evidence: Evidence,
    /// Its votes that stand.
    pub tally: Tally,
    /// What is believed of it.
    pub belief: Belief,
    /// Where it stands. Known images are judged too, for the monitors; nothing is done about it.
    pub judgement: Judgement,
}

/// What an entry of the log did.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Step {
    /// The vote counts.
    Counted,
    /// The volunteer had voted on this image already; it would count if that vote were taken back.
    Repeat,
    /// The vote had been taken back before it arrived, or its id was known.
    Ignored,
    /// A counted vote was taken back.
    Retracted,
    /// A retraction that changes nothing: an unknown vote (so far), a repeat, or a second undo.
    NothingToRetract,
}

#[derive(Debug, Clone, Copy)]
struct Cast {
    id: ClassificationId,
    subject: SubjectId,
    answer: Answer,
    settled: bool,
}

#[derive(Debug, Clone, Default)]
struct Voter {
    record: VolunteerRecord,
    /// Every vote of theirs, repeats and retracted ones too, in the order of the log.
    casts: Vec<Cast>,
    /// The votes that stand, with their weights now.
    standing: HashMap<SubjectId, (Answer, Evidence)>,
}

/// A state that follows the log.
#[derive(Debug, Clone, Default)]
pub struct Fold {
    engine: Engine,
    known: HashMap<SubjectId, TruthKind>,
    network: HashMap<SubjectId, f64>,
    authors: HashMap<ClassificationId, VolunteerId>,
    retracted: HashSet<ClassificationId>,
    voters: BTreeMap<VolunteerId, Voter>,
    subjects: BTreeMap<SubjectId, SubjectBelief>,
}

impl Fold {
    /// Before the first entry. `known` holds the images whose truth is known, `network` the
    /// calibrated scores; one that is no number is none.
    #[must_use]
    pub fn new(
        engine: Engine,
        known: HashMap<SubjectId, TruthKind>,
        mut network: HashMap<SubjectId, f64>,
    ) -> Self {
        network.retain(|_, score| score.is_finite());
        Self { engine, known, network, ..Self::default() }
    }

    /// The rules in force.
    #[must_use]
    pub const fn engine(&self) -> &Engine {
        &self.engine
    }

    /// Every image that was ever voted on, by id.
    #[must_use]
    pub const fn subjects(&self) -> &BTreeMap<SubjectId, SubjectBelief> {
        &self.subjects
    }

    /// Everybody who ever voted, by id.
    pub fn volunteers(&self) -> impl Iterator<Item = (VolunteerId, &VolunteerRecord)> {
        self.voters.iter().map(|(id, voter)| (*id, &voter.record))
    }

    /// One volunteer; a newcomer when they never voted.
    #[must_use]
    pub fn volunteer(&self, id: VolunteerId) -> VolunteerRecord {
        self.voters.get(&id).map(|voter| voter.record).unwrap_or_default()
    }

    /// Takes the next entry of the log.
    pub fn push(&mut self, entry: &LogEntry) -> Step {
        match entry {
            LogEntry::Vote(vote) => {
                let Entry::Vacant(new) = self.authors.entry(vote.id) else { return Step::Ignored };
                new.insert(vote.volunteer);
                let cast = Cast { id: vote.id, subject: vote.subject, answer: vote.answer, settled: false };
                self.cast(vote.volunteer, cast)
            }
            LogEntry::Retraction(retraction) => {
                if !self.retracted.insert(retraction.of) {
                    return Step::NothingToRetract;
                }
                let Some(&author) = self.authors.get(&retraction.of) else { return Step::NothingToRetract };
                if self.recount(author) { Step::Retracted } else { Step::NothingToRetract }
            }
        }
    }

    /// Takes what a refit of the entries so far learnt; later votes weigh by it.
    pub fn adopt(&mut self, refit: &Refit) {
        self.engine = refit.engine.clone();
        let everybody: Vec<VolunteerId> = self.voters.keys().copied().collect();
        for id in everybody {
            if let Some(voter) = self.voters.get_mut(&id) {
                voter.record = refit.record(id);
                voter.casts.iter_mut().for_each(|cast| cast.settled = true);
            }
            self.recount(id);
        }
        self.rejudge_all();
    }

    /// Takes new network scores; one that is no number is none.
    pub fn set_network(&mut self, scores: impl IntoIterator<Item = (SubjectId, f64)>) {
        self.network.extend(scores.into_iter().filter(|(_, score)| score.is_finite()));
        self.rejudge_all();
    }

    fn rejudge_all(&mut self) {
        for (id, subject) in &mut self.subjects {
            subject.network = self.network.get(id).copied();
            rejudge(&self.engine, subject);
        }
    }

    fn cast(&mut self, volunteer: VolunteerId, cast: Cast) -> Step {
        let voter = self.voters.entry(volunteer).or_default();
        voter.casts.push(cast);
        if self.retracted.contains(&cast.id) {
            return Step::Ignored;
        }
        if voter.standing.contains_key(&cast.subject) {
            return Step::Repeat;
        }
        let weight = self.engine.weigh(&voter.record, cast.answer);
        self.engine.learn(&mut voter.record, self.known.get(&cast.subject).copied(), cast.answer);
        voter.standing.insert(cast.subject, (cast.answer, weight));
        self.change(cast.subject, None, Some((cast.answer, weight)));
        Step::Counted
    }

    /// Weighs all votes of one volunteer anew; whether anything came out differently.
    fn recount(&mut self, volunteer: VolunteerId) -> bool {
        let Some(voter) = self.voters.get_mut(&volunteer) else { return false };
        let mut seen = HashSet::new();
        let standing: Vec<Cast> = voter
            .casts
            .iter()
            .filter(|cast| !self.retracted.contains(&cast.id) && seen.insert(cast.subject))
            .copied()
            .collect();
        let links = standing.iter().map(|cast| Link {
            answer: cast.answer,
            truth: self.known.get(&cast.subject).copied(),
            settled: cast.settled,
        });
        let (weights, record) = self.engine.chain(&voter.record, links);
        voter.record = record;
        let now: HashMap<SubjectId, (Answer, Evidence)> = standing
            .iter()
            .zip(weights)
            .map(|(cast, weight)| (cast.subject, (cast.answer, weight)))
            .collect();
        let before = std::mem::replace(&mut voter.standing, now.clone());
        let mut touched: Vec<SubjectId> = before.keys().chain(now.keys()).copied().collect();
        touched.sort_unstable();
        touched.dedup();
        touched.retain(|subject| before.get(subject) != now.get(subject));
        for subject in &touched {
            self.change(*subject, before.get(subject).copied(), now.get(subject).copied());
        }
        !touched.is_empty()
    }

    /// Takes one volunteer's vote on an image away and puts another in its place.
    fn change(&mut self, id: SubjectId, before: Option<(Answer, Evidence)>, now: Option<(Answer, Evidence)>) {
        let engine = &self.engine;
        let subject = self.subjects.entry(id).or_insert_with(|| {
            let network = self.network.get(&id).copied();
            let belief = engine.belief(network, Evidence::NONE);
            let tally = Tally::default();
            SubjectBelief {
                truth: self.known.get(&id).copied(),
                network,
                evidence: Evidence::NONE,
                tally,
                belief,
                judgement: engine.judge(&belief, tally),
            }
        });
        if let Some((answer, weight)) = before {
            subject.evidence -= weight;
            subject.tally = subject.tally.without(answer);
        }
        if let Some((answer, weight)) = now {
            subject.evidence += weight;
            subject.tally = subject.tally.with(answer);
        }
        rejudge(engine, subject);
    }
}

fn rejudge(engine: &Engine, subject: &mut SubjectBelief) {
    subject.belief = engine.belief(subject.network, subject.evidence);
    subject.judgement = engine.judge(&subject.belief, subject.tally);
}
