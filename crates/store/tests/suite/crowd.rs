//! Many people at once: nothing is handed out, counted or kept twice.

use std::{collections::HashMap, sync::Arc, time::Duration};

use domain::{Answer, ClassificationId, ProjectId, RetirementRule, Seed, VolunteerId};
use rand::{Rng as _, RngExt as _};
use store::{NewRetraction, NewVote, Slot, Store, TrainingPick};
use testkit::{both_stores, project, queue, survey_subjects, training_subjects, volunteer};
use uuid::Uuid;

const LEASE: Duration = Duration::from_secs(60);
const RULE: RetirementRule = RetirementRule { min_votes: 3, max_votes: 5 };
const PEOPLE: usize = 24;
const BUDGET: u64 = 120;

/// One person: asks, answers most, gives some back, lets some leases end, until nothing is left.
async fn person(store: Store, project: ProjectId, volunteer: VolunteerId, seed: Seed) {
    let mut rng = seed.rng();
    let mut uuid = move || {
        let mut bytes = [0; 16];
        rng.fill_bytes(&mut bytes);
        uuid::Builder::from_random_bytes(bytes).into_uuid()
    };
    let mut choice = seed.child("choice").rng();
    for _ in 0..40 {
        let count = choice.random_range(1..=4);
        let slots: Vec<_> = (0..count)
            .map(|_| {
                let training = choice.random_bool(0.2);
                let training =
                    training.then(|| TrainingPick { lens: choice.random(), pick: choice.random() });
                Slot { id: uuid().into(), training, silent: false }
            })
            .collect();
        let assigned = store.assign(project, volunteer, slots, LEASE).await.unwrap();
        for assignment in &assigned.assignments {
            if choice.random_bool(0.1) {
                continue;
            }
            let vote = NewVote {
                id: ClassificationId(uuid()),
                assignment: assignment.id,
                volunteer,
                answer: Answer::ALL[choice.random_range(0..3)],
                seconds: None,
                view: None,
                mark: None,
                feedback: false,
            };
            store.record_vote(vote.clone()).await.unwrap();
            if choice.random_bool(0.1) {
                let id = ClassificationId(uuid());
                let back = NewRetraction { id, of: vote.id, volunteer, lease: LEASE };
                store.retract(back).await.unwrap();
                store.record_vote(NewVote { id: ClassificationId(uuid()), ..vote }).await.unwrap();
            }
        }
        if assigned.assignments.is_empty() {
            break;
        }
    }
}

async fn everyone(store: &Store, project: ProjectId, people: &[VolunteerId], seed: Seed) {
    let mut tasks = tokio::task::JoinSet::new();
    for (i, volunteer) in people.iter().enumerate() {
        tasks.spawn(person(store.clone(), project, *volunteer, seed.index(i as u64)));
    }
    while let Some(outcome) = tasks.join_next().await {
        outcome.unwrap();
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_crowd_never_exceeds_what_a_subject_or_a_round_may_have() {
    both_stores(async |store| {
        let project = project(&store, "p").await;
        let subjects = survey_subjects(&store, project, 40).await;
        training_subjects(&store, project, 4, 4).await;
        queue(&store, project, 1, &subjects, RULE, BUDGET).await;
        let mut people = Vec::new();
        for i in 0..PEOPLE {
            people.push(volunteer(&store, &format!("v{i}")).await);
        }
        for wave in 0..4 {
            everyone(&store, project, &people, Seed::root(7).index(wave)).await;
            let state = store.queue_state(project, 1).await.unwrap().unwrap();
            assert!(state.votes + state.open_leases <= BUDGET, "{state:?}");
            for queued in store.queue_items(project, 1).await.unwrap() {
                assert!(queued.tally.total() <= RULE.max_votes, "{queued:?}");
            }
            assert_eq!(store.verify(project).await.unwrap().mismatches, Vec::<String>::new());
            // Now the leases that were let go end, and their places come back.
            store.clock.advance(LEASE);
        }
        let state = store.queue_state(project, 1).await.unwrap().unwrap();
        assert!(state.finished(), "everyone came four times, yet {state:?}");

        let end = store.high_water_mark(project).await.unwrap();
        let mut live = HashMap::<Uuid, (VolunteerId, domain::SubjectId)>::new();
        for entry in store.log(project, end).await.unwrap() {
            match entry {
                domain::LogEntry::Vote(vote) => {
                    live.insert(vote.id.0, (vote.volunteer, vote.subject));
                }
                domain::LogEntry::Retraction(back) => {
                    live.remove(&back.of.0).expect("a retraction names a vote before it");
                }
            }
        }
        let mut pairs: Vec<_> = live.into_values().collect();
        let votes = pairs.len();
        pairs.sort_unstable();
        pairs.dedup();
        assert_eq!(pairs.len(), votes, "nobody has two live votes on one subject");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_log_frozen_in_the_middle_of_voting_never_gains_an_entry() {
    both_stores(async |store| {
        let project = project(&store, "p").await;
        let subjects = survey_subjects(&store, project, 60).await;
        let rule = RetirementRule { min_votes: 16, max_votes: 16 };
        queue(&store, project, 1, &subjects, rule, 100_000).await;
        let mut people = Vec::new();
        for i in 0..16 {
            people.push(volunteer(&store, &format!("v{i}")).await);
        }
        let voting = {
            let (store, people) = (store.store.clone(), people.clone());
            tokio::spawn(async move { everyone(&store, project, &people, Seed::root(3)).await })
        };
        let mut frozen = Vec::new();
        while !voting.is_finished() {
            let mark = store.high_water_mark(project).await.unwrap();
            frozen.push((mark, store.log(project, mark).await.unwrap()));
            tokio::time::sleep(Duration::from_millis(3)).await;
        }
        voting.await.unwrap();
        assert!(frozen.len() > 2, "the log was frozen while people voted");
        for (mark, entries) in frozen {
            let now = store.log(project, mark).await.unwrap();
            assert!(now == entries, "{} entries became {} below {mark:?}", entries.len(), now.len());
        }
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn two_servers_on_one_database_share_the_limits() {
    both_stores(async |store| {
        let project = project(&store, "p").await;
        let subjects = survey_subjects(&store, project, 20).await;
        queue(&store, project, 1, &subjects, RULE, 50).await;
        let mut people = Vec::new();
        for i in 0..12 {
            people.push(volunteer(&store, &format!("v{i}")).await);
        }
        let other = Store::connect(&store.url, Arc::clone(&store.clock) as _).await.unwrap();
        let (here, there) = people.split_at(6);
        tokio::join!(
            everyone(&store, project, here, Seed::root(1)),
            everyone(&other, project, there, Seed::root(2)),
        );
        let state = store.queue_state(project, 1).await.unwrap().unwrap();
        assert!(state.votes + state.open_leases <= 50, "{state:?}");
        assert_eq!(other.verify(project).await.unwrap().mismatches, Vec::<String>::new());
        other.close().await;
    })
    .await;
}
