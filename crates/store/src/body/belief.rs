//! Beliefs: reading them, and writing what follows from a vote, a score or a refit.

use std::{collections::HashMap, sync::Arc};

use consensus::live::{Belief, Evidence, Outcome, TruthKind};
use domain::{ProjectId, SubjectId, Tally, Timestamp};
use sqlx::{QueryBuilder, Row as _};

use super::{Conn, Db, Row, decision, dialect, label, lock, role, rules, small, small_or_none, tally};
use crate::{
    BeliefRow, Cause, Result, Rules, StoreError,
    kept::{Kept, Turn},
    rules::RulesCache,
    sql::{belief as sql, bulk},
};

/// Rows of one INSERT; 21 values each stay below SQLite's 32,766 and PostgreSQL's 65,535.
const CHUNK: usize = 500;

/// Subjects read at once when all are folded anew.
pub(super) const PAGE: i64 = 5_000;

/// The truth of a training image, from the columns `role`, `label` and `training_kind`; `None` for a
/// survey image, and for a training image that was withdrawn.
pub(super) fn truth(row: &Row) -> Result<Option<TruthKind>> {
    let role = role(row)?;
    if !role.is_training() {
        return Ok(None);
    }
    let kind: Option<String> = row.try_get("training_kind")?;
    Ok(TruthKind::of(label(row)?, kind.as_deref()))
}

pub(super) fn outcome(row: &Row, column: &'static str) -> Result<Outcome> {
    let name: String = row.try_get(column)?;
    Outcome::from_name(&name).ok_or_else(|| StoreError::corrupt(column, name))
}

pub(super) fn evidence(row: &Row) -> Result<Evidence> {
    Ok(Evidence {
        lens: row.try_get("evidence_lens")?,
        plain: row.try_get("evidence_plain")?,
        look_alike: row.try_get("evidence_look_alike")?,
    })
}

pub(super) fn posteriors(row: &Row) -> Result<Belief> {
    Ok(Belief {
        p_votes: row.try_get("p_votes")?,
        p_joint: row.try_get("p_joint")?,
        log_odds: row.try_get("log_odds")?,
    })
}

fn kept(row: &Row, truth: Option<TruthKind>) -> Result<Kept> {
    Ok(Kept {
        subject: SubjectId(row.try_get("subject_id")?),
        truth,
        evidence: evidence(row)?,
        tally: tally(row)?,
        network: row.try_get("network")?,
        model_version: row.try_get("model_version")?,
        belief: posteriors(row)?,
        outcome: outcome(row, "outcome")?,
        crowd_wanted: small(row, "crowd_wanted")?,
        expert_wanted: small(row, "expert_wanted")?,
        open_leases: small(row, "open_leases")?,
        round: small_or_none(row, "round")?,
        rank: small(row, "rank")?,
        value: row.try_get("value")?,
        least_bits: row.try_get("least_bits")?,
        priority: row.try_get("priority")?,
    })
}

/// By how much a vote, an undo or a changed weight moves a subject.
pub(super) struct Step {
    pub subject: SubjectId,
    pub truth: Option<TruthKind>,
    pub evidence: Evidence,
    /// Steps of the counts, in the order of `Answer::code`.
    pub votes: [i64; 3],
    pub leases: i64,
}

/// Moves a subject and writes down what follows.
pub(super) async fn apply(
    conn: &mut Conn,
    project: ProjectId,
    rules: &Rules,
    step: &Step,
    cause: Cause,
    now: Timestamp,
) -> Result<()> {
    let mut row = add(conn, project, step).await?;
    if row.is_none() {
        sqlx::query(sql::MAKE).bind(project.0).bind(step.subject.0).execute(&mut *conn).await?;
        row = add(conn, project, step).await?;
    }
    let row = row.ok_or_else(|| StoreError::not_found("subject", step.subject))?;
    let mut kept = kept(&row, step.truth)?;
    let turn = kept.rejudge(&rules.engine);
    sqlx::query(sql::SET)
        .bind(project.0)
        .bind(step.subject.0)
        .bind(kept.belief.p_votes)
        .bind(kept.belief.p_joint)
        .bind(kept.outcome.name())
        .bind(i64::from(kept.crowd_wanted))
        .bind(i64::from(kept.expert_wanted))
        .bind(kept.priority)
        .bind(kept.belief.log_odds)
        .execute(&mut *conn)
        .await?;
    match turn {
        Some(turn) => decision::write(conn, project, &turn, cause, &rules.anchor_id, now).await,
        None => Ok(()),
    }
}

