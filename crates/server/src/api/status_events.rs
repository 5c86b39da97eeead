//! `GET /api/v1/projects/{slug}/status/events`: the same numbers, as they change.

use std::{convert::Infallible, time::Duration};

use axum::{
    extract::State,
    http::HeaderName,
    response::{
        IntoResponse, Response,
        sse::{Event, KeepAlive, Sse},
    },
};
use futures::{Stream, StreamExt, stream};
use tokio::sync::watch;

use crate::{
    extract::Path,
    problem::{PROBLEM, Problem, ProblemDetails},
    public_numbers::PublicNumbers,
    state::AppState,
    status_feed::Subscription,
};

use super::{project, views::Status};

/// Proxies cut connections on which nothing moves, often after a minute.
const KEEP_ALIVE: Duration = Duration::from_secs(15);

/// Server-sent events named `status`: the numbers now, then whenever one changes, at most once a
/// second.
#[utoipa::path(
    get, path = "/api/v1/projects/{slug}/status/events", tag = "projects",
    params(("slug" = String, Path, description = "The project")),
    responses(
        (
            status = 200, description = "Each event's data is one `Status`",
            body = Status, content_type = "text/event-stream"
        ),
        (status = 404, description = "`project_not_found`", body = ProblemDetails, content_type = PROBLEM),
        (
            status = 503, description = "`busy`: too many streams are open",
            body = ProblemDetails, content_type = PROBLEM
        )
    )
)]
pub(super) async fn status_events(
    State(state): State<AppState>,
    Path(slug): Path<String>,
) -> Result<Response, Problem> {
    let project = project(&state, &slug).await?;
    let events = events(state.feeds.subscribe(project.id)?, state.closing.subscribe());
    let unbuffered = [(HeaderName::from_static("x-accel-buffering"), "no")];
    Ok((unbuffered, Sse::new(events).keep_alive(KeepAlive::new().interval(KEEP_ALIVE))).into_response())
}

/// Ends when the server closes; the browser's `EventSource` then connects again by itself.
fn events(
    subscription: Subscription,
    mut closing: watch::Receiver<bool>,
) -> impl Stream<Item = Result<Event, Infallible>> {
    let closed = async move {
        // An error means that the server is gone, which is as good as closing.
        let _ = closing.wait_for(|closing| *closing).await;
    };
    stream::unfold((subscription, true), |(mut subscription, first)| async move {
        // A late listener gets the numbers of the last reading at once.
        let mut fresh = first;
        loop {
            if !fresh {
                subscription.latest.changed().await.ok()?;
            }
            fresh = false;
            let latest = subscription.latest.borrow_and_update().clone();
            if let Some(numbers) = latest {
                return Some((Ok(event(&numbers)), (subscription, false)));
            }
        }
    })
    .take_until(closed)
}

fn event(numbers: &PublicNumbers) -> Event {
    let event = Event::default().event("status");
    match serde_json::to_string(&Status::from(numbers.clone())) {
        Ok(json) => event.data(json),
        Err(error) => event.comment(error.to_string()),
    }
}
