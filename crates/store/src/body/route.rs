//! Finding and leasing images for one request: contested ones for experts, the best open ones,
//! now and then a retired one again, and training images.

use consensus::live::VolunteerRecord;
use domain::{ProjectId, SubjectId, VolunteerId};
use rand::RngExt as _;
use sqlx::Row as _;

use super::{Conn, Row, belief::evidence, whole};
use crate::{
    Result, Role, Rules, TrainingPick,
    route::{CANDIDATES, Candidate, sort_for},
    sql::assign as sql,
};

/// Training subjects looked at from one place before another is tried.
const WINDOW: i64 = 256;

/// Who asks, and from which queue.
pub(super) struct Request<'a> {
    pub project: ProjectId,
    pub volunteer: VolunteerId,
    pub round: i64,
    pub record: &'a VolunteerRecord,
    pub rules: &'a Rules,
}

/// Subjects found for one request and not yet leased, the best last.
pub(super) struct Found {
    experts: Vec<Candidate>,
    crowd: Vec<Candidate>,
}

impl Found {
    pub(super) fn is_empty(&self) -> bool {
        self.experts.is_empty() && self.crowd.is_empty()
    }
}

/// The best open subjects for this volunteer.
pub(super) async fn find(conn: &mut Conn, request: &Request<'_>, dice: &mut domain::Rng) -> Result<Found> {
    let engine = &request.rules.engine;
    let mut experts = if engine.is_expert(request.record) {
        search(conn, request, sql::EXPERTS).await?
    } else {
        Vec::new()
    };
    let mut crowd = search(conn, request, sql::CROWD).await?;
    for candidates in [&mut experts, &mut crowd] {
        sort_for(request.record, engine, candidates, dice);
    }
    Ok(Found { experts, crowd })
}

async fn search(conn: &mut Conn, request: &Request<'_>, statement: &'static str) -> Result<Vec<Candidate>> {
    let query = sqlx::query(statement)
        .bind(request.project.0)
        .bind(request.round)
        .bind(request.volunteer.0)
        .bind(CANDIDATES);
    let candidate = |row: &Row| {
        let strategy: Option<String> = row.try_get("strategy")?;
        Ok(Candidate {
            rank: row.try_get("rank")?,
            strategy: strategy.unwrap_or_else(|| "contested".to_owned()),
            inclusion_probability: row.try_get("inclusion_probability")?,
            model_version: row.try_get("model_version")?,
            ..bare(row)?
        })
    };
    query.fetch_all(conn).await?.iter().map(candidate).collect()
}

fn bare(row: &Row) -> Result<Candidate> {
    Ok(Candidate {
        subject: SubjectId(row.try_get("subject_id")?),
        evidence: evidence(row)?,
        network: row.try_get("network")?,
        value: row.try_get("value")?,
        least_bits: row.try_get("least_bits")?,
        priority: row.try_get("priority")?,
        rank: None,
        strategy: "retest".to_owned(),
        inclusion_probability: None,
        model_version: None,
    })
}

/// Leases the best of what was found; `None` when every place is taken.
pub(super) async fn lease(
    conn: &mut Conn,
    request: &Request<'_>,
    found: &mut Found,
) -> Result<Option<Candidate>> {
    for (candidates, statement) in
        [(&mut found.experts, sql::LEASE_EXPERT), (&mut found.crowd, sql::LEASE_CROWD)]
    {
        while let Some(candidate) = candidates.pop() {
            if take(conn, request.project, candidate.subject, statement).await? {
                return Ok(Some(candidate));
            }
        }
    }
    Ok(None)
}

async fn take(
    conn: &mut Conn,
    project: ProjectId,
    subject: SubjectId,
    statement: &'static str,
) -> Result<bool> {
    let query = sqlx::query(statement).bind(project.0).bind(subject.0);
    Ok(query.execute(conn).await?.rows_affected() == 1)
}

/// Leases a retired subject that nobody holds, from a random place on.
pub(super) async fn retest(
    conn: &mut Conn,
    request: &Request<'_>,
    dice: &mut domain::Rng,
) -> Result<Option<Candidate>> {
    let range = sqlx::query(sql::RETIRED_RANGE).bind(request.project.0).fetch_one(&mut *conn).await?;
    let Some((first, last)) = bounds(&range)? else { return Ok(None) };
    let retirement = &request.rules.engine.settings().retirement;
    for start in [dice.random_range(first..=last), first] {
        let query = sqlx::query(sql::RETIRED)
            .bind(request.project.0)
            .bind(start)
            .bind(request.volunteer.0)
            .bind(i64::from(retirement.max_votes));
        let rows = query.fetch_all(&mut *conn).await?;
        let mut found: Vec<Candidate> = rows.iter().map(bare).collect::<Result<_>>()?;
        while !found.is_empty() {
            let candidate = found.swap_remove(dice.random_range(0..found.len()));
            if take(conn, request.project, candidate.subject, sql::LEASE_RETIRED).await? {
                return Ok(Some(candidate));
            }
        }
    }
    Ok(None)
}

fn bounds(row: &Row) -> Result<Option<(i64, i64)>> {
    let (first, last): (Option<i64>, Option<i64>) = (row.try_get("first")?, row.try_get("last")?);
    Ok(first.zip(last))
}

/// A training subject of the wanted kind, else of the other, that this volunteer has not had.
pub(super) async fn training(
    conn: &mut Conn,
    project: ProjectId,
    volunteer: VolunteerId,
    pick: TrainingPick,
) -> Result<Option<SubjectId>> {
    let kinds = if pick.lens {
        [Role::TrainingLens, Role::TrainingNonLens]
    } else {
        [Role::TrainingNonLens, Role::TrainingLens]
    };
    for kind in kinds {
        let query = sqlx::query(sql::TRAINING_RANGE).bind(project.0).bind(kind.name());
        let Some((first, last)) = bounds(&query.fetch_one(&mut *conn).await?)? else { continue };
        let start = first + (pick.pick % last.abs_diff(first).saturating_add(1)) as i64;
        for start in [start, first] {
            let query = sqlx::query(sql::TRAINING)
                .bind(project.0)
                .bind(kind.name())
                .bind(volunteer.0)
                .bind(start)
                .bind(WINDOW);
            if let Some(row) = query.fetch_optional(&mut *conn).await? {
                return Ok(Some(SubjectId(row.try_get("subject_id")?)));
            }
        }
    }
    Ok(None)
}

/// How much of the round's budget is left.
pub(super) fn left(queue: &Row) -> Result<u64> {
    Ok(whole(queue, "votes_budget")?.saturating_sub(whole(queue, "taken")?))
}
