//! Reading the log.

use domain::{
    AssignmentId, Classification, ClassificationId, Digest, LogEntry, ProjectId, Retraction, SubjectId,
    VolunteerId,
};
use sqlx::Row as _;
use uuid::Uuid;

use super::{Conn, Row, answer, dialect, label, lock, role, small_or_none, timestamp};
use crate::{LogSeq, Mark, Result, VoteRow, export::pseudonym, sql::log as sql};

pub(crate) async fn high_water_mark(conn: &mut Conn, project: &ProjectId) -> Result<LogSeq> {
    lock(conn, dialect::LOCK_LOG_EXCLUSIVE, project.0).await?;
    let row = sqlx::query(sql::HIGH_WATER_MARK).bind(project.0).fetch_one(conn).await?;
    Ok(LogSeq(row.try_get("seq")?))
}

pub(crate) async fn page(
    conn: &mut Conn,
    project: &ProjectId,
    after: &LogSeq,
    up_to: &LogSeq,
    limit: &u32,
) -> Result<Vec<(LogSeq, LogEntry)>> {
    let query = sqlx::query(sql::PAGE).bind(project.0).bind(after.0).bind(up_to.0).bind(i64::from(*limit));
    query.fetch_all(conn).await?.iter().map(entry).collect()
}

fn entry(row: &Row) -> Result<(LogSeq, LogEntry)> {
    let id = ClassificationId(row.try_get("id")?);
    let at = timestamp(row, "at")?;
    let retracts: Option<Uuid> = row.try_get("retracts")?;
    let entry = match retracts {
        Some(of) => LogEntry::Retraction(Retraction { id, of: ClassificationId(of), at }),
        None => LogEntry::Vote(Classification {
            id,
            subject: SubjectId(row.try_get("subject_id")?),
            volunteer: VolunteerId(row.try_get("volunteer_id")?),
            assignment: AssignmentId(row.try_get("assignment_id")?),
            answer: answer(row)?,
            at,
        }),
    };
    Ok((LogSeq(row.try_get("seq")?), entry))
}

/// The place marked with a vote, if there is one.
pub(super) fn mark(row: &Row) -> Result<Option<Mark>> {
    let (x, y): (Option<f64>, Option<f64>) = (row.try_get("mark_x")?, row.try_get("mark_y")?);
    Ok(x.zip(y).map(|(x, y)| Mark { x, y }))
}

pub(crate) async fn vote_rows(
    conn: &mut Conn,
    project: &ProjectId,
    after: &LogSeq,
    up_to: &LogSeq,
    limit: &u32,
    key: &Digest,
) -> Result<Vec<VoteRow>> {
    let query = sqlx::query(sql::EXPORT).bind(project.0).bind(after.0).bind(up_to.0).bind(i64::from(*limit));
    let vote_row = |row: &Row| {
        Ok(VoteRow {
            seq: LogSeq(row.try_get("seq")?),
            id: ClassificationId(row.try_get("id")?),
            external_id: row.try_get("external_id")?,
            volunteer: pseudonym(key, VolunteerId(row.try_get("volunteer_id")?)),
            answer: answer(row)?,
            at: timestamp(row, "at")?,
            seconds: row.try_get("seconds")?,
            mark: mark(row)?,
            round: small_or_none(row, "round")?,
            role: role(row)?,
            label: label(row)?,
            strategy: row.try_get("strategy")?,
            rank: small_or_none(row, "rank")?,
            inclusion_probability: row.try_get("inclusion_probability")?,
            model_version: row.try_get("model_version")?,
            retracted: row.try_get("retracted")?,
        })
    };
    query.fetch_all(conn).await?.iter().map(vote_row).collect()
}
