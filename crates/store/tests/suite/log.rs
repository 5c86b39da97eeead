//! The log: order, high-water mark, append-only, recount, export.

use std::time::Duration;

use domain::{Answer, ClassificationId, Digest, LogEntry, ProjectId, RetirementRule};
use futures::TryStreamExt as _;
use sqlx::Connection as _;
use store::{DatabaseKind, LogSeq, NewRetraction, Role, Store};
use testkit::{
    TestStore, answer_all, both_stores, project, queue, slots, survey_subjects, training_subjects, volunteer,
};
use uuid::Uuid;

const LEASE: Duration = Duration::from_secs(300);
const RULE: RetirementRule = RetirementRule { min_votes: 3, max_votes: 5 };

/// Ada and Ben vote on four subjects each; Ada takes her first vote back.
async fn some_votes(store: &Store) -> (ProjectId, Vec<ClassificationId>) {
    let project = project(store, "p").await;
    let subjects = survey_subjects(store, project, 4).await;
    training_subjects(store, project, 1, 1).await;
    queue(store, project, 1, &subjects, RULE, 100).await;
    let mut votes = Vec::new();
    for (seed, name, answer) in [(1, "ada", Answer::Lens), (2, "ben", Answer::NoLens)] {
        let person = volunteer(store, name).await;
        let held = store.assign(project, person, slots(seed, 4), LEASE).await.unwrap().assignments;
        votes.extend(answer_all(store, person, &held, answer).await);
    }
    let retraction = NewRetraction {
        id: ClassificationId(Uuid::from_u128(1)),
        of: votes[0],
        volunteer: volunteer_of(store, "ada").await,
        lease: LEASE,
    };
    store.retract(retraction).await.unwrap();
    (project, votes)
}

async fn volunteer_of(store: &Store, name: &str) -> domain::VolunteerId {
    store.credentials(&format!("{name}@example.org")).await.unwrap().unwrap().volunteer.id
}

#[tokio::test]
async fn the_log_comes_back_whole_and_in_order_in_pages_of_any_size() {
    both_stores(async |store| {
        let (project, votes) = some_votes(&store).await;
        let end = store.high_water_mark(project).await.unwrap();
        let all = store.log(project, end).await.unwrap();
        let ids = all.iter().map(|entry| match entry {
            LogEntry::Vote(vote) => vote.id,
            LogEntry::Retraction(retraction) => retraction.of,
        });
        let ids = ids.collect::<Vec<_>>();
        assert_eq!(ids[..8], votes);
        assert_eq!(ids[8], votes[0], "the retraction comes last and names the vote");

        let mut paged = Vec::new();
        let mut after = LogSeq::START;
        loop {
            let page = store.log_page(project, after, end, 2).await.unwrap();
            let Some((last, _)) = page.last() else { break };
            assert!(page.windows(2).all(|pair| pair[0].0 < pair[1].0));
            after = *last;
            paged.extend(page.into_iter().map(|(_, entry)| entry));
        }
        assert_eq!(paged, all);
    })
    .await;
}

#[tokio::test]
async fn a_frozen_log_does_not_grow_with_later_votes() {
    both_stores(async |store| {
        let (project, _) = some_votes(&store).await;
        let frozen = store.high_water_mark(project).await.unwrap();
        let before = store.log(project, frozen).await.unwrap();
        let cai = volunteer(&store, "cai").await;
        let held = store.assign(project, cai, slots(3, 2), LEASE).await.unwrap().assignments;
        answer_all(&store, cai, &held, Answer::Unsure).await;
        assert_eq!(store.log(project, frozen).await.unwrap(), before);
        assert!(store.high_water_mark(project).await.unwrap() > frozen);
    })
    .await;
}

#[tokio::test]
async fn an_empty_log_ends_where_it_starts() {
    both_stores(async |store| {
        let project = project(&store, "p").await;
        assert_eq!(store.high_water_mark(project).await.unwrap(), LogSeq::START);
        assert_eq!(store.log(project, LogSeq::START).await.unwrap(), vec![]);
    })
    .await;
}

