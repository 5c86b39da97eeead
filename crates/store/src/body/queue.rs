//! The queue of a round.

use domain::{Digest, ProjectId, RetirementRule, SubjectId, Timestamp};
use sqlx::{QueryBuilder, Row as _};

use super::{Conn, Db, Row, bytes, dialect, digest, lock, micros, small, tally, whole};
use crate::{
    NewQueue, QueueItem, QueueState, QueuedItem, Result, StoreError,
    sql::{bulk, queue as sql},
};

/// Rows of one INSERT; seven values each stay far below SQLite's 32,766 and PostgreSQL's 65,535.
const CHUNK: usize = 1000;

pub(crate) async fn enqueue(
    conn: &mut Conn,
    project: &ProjectId,
    queue: &NewQueue,
    content: &Digest,
    now: &Timestamp,
) -> Result<()> {
    lock(conn, dialect::LOCK_PROJECT, project.0).await?;
    let round = i64::from(queue.round);
    let existing = sqlx::query(sql::DIGEST).bind(project.0).bind(round).fetch_optional(&mut *conn).await?;
    if let Some(row) = existing {
        if digest(&row, "digest")? == *content {
            return Ok(());
        }
        return Err(StoreError::conflict("queue", format!("round {round} already has a different one")));
    }
    if super::project::by_id(conn, project).await?.is_none() {
        return Err(StoreError::not_found("project", project));
    }
    let budget = i64::try_from(queue.votes_budget).unwrap_or(i64::MAX);
    sqlx::query(sql::CLOSE_ALL).bind(project.0).bind(micros(*now)).execute(&mut *conn).await?;
    sqlx::query(sql::INSERT)
        .bind(project.0)
        .bind(round)
        .bind(budget)
        .bind(i64::from(queue.rule.min_votes))
        .bind(i64::from(queue.rule.max_votes))
        .bind(bytes(content))
        .bind(micros(*now))
        .execute(&mut *conn)
        .await?;
    for chunk in queue.items.chunks(CHUNK) {
        insert(conn, project.0, round, chunk).await?;
    }
    let unusable = sqlx::query(sql::UNUSABLE).bind(project.0).bind(round).fetch_one(conn).await?;
    match whole(&unusable, "items")? {
        0 => Ok(()),
        count => {
            let reason =
                format!("{count} are no survey subjects of this project or have no image; set_images first");
            Err(StoreError::invalid("items", reason))
        }
    }
}

async fn insert(conn: &mut Conn, project: i64, round: i64, items: &[QueueItem]) -> Result<()> {
    let mut insert = QueryBuilder::<Db>::new(bulk::QUEUE_ITEMS);
    insert.push_values(items, |mut row, item| {
        row.push_bind(project)
            .push_bind(round)
            .push_bind(item.subject.0)
            .push_bind(i64::from(item.rank))
            .push_bind(item.strategy.clone())
            .push_bind(item.inclusion_probability)
            .push_bind(item.model_version.clone());
    });
    insert.build().persistent(false).execute(conn).await?;
    Ok(())
}

pub(crate) async fn close(conn: &mut Conn, project: &ProjectId, round: &u32, now: &Timestamp) -> Result<()> {
    let query = sqlx::query(sql::CLOSE).bind(project.0).bind(i64::from(*round)).bind(micros(*now));
    query.execute(conn).await?;
    Ok(())
}

pub(crate) async fn state(
    conn: &mut Conn,
    project: &ProjectId,
    round: &u32,
    now: &Timestamp,
) -> Result<Option<QueueState>> {
    let round = i64::from(*round);
    let row = sqlx::query(sql::STATE).bind(project.0).bind(round).fetch_optional(&mut *conn).await?;
    let Some(row) = row else { return Ok(None) };
    let query = sqlx::query(sql::OPEN_LEASES).bind(project.0).bind(round).bind(micros(*now));
    let leases = query.fetch_one(conn).await?;
    Ok(Some(QueueState {
        open: row.try_get("open")?,
        items: whole(&row, "items")?,
        done: whole(&row, "done")?,
        votes: whole(&row, "votes")?,
        open_leases: whole(&leases, "leases")?,
        votes_budget: whole(&row, "votes_budget")?,
        rule: rule(&row)?,
    }))
}

pub(super) fn rule(row: &Row) -> Result<RetirementRule> {
    Ok(RetirementRule { min_votes: small(row, "min_votes")?, max_votes: small(row, "max_votes")? })
}

pub(crate) async fn items(conn: &mut Conn, project: &ProjectId, round: &u32) -> Result<Vec<QueuedItem>> {
    let rows = sqlx::query(sql::ITEMS).bind(project.0).bind(i64::from(*round)).fetch_all(conn).await?;
    let item = |row: &Row| {
        Ok(QueuedItem {
            item: QueueItem {
                subject: SubjectId(row.try_get("subject_id")?),
                rank: small(row, "rank")?,
                strategy: row.try_get("strategy")?,
                inclusion_probability: row.try_get("inclusion_probability")?,
                model_version: row.try_get("model_version")?,
            },
            tally: tally(row)?,
            done: row.try_get("done")?,
        })
    };
    rows.iter().map(item).collect()
}
