//! A volunteer who holds an image reads everything there is to read: nothing says what the image is, what
//! others answered or what they wrote about it.

use std::time::Duration;

use reqwest::StatusCode;
use serde_json::{Value, json};
use server::{ServerConfig, SilentSchedule, TrainingSchedule};
use testkit::sqlite_store;

use super::{KIND, NAME, World, sought::Sought};
use crate::routes::test_server::{Browser, SLUG, client_id, id_of, ok, quick};

const COMMENT: &str = "marker-of-the-comment";

/// Every address to GET, with each of these in the place of each parameter.
fn addresses(ids: &[String], digests: &[String]) -> Vec<String> {
    let document: Value = serde_json::from_str(&server::openapi_json().expect("JSON")).expect("JSON");
    let mut all = Vec::new();
    for (path, operations) in document["paths"].as_object().expect("paths") {
        if operations.get("get").is_none() {
            continue;
        }
        let names: Vec<String> = digests
            .iter()
            .flat_map(|digest| [".webp", ".small.webp", ".jpg"].map(|form| format!("{digest}{form}")))
            .collect();
        let mut filled = vec![path.clone()];
        while let Some(open) = filled[0].find('{') {
            let end = filled[0][open..].find('}').expect("a closed parameter") + open;
            let parameter = filled[0][open + 1..end].to_owned();
            let values: Vec<String> = match parameter.as_str() {
                "slug" if path.starts_with("/api/v1/projects/") => vec![SLUG.to_owned()],
                "name" => names.clone(),
                "number" | "page" => (0..4).map(|n| n.to_string()).collect(),
                _ => ids.to_vec(),
            };
            let with = |one: &String| {
                values
                    .iter()
                    .map(|value| one.replacen(&format!("{{{parameter}}}"), value, 1))
                    .collect::<Vec<_>>()
            };
            filled = filled.iter().flat_map(with).collect();
        }
        all.extend(filled);
    }
    all
}

/// The beginning of an answer: streams never end.
async fn read(browser: &Browser, path: &str) -> (StatusCode, Vec<u8>) {
    let mut response = browser.get(path).await;
    let status = response.status();
    let mut bytes = format!("{:?}", response.headers()).into_bytes();
    while bytes.len() < 1 << 20 {
        match tokio::time::timeout(Duration::from_millis(400), response.chunk()).await {
            Ok(Ok(Some(chunk))) => bytes.extend(&chunk),
            _ => break,
        }
    }
    (status, bytes)
}

/// Holds one image, after others answered and wrote about all; `training` says of which kind.
async fn a_holder_finds_nothing(training: bool) {
    let schedule = if training { TrainingSchedule::always() } else { TrainingSchedule::never() };
    let config = ServerConfig { training: schedule, silent: SilentSchedule::never(), ..quick() };
    let world = World::new(sqlite_store().await, 6, 3, config).await;
    let (mut ids, mut wrote) = (Vec::new(), 0);
    for (person, name) in (1..).zip(["vega", "altair", "deneb"]) {
        let other = world.server.volunteer(name).await;
        let me = ok(other.get("/api/v1/me").await, StatusCode::OK).await;
        ids.push(me["id"].as_str().expect("an id").to_owned());
        for (n, assignment) in (1..).zip(other.assignments(5).await) {
            let vote = client_id(person * 100 + n);
            ok(other.vote(vote, &id_of(&assignment), "lens").await, StatusCode::CREATED).await;
            ids.extend([vote.to_string(), id_of(&assignment)]);
            let comment = json!({
                "kind": "image", "text": format!("{COMMENT} {n}"), "assignment_id": id_of(&assignment),
            });
            wrote += u8::from(other.post("/api/v1/feedback", comment).await.status() == StatusCode::CREATED);
        }
    }
    assert!(wrote > 10, "others wrote about images");
    let mira = world.server.volunteer("mira").await;
    let held = mira.assignments(1).await.remove(0);
    assert_eq!(world.is_survey(&held), !training);
    let digest =
        held["image"]["url"].as_str().expect("a path").split(['/', '.']).find(|part| part.len() == 64);
    let digest = digest.expect("a digest").to_owned();
    ids.push(id_of(&held));
    ids.extend(world.subjects.iter().map(|subject| subject.0.to_string()));
    ids.push(NAME.to_owned());

    let sought = Sought {
        texts: [KIND, NAME, COMMENT, &digest].map(str::to_owned).to_vec(),
        subjects: world.subjects.clone(),
    };
    let (mut answered, mut found) = (0, Vec::new());
    for path in addresses(&ids, std::slice::from_ref(&digest)) {
        let (status, bytes) = read(&mira, &path).await;
        assert!(!status.is_server_error(), "{path}: {status}");
        answered += u32::from(status.is_success());
        found.extend(sought.found_in(&bytes).into_iter().map(|what| format!("{path}: {what}")));
    }
    assert_eq!(found, Vec::<String>::new());
    assert!(answered >= 6, "only {answered} addresses answered");

    // The test can fail: the same search finds the kind in the solution, after the vote.
    let solution = ok(mira.vote(client_id(1), &id_of(&held), "lens").await, StatusCode::CREATED).await;
    let found = sought.found_in(solution.to_string().as_bytes());
    assert_eq!(found, if training { vec![KIND.to_owned()] } else { Vec::new() });
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_can_be_read_of_a_survey_image_before_the_vote() {
    a_holder_finds_nothing(false).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_can_be_read_of_a_training_image_before_the_vote() {
    a_holder_finds_nothing(true).await;
}
