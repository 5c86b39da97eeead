//! `POST /api/v1/quizzes/{id}/result`: ends an attempt whose questions are all answered.

use std::collections::BTreeMap;

use axum::{Json, extract::State};
use serde::Serialize;
use store::{Attempt, Purpose};
use utoipa::ToSchema;
use uuid::Uuid;

use crate::{
    account::visitor::Visitor,
    client_address::ClientAddress,
    extract::Path,
    problem::{PROBLEM, Problem, ProblemCode, ProblemDetails},
    state::AppState,
};

use super::{attempt, still_open};

/// Kinds named to look at again.
const MOST_KINDS: usize = 2;

/// How an attempt ended.
#[derive(Serialize, ToSchema)]
pub(crate) struct QuizResult {
    /// Right answers.
    score: u32,
    questions: u32,
    pass_mark: u32,
    passed: bool,
    /// The kinds that were most often answered wrongly.
    look_again: Vec<String>,
    /// A guest's pass, which an account can take over with the attempt's id for a week.
    claimable: bool,
}

/// Ends an attempt; asked again, it says the same.
#[utoipa::path(
    post, path = "/api/v1/quizzes/{id}/result", tag = "teaching", security((), ("session" = [])),
    params(("id" = Uuid, Path, description = "The attempt")),
    responses(
        (status = 200, description = "How it ended", body = QuizResult),
        (status = 404, description = "`quiz_not_found`, `not_found`", body = ProblemDetails, content_type = PROBLEM),
        (status = 409, description = "`quiz_unfinished`", body = ProblemDetails, content_type = PROBLEM),
        (status = 410, description = "`quiz_expired`", body = ProblemDetails, content_type = PROBLEM),
        (status = 429, description = "`too_many_requests`", body = ProblemDetails, content_type = PROBLEM)
    )
)]
pub(crate) async fn quiz_result(
    Visitor(visitor): Visitor,
    State(state): State<AppState>,
    address: ClientAddress,
    Path(id): Path<Uuid>,
) -> Result<Json<QuizResult>, Problem> {
    state.limiters.lessons.take(address.0, state.clock.now())?;
    let attempt = attempt(&state, id, visitor.as_ref()).await?;
    still_open(&state, &attempt)?;
    let unfinished = || Problem::new(ProblemCode::QuizUnfinished, "Answer every question first.");
    let result = state.store.finish_quiz(id).await?.ok_or_else(unfinished)?;
    Ok(Json(QuizResult {
        score: result.score,
        questions: u32::try_from(attempt.places.len()).unwrap_or(u32::MAX),
        pass_mark: attempt.pass_mark,
        passed: result.passed,
        look_again: look_again(&state, &attempt).await?,
        claimable: result.passed && attempt.volunteer.is_none(),
    }))
}

/// The kinds most often wrong, each once.
async fn look_again(state: &AppState, attempt: &Attempt) -> Result<Vec<String>, Problem> {
    let kinds = state.store.teaching_kinds(attempt.project, Purpose::Quiz).await?;
    let kind_of = |question: u32| {
        let place = attempt.places.get(question as usize)?;
        kinds.iter().find(|image| image.place == *place).map(|image| image.kind.clone())
    };
    let mut wrong: BTreeMap<String, usize> = BTreeMap::new();
    for answer in attempt.answers.iter().filter(|answer| !answer.correct) {
        if let Some(kind) = kind_of(answer.question) {
            *wrong.entry(kind).or_default() += 1;
        }
    }
    let mut wrong: Vec<(String, usize)> = wrong.into_iter().collect();
    wrong.sort_by(|a, b| b.1.cmp(&a.1).then_with(|| a.0.cmp(&b.0)));
    Ok(wrong.into_iter().take(MOST_KINDS).map(|(kind, _)| kind).collect())
}
