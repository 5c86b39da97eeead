//! Handing out images.

use std::{collections::HashSet, time::Duration};

use domain::{Answer, RetirementRule};
use store::{Slot, StoreError, TrainingPick, VoteRefusal};
use testkit::{
    answer_all, both_stores, project, queue, slots, survey_subjects, training_subjects, volunteer,
};

const LEASE: Duration = Duration::from_secs(300);
const RULE: RetirementRule = RetirementRule { min_votes: 2, max_votes: 3 };

#[tokio::test]
async fn the_best_rank_goes_first_and_nobody_sees_a_subject_twice() {
    both_stores(async |store| {
        let project = project(&store, "p").await;
        let subjects = survey_subjects(&store, project, 5).await;
        queue(&store, project, 1, &subjects, RULE, 100).await;
        let ada = volunteer(&store, "ada").await;
        let first = store.assign(project, ada, slots(1, 2), LEASE).await.unwrap();
        let shown: Vec<_> = first.assignments.iter().map(|a| a.subject).collect();
        assert_eq!(shown, subjects[..2]);
        assert!(!first.nothing_left);
        answer_all(&store, ada, &first.assignments[..1], Answer::NoLens).await;

        let rest = store.assign(project, ada, slots(2, 5), LEASE).await.unwrap();
        let shown: Vec<_> = rest.assignments.iter().map(|a| a.subject).collect();
        assert_eq!(shown, subjects[2..], "neither the answered nor the held one again");
        assert!(rest.nothing_left, "two of the five slots found nothing");
        assert_eq!(store.verify(project).await.unwrap().mismatches, Vec::<String>::new());
    })
    .await;
}

#[tokio::test]
async fn a_subject_is_not_handed_out_beyond_what_it_may_still_need() {
    both_stores(async |store| {
        let project = project(&store, "p").await;
        let subjects = survey_subjects(&store, project, 1).await;
        queue(&store, project, 1, &subjects, RULE, 100).await;
        let mut held = Vec::new();
        for (i, name) in ["ada", "ben", "cai", "dee"].into_iter().enumerate() {
            let person = volunteer(&store, name).await;
            let assigned = store.assign(project, person, slots(i as u64, 1), LEASE).await.unwrap();
            held.push((person, assigned.assignments));
        }
        let counts: Vec<_> = held.iter().map(|(_, assignments)| assignments.len()).collect();
        assert_eq!(counts, [1, 1, 0, 0], "two votes of no lens would end it");

        answer_all(&store, held[0].0, &held[0].1, Answer::Lens).await;
        let third = store.assign(project, held[2].0, slots(10, 1), LEASE).await.unwrap();
        assert_eq!(third.assignments.len(), 1, "after a doubt it wants all three");
        let fourth = store.assign(project, held[3].0, slots(11, 1), LEASE).await.unwrap();
        assert!(fourth.assignments.is_empty());
    })
    .await;
}

#[tokio::test]
async fn a_lease_that_ends_frees_its_place_and_takes_no_vote() {
    both_stores(async |store| {
        let project = project(&store, "p").await;
        let subjects = survey_subjects(&store, project, 1).await;
        let once = RetirementRule { min_votes: 1, max_votes: 1 };
        queue(&store, project, 1, &subjects, once, 100).await;
        let (ada, ben) = (volunteer(&store, "ada").await, volunteer(&store, "ben").await);
        let adas = store.assign(project, ada, slots(1, 1), LEASE).await.unwrap().assignments;
        assert!(store.assign(project, ben, slots(2, 1), LEASE).await.unwrap().assignments.is_empty());
        assert_eq!(store.open_assignments(project, ada).await.unwrap(), adas);

        store.clock.advance(LEASE);
        assert_eq!(store.open_assignments(project, ada).await.unwrap(), vec![]);
        assert_eq!(store.queue_state(project, 1).await.unwrap().unwrap().open_leases, 0);
        let late = store.renew(adas[0].id, ada, LEASE).await;
        assert!(matches!(late, Err(StoreError::Vote(VoteRefusal::Expired))), "{late:?}");
        assert_eq!(store.assign(project, ben, slots(3, 1), LEASE).await.unwrap().assignments.len(), 1);
        assert_eq!(store.verify(project).await.unwrap().mismatches, Vec::<String>::new());
    })
    .await;
}

