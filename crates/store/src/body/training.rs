//! Which training image fills a slot: any that this volunteer has not had, each as likely as any
//! other. Whether a slot trains at all is decided by who asks for it.

use std::collections::HashSet;

use domain::{AssignmentId, Digest, Seed, SubjectId};
use sqlx::Row as _;

use super::{Conn, Row, route::Request, subject::required_image};
use crate::{ImageRef, Result, Role, TrainingPick, sql::assign as sql};

/// Places drawn at once. As long as one of them holds an image the volunteer may get, the choice is
/// even; they all fail only for somebody who has had most.
const DRAWS: usize = 8;

/// Places looked through after that, in windows from a drawn place on: a smaller number of training
/// images is looked through entirely.
const WINDOW: i64 = 256;
const WINDOWS: i64 = 4;

/// What a slot that does not train searches for, to throw it away.
pub(super) fn decoy(slot: AssignmentId) -> TrainingPick {
    let (lens, pick) = slot.0.as_u64_pair();
    TrainingPick { lens: lens & 1 == 1, pick }
}

/// A training subject of the wanted kind, else of the other, whose picture is none of `leased` (what
/// the same request has already). Ones this volunteer let go come after all others, and only if
/// `let_go`: when no unknown image is left that they have not seen either. Else an image that comes
/// back would be known for a training image.
pub(super) async fn draw(
    conn: &mut Conn,
    request: &Request<'_>,
    pick: TrainingPick,
    leased: &HashSet<Digest>,
    let_go: bool,
) -> Result<Option<(SubjectId, ImageRef)>> {
    let kinds = if pick.lens {
        [Role::TrainingLens, Role::TrainingNonLens]
    } else {
        [Role::TrainingNonLens, Role::TrainingLens]
    };
    for again in [false, true] {
        if again && !let_go {
            break;
        }
        for kind in kinds {
            let found = of_kind(conn, request, kind, pick.pick, again, leased).await?;
            if found.is_some() {
                return Ok(found);
            }
        }
    }
    Ok(None)
}

async fn of_kind(
    conn: &mut Conn,
    request: &Request<'_>,
    kind: Role,
    pick: u64,
    again: bool,
    leased: &HashSet<Digest>,
) -> Result<Option<(SubjectId, ImageRef)>> {
    let query = sqlx::query(sql::LAST_TRAINING).bind(request.project.0).bind(kind.name());
    let last: Option<i64> = query.fetch_one(&mut *conn).await?.try_get("last")?;
    let Some(last) = last else { return Ok(None) };
    let count = last.unsigned_abs() + 1;
    let seed = Seed::root(pick).child("training image");
    let draws: [i64; DRAWS] = std::array::from_fn(|n| {
        // The first is the pick itself, so that whoever asks can tell what it draws from.
        let number = if n == 0 { pick } else { seed.index(n as u64).to_u64() };
        (number % count) as i64
    });
    let mut query = ask(sql::TRAINING_AT, request, kind, again);
    for place in draws {
        query = query.bind(place);
    }
    let drawn = free(&query.fetch_all(&mut *conn).await?, leased)?;
    for place in draws {
        if let Some((_, subject, image)) = drawn.iter().find(|(at, ..)| *at == place) {
            return Ok(Some((*subject, *image)));
        }
    }
    let windows = last / WINDOW + 1;
    let first = draws[0] / WINDOW;
    for window in (0..windows.min(WINDOWS)).map(|step| (first + step) % windows) {
        let query = ask(sql::TRAINING_AMONG, request, kind, again);
        let query = query.bind(window * WINDOW).bind((window + 1) * WINDOW);
        let mut found = free(&query.fetch_all(&mut *conn).await?, leased)?;
        if !found.is_empty() {
            let (_, subject, image) = found.swap_remove((pick % found.len() as u64) as usize);
            return Ok(Some((subject, image)));
        }
    }
    Ok(None)
}

type Query<'q> = sqlx::query::Query<'q, super::Db, <super::Db as sqlx::Database>::Arguments>;

fn ask(statement: &'static str, request: &Request<'_>, kind: Role, again: bool) -> Query<'static> {
    sqlx::query(statement).bind(request.project.0).bind(kind.name()).bind(request.volunteer.0).bind(again)
}

/// Places, subjects and images of the rows that the request does not hold already.
fn free(rows: &[Row], leased: &HashSet<Digest>) -> Result<Vec<(i64, SubjectId, ImageRef)>> {
    let mut free = Vec::with_capacity(rows.len());
    for row in rows {
        let image = required_image(row)?;
        if !leased.contains(&image.digest) {
            free.push((row.try_get("place")?, SubjectId(row.try_get("subject_id")?), image));
        }
    }
    Ok(free)
}
