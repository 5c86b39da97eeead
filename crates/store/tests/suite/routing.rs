//! Which image goes to whom.

use std::{collections::HashSet, time::Duration};

use consensus::live::{Experts, Outcome, Retirement, Settings};
use domain::{Answer, ProjectId, SubjectId, VolunteerId};
use store::{NewQueue, NewRank, QueueItem, Rank, Slot, Store, TrainingPick};
use testkit::{
    answer_all, both_stores, project, queue_items, slots, survey_subjects, training_subjects, volunteer,
};

const LEASE: Duration = Duration::from_secs(300);

async fn open(store: &Store, project: ProjectId, round: u32, items: Vec<QueueItem>) {
    store.enqueue(project, NewQueue { round, items, votes_budget: 1000 }).await.unwrap();
}

fn equal(subjects: &[SubjectId]) -> Vec<QueueItem> {
    let items = queue_items(subjects).into_iter();
    items.map(|item| QueueItem { value: 1.0, ..item }).collect()
}

/// What somebody new is asked about first.
async fn first(store: &Store, project: ProjectId, name: &str, seed: u64) -> SubjectId {
    let person = volunteer(store, name).await;
    store.assign(project, person, slots(seed, 1), LEASE).await.unwrap().assignments[0].subject
}

#[tokio::test]
async fn doubt_goes_before_certainty_and_worth_before_both() {
    both_stores(async |store| {
        let project = project(&store, "p").await;
        let subjects = survey_subjects(&store, project, 3).await;
        let scores = vec![(subjects[0], 0.001), (subjects[1], 0.3), (subjects[2], 0.01)];
        store.set_priors(project, scores, "v1").await.unwrap();
        open(&store, project, 1, equal(&subjects)).await;
        assert_eq!(first(&store, project, "ada", 1).await, subjects[1]);
        let mut items = equal(&subjects);
        items[2].value = 100.0;
        open(&store, project, 2, items).await;
        assert_eq!(first(&store, project, "ben", 2).await, subjects[2]);
        let mut items = equal(&subjects);
        items[0].strategy = "audit".into();
        open(&store, project, 3, items).await;
        assert_eq!(first(&store, project, "cai", 3).await, subjects[0], "an audit needs its answers");
    })
    .await;
}

#[tokio::test]
async fn people_who_ask_at_once_are_spread_over_equal_images() {
    both_stores(async |store| {
        let project = project(&store, "p").await;
        let subjects = survey_subjects(&store, project, 60).await;
        open(&store, project, 1, equal(&subjects)).await;
        let mut shown = HashSet::new();
        for i in 0..12 {
            shown.insert(first(&store, project, &format!("v{i}"), i).await);
        }
        assert!(shown.len() > 6, "{} of 60 images for 12 people", shown.len());
    })
    .await;
}

/// Teaches the engine that somebody is never wrong.
async fn schooled(store: &Store, project: ProjectId, name: &str, lessons: u64) -> VolunteerId {
    let person = volunteer(store, name).await;
    for i in 0..lessons {
        let training = Some(TrainingPick { lens: i % 2 == 0, pick: i / 2 });
        let slot = Slot { training, silent: true, ..slots(500 + i, 1)[0] };
        let slot = Slot {
            id: domain::AssignmentId(uuid::Uuid::from_u128(
                slot.id.0.as_u128() ^ u128::from(name.as_bytes()[0]),
            )),
            ..slot
        };
        let held = store.assign(project, person, vec![slot], LEASE).await.unwrap().assignments;
        let truths = store.known_images(project).await.unwrap();
        let lens = truths[&held[0].subject].is_lens();
        answer_all(store, person, &held, if lens { Answer::Lens } else { Answer::NoLens }).await;
    }
    person
}

