//! `POST /api/v1/quizzes/{id}/claim`: the quiz that a guest passed counts for the account they then
//! made. The attempt's random id, known to that browser alone, is the proof; it works once.

use axum::{extract::State, http::StatusCode};
use chrono::TimeDelta;
use uuid::Uuid;

use crate::{
    account::session::SignedIn,
    extract::Path,
    problem::{PROBLEM, Problem, ProblemCode, ProblemDetails},
    state::AppState,
};

use super::{CLAIM_DAYS, ago, attempt};

/// Takes a guest's pass over. Of one's own attempt it changes nothing.
#[utoipa::path(
    post, path = "/api/v1/quizzes/{id}/claim", tag = "teaching", security(("session" = [])),
    params(("id" = Uuid, Path, description = "The attempt")),
    responses(
        (status = 204, description = "It counts for this account"),
        (status = 401, description = "`not_signed_in`", body = ProblemDetails, content_type = PROBLEM),
        (status = 404, description = "`quiz_not_found`, `not_found`", body = ProblemDetails, content_type = PROBLEM),
        (status = 410, description = "`quiz_expired`", body = ProblemDetails, content_type = PROBLEM),
        (status = 429, description = "`too_many_requests`", body = ProblemDetails, content_type = PROBLEM)
    )
)]
pub(crate) async fn claim_quiz(
    volunteer: SignedIn,
    State(state): State<AppState>,
    Path(id): Path<Uuid>,
) -> Result<StatusCode, Problem> {
    state.limiters.volunteers.take(volunteer.id(), state.clock.now())?;
    let found = attempt(&state, id, Some(&volunteer.0)).await?;
    if found.volunteer.is_some() {
        return Ok(StatusCode::NO_CONTENT);
    }
    if !found.result.is_some_and(|result| result.passed) {
        return Err(Problem::new(ProblemCode::QuizNotFound, "This attempt was not passed."));
    }
    if state.store.claim_quiz(id, volunteer.id(), ago(&state, TimeDelta::days(CLAIM_DAYS))).await? {
        return Ok(StatusCode::NO_CONTENT);
    }
    Err(Problem::new(ProblemCode::QuizExpired, "This pass is too old. Take the quiz again."))
}
