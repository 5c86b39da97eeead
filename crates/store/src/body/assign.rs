//! Handing out images. Everything here runs under the project's lock, so that two
//! volunteers are never given the same last place. Which image is left to `route`.

use std::{collections::BTreeMap, sync::Arc, time::Duration};

use domain::{AssignmentId, ProjectId, SubjectId, Timestamp, VolunteerId};
use rand::RngExt as _;
use sqlx::Row as _;
use uuid::Uuid;

use super::{
    Conn, Row, dialect, lock, micros, record,
    route::{self, Found, Request},
    rules,
    subject::image_of,
    timestamp,
};
use crate::{
    Assigned, Assignment, ImageRef, Result, Slot, StoreError, VoteRefusal,
    route::{Candidate, dice},
    rules::RulesCache,
    sql::{assign as sql, belief},
};

/// Leases marked as over by one request at most; the next one goes on.
const MOST_EXPIRED: i64 = 200;

/// One image chosen for one slot.
struct Picked {
    subject: SubjectId,
    training: bool,
    strategy: String,
    rank: Option<i64>,
    inclusion_probability: Option<f64>,
    model_version: Option<String>,
}

impl Picked {
    fn survey(candidate: Candidate) -> Self {
        Self {
            subject: candidate.subject,
            training: false,
            strategy: candidate.strategy,
            rank: candidate.rank,
            inclusion_probability: candidate.inclusion_probability,
            model_version: candidate.model_version,
        }
    }

    fn training(subject: SubjectId) -> Self {
        Self {
            subject,
            training: true,
            strategy: "training".to_owned(),
            rank: None,
            inclusion_probability: None,
            model_version: None,
        }
    }
}

pub(crate) async fn assign(
    conn: &mut Conn,
    project: &ProjectId,
    volunteer: &VolunteerId,
    slots: &[Slot],
    lease: &Duration,
    cache: &Arc<RulesCache>,
    now: &Timestamp,
) -> Result<Assigned> {
    lock(conn, dialect::LOCK_PROJECT, project.0).await?;
    let nothing = Assigned { assignments: Vec::new(), nothing_left: true };
    expire(conn, *project, *now).await?;
    let known =
        sqlx::query(belief::RECORD).bind(project.0).bind(volunteer.0).fetch_optional(&mut *conn).await?;
    if known.is_none() {
        check_both_exist(conn, *project, *volunteer).await?;
    }
    let known = known.as_ref().map(record::known).transpose()?;
    let record = known.map(|known| known.record).unwrap_or_default();
    let queue = sqlx::query(sql::OPEN_QUEUE).bind(project.0).fetch_optional(&mut *conn).await?;
    let (Some(queue), Some(first)) = (queue, slots.first()) else { return Ok(nothing) };
    let left = route::left(&queue)?;
    if left == 0 {
        return Ok(nothing);
    }
    let rules = rules::current(conn, project, cache).await?;
    let request = Request {
        project: *project,
        volunteer: *volunteer,
        round: queue.try_get("round")?,
        record: &record,
        rules: &rules,
    };
    let mut found = route::find(conn, &request, &mut dice(first.id)).await?;
    // Training images only come along with unknown ones: alone, they would give themselves away.
    if found.is_empty() {
        return Ok(nothing);
    }
    let mut handing = Handing { request, left, spent: 0, from: *now, until: *now + *lease };
    let mut assignments = Vec::with_capacity(slots.len());
    let mut nothing_left = false;
    for slot in slots {
        match handing.pick(conn, slot, &mut found).await? {
            Some(picked) => assignments.push(handing.write(conn, slot, picked).await?),
            None => nothing_left = true,
        }
    }
    spend(conn, *project, handing.request.round, handing.spent).await?;
    Ok(Assigned { assignments, nothing_left })
}

async fn check_both_exist(conn: &mut Conn, project: ProjectId, volunteer: VolunteerId) -> Result<()> {
    if super::project::by_id(conn, &project).await?.is_none() {
        return Err(StoreError::not_found("project", project));
    }
    if super::volunteer::by_id(conn, &volunteer).await?.is_none() {
        return Err(StoreError::not_found("volunteer", volunteer));
    }
    Ok(())
}

/// Ends the leases that are over and gives their places back.
async fn expire(conn: &mut Conn, project: ProjectId, now: Timestamp) -> Result<()> {
    let query = sqlx::query(sql::EXPIRE).bind(project.0).bind(micros(now)).bind(MOST_EXPIRED);
    let mut subjects = Vec::new();
    let mut rounds = BTreeMap::<i64, i64>::new();
    for row in query.fetch_all(&mut *conn).await? {
        if let (Some(round), false) = (row.try_get("round")?, row.try_get("training")?) {
            subjects.push(row.try_get::<i64, _>("subject_id")?);
            *rounds.entry(round).or_default() += 1;
        }
    }
    for subject in subjects {
        sqlx::query(sql::GIVE_BACK).bind(project.0).bind(subject).execute(&mut *conn).await?;
    }
    for (round, leases) in rounds {
        spend(conn, project, round, -leases).await?;
    }
    Ok(())
}

