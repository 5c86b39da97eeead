//! The numbers of the live page, and being told when they change.

use std::time::Duration;

use domain::{Answer, Clock as _, RetirementRule};
use store::StoreError;
use testkit::{
    answer_all, both_stores, project, queue, slots, survey_subjects, training_subjects, volunteer,
};

#[tokio::test]
async fn the_status_counts_what_happened() {
    both_stores(async |store| {
        let project = project(&store, "p").await;
        let empty = store.status(project).await.unwrap();
        assert_eq!((empty.images, empty.votes, empty.queue_open, empty.round), (0, 0, 0, None));
        assert_eq!(empty.updated_at, store.clock.now());

        let subjects = survey_subjects(&store, project, 5).await;
        training_subjects(&store, project, 2, 2).await;
        let rule = RetirementRule { min_votes: 1, max_votes: 2 };
        queue(&store, project, 1, &subjects[..3], rule, 100).await;
        let (ada, ben) = (volunteer(&store, "ada").await, volunteer(&store, "ben").await);
        store.clock.advance(Duration::from_secs(5));
        for (seed, person, answer) in [(1, ada, Answer::NoLens), (2, ben, Answer::Lens)] {
            let held = store.assign(project, person, slots(seed, 1), Duration::from_secs(60)).await.unwrap();
            answer_all(&store, person, &held.assignments, answer).await;
        }
        let status = store.status(project).await.unwrap();
        assert_eq!((status.images, status.images_looked_at), (5, 2));
        assert_eq!((status.votes, status.volunteers), (2, 2));
        assert_eq!((status.queue_open, status.queue_done), (2, 1));
        assert_eq!(status.updated_at, store.clock.now());
        let unknown = store.status(99.into()).await;
        assert!(matches!(unknown, Err(StoreError::NotFound { .. })), "{unknown:?}");
    })
    .await;
}

#[tokio::test]
async fn whoever_watches_hears_of_writes_and_not_of_reads() {
    both_stores(async |store| {
        let project = project(&store, "p").await;
        let mut changes = store.changes();
        changes.mark_unchanged();
        store.status(project).await.unwrap();
        store.high_water_mark(project).await.unwrap();
        assert!(!changes.has_changed().unwrap());
        volunteer(&store, "ada").await;
        assert!(changes.has_changed().unwrap());
    })
    .await;
}

#[tokio::test]
async fn a_closed_store_says_so() {
    both_stores(async |store| {
        let project = project(&store, "p").await;
        store.close().await;
        assert!(store.status(project).await.is_err());
        assert!(store.set_project_active(project, true).await.is_err());
    })
    .await;
}
