//! Somebody's own numbers.

use std::sync::Arc;

use consensus::live::{Eye, TruthKind};
use domain::{Answer, ProjectId, VolunteerId};
use sqlx::Row as _;

use super::{Conn, Row, answer, belief::truth, micros, rules, timestamp_or_none, whole};
use crate::{
    OwnNumbers, Result, Week, WeekOfVotes, history::Horizon, own_numbers::GROWTH, rules::RulesCache,
    sql::history as sql,
};

pub(crate) async fn of(
    conn: &mut Conn,
    project: &ProjectId,
    volunteer: &VolunteerId,
    horizon: &Horizon,
    first_week: &Week,
    told: &u32,
    cache: &Arc<RulesCache>,
) -> Result<OwnNumbers> {
    let ask = |statement: &'static str| sqlx::query(statement).bind(project.0).bind(volunteer.0);
    let counts = ask(sql::COUNTS).fetch_one(&mut *conn).await?;
    let candidates = ask(sql::CANDIDATES)
        .bind(micros(horizon.votes_before))
        .bind(micros(horizon.decided_before))
        .fetch_one(&mut *conn)
        .await?;
    let weeks = ask(sql::WEEKS).bind(micros(first_week.start())).fetch_all(&mut *conn).await?;
    let mut told_rows = ask(sql::TOLD).bind(i64::from(*told)).fetch_all(&mut *conn).await?;
    told_rows.reverse();
    let told: Vec<Option<(TruthKind, Answer)>> = told_rows.iter().map(told_vote).collect::<Result<_>>()?;
    let told: Vec<_> = told.into_iter().flatten().collect();
    let rules = rules::current(conn, project, cache).await?;
    Ok(OwnNumbers {
        votes: whole(&counts, "votes")?,
        votes_told: whole(&counts, "told")?,
        first_at: timestamp_or_none(&counts, "first_at")?,
        last_at: timestamp_or_none(&counts, "last_at")?,
        candidates: whole(&candidates, "candidates")?,
        confirmed: whole(&candidates, "confirmed")?,
        weeks: weeks.iter().map(week).collect::<Result<_>>()?,
        eye: Eye::of(&told),
        worth: rules.engine.worth(&told, GROWTH),
    })
}

fn week(row: &Row) -> Result<WeekOfVotes> {
    Ok(WeekOfVotes { week: Week(row.try_get("week")?), votes: whole(row, "votes")? })
}

/// Nothing for a training image that was withdrawn.
fn told_vote(row: &Row) -> Result<Option<(TruthKind, Answer)>> {
    let answer = answer(row)?;
    Ok(truth(row)?.map(|truth| (truth, answer)))
}
