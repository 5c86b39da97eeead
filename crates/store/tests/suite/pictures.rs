//! One picture under several subjects: a training image made of a survey image shows the same
//! picture at the same address, so nobody may meet both, whichever comes first.

use std::{
    collections::{HashMap, HashSet},
    time::Duration,
};

use consensus::live::{Experts, Outcome, Retirement, Settings};
use domain::{Answer, Digest, Label, ProjectId, RetirementRule, SubjectId};
use store::{ImageRef, NewSubject, Role, Slot, Store, TrainingPick};
use testkit::{
    answer_all, both_stores, project, queue, slots, survey_subjects, training_subjects, volunteer,
};

const LEASE: Duration = Duration::from_secs(300);
const RULE: RetirementRule = RetirementRule { min_votes: 2, max_votes: 8 };

fn training(seed: u64, count: u64, lens: bool) -> Vec<Slot> {
    let training = |pick| Some(TrainingPick { lens, pick });
    slots(seed, count)
        .into_iter()
        .map(|slot| Slot { training: training(slot.id.0.as_u64_pair().1), ..slot })
        .collect()
}

async fn picture(store: &Store, subject: SubjectId) -> Digest {
    store.subject(subject).await.unwrap().unwrap().image.unwrap().digest
}

/// Training non-lenses that show the pictures of these subjects.
async fn twins(store: &Store, project: ProjectId, of: &[SubjectId]) -> Vec<SubjectId> {
    let mut names = Vec::new();
    let mut images = Vec::new();
    for subject in of {
        let subject = store.subject(*subject).await.unwrap().unwrap();
        names.push(format!("reviewed:{}", subject.external_id));
        images.push(subject.image.unwrap());
    }
    let new = |name: &String| NewSubject {
        external_id: name.clone(),
        role: Role::TrainingNonLens,
        label: Label::NonLens,
        training_kind: Some("reviewed false positive".into()),
        position: None,
        cell: None,
    };
    store.add_subjects(project, names.iter().map(new).collect()).await.unwrap();
    let ids = store.subject_ids(project, names.clone()).await.unwrap();
    let ids: Vec<SubjectId> = names.iter().map(|name| ids[name]).collect();
    store.set_images(project, ids.iter().copied().zip(images).collect()).await.unwrap();
    ids
}

#[tokio::test]
async fn whoever_had_a_training_image_never_gets_its_original_and_the_other_way_round() {
    both_stores(async |store| {
        let project = project(&store, "p").await;
        let subjects = survey_subjects(&store, project, 12).await;
        queue(&store, project, 1, &subjects, RULE, 1000).await;
        twins(&store, project, &subjects[..6]).await;
        for name in ["ada", "ben", "cai", "dee"] {
            let person = volunteer(&store, name).await;
            let mut shown = HashSet::new();
            for step in 0..12 {
                let seed = 100 * u64::from(name.as_bytes()[0]) + step;
                // One for training and one of the survey at once.
                let mut asked = training(seed, 2, false);
                asked[1].training = None;
                let held = store.assign(project, person, asked, LEASE).await.unwrap().assignments;
                for one in &held {
                    let digest = picture(&store, one.subject).await;
                    assert_eq!(digest, one.image.digest);
                    assert!(shown.insert(digest), "{name} was shown a picture twice");
                }
                answer_all(&store, person, &held, Answer::Unsure).await;
            }
            assert_eq!(shown.len(), 12, "every picture, once");
        }
        assert_eq!(store.verify(project).await.unwrap().mismatches, Vec::<String>::new());
    })
    .await;
}

#[tokio::test]
async fn neither_experts_nor_retests_bring_the_original_of_a_known_picture() {
    both_stores(async |store| {
        let project = project(&store, "p").await;
        let settings = Settings {
            retirement: Retirement {
                min_votes: 1,
                min_votes_to_detect: 2,
                max_votes: 2,
                reject_below: 0.04,
                least_evidence: 0.0,
                expert_votes: 4,
                retest_share: 0.5,
                ..Retirement::default()
            },
            experts: Experts { min_bits: 0.0, min_known: 1 },
            ..Settings::default()
        };
        let subjects = survey_subjects(&store, project, 40).await;
        queue(&store, project, 1, &subjects, RULE, 1000).await;
        store.configure(project, &settings).await.unwrap();
        // Some contested (both say something else), the others rejected.
        for (seed, name) in [(1, "ada"), (2, "ben")] {
            let person = volunteer(&store, name).await;
            let held = store.assign(project, person, slots(seed, 8), LEASE).await.unwrap().assignments;
            for one in held {
                let contested = one.subject.0 % 2 == 0;
                let answer = if contested && name == "ada" { Answer::Lens } else { Answer::NoLens };
                answer_all(&store, person, &[one], answer).await;
            }
        }
        let outcomes: HashMap<SubjectId, Outcome> = store
            .beliefs(project, None, 99)
            .await
            .unwrap()
            .into_iter()
            .map(|row| (row.subject, row.outcome))
            .collect();
        let of = |wanted| -> Vec<SubjectId> {
            subjects.iter().copied().filter(|id| outcomes.get(id) == Some(&wanted)).collect()
        };
        let (contested, rejected) = (of(Outcome::Contested), of(Outcome::Rejected));
        assert!(!contested.is_empty() && !rejected.is_empty(), "{outcomes:?}");

        let known: Vec<SubjectId> = contested.iter().chain(&rejected).copied().collect();
        twins(&store, project, &known).await;
        let expert = volunteer(&store, "expert").await;
        let asked: Vec<Slot> =
            training(7, known.len() as u64, false).into_iter().chain(slots(8, 1)).collect();
        let held = store.assign(project, expert, asked, LEASE).await.unwrap().assignments;
        let mut shown: HashSet<Digest> = held.iter().map(|one| one.image.digest).collect();
        assert_eq!(shown.len(), known.len() + 1);
        answer_all(&store, expert, &held, Answer::NoLens).await;
        for seed in 10..30 {
            let held = store.assign(project, expert, slots(seed, 3), LEASE).await.unwrap().assignments;
            for one in &held {
                assert!(shown.insert(one.image.digest), "shown before: {:?}", outcomes.get(&one.subject));
            }
            answer_all(&store, expert, &held, Answer::NoLens).await;
        }
    })
    .await;
}