/// Moves many subjects, none of them leased or given back, in few statements. Nobody else may vote
/// meanwhile: the caller holds the log alone.
pub(super) async fn apply_all(
    conn: &mut Conn,
    project: ProjectId,
    rules: &Rules,
    steps: &[Step],
    cause: Cause,
    now: Timestamp,
) -> Result<()> {
    for chunk in steps.chunks(CHUNK) {
        let subjects: Vec<SubjectId> = chunk.iter().map(|step| step.subject).collect();
        let (mut rows, mut turns) = (Vec::with_capacity(chunk.len()), Vec::new());
        for (mut kept, step) in read_or_new(conn, project, &subjects).await?.into_iter().zip(chunk) {
            kept.evidence += step.evidence;
            let [no_lens, unsure, lens] = step.votes;
            kept.tally = Tally {
                no_lens: moved(kept.tally.no_lens, no_lens)?,
                unsure: moved(kept.tally.unsure, unsure)?,
                lens: moved(kept.tally.lens, lens)?,
            };
            turns.extend(kept.rejudge(&rules.engine));
            rows.push(kept);
        }
        write(conn, project, &rows, &turns, (cause, &rules.anchor_id), now).await?;
    }
    Ok(())
}

fn moved(votes: u32, step: i64) -> Result<u32> {
    let now = i64::from(votes) + step;
    u32::try_from(now).map_err(|_| StoreError::corrupt("votes on a subject", now))
}

async fn add(conn: &mut Conn, project: ProjectId, step: &Step) -> Result<Option<Row>> {
    let [no_lens, unsure, lens] = step.votes;
    let query = sqlx::query(sql::ADD)
        .bind(project.0)
        .bind(step.subject.0)
        .bind(step.evidence.lens)
        .bind(step.evidence.plain)
        .bind(step.evidence.look_alike)
        .bind(no_lens)
        .bind(unsure)
        .bind(lens)
        .bind(step.leases);
    Ok(query.fetch_optional(conn).await?)
}

pub(super) async fn read(conn: &mut Conn, project: ProjectId, subject: SubjectId) -> Result<Option<Kept>> {
    let row = sqlx::query(sql::ONE).bind(project.0).bind(subject.0).fetch_optional(conn).await?;
    row.as_ref().map(|row| kept(row, truth(row)?)).transpose()
}

/// The next beliefs after a subject.
pub(super) async fn read_page(
    conn: &mut Conn,
    project: ProjectId,
    after: i64,
    limit: i64,
) -> Result<Vec<Kept>> {
    let query = sqlx::query(sql::PAGE).bind(project.0).bind(after).bind(limit);
    query.fetch_all(conn).await?.iter().map(|row| kept(row, truth(row)?)).collect()
}

/// Writes these rows whole, but for their leases, and the decisions that follow.
pub(super) async fn write(
    conn: &mut Conn,
    project: ProjectId,
    rows: &[Kept],
    turns: &[Turn],
    (cause, anchor_id): (Cause, &str),
    now: Timestamp,
) -> Result<()> {
    for chunk in rows.chunks(CHUNK) {
        let mut insert = QueryBuilder::<Db>::new(bulk::BELIEFS);
        insert.push_values(chunk, |mut row, kept| {
            row.push_bind(project.0)
                .push_bind(kept.subject.0)
                .push_bind(kept.evidence.lens)
                .push_bind(kept.evidence.plain)
                .push_bind(kept.evidence.look_alike)
                .push_bind(i64::from(kept.tally.no_lens))
                .push_bind(i64::from(kept.tally.unsure))
                .push_bind(i64::from(kept.tally.lens))
                .push_bind(kept.network)
                .push_bind(kept.model_version.clone())
                .push_bind(kept.belief.p_votes)
                .push_bind(kept.belief.p_joint)
                .push_bind(kept.belief.log_odds)
                .push_bind(kept.outcome.name())
                .push_bind(i64::from(kept.crowd_wanted))
                .push_bind(i64::from(kept.expert_wanted))
                .push_bind(kept.round.map(i64::from))
                .push_bind(i64::from(kept.rank))
                .push_bind(kept.value)
                .push_bind(kept.least_bits)
                .push_bind(kept.priority);
        });
        insert.push(bulk::BELIEFS_TAIL);
        insert.build().persistent(false).execute(&mut *conn).await?;
    }
    for turn in turns {
        decision::write(conn, project, turn, cause, anchor_id, now).await?;
    }
    Ok(())
}

