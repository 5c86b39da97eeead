//! Recounts the log, replays it, and compares with what is kept.

use std::{collections::BTreeMap, sync::Arc};

use consensus::live::{Evidence, Fold, Outcome, SubjectBelief};
use domain::{ProjectId, SubjectId, Tally};
use sqlx::Row as _;
use uuid::Uuid;

use super::{
    Conn, Row, answer,
    belief::{outcome, read_page},
    record, replay, small, tally, whole,
};
use crate::{Result, Verification, kept::Kept, rules::RulesCache, sql::verify as sql};

/// What the live votes of the log add up to.
#[derive(Default)]
struct Recount {
    votes: u64,
    volunteers: BTreeMap<Uuid, u64>,
    queued: BTreeMap<(i64, i64), Tally>,
    rounds: BTreeMap<i64, u64>,
}

/// What was found wrong so far.
#[derive(Default)]
struct Findings(Vec<String>);

impl Findings {
    fn compare<T: PartialEq + std::fmt::Debug>(
        &mut self,
        what: impl FnOnce() -> String,
        kept: &T,
        counted: &T,
    ) {
        if kept != counted {
            self.0.push(format!("{}: kept {kept:?}, the log says {counted:?}", what()));
        }
    }
}

pub(crate) async fn verify(
    conn: &mut Conn,
    project: &ProjectId,
    cache: &Arc<RulesCache>,
) -> Result<Verification> {
    let entries = sqlx::query(sql::ENTRIES).bind(project.0).fetch_one(&mut *conn).await?;
    let mut recount = recount(conn, project.0).await?;
    let mut findings = Findings::default();

    for row in rows(conn, sql::PARTICIPATIONS, project.0).await? {
        let (volunteer, kept): (Uuid, u64) = (row.try_get("volunteer_id")?, whole(&row, "votes")?);
        let counted = recount.volunteers.remove(&volunteer).unwrap_or_default();
        findings.compare(|| format!("votes of volunteer {volunteer}"), &kept, &counted);
    }
    let mut leases = BTreeMap::<i64, u32>::new();
    let mut of_round = BTreeMap::<i64, u64>::new();
    for row in rows(conn, sql::OPEN_LEASES, project.0).await? {
        let count = small(&row, "leases")?;
        *leases.entry(row.try_get("subject_id")?).or_default() += count;
        if let Some(round) = row.try_get("round")? {
            *of_round.entry(round).or_default() += u64::from(count);
        }
    }
    for row in rows(conn, sql::QUEUE_ITEMS, project.0).await? {
        let key: (i64, i64) = (row.try_get("round")?, row.try_get("subject_id")?);
        let (kept, counted) = (tally(&row)?, recount.queued.remove(&key).unwrap_or_default());
        findings.compare(|| format!("votes of subject {} in round {}", key.1, key.0), &kept, &counted);
    }
    for row in rows(conn, sql::QUEUES, project.0).await? {
        let round: i64 = row.try_get("round")?;
        let votes = recount.rounds.get(&round).copied().unwrap_or_default();
        let counted = votes + of_round.get(&round).copied().unwrap_or_default();
        findings.compare(|| format!("budget taken in round {round}"), &whole(&row, "taken")?, &counted);
    }
    for row in rows(conn, sql::ASTRAY, project.0).await? {
        let id: Uuid = row.try_get("id")?;
        findings.0.push(format!("the state of assignment {id} does not fit its votes"));
    }
    let lost = recount.volunteers.keys().map(|id| format!("volunteer {id} has votes but no count"));
    findings.0.extend(lost);

    compare_beliefs(conn, *project, cache, &mut leases, &mut findings).await?;
    let lost = leases.keys().map(|id| format!("subject {id} is in somebody's hands but has no belief"));
    findings.0.extend(lost);
    Ok(Verification { entries: whole(&entries, "entries")?, votes: recount.votes, mismatches: findings.0 })
}

async fn rows(conn: &mut Conn, statement: &'static str, project: i64) -> Result<Vec<Row>> {
    Ok(sqlx::query(statement).bind(project).fetch_all(conn).await?)
}

async fn recount(conn: &mut Conn, project: i64) -> Result<Recount> {
    let mut recount = Recount::default();
    for row in rows(conn, sql::LIVE_VOTES, project).await? {
        let (subject, answer): (i64, _) = (row.try_get("subject_id")?, answer(&row)?);
        let (round, training): (Option<i64>, bool) = (row.try_get("round")?, row.try_get("training")?);
        for _ in 0..whole(&row, "votes")? {
            recount.votes += 1;
            *recount.volunteers.entry(row.try_get("volunteer_id")?).or_default() += 1;
            if let (Some(round), false) = (round, training) {
                *recount.rounds.entry(round).or_default() += 1;
                let tally = recount.queued.entry((round, subject)).or_default();
                *tally = tally.with(answer);
            }
        }
    }
    Ok(recount)
}

/// Compares beliefs, records and decisions with a fold over the log.
async fn compare_beliefs(
    conn: &mut Conn,
    project: ProjectId,
    cache: &Arc<RulesCache>,
    leases: &mut BTreeMap<i64, u32>,
    findings: &mut Findings,
) -> Result<()> {
    let fold = replay::replay(conn, &project, cache).await?;
    for (id, known) in record::everybody(conn, project).await? {
        findings.compare(|| format!("record of volunteer {id}"), &known.record, &fold.volunteer(id));
    }
    let mut decided = last_outcomes(conn, project, findings).await?;
    let mut after = i64::MIN;
    let mut with_votes = 0;
    loop {
        let page = read_page(conn, project, after, super::belief::PAGE).await?;
        let Some(last) = page.last() else { break };
        after = last.subject.0;
        for kept in page {
            with_votes += usize::from(fold.subjects().contains_key(&kept.subject));
            let mut counted = kept.clone();
            counted.open_leases = leases.remove(&kept.subject.0).unwrap_or_default();
            recompute(&mut counted, &fold, fold.subjects().get(&kept.subject));
            findings.compare(|| format!("belief about subject {}", kept.subject), &kept, &counted);
            let decided = decided.remove(&kept.subject).unwrap_or_default();
            findings.compare(|| format!("decision about subject {}", kept.subject), &decided, &kept.outcome);
        }
    }
    findings.compare(|| "subjects with votes".to_owned(), &with_votes, &fold.subjects().len());
    Ok(())
}

/// Fills in everything that follows from the log.
fn recompute(kept: &mut Kept, fold: &Fold, folded: Option<&SubjectBelief>) {
    (kept.evidence, kept.tally) =
        folded.map_or((Evidence::NONE, Tally::default()), |subject| (subject.evidence, subject.tally));
    kept.rejudge(fold.engine());
    if let Some(subject) = folded {
        kept.belief = subject.belief;
        if kept.truth.is_none() {
            kept.outcome = subject.judgement.outcome;
        }
    }
}

/// Where the decisions leave each subject, after checking that each begins where the one before ended.
async fn last_outcomes(
    conn: &mut Conn,
    project: ProjectId,
    findings: &mut Findings,
) -> Result<BTreeMap<SubjectId, Outcome>> {
    let mut last = BTreeMap::<SubjectId, Outcome>::new();
    for row in rows(conn, sql::DECISIONS, project.0).await? {
        let subject = SubjectId(row.try_get("subject_id")?);
        let before = last.insert(subject, outcome(&row, "to_outcome")?).unwrap_or_default();
        let from = outcome(&row, "from_outcome")?;
        findings.compare(|| format!("a decision about subject {subject} starts"), &from, &before);
    }
    Ok(last)
}
