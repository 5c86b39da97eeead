//! Handing out images. Places are given away under the project's lock, so that two
//! volunteers are never given the same last one; the search before that needs none.
//! Which image is left to `route`.

use std::{
    collections::{BTreeMap, HashSet},
    sync::Arc,
    time::Duration,
};

use consensus::live::VolunteerRecord;
use domain::{AssignmentId, Digest, ProjectId, SubjectId, Timestamp, VolunteerId};
use rand::RngExt as _;
use sqlx::{QueryBuilder, Row as _};
use uuid::Uuid;

use super::{
    Conn, Db, Row, bytes, dialect, micros,
    route::{self, Found, Request, Routed},
    rules::{self, parsed},
    subject::required_image,
    timestamp, training, whole,
};
use crate::{
    Assigned, Assignment, ImageRef, Rank, Result, Slot, StoreError, VoteRefusal,
    route::dice,
    rules::RulesCache,
    sql::{assign as sql, bulk},
};

/// One image chosen for one slot.
struct Picked {
    slot: Slot,
    subject: SubjectId,
    image: ImageRef,
    /// What chose it; `None` for a training image.
    survey: Option<Routed>,
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
    let nothing = Assigned { assignments: Vec::new(), nothing_left: true };
    let query = sqlx::query(sql::CONTEXT).bind(project.0).bind(volunteer.0).bind(micros(*now));
    let context = query.fetch_optional(&mut *conn).await?;
    let role = match &context {
        Some(row) => row.try_get::<Option<String>, _>("role")?,
        None => None,
    };
    if role.is_none() {
        check_both_exist(conn, *project, *volunteer).await?;
    }
    let (Some(context), Some(first)) = (context, slots.first()) else { return Ok(nothing) };
    let is_new = context.try_get::<Option<String>, _>("record")?.is_none();
    let record = if is_new { VolunteerRecord::default() } else { parsed(&context, "record")? };
    let anchor_id: Option<String> = context.try_get("anchor_id")?;
    let rules = rules::named(conn, project, cache, anchor_id.as_deref()).await?;
    let round = context.try_get("round")?;
    let is_expert = role.as_deref() == Some(Rank::Expert.name()) || rules.engine.is_expert(&record);
    let request = Request {
        project: *project,
        volunteer: *volunteer,
        round,
        record: &record,
        rules: &rules,
        is_expert,
    };
    // Places that end with this request are found by it too: the lock waits for nobody then.
    let mut left = None;
    if whole(&context, "lapsed")? > 0 {
        left = locked(conn, &request, &context).await?;
        let over = sqlx::query(sql::OVER).bind(project.0).bind(micros(*now)).fetch_all(&mut *conn).await?;
        expire(conn, *project, &over, *now).await?;
    }
    let mut found = route::find(conn, &request, slots.len(), &mut dice(first.id)).await?;
    // Training images only come along with unknown ones: alone, they would give themselves away.
    if found.is_empty() {
        return Ok(nothing);
    }
    // No picture twice in one request either, whatever its subjects.
    let mut leased = HashSet::new();
    let mut picked = training(conn, &request, slots, found.let_go, &mut leased).await?;
    if left.is_none() {
        left = locked(conn, &request, &context).await?;
    }
    let Some(left) = left.filter(|left| *left > 0) else { return Ok(nothing) };
    let wanted: Vec<Slot> =
        slots.iter().filter(|slot| picked.iter().all(|one| one.slot.id != slot.id)).copied().collect();
    let survey = survey(conn, &request, &wanted, &mut found, left, &mut leased).await?;
    let nothing_left = survey.len() < wanted.len();
    if survey.is_empty() && nothing_left {
        return Ok(nothing);
    }
    spend(conn, *project, round, survey.len() as i64).await?;
    picked.extend(survey);
    let place = |one: &Picked| slots.iter().position(|slot| slot.id == one.slot.id);
    picked.sort_by_key(place);
    write(conn, &request, &picked, (*now, *now + *lease)).await?;
    let assignments = picked.into_iter().map(|one| Assignment {
        id: one.slot.id,
        subject: one.subject,
        image: one.image,
        assigned_at: *now,
        expires_at: *now + *lease,
    });
    Ok(Assigned { assignments: assignments.collect(), nothing_left })
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

/// Takes the project's lock; what is left of the budget of the queue, `None` if it is closed. Where a
/// writing transaction is alone, `context` still says so.
async fn locked(conn: &mut Conn, request: &Request<'_>, context: &Row) -> Result<Option<u64>> {
    let left = |row: &Row| Ok(whole(row, "votes_budget")?.saturating_sub(whole(row, "taken")?));
    let Some(statement) = dialect::LOCKED_LEFT else { return left(context).map(Some) };
    let query = sqlx::query(statement).bind(request.project.0).bind(request.round);
    let row = query.fetch_optional(conn).await?;
    row.as_ref().map(left).transpose()
}

/// Ends the leases that are over and gives their places back: first all of the one, then all of the
/// other, so that a late vote, which holds its assignment and then its image, waits for nothing that
/// waits for it.
async fn expire(conn: &mut Conn, project: ProjectId, over: &[Row], now: Timestamp) -> Result<()> {
    let mut rounds = BTreeMap::<i64, i64>::new();
    let mut subjects = Vec::with_capacity(over.len());
    for row in over {
        let id: Uuid = row.try_get("id")?;
        let ended = sqlx::query(sql::EXPIRE).bind(id).bind(micros(now)).fetch_optional(&mut *conn).await?;
        let Some(ended) = ended else { continue };
        if let (Some(round), false) = (ended.try_get("round")?, ended.try_get("training")?) {
            subjects.push(ended.try_get::<i64, _>("subject_id")?);
            *rounds.entry(round).or_default() += 1;
        }
    }
    subjects.sort_unstable();
    for subject in subjects {
        sqlx::query(sql::GIVE_BACK).bind(project.0).bind(subject).execute(&mut *conn).await?;
    }
    for (round, leases) in rounds {
        spend(conn, project, round, -leases).await?;
    }
    Ok(())
}

async fn spend(conn: &mut Conn, project: ProjectId, round: i64, votes: i64) -> Result<()> {
    sqlx::query(sql::SPEND).bind(project.0).bind(round).bind(votes).execute(conn).await?;
    Ok(())
}

/// Training images for the slots that want one, as far as there are any. For the others the same search
/// is made for nothing: the time of an answer must not tell which slots train. (For the same reason a
/// request without unknown images takes no place and spends no vote in as many statements.)
async fn training(
    conn: &mut Conn,
    request: &Request<'_>,
    slots: &[Slot],
    let_go: bool,
    leased: &mut HashSet<Digest>,
) -> Result<Vec<Picked>> {
    let mut picked = Vec::with_capacity(slots.len());
    for slot in slots {
        let pick = slot.training.unwrap_or_else(|| training::decoy(slot.id));
        let drawn = training::draw(conn, request, pick, leased, let_go).await?;
        let (Some(_), Some((subject, image))) = (slot.training, drawn) else { continue };
        leased.insert(image.digest);
        picked.push(Picked { slot: *slot, subject, image, survey: None });
    }
    Ok(picked)
}

/// Unknown images for these slots, leased.
async fn survey(
    conn: &mut Conn,
    request: &Request<'_>,
    slots: &[Slot],
    found: &mut Found,
    left: u64,
    leased: &mut HashSet<Digest>,
) -> Result<Vec<Picked>> {
    let count = slots.len().min(usize::try_from(left).unwrap_or(usize::MAX));
    let (mut again, mut plain) = (Vec::new(), Vec::new());
    for slot in &slots[..count] {
        let mut dice = dice(slot.id);
        let retested = dice.random::<f64>() < request.rules.engine.settings().retirement.retest_share;
        let candidate = if retested { route::retest(conn, request, leased, &mut dice).await? } else { None };
        match candidate {
            Some(candidate) => again.push((slot, candidate)),
            None => plain.push(slot),
        }
    }
    let mut got = route::lease(conn, request, found, plain.len(), leased).await?;
    if let Some(unserved) = plain.get(got.len()) {
        // Others took what was found before we had the lock; now nobody can.
        let missing = plain.len() - got.len();
        let mut found = route::find(conn, request, missing, &mut dice(unserved.id)).await?;
        got.extend(route::lease(conn, request, &mut found, missing, leased).await?);
    }
    let all = again.into_iter().chain(plain.into_iter().zip(got));
    let picked = all.map(|(slot, candidate)| Picked {
        slot: *slot,
        subject: candidate.subject,
        image: candidate.image,
        survey: Some(candidate),
    });
    Ok(picked.collect())
}

/// The records of the impressions.
async fn write(
    conn: &mut Conn,
    request: &Request<'_>,
    picked: &[Picked],
    (from, until): (Timestamp, Timestamp),
) -> Result<()> {
    if picked.is_empty() {
        return Ok(());
    }
    let mut insert = QueryBuilder::<Db>::new(bulk::ASSIGNMENTS);
    insert.push_values(picked, |mut row, one| {
        let survey = one.survey.as_ref();
        row.push_bind(one.slot.id.0)
            .push_bind(request.project.0)
            .push_bind(request.volunteer.0)
            .push_bind(one.subject.0)
            .push_bind(bytes(&one.image.digest))
            .push_bind(request.round)
            .push_bind(survey.is_none())
            .push_bind(survey.is_none() && one.slot.silent)
            .push_bind(survey.map_or_else(|| "training".to_owned(), |survey| survey.strategy.clone()))
            .push_bind(survey.and_then(|survey| survey.rank))
            .push_bind(survey.and_then(|survey| survey.inclusion_probability))
            .push_bind(survey.and_then(|survey| survey.model_version.clone()))
            .push_bind("open")
            .push_bind(micros(from))
            .push_bind(micros(until));
    });
    insert.build().execute(conn).await?;
    Ok(())
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
