//! What training images are said to be, corrected. Callers fold the log anew in the same transaction.

use domain::{Label, ProjectId, SubjectId};
use sqlx::Row as _;

use super::{Conn, role};
use crate::{
    Result, StoreError,
    sql::{belief, subject as sql},
};

/// Puts these truths in the place of what was kept; says whether any was news.
pub(super) async fn correct(
    conn: &mut Conn,
    project: &ProjectId,
    truths: &[(SubjectId, Label)],
) -> Result<bool> {
    let mut news = false;
    for (id, label) in truths {
        let query = sqlx::query(belief::IN_PROJECT).bind(project.0).bind(id.0);
        let row = query.fetch_optional(&mut *conn).await?;
        if !row.as_ref().map(role).transpose()?.is_some_and(|role| role.is_training()) {
            return Err(StoreError::not_found("training image of this project", id));
        }
        let query = sqlx::query(sql::SET_TRUTH).bind(project.0).bind(id.0).bind(label.code());
        let set = query.fetch_optional(&mut *conn).await?;
        news |= set.map(|row| row.try_get::<i64, _>("id")).transpose()?.is_some();
    }
    Ok(news)
}
