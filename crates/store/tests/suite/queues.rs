//! Queues of rounds.

use store::{NewQueue, NewSubject, QueueItem, QueueRevision, Role, StoreError};
use testkit::{both_stores, project, queue_items, slots, survey_subjects, training_subjects, volunteer};

const LEASE: std::time::Duration = std::time::Duration::from_secs(60);

fn queue(round: u32, items: Vec<QueueItem>) -> NewQueue {
    NewQueue { round, items, votes_budget: 50 }
}

#[tokio::test]
async fn the_same_queue_twice_is_one_queue_and_another_one_is_refused() {
    both_stores(async |store| {
        let project = project(&store, "p").await;
        let subjects = survey_subjects(&store, project, 3).await;
        let items = queue_items(&subjects);
        store.enqueue(project, queue(1, items.clone())).await.unwrap();
        store.enqueue(project, queue(1, items.clone())).await.unwrap();
        let state = store.queue_state(project, 1).await.unwrap().unwrap();
        assert_eq!((state.items, state.done, state.votes, state.open), (3, 0, 0, true));
        assert_eq!(state.votes_budget, 50);
        let kept: Vec<_> = store.queue_items(project, 1).await.unwrap().into_iter().map(|q| q.item).collect();
        assert_eq!(kept, items, "strategy, probability, rank and model come back as they went in");

        let other = queue(1, items[..2].to_vec());
        assert!(matches!(
            store.enqueue(project, other).await,
            Err(StoreError::Conflict { what: "queue", .. })
        ));
    })
    .await;
}

#[tokio::test]
async fn a_new_round_closes_the_queue_before_it() {
    both_stores(async |store| {
        let project = project(&store, "p").await;
        let subjects = survey_subjects(&store, project, 4).await;
        store.enqueue(project, queue(1, queue_items(&subjects[..2]))).await.unwrap();
        store.enqueue(project, queue(2, queue_items(&subjects[2..]))).await.unwrap();
        assert!(!store.queue_state(project, 1).await.unwrap().unwrap().open);
        assert!(store.queue_state(project, 2).await.unwrap().unwrap().open);

        let ada = volunteer(&store, "ada").await;
        let assigned = store.assign(project, ada, slots(1, 5), LEASE).await.unwrap();
        let shown: Vec<_> = assigned.assignments.iter().map(|a| a.subject).collect();
        assert_eq!(shown, subjects[2..]);
    })
    .await;
}

#[tokio::test]
async fn a_closed_queue_hands_out_nothing_and_stays_closed() {
    both_stores(async |store| {
        let project = project(&store, "p").await;
        let subjects = survey_subjects(&store, project, 2).await;
        let items = queue_items(&subjects);
        store.enqueue(project, queue(1, items.clone())).await.unwrap();
        store.close_queue(project, 1).await.unwrap();
        store.enqueue(project, queue(1, items)).await.unwrap();
        assert!(
            !store.queue_state(project, 1).await.unwrap().unwrap().open,
            "a repeated step must not open it"
        );
        let ada = volunteer(&store, "ada").await;
        let assigned = store.assign(project, ada, slots(1, 1), LEASE).await.unwrap();
        assert!(assigned.assignments.is_empty() && assigned.nothing_left);
        assert_eq!(store.queue_state(project, 9).await.unwrap(), None);
    })
    .await;
}

#[tokio::test]
async fn a_queue_with_something_that_cannot_be_shown_is_refused_whole() {
    both_stores(async |store| {
        let project = project(&store, "p").await;
        let subjects = survey_subjects(&store, project, 2).await;
        let (lenses, _) = training_subjects(&store, project, 1, 0).await;
        let bare = NewSubject {
            external_id: "bare".into(),
            role: Role::Survey,
            label: domain::Label::Unknown,
            training_kind: None,
            position: None,
            cell: None,
        };
        store.add_subjects(project, vec![bare]).await.unwrap();
        let bare = store.subject_ids(project, vec!["bare".into()]).await.unwrap()["bare"];
        for wrong in [bare, lenses[0]] {
            let refused = store.enqueue(project, queue(1, queue_items(&[subjects[0], wrong]))).await;
            assert!(matches!(refused, Err(StoreError::Invalid { field: "items", .. })), "{refused:?}");
            assert_eq!(store.queue_state(project, 1).await.unwrap(), None, "nothing is left of it");
        }
    })
    .await;
}

#[tokio::test]
async fn numbers_that_make_no_sense_are_refused() {
    both_stores(async |store| {
        let project = project(&store, "p").await;
        let subjects = survey_subjects(&store, project, 2).await;
        let items = queue_items(&subjects);
        let mut certain = items.clone();
        certain[0].inclusion_probability = 0.0;
        let twice = queue_items(&[subjects[0], subjects[0]]);
        let worth = |value| {
            let mut items = items.clone();
            items[1].value = value;
            items
        };
        for wrong in [certain, twice, worth(0.0), worth(f64::NAN), worth(f64::INFINITY)] {
            let wrong = queue(1, wrong);
            assert!(matches!(store.enqueue(project, wrong).await, Err(StoreError::Invalid { .. })));
        }
    })
    .await;
}

#[tokio::test]
async fn a_queue_follows_what_is_learnt_while_people_look() {
    both_stores(async |store| {
        let project = project(&store, "p").await;
        let subjects = survey_subjects(&store, project, 4).await;
        let items = queue_items(&subjects);
        store.enqueue(project, queue(1, items[..2].to_vec())).await.unwrap();
        let revision = QueueRevision {
            round: 1,
            additions: vec![items[3].clone(), items[1].clone()],
            values: vec![(subjects[0], 0.01)],
            scores: vec![(subjects[3], 0.4), (subjects[0], 0.4)],
            model_version: "r000+live3".to_owned(),
        };
        assert!(store.revise_queue(project, revision.clone()).await.unwrap());
        // The same again changes nothing: a killed worker may repeat itself.
        assert!(store.revise_queue(project, revision).await.unwrap());
        let state = store.queue_state(project, 1).await.unwrap().unwrap();
        assert_eq!((state.items, state.done), (3, 0));
        let kept: Vec<_> = store.queue_items(project, 1).await.unwrap();
        let strategies: Vec<_> = kept.iter().map(|q| (q.item.subject, q.item.rank)).collect();
        assert_eq!(strategies, [(subjects[0], 0), (subjects[1], 1), (subjects[3], 3)]);

        let ada = volunteer(&store, "ada").await;
        let assigned = store.assign(project, ada, slots(1, 1), LEASE).await.unwrap();
        assert_eq!(assigned.assignments[0].subject, subjects[3], "the worth and the score decide");
        let belief = store.belief(project, subjects[3]).await.unwrap().unwrap();
        assert_eq!(belief.model_version.as_deref(), Some("r000+live3"));

        // What cannot be shown is refused, and nothing of the revision is kept.
        let lens = training_subjects(&store, project, 1, 0).await.0[0];
        let item = QueueItem { subject: lens, ..items[2].clone() };
        let revision = QueueRevision { round: 1, additions: vec![item], ..QueueRevision::default() };
        assert!(matches!(store.revise_queue(project, revision).await, Err(StoreError::Invalid { .. })));
        assert_eq!(store.queue_state(project, 1).await.unwrap().unwrap().items, 3);

        store.close_queue(project, 1).await.unwrap();
        let late = QueueRevision { round: 1, ..QueueRevision::default() };
        assert!(!store.revise_queue(project, late).await.unwrap(), "a closed queue stays as it is");
    })
    .await;
}