#[tokio::test]
async fn what_the_crowd_cannot_settle_is_for_experts_only_and_they_get_it_first() {
    both_stores(async |store| {
        let project = project(&store, "p").await;
        let settings = Settings {
            retirement: Retirement {
                min_votes: 2,
                min_votes_to_detect: 2,
                max_votes: 2,
                expert_votes: 1,
                retest_share: 0.0,
                ..Retirement::default()
            },
            experts: Experts { min_bits: 0.2, min_known: 8 },
            ..Settings::default()
        };
        store.configure(project, &settings).await.unwrap();
        training_subjects(&store, project, 6, 6).await;
        let subjects = survey_subjects(&store, project, 3).await;
        open(&store, project, 1, queue_items(&subjects)).await;
        for (seed, name, answer) in [(1, "ada", Answer::Lens), (2, "ben", Answer::NoLens)] {
            let person = volunteer(&store, name).await;
            let held = store.assign(project, person, slots(seed, 1), LEASE).await.unwrap().assignments;
            assert_eq!(held[0].subject, subjects[0]);
            answer_all(&store, person, &held, answer).await;
        }
        let contested = store.belief(project, subjects[0]).await.unwrap().unwrap();
        assert_eq!((contested.outcome, contested.wanted), (Outcome::Contested, 1));
        assert!(contested.experts_only);
        assert!(store.queue_items(project, 1).await.unwrap()[0].done, "the crowd is done with it");

        let newcomer = volunteer(&store, "new").await;
        let held = store.assign(project, newcomer, slots(4, 5), LEASE).await.unwrap();
        assert!(held.assignments.iter().all(|a| a.subject != subjects[0]));
        assert!(held.nothing_left);

        // Even in a later round that does not hold it.
        open(&store, project, 2, queue_items(&subjects[1..])).await;
        let expert = schooled(&store, project, "expert", 10).await;
        let held = store.assign(project, expert, slots(5, 1), LEASE).await.unwrap().assignments;
        assert_eq!(held[0].subject, subjects[0]);
        let other = schooled(&store, project, "other", 10).await;
        let second = store.assign(project, other, slots(6, 1), LEASE).await.unwrap().assignments;
        assert_ne!(second[0].subject, subjects[0], "its one place is taken");
        answer_all(&store, expert, &held, Answer::Unsure).await;
        let ended = store.belief(project, subjects[0]).await.unwrap().unwrap();
        assert!(ended.wanted == 0 || ended.outcome == Outcome::Open, "{ended:?}");
        assert_eq!(store.verify(project).await.unwrap().mismatches, Vec::<String>::new());
    })
    .await;
}

#[tokio::test]
async fn a_share_of_requests_asks_about_a_retired_image_again() {
    both_stores(async |store| {
        let project = project(&store, "p").await;
        let settings = Settings {
            retirement: Retirement {
                min_votes: 1,
                reject_below: 0.04,
                least_evidence: 0.0,
                retest_share: 0.5,
                ..Retirement::default()
            },
            ..Settings::default()
        };
        store.configure(project, &settings).await.unwrap();
        let subjects = survey_subjects(&store, project, 40).await;
        open(&store, project, 1, equal(&subjects)).await;
        let ada = volunteer(&store, "ada").await;
        for seed in 0..20 {
            let held = store.assign(project, ada, slots(seed, 1), LEASE).await.unwrap().assignments;
            answer_all(&store, ada, &held, Answer::NoLens).await;
        }
        let retired: HashSet<_> = store
            .beliefs(project, None, 99)
            .await
            .unwrap()
            .into_iter()
            .filter(|row| row.outcome == Outcome::Rejected)
            .map(|row| row.subject)
            .collect();
        assert_eq!(retired.len(), 20, "she never gets one of hers again");
        let ben = volunteer(&store, "ben").await;
        let held = store.assign(project, ben, slots(77, 16), LEASE).await.unwrap().assignments;
        let again: Vec<_> = held.iter().filter(|one| retired.contains(&one.subject)).collect();
        assert!((3..=13).contains(&again.len()), "{} of 16", again.len());
        let distinct: HashSet<_> = held.iter().map(|one| one.subject).collect();
        assert_eq!(distinct.len(), 16);
        // Enough of them say "lens": it comes back.
        let one = again[0].clone();
        answer_all(&store, ben, std::slice::from_ref(&one), Answer::Lens).await;
        let row = store.belief(project, one.subject).await.unwrap().unwrap();
        assert_eq!(row.outcome, Outcome::Open);
        assert_eq!(store.decisions(project, None, 99).await.unwrap().len(), 21);
        assert_eq!(store.verify(project).await.unwrap().mismatches, Vec::<String>::new());
    })
    .await;
}

