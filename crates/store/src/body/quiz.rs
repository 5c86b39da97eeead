//! The entry quiz: rules, attempts, answers.

use domain::{ProjectId, Timestamp, VolunteerId};
use sqlx::Row as _;
use uuid::Uuid;

use super::{Conn, Row, answer as said, micros, small, small_or_none, timestamp, timestamp_or_none, whole};
use crate::{
    Attempt, NewAttempt, QuizAnswer, QuizRecord, QuizResult, QuizRules, Result, StoreError, sql::quiz as sql,
};

pub(crate) async fn set(conn: &mut Conn, project: &ProjectId, rules: &Option<QuizRules>) -> Result<()> {
    if super::project::by_id(conn, project).await?.is_none() {
        return Err(StoreError::not_found("project", project));
    }
    let Some(rules) = rules else {
        sqlx::query(sql::REMOVE).bind(project.0).execute(conn).await?;
        return Ok(());
    };
    sqlx::query(sql::SET)
        .bind(project.0)
        .bind(i64::from(rules.questions))
        .bind(i64::from(rules.pass_mark))
        .execute(conn)
        .await?;
    Ok(())
}

pub(crate) async fn of(conn: &mut Conn, project: &ProjectId) -> Result<Option<QuizRules>> {
    let row = sqlx::query(sql::OF).bind(project.0).fetch_optional(conn).await?;
    let read = |row: &Row| {
        Ok(QuizRules { questions: small(row, "questions")?, pass_mark: small(row, "pass_mark")? })
    };
    row.as_ref().map(read).transpose()
}

pub(crate) async fn begin(
    conn: &mut Conn,
    new: &NewAttempt,
    forget_before: &Timestamp,
    now: &Timestamp,
) -> Result<()> {
    let old = micros(*forget_before);
    sqlx::query(sql::FORGET_ANSWERS).bind(old).execute(&mut *conn).await?;
    sqlx::query(sql::FORGET).bind(old).execute(&mut *conn).await?;
    let places: Vec<String> = new.places.iter().map(ToString::to_string).collect();
    sqlx::query(sql::BEGIN)
        .bind(new.id)
        .bind(new.project.0)
        .bind(new.volunteer.map(|who| who.0))
        .bind(places.join(","))
        .bind(i64::from(new.pass_mark))
        .bind(micros(*now))
        .execute(conn)
        .await?;
    Ok(())
}

pub(crate) async fn attempt(conn: &mut Conn, id: &Uuid) -> Result<Option<Attempt>> {
    let Some(row) = sqlx::query(sql::ATTEMPT).bind(*id).fetch_optional(&mut *conn).await? else {
        return Ok(None);
    };
    let volunteer: Option<Uuid> = row.try_get("volunteer_id")?;
    let places: String = row.try_get("places")?;
    let result = match timestamp_or_none(&row, "finished_at")? {
        None => None,
        Some(at) => Some(QuizResult { score: small(&row, "score")?, passed: row.try_get("passed")?, at }),
    };
    Ok(Some(Attempt {
        id: *id,
        project: ProjectId(row.try_get("project_id")?),
        volunteer: volunteer.map(VolunteerId),
        places: places
            .split(',')
            .map(|place| place.parse().map_err(|_| StoreError::corrupt("places", &places)))
            .collect::<Result<_>>()?,
        pass_mark: small(&row, "pass_mark")?,
        answers: answers(conn, id).await?,
        started_at: timestamp(&row, "started_at")?,
        result,
    }))
}

async fn answers(conn: &mut Conn, id: &Uuid) -> Result<Vec<QuizAnswer>> {
    let rows = sqlx::query(sql::ANSWERS).bind(*id).fetch_all(conn).await?;
    let read = |row: &Row| {
        Ok(QuizAnswer {
            question: small(row, "question")?,
            answer: said(row)?,
            correct: row.try_get("correct")?,
        })
    };
    rows.iter().map(read).collect()
}

pub(crate) async fn answer(
    conn: &mut Conn,
    id: &Uuid,
    new: &QuizAnswer,
    now: &Timestamp,
) -> Result<QuizAnswer> {
    sqlx::query(sql::ANSWER)
        .bind(*id)
        .bind(i64::from(new.question))
        .bind(new.answer.code())
        .bind(new.correct)
        .bind(micros(*now))
        .execute(&mut *conn)
        .await?;
    let standing = answers(conn, id).await?.into_iter().find(|one| one.question == new.question);
    standing.ok_or_else(|| StoreError::not_found("quiz attempt", id))
}

pub(crate) async fn finish(conn: &mut Conn, id: &Uuid, now: &Timestamp) -> Result<Option<QuizResult>> {
    let found = attempt(conn, id).await?.ok_or_else(|| StoreError::not_found("quiz attempt", id))?;
    if found.result.is_some() {
        return Ok(found.result);
    }
    if found.answers.len() < found.places.len() {
        return Ok(None);
    }
    let score = found.answers.iter().filter(|answer| answer.correct).count();
    let score = u32::try_from(score).map_err(|_| StoreError::corrupt("score", score))?;
    let passed = score >= found.pass_mark;
    sqlx::query(sql::FINISH)
        .bind(*id)
        .bind(i64::from(score))
        .bind(passed)
        .bind(micros(*now))
        .execute(&mut *conn)
        .await?;
    // Another connection may have been quicker by a moment: what it wrote is the same but for the time.
    Ok(Some(QuizResult { score, passed, at: *now }))
}

pub(crate) async fn claim(
    conn: &mut Conn,
    id: &Uuid,
    volunteer: &VolunteerId,
    not_before: &Timestamp,
) -> Result<bool> {
    let query = sqlx::query(sql::CLAIM).bind(*id).bind(volunteer.0).bind(micros(*not_before));
    Ok(query.execute(conn).await?.rows_affected() == 1)
}

pub(crate) async fn record(
    conn: &mut Conn,
    volunteer: &VolunteerId,
    project: &ProjectId,
) -> Result<QuizRecord> {
    let row = sqlx::query(sql::RECORD).bind(volunteer.0).bind(project.0).fetch_one(&mut *conn).await?;
    let passed = sqlx::query(sql::PASSED).bind(volunteer.0).bind(project.0).fetch_one(conn).await?;
    Ok(QuizRecord {
        attempts: whole(&row, "attempts")?,
        best: small_or_none(&row, "best")?,
        passed_at: timestamp_or_none(&passed, "passed_at")?,
    })
}

pub(crate) async fn passed_by(conn: &mut Conn, volunteer: &VolunteerId) -> Result<Vec<String>> {
    let rows = sqlx::query(sql::PASSED_BY).bind(volunteer.0).fetch_all(conn).await?;
    rows.iter().map(|row| Ok(row.try_get("slug")?)).collect()
}
