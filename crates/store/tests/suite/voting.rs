//! Votes and taking them back.

use std::time::Duration;

use domain::{
    Answer, ClassificationId, Clock as _, Digest, Label, ProjectId, RetirementRule, Tally, VolunteerId,
};
use futures::TryStreamExt as _;
use serde_json::json;
use store::{
    Assignment, Mark, NewRetraction, NewVote, RetractionRefusal, Role, Slot, Store, StoreError, TrainingPick,
    VoteRefusal,
};
use testkit::{
    answer_all, both_stores, project, queue, slots, survey_subjects, training_subjects, volunteer,
};
use uuid::Uuid;

const LEASE: Duration = Duration::from_secs(300);
const RULE: RetirementRule = RetirementRule { min_votes: 1, max_votes: 3 };

fn vote(id: u128, assignment: &Assignment, volunteer: VolunteerId, answer: Answer) -> NewVote {
    NewVote {
        id: ClassificationId(Uuid::from_u128(id)),
        assignment: assignment.id,
        volunteer,
        answer,
        seconds: Some(1.25),
        view: Some(json!({"zoom": 2})),
        mark: None,
        feedback: true,
    }
}

fn retraction(id: u128, of: u128, volunteer: VolunteerId) -> NewRetraction {
    NewRetraction {
        id: ClassificationId(Uuid::from_u128(id)),
        of: ClassificationId(Uuid::from_u128(of)),
        volunteer,
        lease: LEASE,
    }
}

/// A project with `count` queued subjects, all held by one volunteer.
async fn held(store: &Store, count: u64) -> (ProjectId, VolunteerId, Vec<Assignment>) {
    let project = project(store, "p").await;
    let subjects = survey_subjects(store, project, count as usize).await;
    queue(store, project, 1, &subjects, RULE, 100).await;
    let ada = volunteer(store, "ada").await;
    let assigned = store.assign(project, ada, slots(1, count), LEASE).await.unwrap();
    (project, ada, assigned.assignments)
}

async fn assert_sound(store: &Store, project: ProjectId) {
    assert_eq!(store.verify(project).await.unwrap().mismatches, Vec::<String>::new());
}

#[tokio::test]
async fn a_mark_lies_on_the_image_and_stays_in_the_log() {
    both_stores(async |store| {
        let (project, ada, held) = held(&store, 3).await;
        let marked = |id, n: usize, mark| NewVote { mark, ..vote(id, &held[n], ada, Answer::Lens) };
        for (x, y) in [(1.001, 0.5), (0.5, -0.001), (f64::NAN, 0.5)] {
            let outside = store.record_vote(marked(1, 0, Some(Mark { x, y }))).await;
            assert!(outside.is_err_and(|error| error.to_string().contains("mark")), "{x} {y}");
        }
        let marks = [Some(Mark { x: 0.125, y: 0.75 }), Some(Mark { x: 0.0, y: 1.0 }), None];
        for (n, mark) in marks.into_iter().enumerate() {
            store.record_vote(marked(10 + n as u128, n, mark)).await.unwrap();
        }
        let end = store.high_water_mark(project).await.unwrap();
        let rows: Vec<_> = store.vote_rows(project, end, Digest::of(b"key")).try_collect().await.unwrap();
        assert_eq!(rows.iter().map(|row| row.mark).collect::<Vec<_>>(), marks);
        assert_sound(&store, project).await;
    })
    .await;
}

#[tokio::test]
async fn a_vote_is_counted_once_however_often_it_is_sent() {
    both_stores(async |store| {
        let (project, ada, held) = held(&store, 1).await;
        let new = vote(1, &held[0], ada, Answer::NoLens);
        let first = store.record_vote(new.clone()).await.unwrap();
        assert!(!first.repeated);
        assert_eq!((first.role, first.label, first.feedback), (Role::Survey, Label::Unknown, false));
        assert_eq!((first.subject, first.at), (held[0].subject, store.clock.now()));

        store.clock.advance(LEASE * 2);
        let again = store.record_vote(new).await.unwrap();
        assert!(again.repeated, "even after the lease is over");
        assert_eq!(again, store::VoteReceipt { repeated: true, ..first });

        let item = &store.queue_items(project, 1).await.unwrap()[0];
        assert_eq!(item.tally, Tally { no_lens: 1, unsure: 0, lens: 0 });
        assert!(item.done, "one vote of no lens is enough here");
        assert_eq!(store.vote_counts(ada, first.at).await.unwrap().total, 1);
        assert_sound(&store, project).await;
    })
    .await;
}

#[tokio::test]
async fn the_same_vote_sent_at_the_same_time_is_one_vote() {
    both_stores(async |store| {
        let (project, ada, held) = held(&store, 1).await;
        let new = vote(1, &held[0], ada, Answer::Lens);
        let sent = futures::future::join_all((0..20).map(|_| store.record_vote(new.clone()))).await;
        let first = sent.iter().filter(|receipt| !receipt.as_ref().unwrap().repeated).count();
        assert_eq!(first, 1);
        assert_eq!(store.verify(project).await.unwrap().votes, 1);
        assert_sound(&store, project).await;
    })
    .await;
}