#[tokio::test]
async fn a_lease_from_an_earlier_round_still_holds_its_place() {
    both_stores(async |store| {
        let project = project(&store, "p").await;
        let settings = Settings {
            retirement: Retirement {
                min_votes: 1,
                min_votes_to_detect: 1,
                max_votes: 1,
                expert_votes: 0,
                ..Retirement::default()
            },
            ..Settings::default()
        };
        store.configure(project, &settings).await.unwrap();
        let subjects = survey_subjects(&store, project, 1).await;
        open(&store, project, 1, equal(&subjects)).await;
        first(&store, project, "ada", 1).await;
        open(&store, project, 2, equal(&subjects)).await;
        let ben = volunteer(&store, "ben").await;
        assert!(store.assign(project, ben, slots(2, 1), LEASE).await.unwrap().assignments.is_empty());
        store.clock.advance(LEASE);
        assert_eq!(store.assign(project, ben, slots(3, 1), LEASE).await.unwrap().assignments.len(), 1);
        assert_eq!(store.verify(project).await.unwrap().mismatches, Vec::<String>::new());
    })
    .await;
}

/// Somebody whose record says nothing of them is asked about contested images once an admin made them
/// an expert, and not for any other role.
#[tokio::test]
async fn the_role_of_expert_opens_contested_images_and_no_other_role_does() {
    both_stores(async |store| {
        let project = project(&store, "p").await;
        let settings = Settings {
            retirement: Retirement {
                min_votes: 2,
                min_votes_to_detect: 2,
                max_votes: 2,
                expert_votes: 1,
                retest_share: 0.0,
                ..Retirement::default()
            },
            ..Settings::default()
        };
        store.configure(project, &settings).await.unwrap();
        let subjects = survey_subjects(&store, project, 3).await;
        open(&store, project, 1, queue_items(&subjects)).await;
        for (seed, name, answer) in [(1, "ada", Answer::Lens), (2, "ben", Answer::NoLens)] {
            let person = volunteer(&store, name).await;
            let held = store.assign(project, person, slots(seed, 1), LEASE).await.unwrap().assignments;
            answer_all(&store, person, &held, answer).await;
        }
        let contested = store.belief(project, subjects[0]).await.unwrap().unwrap();
        assert!(contested.experts_only && contested.wanted == 1, "{contested:?}");
        let someone = volunteer(&store, "someone").await;
        for (seed, role) in (10..).zip([Rank::Volunteer, Rank::Researcher, Rank::Lead, Rank::Admin]) {
            let new = NewRank { volunteer: someone, role, by: None, reason: String::new() };
            store.set_rank(new).await.unwrap();
            let held = store.assign(project, someone, slots(seed, 5), LEASE).await.unwrap().assignments;
            assert!(held.iter().all(|a| a.subject != subjects[0]), "{role}");
            store.clock.advance(LEASE);
        }
        volunteer(&store, "root").await;
        let root = store.credentials("root@example.org").await.unwrap().unwrap().volunteer.id;
        let admin = NewRank { volunteer: root, role: Rank::Admin, by: None, reason: String::new() };
        store.set_rank(admin).await.unwrap();
        let expert = NewRank { volunteer: someone, role: Rank::Expert, by: None, reason: String::new() };
        store.set_rank(expert).await.unwrap();
        let held = store.assign(project, someone, slots(20, 1), LEASE).await.unwrap().assignments;
        assert_eq!(held[0].subject, subjects[0], "the contested one first");
        assert_eq!(store.verify(project).await.unwrap().mismatches, Vec::<String>::new());
    })
    .await;
}
