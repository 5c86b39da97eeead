//! Pictures that people had placed on the sky.

use domain::{Timestamp, VolunteerId};
use sqlx::Row as _;
use uuid::Uuid;

use super::{Conn, Row, dialect, json, lock, micros, timestamp, timestamp_or_none, whole};
use crate::{
    AccountRefusal, NewPlacement, PlacedCandidate, PlacedDiscovery, Placement, PlacementPicture, Result,
    SkyBox, StoreError, placement::PlacementPlace, sql::placement as sql,
};

pub(crate) async fn add(conn: &mut Conn, new: &NewPlacement, most: &u32, now: &Timestamp) -> Result<()> {
    // Whoever leaves takes this lock too: a picture comes before that and goes with them, or it is refused.
    lock(conn, dialect::LOCK_ROLES, 0).await?;
    if sqlx::query(sql::OWNER_IS_HERE).bind(new.volunteer.0).fetch_optional(&mut *conn).await?.is_none() {
        return Err(StoreError::not_found("volunteer", new.volunteer));
    }
    if count(conn, &new.volunteer).await? >= u64::from(*most) {
        return Err(AccountRefusal::TooMany.into());
    }
    sqlx::query(sql::INSERT)
        .bind(new.id)
        .bind(new.volunteer.0)
        .bind(new.file_name.clone())
        .bind(micros(*now))
        .bind(new.placed)
        .bind(new.result.to_string())
        .execute(&mut *conn)
        .await?;
    if let Some(picture) = &new.picture {
        let insert = sqlx::query(sql::INSERT_PICTURE).bind(new.id).bind(picture.media_type.clone());
        insert.bind(picture.bytes.clone()).execute(conn).await?;
    }
    Ok(())
}

pub(crate) async fn count(conn: &mut Conn, volunteer: &VolunteerId) -> Result<u64> {
    whole(&sqlx::query(sql::COUNT_OF).bind(volunteer.0).fetch_one(conn).await?, "placements")
}

pub(crate) async fn one(conn: &mut Conn, id: &Uuid) -> Result<Option<Placement>> {
    let row = sqlx::query(sql::ONE).bind(*id).fetch_optional(conn).await?;
    row.as_ref().map(placement).transpose()
}

pub(crate) async fn picture(conn: &mut Conn, id: &Uuid) -> Result<Option<PlacementPicture>> {
    let row = sqlx::query(sql::PICTURE).bind(*id).fetch_optional(conn).await?;
    let read = |row: Row| {
        Ok(PlacementPicture { media_type: row.try_get("media_type")?, bytes: row.try_get("bytes")? })
    };
    row.map(read).transpose()
}

pub(crate) async fn page_of(
    conn: &mut Conn,
    volunteer: &VolunteerId,
    after: &Option<PlacementPlace>,
    limit: &u32,
) -> Result<Vec<Placement>> {
    let (at, id) = place(*after);
    let query = sqlx::query(sql::PAGE_OF).bind(volunteer.0).bind(at).bind(id).bind(i64::from(*limit));
    query.fetch_all(conn).await?.iter().map(placement).collect()
}

pub(crate) async fn page_sent(
    conn: &mut Conn,
    done: &Option<bool>,
    after: &Option<PlacementPlace>,
    limit: &u32,
) -> Result<Vec<Placement>> {
    let (at, id) = place(*after);
    let done = done.map_or(-1_i64, i64::from);
    let query = sqlx::query(sql::PAGE_SENT).bind(done).bind(at).bind(id).bind(i64::from(*limit));
    query.fetch_all(conn).await?.iter().map(placement).collect()
}

/// Before everything there is, if nothing is said.
fn place(after: Option<PlacementPlace>) -> (i64, Uuid) {
    after.map_or((i64::MAX, Uuid::max()), |(at, id)| (micros(at), id))
}

pub(crate) async fn send(
    conn: &mut Conn,
    id: &Uuid,
    volunteer: &VolunteerId,
    note: &str,
    now: &Timestamp,
) -> Result<()> {
    let query = sqlx::query(sql::SEND).bind(*id).bind(volunteer.0).bind(note.to_owned()).bind(micros(*now));
    found(query.execute(conn).await?.rows_affected(), id)
}