#[tokio::test]
async fn a_vote_without_its_own_open_assignment_is_refused_and_leaves_nothing() {
    both_stores(async |store| {
        let (project, ada, held) = held(&store, 2).await;
        let ben = volunteer(&store, "ben").await;
        let unknown = Assignment { id: slots(77, 1)[0].id, ..held[0].clone() };
        let refused = |outcome: store::Result<store::VoteReceipt>| match outcome {
            Err(StoreError::Vote(refusal)) => refusal,
            other => panic!("{other:?}"),
        };
        let outcome = store.record_vote(vote(1, &unknown, ada, Answer::Lens)).await;
        assert_eq!(refused(outcome), VoteRefusal::NotFound);
        let outcome = store.record_vote(vote(2, &held[0], ben, Answer::Lens)).await;
        assert_eq!(refused(outcome), VoteRefusal::NotYours);
        store.record_vote(vote(3, &held[0], ada, Answer::Lens)).await.unwrap();
        let outcome = store.record_vote(vote(4, &held[0], ada, Answer::NoLens)).await;
        assert_eq!(refused(outcome), VoteRefusal::AlreadyAnswered);
        let outcome = store.record_vote(vote(3, &held[1], ada, Answer::Lens)).await;
        assert_eq!(refused(outcome), VoteRefusal::IdTaken);
        store.clock.advance(LEASE);
        let outcome = store.record_vote(vote(5, &held[1], ada, Answer::Lens)).await;
        assert_eq!(refused(outcome), VoteRefusal::Expired);

        let verification = store.verify(project).await.unwrap();
        assert_eq!((verification.entries, verification.votes), (1, 1));
        assert_sound(&store, project).await;
    })
    .await;
}

#[tokio::test]
async fn a_vote_on_a_training_image_brings_back_its_truth() {
    both_stores(async |store| {
        let project = project(&store, "p").await;
        let subjects = survey_subjects(&store, project, 1).await;
        training_subjects(&store, project, 1, 0).await;
        queue(&store, project, 1, &subjects, RULE, 9).await;
        let ada = volunteer(&store, "ada").await;
        let slot = Slot { training: Some(TrainingPick { lens: true, pick: 5 }), ..slots(1, 1)[0] };
        let held = store.assign(project, ada, vec![slot], LEASE).await.unwrap().assignments;
        let receipt = store.record_vote(vote(1, &held[0], ada, Answer::NoLens)).await.unwrap();
        assert_eq!((receipt.role, receipt.feedback), (Role::TrainingLens, true));
        assert_eq!(receipt.training_kind.as_deref(), Some("simulated lens"));
        let refused = store.retract(retraction(2, 1, ada)).await;
        assert!(
            matches!(refused, Err(StoreError::Retraction(RetractionRefusal::FeedbackShown))),
            "{refused:?}"
        );
        assert_sound(&store, project).await;
    })
    .await;
}

#[tokio::test]
async fn a_silent_training_vote_can_be_taken_back_like_any_other() {
    both_stores(async |store| {
        let project = project(&store, "p").await;
        let subjects = survey_subjects(&store, project, 1).await;
        training_subjects(&store, project, 0, 1).await;
        queue(&store, project, 1, &subjects, RULE, 9).await;
        let ada = volunteer(&store, "ada").await;
        let slot = Slot { training: Some(TrainingPick { lens: false, pick: 0 }), ..slots(1, 1)[0] };
        let held = store.assign(project, ada, vec![slot], LEASE).await.unwrap().assignments;
        let silent = NewVote { feedback: false, ..vote(1, &held[0], ada, Answer::Lens) };
        assert!(!store.record_vote(silent).await.unwrap().feedback);
        store.retract(retraction(2, 1, ada)).await.unwrap();
        assert_sound(&store, project).await;
    })
    .await;
}

#[tokio::test]
async fn a_vote_taken_back_leaves_every_count_as_it_was_and_the_image_open() {
    both_stores(async |store| {
        let (project, ada, held) = held(&store, 2).await;
        answer_all(&store, ada, &held[1..], Answer::Lens).await;
        let before = (
            store.queue_items(project, 1).await.unwrap(),
            store.queue_state(project, 1).await.unwrap(),
            store.status(project).await.unwrap().votes,
        );
        store.record_vote(vote(1, &held[0], ada, Answer::NoLens)).await.unwrap();
        assert!(store.queue_items(project, 1).await.unwrap()[0].done);

        store.clock.advance(Duration::from_secs(10));
        let reopened = store.retract(retraction(2, 1, ada)).await.unwrap();
        assert_eq!(
            (reopened.id, reopened.subject, reopened.image),
            (held[0].id, held[0].subject, held[0].image)
        );
        assert_eq!(reopened.expires_at, store.clock.now() + LEASE);
        let after = (
            store.queue_items(project, 1).await.unwrap(),
            store.queue_state(project, 1).await.unwrap(),
            store.status(project).await.unwrap().votes,
        );
        assert_eq!(before, after);
        assert_sound(&store, project).await;

        store.record_vote(vote(3, &held[0], ada, Answer::Lens)).await.unwrap();
        assert_eq!(store.queue_items(project, 1).await.unwrap()[0].tally.lens, 1);
        assert_eq!(store.verify(project).await.unwrap().entries, 4);
        assert_sound(&store, project).await;
    })
    .await;
}

