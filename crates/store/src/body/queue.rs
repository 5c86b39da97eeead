//! The queue of a round.

use std::{collections::HashMap, sync::Arc};

use domain::{Digest, ProjectId, SubjectId, Timestamp};
use sqlx::{QueryBuilder, Row as _};

use super::{Conn, Db, Row, belief, bytes, dialect, digest, lock, micros, rules, small, tally, whole};
use crate::{
    Cause, NewQueue, QueueItem, QueueRevision, QueueState, QueuedItem, Result, Rules, StoreError,
    rules::RulesCache,
    sql::{bulk, queue as sql},
};

/// Rows of one INSERT; eight values each stay far below SQLite's 32,766 and PostgreSQL's 65,535.
const CHUNK: usize = 1000;

pub(crate) async fn enqueue(
    conn: &mut Conn,
    project: &ProjectId,
    queue: &NewQueue,
    content: &Digest,
    cache: &Arc<RulesCache>,
    now: &Timestamp,
) -> Result<()> {
    lock(conn, dialect::LOCK_PROJECT, project.0).await?;
    lock(conn, dialect::LOCK_LOG_EXCLUSIVE, project.0).await?;
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
        .bind(bytes(content))
        .bind(i64::try_from(queue.items.len()).unwrap_or(i64::MAX))
        .bind(micros(*now))
        .execute(&mut *conn)
        .await?;
    for chunk in queue.items.chunks(CHUNK) {
        insert(conn, project.0, round, chunk).await?;
    }
    if let Some(error) = unusable(conn, project, round).await? {
        return Err(error);
    }
    let rules = rules::current(conn, project, cache).await?;
    place(conn, *project, queue, &rules, *now).await
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
            .push_bind(item.model_version.clone())
            .push_bind(item.value);
    });
    insert.build().persistent(false).execute(conn).await?;
    Ok(())
}

/// Gives each subject its place in the new queue, and judges it: the rules may have changed.
async fn place(
    conn: &mut Conn,
    project: ProjectId,
    queue: &NewQueue,
    rules: &Rules,
    now: Timestamp,
) -> Result<()> {
    for chunk in queue.items.chunks(CHUNK) {
        let (mut rows, mut turns) = (Vec::with_capacity(chunk.len()), Vec::new());
        let subjects: Vec<SubjectId> = chunk.iter().map(|item| item.subject).collect();
        for (mut kept, item) in belief::read_or_new(conn, project, &subjects).await?.into_iter().zip(chunk) {
            kept.queue(queue.round, item.rank, item.value, &item.strategy);
            turns.extend(kept.rejudge(&rules.engine));
            rows.push(kept);
        }
        belief::write(conn, project, &rows, &turns, (Cause::Refit, &rules.anchor_id), now).await?;
    }
    Ok(())
}

pub(crate) async fn revise(
    conn: &mut Conn,
    project: &ProjectId,
    revision: &QueueRevision,
    cache: &Arc<RulesCache>,
    now: &Timestamp,
) -> Result<bool> {
    lock(conn, dialect::LOCK_PROJECT, project.0).await?;
    lock(conn, dialect::LOCK_LOG_EXCLUSIVE, project.0).await?;
    let round = i64::from(revision.round);
    let open = sqlx::query(sql::IS_OPEN).bind(project.0).bind(round).fetch_optional(&mut *conn).await?;
    if open.is_none() {
        return Ok(false);
    }
    let scores: HashMap<SubjectId, f64> = revision.scores.iter().copied().collect();
    let values: HashMap<SubjectId, f64> = revision.values.iter().copied().collect();
    let additions: HashMap<SubjectId, &QueueItem> =
        revision.additions.iter().map(|item| (item.subject, item)).collect();
    let mut subjects: Vec<SubjectId> =
        scores.keys().chain(values.keys()).chain(additions.keys()).copied().collect();
    subjects.sort_unstable();
    subjects.dedup();
    let rules = rules::current(conn, project, cache).await?;
    let mut added = Vec::with_capacity(additions.len());
    for chunk in subjects.chunks(CHUNK) {
        let (mut rows, mut turns) = (Vec::with_capacity(chunk.len()), Vec::new());
        for mut kept in belief::read_or_new(conn, *project, chunk).await? {
            let is_queued = kept.round == Some(revision.round);
            if let Some(score) = scores.get(&kept.subject) {
                kept.network = Some(*score);
                kept.model_version = Some(revision.model_version.clone());
            }
            match additions.get(&kept.subject) {
                Some(item) if !is_queued => {
                    kept.queue(revision.round, item.rank, item.value, &item.strategy);
                    added.push((*item).clone());
                }
                _ => {}
            }
            if let Some(value) = values.get(&kept.subject) {
                kept.value = *value;
            }
            turns.extend(kept.rejudge(&rules.engine));
            rows.push(kept);
        }
        belief::write(conn, *project, &rows, &turns, (Cause::Scores, &rules.anchor_id), *now).await?;
    }
    for chunk in added.chunks(CHUNK) {
        insert(conn, project.0, round, chunk).await?;
    }
    let grown = i64::try_from(added.len()).unwrap_or(i64::MAX);
    sqlx::query(sql::GROW).bind(project.0).bind(round).bind(grown).execute(&mut *conn).await?;
    match unusable(conn, project, round).await? {
        None => Ok(true),
        Some(error) => Err(error),
    }
}

/// Why the queue cannot be shown to people, if it cannot.
async fn unusable(conn: &mut Conn, project: &ProjectId, round: i64) -> Result<Option<StoreError>> {
    let row = sqlx::query(sql::UNUSABLE).bind(project.0).bind(round).fetch_one(conn).await?;
    let count = whole(&row, "items")?;
    let reason = format!("{count} are no survey subjects of this project or have no image; set_images first");
    Ok((count > 0).then(|| StoreError::invalid("items", reason)))
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
    let query = sqlx::query(sql::STATE).bind(project.0).bind(round).bind(micros(*now));
    let Some(row) = query.fetch_optional(conn).await? else { return Ok(None) };
    let items = whole(&row, "items")?;
    Ok(Some(QueueState {
        open: row.try_get("open")?,
        items,
        done: items.saturating_sub(whole(&row, "unfinished")?),
        votes: whole(&row, "taken")?.saturating_sub(whole(&row, "leases")?),
        open_leases: whole(&row, "open_leases")?,
        votes_budget: whole(&row, "votes_budget")?,
    }))
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
                value: row.try_get("value")?,
            },
            tally: tally(row)?,
            done: row.try_get("done")?,
        })
    };
    rows.iter().map(item).collect()
}
