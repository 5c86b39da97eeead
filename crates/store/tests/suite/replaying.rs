//! The state that every vote updates is the state that the log gives: after any mix of votes,
//! undos, repeats, taken ids, ended leases, new scores, new rounds and refits, in every bit.

use std::{collections::HashMap, time::Duration};

use consensus::live::{Fold, LiveMethod, Refit, Settings, SwapSettings, refit};
use domain::{Answer, AssignmentId, ClassificationId, ProjectId, SubjectId, VolunteerId};
use proptest::{
    prelude::*,
    test_runner::{Config, RngAlgorithm, TestRng, TestRunner},
};
use store::{
    Assignment, LogSeq, NewQueue, NewRetraction, NewVote, Slot, StoreError, TrainingPick, VoteRefusal,
};
use testkit::{
    TestStore, postgres_store, project, queue_items, sqlite_store, survey_subjects, training_subjects,
    volunteer,
};
use uuid::Uuid;

const LEASE: Duration = Duration::from_secs(60);
const PEOPLE: usize = 4;
const SUBJECTS: usize = 8;

/// One thing that happens; numbers are taken modulo what there is.
#[derive(Debug, Clone)]
enum Happening {
    Ask { who: usize, count: usize, training: Option<(bool, u64)> },
    Vote { who: usize, which: usize, answer: usize },
    SendAgain { which: usize },
    ReuseId { who: usize, which: usize },
    Undo { which: usize },
    LeasesEnd,
    Scores { subject: usize, score: f64 },
    Refit { swap: bool },
    Adopt,
    NextRound,
}

fn happening() -> impl Strategy<Value = Happening> {
    let who = 0..PEOPLE;
    prop_oneof![
        4 => (who.clone(), 1..4_usize, prop::option::of((any::<bool>(), any::<u64>())))
            .prop_map(|(who, count, training)| Happening::Ask { who, count, training }),
        10 => (who.clone(), any::<usize>(), 0..3_usize)
            .prop_map(|(who, which, answer)| Happening::Vote { who, which, answer }),
        1 => any::<usize>().prop_map(|which| Happening::SendAgain { which }),
        1 => (who, any::<usize>()).prop_map(|(who, which)| Happening::ReuseId { who, which }),
        3 => any::<usize>().prop_map(|which| Happening::Undo { which }),
        1 => Just(Happening::LeasesEnd),
        1 => (0..SUBJECTS, 0.0..1.0).prop_map(|(subject, score)| Happening::Scores { subject, score }),
        1 => any::<bool>().prop_map(|swap| Happening::Refit { swap }),
        1 => Just(Happening::Adopt),
        1 => Just(Happening::NextRound),
    ]
}

/// A project and everything that was done to it.
struct World {
    store: TestStore,
    project: ProjectId,
    subjects: Vec<SubjectId>,
    people: Vec<VolunteerId>,
    held: Vec<Vec<Assignment>>,
    votes: Vec<NewVote>,
    standing: Vec<bool>,
    scores: HashMap<SubjectId, f64>,
    learnt: Option<(Refit, LogSeq)>,
    adopted: Option<(Refit, LogSeq)>,
    round: u32,
    ids: u128,
}

impl World {
    async fn new(store: TestStore) -> Self {
        let project = project(&store, "p").await;
        let subjects = survey_subjects(&store, project, SUBJECTS).await;
        training_subjects(&store, project, 3, 3).await;
        let mut people = Vec::new();
        for i in 0..PEOPLE {
            people.push(volunteer(&store, &format!("v{i}")).await);
        }
        let mut world = Self {
            store,
            project,
            subjects,
            people,
            held: vec![Vec::new(); PEOPLE],
            votes: Vec::new(),
            standing: Vec::new(),
            scores: HashMap::new(),
            learnt: None,
            adopted: None,
            round: 0,
            ids: 0,
        };
        world.next_round().await;
        world
    }

    fn id(&mut self) -> Uuid {
        self.ids += 1;
        Uuid::from_u128(self.ids)
    }

    async fn next_round(&mut self) {
        self.round += 1;
        let items = queue_items(&self.subjects[(self.round as usize) % 3..]);
        let queue = NewQueue { round: self.round, items, votes_budget: 1000 };
        self.store.enqueue(self.project, queue).await.unwrap();
    }

