//! Sessions.

use domain::{Digest, Timestamp, VolunteerId};

use sqlx::Row as _;

use super::{Conn, Row, bytes, digest, micros, timestamp};
use crate::{
    Result, SessionLimits, SessionOrigin, SessionRow, SignInWay, StoreError, session::FoundSession,
    sql::volunteer as sql,
};

pub(crate) async fn create(
    conn: &mut Conn,
    token: &Digest,
    volunteer: &VolunteerId,
    origin: &SessionOrigin,
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
        .bind(origin.browser.clone())
        .bind(origin.system.clone())
        .bind(origin.way.name())
        .execute(conn)
        .await?;
    Ok(())
}

pub(crate) async fn find(conn: &mut Conn, token: &Digest, now: &Timestamp) -> Result<Option<FoundSession>> {
    let row = sqlx::query(sql::SESSION).bind(bytes(token)).bind(micros(*now)).fetch_optional(conn).await?;
    let Some(row) = row else { return Ok(None) };
    Ok(Some(FoundSession {
        volunteer: super::volunteer::volunteer(&row)?,
        last_seen_at: timestamp(&row, "last_seen_at")?,
        expires_at: timestamp(&row, "expires_at")?,
    }))
}

pub(crate) async fn prolong(
    conn: &mut Conn,
    token: &Digest,
    idle_end: &Timestamp,
    now: &Timestamp,
) -> Result<()> {
    let query = sqlx::query(sql::SESSION_PROLONG).bind(bytes(token)).bind(micros(*idle_end));
    query.bind(micros(*now)).execute(conn).await?;
    Ok(())
}

pub(crate) async fn all_of(
    conn: &mut Conn,
    volunteer: &VolunteerId,
    now: &Timestamp,
) -> Result<Vec<SessionRow>> {
    let rows = sqlx::query(sql::SESSIONS_OF).bind(volunteer.0).bind(micros(*now)).fetch_all(conn).await?;
    rows.iter().map(session).collect()
}

fn session(row: &Row) -> Result<SessionRow> {
    let way: String = row.try_get("way")?;
    Ok(SessionRow {
        digest: digest(row, "token_digest")?,
        origin: SessionOrigin {
            way: SignInWay::from_name(&way).ok_or_else(|| StoreError::corrupt("way", way))?,
            browser: row.try_get("browser")?,
            system: row.try_get("system")?,
        },
        created_at: timestamp(row, "created_at")?,
        last_seen_at: timestamp(row, "last_seen_at")?,
        expires_at: timestamp(row, "expires_at")?,
    })
}

pub(crate) async fn delete_of(conn: &mut Conn, volunteer: &VolunteerId, token: &Digest) -> Result<bool> {
    let query = sqlx::query(sql::SESSION_DELETE_OF).bind(volunteer.0).bind(bytes(token));
    Ok(query.execute(conn).await?.rows_affected() > 0)
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
