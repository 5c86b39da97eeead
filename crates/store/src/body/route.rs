//! Finding and leasing images for one request: contested ones for experts, the best open ones,
//! now and then a retired one again, and training images.

use std::collections::HashSet;

use consensus::live::{Outcome, VolunteerRecord};
use domain::{ProjectId, SubjectId, VolunteerId};
use rand::RngExt as _;
use sqlx::{QueryBuilder, Row as _};

use super::{Conn, Db, Row, belief::evidence, subject::required_image};
use crate::{
    ImageRef, Result, Role, Rules, TrainingPick,
    route::{Candidate, sort_for},
    sql::{assign as sql, bulk},
};

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

    /// Without these, which the same request has leased already.
    pub(super) fn without(mut self, leased: &HashSet<SubjectId>) -> Self {
        self.experts.retain(|candidate| !leased.contains(&candidate.subject));
        self.crowd.retain(|candidate| !leased.contains(&candidate.subject));
        self
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
    let query = sqlx::query(statement).bind(request.project.0).bind(request.round).bind(request.volunteer.0);
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
        image: required_image(row)?,
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

/// Leases up to `count` of what was found, the best first; fewer when places are taken.
pub(super) async fn lease(
    conn: &mut Conn,
    project: ProjectId,
    found: &mut Found,
    count: usize,
) -> Result<Vec<Candidate>> {
    let mut leased = Vec::with_capacity(count);
    for (candidates, tail) in
        [(&mut found.experts, bulk::LEASE_EXPERTS), (&mut found.crowd, bulk::LEASE_CROWD)]
    {
        while leased.len() < count && !candidates.is_empty() {
            let rest = candidates.len().saturating_sub(count - leased.len());
            let best: Vec<Candidate> = candidates.drain(rest..).rev().collect();
            let taken = take(conn, project, &best, tail).await?;
            leased.extend(best.into_iter().filter(|candidate| taken.contains(&candidate.subject)));
        }
    }
    Ok(leased)
}

/// Which of these had a place, now taken.
async fn take(
    conn: &mut Conn,
    project: ProjectId,
    candidates: &[Candidate],
    tail: &'static str,
) -> Result<HashSet<SubjectId>> {
    let mut lease = QueryBuilder::<Db>::new(bulk::LEASE);
    lease.push_bind(project.0).push(bulk::LEASE_THESE);
    let mut ids = lease.separated(", ");
    for candidate in candidates {
        ids.push_bind(candidate.subject.0);
    }
    lease.push(tail);
    let rows = lease.build().fetch_all(conn).await?;
    rows.iter().map(|row| Ok(SubjectId(row.try_get("subject_id")?))).collect()
}

/// Leases a retired subject that nobody holds, from a random place on.
pub(super) async fn retest(
    conn: &mut Conn,
    request: &Request<'_>,
    dice: &mut domain::Rng,
) -> Result<Option<Candidate>> {
    let retirement = &request.rules.engine.settings().retirement;
    // Mostly those that were rejected: a lens among them is lost, a non-lens among the detected is
    // found by whoever looks at the candidates.
    let rejected_first = dice.random_bool(0.9);
    let [first, second] = [Outcome::Rejected, Outcome::Detected];
    for outcome in if rejected_first { [first, second] } else { [second, first] } {
        let query = sqlx::query(sql::RETIRED_RANGE).bind(request.project.0).bind(outcome.name());
        let Some((first, last)) = bounds(&query.fetch_one(&mut *conn).await?)? else { continue };
        for start in [dice.random_range(first..=last), first] {
            let query = sqlx::query(sql::RETIRED)
                .bind(request.project.0)
                .bind(start)
                .bind(request.volunteer.0)
                .bind(i64::from(retirement.max_votes))
                .bind(outcome.name());
            let rows = query.fetch_all(&mut *conn).await?;
            let mut found: Vec<Candidate> = rows.iter().map(bare).collect::<Result<_>>()?;
            while !found.is_empty() {
                let candidate = found.swap_remove(dice.random_range(0..found.len()));
                let one = std::slice::from_ref(&candidate);
                if !take(conn, request.project, one, bulk::LEASE_RETIRED).await?.is_empty() {
                    return Ok(Some(candidate));
                }
            }
        }
    }
    Ok(None)
}

fn bounds(row: &Row) -> Result<Option<(i64, i64)>> {
    let (first, last): (Option<i64>, Option<i64>) = (row.try_get("first")?, row.try_get("last")?);
    Ok(first.zip(last))
}

/// A training subject of the wanted kind, else of the other, that this volunteer has not had and
/// that is not already in this request.
pub(super) async fn training(
    conn: &mut Conn,
    project: ProjectId,
    volunteer: VolunteerId,
    pick: TrainingPick,
    taken: &[SubjectId],
) -> Result<Option<(SubjectId, ImageRef)>> {
    let kinds = if pick.lens {
        [Role::TrainingLens, Role::TrainingNonLens]
    } else {
        [Role::TrainingNonLens, Role::TrainingLens]
    };
    for kind in kinds {
        let query = sqlx::query(sql::TRAINING_RANGE).bind(project.0).bind(kind.name());
        let Some((first, last)) = bounds(&query.fetch_one(&mut *conn).await?)? else { continue };
        let mut start = first + (pick.pick % last.abs_diff(first).saturating_add(1)) as i64;
        let mut wrapped = start == first;
        // Each step past one already in this request; the second time round from the beginning.
        loop {
            let query =
                sqlx::query(sql::TRAINING).bind(project.0).bind(kind.name()).bind(volunteer.0).bind(start);
            match query.fetch_optional(&mut *conn).await? {
                Some(row) => {
                    let subject = SubjectId(row.try_get("subject_id")?);
                    if !taken.contains(&subject) {
                        return Ok(Some((subject, required_image(&row)?)));
                    }
                    start = subject.0 + 1;
                }
                None if wrapped => break,
                None => (start, wrapped) = (first, true),
            }
        }
    }
    Ok(None)
}
