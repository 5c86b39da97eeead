//! A volunteer's own votes.

use consensus::live::Outcome;
use domain::{ClassificationId, ProjectId, VolunteerId};
use sqlx::Row as _;

use super::{
    Conn, Row, answer, label, log::mark, micros, subject::image_of, teaching::outline, timestamp,
    timestamp_or_none, whole,
};
use crate::{
    HistoryFilter, HistoryPlace, HistoryRow, LogSeq, Result, Since, StoreError, Told, history::Horizon,
    sql::history as sql,
};

/// Any answer, for [`sql::PAGE`].
const ANY: i64 = -1;

pub(crate) async fn page(
    conn: &mut Conn,
    project: &ProjectId,
    volunteer: &VolunteerId,
    filter: &HistoryFilter,
    after: &Option<HistoryPlace>,
    limit: &u32,
    horizon: &Horizon,
) -> Result<Vec<HistoryRow>> {
    let before = after.map_or(i64::MAX, |place| place.seq.0);
    let statement = match filter {
        HistoryFilter::Told => sql::TOLD_PAGE,
        HistoryFilter::Helped => sql::CANDIDATE_PAGE,
        _ => sql::PAGE,
    };
    let query = sqlx::query(statement).bind(project.0).bind(volunteer.0).bind(before);
    let query = match filter {
        HistoryFilter::Told => query,
        _ => query.bind(micros(horizon.votes_before)).bind(micros(horizon.decided_before)),
    };
    let query = match filter {
        HistoryFilter::Told | HistoryFilter::Helped => query,
        HistoryFilter::All => query.bind(ANY).bind(false),
        HistoryFilter::Answer(answer) => query.bind(i64::from(answer.code())).bind(false),
        HistoryFilter::BecameCandidate => query.bind(ANY).bind(true),
    };
    let rows = query.bind(i64::from(*limit)).fetch_all(&mut *conn).await?;
    let mut next = *after;
    let mut page = Vec::with_capacity(rows.len());
    for row in &rows {
        let seq = LogSeq(row.try_get("seq")?);
        // Of an unfiltered page the next row is the next number.
        let number = match (filter, next) {
            (HistoryFilter::All, Some(last)) => last.number.saturating_sub(1),
            (_, Some(last)) => {
                last.number.saturating_sub(1 + between(conn, project, volunteer, seq, last.seq).await?)
            }
            (_, None) => 1 + between(conn, project, volunteer, LogSeq::START, seq).await?,
        };
        next = Some(HistoryPlace { seq, number });
        page.push(history_row(row, number)?);
    }
    Ok(page)
}

async fn between(
    conn: &mut Conn,
    project: &ProjectId,
    volunteer: &VolunteerId,
    after: LogSeq,
    before: LogSeq,
) -> Result<u64> {
    let query = sqlx::query(sql::BETWEEN).bind(project.0).bind(volunteer.0).bind(after.0).bind(before.0);
    whole(&query.fetch_one(conn).await?, "votes")
}

pub(crate) async fn one(
    conn: &mut Conn,
    project: &ProjectId,
    volunteer: &VolunteerId,
    id: &ClassificationId,
    horizon: &Horizon,
) -> Result<Option<HistoryRow>> {
    let row = sqlx::query(sql::ONE)
        .bind(project.0)
        .bind(volunteer.0)
        .bind(id.0)
        .bind(micros(horizon.votes_before))
        .bind(micros(horizon.decided_before))
        .fetch_optional(&mut *conn)
        .await?;
    let Some(row) = row else { return Ok(None) };
    let seq = LogSeq(row.try_get("seq")?);
    let number = 1 + between(conn, project, volunteer, LogSeq::START, seq).await?;
    history_row(&row, number).map(Some)
}

pub(crate) async fn ascending(
    conn: &mut Conn,
    project: &ProjectId,
    volunteer: &VolunteerId,
    after: &LogSeq,
    number: &u64,
    limit: &u32,
    horizon: &Horizon,
) -> Result<Vec<HistoryRow>> {
    let rows = sqlx::query(sql::ASCENDING)
        .bind(project.0)
        .bind(volunteer.0)
        .bind(after.0)
        .bind(micros(horizon.votes_before))
        .bind(micros(horizon.decided_before))
        .bind(i64::from(*limit))
        .fetch_all(conn)
        .await?;
    (number + 1..).zip(&rows).map(|(number, row)| history_row(row, number)).collect()
}

pub(crate) async fn projects_of(conn: &mut Conn, volunteer: &VolunteerId) -> Result<Vec<ProjectId>> {
    let rows = sqlx::query(sql::PROJECTS_OF).bind(volunteer.0).fetch_all(conn).await?;
    rows.iter().map(|row| Ok(ProjectId(row.try_get("project_id")?))).collect()
}

fn history_row(row: &Row, number: u64) -> Result<HistoryRow> {
    let told = row.try_get::<bool, _>("feedback")?.then(|| told(row)).transpose()?;
    Ok(HistoryRow {
        seq: LogSeq(row.try_get("seq")?),
        number,
        id: ClassificationId(row.try_get("id")?),
        image: image_of(row)?,
        answer: answer(row)?,
        mark: mark(row)?,
        seconds: row.try_get("seconds")?,
        at: timestamp(row, "at")?,
        taken_back: row.try_get("retracted")?,
        told,
        since: since(row)?,
        note: row.try_get("note")?,
    })
}

fn told(row: &Row) -> Result<Told> {
    Ok(Told { label: label(row)?, kind: row.try_get("training_kind")?, outline: outline(row)? })
}

fn since(row: &Row) -> Result<Since> {
    let Some(name) = row.try_get::<Option<String>, _>("to_outcome")? else { return Ok(Since::Quiet) };
    match Outcome::from_name(&name) {
        Some(Outcome::Detected) => {
            let at = timestamp_or_none(row, "decided_at")?;
            Ok(Since::Candidate(at.ok_or_else(|| StoreError::corrupt("decided_at", "NULL"))?))
        }
        Some(Outcome::Contested) => Ok(Since::Contested),
        // Told apart from images that are still open, these would make the rest stand out.
        Some(Outcome::Open | Outcome::Rejected) => Ok(Since::Quiet),
        None => Err(StoreError::corrupt("to_outcome", name)),
    }
}
