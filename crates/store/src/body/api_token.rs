//! Tokens for scripts.

use domain::{Digest, Timestamp, VolunteerId};
use sqlx::Row as _;

use super::{Conn, Row, bytes, digest, micros, timestamp, timestamp_or_none, volunteer, whole};
use crate::{
    AccountRefusal, ApiToken, NewApiToken, Result, StoreError, TokenScope, Volunteer, api_token::MOST,
    sql::account as sql,
};

pub(crate) async fn create(conn: &mut Conn, new: &NewApiToken, now: &Timestamp) -> Result<ApiToken> {
    let count = sqlx::query(sql::TOKEN_COUNT).bind(new.volunteer.0).fetch_one(&mut *conn).await?;
    if whole(&count, "tokens")? >= MOST {
        return Err(AccountRefusal::TooMany.into());
    }
    let expires_at = *now + new.lifetime;
    sqlx::query(sql::TOKEN_INSERT)
        .bind(bytes(&new.digest))
        .bind(new.volunteer.0)
        .bind(new.name.clone())
        .bind(new.scope.name())
        .bind(micros(*now))
        .bind(micros(expires_at))
        .execute(conn)
        .await?;
    Ok(ApiToken {
        digest: new.digest,
        name: new.name.clone(),
        scope: new.scope,
        created_at: *now,
        last_used_at: None,
        expires_at,
    })
}

pub(crate) async fn find(
    conn: &mut Conn,
    digest: &Digest,
    now: &Timestamp,
) -> Result<Option<(Volunteer, ApiToken)>> {
    let row = sqlx::query(sql::TOKEN).bind(bytes(digest)).bind(micros(*now)).fetch_optional(conn).await?;
    row.as_ref().map(|row| Ok((volunteer::volunteer(row)?, token(row)?))).transpose()
}

pub(crate) async fn used(conn: &mut Conn, digest: &Digest, now: &Timestamp) -> Result<()> {
    sqlx::query(sql::TOKEN_USED).bind(bytes(digest)).bind(micros(*now)).execute(conn).await?;
    Ok(())
}

pub(crate) async fn all_of(conn: &mut Conn, volunteer: &VolunteerId) -> Result<Vec<ApiToken>> {
    sqlx::query(sql::TOKENS_OF).bind(volunteer.0).fetch_all(conn).await?.iter().map(token).collect()
}

pub(crate) async fn delete(conn: &mut Conn, volunteer: &VolunteerId, digest: &Digest) -> Result<bool> {
    let query = sqlx::query(sql::TOKEN_DELETE).bind(volunteer.0).bind(bytes(digest));
    Ok(query.execute(conn).await?.rows_affected() > 0)
}

pub(crate) async fn delete_expired(conn: &mut Conn, now: &Timestamp) -> Result<u64> {
    Ok(sqlx::query(sql::TOKENS_DELETE_EXPIRED).bind(micros(*now)).execute(conn).await?.rows_affected())
}

fn token(row: &Row) -> Result<ApiToken> {
    let scope: String = row.try_get("scope")?;
    Ok(ApiToken {
        digest: digest(row, "digest")?,
        name: row.try_get("name")?,
        scope: TokenScope::from_name(&scope).ok_or_else(|| StoreError::corrupt("scope", scope))?,
        created_at: timestamp(row, "made_at")?,
        last_used_at: timestamp_or_none(row, "last_used_at")?,
        expires_at: timestamp(row, "expires_at")?,
    })
}