pub(crate) async fn set_priors(
    conn: &mut Conn,
    project: &ProjectId,
    scores: &[(SubjectId, f64)],
    model_version: &str,
    cache: &Arc<RulesCache>,
    now: &Timestamp,
) -> Result<()> {
    lock(conn, dialect::LOCK_PROJECT, project.0).await?;
    lock(conn, dialect::LOCK_LOG_EXCLUSIVE, project.0).await?;
    let rules = rules::current(conn, project, cache).await?;
    let (mut rows, mut turns) = (Vec::with_capacity(scores.len()), Vec::new());
    let subjects: Vec<SubjectId> = scores.iter().map(|(subject, _)| *subject).collect();
    for (mut kept, (_, score)) in read_or_new(conn, *project, &subjects).await?.into_iter().zip(scores) {
        kept.network = Some(*score);
        kept.model_version = Some(model_version.to_owned());
        turns.extend(kept.rejudge(&rules.engine));
        rows.push(kept);
    }
    write(conn, *project, &rows, &turns, (Cause::Scores, &rules.anchor_id), *now).await
}

/// The beliefs about these subjects of the project, in their order; new ones where there are none.
pub(super) async fn read_or_new(
    conn: &mut Conn,
    project: ProjectId,
    subjects: &[SubjectId],
) -> Result<Vec<Kept>> {
    let mut select = QueryBuilder::<Db>::new(bulk::BELIEFS_OF);
    select.push_bind(project.0).push(bulk::BELIEFS_OF_THESE);
    let mut ids = select.separated(", ");
    subjects.iter().for_each(|subject| {
        ids.push_bind(subject.0);
    });
    select.push(")");
    let mut found = HashMap::with_capacity(subjects.len());
    for row in select.build().persistent(false).fetch_all(conn).await? {
        let (subject, truth) = (SubjectId(row.try_get("subject_id")?), truth(&row)?);
        let is_there = row.try_get::<Option<f64>, _>("p_votes")?.is_some();
        found.insert(subject, if is_there { kept(&row, truth)? } else { Kept::new(subject, truth) });
    }
    let take = |subject: &SubjectId| {
        found.remove(subject).ok_or_else(|| StoreError::not_found("subject of this project", subject))
    };
    subjects.iter().map(take).collect()
}

pub(crate) async fn page(
    conn: &mut Conn,
    project: &ProjectId,
    after: &Option<SubjectId>,
    limit: &u32,
) -> Result<Vec<BeliefRow>> {
    let after = after.map_or(i64::MIN, |id| id.0);
    Ok(read_page(conn, *project, after, i64::from(*limit)).await?.iter().map(Kept::row).collect())
}

pub(crate) async fn voted(conn: &mut Conn, project: &ProjectId) -> Result<Vec<BeliefRow>> {
    let rows = sqlx::query(sql::VOTED).bind(project.0).fetch_all(conn).await?;
    rows.iter().map(|row| Ok(kept(row, None)?.row())).collect()
}

pub(crate) async fn one(
    conn: &mut Conn,
    project: &ProjectId,
    subject: &SubjectId,
) -> Result<Option<BeliefRow>> {
    Ok(read(conn, *project, *subject).await?.as_ref().map(Kept::row))
}

pub(crate) async fn known_images(
    conn: &mut Conn,
    project: &ProjectId,
) -> Result<HashMap<SubjectId, TruthKind>> {
    let rows = sqlx::query(sql::KNOWN).bind(project.0).fetch_all(conn).await?;
    let mut known = HashMap::with_capacity(rows.len());
    for row in &rows {
        if let Some(truth) = truth(row)? {
            known.insert(SubjectId(row.try_get("id")?), truth);
        }
    }
    Ok(known)
}
