//! Outlines, teaching images and the quiz.

use std::time::Duration;

use domain::{
    Answer, AssignmentId, ClassificationId, Clock as _, Digest, Label, RetirementRule, Seed, SkyCoord,
};
use store::{
    About, ImageEncoding, ImageRef, NewAttempt, NewVote, Purpose, QuizAnswer, QuizRules, Slot, Store,
    StoreError, TeachingImage, TrainingPick,
};
use testkit::{both_stores, project, queue, survey_subjects, training_subjects, volunteer};
use uuid::Uuid;

fn image(name: &str) -> ImageRef {
    ImageRef {
        digest: Digest::of(name.as_bytes()),
        width: 384,
        height: 384,
        pixel_scale_arcsec: Some(0.26),
        encoding: ImageEncoding::Companded,
    }
}

fn teaching(place: u32, truth: Label) -> TeachingImage {
    let name = format!("image-{place}");
    TeachingImage {
        place,
        image: image(&name),
        name,
        truth,
        kind: "ring".to_owned(),
        simulated: true,
        outline: Some(vec![vec![[0.1, 0.2], [0.3, 0.25], [0.2, 0.4]]]),
        words: [Some("Look.".to_owned()), None],
        about: About {
            title: Some("A 1".to_owned()),
            position: Some(SkyCoord { ra_deg: 10.0, dec_deg: -5.5 }),
            reference: None,
            credit: Some("somebody".to_owned()),
        },
    }
}

fn attempt(id: u128, project: domain::ProjectId, who: Option<domain::VolunteerId>) -> NewAttempt {
    NewAttempt { id: Uuid::from_u128(id), project, volunteer: who, places: vec![7, 2, 5], pass_mark: 2 }
}

async fn answer(store: &Store, id: u128, question: u32, correct: bool) -> QuizAnswer {
    let answer = QuizAnswer { question, answer: Answer::Lens, correct };
    store.answer_quiz(Uuid::from_u128(id), answer).await.unwrap()
}

async fn take(store: &Store, id: u128, right: [bool; 3]) {
    for (question, right) in (0..).zip(right) {
        answer(store, id, question, right).await;
    }
}

#[tokio::test]
async fn teaching_images_are_what_was_put_there_and_are_replaced_as_a_whole() {
    both_stores(async |store| {
        let (one, other) = (project(&store, "one").await, project(&store, "other").await);
        let images: Vec<_> = (0..5).map(|n| teaching(n, Label::Lens)).collect();
        assert_eq!(store.set_teaching(one, Purpose::Quiz, images.clone()).await.unwrap(), 5);
        assert_eq!(store.teaching_images(one, Purpose::Quiz, None, 9).await.unwrap(), images);
        assert_eq!(store.teaching_images(one, Purpose::Quiz, Some(1), 2).await.unwrap(), images[2..4]);
        assert_eq!(store.teaching_image(one, Purpose::Quiz, 3).await.unwrap().as_ref(), images.get(3));
        for (project, purpose) in [(one, Purpose::Practice), (other, Purpose::Quiz)] {
            assert!(store.teaching_images(project, purpose, None, 9).await.unwrap().is_empty());
        }
        store.set_teaching(one, Purpose::Quiz, vec![teaching(0, Label::NonLens)]).await.unwrap();
        let kinds = store.teaching_kinds(one, Purpose::Quiz).await.unwrap();
        assert_eq!(
            kinds.iter().map(|kind| (kind.place, kind.truth)).collect::<Vec<_>>(),
            [(0, Label::NonLens)]
        );
        assert!(store.set_teaching(one, Purpose::Quiz, vec![teaching(0, Label::Unknown)]).await.is_err());
    })
    .await;
}

#[tokio::test]
async fn a_picture_of_the_stream_never_teaches() {
    both_stores(async |store| {
        let project = project(&store, "one").await;
        let (lenses, _) = training_subjects(&store, project, 2, 2).await;
        let shown = store.subject(lenses[0]).await.unwrap().unwrap().image.unwrap();
        let twin = TeachingImage { image: shown, ..teaching(0, Label::Lens) };
        let taken =
            store.set_teaching(project, Purpose::Practice, vec![twin, teaching(1, Label::Lens)]).await;
        assert_eq!(taken.unwrap(), 1);
        let left = store.teaching_images(project, Purpose::Practice, None, 9).await.unwrap();
        assert_eq!(left.iter().map(|image| image.place).collect::<Vec<_>>(), [1]);
        assert!(store.is_subject_image(project, shown.digest).await.unwrap());
        assert!(!store.is_subject_image(project, left[0].image.digest).await.unwrap());
    })
    .await;
}