pub(crate) async fn set_done(
    conn: &mut Conn,
    id: &Uuid,
    done: &bool,
    by: &VolunteerId,
    now: &Timestamp,
) -> Result<()> {
    let (at, by) = (done.then(|| micros(*now)), done.then_some(by.0));
    let query = sqlx::query(sql::SET_DONE).bind(*id).bind(at).bind(by);
    found(query.execute(conn).await?.rows_affected(), id)
}

fn found(rows: u64, id: &Uuid) -> Result<()> {
    if rows == 0 { Err(StoreError::not_found("placement", id)) } else { Ok(()) }
}

pub(crate) async fn delete(conn: &mut Conn, id: &Uuid) -> Result<bool> {
    sqlx::query(sql::DELETE_PICTURE).bind(*id).execute(&mut *conn).await?;
    Ok(sqlx::query(sql::DELETE).bind(*id).execute(conn).await?.rows_affected() > 0)
}

pub(crate) async fn delete_unsent(conn: &mut Conn, before: &Timestamp) -> Result<u64> {
    sqlx::query(sql::DELETE_OLD_PICTURES).bind(micros(*before)).execute(&mut *conn).await?;
    Ok(sqlx::query(sql::DELETE_OLD).bind(micros(*before)).execute(conn).await?.rows_affected())
}

/// Somebody leaves, and their pictures with them.
pub(crate) async fn forget(conn: &mut Conn, volunteer: VolunteerId) -> Result<()> {
    for statement in [sql::FORGET_PICTURES, sql::FORGET, sql::FORGET_MARKS] {
        sqlx::query(statement).bind(volunteer.0).execute(&mut *conn).await?;
    }
    Ok(())
}

pub(crate) async fn discoveries(
    conn: &mut Conn,
    within: &SkyBox,
    limit: &u32,
) -> Result<Vec<PlacedDiscovery>> {
    let read = |row: &Row| {
        Ok(PlacedDiscovery {
            slug: row.try_get("slug")?,
            title_en: row.try_get("title_en")?,
            title_zh: row.try_get("title_zh")?,
            grade: row.try_get("grade")?,
            ra_deg: row.try_get("ra_deg")?,
            dec_deg: row.try_get("dec_deg")?,
        })
    };
    let SkyBox { dec_deg: (low, high), ra_deg: (first, last) } = *within;
    let query = sqlx::query(sql::DISCOVERIES).bind(low).bind(high).bind(first).bind(last);
    query.bind(i64::from(*limit)).fetch_all(conn).await?.iter().map(read).collect()
}

pub(crate) async fn candidates(
    conn: &mut Conn,
    within: &SkyBox,
    limit: &u32,
) -> Result<Vec<PlacedCandidate>> {
    let read = |row: &Row| {
        Ok(PlacedCandidate {
            external_id: row.try_get("external_id")?,
            project: row.try_get("slug")?,
            p_joint: row.try_get("p_joint")?,
            ra_deg: row.try_get("ra_deg")?,
            dec_deg: row.try_get("dec_deg")?,
        })
    };
    let SkyBox { dec_deg: (low, high), ra_deg: (first, last) } = *within;
    let query = sqlx::query(sql::CANDIDATES).bind(low).bind(high).bind(first).bind(last);
    query.bind(i64::from(*limit)).fetch_all(conn).await?.iter().map(read).collect()
}

fn placement(row: &Row) -> Result<Placement> {
    Ok(Placement {
        id: row.try_get("id")?,
        volunteer: VolunteerId(row.try_get("volunteer_id")?),
        author: row.try_get("display_name")?,
        file_name: row.try_get("file_name")?,
        at: timestamp(row, "at")?,
        placed: row.try_get("placed")?,
        result: json(row, "result")?,
        has_picture: row.try_get("has_picture")?,
        note: row.try_get("note")?,
        sent_at: timestamp_or_none(row, "sent_at")?,
        done_at: timestamp_or_none(row, "done_at")?,
    })
}
