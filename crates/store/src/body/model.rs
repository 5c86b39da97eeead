//! Networks of a project.

use domain::{ProjectId, Timestamp};
use sqlx::Row as _;

use super::{Conn, Row, bytes, digest, json, micros, timestamp};
use crate::{
    Decision, Model, NewModel, Promotion, PromotionKind, PromotionRecord, Result, StoreError,
    sql::model as sql,
};

pub(crate) async fn register(
    conn: &mut Conn,
    project: &ProjectId,
    new: &NewModel,
    now: &Timestamp,
) -> Result<Model> {
    sqlx::query(sql::INSERT)
        .bind(project.0)
        .bind(new.version.clone())
        .bind(bytes(&new.digest))
        .bind(new.dir.clone())
        .bind(new.metrics.to_string())
        .bind(micros(*now))
        .execute(&mut *conn)
        .await?;
    let kept = by_version(conn, project, &new.version).await?;
    let kept = kept.ok_or_else(|| StoreError::not_found("network", &new.version))?;
    if kept.digest != new.digest {
        let reason =
            format!("version {} is taken by a network with digest {}", new.version, kept.digest.short());
        return Err(StoreError::conflict("network", reason));
    }
    Ok(kept)
}

pub(crate) async fn decide(
    conn: &mut Conn,
    project: &ProjectId,
    version: &str,
    decision: &Decision,
    reason: &str,
) -> Result<()> {
    let done = sqlx::query(sql::DECIDE)
        .bind(project.0)
        .bind(version.to_owned())
        .bind(decision.name())
        .bind(reason.to_owned())
        .execute(conn)
        .await?;
    if done.rows_affected() == 0 { Err(StoreError::not_found("network", version)) } else { Ok(()) }
}

pub(crate) async fn by_version(conn: &mut Conn, project: &ProjectId, version: &str) -> Result<Option<Model>> {
    let query = sqlx::query(sql::BY_VERSION).bind(project.0).bind(version.to_owned());
    query.fetch_optional(conn).await?.as_ref().map(model).transpose()
}

pub(crate) async fn of_project(conn: &mut Conn, project: &ProjectId) -> Result<Vec<Model>> {
    sqlx::query(sql::OF_PROJECT).bind(project.0).fetch_all(conn).await?.iter().map(model).collect()
}

fn model(row: &Row) -> Result<Model> {
    let decision: String = row.try_get("decision")?;
    Ok(Model {
        version: row.try_get("version")?,
        digest: digest(row, "digest")?,
        dir: row.try_get("dir")?,
        metrics: json(row, "metrics")?,
        decision: Decision::from_name(&decision).ok_or_else(|| StoreError::corrupt("decision", decision))?,
        reason: row.try_get("reason")?,
        created_at: timestamp(row, "created_at")?,
    })
}

async fn active(conn: &mut Conn, project: &ProjectId) -> Result<Option<String>> {
    let row = sqlx::query(sql::ACTIVE).bind(project.0).fetch_optional(conn).await?;
    let row = row.ok_or_else(|| StoreError::not_found("project", project))?;
    Ok(row.try_get("active_model")?)
}

pub(crate) async fn promote(
    conn: &mut Conn,
    project: &ProjectId,
    expected: &Option<String>,
    version: &str,
    now: &Timestamp,
) -> Result<Promotion> {
    let model = by_version(conn, project, version).await?;
    let model = model.ok_or_else(|| StoreError::not_found("network", version))?;
    if model.decision != Decision::Accepted {
        let reason = format!("{version} is {}; only an accepted one can be promoted", model.decision.name());
        return Err(StoreError::conflict("network", reason));
    }
    if active(conn, project).await?.as_deref() == Some(version) {
        return Ok(Promotion::AlreadyActive);
    }
    let to = Some(version.to_owned());
    if set(conn, project, PromotionKind::Promote, expected, &to, now).await? {
        return Ok(Promotion::Promoted);
    }
    match active(conn, project).await? {
        Some(active) if active == version => Ok(Promotion::AlreadyActive),
        active => Ok(Promotion::Lost { active }),
    }
}

/// Compare and set; writes history when it changed something.
async fn set(
    conn: &mut Conn,
    project: &ProjectId,
    kind: PromotionKind,
    from: &Option<String>,
    to: &Option<String>,
    now: &Timestamp,
) -> Result<bool> {
    let query = sqlx::query(sql::SET_ACTIVE).bind(project.0).bind(from.clone()).bind(to.clone());
    if query.execute(&mut *conn).await?.rows_affected() == 0 {
        return Ok(false);
    }
    sqlx::query(sql::RECORD)
        .bind(project.0)
        .bind(kind.name())
        .bind(from.clone())
        .bind(to.clone())
        .bind(micros(*now))
        .execute(conn)
        .await?;
    Ok(true)
}

pub(crate) async fn roll_back(
    conn: &mut Conn,
    project: &ProjectId,
    expected: &str,
    now: &Timestamp,
) -> Result<Option<String>> {
    let query = sqlx::query(sql::LAST_PROMOTION_TO).bind(project.0).bind(expected.to_owned());
    let row = query.fetch_optional(&mut *conn).await?;
    let row = row.ok_or_else(|| StoreError::not_found("promotion of network", expected))?;
    let before: Option<String> = row.try_get("from_version")?;
    let from = Some(expected.to_owned());
    if set(conn, project, PromotionKind::RollBack, &from, &before, now).await? {
        return Ok(before);
    }
    let active = active(conn, project).await?.unwrap_or_else(|| "none".to_owned());
    Err(StoreError::conflict("network", format!("{expected} is not in use, {active} is")))
}

pub(crate) async fn promotions(conn: &mut Conn, project: &ProjectId) -> Result<Vec<PromotionRecord>> {
    let rows = sqlx::query(sql::PROMOTIONS).bind(project.0).fetch_all(conn).await?;
    let record = |row: &Row| {
        let kind: String = row.try_get("kind")?;
        Ok(PromotionRecord {
            from: row.try_get("from_version")?,
            to: row.try_get("to_version")?,
            kind: PromotionKind::from_name(&kind).ok_or_else(|| StoreError::corrupt("kind", kind))?,
            at: timestamp(row, "at")?,
        })
    };
    rows.iter().map(record).collect()
}
