//! People and their roles.

use domain::{Timestamp, VolunteerId};
use sqlx::Row as _;
use uuid::Uuid;

use super::{Conn, Row, dialect, lock, micros, timestamp, volunteer, whole};
use crate::{
    AccountRefusal, Rank, Result, StoreError, Volunteer,
    people::{NewRank, PeopleQuery, Person, RankCause, RankChange},
    sql::account as sql,
};

pub(crate) async fn page(conn: &mut Conn, query: &PeopleQuery) -> Result<Vec<Person>> {
    let before = query.after.map_or((i64::MAX, Uuid::max()), |(at, id)| (micros(at), id.0));
    let rows = sqlx::query(sql::PEOPLE)
        .bind(pattern(&query.text))
        .bind(query.role.map_or("", Rank::name))
        .bind(before.0)
        .bind(before.1)
        .bind(i64::from(query.limit))
        .fetch_all(conn)
        .await?;
    rows.iter()
        .map(|row| Ok(Person { volunteer: volunteer::volunteer(row)?, votes: whole(row, "votes")? }))
        .collect()
}

/// The text as part of something, whatever signs it holds.
fn pattern(text: &str) -> String {
    let text = text.trim().to_lowercase();
    if text.is_empty() {
        return text;
    }
    let escaped = text.replace('!', "!!").replace('%', "!%").replace('_', "!_");
    format!("%{escaped}%")
}

pub(crate) async fn has_admin(conn: &mut Conn) -> Result<bool> {
    Ok(whole(&sqlx::query(sql::HAS_ADMIN).fetch_one(conn).await?, "admins")? > 0)
}

pub(crate) async fn set_rank(conn: &mut Conn, new: &NewRank, now: &Timestamp) -> Result<Volunteer> {
    lock(conn, dialect::LOCK_ROLES, 0).await?;
    let Some(by) = new.by else {
        return give(conn, new, RankCause::CommandLine, *now).await;
    };
    // Who gives it may have lost the right since the request began.
    if volunteer::by_id(conn, &by).await?.is_none_or(|by| by.role != Rank::Admin) {
        return Err(AccountRefusal::NotAdmin.into());
    }
    let who = volunteer::by_id(conn, &new.volunteer).await?;
    if who.is_some_and(|who| new.role > who.role && who.email_verified_at.is_none()) {
        return Err(AccountRefusal::NotVerified.into());
    }
    give(conn, new, RankCause::Admin, *now).await
}

/// Under the lock on roles.
pub(super) async fn give(
    conn: &mut Conn,
    new: &NewRank,
    cause: RankCause,
    now: Timestamp,
) -> Result<Volunteer> {
    let who = volunteer::by_id(conn, &new.volunteer).await?;
    let who = who.ok_or_else(|| StoreError::not_found("volunteer", new.volunteer))?;
    if who.role == new.role {
        return Ok(who);
    }
    if who.role == Rank::Admin {
        let others = sqlx::query(sql::OTHER_ADMINS).bind(who.id.0).fetch_one(&mut *conn).await?;
        if whole(&others, "admins")? == 0 {
            return Err(AccountRefusal::LastAdmin.into());
        }
    }
    sqlx::query(sql::SET_ROLE).bind(who.id.0).bind(new.role.name()).execute(&mut *conn).await?;
    sqlx::query(sql::ROLE_CHANGE_INSERT)
        .bind(who.id.0)
        .bind(new.by.map(|by| by.0))
        .bind(cause.name())
        .bind(who.role.name())
        .bind(new.role.name())
        .bind(new.reason.clone())
        .bind(micros(now))
        .execute(conn)
        .await?;
    Ok(Volunteer { role: new.role, ..who })
}

pub(crate) async fn changes(
    conn: &mut Conn,
    of: &Option<VolunteerId>,
    before: &Option<i64>,
    limit: &u32,
) -> Result<Vec<RankChange>> {
    let statement = if of.is_some() { sql::ROLE_CHANGES_OF } else { sql::ROLE_CHANGES };
    let mut query = sqlx::query(statement).bind(before.unwrap_or(i64::MAX)).bind(i64::from(*limit));
    if let Some(of) = of {
        query = query.bind(of.0);
    }
    query.fetch_all(conn).await?.iter().map(change).collect()
}

fn change(row: &Row) -> Result<RankChange> {
    let cause: String = row.try_get("cause")?;
    let (by, by_name): (Option<Uuid>, Option<String>) = (row.try_get("by_id")?, row.try_get("by_name")?);
    Ok(RankChange {
        seq: row.try_get("seq")?,
        volunteer: VolunteerId(row.try_get("volunteer_id")?),
        name: row.try_get("display_name")?,
        by: by.map(VolunteerId).zip(by_name),
        cause: RankCause::from_name(&cause).ok_or_else(|| StoreError::corrupt("cause", cause))?,
        from: volunteer::rank(row, "from_role")?,
        to: volunteer::rank(row, "to_role")?,
        reason: row.try_get("reason")?,
        at: timestamp(row, "at")?,
    })
}
