//! Recounts the log and compares.

use std::collections::BTreeMap;

use domain::{ProjectId, Tally};
use sqlx::Row as _;
use uuid::Uuid;

use super::{Conn, Row, answer, queue::rule, small, tally, whole};
use crate::{Result, Verification, sql::verify as sql};

/// What the live votes of the log add up to.
#[derive(Default)]
struct Recount {
    votes: u64,
    subjects: BTreeMap<i64, Tally>,
    volunteers: BTreeMap<Uuid, u64>,
    queued: BTreeMap<(i64, i64), Tally>,
}

pub(crate) async fn verify(conn: &mut Conn, project: &ProjectId) -> Result<Verification> {
    let entries = sqlx::query(sql::ENTRIES).bind(project.0).fetch_one(&mut *conn).await?;
    let mut recount = recount(conn, project.0).await?;
    let mut mismatches = Vec::new();

    for row in rows(conn, sql::TALLIES, project.0).await? {
        let (subject, kept): (i64, Tally) = (row.try_get("subject_id")?, tally(&row)?);
        let counted = recount.subjects.remove(&subject).unwrap_or_default();
        compare(&mut mismatches, || format!("tally of subject {subject}"), &kept, &counted);
    }
    for row in rows(conn, sql::PARTICIPATIONS, project.0).await? {
        let (volunteer, kept): (Uuid, u64) = (row.try_get("volunteer_id")?, whole(&row, "votes")?);
        let counted = recount.volunteers.remove(&volunteer).unwrap_or_default();
        compare(&mut mismatches, || format!("votes of volunteer {volunteer}"), &kept, &counted);
    }
    let mut leases = BTreeMap::new();
    for row in rows(conn, sql::OPEN_LEASES, project.0).await? {
        let round: Option<i64> = row.try_get("round")?;
        leases.insert((round.unwrap_or(-1), row.try_get("subject_id")?), small(&row, "leases")?);
    }
    for row in rows(conn, sql::QUEUE_ITEMS, project.0).await? {
        let key: (i64, i64) = (row.try_get("round")?, row.try_get("subject_id")?);
        let name = |what| format!("{what} of subject {} in round {}", key.1, key.0);
        let (kept, counted) = (tally(&row)?, recount.queued.remove(&key).unwrap_or_default());
        compare(&mut mismatches, || name("votes"), &kept, &counted);
        compare(&mut mismatches, || name("end"), &row.try_get("done")?, &rule(&row)?.is_done(counted));
        let counted = leases.remove(&key).unwrap_or_default();
        compare(&mut mismatches, || name("open leases"), &small(&row, "open_leases")?, &counted);
    }
    for row in rows(conn, sql::ASTRAY, project.0).await? {
        let id: Uuid = row.try_get("id")?;
        mismatches.push(format!("the state of assignment {id} does not fit its votes"));
    }
    let lost = recount.subjects.keys().map(|id| format!("subject {id} has votes but no tally"));
    mismatches.extend(lost);
    mismatches.extend(recount.volunteers.keys().map(|id| format!("volunteer {id} has votes but no count")));
    mismatches.extend(
        recount.queued.keys().map(|key| format!("votes in round and subject {key:?} but no queue item")),
    );
    mismatches
        .extend(leases.keys().map(|key| format!("leases in round and subject {key:?} but no queue item")));
    Ok(Verification { entries: whole(&entries, "entries")?, votes: recount.votes, mismatches })
}

async fn rows(conn: &mut Conn, statement: &'static str, project: i64) -> Result<Vec<Row>> {
    Ok(sqlx::query(statement).bind(project).fetch_all(conn).await?)
}

async fn recount(conn: &mut Conn, project: i64) -> Result<Recount> {
    let mut recount = Recount::default();
    for row in rows(conn, sql::LIVE_VOTES, project).await? {
        let (subject, answer): (i64, _) = (row.try_get("subject_id")?, answer(&row)?);
        let (round, training): (Option<i64>, bool) = (row.try_get("round")?, row.try_get("training")?);
        for _ in 0..whole(&row, "votes")? {
            recount.votes += 1;
            *recount.volunteers.entry(row.try_get("volunteer_id")?).or_default() += 1;
            let tally = recount.subjects.entry(subject).or_default();
            *tally = tally.with(answer);
            if let (Some(round), false) = (round, training) {
                let tally = recount.queued.entry((round, subject)).or_default();
                *tally = tally.with(answer);
            }
        }
    }
    Ok(recount)
}

fn compare<T: PartialEq + std::fmt::Debug>(
    mismatches: &mut Vec<String>,
    what: impl FnOnce() -> String,
    kept: &T,
    counted: &T,
) {
    if kept != counted {
        mismatches.push(format!("{}: kept {kept:?}, the log says {counted:?}", what()));
    }
}
