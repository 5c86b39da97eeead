//! Handing out images. Everything here runs under the project's lock, so that two
//! volunteers are never given the same last place.

use std::time::Duration;

use domain::{AssignmentId, ProjectId, SubjectId, Timestamp, VolunteerId};
use sqlx::Row as _;
use uuid::Uuid;

use super::{Conn, Row, dialect, lock, micros, subject::image_of, timestamp};
use crate::{
    Assigned, Assignment, ImageRef, Result, Role, Slot, StoreError, TrainingPick, VoteRefusal,
    sql::assign as sql,
};

/// The queue that is open, and what is left of its budget.
struct OpenQueue {
    round: i64,
    min_votes: i64,
    max_votes: i64,
    left: i64,
}

/// One image chosen for one slot.
struct Picked {
    subject: i64,
    image: ImageRef,
    training: bool,
    strategy: String,
    rank: Option<i64>,
    inclusion_probability: Option<f64>,
    model_version: Option<String>,
}

pub(crate) async fn assign(
    conn: &mut Conn,
    project: &ProjectId,
    volunteer: &VolunteerId,
    slots: &[Slot],
    lease: &Duration,
    now: &Timestamp,
) -> Result<Assigned> {
    lock(conn, dialect::LOCK_PROJECT, project.0).await?;
    check_both_exist(conn, *project, *volunteer).await?;
    expire(conn, *project, *now).await?;
    let queue = open_queue(conn, *project).await?;
    let Some(queue) = queue else { return Ok(Assigned { assignments: Vec::new(), nothing_left: true }) };

    let mut picked: Vec<Option<Picked>> = Vec::with_capacity(slots.len());
    let mut taken = Vec::new();
    for slot in slots {
        let training = match slot.training {
            Some(pick) => training(conn, *project, *volunteer, pick, &taken).await?,
            None => None,
        };
        taken.extend(training.as_ref().map(|picked| picked.subject));
        picked.push(training);
    }
    let wanted = picked.iter().filter(|slot| slot.is_none()).count();
    // Training images only come along with unknown ones: alone, they would give themselves away.
    let survey = survey(conn, *project, *volunteer, &queue, wanted.max(1)).await?;
    if survey.is_empty() {
        return Ok(Assigned { assignments: Vec::new(), nothing_left: true });
    }
    let nothing_left = survey.len() < wanted;
    let mut survey = survey.into_iter();
    for slot in picked.iter_mut().filter(|slot| slot.is_none()) {
        *slot = survey.next();
    }

    let expires_at = *now + *lease;
    let mut assignments = Vec::with_capacity(slots.len());
    for (slot, picked) in slots.iter().zip(picked) {
        let Some(picked) = picked else { continue };
        write(conn, *project, *volunteer, slot.id, &queue, &picked, (*now, expires_at)).await?;
        assignments.push(Assignment {
            id: slot.id,
            subject: SubjectId(picked.subject),
            image: picked.image,
            assigned_at: *now,
            expires_at,
        });
    }
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
    let rows = sqlx::query(sql::EXPIRE).bind(project.0).bind(micros(now)).fetch_all(&mut *conn).await?;
    for row in rows {
        let (round, training): (Option<i64>, bool) = (row.try_get("round")?, row.try_get("training")?);
        if let (Some(round), false) = (round, training) {
            add_lease(conn, project, round, row.try_get("subject_id")?, -1).await?;
        }
    }
    Ok(())
}

async fn add_lease(conn: &mut Conn, project: ProjectId, round: i64, subject: i64, step: i64) -> Result<()> {
    sqlx::query(sql::ADD_LEASES).bind(project.0).bind(round).bind(subject).bind(step).execute(conn).await?;
    Ok(())
}