    async fn happens(&mut self, happening: &Happening) {
        match *happening {
            Happening::Ask { who, count, training } => {
                let slots = (0..count)
                    .map(|i| {
                        let training = training.filter(|_| i == 0);
                        let training = training.map(|(lens, pick)| TrainingPick { lens, pick });
                        Slot { id: AssignmentId(self.id()), training, silent: true }
                    })
                    .collect();
                let assigned = self.store.assign(self.project, self.people[who], slots, LEASE).await.unwrap();
                self.held[who].extend(assigned.assignments);
            }
            Happening::Vote { who, which, answer } => {
                let Some(at) = which.checked_rem(self.held[who].len()) else { return };
                let assignment = self.held[who].remove(at);
                let vote = NewVote {
                    id: ClassificationId(self.id()),
                    assignment: assignment.id,
                    volunteer: self.people[who],
                    answer: Answer::ALL[answer],
                    seconds: None,
                    view: None,
                    mark: None,
                    feedback: true,
                };
                self.store.record_vote(vote.clone()).await.unwrap();
                self.votes.push(vote);
                self.standing.push(true);
            }
            Happening::SendAgain { which } => {
                let Some(at) = which.checked_rem(self.votes.len()) else { return };
                assert!(self.store.record_vote(self.votes[at].clone()).await.unwrap().repeated);
            }
            Happening::ReuseId { who, which } => {
                let Some(at) = which.checked_rem(self.votes.len()) else { return };
                let Some(assignment) = self.held[who].first() else { return };
                let taken = NewVote {
                    assignment: assignment.id,
                    volunteer: self.people[who],
                    ..self.votes[at].clone()
                };
                let refused = self.store.record_vote(taken).await;
                let same = self.votes[at].assignment == assignment.id;
                let expected = matches!(refused, Err(StoreError::Vote(VoteRefusal::IdTaken)));
                assert!(expected || same, "{refused:?}");
            }
            Happening::Undo { which } => {
                let Some(at) = which.checked_rem(self.votes.len()) else { return };
                let (of, volunteer) = (self.votes[at].id, self.votes[at].volunteer);
                let id = ClassificationId(self.id());
                let back = NewRetraction { id, of, volunteer, lease: LEASE };
                let outcome = self.store.retract(back).await;
                assert_eq!(outcome.is_ok(), self.standing[at], "{outcome:?}");
                self.standing[at] = false;
                let who = self.people.iter().position(|id| *id == volunteer).unwrap();
                self.held[who].extend(outcome.ok());
            }
            Happening::LeasesEnd => {
                self.store.clock.advance(LEASE);
                self.held.iter_mut().for_each(Vec::clear);
            }
            Happening::Scores { subject, score } => {
                let subject = self.subjects[subject];
                self.scores.insert(subject, score);
                self.store.set_priors(self.project, vec![(subject, score)], "v").await.unwrap();
            }
            Happening::Refit { swap } => {
                let mark = self.store.high_water_mark(self.project).await.unwrap();
                let log = self.store.log(self.project, mark).await.unwrap();
                let known = self.store.known_images(self.project).await.unwrap();
                let mut settings = Settings::default();
                if swap {
                    settings.method = LiveMethod::Swap(SwapSettings::default());
                    settings.retirement.min_votes = 1;
                }
                self.learnt = Some((refit(&log, &known, &settings).unwrap(), mark));
            }
            Happening::Adopt => {
                let Some((refit, mark)) = self.learnt.clone() else { return };
                self.store.adopt(self.project, refit.clone(), mark).await.unwrap();
                self.adopted = Some((refit, mark));
            }
            Happening::NextRound => self.next_round().await,
        }
    }

    /// The state by a fold in memory that has never seen the database's own.
    async fn folded(&self) -> Fold {
        let known = self.store.known_images(self.project).await.unwrap();
        let end = self.store.high_water_mark(self.project).await.unwrap();
        let mark = self.adopted.as_ref().map_or(LogSeq::START, |(_, mark)| *mark);
        let mut fold = Fold::new(Default::default(), known, self.scores.clone());
        let push = async |fold: &mut Fold, after, up_to| {
            for (_, entry) in self.store.log_page(self.project, after, up_to, 100_000).await.unwrap() {
                fold.push(&entry);
            }
        };
        push(&mut fold, LogSeq::START, mark).await;
        if let Some((refit, _)) = &self.adopted {
            fold.adopt(refit);
        }
        push(&mut fold, mark, end).await;
        fold
    }

    async fn check(&self) {
        assert_eq!(self.store.verify(self.project).await.unwrap().mismatches, Vec::<String>::new());
        let (folded, replayed) = (self.folded().await, self.store.replay(self.project).await.unwrap());
        assert_eq!(folded.subjects(), replayed.subjects());
        assert!(folded.volunteers().eq(replayed.volunteers()));
        for row in self.store.beliefs(self.project, None, 1000).await.unwrap() {
            let Some(subject) = folded.subjects().get(&row.subject) else {
                assert_eq!(row.tally.total(), 0);
                continue;
            };
            assert_eq!((row.evidence, row.tally), (subject.evidence, subject.tally));
            let bits = |belief: consensus::live::Belief| (belief.p_votes.to_bits(), belief.p_joint.to_bits());
            assert_eq!(bits(row.belief), bits(subject.belief), "{row:?} {subject:?}");
            if row.truth.is_none() {
                assert_eq!((row.outcome, row.wanted), (subject.judgement.outcome, subject.judgement.wanted));
            }
        }
    }
}

async fn live(store: TestStore, happenings: &[Happening]) {
    let mut world = World::new(store).await;
    for happening in happenings {
        world.happens(happening).await;
    }
    world.check().await;
}

fn for_any_history(cases: u32, seed: u8, store: impl AsyncFn() -> Option<TestStore>) {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
    let config = Config { cases, max_shrink_iters: 200, failure_persistence: None, ..Config::default() };
    let rng = TestRng::from_seed(RngAlgorithm::ChaCha, &[seed; 32]);
    let mut runner = TestRunner::new_with_rng(config, rng);
    let histories = prop::collection::vec(happening(), 20..120);
    let outcome = runner.run(&histories, |happenings| {
        runtime.block_on(async {
            if let Some(store) = store().await {
                live(store, &happenings).await;
            }
        });
        Ok(())
    });
    outcome.unwrap_or_else(|failure| panic!("{failure}"));
}

#[test]
fn the_kept_state_is_the_replayed_state_on_sqlite() {
    for_any_history(24, 1, async || Some(sqlite_store().await));
}

#[test]
fn the_kept_state_is_the_replayed_state_on_postgresql() {
    for_any_history(8, 2, async || postgres_store().await);
}
