//! The numbers of the live page.

use domain::{ProjectId, Timestamp};
use sqlx::Row as _;

use super::{Conn, Row, digest_or_none, round::state, small, step, timestamp, timestamp_or_none, whole};
use crate::{ProjectStatus, Result, RunState, Step, StoreError, sql::status as sql};

pub(crate) async fn status(conn: &mut Conn, project: &ProjectId, of_images: &bool) -> Result<ProjectStatus> {
    let row = sqlx::query(sql::PROJECT).bind(project.0).fetch_optional(&mut *conn).await?;
    let row = row.ok_or_else(|| StoreError::not_found("project", project))?;
    let active: Option<String> = row.try_get("active_model")?;
    let model = active.zip(digest_or_none(&row, "digest")?);
    let of_images = if *of_images { of_images_now(conn, project).await? } else { OfImages::default() };
    let people = one(conn, sql::PEOPLE, project).await?;
    let last_entry = sqlx::query(sql::LAST_ENTRY).bind(project.0).fetch_optional(&mut *conn).await?;
    let voted = last_entry.as_ref().map(|row| timestamp(row, "at")).transpose()?;
    let last_round = last_round(conn, project).await?;
    let stepped = last_round.as_ref().map(|round| round.changed_at);
    Ok(ProjectStatus {
        slug: row.try_get("slug")?,
        step: last_round.as_ref().and_then(|round| round.step.clone()),
        round: last_round.map(|round| round.number),
        images: of_images.images,
        images_looked_at: of_images.looked_at,
        votes: whole(&people, "votes")?,
        volunteers: whole(&people, "volunteers")?,
        queue_open: of_images.queue_open,
        queue_done: of_images.queue_done,
        candidates: of_images.candidates,
        model,
        updated_at: [voted, stepped]
            .into_iter()
            .flatten()
            .fold(timestamp(&row, "created_at")?, Timestamp::max),
    })
}

/// Numbers that take reading every image, or every image voted on.
#[derive(Default)]
struct OfImages {
    images: u64,
    looked_at: u64,
    queue_open: u64,
    queue_done: u64,
    candidates: u64,
}

async fn of_images_now(conn: &mut Conn, project: &ProjectId) -> Result<OfImages> {
    let queue = sqlx::query(sql::QUEUE).bind(project.0).fetch_optional(&mut *conn).await?;
    let count = |column| queue.as_ref().map_or(Ok(0), |row| whole(row, column));
    let (items, queue_open) = (count("items")?, count("unfinished")?);
    Ok(OfImages {
        images: whole(&one(conn, sql::IMAGES, project).await?, "images")?,
        looked_at: whole(&one(conn, sql::LOOKED_AT, project).await?, "images")?,
        queue_open,
        queue_done: items.saturating_sub(queue_open),
        candidates: whole(&one(conn, sql::CANDIDATES, project).await?, "candidates")?,
    })
}

async fn one(conn: &mut Conn, statement: &'static str, project: &ProjectId) -> Result<Row> {
    Ok(sqlx::query(statement).bind(project.0).fetch_one(conn).await?)
}

struct LastRound {
    number: u32,
    step: Option<String>,
    changed_at: Timestamp,
}

async fn last_round(conn: &mut Conn, project: &ProjectId) -> Result<Option<LastRound>> {
    let row = sqlx::query(sql::LAST_ROUND).bind(project.0).fetch_optional(&mut *conn).await?;
    let Some(row) = row else { return Ok(None) };
    let number = small(&row, "number")?;
    let steps = step::of_round(conn, *project, number).await?;
    let now_at = |step: &&Step| step.state != RunState::Done;
    let step = steps.iter().find(now_at).filter(|_| matches!(state(&row), Ok(RunState::Running)));
    let ends = [Some(timestamp(&row, "started_at")?), timestamp_or_none(&row, "ended_at")?];
    let moments = steps.iter().flat_map(|step| [step.started_at, step.ended_at]).chain(ends).flatten();
    Ok(Some(LastRound {
        number,
        step: step.map(|step| step.name.clone()),
        changed_at: moments.fold(timestamp(&row, "started_at")?, Timestamp::max),
    }))
}
