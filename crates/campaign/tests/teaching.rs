//! What a new project teaches with: images that are never those of the volunteers' stream, in balance,
//! with outlines, and a quiz that can be set.
#![expect(clippy::unwrap_used, reason = "a test may end in a panic")]

use std::{collections::BTreeSet, path::Path, sync::Arc};

use campaign::{CampaignSpec, ChosenQuestion, Context, QuizSettings, Workspace, setup};
use domain::{Digest, Label, Seed, Silent};
use finder::DeviceChoice;
use simulate::{SurveyRequest, TrainingRequest, simulate_survey, simulate_training};
use store::{Purpose, QuizRules, Role, Store};
use testkit::FixedClock;

/// A workspace with a small simulated survey and training set.
async fn context(folder: &Path) -> Context {
    let workspace = Workspace::open(folder).unwrap();
    let seed = Seed::root(5);
    let survey =
        SurveyRequest { count: 12, ..SurveyRequest::new(&workspace.dataset("survey"), seed.child("s")) };
    let training = TrainingRequest {
        positives: 60,
        negatives: 60,
        look_alike_share: 0.5,
        ..TrainingRequest::new(&workspace.dataset("training"), seed.child("t"))
    };
    simulate_survey(&survey, &Silent).unwrap();
    simulate_training(&training, &Silent).unwrap();
    let clock = Arc::new(FixedClock::default());
    let store = Store::connect(&workspace.database_url(), clock.clone()).await.unwrap();
    Context { store, workspace, device: DeviceChoice::Flex, clock, progress: Arc::new(Silent) }
}

fn spec(quiz: QuizSettings) -> CampaignSpec {
    CampaignSpec { training_images: 8, quiz, ..CampaignSpec::usual(3, "survey", "training") }
}

#[tokio::test]
async fn what_teaches_is_never_in_the_stream() {
    let folder = tempfile::tempdir().unwrap();
    let context = context(folder.path()).await;
    let quiz = QuizSettings { questions: 6, pass_mark: 4, practice_images: 15, ..QuizSettings::default() };
    let project = setup::create(&context, "arcs", "Arcs", "", spec(quiz)).await.unwrap();
    let (store, id) = (&context.store, project.id);

    let subjects = store.subjects(id, None, 1000).await.unwrap();
    let gold: Vec<_> = subjects.iter().filter(|subject| subject.role != Role::Survey).collect();
    let stream: BTreeSet<Digest> = gold.iter().filter_map(|subject| Some(subject.image?.digest)).collect();
    assert_eq!(stream.len(), 16, "every training image has a picture of its own");

    let mut taught: BTreeSet<Digest> = BTreeSet::new();
    let mut count = 0;
    for purpose in [Purpose::Quiz, Purpose::Practice, Purpose::Gallery] {
        let images = store.teaching_images(id, purpose, None, 1000).await.unwrap();
        assert!(images.len() >= 10, "{purpose:?}: {}", images.len());
        assert!(
            images.iter().all(
                |image| image.simulated && context.workspace.image(&image.image.digest, ".webp").exists()
            )
        );
        let lenses = images.iter().filter(|image| image.truth == Label::Lens);
        assert!(lenses.clone().all(|image| image.outline.is_some()), "{purpose:?}");
        let share = lenses.count() as f64 / images.len() as f64;
        // The gallery is what a small training set has left.
        let usual = if purpose == Purpose::Gallery { 0.1..0.9 } else { 0.3..0.7 };
        assert!(usual.contains(&share), "{purpose:?}: {share} lenses");
        assert!(
            images.iter().any(|image| image.truth == Label::NonLens && image.outline.is_some()),
            "{purpose:?}"
        );
        taught.extend(images.iter().map(|image| image.image.digest));
        count += images.len();
    }
    assert_eq!(taught.len(), count, "no image teaches twice");
    assert!(stream.is_disjoint(&taught), "the truth of these is public");
    assert_eq!(store.quiz(id).await.unwrap(), Some(QuizRules { questions: 6, pass_mark: 4 }));

    // Interrupted and repeated: the same images.
    setup::create(&context, "arcs", "Arcs", "", project.spec.clone()).await.unwrap();
    let mut again: BTreeSet<Digest> = BTreeSet::new();
    for purpose in [Purpose::Quiz, Purpose::Practice, Purpose::Gallery] {
        let images = store.teaching_images(id, purpose, None, 1000).await.unwrap();
        again.extend(images.iter().map(|image| image.image.digest));
    }
    assert_eq!(again, taught);
}

#[tokio::test]
async fn a_question_chosen_by_hand_leaves_the_stream() {
    let folder = tempfile::tempdir().unwrap();
    let context = context(folder.path()).await;
    let usual = setup::create(&context, "usual", "Usual", "", spec(QuizSettings::default())).await.unwrap();
    let subjects = context.store.subjects(usual.id, None, 1000).await.unwrap();
    let gold = subjects.iter().find(|subject| subject.role == Role::TrainingLens).unwrap();
    let wanted = gold.external_id.strip_prefix("training:").unwrap().to_owned();

    let question = ChosenQuestion { id: wanted.clone(), en: Some("Look.".to_owned()), zh: None };
    let quiz = QuizSettings { questions: 1, pass_mark: 1, chosen: vec![question], ..QuizSettings::default() };
    let project = setup::create(&context, "chosen", "Chosen", "", spec(quiz)).await.unwrap();
    let asked = context.store.teaching_images(project.id, Purpose::Quiz, None, 9).await.unwrap();
    assert_eq!(asked.iter().map(|image| image.name.as_str()).collect::<Vec<_>>(), [wanted.as_str()]);
    assert_eq!(asked[0].words, [Some("Look.".to_owned()), None]);
    let stream = context.store.subjects(project.id, None, 1000).await.unwrap();
    assert!(
        stream.iter().all(|subject| subject.image.is_none_or(|image| image.digest != asked[0].image.digest))
    );
}
