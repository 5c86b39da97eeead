//! Folding anew: after a refit every belief is what the refit says of the votes up to its mark,
//! with the later entries of the log on top. Each changed row is written once.

use std::{
    collections::{BTreeMap, HashMap},
    sync::Arc,
};

use consensus::live::{Evidence, VolunteerRecord};
use domain::{Label, ProjectId, SubjectId, Tally, Timestamp, VolunteerId};
use sqlx::Row as _;

use super::{
    Conn, belief, dialect, lock, micros, record, rules, truth,
    undo::{Cast, cast, uncount},
};
use crate::{
    Cause, LogSeq, Result, Rules, StoreError, consensus_rules::Adoption, kept::Kept, rules::RulesCache,
    sql::rules as sql,
};

/// Entries read at once.
const PAGE: i64 = 10_000;

/// The state after the log, built up.
struct Folded {
    subjects: HashMap<SubjectId, (Evidence, Tally)>,
    records: BTreeMap<VolunteerId, VolunteerRecord>,
}

pub(crate) async fn adopt(
    conn: &mut Conn,
    project: &ProjectId,
    adoption: &Adoption,
    truths: &[(SubjectId, Label)],
    cache: &Arc<RulesCache>,
    now: &Timestamp,
) -> Result<()> {
    lock(conn, dialect::LOCK_PROJECT, project.0).await?;
    let end = super::log::high_water_mark(conn, project).await?;
    if adoption.high_water_mark > end {
        let reason = format!("{} lies beyond the log, which ends at {}", adoption.high_water_mark.0, end.0);
        return Err(StoreError::invalid("high_water_mark", reason));
    }
    if super::project::by_id(conn, project).await?.is_none() {
        return Err(StoreError::not_found("project", project));
    }
    let corrected = truth::correct(conn, project, truths).await?;
    let in_force = rules::current(conn, project, cache).await?.anchor_id == adoption.anchor_id;
    if in_force && !corrected {
        return Ok(());
    }
    if !in_force {
        sqlx::query(sql::INSERT)
            .bind(project.0)
            .bind(adoption.anchor_id.clone())
            .bind(adoption.settings.clone())
            .bind(adoption.anchor.clone())
            .bind(adoption.high_water_mark.0)
            .bind(micros(*now))
            .execute(&mut *conn)
            .await?;
    }
    let rules = Rules {
        anchor_id: adoption.anchor_id.clone(),
        high_water_mark: adoption.high_water_mark,
        engine: adoption.refit.engine.clone(),
    };
    let mut folded = Folded {
        subjects: adoption.refit.subjects.iter().map(|(id, sums)| (*id, *sums)).collect(),
        records: adoption.refit.records.clone(),
    };
    follow(conn, *project, &rules, &mut folded).await?;
    write_records(conn, *project, &rules, &folded).await?;
    write_beliefs(conn, *project, &rules, &folded, *now).await
}

/// Folds the whole log under the rules in force: for a database from before beliefs were kept.
pub(crate) async fn refresh(
    conn: &mut Conn,
    project: &ProjectId,
    cache: &Arc<RulesCache>,
    now: &Timestamp,
) -> Result<()> {
    lock(conn, dialect::LOCK_PROJECT, project.0).await?;
    lock(conn, dialect::LOCK_LOG_EXCLUSIVE, project.0).await?;
    let rules = rules::current(conn, project, cache).await?;
    let rules = Rules { high_water_mark: LogSeq::START, ..rules.as_ref().clone() };
    let mut folded = Folded { subjects: HashMap::new(), records: BTreeMap::new() };
    follow(conn, *project, &rules, &mut folded).await?;
    write_records(conn, *project, &rules, &folded).await?;
    write_beliefs(conn, *project, &rules, &folded, *now).await?;
    sqlx::query(sql::FRESH).bind(project.0).execute(conn).await?;
    Ok(())
}

/// Projects whose beliefs are to be computed from the log.
pub(crate) async fn stale(conn: &mut Conn) -> Result<Vec<ProjectId>> {
    let rows = sqlx::query(sql::STALE).fetch_all(conn).await?;
    rows.iter().map(|row| Ok(ProjectId(row.try_get("id")?))).collect()
}

/// Takes what the log says after the mark.
async fn follow(conn: &mut Conn, project: ProjectId, rules: &Rules, folded: &mut Folded) -> Result<()> {
    let mark = rules.high_water_mark.0;
    let query = sqlx::query(sql::RETRACTED_SINCE).bind(project.0).bind(mark);
    for row in query.fetch_all(&mut *conn).await? {
        folded.take_back(&cast(&row)?, rules);
    }
    let mut after = mark;
    loop {
        let query = sqlx::query(sql::SINCE).bind(project.0).bind(after).bind(PAGE);
        let casts: Vec<Cast> = query.fetch_all(&mut *conn).await?.iter().map(cast).collect::<Result<_>>()?;
        let Some(last) = casts.last() else { return Ok(()) };
        after = last.seq.0;
        casts.iter().for_each(|cast| folded.take(cast, rules));
    }
}

impl Folded {
    fn take(&mut self, cast: &Cast, rules: &Rules) {
        let record = self.records.entry(cast.volunteer).or_default();
        let weight = rules.engine.weigh(record, cast.answer);
        rules.engine.learn(record, cast.truth, cast.answer);
        let (evidence, tally) = self.subjects.entry(cast.subject).or_default();
        *evidence += weight;
        *tally = tally.with(cast.answer);
    }

    /// A vote the refit counted and that no longer stands.
    fn take_back(&mut self, cast: &Cast, rules: &Rules) {
        let record = self.records.entry(cast.volunteer).or_default();
        let base = VolunteerRecord::since_refit(record.base);
        let weight = rules.engine.weigh_settled(&base, cast.truth, cast.answer);
        uncount(record, cast, rules);
        let (evidence, tally) = self.subjects.entry(cast.subject).or_default();
        *evidence -= weight;
        *tally = tally.without(cast.answer);
    }
}

async fn write_records(conn: &mut Conn, project: ProjectId, rules: &Rules, folded: &Folded) -> Result<()> {
    for (volunteer, _) in record::everybody(conn, project).await? {
        let record = folded.records.get(&volunteer).copied().unwrap_or_default();
        record::set_base(conn, project, volunteer, &record, rules).await?;
    }
    Ok(())
}

async fn write_beliefs(
    conn: &mut Conn,
    project: ProjectId,
    rules: &Rules,
    folded: &Folded,
    now: Timestamp,
) -> Result<()> {
    let mut after = i64::MIN;
    loop {
        let page = belief::read_page(conn, project, after, belief::PAGE).await?;
        let Some(last) = page.last() else { return Ok(()) };
        after = last.subject.0;
        let (mut rows, mut turns) = (Vec::new(), Vec::new());
        for kept in page {
            let (evidence, tally) = folded.subjects.get(&kept.subject).copied().unwrap_or_default();
            let mut now_kept = Kept { evidence, tally, ..kept.clone() };
            turns.extend(now_kept.rejudge(&rules.engine));
            if now_kept != kept {
                rows.push(now_kept);
            }
        }
        belief::write(conn, project, &rows, &turns, (Cause::Refit, &rules.anchor_id), now).await?;
    }
}
