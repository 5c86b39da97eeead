//! Two hundred people and twenty thousand votes at once, straight on the store: nobody is asked
//! twice, no image more often than it may be, and nothing is lost.

use std::{
    collections::{HashMap, HashSet},
    sync::Arc,
    time::{Duration, Instant},
};

use consensus::live::{Outcome, Settings};
use domain::{
    Answer, AssignmentId, ClassificationId, Label, LogEntry, ProjectId, Seed, SubjectId, VolunteerId,
};
use rand::{Rng as _, RngExt as _};
use store::{NewQueue, NewRetraction, NewVote, Slot, Store, TrainingPick};
use testkit::{
    TestStore, postgres_store, project, queue_items, sqlite_store, survey_subjects, training_subjects,
    volunteer,
};
use uuid::Uuid;

const PEOPLE: usize = 200;
const VOTES_EACH: usize = 100;
/// So many that each gets between three and four of the votes that are not for training: as many as
/// agreeing people need, with work for everybody to the end.
const SUBJECTS: usize = 4_800;
const LEASE: Duration = Duration::from_secs(600);

/// What one person did and how long they waited.
#[derive(Default)]
struct Done {
    acknowledged: Vec<ClassificationId>,
    shown: Vec<SubjectId>,
    assigning: Vec<Duration>,
    voting: Vec<Duration>,
}

/// What people see: training images are what they are, of the survey every tenth is a lens.
fn is_lens(subject: SubjectId, known: &HashMap<SubjectId, Label>) -> bool {
    known.get(&subject).map_or(subject.0 % 10 == 0, |label| *label == Label::Lens)
}

async fn person(
    store: Store,
    project: ProjectId,
    volunteer: VolunteerId,
    known: Arc<HashMap<SubjectId, Label>>,
    seed: Seed,
) -> Done {
    let mut done = Done::default();
    let mut ids = seed.child("ids").rng();
    let mut uuid = move || {
        let mut bytes = [0; 16];
        ids.fill_bytes(&mut bytes);
        uuid::Builder::from_random_bytes(bytes).into_uuid()
    };
    let mut dice = seed.child("dice").rng();
    let mut votes = 0;
    while votes < VOTES_EACH {
        let count = dice.random_range(1..=5).min(VOTES_EACH - votes);
        let slots = (0..count).map(|_| slot(uuid(), &mut dice)).collect();
        let start = now();
        let held = store.assign(project, volunteer, slots, LEASE).await.unwrap().assignments;
        done.assigning.push(start.elapsed());
        assert!(!held.is_empty(), "there is enough for everybody");
        for assignment in held {
            done.shown.push(assignment.subject);
            let vote = NewVote {
                id: ClassificationId(uuid()),
                assignment: assignment.id,
                volunteer,
                // People are right on most subjects.
                answer: Answer::ALL[if dice.random_bool(0.85) {
                    if is_lens(assignment.subject, &known) { 2 } else { 0 }
                } else {
                    dice.random_range(0..3)
                }],
                seconds: None,
                view: None,
                mark: None,
                feedback: false,
            };
            let start = now();
            store.record_vote(vote.clone()).await.unwrap();
            done.voting.push(start.elapsed());
            done.acknowledged.push(vote.id);
            votes += 1;
            if dice.random_bool(0.02) {
                assert!(store.record_vote(vote.clone()).await.unwrap().repeated);
            }
            if dice.random_bool(0.02) {
                let back =
                    NewRetraction { id: ClassificationId(uuid()), of: vote.id, volunteer, lease: LEASE };
                store.retract(back).await.unwrap();
                let again = NewVote { id: ClassificationId(uuid()), ..vote };
                done.acknowledged.extend([back.id, again.id]);
                store.record_vote(again).await.unwrap();
            }
        }
    }
    done
}

fn slot(id: Uuid, dice: &mut domain::Rng) -> Slot {
    let training = dice.random_bool(0.15).then(|| TrainingPick { lens: dice.random(), pick: dice.random() });
    Slot { id: AssignmentId(id), training, silent: dice.random() }
}

async fn everybody(store: TestStore) {
    let project = project(&store, "p").await;
    let subjects = survey_subjects(&store, project, SUBJECTS).await;
    training_subjects(&store, project, 150, 150).await;
    let known = Arc::new(store.training_truths(project).await.unwrap());
    let budget = (PEOPLE * VOTES_EACH) as u64;
    let queue = NewQueue { round: 1, items: queue_items(&subjects), votes_budget: budget };
    store.enqueue(project, queue).await.unwrap();
    let mut people = Vec::new();
    for i in 0..PEOPLE {
        people.push(volunteer(&store, &format!("v{i}")).await);
    }
    let start = now();
    let mut tasks = tokio::task::JoinSet::new();
    for (i, volunteer) in people.into_iter().enumerate() {
        let seed = Seed::root(11).index(i as u64);
        tasks.spawn(person(store.store.clone(), project, volunteer, Arc::clone(&known), seed));
    }
    let mut all = Vec::new();
    while let Some(done) = tasks.join_next().await {
        all.push(done.unwrap());
    }
    let seconds = start.elapsed().as_secs_f64();
    let (assigning, voting) = (waits(&all, |done| &done.assigning), waits(&all, |done| &done.voting));
    eprintln!("{:?}: {PEOPLE} people at once, {budget} votes in {seconds:.1} s", store.kind);
    eprintln!("  handing out: {assigning}\n  a vote:      {voting}");
    audit(&store, project, &all).await;
}

