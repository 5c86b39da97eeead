//! Votes and retractions: an entry of the log and every count it moves, together.

use std::sync::Arc;

use domain::{Answer, AssignmentId, ClassificationId, ProjectId, SubjectId, Timestamp, VolunteerId};
use sqlx::Row as _;
use uuid::Uuid;

use super::{
    Conn, Row, answer, assign,
    belief::{self, truth},
    dialect, label, lock, micros, record as people, role, rules, steps, teaching, timestamp,
    undo::{self, cast},
};
use crate::{
    Assignment, Cause, Mark, NewRetraction, NewVote, OUTCOME_LAG, Result, RetractionRefusal, StoreError,
    VoteReceipt, VoteRefusal, rules::RulesCache, sql::vote as sql,
};

const VOTE: i16 = 0;
const RETRACTION: i16 = 1;

/// An assignment whose state was just changed.
struct Touched {
    project: ProjectId,
    subject: SubjectId,
    round: Option<i64>,
    training: bool,
    silent: bool,
}

fn touched(row: &Row) -> Result<Touched> {
    Ok(Touched {
        project: ProjectId(row.try_get("project_id")?),
        subject: SubjectId(row.try_get("subject_id")?),
        round: row.try_get("round")?,
        training: row.try_get("training")?,
        silent: row.try_get("silent")?,
    })
}

pub(crate) async fn record(
    conn: &mut Conn,
    vote: &NewVote,
    cache: &Arc<RulesCache>,
    now: &Timestamp,
) -> Result<VoteReceipt> {
    if let Some(receipt) = repeated(conn, vote).await? {
        return Ok(receipt);
    }
    // Whoever freezes the log waits for those who hold this (PostgreSQL only).
    if let Some(statement) = dialect::LOCK_LOG_OF {
        sqlx::query(statement).bind(vote.assignment.0).execute(&mut *conn).await?;
    }
    let taken = sqlx::query(sql::ANSWER)
        .bind(vote.assignment.0)
        .bind(vote.volunteer.0)
        .bind(micros(*now))
        .fetch_optional(&mut *conn)
        .await?;
    let Some(row) = taken else {
        // The same request may have been committed by another connection since we looked.
        if let Some(receipt) = repeated(conn, vote).await? {
            return Ok(receipt);
        }
        return Err(assign::refusal(conn, vote.assignment, vote.volunteer).await?.into());
    };
    let touched = touched(&row)?;
    let row = sqlx::query(sql::KNOWN).bind(touched.subject.0).fetch_one(&mut *conn).await?;
    let truth = truth(&row)?;
    let anchor_id: Option<String> = row.try_get("anchor_id")?;
    let feedback = vote.feedback && truth.is_some() && !touched.silent;
    let receipt = VoteReceipt {
        id: vote.id,
        subject: touched.subject,
        role: role(&row)?,
        label: label(&row)?,
        training_kind: row.try_get("training_kind")?,
        outline: if feedback { teaching::outline_of(conn, touched.subject).await? } else { None },
        answer: vote.answer,
        feedback,
        at: *now,
        repeated: false,
    };
    let rules = rules::named(conn, &touched.project, cache, anchor_id.as_deref()).await?;
    // Holds the volunteer: their next vote draws a later place in the log and sees this record.
    let mut known = people::count(conn, touched.project, vote.volunteer, 1).await?.record;
    let entry = Entry {
        id: vote.id.0,
        kind: VOTE,
        assignment: vote.assignment,
        volunteer: vote.volunteer,
        answer: Some(vote.answer.code()),
        seconds: vote.seconds,
        view: vote.view.as_ref().map(ToString::to_string),
        mark: vote.mark,
        feedback: receipt.feedback,
        retracts: None,
    };
    append(conn, &touched, entry, *now).await.map_err(|error| taken_id(error, VoteRefusal::IdTaken))?;
    let step = belief::Step {
        subject: touched.subject,
        truth,
        evidence: rules.engine.weigh(&known, vote.answer),
        votes: steps(vote.answer),
        leases: -i64::from(!touched.training),
    };
    belief::apply(conn, touched.project, &rules, &step, Cause::Vote, *now).await?;
    rules.engine.learn(&mut known, truth, vote.answer);
    people::set(conn, touched.project, vote.volunteer, &known, &rules).await?;
    count(conn, &touched, vote.answer, 1).await?;
    Ok(receipt)
}

