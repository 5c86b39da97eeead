//! What people write to the leads: who may, about what, and who is forgotten.

use std::time::Duration;

use domain::{Answer, AssignmentId, RetirementRule};
use store::{FeedbackAbout, FeedbackFilter, NewFeedback, StoreError, VoteRefusal};
use testkit::{answer_all, both_stores, project, queue, slots, survey_subjects, volunteer};
use uuid::Uuid;

const LEASE: Duration = Duration::from_secs(300);

fn letter(text: &str, about: FeedbackAbout, author: Option<domain::VolunteerId>) -> NewFeedback {
    NewFeedback { about, text: text.to_owned(), page: Some("/classify".to_owned()), author }
}

fn refusal(outcome: Result<i64, StoreError>) -> Option<VoteRefusal> {
    match outcome {
        Err(StoreError::Vote(refusal)) => Some(refusal),
        _ => None,
    }
}

#[tokio::test]
async fn about_an_image_write_only_those_who_hold_it_or_answered_it() {
    both_stores(async |store| {
        let project = project(&store, "p").await;
        let subjects = survey_subjects(&store, project, 2).await;
        queue(&store, project, 1, &subjects, RetirementRule { min_votes: 2, max_votes: 3 }, 100).await;
        let (ada, ben) = (volunteer(&store, "ada").await, volunteer(&store, "ben").await);
        let held = store.assign(project, ada, slots(1, 2), LEASE).await.unwrap().assignments;
        let (first, second) = (FeedbackAbout::Image(held[0].id), FeedbackAbout::Image(held[1].id));
        let write = async |about, who| store.add_feedback(letter("odd", about, who)).await;

        assert!(write(first, Some(ada)).await.is_ok(), "she holds it");
        assert_eq!(refusal(write(first, Some(ben)).await), Some(VoteRefusal::NotYours));
        assert_eq!(refusal(write(first, None).await), Some(VoteRefusal::NotYours));
        let unknown = FeedbackAbout::Image(AssignmentId(Uuid::from_u128(9)));
        assert_eq!(refusal(write(unknown, Some(ada)).await), Some(VoteRefusal::NotFound));

        answer_all(&store, ada, &held[..1], Answer::Lens).await;
        store.clock.advance(LEASE);
        assert!(write(first, Some(ada)).await.is_ok(), "she answered it");
        assert_eq!(refusal(write(second, Some(ada)).await), Some(VoteRefusal::Expired));
        assert_eq!(store.feedback_waiting().await.unwrap(), 2);
    })
    .await;
}

#[tokio::test]
async fn the_inbox_is_filtered_paged_and_marked() {
    both_stores(async |store| {
        let ada = volunteer(&store, "ada").await;
        let mut ids = Vec::new();
        for i in 0..7 {
            let author = (i % 2 == 0).then_some(ada);
            ids.push(store.add_feedback(letter(&i.to_string(), FeedbackAbout::Site, author)).await.unwrap());
        }
        store.set_feedback_done(ids[5], true, ada).await.unwrap();
        store.set_feedback_done(ids[6], true, ada).await.unwrap();
        store.set_feedback_done(ids[6], false, ada).await.unwrap();
        assert!(matches!(store.set_feedback_done(999, true, ada).await, Err(StoreError::NotFound { .. })));

        let texts = async |filter: FeedbackFilter, before, limit| {
            let page = store.feedback(filter, before, limit).await.unwrap();
            page.into_iter().map(|one| one.text).collect::<Vec<_>>()
        };
        let (all, open) = (FeedbackFilter::default(), FeedbackFilter { done: Some(false), on_image: None });
        assert_eq!(texts(all, None, 3).await, ["6", "5", "4"]);
        assert_eq!(texts(all, Some(ids[4]), 3).await, ["3", "2", "1"]);
        assert_eq!(texts(open, None, 3).await, ["6", "4", "3"]);
        assert_eq!(texts(FeedbackFilter { done: Some(true), on_image: None }, None, 9).await, ["5"]);
        let about_images = FeedbackFilter { done: Some(false), on_image: Some(true) };
        assert_eq!(texts(about_images, None, 9).await, Vec::<String>::new());
        let about_site = FeedbackFilter { done: None, on_image: Some(false) };
        assert_eq!(texts(about_site, None, 9).await.len(), 7);
        assert_eq!(store.feedback_waiting().await.unwrap(), 6);
    })
    .await;
}

#[tokio::test]
async fn what_somebody_wrote_stays_when_they_leave_and_their_name_goes() {
    both_stores(async |store| {
        let ada = volunteer(&store, "ada").await;
        store.add_feedback(letter("hello", FeedbackAbout::Site, Some(ada))).await.unwrap();
        let author = async || store.feedback(FeedbackFilter::default(), None, 1).await.unwrap()[0].clone();
        assert_eq!(author().await.author.as_deref(), Some("ada"));
        store.delete_account(ada).await.unwrap();
        assert_eq!((author().await.author, author().await.text.as_str()), (None, "hello"));
    })
    .await;
}
