//! Training images whose truth turns out to be wrong.

use std::{collections::HashMap, time::Duration};

use consensus::live::{Settings, TruthKind, refit};
use domain::{Answer, ClassificationId, Label, ProjectId, SubjectId, VolunteerId};
use store::{Assignment, LogSeq, NewVote, Slot, Store, StoreError, TrainingPick};
use testkit::{
    answer_all, both_stores, project, queue_items, slots, survey_subjects, training_subjects, volunteer,
};
use uuid::Uuid;

const LEASE: Duration = Duration::from_secs(300);

async fn assert_sound(store: &Store, project: ProjectId) {
    assert_eq!(store.verify(project).await.unwrap().mismatches, Vec::<String>::new());
}

/// One training image for this person, a non-lens if there is one.
async fn taught(store: &Store, project: ProjectId, name: &str, seed: u64) -> (VolunteerId, Vec<Assignment>) {
    let person = volunteer(store, name).await;
    let training = Some(TrainingPick { lens: false, pick: 0 });
    let slot = Slot { training, ..slots(seed, 1).remove(0) };
    (person, store.assign(project, person, vec![slot], LEASE).await.unwrap().assignments)
}

/// A refit of the log up to here, with these truths in force from now on.
async fn adopt(store: &Store, project: ProjectId, mark: LogSeq, known: &[(SubjectId, TruthKind)]) {
    let known: HashMap<SubjectId, TruthKind> = known.iter().copied().collect();
    let log = store.log(project, mark).await.unwrap();
    let learnt = refit(&log, &known, &Settings::default()).unwrap();
    let kept = store.training_truths(project).await.unwrap();
    let unknown = kept.keys().filter(|id| !known.contains_key(*id)).map(|id| (*id, Label::Unknown));
    let truths =
        known.iter().map(|(id, truth)| (*id, if truth.is_lens() { Label::Lens } else { Label::NonLens }));
    let truths = truths.chain(unknown).collect();
    store.adopt_with_truths(project, learnt, mark, truths).await.unwrap();
}

#[tokio::test]
async fn a_withdrawn_training_image_teaches_nobody_and_may_come_back() {
    both_stores(async |store| {
        let project = project(&store, "p").await;
        let survey = survey_subjects(&store, project, 2).await;
        let (lenses, plain) = training_subjects(&store, project, 1, 1).await;
        let (lens, wrong) = (lenses[0], plain[0]);
        let queue = store::NewQueue { round: 1, items: queue_items(&survey), votes_budget: 100 };
        store.enqueue(project, queue).await.unwrap();

        // Everybody says it is a lens; three before the mark, two after it.
        for (seed, name) in ["ada", "ben", "cai"].into_iter().enumerate() {
            let (person, held) = taught(&store, project, name, seed as u64).await;
            assert_eq!(held[0].subject, wrong);
            answer_all(&store, person, &held, Answer::Lens).await;
        }
        let mark = store.high_water_mark(project).await.unwrap();
        let (dan, held) = taught(&store, project, "dan", 10).await;
        answer_all(&store, dan, &held, Answer::Lens).await;
        let (eva, still_open) = taught(&store, project, "eva", 11).await;
        let before = store.volunteer_record(project, dan).await.unwrap().unwrap();
        assert_eq!(before.n_known, 1);

        adopt(&store, project, mark, &[(lens, TruthKind::Lens)]).await;
        assert_sound(&store, project).await;
        let after = store.volunteer_record(project, dan).await.unwrap().unwrap();
        assert_eq!(after.n_known, 0, "what was learnt since the mark is unlearnt");
        // Nobody new is shown it; whoever holds it is not told a truth that is none.
        assert_eq!(taught(&store, project, "fay", 12).await.1[0].subject, lens);
        let vote = NewVote {
            id: ClassificationId(Uuid::from_u128(77)),
            assignment: still_open[0].id,
            volunteer: eva,
            answer: Answer::NoLens,
            seconds: None,
            view: None,
            mark: None,
            feedback: true,
        };
        let receipt = store.record_vote(vote).await.unwrap();
        assert!(!receipt.feedback && receipt.label == Label::Unknown);
        assert_sound(&store, project).await;
        // Again changes nothing.
        adopt(&store, project, mark, &[(lens, TruthKind::Lens)]).await;
        assert_sound(&store, project).await;

        // The experts change their mind again.
        let end = store.high_water_mark(project).await.unwrap();
        adopt(&store, project, end, &[(lens, TruthKind::Lens), (wrong, TruthKind::NonLens)]).await;
        assert_sound(&store, project).await;
        assert_eq!(taught(&store, project, "gus", 13).await.1[0].subject, wrong);
    })
    .await;
}

#[tokio::test]
async fn only_training_images_have_a_truth_to_correct() {
    both_stores(async |store| {
        let project = project(&store, "p").await;
        let survey = survey_subjects(&store, project, 1).await;
        let learnt = refit(&[], &HashMap::new(), &Settings::default()).unwrap();
        let truths = vec![(survey[0], Label::NonLens)];
        let refused = store.adopt_with_truths(project, learnt, LogSeq::START, truths).await;
        assert!(matches!(refused, Err(StoreError::NotFound { .. })), "{refused:?}");
    })
    .await;
}