async fn spend(conn: &mut Conn, project: ProjectId, round: i64, votes: i64) -> Result<()> {
    if votes != 0 {
        sqlx::query(sql::SPEND).bind(project.0).bind(round).bind(votes).execute(conn).await?;
    }
    Ok(())
}

/// One request being answered.
struct Handing<'a> {
    request: Request<'a>,
    left: u64,
    spent: i64,
    from: Timestamp,
    until: Timestamp,
}

impl Handing<'_> {
    /// The image for one slot, leased.
    async fn pick(&mut self, conn: &mut Conn, slot: &Slot, found: &mut Found) -> Result<Option<Picked>> {
        let Request { project, volunteer, rules, .. } = self.request;
        if let Some(pick) = slot.training {
            let subject = route::training(conn, project, volunteer, pick).await?;
            if let Some(subject) = subject {
                return Ok(Some(Picked::training(subject)));
            }
        }
        if self.left == 0 {
            return Ok(None);
        }
        let mut dice = dice(slot.id);
        let mut candidate = None;
        if dice.random::<f64>() < rules.engine.settings().retirement.retest_share {
            candidate = route::retest(conn, &self.request, &mut dice).await?;
        }
        if candidate.is_none() {
            candidate = route::lease(conn, &self.request, found).await?;
        }
        if candidate.is_some() {
            self.left -= 1;
            self.spent += 1;
        }
        Ok(candidate.map(Picked::survey))
    }

    /// The record of the impression.
    async fn write(&self, conn: &mut Conn, slot: &Slot, picked: Picked) -> Result<Assignment> {
        let query = sqlx::query(sql::IMAGE).bind(picked.subject.0);
        let image = required_image(&query.fetch_one(&mut *conn).await?)?;
        sqlx::query(sql::INSERT)
            .bind(slot.id.0)
            .bind(self.request.project.0)
            .bind(self.request.volunteer.0)
            .bind(picked.subject.0)
            .bind(self.request.round)
            .bind(picked.training)
            .bind(picked.training && slot.silent)
            .bind(picked.strategy)
            .bind(picked.rank)
            .bind(picked.inclusion_probability)
            .bind(picked.model_version)
            .bind(micros(self.from))
            .bind(micros(self.until))
            .execute(conn)
            .await?;
        Ok(Assignment {
            id: slot.id,
            subject: picked.subject,
            image,
            assigned_at: self.from,
            expires_at: self.until,
        })
    }
}

fn required_image(row: &Row) -> Result<ImageRef> {
    image_of(row)?.ok_or_else(|| StoreError::corrupt("image_digest", "NULL for a queued subject"))
}

pub(crate) async fn open_of(
    conn: &mut Conn,
    project: &ProjectId,
    volunteer: &VolunteerId,
    now: &Timestamp,
) -> Result<Vec<Assignment>> {
    let query = sqlx::query(sql::OPEN_OF).bind(project.0).bind(volunteer.0).bind(micros(*now));
    query.fetch_all(conn).await?.iter().map(assignment).collect()
}

pub(crate) async fn renew(
    conn: &mut Conn,
    id: &AssignmentId,
    volunteer: &VolunteerId,
    lease: &Duration,
    now: &Timestamp,
) -> Result<Timestamp> {
    let until = *now + *lease;
    let query = sqlx::query(sql::RENEW).bind(id.0).bind(volunteer.0).bind(micros(*now)).bind(micros(until));
    if query.execute(&mut *conn).await?.rows_affected() == 1 {
        return Ok(until);
    }
    Err(refusal(conn, *id, *volunteer).await?.into())
}

/// Why an assignment takes no vote (asked only after it took none).
pub(super) async fn refusal(
    conn: &mut Conn,
    id: AssignmentId,
    volunteer: VolunteerId,
) -> Result<VoteRefusal> {
    let Some(row) = find(conn, id).await? else { return Ok(VoteRefusal::NotFound) };
    let (owner, state): (Uuid, String) = (row.try_get("volunteer_id")?, row.try_get("state")?);
    Ok(match state.as_str() {
        _ if owner != volunteer.0 => VoteRefusal::NotYours,
        "answered" => VoteRefusal::AlreadyAnswered,
        _ => VoteRefusal::Expired,
    })
}

pub(super) async fn find(conn: &mut Conn, id: AssignmentId) -> Result<Option<Row>> {
    Ok(sqlx::query(sql::BY_ID).bind(id.0).fetch_optional(conn).await?)
}

pub(super) fn assignment(row: &Row) -> Result<Assignment> {
    Ok(Assignment {
        id: AssignmentId(row.try_get("id")?),
        subject: SubjectId(row.try_get("subject_id")?),
        image: required_image(row)?,
        assigned_at: timestamp(row, "assigned_at")?,
        expires_at: timestamp(row, "expires_at")?,
    })
}