#[tokio::test]
async fn a_retraction_is_done_once_however_often_it_is_sent() {
    both_stores(async |store| {
        let (project, ada, held) = held(&store, 1).await;
        store.record_vote(vote(1, &held[0], ada, Answer::Lens)).await.unwrap();
        let sent = futures::future::join_all((0..10).map(|_| store.retract(retraction(2, 1, ada)))).await;
        let answers: Vec<_> = sent.into_iter().map(|outcome| outcome.unwrap().id).collect();
        assert_eq!(answers, vec![held[0].id; 10]);
        let other = store.retract(retraction(3, 1, ada)).await;
        assert!(
            matches!(other, Err(StoreError::Retraction(RetractionRefusal::AlreadyRetracted))),
            "{other:?}"
        );
        let late = store.record_vote(vote(1, &held[0], ada, Answer::Lens)).await.unwrap();
        assert!(late.repeated, "a late copy of the vote does not bring it back");
        assert_eq!(store.verify(project).await.unwrap().votes, 0);

        store.record_vote(vote(5, &held[0], ada, Answer::NoLens)).await.unwrap();
        let old = store.retract(retraction(6, 1, ada)).await;
        assert!(matches!(old, Err(StoreError::Retraction(RetractionRefusal::AlreadyRetracted))), "{old:?}");
        assert_eq!(store.verify(project).await.unwrap().votes, 1, "the new vote stays");
        assert_sound(&store, project).await;
    })
    .await;
}

#[tokio::test]
async fn only_ones_own_votes_can_be_taken_back() {
    both_stores(async |store| {
        let (project, ada, held) = held(&store, 1).await;
        let ben = volunteer(&store, "ben").await;
        store.record_vote(vote(1, &held[0], ada, Answer::Lens)).await.unwrap();
        let refused = |outcome: store::Result<Assignment>| match outcome {
            Err(StoreError::Retraction(refusal)) => refusal,
            other => panic!("{other:?}"),
        };
        let outcome = store.retract(retraction(2, 1, ben)).await;
        assert_eq!(refused(outcome), RetractionRefusal::NotYours);
        let outcome = store.retract(retraction(2, 9, ada)).await;
        assert_eq!(refused(outcome), RetractionRefusal::NotFound);
        let outcome = store.retract(retraction(1, 1, ada)).await;
        assert_eq!(refused(outcome), RetractionRefusal::IdTaken);
        assert_eq!(store.verify(project).await.unwrap().votes, 1);
    })
    .await;
}

#[tokio::test]
async fn votes_on_images_handed_out_before_the_queue_closed_still_count() {
    both_stores(async |store| {
        let (project, ada, held) = held(&store, 2).await;
        store.close_queue(project, 1).await.unwrap();
        answer_all(&store, ada, &held, Answer::Unsure).await;
        assert_eq!(store.queue_state(project, 1).await.unwrap().unwrap().votes, 2);
        assert_sound(&store, project).await;
    })
    .await;
}

#[tokio::test]
async fn a_time_that_is_no_number_is_refused() {
    both_stores(async |store| {
        let (_, ada, held) = held(&store, 1).await;
        for seconds in [f64::NAN, f64::INFINITY, -1.0] {
            let new = NewVote { seconds: Some(seconds), ..vote(1, &held[0], ada, Answer::Lens) };
            assert!(matches!(
                store.record_vote(new).await,
                Err(StoreError::Invalid { field: "seconds", .. })
            ));
        }
    })
    .await;
}

#[tokio::test]
async fn counts_since_a_moment_leave_out_older_votes_and_those_taken_back() {
    both_stores(async |store| {
        let (_, ada, held) = held(&store, 3).await;
        store.record_vote(vote(1, &held[0], ada, Answer::Lens)).await.unwrap();
        store.clock.advance(Duration::from_secs(60));
        let since = store.clock.now();
        store.record_vote(vote(2, &held[1], ada, Answer::Lens)).await.unwrap();
        store.record_vote(vote(3, &held[2], ada, Answer::Lens)).await.unwrap();
        store.retract(retraction(4, 3, ada)).await.unwrap();
        let counts = store.vote_counts(ada, since).await.unwrap();
        assert_eq!((counts.total, counts.since), (2, 1));
    })
    .await;
}
