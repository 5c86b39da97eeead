//! Steps of a round.

use std::time::Duration;

use domain::{Digest, ProjectId, Timestamp};
use serde_json::Value;
use sqlx::Row as _;

use super::{Conn, Row, bytes, digest_or_none, json_or_none, micros, round::state, small, timestamp_or_none};
use crate::{Claim, Result, RunState, Step, StoreError, sql::round as sql, step::StepAt};

pub(super) async fn of_round(conn: &mut Conn, project: ProjectId, round: u32) -> Result<Vec<Step>> {
    let query = sqlx::query(sql::STEPS).bind(project.0).bind(i64::from(round));
    query.fetch_all(conn).await?.iter().map(step).collect()
}

async fn by_name(conn: &mut Conn, at: &StepAt) -> Result<Step> {
    let query = sqlx::query(sql::STEP).bind(at.project.0).bind(i64::from(at.round)).bind(at.name.clone());
    let row = query.fetch_optional(conn).await?;
    row.as_ref().map_or_else(
        || Err(StoreError::not_found("step", format!("{} of round {}", at.name, at.round))),
        step,
    )
}

fn step(row: &Row) -> Result<Step> {
    Ok(Step {
        name: row.try_get("name")?,
        position: small(row, "position")?,
        state: state(row)?,
        attempt: small(row, "attempt")?,
        epoch: row.try_get("epoch")?,
        owner: row.try_get("owner")?,
        lease_until: timestamp_or_none(row, "lease_until")?,
        input_digest: digest_or_none(row, "input_digest")?,
        output: json_or_none(row, "output")?,
        error: row.try_get("error")?,
        started_at: timestamp_or_none(row, "started_at")?,
        ended_at: timestamp_or_none(row, "ended_at")?,
    })
}

pub(crate) async fn claim(
    conn: &mut Conn,
    at: &StepAt,
    owner: &str,
    lease: &Duration,
    input: &Digest,
    now: &Timestamp,
) -> Result<Claim> {
    let step = by_name(conn, at).await?;
    if let (RunState::Done, Some(output), Some(input)) = (step.state, &step.output, step.input_digest) {
        return Ok(Claim::Done { output: output.clone(), input });
    }
    let before = sqlx::query(sql::STEP_BEFORE)
        .bind(at.project.0)
        .bind(i64::from(at.round))
        .bind(i64::from(step.position))
        .fetch_optional(&mut *conn)
        .await?;
    if let Some(row) = before {
        return Ok(Claim::Waiting { on: row.try_get("name")? });
    }
    if let Some(busy) = held_by_another(&step, owner, *now) {
        return Ok(busy);
    }
    let claimed = sqlx::query(sql::STEP_CLAIM)
        .bind(at.project.0)
        .bind(i64::from(at.round))
        .bind(at.name.clone())
        .bind(step.epoch)
        .bind(owner.to_owned())
        .bind(micros(*now + *lease))
        .bind(bytes(input))
        .bind(micros(*now))
        .fetch_optional(&mut *conn)
        .await?;
    match claimed {
        Some(row) => Ok(Claim::Work {
            epoch: row.try_get("epoch")?,
            attempt: small(&row, "attempt")?,
            previous_input: step.input_digest,
        }),
        // Someone was quicker between our two statements (PostgreSQL).
        None => {
            let step = by_name(conn, at).await?;
            let until = step.lease_until.unwrap_or(*now);
            Ok(Claim::Busy { owner: step.owner.unwrap_or_default(), until })
        }
    }
}

fn held_by_another(step: &Step, owner: &str, now: Timestamp) -> Option<Claim> {
    let (holder, until) = (step.owner.as_deref()?, step.lease_until?);
    let held = step.state == RunState::Running && until > now && holder != owner;
    held.then(|| Claim::Busy { owner: holder.to_owned(), until })
}

pub(crate) async fn heartbeat(conn: &mut Conn, at: &StepAt, epoch: &i64, until: &Timestamp) -> Result<()> {
    let query =
        sqlx::query(sql::STEP_HEARTBEAT).bind(at.project.0).bind(i64::from(at.round)).bind(at.name.clone());
    let done = query.bind(*epoch).bind(micros(*until)).execute(conn).await?;
    if done.rows_affected() == 0 { Err(fenced(at, *epoch)) } else { Ok(()) }
}

pub(crate) async fn complete(
    conn: &mut Conn,
    at: &StepAt,
    epoch: &i64,
    output: &Value,
    now: &Timestamp,
) -> Result<()> {
    let query =
        sqlx::query(sql::STEP_COMPLETE).bind(at.project.0).bind(i64::from(at.round)).bind(at.name.clone());
    let query = query.bind(*epoch).bind(output.to_string()).bind(micros(*now));
    if query.execute(&mut *conn).await?.rows_affected() == 1 {
        return Ok(());
    }
    let step = by_name(conn, at).await?;
    let same = step.state == RunState::Done && step.epoch == *epoch && step.output.as_ref() == Some(output);
    if same { Ok(()) } else { Err(fenced(at, *epoch)) }
}

pub(crate) async fn fail(
    conn: &mut Conn,
    at: &StepAt,
    epoch: &i64,
    error: &str,
    now: &Timestamp,
) -> Result<()> {
    let query =
        sqlx::query(sql::STEP_FAIL).bind(at.project.0).bind(i64::from(at.round)).bind(at.name.clone());
    let done = query.bind(*epoch).bind(error.to_owned()).bind(micros(*now)).execute(conn).await?;
    if done.rows_affected() == 0 { Err(fenced(at, *epoch)) } else { Ok(()) }
}

fn fenced(at: &StepAt, epoch: i64) -> StoreError {
    StoreError::Fenced { step: at.name.clone(), epoch }
}
