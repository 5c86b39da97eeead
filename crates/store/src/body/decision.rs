//! Decisions.

use domain::{ProjectId, SubjectId, Timestamp};
use sqlx::Row as _;

use super::{
    Conn, Row,
    belief::{outcome, posteriors},
    micros, tally, timestamp,
};
use crate::{Cause, DecisionRow, DecisionSeq, Result, StoreError, kept::Turn, sql::belief as sql};

pub(super) async fn write(
    conn: &mut Conn,
    project: ProjectId,
    turn: &Turn,
    cause: Cause,
    anchor_id: &str,
    now: Timestamp,
) -> Result<()> {
    let rule = serde_json::to_string(&turn.judgement.rule)
        .map_err(|error| StoreError::invalid("rule", error.to_string()))?;
    sqlx::query(sql::DECIDE)
        .bind(project.0)
        .bind(turn.subject.0)
        .bind(turn.from.name())
        .bind(turn.judgement.outcome.name())
        .bind(cause.name())
        .bind(rule)
        .bind(turn.belief.p_votes)
        .bind(turn.belief.p_joint)
        .bind(turn.belief.log_odds)
        .bind(i64::from(turn.tally.no_lens))
        .bind(i64::from(turn.tally.unsure))
        .bind(i64::from(turn.tally.lens))
        .bind(anchor_id.to_owned())
        .bind(turn.model_version.clone())
        .bind(micros(now))
        .execute(conn)
        .await?;
    Ok(())
}

pub(crate) async fn page(
    conn: &mut Conn,
    project: &ProjectId,
    after: &Option<DecisionSeq>,
    limit: &u32,
) -> Result<Vec<DecisionRow>> {
    let after = after.map_or(0, |seq| seq.0);
    let query = sqlx::query(sql::DECISIONS).bind(project.0).bind(after).bind(i64::from(*limit));
    query.fetch_all(conn).await?.iter().map(decision).collect()
}

fn decision(row: &Row) -> Result<DecisionRow> {
    let (cause, rule): (String, String) = (row.try_get("cause")?, row.try_get("rule")?);
    Ok(DecisionRow {
        seq: DecisionSeq(row.try_get("seq")?),
        subject: SubjectId(row.try_get("subject_id")?),
        from: outcome(row, "from_outcome")?,
        to: outcome(row, "to_outcome")?,
        cause: Cause::from_name(&cause).ok_or_else(|| StoreError::corrupt("cause", cause))?,
        rule: serde_json::from_str(&rule).map_err(|_| StoreError::corrupt("rule", rule))?,
        belief: posteriors(row)?,
        tally: tally(row)?,
        anchor_id: row.try_get("anchor_id")?,
        model_version: row.try_get("model_version")?,
        at: timestamp(row, "at")?,
    })
}
