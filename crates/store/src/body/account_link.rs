//! Links that work once.

use std::time::Duration;

use domain::{Digest, Timestamp, VolunteerId};
use sqlx::Row as _;

use super::{Conn, bytes, dialect, lock, micros, people, timestamp, volunteer};
use crate::{
    AccountRefusal, FoundLink, LinkPurpose, NewLink, Rank, RankCause, Result, StoreError, Volunteer,
    people::NewRank,
    sql::{account as sql, volunteer as volunteers},
};

pub(crate) async fn create(conn: &mut Conn, link: &NewLink, now: &Timestamp) -> Result<()> {
    if volunteer::by_id(conn, &link.volunteer).await?.is_none() {
        return Err(StoreError::not_found("volunteer", link.volunteer));
    }
    sqlx::query(sql::LINK_INSERT)
        .bind(bytes(&link.digest))
        .bind(link.volunteer.0)
        .bind(link.purpose.name())
        .bind(link.email.clone())
        .bind(micros(*now))
        .bind(micros(*now + link.lifetime))
        .execute(conn)
        .await?;
    Ok(())
}

pub(crate) async fn find(
    conn: &mut Conn,
    digest: &Digest,
    purpose: &LinkPurpose,
    now: &Timestamp,
) -> Result<Option<FoundLink>> {
    let query = sqlx::query(sql::LINK).bind(bytes(digest)).bind(purpose.name()).bind(micros(*now));
    let Some(row) = query.fetch_optional(conn).await? else { return Ok(None) };
    Ok(Some(FoundLink {
        volunteer: volunteer::volunteer(&row)?,
        email: row.try_get("sent_to")?,
        expires_at: timestamp(&row, "expires_at")?,
    }))
}

/// Whose link this was and where it went.
async fn used(
    conn: &mut Conn,
    digest: &Digest,
    purpose: LinkPurpose,
    now: Timestamp,
) -> Result<(Volunteer, String)> {
    let query = sqlx::query(sql::LINK_USE).bind(bytes(digest)).bind(purpose.name()).bind(micros(now));
    let row = query.fetch_optional(&mut *conn).await?.ok_or(AccountRefusal::LinkNotValid)?;
    let id = VolunteerId(row.try_get("volunteer_id")?);
    let found = volunteer::by_id(conn, &id).await?;
    let found = found.ok_or_else(|| StoreError::not_found("volunteer", id))?;
    Ok((found, row.try_get("email")?))
}

pub(crate) async fn verify(conn: &mut Conn, digest: &Digest, now: &Timestamp) -> Result<Volunteer> {
    let (who, email) = used(conn, digest, LinkPurpose::Verify, *now).await?;
    if who.email == email {
        sqlx::query(sql::SET_VERIFIED).bind(who.id.0).bind(micros(*now)).execute(&mut *conn).await?;
    } else {
        let query = sqlx::query(sql::SET_ADDRESS).bind(who.id.0).bind(email.clone()).bind(micros(*now));
        let done = query.execute(&mut *conn).await.map_err(StoreError::from);
        let taken = match &done {
            Ok(done) => done.rows_affected() == 0,
            Err(error) => error.is_unique_violation(),
        };
        if taken {
            return Err(StoreError::AddressTaken);
        }
        done?;
        // Links to the old address must not open the account any more.
        spent(conn, who.id, LinkPurpose::Reset, *now).await?;
    }
    Ok(Volunteer { email_verified_at: Some(who.email_verified_at.unwrap_or(*now)), email, ..who })
}

pub(crate) async fn reset(
    conn: &mut Conn,
    digest: &Digest,
    hash: &str,
    now: &Timestamp,
) -> Result<Volunteer> {
    let (who, email) = used(conn, digest, LinkPurpose::Reset, *now).await?;
    if who.email != email {
        return Err(AccountRefusal::LinkNotValid.into());
    }
    volunteer::set_password_hash(conn, &who.id, hash).await?;
    // Whoever reads letters to this address has just shown it.
    sqlx::query(sql::SET_VERIFIED).bind(who.id.0).bind(micros(*now)).execute(&mut *conn).await?;
    spent(conn, who.id, LinkPurpose::Reset, *now).await?;
    sqlx::query(volunteers::SESSIONS_DELETE_OF).bind(who.id.0).execute(&mut *conn).await?;
    sqlx::query(sql::TOKENS_DELETE_OF).bind(who.id.0).execute(conn).await?;
    Ok(Volunteer { email_verified_at: Some(who.email_verified_at.unwrap_or(*now)), ..who })
}

async fn spent(conn: &mut Conn, who: VolunteerId, purpose: LinkPurpose, now: Timestamp) -> Result<()> {
    let query = sqlx::query(sql::LINKS_USE_ALL).bind(who.0).bind(purpose.name()).bind(micros(now));
    query.execute(conn).await?;
    Ok(())
}

pub(crate) async fn open_claim(
    conn: &mut Conn,
    digest: &Digest,
    lifetime: &Duration,
    now: &Timestamp,
) -> Result<bool> {
    lock(conn, dialect::LOCK_ROLES, 0).await?;
    if people::has_admin(conn).await? {
        return Ok(false);
    }
    sqlx::query(sql::CLAIMS_DELETE).execute(&mut *conn).await?;
    let query = sqlx::query(sql::CLAIM_INSERT).bind(bytes(digest)).bind(micros(*now));
    query.bind(micros(*now + *lifetime)).execute(conn).await?;
    Ok(true)
}

pub(crate) async fn claim(
    conn: &mut Conn,
    digest: &Digest,
    volunteer: &VolunteerId,
    now: &Timestamp,
) -> Result<Volunteer> {
    lock(conn, dialect::LOCK_ROLES, 0).await?;
    let query = sqlx::query(sql::LINK_USE).bind(bytes(digest)).bind("admin").bind(micros(*now));
    if query.fetch_optional(&mut *conn).await?.is_none() || people::has_admin(conn).await? {
        return Err(AccountRefusal::LinkNotValid.into());
    }
    let new = NewRank { volunteer: *volunteer, role: Rank::Admin, by: None, reason: String::new() };
    people::give(conn, &new, RankCause::Link, *now).await
}

pub(crate) async fn delete_expired(conn: &mut Conn, now: &Timestamp) -> Result<u64> {
    Ok(sqlx::query(sql::LINKS_DELETE_EXPIRED).bind(micros(*now)).execute(conn).await?.rows_affected())
}
