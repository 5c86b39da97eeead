//! Experts' reviews and the monitors of each round.

use domain::{ProjectId, SubjectId, Timestamp};
use serde_json::Value;
use sqlx::Row as _;

use super::{Conn, Row, json, micros, small};
use crate::{
    Result, Review, StoreError,
    sql::{belief, review as sql},
};

pub(crate) async fn save(
    conn: &mut Conn,
    project: &ProjectId,
    reviews: &[Review],
    now: &Timestamp,
) -> Result<()> {
    for review in reviews {
        let query = sqlx::query(belief::IN_PROJECT).bind(project.0).bind(review.subject.0);
        if query.fetch_optional(&mut *conn).await?.is_none() {
            return Err(StoreError::not_found("subject of this project", review.subject));
        }
        sqlx::query(sql::SAVE)
            .bind(project.0)
            .bind(review.subject.0)
            .bind(review.reviewer.clone())
            .bind(review.lens)
            .bind(review.stratum.clone())
            .bind(review.inclusion_probability)
            .bind(micros(*now))
            .execute(&mut *conn)
            .await?;
    }
    Ok(())
}

pub(crate) async fn of_project(conn: &mut Conn, project: &ProjectId) -> Result<Vec<Review>> {
    let review = |row: &Row| {
        Ok(Review {
            subject: SubjectId(row.try_get("subject_id")?),
            reviewer: row.try_get("reviewer")?,
            lens: row.try_get("lens")?,
            stratum: row.try_get("stratum")?,
            inclusion_probability: row.try_get("inclusion_probability")?,
        })
    };
    sqlx::query(sql::OF_PROJECT).bind(project.0).fetch_all(conn).await?.iter().map(review).collect()
}

pub(crate) async fn save_monitors(
    conn: &mut Conn,
    project: &ProjectId,
    round: &u32,
    monitors: &Value,
    now: &Timestamp,
) -> Result<()> {
    let query = sqlx::query(sql::SAVE_MONITORS).bind(project.0).bind(i64::from(*round));
    query.bind(monitors.to_string()).bind(micros(*now)).execute(conn).await?;
    Ok(())
}

pub(crate) async fn monitors(conn: &mut Conn, project: &ProjectId) -> Result<Vec<(u32, Value)>> {
    let rows = sqlx::query(sql::MONITORS).bind(project.0).fetch_all(conn).await?;
    rows.iter().map(|row| Ok((small(row, "round")?, json(row, "monitors")?))).collect()
}