async fn open_queue(conn: &mut Conn, project: ProjectId) -> Result<Option<OpenQueue>> {
    let row = sqlx::query(sql::OPEN_QUEUE).bind(project.0).fetch_optional(conn).await?;
    let Some(row) = row else { return Ok(None) };
    let (budget, taken): (i64, i64) = (row.try_get("votes_budget")?, row.try_get("taken")?);
    Ok(Some(OpenQueue {
        round: row.try_get("round")?,
        min_votes: row.try_get("min_votes")?,
        max_votes: row.try_get("max_votes")?,
        left: budget.saturating_sub(taken).max(0),
    }))
}

/// A training subject of the wanted kind, else of the other, that this volunteer has not had and
/// that is not already in this request.
async fn training(
    conn: &mut Conn,
    project: ProjectId,
    volunteer: VolunteerId,
    pick: TrainingPick,
    taken: &[i64],
) -> Result<Option<Picked>> {
    let kinds = if pick.lens {
        [Role::TrainingLens, Role::TrainingNonLens]
    } else {
        [Role::TrainingNonLens, Role::TrainingLens]
    };
    for kind in kinds {
        let query = sqlx::query(sql::COUNT_TRAINING).bind(project.0).bind(kind.name()).bind(volunteer.0);
        let unseen = super::whole(&query.fetch_one(&mut *conn).await?, "subjects")?;
        // Those already in this request are not yet in the database: step over them.
        for step in 0..unseen.min(taken.len() as u64 + 1) {
            let offset = (pick.pick % unseen + step) % unseen;
            let row = sqlx::query(sql::PICK_TRAINING)
                .bind(project.0)
                .bind(kind.name())
                .bind(volunteer.0)
                .bind(i64::try_from(offset).unwrap_or(0))
                .fetch_one(&mut *conn)
                .await?;
            let subject: i64 = row.try_get("subject_id")?;
            if !taken.contains(&subject) {
                return Ok(Some(Picked {
                    subject,
                    image: required_image(&row)?,
                    training: true,
                    strategy: "training".to_owned(),
                    rank: None,
                    inclusion_probability: None,
                    model_version: None,
                }));
            }
        }
    }
    Ok(None)
}

async fn survey(
    conn: &mut Conn,
    project: ProjectId,
    volunteer: VolunteerId,
    queue: &OpenQueue,
    wanted: usize,
) -> Result<Vec<Picked>> {
    let limit = queue.left.min(wanted as i64);
    if limit == 0 {
        return Ok(Vec::new());
    }
    let rows = sqlx::query(sql::PICK_SURVEY)
        .bind(project.0)
        .bind(queue.round)
        .bind(queue.min_votes)
        .bind(queue.max_votes)
        .bind(volunteer.0)
        .bind(limit)
        .fetch_all(conn)
        .await?;
    let picked = |row: &Row| {
        Ok(Picked {
            subject: row.try_get("subject_id")?,
            image: required_image(row)?,
            training: false,
            strategy: row.try_get("strategy")?,
            rank: row.try_get("rank")?,
            inclusion_probability: row.try_get("inclusion_probability")?,
            model_version: row.try_get("model_version")?,
        })
    };
    rows.iter().map(picked).collect()
}

fn required_image(row: &Row) -> Result<ImageRef> {
    image_of(row)?.ok_or_else(|| StoreError::corrupt("image_digest", "NULL for a queued subject"))
}

/// The lease and the record of the impression.
async fn write(
    conn: &mut Conn,
    project: ProjectId,
    volunteer: VolunteerId,
    id: AssignmentId,
    queue: &OpenQueue,
    picked: &Picked,
    (from, until): (Timestamp, Timestamp),
) -> Result<()> {
    sqlx::query(sql::INSERT)
        .bind(id.0)
        .bind(project.0)
        .bind(volunteer.0)
        .bind(picked.subject)
        .bind(queue.round)
        .bind(picked.training)
        .bind(picked.strategy.clone())
        .bind(picked.rank)
        .bind(picked.inclusion_probability)
        .bind(picked.model_version.clone())
        .bind(micros(from))
        .bind(micros(until))
        .execute(&mut *conn)
        .await?;
    if picked.training {
        return Ok(());
    }
    add_lease(conn, project, queue.round, picked.subject, 1).await
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
