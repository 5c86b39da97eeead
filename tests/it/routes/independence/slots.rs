//! Thousands of assignments: one form whatever they hold, and ids that are random.

use std::collections::HashMap;

use reqwest::StatusCode;
use serde_json::Value;
use server::{ServerConfig, SilentSchedule, TrainingSchedule};
use testkit::sqlite_store;

use super::World;
use crate::routes::{
    outline::{Outline, outline},
    test_server::{client_id, id_of, ok, quick},
};

const VOLUNTEERS: u64 = 60;
/// Requests of each, for 1 to 5 images.
const REQUESTS: u64 = 18;

#[tokio::test(flavor = "multi_thread")]
async fn thousands_of_assignments_say_the_same_whatever_they_hold() {
    let config =
        ServerConfig { training: TrainingSchedule::default(), silent: SilentSchedule::default(), ..quick() };
    let world = World::new(sqlite_store().await, 400, 60, config).await;
    // Every response for so many images: one outline, lengths and headers included.
    let mut outlines: HashMap<usize, Outline> = HashMap::new();
    let mut shapes: HashMap<bool, Vec<Value>> = HashMap::new();
    let mut ids: HashMap<bool, Vec<u128>> = HashMap::new();
    for person in 0..VOLUNTEERS {
        let volunteer = world.server.volunteer(&format!("person{person}")).await;
        for request in 0..REQUESTS {
            let (seen, body) = outline(volunteer.ask_for(1 + (person + request) % 5).await).await;
            let assignments = body["assignments"].as_array().expect("a list");
            let first = outlines.entry(assignments.len()).or_insert_with(|| seen.clone());
            assert_eq!(*first, seen, "{body}");
            for (n, assignment) in (0..).zip(assignments) {
                let survey = world.is_survey(assignment);
                shapes.entry(survey).or_default().push(without_names(assignment));
                let id = id_of(assignment).parse::<uuid::Uuid>().expect("a UUID");
                ids.entry(survey).or_default().push(id.as_u128());
                // Answers move people down the staircase, as in life.
                let answer = ["no_lens", "lens", "no_lens", "unsure"][(request % 4) as usize];
                let vote = client_id(u128::from(person) * 1_000 + u128::from(request) * 10 + n + 1);
                ok(volunteer.vote(vote, &id_of(assignment), answer).await, StatusCode::CREATED).await;
            }
        }
    }
    let (known, unknown) = (&shapes[&false], &shapes[&true]);
    assert!(known.len() > 400 && unknown.len() > 2_000, "{} and {}", known.len(), unknown.len());
    for shape in known.iter().chain(unknown) {
        assert_eq!(shape, &known[0], "every value but names is the same for all");
    }
    random_ids(&ids[&false], &ids[&true]);
}

/// An assignment without its id and the digest in its address.
fn without_names(assignment: &Value) -> Value {
    let mut assignment = assignment.clone();
    assignment["id"] = Value::Null;
    assignment["image"]["url"] = Value::Null;
    assignment
}

/// Each of the 128 bits is set as often for known images as for unknown ones. At five standard errors a
/// false alarm comes once in 14,000 runs (two-sided, 122 random bits).
fn random_ids(known: &[u128], unknown: &[u128]) {
    for bit in 0..128 {
        let share =
            |ids: &[u128]| ids.iter().filter(|&id| id >> bit & 1 == 1).count() as f64 / ids.len() as f64;
        let (a, b) = (share(known), share(unknown));
        let both = (a * known.len() as f64 + b * unknown.len() as f64) / (known.len() + unknown.len()) as f64;
        let error = (both * (1.0 - both) * (1.0 / known.len() as f64 + 1.0 / unknown.len() as f64)).sqrt();
        assert!((a - b).abs() <= 5.0 * error, "bit {bit}: {a:.3} and {b:.3}");
    }
}
