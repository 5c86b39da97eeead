//! Training images by schedule and by skill.

use std::collections::BTreeSet;

use consensus::live::{Engine, Settings, TruthKind, VolunteerRecord};
use domain::{Answer, SubjectId};
use reqwest::StatusCode;
use server::{ServerConfig, Skill, TrainingSchedule, TrainingStep, WorkSettings};
use testkit::both_stores;

use super::test_server::{TestServer, client_id, id_of, ok, quick};

/// The chance of a training image after 500 images, for someone who is right so many times in ten on
/// known images of either kind.
fn chance_in_the_end(right_in_ten: u32, known: u32) -> f64 {
    let engine = Engine::default();
    let mut record = VolunteerRecord::default();
    for n in 0..known {
        let truth = if n % 2 == 0 { TruthKind::Lens } else { TruthKind::NonLens };
        // Lenses and non-lenses are missed alike.
        let right = (n / 2) % 10 < right_in_ten;
        let answer = if right == truth.is_lens() { Answer::Lens } else { Answer::NoLens };
        engine.learn(&mut record, Some(truth), answer);
    }
    let skill = Skill { known: record.n_known, bits: engine.informativeness_bits(&record) };
    TrainingSchedule::default().chance(500, skill)
}

#[test]
fn good_eyes_reach_the_floor_and_guessers_keep_training() {
    assert_eq!(chance_in_the_end(9, 0), 0.4, "nothing is known of them");
    assert_eq!(chance_in_the_end(9, 40), 0.1);
    assert_eq!(chance_in_the_end(10, 20), 0.1);
    assert!(chance_in_the_end(5, 60) >= 0.2, "a guesser, after 60 known images");
    assert_eq!(chance_in_the_end(5, 400), 0.4, "a guesser, after 400");
    assert!(chance_in_the_end(7, 60) > 0.1, "a mediocre eye");
}

#[test]
fn the_settings_in_the_documentation_are_the_defaults() {
    let page = include_str!("../../../docs/training-images.md");
    let example = page.split("```toml").nth(1).and_then(|rest| rest.split("```").next()).expect("an example");
    let settings: WorkSettings = toml::from_str(example).expect("settings");
    assert_eq!(settings, WorkSettings::default());
    assert_eq!(settings.check(), Ok(()));
}

#[tokio::test(flavor = "multi_thread")]
async fn who_does_well_on_training_images_meets_fewer_and_who_does_badly_does_not() {
    both_stores(async |store| {
        // Training images only, until four known ones are decided on and answers say more than a
        // newcomer's; then hardly any.
        let bits = Engine::default().informativeness_bits(&VolunteerRecord::default());
        let step = |one_in, known, bits| TrainingStep { from: 0, one_in, known, bits };
        let training = TrainingSchedule { steps: vec![step(1.0, 0, 0.0), step(1e12, 4, bits)] };
        let server = TestServer::start(store, ServerConfig { training, ..quick() }).await;
        server.store.configure(server.project, &Settings::default()).await.expect("settings");
        let (lenses, training) = known_images(&server).await;

        let mut met = Vec::new();
        for (name, ids, does_well) in [("mira", 100, true), ("vega", 200, false)] {
            let volunteer = server.volunteer(name).await;
            for n in 0..4 {
                let image = volunteer.assignments(1).await.remove(0);
                let url = image["image"]["url"].as_str().expect("a path");
                assert!(training.contains(url), "{name} begins with training images");
                let answer = if lenses.contains(url) == does_well { "lens" } else { "no_lens" };
                ok(volunteer.vote(client_id(ids + n), &id_of(&image), answer).await, StatusCode::CREATED)
                    .await;
            }
            let next = volunteer.assignments(1).await.remove(0);
            met.push(training.contains(next["image"]["url"].as_str().expect("a path")));
        }
        assert_eq!(met, [false, true], "the good eye is done training, the poor one is not");
    })
    .await;
}

/// The addresses of the lenses and of all images whose truth is known.
async fn known_images(server: &TestServer) -> (BTreeSet<String>, BTreeSet<String>) {
    let known = server.store.known_images(server.project).await.expect("read");
    let (mut lenses, mut all) = (BTreeSet::new(), BTreeSet::new());
    for (id, truth) in known {
        let url = url(server, id).await;
        if truth.is_lens() {
            lenses.insert(url.clone());
        }
        all.insert(url);
    }
    (lenses, all)
}

async fn url(server: &TestServer, id: SubjectId) -> String {
    let subject = server.store.subject(id).await.expect("read").expect("there");
    format!("/api/v1/images/{}.webp", subject.image.expect("an image").digest)
}