#[tokio::test]
async fn an_outline_comes_with_the_truth_and_not_without() {
    both_stores(async |store| {
        let project = project(&store, "one").await;
        let ada = volunteer(&store, "ada").await;
        let (lenses, plain) = training_subjects(&store, project, 1, 1).await;
        // Training images come only where there are unknown ones as well.
        let survey = survey_subjects(&store, project, 4).await;
        let rule = RetirementRule { min_votes: 3, max_votes: 5 };
        queue(&store, project, 1, &survey, rule, 100).await;
        let outline = vec![vec![[0.5, 0.25], [0.75, 0.5], [0.5, 0.75]]];
        store
            .set_outlines(project, vec![(lenses[0], outline.clone()), (plain[0], Vec::new())])
            .await
            .unwrap();
        let slot = |n: u64, silent| Slot {
            id: AssignmentId(Uuid::from_u128(u128::from(n) + 1)),
            training: Some(TrainingPick { lens: n == 0, pick: Seed::root(n).to_u64() }),
            silent,
        };
        let day = Duration::from_secs(86_400);
        let assigned = store.assign(project, ada, vec![slot(0, false), slot(1, false)], day).await.unwrap();
        let mut outlines = Vec::new();
        for (n, one) in (0..).zip(&assigned.assignments) {
            let vote = NewVote {
                id: ClassificationId(Uuid::from_u128(900 + n)),
                assignment: one.id,
                volunteer: ada,
                answer: Answer::Lens,
                seconds: None,
                view: None,
                mark: None,
                feedback: true,
            };
            let receipt = store.record_vote(vote.clone()).await.unwrap();
            let again = store.record_vote(vote).await.unwrap();
            assert_eq!(again.outline, receipt.outline, "a repeated answer is told the same");
            outlines.push((receipt.label, receipt.outline));
        }
        outlines.sort_by_key(|(label, _)| label.code());
        assert_eq!(outlines, [(Label::NonLens, None), (Label::Lens, Some(outline.clone()))]);

        let ben = volunteer(&store, "ben").await;
        let silent = store.assign(
            project,
            ben,
            vec![Slot { id: AssignmentId(Uuid::from_u128(77)), ..slot(0, true) }],
            day,
        );
        let silent = silent.await.unwrap().assignments.remove(0);
        let vote = NewVote {
            id: ClassificationId(Uuid::from_u128(999)),
            assignment: silent.id,
            volunteer: ben,
            answer: Answer::Lens,
            seconds: None,
            view: None,
            mark: None,
            feedback: true,
        };
        let receipt = store.record_vote(vote).await.unwrap();
        assert_eq!((receipt.feedback, receipt.outline), (false, None), "a silent image tells nothing");
    })
    .await;
}

#[tokio::test]
async fn the_first_answer_to_a_question_stands() {
    both_stores(async |store| {
        let project = project(&store, "one").await;
        let ada = volunteer(&store, "ada").await;
        store.begin_quiz(attempt(1, project, Some(ada)), store.clock.now()).await.unwrap();
        let wrong = answer(&store, 1, 0, false).await;
        let other = QuizAnswer { question: 0, answer: Answer::NoLens, correct: true };
        assert_eq!(store.answer_quiz(Uuid::from_u128(1), other).await.unwrap(), wrong);
        assert_eq!(store.finish_quiz(Uuid::from_u128(1)).await.unwrap(), None, "two questions are open");
        answer(&store, 1, 1, true).await;
        answer(&store, 1, 2, false).await;
        let result = store.finish_quiz(Uuid::from_u128(1)).await.unwrap().unwrap();
        assert_eq!((result.score, result.passed), (1, false));
        store.clock.advance(Duration::from_secs(60));
        assert_eq!(store.finish_quiz(Uuid::from_u128(1)).await.unwrap(), Some(result), "it ends once");
        let kept = store.quiz_attempt(Uuid::from_u128(1)).await.unwrap().unwrap();
        assert_eq!((kept.places, kept.answers.len(), kept.result), (vec![7, 2, 5], 3, Some(result)));
        assert!(store.answer_quiz(Uuid::from_u128(2), other).await.is_err(), "no such attempt");
    })
    .await;
}

