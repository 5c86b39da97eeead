//! The rules in force, from the newest anchor.

use std::sync::Arc;

use consensus::live::{Anchor, Engine, Settings};
use domain::ProjectId;
use serde::de::DeserializeOwned;
use sqlx::Row as _;

use super::{Conn, Row};
use crate::{
    LogSeq, Result, Rules, StoreError,
    rules::{DEFAULT_ID, RulesCache},
    sql::rules as sql,
};

pub(crate) async fn current(
    conn: &mut Conn,
    project: &ProjectId,
    cache: &Arc<RulesCache>,
) -> Result<Arc<Rules>> {
    let newest = sqlx::query(sql::CURRENT).bind(project.0).fetch_optional(&mut *conn).await?;
    let Some(newest) = newest else {
        let kept = cache.get(*project, DEFAULT_ID);
        return Ok(kept.unwrap_or_else(|| cache.put(*project, Rules::default())));
    };
    let anchor_id: String = newest.try_get("id")?;
    if let Some(rules) = cache.get(*project, &anchor_id) {
        return Ok(rules);
    }
    let seq: i64 = newest.try_get("seq")?;
    let content = sqlx::query(sql::CONTENT).bind(seq).fetch_one(conn).await?;
    let settings: Settings = parsed(&content, "settings")?;
    let anchor: Anchor = parsed(&content, "anchor")?;
    let engine =
        Engine::new(settings, anchor).map_err(|error| StoreError::corrupt("anchor", error.to_string()))?;
    let high_water_mark = LogSeq(newest.try_get("high_water_mark")?);
    Ok(cache.put(*project, Rules { anchor_id, high_water_mark, engine }))
}

/// [`current`] for who has read already which anchor is the newest (`None`: there is none).
pub(super) async fn named(
    conn: &mut Conn,
    project: &ProjectId,
    cache: &Arc<RulesCache>,
    anchor_id: Option<&str>,
) -> Result<Arc<Rules>> {
    match cache.get(*project, anchor_id.unwrap_or(DEFAULT_ID)) {
        Some(rules) => Ok(rules),
        None => current(conn, project, cache).await,
    }
}

pub(super) fn parsed<T: DeserializeOwned>(row: &Row, column: &'static str) -> Result<T> {
    let text: String = row.try_get(column)?;
    serde_json::from_str(&text).map_err(|error| StoreError::corrupt(column, format!("{error} in {text}")))
}
