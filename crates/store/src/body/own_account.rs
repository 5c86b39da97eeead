//! What people change about their own account.

use domain::{Digest, Timestamp, VolunteerId};
use sqlx::Row as _;

use super::{
    Conn, Row, bytes, dialect, lock, micros, people, small_or_none, timestamp, timestamp_or_none, volunteer,
};
use crate::{
    AccountChange, AccountRefusal, OwnFeedback, OwnQuizAttempt, Rank, RankCause, Result, StoreError,
    Volunteer,
    people::NewRank,
    sql::{account as sql, certificate, volunteer as volunteers},
};

pub(crate) async fn change(conn: &mut Conn, id: &VolunteerId, change: &AccountChange) -> Result<Volunteer> {
    let who = volunteer::by_id(conn, id).await?.ok_or_else(|| StoreError::not_found("volunteer", id))?;
    let preferences = change.preferences.unwrap_or(who.preferences);
    if preferences.in_ranking && !who.preferences.in_ranking && who.email_verified_at.is_none() {
        return Err(AccountRefusal::NotVerified.into());
    }
    let changed = Volunteer {
        display_name: change.display_name.clone().unwrap_or(who.display_name),
        language: change.language.clone().unwrap_or(who.language),
        preferences,
        ..who
    };
    let kept = serde_json::to_string(&preferences)
        .map_err(|error| StoreError::invalid("preferences", error.to_string()))?;
    sqlx::query(sql::CHANGE)
        .bind(id.0)
        .bind(changed.display_name.clone())
        .bind(changed.language.clone())
        .bind(kept)
        .bind(preferences.in_ranking)
        .execute(conn)
        .await?;
    Ok(changed)
}

pub(crate) async fn change_password(
    conn: &mut Conn,
    id: &VolunteerId,
    hash: &str,
    keep: &Digest,
) -> Result<()> {
    volunteer::set_password_hash(conn, id, hash).await?;
    sqlx::query(volunteers::SESSIONS_DELETE_OTHERS).bind(id.0).bind(bytes(keep)).execute(conn).await?;
    Ok(())
}

pub(crate) async fn delete(conn: &mut Conn, id: &VolunteerId, now: &Timestamp) -> Result<()> {
    lock(conn, dialect::LOCK_ROLES, 0).await?;
    let down = NewRank { volunteer: *id, role: Rank::Volunteer, by: None, reason: String::new() };
    people::give(conn, &down, RankCause::Deletion, *now).await?;
    for statement in
        [volunteers::SESSIONS_DELETE_OF, sql::LINKS_DELETE_OF, sql::TOKENS_DELETE_OF, certificate::FORGET]
    {
        sqlx::query(statement).bind(id.0).execute(&mut *conn).await?;
    }
    super::feedback::forget_author(conn, *id).await?;
    super::placement::forget(conn, *id).await?;
    // No address: it holds no @, and an account that is deleted is never looked up by it.
    let nowhere = format!("deleted:{id}");
    let query = sqlx::query(sql::DELETE).bind(id.0).bind(nowhere).bind(micros(*now));
    if query.execute(conn).await?.rows_affected() == 0 {
        return Err(StoreError::not_found("volunteer", id));
    }
    Ok(())
}

pub(crate) async fn feedback(conn: &mut Conn, id: &VolunteerId) -> Result<Vec<OwnFeedback>> {
    let read = |row: &Row| {
        Ok(OwnFeedback {
            about: row.try_get("kind")?,
            text: row.try_get("text")?,
            page: row.try_get("page")?,
            at: timestamp(row, "at")?,
        })
    };
    sqlx::query(sql::FEEDBACK_OF).bind(id.0).fetch_all(conn).await?.iter().map(read).collect()
}

pub(crate) async fn quiz_attempts(conn: &mut Conn, id: &VolunteerId) -> Result<Vec<OwnQuizAttempt>> {
    let read = |row: &Row| {
        Ok(OwnQuizAttempt {
            project: row.try_get("slug")?,
            score: small_or_none(row, "score")?,
            passed: row.try_get("passed")?,
            started_at: timestamp(row, "started_at")?,
            finished_at: timestamp_or_none(row, "finished_at")?,
        })
    };
    sqlx::query(sql::QUIZ_ATTEMPTS_OF).bind(id.0).fetch_all(conn).await?.iter().map(read).collect()
}
