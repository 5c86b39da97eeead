//! The state of the consensus from the log: a fold in memory, from which the kept state must not
//! differ in a single bit.

use std::{collections::HashMap, sync::Arc};

use consensus::live::{Fold, Refit, VolunteerRecord};
use domain::{LogEntry, ProjectId, SubjectId};
use sqlx::Row as _;

use super::{Conn, belief, log, record, rules};
use crate::{LogSeq, Result, rules::RulesCache, sql::belief as sql};

/// Entries read at once.
const PAGE: u32 = 10_000;

pub(crate) async fn replay(conn: &mut Conn, project: &ProjectId, cache: &Arc<RulesCache>) -> Result<Fold> {
    let rules = rules::current(conn, project, cache).await?;
    let known = belief::known_images(conn, project).await?;
    let scores = sqlx::query(sql::SCORES).bind(project.0).fetch_all(&mut *conn).await?;
    let network: HashMap<SubjectId, f64> = scores
        .iter()
        .map(|row| Ok((SubjectId(row.try_get("subject_id")?), row.try_get("network")?)))
        .collect::<Result<_>>()?;
    let mut fold = Fold::new(rules.engine.clone(), known, network);
    push(conn, project, &mut fold, LogSeq::START, rules.high_water_mark).await?;
    let everybody = record::everybody(conn, *project).await?;
    let learnt = |base| VolunteerRecord::since_refit(base);
    fold.adopt(&Refit {
        engine: rules.engine.clone(),
        records: everybody.into_iter().map(|(id, known)| (id, learnt(known.base))).collect(),
        subjects: Default::default(),
        report: Default::default(),
    });
    push(conn, project, &mut fold, rules.high_water_mark, LogSeq(i64::MAX)).await?;
    Ok(fold)
}

async fn push(
    conn: &mut Conn,
    project: &ProjectId,
    fold: &mut Fold,
    mut after: LogSeq,
    up_to: LogSeq,
) -> Result<()> {
    loop {
        let page: Vec<(LogSeq, LogEntry)> = log::page(conn, project, &after, &up_to, &PAGE).await?;
        let Some((last, _)) = page.last() else { return Ok(()) };
        after = *last;
        for (_, entry) in &page {
            fold.push(entry);
        }
    }
}