#[tokio::test]
async fn whoever_let_a_lease_end_may_get_the_subject_again() {
    both_stores(async |store| {
        let project = project(&store, "p").await;
        let subjects = survey_subjects(&store, project, 1).await;
        queue(&store, project, 1, &subjects, RULE, 100).await;
        let ada = volunteer(&store, "ada").await;
        store.assign(project, ada, slots(1, 1), LEASE).await.unwrap();
        store.clock.advance(LEASE);
        assert_eq!(store.assign(project, ada, slots(2, 1), LEASE).await.unwrap().assignments.len(), 1);
    })
    .await;
}

#[tokio::test]
async fn a_renewed_lease_counts_from_now_and_only_its_holder_renews_it() {
    both_stores(async |store| {
        let project = project(&store, "p").await;
        let subjects = survey_subjects(&store, project, 1).await;
        queue(&store, project, 1, &subjects, RULE, 100).await;
        let (ada, ben) = (volunteer(&store, "ada").await, volunteer(&store, "ben").await);
        let held = store.assign(project, ada, slots(1, 1), LEASE).await.unwrap().assignments;
        store.clock.advance(LEASE / 2);
        let until = store.renew(held[0].id, ada, LEASE).await.unwrap();
        assert_eq!(until, held[0].expires_at + LEASE / 2);
        let stranger = store.renew(held[0].id, ben, LEASE).await;
        assert!(matches!(stranger, Err(StoreError::Vote(VoteRefusal::NotYours))));
        answer_all(&store, ada, &held, Answer::Unsure).await;
        let answered = store.renew(held[0].id, ada, LEASE).await;
        assert!(matches!(answered, Err(StoreError::Vote(VoteRefusal::AlreadyAnswered))));
        let unknown = store.renew(slots(9, 1)[0].id, ada, LEASE).await;
        assert!(matches!(unknown, Err(StoreError::Vote(VoteRefusal::NotFound))));
    })
    .await;
}

#[tokio::test]
async fn votes_and_leases_of_a_round_stay_within_its_budget() {
    both_stores(async |store| {
        let project = project(&store, "p").await;
        let subjects = survey_subjects(&store, project, 10).await;
        queue(&store, project, 1, &subjects, RULE, 4).await;
        let (ada, ben) = (volunteer(&store, "ada").await, volunteer(&store, "ben").await);
        let adas = store.assign(project, ada, slots(1, 3), LEASE).await.unwrap().assignments;
        answer_all(&store, ada, &adas, Answer::Lens).await;
        let bens = store.assign(project, ben, slots(2, 3), LEASE).await.unwrap();
        assert_eq!((bens.assignments.len(), bens.nothing_left), (1, true));
        answer_all(&store, ben, &bens.assignments, Answer::Lens).await;
        let state = store.queue_state(project, 1).await.unwrap().unwrap();
        assert_eq!(state.votes, 4);
        assert!(state.finished());
    })
    .await;
}

#[tokio::test]
async fn training_images_come_when_asked_for_never_twice_and_cost_no_budget() {
    both_stores(async |store| {
        let project = project(&store, "p").await;
        let subjects = survey_subjects(&store, project, 1).await;
        let (lenses, plain) = training_subjects(&store, project, 2, 1).await;
        queue(&store, project, 1, &subjects, RULE, 1).await;
        let ada = volunteer(&store, "ada").await;
        let wanting = |seed, count, pick| -> Vec<Slot> {
            let training = Some(TrainingPick { lens: true, pick });
            slots(seed, count).into_iter().map(|slot| Slot { training, ..slot }).collect()
        };
        let assigned = store.assign(project, ada, wanting(1, 5, u64::MAX), LEASE).await.unwrap();
        let shown: Vec<_> = assigned.assignments.iter().map(|a| a.subject).collect();
        let distinct: HashSet<_> = shown.iter().copied().collect();
        assert_eq!(shown.len(), 4, "two lenses, one other, then the survey subject, then nothing");
        assert_eq!(distinct.len(), 4);
        assert!(shown[..2].iter().all(|subject| lenses.contains(subject)));
        assert_eq!(shown[2..], [plain[0], subjects[0]]);
        assert!(assigned.nothing_left);

        answer_all(&store, ada, &assigned.assignments, Answer::Lens).await;
        let state = store.queue_state(project, 1).await.unwrap().unwrap();
        assert_eq!((state.votes, state.open_leases), (1, 0));
        assert!(store.assign(project, ada, wanting(2, 1, 0), LEASE).await.unwrap().assignments.is_empty());
        assert_eq!(store.verify(project).await.unwrap().mismatches, Vec::<String>::new());
    })
    .await;
}