/// The receipt of this very vote, if it is already in the log.
async fn repeated(conn: &mut Conn, vote: &NewVote) -> Result<Option<VoteReceipt>> {
    let Some(row) = entry(conn, vote.id.0).await? else { return Ok(None) };
    let (kind, assignment, volunteer): (i16, Uuid, Uuid) =
        (row.try_get("kind")?, row.try_get("assignment_id")?, row.try_get("volunteer_id")?);
    if kind != VOTE || assignment != vote.assignment.0 || volunteer != vote.volunteer.0 {
        return Err(VoteRefusal::IdTaken.into());
    }
    let (subject, feedback) = (SubjectId(row.try_get("subject_id")?), row.try_get("feedback")?);
    Ok(Some(VoteReceipt {
        id: vote.id,
        subject,
        role: role(&row)?,
        label: label(&row)?,
        training_kind: row.try_get("training_kind")?,
        outline: if feedback { teaching::outline_of(conn, subject).await? } else { None },
        answer: answer(&row)?,
        feedback,
        at: timestamp(&row, "at")?,
        repeated: true,
    }))
}

pub(crate) async fn retract(
    conn: &mut Conn,
    retraction: &NewRetraction,
    cache: &Arc<RulesCache>,
    now: &Timestamp,
) -> Result<Assignment> {
    if let Some(assignment) = repeated_retraction(conn, retraction).await? {
        return Ok(assignment);
    }
    let refuse = |refusal: RetractionRefusal| Err(StoreError::from(refusal));
    let Some(vote) = entry(conn, retraction.of.0).await? else { return refuse(RetractionRefusal::NotFound) };
    if vote.try_get::<i16, _>("kind")? != VOTE {
        return refuse(RetractionRefusal::NotFound);
    }
    if vote.try_get::<Uuid, _>("volunteer_id")? != retraction.volunteer.0 {
        return refuse(RetractionRefusal::NotYours);
    }
    if vote.try_get("feedback")? {
        return refuse(RetractionRefusal::FeedbackShown);
    }
    // From then on the history may tell what became of the image: nobody answers it anew with that in mind.
    if timestamp(&vote, "at")? + OUTCOME_LAG <= *now {
        return refuse(RetractionRefusal::TooLate);
    }
    let assignment = AssignmentId(vote.try_get("assignment_id")?);
    let project: i64 = vote.try_get("project_id")?;
    let vote_cast = cast(&vote)?;
    // An undo may touch many subjects, as handing out does: never both at once. That of a lesson
    // weighs many votes again and writes them together, while nobody votes.
    lock(conn, dialect::LOCK_PROJECT, project).await?;
    let log = if vote_cast.truth.is_some() { dialect::LOCK_LOG_EXCLUSIVE } else { dialect::LOCK_LOG_SHARED };
    lock(conn, log, project).await?;
    let until = *now + retraction.lease;
    let query = sqlx::query(sql::REOPEN).bind(assignment.0).bind(micros(until));
    let Some(row) = query.fetch_optional(&mut *conn).await? else {
        // Another connection has just taken this vote back; perhaps for the same request.
        return match repeated_retraction(conn, retraction).await? {
            Some(assignment) => Ok(assignment),
            None => refuse(RetractionRefusal::AlreadyRetracted),
        };
    };
    // The vote may be an older one on the same assignment, taken back before.
    let gone = sqlx::query(sql::RETRACTION_OF).bind(retraction.of.0).fetch_optional(&mut *conn).await?;
    if gone.is_some() {
        return refuse(RetractionRefusal::AlreadyRetracted);
    }
    let touched = touched(&row)?;
    let rules = rules::current(conn, &touched.project, cache).await?;
    let known = people::count(conn, touched.project, retraction.volunteer, -1).await?;
    let (steps, record) = undo::without(conn, touched.project, &rules, &vote_cast, &known).await?;
    let undone = Entry {
        id: retraction.id.0,
        kind: RETRACTION,
        assignment,
        volunteer: retraction.volunteer,
        answer: None,
        seconds: None,
        view: None,
        mark: None,
        feedback: false,
        retracts: Some(retraction.of),
    };
    append(conn, &touched, undone, *now)
        .await
        .map_err(|error| taken_id(error, RetractionRefusal::IdTaken))?;
    let (project, cause) = (touched.project, Cause::Retraction);
    match steps.as_slice() {
        [step] => belief::apply(conn, project, &rules, step, cause, *now).await?,
        many => belief::apply_all(conn, project, &rules, many, cause, *now).await?,
    }
    people::set(conn, touched.project, retraction.volunteer, &record, &rules).await?;
    count(conn, &touched, answer(&vote)?, -1).await?;
    reopened(conn, assignment).await
}

