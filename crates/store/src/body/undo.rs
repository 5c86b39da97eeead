//! What taking one vote back changes: the vote's own weight, and, if it was on a known image, the
//! weights of everything its volunteer has said since, because the image had taught something
//! about them. Only votes since the last refit are ever weighed again; evidence is whole numbers,
//! so for a vote since the refit the result is the state without it to the last bit. One that the
//! refit knew leaves the sums, but what the refit learnt from it (the volunteer's base, the crowd's
//! numbers) stays until the next.

use std::collections::BTreeMap;

use consensus::live::{Evidence, Link, TruthKind, VolunteerRecord};
use domain::{Answer, ProjectId, SubjectId, VolunteerId};
use sqlx::Row as _;

use super::{Conn, Row, answer, belief::Step, belief::truth, record::Known};
use crate::{LogSeq, Result, Rules, sql::rules as sql};

/// A vote of the log.
#[derive(Debug, Clone, Copy)]
pub(super) struct Cast {
    pub seq: LogSeq,
    pub subject: SubjectId,
    pub volunteer: VolunteerId,
    pub answer: Answer,
    pub truth: Option<TruthKind>,
}

impl Cast {
    pub(super) fn link(&self, rules: &Rules) -> Link {
        Link { answer: self.answer, truth: self.truth, settled: self.seq <= rules.high_water_mark }
    }
}

pub(super) fn cast(row: &Row) -> Result<Cast> {
    Ok(Cast {
        seq: LogSeq(row.try_get("seq")?),
        subject: SubjectId(row.try_get("subject_id")?),
        volunteer: VolunteerId(row.try_get("volunteer_id")?),
        answer: answer(row)?,
        truth: truth(row)?,
    })
}

/// The steps that take `gone` back, by subject, and the volunteer's record after it. The log must
/// still lack the retraction.
pub(super) async fn without(
    conn: &mut Conn,
    project: ProjectId,
    rules: &Rules,
    gone: &Cast,
    known: &Known,
) -> Result<(Vec<Step>, VolunteerRecord)> {
    let engine = &rules.engine;
    let base = VolunteerRecord::since_refit(known.base);
    let settled = gone.seq <= rules.high_water_mark;
    let mut record = known.record;
    uncount(&mut record, gone, rules);
    if settled || gone.truth.is_none() {
        let weight = if settled {
            engine.weigh_settled(&base, gone.truth, gone.answer)
        } else {
            let lessons = lessons_before(conn, project, rules, gone).await?;
            let (_, before) = engine.chain(&base, lessons.iter().map(|cast| cast.link(rules)));
            engine.weigh(&before, gone.answer)
        };
        return Ok((vec![step_back(gone, weight)], record));
    }

    let casts = since(conn, project, rules, gone.volunteer).await?;
    let (before, _) = engine.chain(&base, casts.iter().map(|cast| cast.link(rules)));
    let rest: Vec<&Cast> = casts.iter().filter(|cast| cast.seq != gone.seq).collect();
    let (after, last) = engine.chain(&base, rest.iter().map(|cast| cast.link(rules)));
    (record.base_share, record.recent) = (last.base_share, last.recent);
    let mut after = after.into_iter();
    let mut steps = BTreeMap::new();
    for (cast, old) in casts.iter().zip(before) {
        if cast.seq == gone.seq {
            steps.insert(cast.subject, step_back(cast, old));
            continue;
        }
        let new = after.next().unwrap_or(old);
        if new != old {
            let Cast { subject, truth, .. } = *cast;
            steps.insert(subject, Step { subject, truth, evidence: new - old, votes: [0; 3], leases: 0 });
        }
    }
    Ok((steps.into_values().collect(), record))
}

fn step_back(gone: &Cast, weight: Evidence) -> Step {
    let Cast { subject, truth, .. } = *gone;
    let votes = super::steps(gone.answer).map(|step| -step);
    // The image is the volunteer's again: a lease, unless it is a training image.
    let leases = i64::from(truth.is_none());
    Step { subject, truth, evidence: Evidence::NONE - weight, votes, leases }
}

/// Takes the vote out of the record's counts.
pub(super) fn uncount(record: &mut VolunteerRecord, gone: &Cast, rules: &Rules) {
    let mut one = VolunteerRecord::default();
    rules.engine.learn(&mut one, gone.truth, gone.answer);
    record.n_known -= one.n_known;
    record.n_right -= one.n_right;
    record.n_survey -= one.n_survey;
    record.n_unsure -= one.n_unsure;
}

async fn lessons_before(
    conn: &mut Conn,
    project: ProjectId,
    rules: &Rules,
    vote: &Cast,
) -> Result<Vec<Cast>> {
    let query = sqlx::query(sql::LESSONS_BEFORE)
        .bind(project.0)
        .bind(vote.volunteer.0)
        .bind(rules.high_water_mark.0)
        .bind(vote.seq.0);
    query.fetch_all(conn).await?.iter().map(cast).collect()
}

async fn since(
    conn: &mut Conn,
    project: ProjectId,
    rules: &Rules,
    volunteer: VolunteerId,
) -> Result<Vec<Cast>> {
    let query =
        sqlx::query(sql::OF_VOLUNTEER).bind(project.0).bind(volunteer.0).bind(rules.high_water_mark.0);
    query.fetch_all(conn).await?.iter().map(cast).collect()
}