#[tokio::test]
async fn a_training_image_never_comes_when_there_is_no_unknown_one() {
    both_stores(async |store| {
        let project = project(&store, "p").await;
        let subjects = survey_subjects(&store, project, 1).await;
        training_subjects(&store, project, 5, 5).await;
        queue(&store, project, 1, &subjects, RULE, 100).await;
        let ada = volunteer(&store, "ada").await;
        let training = Some(TrainingPick { lens: false, pick: 1 });
        let mixed = |seed| {
            let mut slots = slots(seed, 3);
            slots[1].training = training;
            slots
        };
        let first = store.assign(project, ada, mixed(1), LEASE).await.unwrap();
        assert_eq!((first.assignments.len(), first.nothing_left), (2, true));
        for slots in [mixed(2), vec![Slot { training, ..slots(3, 1)[0] }]] {
            let next = store.assign(project, ada, slots, LEASE).await.unwrap();
            assert_eq!((next.assignments.len(), next.nothing_left), (0, true), "it would be known for one");
        }
    })
    .await;
}

#[tokio::test]
async fn the_pick_decides_which_training_image_comes() {
    both_stores(async |store| {
        let project = project(&store, "p").await;
        let subjects = survey_subjects(&store, project, 1).await;
        let (lenses, _) = training_subjects(&store, project, 5, 0).await;
        queue(&store, project, 1, &subjects, RULE, 1).await;
        let mut shown = Vec::new();
        for pick in 0..5 {
            let person = volunteer(&store, &format!("v{pick}")).await;
            let slot = Slot { training: Some(TrainingPick { lens: true, pick }), ..slots(pick, 1)[0] };
            shown
                .push(store.assign(project, person, vec![slot], LEASE).await.unwrap().assignments[0].subject);
        }
        assert_eq!(shown, lenses);
    })
    .await;
}

#[tokio::test]
async fn an_inactive_project_hands_out_nothing() {
    both_stores(async |store| {
        let project = project(&store, "p").await;
        let subjects = survey_subjects(&store, project, 1).await;
        queue(&store, project, 1, &subjects, RULE, 1).await;
        let ada = volunteer(&store, "ada").await;
        store.set_project_active(project, false).await.unwrap();
        assert!(store.assign(project, ada, slots(1, 1), LEASE).await.unwrap().nothing_left);
        store.set_project_active(project, true).await.unwrap();
        assert!(!store.assign(project, ada, slots(1, 1), LEASE).await.unwrap().nothing_left);
        assert!(matches!(store.set_project_active(77.into(), true).await, Err(StoreError::NotFound { .. })));
    })
    .await;
}

#[tokio::test]
async fn nothing_is_handed_out_to_nobody_or_in_no_project() {
    both_stores(async |store| {
        let project = project(&store, "p").await;
        let ada = volunteer(&store, "ada").await;
        let nobody = domain::VolunteerId(uuid::Uuid::nil());
        let refused = store.assign(project, nobody, slots(1, 1), LEASE).await;
        assert!(matches!(refused, Err(StoreError::NotFound { what: "volunteer", .. })), "{refused:?}");
        let refused = store.assign(99.into(), ada, slots(1, 1), LEASE).await;
        assert!(matches!(refused, Err(StoreError::NotFound { what: "project", .. })), "{refused:?}");
        let refused = store.assign(project, ada, slots(1, 101), LEASE).await;
        assert!(matches!(refused, Err(StoreError::Invalid { field: "slots", .. })), "{refused:?}");
    })
    .await;
}
