//! How many images stand where.

use domain::ProjectId;

use super::{Conn, whole};
use crate::{Outcomes, Result, sql::outcomes as sql};

pub(crate) async fn of(conn: &mut Conn, project: &ProjectId) -> Result<Outcomes> {
    let row = sqlx::query(sql::OUTCOMES).bind(project.0).fetch_one(&mut *conn).await?;
    let retested = sqlx::query(sql::RETESTED).bind(project.0).fetch_one(conn).await?;
    Ok(Outcomes {
        open: whole(&row, "open")?,
        detected: whole(&row, "detected")?,
        rejected: whole(&row, "rejected")?,
        contested: whole(&row, "contested")?,
        settled_votes: whole(&row, "settled_votes")?,
        retested: whole(&retested, "retested")?,
    })
}
