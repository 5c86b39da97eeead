//! Finding and leasing images for one request: contested ones for experts, the best open ones,
//! and now and then a retired one again. Training images are left to `training`.

use std::collections::HashSet;

use consensus::live::{Outcome, VolunteerRecord};
use domain::{Digest, ProjectId, SubjectId, VolunteerId};
use rand::RngExt as _;
use sqlx::{QueryBuilder, Row as _};

use super::{Conn, Db, Row, belief::evidence, subject::required_image};
use crate::{
    ImageRef, Result, Rules,
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
    /// Whether contested images are for them: by their role, or by their record.
    pub is_expert: bool,
}

/// A subject chosen for one slot: its picture, and what is written down of why it was shown.
pub(super) struct Routed {
    pub subject: SubjectId,
    pub image: ImageRef,
    pub rank: Option<i64>,
    pub strategy: String,
    pub inclusion_probability: Option<f64>,
    pub model_version: Option<String>,
}

/// Subjects found for one request and not yet leased, the best last.
pub(super) struct Found {
    experts: Vec<Candidate>,
    crowd: Vec<Candidate>,
    /// Whether too few were found that this volunteer never held, so that some they let go are among
    /// them if there are any.
    pub let_go: bool,
}

impl Found {
    pub(super) fn is_empty(&self) -> bool {
        self.experts.is_empty() && self.crowd.is_empty()
    }
}

/// The best open subjects for this volunteer, `count` or more if there are; those they never held
/// before those they let go.
pub(super) async fn find(
    conn: &mut Conn,
    request: &Request<'_>,
    count: usize,
    dice: &mut domain::Rng,
) -> Result<Found> {
    let engine = &request.rules.engine;
    let mut experts = if request.is_expert {
        let query = sqlx::query(sql::EXPERTS).bind(request.project.0).bind(request.volunteer.0).bind(false);
        rows(conn, query).await?
    } else {
        Vec::new()
    };
    sort_for(request.record, engine, &mut experts, dice);
    let mut crowd = unseen(conn, request, count, dice).await?;
    sort_for(request.record, engine, &mut crowd, dice);
    let let_go = crowd.len() < count;
    if let_go {
        let seen: HashSet<SubjectId> = crowd.iter().map(|candidate| candidate.subject).collect();
        let mut all = rows(conn, ask(sql::CROWD_ALL, request, true)).await?;
        all.retain(|candidate| !seen.contains(&candidate.subject));
        sort_for(request.record, engine, &mut all, dice);
        all.extend(crowd);
        crowd = all;
    }
    Ok(Found { experts, crowd, let_go })
}

/// Open subjects of the round that this volunteer never held. Somebody who has had nearly all of the
/// best is given others from a random place on; only if there are none, the whole round is searched.
async fn unseen(
    conn: &mut Conn,
    request: &Request<'_>,
    count: usize,
    dice: &mut domain::Rng,
) -> Result<Vec<Candidate>> {
    let best = rows(conn, ask(sql::CROWD, request, false).bind(f64::MAX)).await?;
    if best.len() >= count {
        return Ok(best);
    }
    let query = sqlx::query(sql::CROWD_END).bind(request.project.0).bind(request.round);
    let Some(end) = query.fetch_optional(&mut *conn).await? else { return Ok(best) };
    let from = end.try_get::<f64, _>("priority")? * dice.random::<f64>();
    let others = rows(conn, ask(sql::CROWD, request, false).bind(from)).await?;
    if best.len() + others.len() >= count {
        let known: HashSet<SubjectId> = best.iter().map(|candidate| candidate.subject).collect();
        let mut both = best;
        both.extend(others.into_iter().filter(|candidate| !known.contains(&candidate.subject)));
        if both.len() >= count {
            return Ok(both);
        }
    }
    rows(conn, ask(sql::CROWD_ALL, request, false)).await
}

type Query<'q> = sqlx::query::Query<'q, Db, <Db as sqlx::Database>::Arguments>;

fn ask(statement: &'static str, request: &Request<'_>, let_go: bool) -> Query<'static> {
    sqlx::query(statement).bind(request.project.0).bind(request.round).bind(request.volunteer.0).bind(let_go)
}

async fn rows(conn: &mut Conn, query: Query<'_>) -> Result<Vec<Candidate>> {
    let candidate = |row: &Row| {
        Ok(Candidate {
            subject: SubjectId(row.try_get("subject_id")?),
            rank: row.try_get("rank")?,
            evidence: evidence(row)?,
            network: row.try_get("network")?,
            value: row.try_get("value")?,
            least_bits: row.try_get("least_bits")?,
            priority: row.try_get("priority")?,
        })
    };
    query.fetch_all(conn).await?.iter().map(candidate).collect()
}

