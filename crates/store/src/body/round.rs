//! Rounds.

use domain::{ProjectId, Timestamp};
use serde_json::Value;
use sqlx::Row as _;

use super::{
    Conn, Row, dialect, json, json_or_none, lock, micros, small, step, timestamp, timestamp_or_none,
};
use crate::{Result, Round, RunState, StoreError, sql::round as sql};

pub(crate) async fn begin(
    conn: &mut Conn,
    project: &ProjectId,
    number: &u32,
    spec: &Value,
    steps: &[String],
    now: &Timestamp,
) -> Result<Round> {
    lock(conn, dialect::LOCK_PROJECT, project.0).await?;
    if super::project::by_id(conn, project).await?.is_none() {
        return Err(StoreError::not_found("project", project));
    }
    let conflict = |reason: String| Err(StoreError::conflict("round", reason));
    let existing = by_number(conn, project, number).await?;
    if let Some(round) = &existing {
        let same_steps = round.steps.iter().map(|step| &step.name).eq(steps);
        if round.spec != *spec || !same_steps {
            return conflict(format!("round {number} was begun with another specification or other steps"));
        }
        if round.state != RunState::Failed {
            return Ok(round.clone());
        }
    }
    if let Some(row) = sqlx::query(sql::RUNNING).bind(project.0).fetch_optional(&mut *conn).await? {
        return conflict(format!("round {} of this project is still running", small(&row, "number")?));
    }
    let at = i64::from(*number);
    if existing.is_some() {
        sqlx::query(sql::REOPEN).bind(project.0).bind(at).execute(&mut *conn).await?;
    } else {
        let insert =
            sqlx::query(sql::INSERT).bind(project.0).bind(at).bind(spec.to_string()).bind(micros(*now));
        insert.execute(&mut *conn).await?;
        for (position, name) in (0_i64..).zip(steps) {
            let insert =
                sqlx::query(sql::STEP_INSERT).bind(project.0).bind(at).bind(name.clone()).bind(position);
            insert.execute(&mut *conn).await?;
        }
    }
    required(conn, project, number).await
}

async fn required(conn: &mut Conn, project: &ProjectId, number: &u32) -> Result<Round> {
    by_number(conn, project, number).await?.ok_or_else(|| StoreError::not_found("round", number))
}

pub(crate) async fn by_number(conn: &mut Conn, project: &ProjectId, number: &u32) -> Result<Option<Round>> {
    let query = sqlx::query(sql::BY_NUMBER).bind(project.0).bind(i64::from(*number));
    match query.fetch_optional(&mut *conn).await? {
        Some(row) => with_steps(conn, project, &row).await.map(Some),
        None => Ok(None),
    }
}

pub(crate) async fn of_project(conn: &mut Conn, project: &ProjectId) -> Result<Vec<Round>> {
    let mut rounds = Vec::new();
    for row in sqlx::query(sql::OF_PROJECT).bind(project.0).fetch_all(&mut *conn).await? {
        rounds.push(with_steps(conn, project, &row).await?);
    }
    Ok(rounds)
}

async fn with_steps(conn: &mut Conn, project: &ProjectId, row: &Row) -> Result<Round> {
    let number = small(row, "number")?;
    Ok(Round {
        number,
        state: state(row)?,
        spec: json(row, "spec")?,
        summary: json_or_none(row, "summary")?,
        started_at: timestamp(row, "started_at")?,
        ended_at: timestamp_or_none(row, "ended_at")?,
        steps: step::of_round(conn, *project, number).await?,
    })
}

pub(super) fn state(row: &Row) -> Result<RunState> {
    let name: String = row.try_get("state")?;
    RunState::from_name(&name).ok_or_else(|| StoreError::corrupt("state", name))
}

pub(crate) async fn set_summary(
    conn: &mut Conn,
    project: &ProjectId,
    number: &u32,
    summary: &Value,
) -> Result<()> {
    let query =
        sqlx::query(sql::SET_SUMMARY).bind(project.0).bind(i64::from(*number)).bind(summary.to_string());
    match query.execute(conn).await?.rows_affected() {
        0 => Err(StoreError::not_found("round", number)),
        _ => Ok(()),
    }
}

pub(crate) async fn end(
    conn: &mut Conn,
    project: &ProjectId,
    number: &u32,
    state: &RunState,
    now: &Timestamp,
) -> Result<()> {
    let round = required(conn, project, number).await?;
    let open = round.steps.iter().find(|step| step.state != RunState::Done);
    if let (RunState::Done, Some(step)) = (state, open) {
        let reason = format!("round {number} is not done: step {} is {}", step.name, step.state.name());
        return Err(StoreError::conflict("round", reason));
    }
    let query = sqlx::query(sql::END).bind(project.0).bind(i64::from(*number)).bind(state.name());
    query.bind(micros(*now)).execute(conn).await?;
    Ok(())
}