/// Runs a statement past the store, as a careless administrator would.
async fn behind_the_stores_back(store: &TestStore, sql: &'static str) -> Result<(), sqlx::Error> {
    match store.kind {
        DatabaseKind::Sqlite => {
            let mut connection = sqlx::SqliteConnection::connect(&store.url).await?;
            sqlx::query(sql).execute(&mut connection).await?;
        }
        DatabaseKind::Postgres => {
            let mut connection = sqlx::PgConnection::connect(&store.url).await?;
            sqlx::query(sql).execute(&mut connection).await?;
        }
    }
    Ok(())
}

#[tokio::test]
async fn the_database_itself_refuses_to_change_or_forget_a_vote() {
    both_stores(async |store| {
        let (project, _) = some_votes(&store).await;
        for sql in ["UPDATE log_entry SET answer = 0 WHERE kind = 0", "DELETE FROM log_entry"] {
            let refused = behind_the_stores_back(&store, sql).await.unwrap_err().to_string();
            assert!(refused.contains("append-only"), "{sql}: {refused}");
        }
        assert_eq!(store.verify(project).await.unwrap().entries, 9);
    })
    .await;
}

#[tokio::test]
async fn a_count_that_someone_bent_is_found_by_the_recount() {
    both_stores(async |store| {
        let (project, _) = some_votes(&store).await;
        assert_eq!(store.verify(project).await.unwrap().mismatches, Vec::<String>::new());
        for (sql, words) in [
            ("UPDATE belief SET evidence_plain = evidence_plain + 1", "belief about subject"),
            ("UPDATE belief SET outcome = 'detected'", "decision about subject"),
            ("UPDATE participation SET votes = votes + 1", "votes of volunteer"),
            ("UPDATE participation SET record = '{}'", "record of volunteer"),
            ("UPDATE queue SET taken = 50", "budget taken in round 1"),
            ("UPDATE queue_item SET unsure = 2", "votes of subject"),
            ("UPDATE assignment SET state = 'expired' WHERE state = 'answered'", "the state of assignment"),
        ] {
            behind_the_stores_back(&store, sql).await.unwrap();
            let found = store.verify(project).await.unwrap().mismatches;
            assert!(found.iter().any(|line| line.contains(words)), "{sql}: {found:?}");
        }
    })
    .await;
}

#[tokio::test]
async fn an_export_tells_why_each_image_was_shown_and_not_who_looked() {
    both_stores(async |store| {
        let (project, votes) = some_votes(&store).await;
        let end = store.high_water_mark(project).await.unwrap();
        let rows: Vec<_> = store.vote_rows(project, end, Digest::of(b"key")).try_collect().await.unwrap();
        assert_eq!(rows.len(), 8);
        assert_eq!(rows.iter().map(|row| row.id).collect::<Vec<_>>(), votes);
        assert_eq!(rows.iter().map(|row| row.retracted).filter(|retracted| *retracted).count(), 1);
        assert!(rows[0].retracted);
        let row = &rows[5];
        assert_eq!(
            (row.external_id.as_str(), row.answer, row.role),
            ("survey-1", Answer::NoLens, Role::Survey)
        );
        assert_eq!((row.strategy.as_str(), row.rank, row.round), ("entropy", Some(1), Some(1)));
        assert_eq!((row.inclusion_probability, row.model_version.as_deref()), (Some(0.25), Some("v1")));
        assert_eq!(row.seconds, Some(2.5));

        let ada = volunteer_of(&store, "ada").await.to_string();
        assert!(rows.iter().all(|row| !ada.contains(&row.volunteer)));
        assert_eq!(rows[0].volunteer, rows[1].volunteer);
        assert_ne!(rows[0].volunteer, rows[7].volunteer);
        let other: Vec<_> = store.vote_rows(project, end, Digest::of(b"other")).try_collect().await.unwrap();
        assert_ne!(rows[0].volunteer, other[0].volunteer, "another key, another pseudonym");
    })
    .await;
}
