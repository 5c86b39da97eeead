//! Sessions.

use domain::{Digest, Timestamp, VolunteerId};

use super::{Conn, bytes, micros, timestamp};
use crate::{Result, SessionLimits, StoreError, session::FoundSession, sql::volunteer as sql};

pub(crate) async fn create(
    conn: &mut Conn,
    token: &Digest,
    volunteer: &VolunteerId,
    limits: &SessionLimits,
    now: &Timestamp,
) -> Result<()> {
    if super::volunteer::by_id(conn, volunteer).await?.is_none() {
        return Err(StoreError::not_found("volunteer", volunteer));
    }
    let end = *now + limits.absolute;
    sqlx::query(sql::SESSION_INSERT)
        .bind(bytes(token))
        .bind(volunteer.0)
        .bind(micros(*now))
        .bind(micros((*now + limits.idle).min(end)))
        .bind(micros(end))
        .execute(conn)
        .await?;
    Ok(())
}

pub(crate) async fn find(conn: &mut Conn, token: &Digest, now: &Timestamp) -> Result<Option<FoundSession>> {
    let row = sqlx::query(sql::SESSION).bind(bytes(token)).bind(micros(*now)).fetch_optional(conn).await?;
    let Some(row) = row else { return Ok(None) };
    Ok(Some(FoundSession {
        volunteer: super::volunteer::volunteer(&row)?,
        idle_expires_at: timestamp(&row, "idle_expires_at")?,
        expires_at: timestamp(&row, "expires_at")?,
    }))
}

pub(crate) async fn prolong(conn: &mut Conn, token: &Digest, idle_end: &Timestamp) -> Result<()> {
    sqlx::query(sql::SESSION_PROLONG).bind(bytes(token)).bind(micros(*idle_end)).execute(conn).await?;
    Ok(())
}

pub(crate) async fn delete(conn: &mut Conn, token: &Digest) -> Result<()> {
    sqlx::query(sql::SESSION_DELETE).bind(bytes(token)).execute(conn).await?;
    Ok(())
}

pub(crate) async fn delete_all_of(conn: &mut Conn, volunteer: &VolunteerId) -> Result<u64> {
    Ok(sqlx::query(sql::SESSIONS_DELETE_OF).bind(volunteer.0).execute(conn).await?.rows_affected())
}

pub(crate) async fn delete_expired(conn: &mut Conn, now: &Timestamp) -> Result<u64> {
    Ok(sqlx::query(sql::SESSIONS_DELETE_EXPIRED).bind(micros(*now)).execute(conn).await?.rows_affected())
}