/// What is written down of these subjects, in their order.
async fn routed(conn: &mut Conn, request: &Request<'_>, these: &[Candidate]) -> Result<Vec<Routed>> {
    let mut select = QueryBuilder::<Db>::new(bulk::ROUTED);
    select.push_bind(request.round).push(bulk::ROUTED_THESE);
    let mut ids = select.separated(", ");
    these.iter().for_each(|candidate| {
        ids.push_bind(candidate.subject.0);
    });
    select.push(")");
    let one = |row: &Row| {
        let strategy: Option<String> = row.try_get("strategy")?;
        Ok(Routed {
            subject: SubjectId(row.try_get("subject_id")?),
            image: required_image(row)?,
            rank: row.try_get("rank")?,
            strategy: strategy.unwrap_or_else(|| "contested".to_owned()),
            inclusion_probability: row.try_get("inclusion_probability")?,
            model_version: row.try_get("model_version")?,
        })
    };
    let mut routed = select.build().fetch_all(conn).await?.iter().map(one).collect::<Result<Vec<_>>>()?;
    let place = |subject: SubjectId| these.iter().position(|candidate| candidate.subject == subject);
    routed.sort_by_key(|one| place(one.subject));
    Ok(routed)
}

/// Leases up to `count` of what was found, the best first; fewer when places are taken. `leased` are
/// the pictures this request has tried already: of two subjects with one picture, one is enough.
pub(super) async fn lease(
    conn: &mut Conn,
    request: &Request<'_>,
    found: &mut Found,
    count: usize,
    leased: &mut HashSet<Digest>,
) -> Result<Vec<Routed>> {
    if count == 0 {
        // As much work as leasing one, for nothing: see `assign::training`.
        if let Some(best) = found.experts.last().or(found.crowd.last()) {
            let best = routed(conn, request, std::slice::from_ref(best)).await?;
            take(conn, request.project, &best, bulk::LEASE_NONE).await?;
        }
        return Ok(Vec::new());
    }
    let mut got = Vec::with_capacity(count);
    for (candidates, tail) in
        [(&mut found.experts, bulk::LEASE_EXPERTS), (&mut found.crowd, bulk::LEASE_CROWD)]
    {
        while got.len() < count {
            let rest = candidates.len().saturating_sub(count - got.len());
            let mut next = candidates.split_off(rest);
            if next.is_empty() {
                break;
            }
            next.reverse();
            let mut best = routed(conn, request, &next).await?;
            best.retain(|one| leased.insert(one.image.digest));
            if best.is_empty() {
                continue;
            }
            let taken = take(conn, request.project, &best, tail).await?;
            got.extend(best.into_iter().filter(|one| taken.contains(&one.subject)));
        }
    }
    Ok(got)
}

/// Which of these had a place, now taken.
async fn take(
    conn: &mut Conn,
    project: ProjectId,
    these: &[Routed],
    tail: &'static str,
) -> Result<HashSet<SubjectId>> {
    let mut lease = QueryBuilder::<Db>::new(bulk::LEASE);
    lease.push_bind(project.0).push(bulk::LEASE_THESE);
    let mut ids = lease.separated(", ");
    for one in these {
        ids.push_bind(one.subject.0);
    }
    lease.push(tail);
    let rows = lease.build().fetch_all(conn).await?;
    rows.iter().map(|row| Ok(SubjectId(row.try_get("subject_id")?))).collect()
}

/// Leases a retired subject that nobody holds and this volunteer never held, from a random place on:
/// roughly even, but one behind many that are not retired comes up more often.
pub(super) async fn retest(
    conn: &mut Conn,
    request: &Request<'_>,
    leased: &mut HashSet<Digest>,
    dice: &mut domain::Rng,
) -> Result<Option<Routed>> {
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
            let mut found: Vec<Routed> = rows.iter().map(retested).collect::<Result<_>>()?;
            while !found.is_empty() {
                let drawn = found.swap_remove(dice.random_range(0..found.len()));
                let one = std::slice::from_ref(&drawn);
                if leased.insert(drawn.image.digest)
                    && !take(conn, request.project, one, bulk::LEASE_RETIRED).await?.is_empty()
                {
                    return Ok(Some(drawn));
                }
            }
        }
    }
    Ok(None)
}

/// A re-test names the model whose score the subject has, but no rank and no probability: nobody drew it
/// from a list.
fn retested(row: &Row) -> Result<Routed> {
    Ok(Routed {
        subject: SubjectId(row.try_get("subject_id")?),
        image: required_image(row)?,
        rank: None,
        strategy: "retest".to_owned(),
        inclusion_probability: None,
        model_version: row.try_get("model_version")?,
    })
}

fn bounds(row: &Row) -> Result<Option<(i64, i64)>> {
    let (first, last): (Option<i64>, Option<i64>) = (row.try_get("first")?, row.try_get("last")?);
    Ok(first.zip(last))
}
