//! Volunteers.

use domain::{Timestamp, VolunteerId};
use sqlx::Row as _;

use super::{Conn, Row, micros, timestamp, timestamp_or_none, whole};
use crate::{
    Credentials, NewVolunteer, Preferences, Rank, Result, StoreError, Volunteer, VoteCounts,
    sql::volunteer as sql,
};

pub(crate) async fn create(conn: &mut Conn, new: &NewVolunteer, now: &Timestamp) -> Result<Volunteer> {
    let done = sqlx::query(sql::INSERT)
        .bind(new.id.0)
        .bind(new.email.clone())
        .bind(new.display_name.clone())
        .bind(new.password_hash.clone())
        .bind(new.language.clone())
        .bind(micros(*now))
        .execute(conn)
        .await?;
    if done.rows_affected() == 0 {
        return Err(StoreError::AddressTaken);
    }
    Ok(Volunteer {
        id: new.id,
        email: new.email.clone(),
        display_name: new.display_name.clone(),
        language: new.language.clone(),
        created_at: *now,
        role: Rank::default(),
        email_verified_at: None,
        preferences: Preferences::default(),
    })
}

pub(crate) async fn credentials(conn: &mut Conn, email: &str) -> Result<Option<Credentials>> {
    let row = sqlx::query(sql::CREDENTIALS).bind(email.to_owned()).fetch_optional(conn).await?;
    let read = |row: &Row| {
        Ok(Credentials { volunteer: volunteer(row)?, password_hash: row.try_get("password_hash")? })
    };
    row.as_ref().map(read).transpose()
}

pub(crate) async fn by_id(conn: &mut Conn, id: &VolunteerId) -> Result<Option<Volunteer>> {
    let row = sqlx::query(sql::BY_ID).bind(id.0).fetch_optional(conn).await?;
    row.as_ref().map(volunteer).transpose()
}

pub(crate) async fn set_password_hash(conn: &mut Conn, id: &VolunteerId, hash: &str) -> Result<()> {
    let done = sqlx::query(sql::SET_PASSWORD_HASH).bind(id.0).bind(hash.to_owned()).execute(conn).await?;
    if done.rows_affected() == 0 { Err(StoreError::not_found("volunteer", id)) } else { Ok(()) }
}

pub(crate) async fn vote_counts(conn: &mut Conn, id: &VolunteerId, since: &Timestamp) -> Result<VoteCounts> {
    let total = sqlx::query(sql::VOTES_TOTAL).bind(id.0).fetch_one(&mut *conn).await?;
    let recent = sqlx::query(sql::VOTES_SINCE).bind(id.0).bind(micros(*since)).fetch_one(conn).await?;
    Ok(VoteCounts { total: whole(&total, "votes")?, since: whole(&recent, "votes")? })
}

pub(super) fn volunteer(row: &Row) -> Result<Volunteer> {
    Ok(Volunteer {
        id: VolunteerId(row.try_get("id")?),
        email: row.try_get("email")?,
        display_name: row.try_get("display_name")?,
        language: row.try_get("language")?,
        created_at: timestamp(row, "created_at")?,
        role: rank(row, "role")?,
        email_verified_at: timestamp_or_none(row, "email_verified_at")?,
        preferences: preferences(row)?,
    })
}

pub(super) fn rank(row: &Row, column: &'static str) -> Result<Rank> {
    let name: String = row.try_get(column)?;
    Rank::from_name(&name).ok_or_else(|| StoreError::corrupt(column, name))
}

fn preferences(row: &Row) -> Result<Preferences> {
    let text: String = row.try_get("settings")?;
    let kept = serde_json::from_str(&text).map_err(|_| StoreError::corrupt("settings", text))?;
    Ok(Preferences { in_ranking: row.try_get("in_ranking")?, ..kept })
}
