//! What each person's answers were worth.

use std::collections::BTreeMap;

use domain::{ProjectId, Timestamp, VolunteerId};
use sqlx::Row as _;

use super::{Conn, Row, micros, timestamp, timestamp_or_none, whole};
use crate::{
    Contribution, LogSeq, Result, TeamTotal, Week,
    contribution::{ANSWERS_PER_STEP, Piece, Sum},
    sql::contribution as sql,
};

/// Reads the next entries of the log that are old enough.
pub(crate) async fn read(
    conn: &mut Conn,
    project: &ProjectId,
    until: &Timestamp,
    chunk: &u32,
) -> Result<Piece> {
    let place = sqlx::query(sql::PLACE).bind(project.0).fetch_optional(&mut *conn).await?;
    let from = place.map_or(Ok(0), |row| row.try_get("seq"))?;
    let query = sqlx::query(sql::ENTRIES).bind(project.0).bind(from).bind(i64::from(*chunk));
    let rows = query.fetch_all(conn).await?;
    let mut sums = BTreeMap::<VolunteerId, Sum>::new();
    let (mut to, mut taken) = (from, 0);
    for row in &rows {
        let at = timestamp(row, "at")?;
        if at > *until {
            break;
        }
        add_entry(&mut sums, row, at)?;
        (to, taken) = (row.try_get("seq")?, taken + 1);
    }
    let more = taken == rows.len() && taken == *chunk as usize;
    Ok(Piece { from: LogSeq(from), to: LogSeq(to), sums: sums.into_values().collect(), more })
}

/// A vote counts one up, a retraction one down, in the week of the vote. Whether a vote's truth was
/// told, its author knows; only votes whose truth was not told can be taken back.
fn add_entry(sums: &mut BTreeMap<VolunteerId, Sum>, row: &Row, at: Timestamp) -> Result<()> {
    let volunteer = VolunteerId(row.try_get("volunteer_id")?);
    let of_at = timestamp_or_none(row, "of_at")?;
    let (one, week) = if row.try_get::<i16, _>("kind")? == 0 {
        (1, Week::of(at))
    } else {
        (-1, Week::of(of_at.unwrap_or(at)))
    };
    let useful = if row.try_get("feedback")? { 0 } else { one };
    let sum = sums.entry(volunteer).or_insert(Sum { volunteer, answers: 0, useful: 0, week, week_useful: 0 });
    sum.answers += one;
    sum.useful += useful;
    if week > sum.week {
        (sum.week, sum.week_useful) = (week, useful);
    } else if week == sum.week {
        sum.week_useful += useful;
    }
    Ok(())
}

/// Adds a piece, unless somebody else has.
pub(crate) async fn add(conn: &mut Conn, project: &ProjectId, piece: &Piece) -> Result<()> {
    sqlx::query(sql::MAKE_PLACE).bind(project.0).execute(&mut *conn).await?;
    let moved = sqlx::query(sql::MOVE_PLACE).bind(project.0).bind(piece.from.0).bind(piece.to.0);
    if moved.execute(&mut *conn).await?.rows_affected() == 0 {
        return Ok(());
    }
    for sum in &piece.sums {
        let row = sqlx::query(sql::ADD)
            .bind(project.0)
            .bind(sum.volunteer.0)
            .bind(sum.answers)
            .bind(sum.useful)
            .bind(sum.week.0)
            .bind(sum.week_useful)
            .fetch_one(&mut *conn)
            .await?;
        let (answers, steps): (i64, i64) = (row.try_get("answers")?, row.try_get("steps")?);
        let step = i64::from(ANSWERS_PER_STEP);
        if answers / step > steps {
            let weigh = sqlx::query(sql::WEIGH).bind(project.0).bind(sum.volunteer.0).bind(step);
            weigh.execute(&mut *conn).await?;
        }
    }
    Ok(())
}

/// Whose number of found candidates has changed, and to what.
pub(crate) async fn found(
    conn: &mut Conn,
    project: &ProjectId,
    until: &Timestamp,
    chunk: &u32,
) -> Result<Vec<(VolunteerId, u64)>> {
    let query = sqlx::query(sql::FOUND).bind(project.0).bind(micros(*until)).bind(i64::from(*chunk));
    let read = |row: &Row| Ok((VolunteerId(row.try_get("volunteer_id")?), whole(row, "found")?));
    query.fetch_all(conn).await?.iter().map(read).collect()
}

pub(crate) async fn set_found(
    conn: &mut Conn,
    project: &ProjectId,
    found: &[(VolunteerId, u64)],
) -> Result<()> {
    for (volunteer, found) in found {
        let set = sqlx::query(sql::SET_FOUND).bind(project.0).bind(volunteer.0);
        set.bind(found.cast_signed()).execute(&mut *conn).await?;
    }
    Ok(())
}

pub(crate) async fn ranked(conn: &mut Conn, project: &ProjectId, limit: &u32) -> Result<Vec<Contribution>> {
    let query = sqlx::query(sql::RANKED).bind(project.0).bind(i64::from(*limit));
    query.fetch_all(conn).await?.iter().map(contribution).collect()
}

pub(crate) async fn team(conn: &mut Conn, project: &ProjectId, week: &Week) -> Result<TeamTotal> {
    let row = sqlx::query(sql::EVERYBODY).bind(project.0).bind(week.0).fetch_one(conn).await?;
    Ok(TeamTotal {
        people: whole(&row, "people")?,
        answers: whole(&row, "useful")?,
        bits: row.try_get("bits")?,
        week_people: whole(&row, "week_people")?,
        week_answers: whole(&row, "week_useful")?,
        week_bits: row.try_get("week_bits")?,
    })
}

pub(crate) async fn of(
    conn: &mut Conn,
    project: &ProjectId,
    volunteer: &VolunteerId,
) -> Result<Option<Contribution>> {
    let row = sqlx::query(sql::OF).bind(project.0).bind(volunteer.0).fetch_optional(conn).await?;
    row.as_ref().map(contribution).transpose()
}

pub(crate) async fn names(conn: &mut Conn, people: &[VolunteerId]) -> Result<Vec<Option<String>>> {
    let mut names = Vec::with_capacity(people.len());
    for volunteer in people {
        let row = sqlx::query(sql::NAME).bind(volunteer.0).fetch_optional(&mut *conn).await?;
        names.push(row.map(|row| row.try_get("display_name")).transpose()?);
    }
    Ok(names)
}

fn contribution(row: &Row) -> Result<Contribution> {
    Ok(Contribution {
        volunteer: VolunteerId(row.try_get("volunteer_id")?),
        answers: whole(row, "useful")?,
        week_answers: whole(row, "week_useful")?,
        week: Week(row.try_get("week")?),
        bits_per_answer: row.try_get("bits")?,
        found: whole(row, "found")?,
    })
}
