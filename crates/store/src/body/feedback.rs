//! What people write to the leads.

use domain::{AssignmentId, Timestamp, VolunteerId};
use sqlx::Row as _;
use uuid::Uuid;

use super::{Conn, Row, micros, subject::image_of, timestamp, timestamp_or_none, whole};
use crate::{
    Feedback, FeedbackAbout, FeedbackFilter, NewFeedback, Result, StoreError, VoteRefusal,
    sql::feedback as sql,
};

const SITE: &str = "site";
const IMAGE: &str = "image";

pub(crate) async fn add(conn: &mut Conn, new: &NewFeedback, now: &Timestamp) -> Result<i64> {
    let (kind, assignment) = match new.about {
        FeedbackAbout::Site => (SITE, None),
        FeedbackAbout::Image(id) => {
            check_held(conn, id, new.author, *now).await?;
            (IMAGE, Some(id.0))
        }
    };
    let row = sqlx::query(sql::INSERT)
        .bind(kind)
        .bind(new.text.clone())
        .bind(new.page.clone())
        .bind(new.author.map(|author| author.0))
        .bind(assignment)
        .bind(micros(*now))
        .fetch_one(conn)
        .await?;
    Ok(row.try_get("id")?)
}

/// Only who answered an image or holds it may write about it.
async fn check_held(
    conn: &mut Conn,
    id: AssignmentId,
    author: Option<VolunteerId>,
    now: Timestamp,
) -> Result<()> {
    let row = sqlx::query(sql::HELD).bind(id.0).fetch_optional(conn).await?;
    let Some(row) = row else { return Err(VoteRefusal::NotFound.into()) };
    if author.map(|author| author.0) != Some(row.try_get::<Uuid, _>("volunteer_id")?) {
        return Err(VoteRefusal::NotYours.into());
    }
    let state: String = row.try_get("state")?;
    let holds = state == "open" && timestamp(&row, "expires_at")? > now;
    if state == "answered" || holds { Ok(()) } else { Err(VoteRefusal::Expired.into()) }
}

pub(crate) async fn page(
    conn: &mut Conn,
    filter: &FeedbackFilter,
    before: &Option<i64>,
    limit: &u32,
) -> Result<Vec<Feedback>> {
    let statement = match filter.done {
        None => sql::PAGE,
        Some(false) => sql::OPEN_PAGE,
        Some(true) => sql::DONE_PAGE,
    };
    let kind = filter.on_image.map(|on_image| if on_image { IMAGE } else { SITE });
    let rows = sqlx::query(statement)
        .bind(kind)
        .bind(before.unwrap_or(i64::MAX))
        .bind(i64::from(*limit))
        .fetch_all(conn)
        .await?;
    rows.iter().map(feedback).collect()
}

pub(crate) async fn waiting(conn: &mut Conn) -> Result<u64> {
    whole(&sqlx::query(sql::WAITING).fetch_one(conn).await?, "waiting")
}

pub(crate) async fn set_done(
    conn: &mut Conn,
    id: &i64,
    done: &bool,
    by: &VolunteerId,
    now: &Timestamp,
) -> Result<()> {
    let mark =
        sqlx::query(sql::SET_DONE).bind(id).bind(done.then(|| micros(*now))).bind(done.then_some(by.0));
    match mark.execute(conn).await?.rows_affected() {
        0 => Err(StoreError::not_found("feedback", id)),
        _ => Ok(()),
    }
}

/// Takes somebody's name off what they wrote.
pub(crate) async fn forget_author(conn: &mut Conn, volunteer: VolunteerId) -> Result<()> {
    sqlx::query(sql::FORGET_AUTHOR).bind(volunteer.0).execute(conn).await?;
    Ok(())
}

fn feedback(row: &Row) -> Result<Feedback> {
    let kind: String = row.try_get("kind")?;
    Ok(Feedback {
        id: row.try_get("id")?,
        on_image: kind == IMAGE,
        text: row.try_get("text")?,
        page: row.try_get("page")?,
        author: row.try_get("author")?,
        subject: row.try_get("external_id")?,
        image: image_of(row)?,
        at: timestamp(row, "at")?,
        done_at: timestamp_or_none(row, "done_at")?,
    })
}
