//! What is believed of each subject.

use domain::{ProjectId, SubjectId};
use sqlx::{QueryBuilder, Row as _};

use super::{Conn, Db, Row, subject::subject, tally};
use crate::{
    Candidate, PosteriorBatch, PosteriorRow, Result,
    sql::{bulk, posterior as sql},
};

pub(crate) async fn save(conn: &mut Conn, project: &ProjectId, batch: &PosteriorBatch) -> Result<()> {
    let mut insert = QueryBuilder::<Db>::new(bulk::POSTERIORS);
    insert.push_values(&batch.rows, |mut row, posterior| {
        row.push_bind(project.0)
            .push_bind(i64::from(batch.round))
            .push_bind(posterior.subject.0)
            .push_bind(posterior.p_votes)
            .push_bind(posterior.p_joint)
            .push_bind(posterior.status.clone())
            .push_bind(i64::from(posterior.tally.no_lens))
            .push_bind(i64::from(posterior.tally.unsure))
            .push_bind(i64::from(posterior.tally.lens))
            .push_bind(batch.aggregator.clone())
            .push_bind(batch.high_water_mark.0);
    });
    insert.push(bulk::POSTERIORS_TAIL);
    insert.build().persistent(false).execute(conn).await?;
    Ok(())
}

pub(crate) async fn of_round(conn: &mut Conn, project: &ProjectId, round: &u32) -> Result<Vec<PosteriorRow>> {
    let query = sqlx::query(sql::OF_ROUND).bind(project.0).bind(i64::from(*round));
    query.fetch_all(conn).await?.iter().map(posterior).collect()
}

pub(crate) async fn candidates(
    conn: &mut Conn,
    project: &ProjectId,
    round: &u32,
    at_least: &f64,
    limit: &u32,
) -> Result<Vec<Candidate>> {
    let query = sqlx::query(sql::CANDIDATES)
        .bind(project.0)
        .bind(i64::from(*round))
        .bind(*at_least)
        .bind(i64::from(*limit));
    let candidate = |row: &Row| Ok(Candidate { subject: subject(row)?, posterior: posterior(row)? });
    query.fetch_all(conn).await?.iter().map(candidate).collect()
}

fn posterior(row: &Row) -> Result<PosteriorRow> {
    Ok(PosteriorRow {
        subject: SubjectId(row.try_get("subject_id")?),
        p_votes: row.try_get("p_votes")?,
        p_joint: row.try_get("p_joint")?,
        status: row.try_get("status")?,
        tally: tally(row)?,
    })
}