/// The answer given before, if this very retraction is already in the log.
async fn repeated_retraction(conn: &mut Conn, retraction: &NewRetraction) -> Result<Option<Assignment>> {
    let Some(row) = entry(conn, retraction.id.0).await? else { return Ok(None) };
    let (retracts, volunteer): (Option<Uuid>, Uuid) =
        (row.try_get("retracts")?, row.try_get("volunteer_id")?);
    if retracts != Some(retraction.of.0) || volunteer != retraction.volunteer.0 {
        return Err(RetractionRefusal::IdTaken.into());
    }
    reopened(conn, AssignmentId(row.try_get("assignment_id")?)).await.map(Some)
}

async fn reopened(conn: &mut Conn, id: AssignmentId) -> Result<Assignment> {
    let row = assign::find(conn, id).await?;
    row.as_ref().map_or_else(|| Err(StoreError::not_found("assignment", id)), assign::assignment)
}

/// A row of `log_entry` to be.
struct Entry {
    id: Uuid,
    kind: i16,
    assignment: AssignmentId,
    volunteer: VolunteerId,
    answer: Option<i16>,
    seconds: Option<f64>,
    view: Option<String>,
    mark: Option<Mark>,
    feedback: bool,
    retracts: Option<ClassificationId>,
}

async fn append(conn: &mut Conn, touched: &Touched, entry: Entry, now: Timestamp) -> Result<()> {
    sqlx::query(sql::INSERT)
        .bind(entry.id)
        .bind(touched.project.0)
        .bind(entry.kind)
        .bind(entry.assignment.0)
        .bind(touched.subject.0)
        .bind(entry.volunteer.0)
        .bind(entry.answer)
        .bind(entry.seconds)
        .bind(entry.view)
        .bind(entry.mark.map(|mark| mark.x))
        .bind(entry.mark.map(|mark| mark.y))
        .bind(entry.feedback)
        .bind(entry.retracts.map(|of| of.0))
        .bind(micros(now))
        .execute(conn)
        .await?;
    Ok(())
}

fn taken_id(error: StoreError, refusal: impl Into<StoreError>) -> StoreError {
    if error.is_unique_violation() { refusal.into() } else { error }
}

async fn entry(conn: &mut Conn, id: Uuid) -> Result<Option<Row>> {
    Ok(sqlx::query(sql::ENTRY).bind(id).fetch_optional(conn).await?)
}

/// Moves the counts of the round by one vote, forward (1) or back (−1). A vote ends its lease and
/// an undo opens one, so the part of the budget that is taken stays what it was.
async fn count(conn: &mut Conn, touched: &Touched, answer: Answer, direction: i64) -> Result<()> {
    // A training image stands in no queue, so this moves nothing for it, but asks the same of the database.
    let Some(round) = touched.round else { return Ok(()) };
    let [no_lens, unsure, lens] = steps(answer);
    sqlx::query(sql::COUNT)
        .bind(touched.project.0)
        .bind(round)
        .bind(touched.subject.0)
        .bind(direction * no_lens)
        .bind(direction * unsure)
        .bind(direction * lens)
        .execute(conn)
        .await?;
    Ok(())
}