#[tokio::test]
async fn every_attempt_counts_and_a_pass_is_for_its_project() {
    both_stores(async |store| {
        let (one, other) = (project(&store, "one").await, project(&store, "other").await);
        let ada = volunteer(&store, "ada").await;
        assert_eq!(store.quiz_record(ada, one).await.unwrap(), store::QuizRecord::default());
        for (id, right) in [(1, [true, false, false]), (2, [true, true, true]), (3, [false, true, true])] {
            store.begin_quiz(attempt(id, one, Some(ada)), store.clock.now()).await.unwrap();
            take(&store, id, right).await;
            store.finish_quiz(Uuid::from_u128(id)).await.unwrap();
            store.clock.advance(Duration::from_secs(60));
        }
        let record = store.quiz_record(ada, one).await.unwrap();
        let passed_at = store.clock.now() - Duration::from_secs(120);
        assert_eq!((record.attempts, record.best, record.passed_at), (3, Some(3), Some(passed_at)));
        assert_eq!(store.quizzes_passed(ada).await.unwrap(), ["one"]);
        assert_eq!(store.quiz_record(ada, other).await.unwrap().passed_at, None);
    })
    .await;
}

#[tokio::test]
async fn a_guests_pass_goes_to_one_account_and_not_for_ever() {
    both_stores(async |store| {
        let project = project(&store, "one").await;
        let (ada, ben) = (volunteer(&store, "ada").await, volunteer(&store, "ben").await);
        let start = store.clock.now();
        for (id, right) in [(1, [true; 3]), (2, [false; 3]), (3, [true; 3])] {
            store.begin_quiz(attempt(id, project, None), start).await.unwrap();
            take(&store, id, right).await;
            store.finish_quiz(Uuid::from_u128(id)).await.unwrap();
        }
        store.begin_quiz(attempt(4, project, None), start).await.unwrap();
        let claim =
            async |id: u128, who, since| store.claim_quiz(Uuid::from_u128(id), who, since).await.unwrap();
        assert!(!claim(2, ada, start).await, "not passed");
        assert!(!claim(4, ada, start).await, "not finished");
        assert!(!claim(9, ada, start).await, "unknown");
        store.clock.advance(Duration::from_secs(60));
        assert!(!claim(3, ada, store.clock.now()).await, "too old");
        assert!(claim(1, ada, start).await);
        assert!(!claim(1, ben, start).await, "only once");
        assert_eq!(store.quizzes_passed(ada).await.unwrap(), ["one"]);
        assert!(store.quizzes_passed(ben).await.unwrap().is_empty());
    })
    .await;
}

#[tokio::test]
async fn old_attempts_of_guests_are_forgotten_and_those_of_members_stay() {
    both_stores(async |store| {
        let project = project(&store, "one").await;
        let ada = volunteer(&store, "ada").await;
        let start = store.clock.now();
        store.begin_quiz(attempt(1, project, None), start).await.unwrap();
        store.begin_quiz(attempt(2, project, Some(ada)), start).await.unwrap();
        take(&store, 1, [true; 3]).await;
        store.clock.advance(Duration::from_secs(3600));
        store.begin_quiz(attempt(3, project, None), store.clock.now()).await.unwrap();
        let there = async |id: u128| store.quiz_attempt(Uuid::from_u128(id)).await.unwrap().is_some();
        assert_eq!((there(1).await, there(2).await, there(3).await), (false, true, true));
    })
    .await;
}

#[tokio::test]
async fn a_quiz_nobody_can_pass_is_refused() {
    both_stores(async |store| {
        let project = project(&store, "one").await;
        assert_eq!(store.quiz(project).await.unwrap(), None);
        for rules in [QuizRules { questions: 3, pass_mark: 4 }, QuizRules { questions: 3, pass_mark: 0 }] {
            let refused = store.set_quiz(project, Some(rules)).await;
            assert!(matches!(refused, Err(StoreError::Invalid { field: "pass_mark", .. })), "{refused:?}");
        }
        let rules = QuizRules { questions: 3, pass_mark: 2 };
        for rules in [Some(rules), Some(QuizRules { pass_mark: 3, ..rules }), None] {
            store.set_quiz(project, rules).await.unwrap();
            assert_eq!(store.quiz(project).await.unwrap(), rules);
        }
    })
    .await;
}
