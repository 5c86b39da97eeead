//! Rounds and their steps: a killed campaign goes on, a zombie does not.

use std::time::Duration;

use domain::{Clock as _, Digest, ProjectId};
use serde_json::json;
use store::{Claim, Round, RunState, Store, StoreError};
use testkit::{both_stores, project};

const LEASE: Duration = Duration::from_secs(30);

async fn begun(store: &Store) -> (ProjectId, Round) {
    let project = project(store, "p").await;
    let steps = ["freeze", "train"].map(str::to_owned).to_vec();
    let round = store.begin_round(project, 1, json!({"votes": 40}), steps).await.unwrap();
    (project, round)
}

async fn claim(store: &Store, project: ProjectId, name: &str, owner: &str) -> Claim {
    store.claim_step(project, 1, name, owner, LEASE, Digest::of(name.as_bytes())).await.unwrap()
}

fn epoch(claim: &Claim) -> i64 {
    match claim {
        Claim::Work { epoch, .. } => *epoch,
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn a_round_begun_twice_is_one_round() {
    both_stores(async |store| {
        let (project, round) = begun(&store).await;
        assert_eq!((round.state, round.steps.len()), (RunState::Running, 2));
        let (_, again) = begun(&store).await;
        assert_eq!(again, round);
        let steps = vec!["freeze".to_owned(), "train".to_owned()];
        let other = store.begin_round(project, 1, json!({"votes": 41}), steps.clone()).await;
        assert!(matches!(other, Err(StoreError::Conflict { .. })), "{other:?}");
        let second = store.begin_round(project, 2, json!({}), steps).await;
        assert!(matches!(second, Err(StoreError::Conflict { .. })), "one round at a time: {second:?}");
    })
    .await;
}

#[tokio::test]
async fn a_round_runs_from_its_first_step_to_its_summary() {
    both_stores(async |store| {
        let (project, _) = begun(&store).await;
        assert_eq!(claim(&store, project, "train", "a").await, Claim::Waiting { on: "freeze".into() });
        let first = claim(&store, project, "freeze", "a").await;
        assert_eq!(first, Claim::Work { epoch: 1, attempt: 1, previous_input: None });
        store.complete_step(project, 1, "freeze", 1, json!({"mark": 7})).await.unwrap();
        store.complete_step(project, 1, "freeze", 1, json!({"mark": 7})).await.unwrap();
        let done = claim(&store, project, "freeze", "b").await;
        assert_eq!(done, Claim::Done { output: json!({"mark": 7}), input: Digest::of(b"freeze") });

        let early = store.end_round(project, 1, RunState::Done).await;
        assert!(matches!(early, Err(StoreError::Conflict { .. })), "{early:?}");
        let second = epoch(&claim(&store, project, "train", "a").await);
        assert_eq!(store.status(project).await.unwrap().step.as_deref(), Some("train"));
        store.complete_step(project, 1, "train", second, json!(null)).await.unwrap();
        store.set_round_summary(project, 1, json!({"found": 3})).await.unwrap();
        store.end_round(project, 1, RunState::Done).await.unwrap();
        let round = store.round(project, 1).await.unwrap().unwrap();
        assert_eq!((round.state, round.summary), (RunState::Done, Some(json!({"found": 3}))));
        assert_eq!(store.status(project).await.unwrap().step, None);
        store.begin_round(project, 2, json!({}), vec![]).await.unwrap();
        assert_eq!(store.rounds(project).await.unwrap().len(), 2);
    })
    .await;
}

#[tokio::test]
async fn a_step_whose_output_is_null_is_done_all_the_same() {
    both_stores(async |store| {
        let (project, _) = begun(&store).await;
        let first = epoch(&claim(&store, project, "freeze", "a").await);
        store.complete_step(project, 1, "freeze", first, json!(null)).await.unwrap();
        let again = claim(&store, project, "freeze", "a").await;
        assert!(matches!(again, Claim::Done { .. }), "{again:?}");
    })
    .await;
}

#[tokio::test]
async fn a_step_is_held_by_one_worker_until_its_lease_ends() {
    both_stores(async |store| {
        let (project, _) = begun(&store).await;
        let old = epoch(&claim(&store, project, "freeze", "a").await);
        let busy = claim(&store, project, "freeze", "b").await;
        assert_eq!(busy, Claim::Busy { owner: "a".into(), until: store.clock.now() + LEASE });
        store.clock.advance(LEASE / 2);
        store.heartbeat(project, 1, "freeze", old, LEASE).await.unwrap();
        store.clock.advance(LEASE / 2);
        assert!(matches!(claim(&store, project, "freeze", "b").await, Claim::Busy { .. }));
        store.clock.advance(LEASE / 2);
        let new = claim(&store, project, "freeze", "b").await;
        let input = Some(Digest::of(b"freeze"));
        assert_eq!(new, Claim::Work { epoch: old + 1, attempt: 2, previous_input: input });

        for refused in [
            store.heartbeat(project, 1, "freeze", old, LEASE).await,
            store.complete_step(project, 1, "freeze", old, json!(1)).await,
            store.fail_step(project, 1, "freeze", old, "late").await,
        ] {
            assert!(
                matches!(refused, Err(StoreError::Fenced { .. })),
                "the zombie may not write: {refused:?}"
            );
        }
        store.complete_step(project, 1, "freeze", old + 1, json!(2)).await.unwrap();
        let other = store.complete_step(project, 1, "freeze", old + 1, json!(3)).await;
        assert!(matches!(other, Err(StoreError::Fenced { .. })), "a finished step keeps its output");
    })
    .await;
}

#[tokio::test]
async fn a_killed_run_that_comes_back_under_its_name_goes_on_at_once() {
    both_stores(async |store| {
        let (project, _) = begun(&store).await;
        let old = epoch(&claim(&store, project, "freeze", "demo").await);
        let new = epoch(&claim(&store, project, "freeze", "demo").await);
        assert_eq!(new, old + 1);
        let zombie = store.complete_step(project, 1, "freeze", old, json!(1)).await;
        assert!(matches!(zombie, Err(StoreError::Fenced { .. })));
    })
    .await;
}

#[tokio::test]
async fn a_failed_step_says_why_and_can_be_tried_again() {
    both_stores(async |store| {
        let (project, _) = begun(&store).await;
        let first = epoch(&claim(&store, project, "freeze", "a").await);
        store.fail_step(project, 1, "freeze", first, "disk full").await.unwrap();
        let step = store.round(project, 1).await.unwrap().unwrap().steps.remove(0);
        assert_eq!((step.state, step.error.as_deref()), (RunState::Failed, Some("disk full")));
        let again = claim(&store, project, "freeze", "b").await;
        assert!(matches!(again, Claim::Work { attempt: 2, .. }), "{again:?}");

        store.end_round(project, 1, RunState::Failed).await.unwrap();
        let (_, again) = begun(&store).await;
        assert_eq!(again.state, RunState::Running, "a failed round runs again");
    })
    .await;
}

#[tokio::test]
async fn of_many_who_claim_a_step_at_once_one_gets_it() {
    both_stores(async |store| {
        let (project, _) = begun(&store).await;
        let owners: Vec<_> = (0..12).map(|i| format!("worker-{i}")).collect();
        let claims = owners.iter().map(|owner| claim(&store, project, "freeze", owner));
        let claims = futures::future::join_all(claims).await;
        let given = claims.iter().filter(|claim| matches!(claim, Claim::Work { .. })).count();
        assert_eq!(given, 1, "{claims:?}");
        assert!(claims.iter().all(|claim| matches!(claim, Claim::Work { .. } | Claim::Busy { .. })));
    })
    .await;
}

#[tokio::test]
async fn what_does_not_exist_is_not_found() {
    both_stores(async |store| {
        let (project, _) = begun(&store).await;
        let step = store.claim_step(project, 1, "dance", "a", LEASE, Digest::of(b"")).await;
        assert!(matches!(step, Err(StoreError::NotFound { what: "step", .. })), "{step:?}");
        let round = store.set_round_summary(project, 5, json!(1)).await;
        assert!(matches!(round, Err(StoreError::NotFound { what: "round", .. })), "{round:?}");
        assert_eq!(store.round(project, 5).await.unwrap(), None);
        let end = store.end_round(project, 1, RunState::Running).await;
        assert!(matches!(end, Err(StoreError::Invalid { .. })), "{end:?}");
    })
    .await;
}
