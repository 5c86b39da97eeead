//! Answers that leave on a beat, counted from when the request came: the few microseconds by which a
//! training image is found sooner than one of the survey stay inside the server.

use std::time::Duration;

use axum::{extract::Request, middleware::Next, response::Response};
use tokio::time::{Instant, sleep_until};

/// Longer than handing out or taking an answer lasts at the pace of people, so that nearly all answers
/// leave on the first one; short beside any way through a network.
const BEAT: Duration = Duration::from_millis(4);

/// Holds an answer back until the next beat.
pub(crate) async fn on_the_beat(request: Request, next: Next) -> Response {
    let came = Instant::now();
    let response = next.run(request).await;
    let beats = came.elapsed().as_micros() / BEAT.as_micros() + 1;
    sleep_until(came + BEAT * u32::try_from(beats).unwrap_or(1)).await;
    response
}
