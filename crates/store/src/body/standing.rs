//! How volunteers stand.

use std::sync::Arc;

use domain::{ProjectId, Timestamp, VolunteerId};
use sqlx::Row as _;

use super::{Conn, micros, rules, whole};
use crate::{Result, Standing, rules::RulesCache, sql::standing as sql};

pub(crate) async fn of(
    conn: &mut Conn,
    slug: &str,
    volunteer: &VolunteerId,
    cache: &Arc<RulesCache>,
    now: &Timestamp,
) -> Result<Option<Standing>> {
    let query = sqlx::query(sql::STANDING).bind(slug.to_owned()).bind(volunteer.0).bind(micros(*now));
    let Some(row) = query.fetch_optional(&mut *conn).await? else { return Ok(None) };
    let project = ProjectId(row.try_get("project_id")?);
    let anchor_id: Option<String> = row.try_get("anchor_id")?;
    let record: Option<String> = row.try_get("record")?;
    Ok(Some(Standing {
        project,
        answered: whole(&row, "answered")?,
        held: whole(&row, "held")?,
        record: record.map(|_| rules::parsed(&row, "record")).transpose()?,
        rules: rules::named(conn, &project, cache, anchor_id.as_deref()).await?,
    }))
}