/// Ids as far apart as they come: one training image, a survey of 3,000, twenty more.
#[tokio::test]
async fn every_training_image_is_drawn_as_often_as_any_other_however_far_apart_their_ids_are() {
    both_stores(async |store| {
        let project = project(&store, "p").await;
        let (early, _) = training_subjects(&store, project, 3, 0).await;
        let subjects = survey_subjects(&store, project, 3_000).await;
        let (all, _) = training_subjects(&store, project, 12, 0).await;
        let late = all[3..].to_vec();
        assert!(late[0].0 - early[2].0 > 3_000 && late.len() == 9);
        queue(&store, project, 1, &subjects[..50], RULE, 100_000).await;
        let people = 240;
        let mut drawn: HashMap<SubjectId, u32> = HashMap::new();
        for n in 0..people {
            let person = volunteer(&store, &format!("v{n}")).await;
            let held = store.assign(project, person, training(n, 1, true), LEASE).await.unwrap();
            *drawn.entry(held.assignments[0].subject).or_default() += 1;
        }
        assert_eq!(drawn.len(), 12);
        // 20 each on average, sd 4.3.
        for (subject, times) in drawn {
            assert!((5..=38).contains(&times), "{subject} came {times} times in {people}");
        }
    })
    .await;
}

#[tokio::test]
async fn somebody_who_had_most_training_images_gets_the_last_ones_too() {
    both_stores(async |store| {
        let project = project(&store, "p").await;
        let subjects = survey_subjects(&store, project, 5).await;
        let (lenses, _) = training_subjects(&store, project, 300, 0).await;
        queue(&store, project, 1, &subjects, RULE, 1000).await;
        let ada = volunteer(&store, "ada").await;
        let mut shown = HashSet::new();
        for seed in 0..4 {
            let held = store.assign(project, ada, training(seed, 75, true), LEASE).await.unwrap().assignments;
            shown.extend(held.iter().map(|one| one.subject));
        }
        assert_eq!(shown, lenses.into_iter().collect());
    })
    .await;
}

#[tokio::test]
async fn what_was_let_go_comes_after_everything_else_and_training_images_no_sooner_than_the_others() {
    both_stores(async |store| {
        let project = project(&store, "p").await;
        let subjects = survey_subjects(&store, project, 9).await;
        training_subjects(&store, project, 2, 2).await;
        queue(&store, project, 1, &subjects, RULE, 1000).await;
        let ada = volunteer(&store, "ada").await;
        let ask = async |seed| {
            let mut asked = training(seed, 3, seed % 2 == 0);
            asked[0].training = None;
            asked[2].training = None;
            let held = store.assign(project, ada, asked, LEASE).await.unwrap().assignments;
            store.clock.advance(LEASE * 2);
            held.iter().map(|one| one.subject).collect::<Vec<_>>()
        };
        let mut seen = HashSet::new();
        // Two of the survey and one training image each time: all nine after four, with one over.
        for seed in 0..4 {
            for subject in ask(seed).await {
                assert!(seen.insert(subject), "came back while there were others");
            }
        }
        assert_eq!(seen.len(), 12);
        let next = ask(4).await;
        assert_eq!(next.len(), 3);
        assert!(next.iter().any(|subject| !seen.contains(subject)), "the last new one of the survey first");
        let all: HashSet<_> = ask(5).await.into_iter().collect();
        assert_eq!(all.len(), 3, "then what was let go");
        assert!(all.iter().all(|subject| seen.contains(subject) || next.contains(subject)));
    })
    .await;
}

/// Two requests of one person at the same moment: a training image and its original.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn two_requests_at_once_do_not_bring_both() {
    both_stores(async |store| {
        let project = project(&store, "p").await;
        let subjects = survey_subjects(&store, project, 2).await;
        queue(&store, project, 1, &subjects, RULE, 1000).await;
        twins(&store, project, &subjects).await;
        for n in 0..30 {
            let person = volunteer(&store, &format!("v{n}")).await;
            let mut tasks = tokio::task::JoinSet::new();
            for (at, asked) in [training(2 * n, 1, false), slots(2 * n + 1, 1)].into_iter().enumerate() {
                let store: Store = store.store.clone();
                tasks.spawn(async move { (at, store.assign(project, person, asked, LEASE).await.unwrap()) });
            }
            let mut shown: Vec<ImageRef> = Vec::new();
            while let Some(done) = tasks.join_next().await {
                shown.extend(done.unwrap().1.assignments.iter().map(|one| one.image));
            }
            let distinct: HashSet<Digest> = shown.iter().map(|image| image.digest).collect();
            assert_eq!(distinct.len(), shown.len());
            store.clock.advance(LEASE * 2);
        }
    })
    .await;
}
