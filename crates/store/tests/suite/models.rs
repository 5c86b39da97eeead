//! Networks: the gate's word, promotion, the way back.

use domain::{Digest, ProjectId};
use serde_json::json;
use store::{Decision, NewModel, Promotion, PromotionKind, Store, StoreError};
use testkit::{both_stores, project};

fn network(version: &str) -> NewModel {
    NewModel {
        version: version.to_owned(),
        digest: Digest::of(version.as_bytes()),
        dir: format!("models/net/{version}"),
        metrics: json!({"auc": 0.93}),
    }
}

async fn accepted(store: &Store, project: ProjectId, version: &str) {
    store.register_model(project, network(version)).await.unwrap();
    store.decide_model(project, version, Decision::Accepted, "better").await.unwrap();
}

#[tokio::test]
async fn a_version_names_one_network_for_ever() {
    both_stores(async |store| {
        let project = project(&store, "p").await;
        let first = store.register_model(project, network("v1")).await.unwrap();
        assert_eq!(first, store.register_model(project, network("v1")).await.unwrap());
        assert_eq!((first.decision, &first.reason), (Decision::Pending, &None));
        let other = NewModel { digest: Digest::of(b"other"), ..network("v1") };
        assert!(matches!(store.register_model(project, other).await, Err(StoreError::Conflict { .. })));
        store.register_model(project, network("v2")).await.unwrap();
        store.decide_model(project, "v2", Decision::Refused, "AP 0.40 is below 0.41").await.unwrap();
        let kept = store.model(project, "v2").await.unwrap().unwrap();
        assert_eq!(
            (kept.decision, kept.reason.as_deref()),
            (Decision::Refused, Some("AP 0.40 is below 0.41"))
        );
        assert_eq!(store.models(project).await.unwrap().len(), 2);
        let unknown = store.decide_model(project, "v9", Decision::Accepted, "").await;
        assert!(matches!(unknown, Err(StoreError::NotFound { .. })));
    })
    .await;
}

#[tokio::test]
async fn only_an_accepted_network_is_promoted_and_only_from_the_state_expected() {
    both_stores(async |store| {
        let project = project(&store, "p").await;
        store.register_model(project, network("v1")).await.unwrap();
        let pending = store.promote_model(project, None, "v1").await;
        assert!(matches!(pending, Err(StoreError::Conflict { .. })), "{pending:?}");
        accepted(&store, project, "v1").await;
        accepted(&store, project, "v2").await;
        assert_eq!(store.promote_model(project, None, "v1").await.unwrap(), Promotion::Promoted);
        assert_eq!(store.promote_model(project, None, "v1").await.unwrap(), Promotion::AlreadyActive);
        let lost = store.promote_model(project, None, "v2").await.unwrap();
        assert_eq!(lost, Promotion::Lost { active: Some("v1".into()) });
        assert_eq!(store.promote_model(project, Some("v1"), "v2").await.unwrap(), Promotion::Promoted);
        assert_eq!(store.project("p").await.unwrap().unwrap().active_model.as_deref(), Some("v2"));
        let status = store.status(project).await.unwrap();
        assert_eq!(status.model, Some(("v2".to_owned(), Digest::of(b"v2"))));
    })
    .await;
}

#[tokio::test]
async fn of_many_who_promote_at_once_one_wins() {
    both_stores(async |store| {
        let project = project(&store, "p").await;
        let versions: Vec<_> = (0..8).map(|i| format!("v{i}")).collect();
        for version in &versions {
            accepted(&store, project, version).await;
        }
        let tries = versions.iter().map(|version| store.promote_model(project, None, version));
        let outcomes = futures::future::join_all(tries).await;
        let won = outcomes.iter().filter(|o| matches!(o, Ok(Promotion::Promoted))).count();
        assert_eq!(won, 1, "{outcomes:?}");
        assert_eq!(store.promotions(project).await.unwrap().len(), 1);
    })
    .await;
}

#[tokio::test]
async fn the_way_back_leads_to_the_network_before() {
    both_stores(async |store| {
        let project = project(&store, "p").await;
        accepted(&store, project, "v1").await;
        accepted(&store, project, "v2").await;
        store.promote_model(project, None, "v1").await.unwrap();
        store.promote_model(project, Some("v1"), "v2").await.unwrap();
        let wrong = store.roll_back_model(project, "v1").await;
        assert!(matches!(wrong, Err(StoreError::Conflict { .. })), "{wrong:?}");
        assert_eq!(store.roll_back_model(project, "v2").await.unwrap().as_deref(), Some("v1"));
        assert_eq!(store.roll_back_model(project, "v1").await.unwrap(), None);
        let history = store.promotions(project).await.unwrap();
        let steps: Vec<_> = history.iter().map(|r| (r.kind, r.from.as_deref(), r.to.as_deref())).collect();
        assert_eq!(
            steps,
            [
                (PromotionKind::Promote, None, Some("v1")),
                (PromotionKind::Promote, Some("v1"), Some("v2")),
                (PromotionKind::RollBack, Some("v2"), Some("v1")),
                (PromotionKind::RollBack, Some("v1"), None),
            ]
        );
    })
    .await;
}
