//! What stays on record: decisions and anchors, experts' reviews, monitors.

use std::time::Duration;

use domain::{Answer, RetirementRule, SubjectId};
use sqlx::Connection as _;
use store::{DatabaseKind, Review};
use testkit::{TestStore, answer_all, both_stores, project, queue, slots, survey_subjects, volunteer};

const LEASE: Duration = Duration::from_secs(300);
const RULE: RetirementRule = RetirementRule { min_votes: 2, max_votes: 3 };

#[tokio::test]
async fn reviews_and_monitors_come_back_as_they_went_in() {
    both_stores(async |store| {
        let project = project(&store, "p").await;
        let subjects = survey_subjects(&store, project, 2).await;
        let review = |i: usize, lens| Review {
            subject: subjects[i],
            reviewer: "prof".into(),
            lens,
            stratum: "high".into(),
            inclusion_probability: 0.1 + 0.2,
        };
        store.save_reviews(project, vec![review(0, true), review(1, true)]).await.unwrap();
        store.save_reviews(project, vec![review(1, false)]).await.unwrap();
        assert_eq!(store.reviews(project).await.unwrap(), [review(0, true), review(1, false)]);
        let strange = Review { subject: SubjectId(999), ..review(0, true) };
        assert!(store.save_reviews(project, vec![review(0, false), strange]).await.is_err());
        assert_eq!(store.reviews(project).await.unwrap()[0], review(0, true), "nothing of it is kept");

        let ece = |x: f64| serde_json::json!({ "ece": x });
        store.save_monitors(project, 2, ece(0.3)).await.unwrap();
        store.save_monitors(project, 1, ece(0.1)).await.unwrap();
        store.save_monitors(project, 2, ece(0.2)).await.unwrap();
        assert_eq!(store.monitors(project).await.unwrap(), [(1, ece(0.1)), (2, ece(0.2))]);
    })
    .await;
}

/// Runs a statement past the store, as a careless administrator would.
async fn behind_the_stores_back(store: &TestStore, sql: &'static str) -> Result<(), sqlx::Error> {
    match store.kind {
        DatabaseKind::Sqlite => {
            let mut connection = sqlx::SqliteConnection::connect(&store.url).await?;
            sqlx::query(sql).execute(&mut connection).await.map(drop)
        }
        DatabaseKind::Postgres => {
            let mut connection = sqlx::PgConnection::connect(&store.url).await?;
            sqlx::query(sql).execute(&mut connection).await.map(drop)
        }
    }
}

#[tokio::test]
async fn decisions_and_anchors_can_be_neither_changed_nor_forgotten() {
    both_stores(async |store| {
        let project = project(&store, "p").await;
        let subjects = survey_subjects(&store, project, 1).await;
        queue(&store, project, 1, &subjects, RULE, 100).await;
        for (seed, name) in [(1, "ada"), (2, "ben")] {
            let person = volunteer(&store, name).await;
            let held = store.assign(project, person, slots(seed, 1), LEASE).await.unwrap().assignments;
            answer_all(&store, person, &held, Answer::NoLens).await;
        }
        for sql in [
            "UPDATE decision SET to_outcome = 'open'",
            "DELETE FROM decision",
            "UPDATE anchor SET high_water_mark = 5",
            "DELETE FROM anchor",
        ] {
            let refused = behind_the_stores_back(&store, sql).await.unwrap_err().to_string();
            assert!(refused.contains("append-only"), "{sql}: {refused}");
        }
        assert_eq!(store.decisions(project, None, 9).await.unwrap().len(), 1);
    })
    .await;
}