async fn audit(store: &TestStore, project: ProjectId, all: &[Done]) {
    // Nobody is asked twice (undo hands the same image back without asking).
    for done in all {
        let distinct: HashSet<_> = done.shown.iter().collect();
        assert_eq!(distinct.len(), done.shown.len(), "a repeat");
    }
    // Every acknowledged entry is in the log exactly once, and nothing else is.
    let end = store.high_water_mark(project).await.unwrap();
    let mut live = HashMap::new();
    let mut entries = HashSet::new();
    for entry in store.log(project, end).await.unwrap() {
        match entry {
            LogEntry::Vote(vote) => {
                assert!(entries.insert(vote.id), "doubled");
                live.insert(vote.id, (vote.volunteer, vote.subject));
            }
            LogEntry::Retraction(back) => {
                assert!(entries.insert(back.id), "doubled");
                live.remove(&back.of).unwrap();
            }
        }
    }
    let acknowledged: HashSet<_> = all.iter().flat_map(|done| &done.acknowledged).copied().collect();
    assert_eq!(acknowledged, entries, "lost or invented");
    assert_eq!(live.len(), PEOPLE * VOTES_EACH);
    assert_eq!(live.values().collect::<HashSet<_>>().len(), live.len(), "two votes on one subject");
    // No image has more votes than it may have.
    let most = Settings::default().retirement;
    let decisions = store.decisions(project, None, 100_000).await.unwrap();
    let contested: HashSet<_> =
        decisions.iter().filter(|one| one.to == Outcome::Contested).map(|one| one.subject).collect();
    let (mut settled, mut wrong) = (0, 0);
    for row in store.beliefs(project, None, 100_000).await.unwrap() {
        assert_eq!(row.open_leases, 0);
        if row.truth.is_none() {
            let experts = if contested.contains(&row.subject) { most.expert_votes } else { 0 };
            assert!(row.tally.total() <= most.max_votes + experts, "{row:?}");
            settled += usize::from(row.outcome.is_settled());
            let lens = is_lens(row.subject, &HashMap::new());
            wrong += usize::from(row.outcome == if lens { Outcome::Rejected } else { Outcome::Detected });
        }
    }
    let outcomes = store.outcomes(project).await.unwrap();
    let votes_each = outcomes.settled_votes as f64 / settled as f64;
    eprintln!(
        "  {settled} of {SUBJECTS} subjects settled, by {votes_each:.2} votes each, {wrong} wrongly; {outcomes:?}"
    );
    // People who prove good on training images settle most of what they are asked about, with few votes
    // and rightly; were nothing retired, these would be the same people's votes spread over all.
    assert!(settled > SUBJECTS / 2, "{settled} of {SUBJECTS} settled");
    assert!((3.0..5.0).contains(&votes_each), "{votes_each} votes on a settled subject");
    assert!(wrong * 50 < settled, "{wrong} of {settled} settled wrongly");
    let state = store.queue_state(project, 1).await.unwrap().unwrap();
    assert!(state.votes <= state.votes_budget && state.open_leases == 0, "{state:?}");
    let verification = store.verify(project).await.unwrap();
    assert_eq!(verification.mismatches, Vec::<String>::new());
    assert_eq!(verification.votes as usize, PEOPLE * VOTES_EACH);
    eprintln!("  the replayed log gives the same state");
}

fn waits(all: &[Done], of: impl Fn(&Done) -> &Vec<Duration>) -> String {
    let mut waits: Vec<_> = all.iter().flat_map(of).copied().collect();
    waits.sort_unstable();
    let at = |share: f64| waits[((waits.len() - 1) as f64 * share) as usize].as_secs_f64() * 1e3;
    format!("p50 {:.1} ms, p99 {:.1} ms, longest {:.1} ms", at(0.5), at(0.99), at(1.0))
}

#[expect(clippy::disallowed_methods, reason = "the waits are printed, never judged")]
fn now() -> Instant {
    Instant::now()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn two_hundred_people_cast_twenty_thousand_votes_on_sqlite() {
    everybody(sqlite_store().await).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn two_hundred_people_cast_twenty_thousand_votes_on_postgresql() {
    if let Some(store) = postgres_store().await {
        everybody(store).await;
    }
}
