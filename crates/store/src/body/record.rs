//! Volunteers' records.

use consensus::live::{Counts, VolunteerRecord};
use domain::{ProjectId, VolunteerId};
use sqlx::Row as _;

use super::{Conn, Row, rules::parsed};
use crate::{RecordRow, Result, Rules, StoreError, sql::belief as sql};

/// What the last refit learnt of somebody, and what is known of them now.
pub(super) struct Known {
    pub base: Counts,
    pub record: VolunteerRecord,
}

pub(super) fn known(row: &Row) -> Result<Known> {
    let base: Option<String> = row.try_get("base")?;
    let base = base.map(|text| {
        serde_json::from_str(&text).map_err(|error| StoreError::corrupt("base", format!("{error} in {text}")))
    });
    Ok(Known { base: base.transpose()?.unwrap_or_default(), record: parsed(row, "record")? })
}

/// Counts a vote (or takes it back) and holds the volunteer's row until the end of the transaction.
pub(super) async fn count(
    conn: &mut Conn,
    project: ProjectId,
    volunteer: VolunteerId,
    votes: i64,
) -> Result<Known> {
    let add = || sqlx::query(sql::ADD_PARTICIPATION).bind(volunteer.0).bind(project.0).bind(votes);
    if let Some(row) = add().fetch_optional(&mut *conn).await? {
        return known(&row);
    }
    sqlx::query(sql::MAKE_PARTICIPATION).bind(volunteer.0).bind(project.0).execute(&mut *conn).await?;
    known(&add().fetch_one(conn).await?)
}

pub(super) async fn set(
    conn: &mut Conn,
    project: ProjectId,
    volunteer: VolunteerId,
    record: &VolunteerRecord,
    rules: &Rules,
) -> Result<()> {
    sqlx::query(sql::SET_RECORD)
        .bind(volunteer.0)
        .bind(project.0)
        .bind(text(record)?)
        .bind(rules.engine.informativeness_bits(record))
        .execute(conn)
        .await?;
    Ok(())
}

/// Writes what a refit learnt of somebody, and their record since.
pub(super) async fn set_base(
    conn: &mut Conn,
    project: ProjectId,
    volunteer: VolunteerId,
    record: &VolunteerRecord,
    rules: &Rules,
) -> Result<()> {
    sqlx::query(sql::SET_BASE)
        .bind(volunteer.0)
        .bind(project.0)
        .bind(text(&record.base)?)
        .bind(text(record)?)
        .bind(rules.engine.informativeness_bits(record))
        .execute(conn)
        .await?;
    Ok(())
}

fn text(value: &impl serde::Serialize) -> Result<String> {
    serde_json::to_string(value).map_err(|error| StoreError::invalid("record", error.to_string()))
}

pub(crate) async fn one(
    conn: &mut Conn,
    project: &ProjectId,
    volunteer: &VolunteerId,
) -> Result<Option<RecordRow>> {
    let row = sqlx::query(sql::RECORD).bind(project.0).bind(volunteer.0).fetch_optional(conn).await?;
    row.as_ref().map(record_row).transpose()
}

pub(crate) async fn page(
    conn: &mut Conn,
    project: &ProjectId,
    after: &Option<VolunteerId>,
    limit: &u32,
) -> Result<Vec<RecordRow>> {
    let after = after.map_or(uuid::Uuid::nil(), |id| id.0);
    let query = sqlx::query(sql::RECORD_PAGE).bind(project.0).bind(after).bind(i64::from(*limit));
    query.fetch_all(conn).await?.iter().map(record_row).collect()
}

/// Everybody who ever voted in the project, with what the last refit learnt of them.
pub(super) async fn everybody(conn: &mut Conn, project: ProjectId) -> Result<Vec<(VolunteerId, Known)>> {
    let rows = sqlx::query(sql::RECORDS).bind(project.0).fetch_all(conn).await?;
    rows.iter().map(|row| Ok((VolunteerId(row.try_get("volunteer_id")?), known(row)?))).collect()
}

fn record_row(row: &Row) -> Result<RecordRow> {
    Ok(RecordRow {
        volunteer: VolunteerId(row.try_get("volunteer_id")?),
        record: known(row)?.record,
        bits: row.try_get("bits")?,
    })
}
