//! `POST /api/v1/quizzes/{id}/answers`: answers a question, and is told what the image is.

use axum::{Json, extract::State};
use serde::{Deserialize, Serialize};
use store::{Purpose, QuizAnswer};
use utoipa::ToSchema;
use uuid::Uuid;

use crate::{
    account::visitor::Visitor,
    client_address::ClientAddress,
    extract::{JsonBody, Path},
    problem::{PROBLEM, Problem, ProblemCode, ProblemDetails},
    state::AppState,
};

use super::{super::views::Answer, Lesson, attempt, is_right, over, still_open};

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct NewQuizAnswer {
    /// Which question, from 0.
    question: u32,
    answer: Answer,
}

/// What the image of a question is.
#[derive(Serialize, ToSchema)]
pub(crate) struct QuestionAnswered {
    question: u32,
    lesson: Lesson,
    /// Questions without an answer yet.
    left: u32,
}

/// Answers a question. The first answer stands; the same one may be sent again.
#[utoipa::path(
    post, path = "/api/v1/quizzes/{id}/answers", tag = "teaching", security((), ("session" = [])),
    params(("id" = Uuid, Path, description = "The attempt")), request_body = NewQuizAnswer,
    responses(
        (status = 200, description = "What it is", body = QuestionAnswered),
        (status = 404, description = "`quiz_not_found`, `not_found`", body = ProblemDetails, content_type = PROBLEM),
        (status = 409, description = "`question_answered`", body = ProblemDetails, content_type = PROBLEM),
        (status = 410, description = "`quiz_expired`", body = ProblemDetails, content_type = PROBLEM),
        (status = 422, description = "`invalid_field`", body = ProblemDetails, content_type = PROBLEM),
        (status = 429, description = "`too_many_requests`", body = ProblemDetails, content_type = PROBLEM)
    )
)]
pub(crate) async fn answer_quiz(
    Visitor(visitor): Visitor,
    State(state): State<AppState>,
    address: ClientAddress,
    Path(id): Path<Uuid>,
    JsonBody(new): JsonBody<NewQuizAnswer>,
) -> Result<Json<QuestionAnswered>, Problem> {
    state.limiters.lessons.take(address.0, state.clock.now())?;
    let attempt = attempt(&state, id, visitor.as_ref()).await?;
    still_open(&state, &attempt)?;
    let place = attempt.places.get(new.question as usize);
    let place = *place.ok_or_else(|| Problem::field("question", "The quiz has no such question."))?;
    // The images may have been drawn anew since the attempt began.
    let image = state.store.teaching_image(attempt.project, Purpose::Quiz, place).await?.ok_or_else(over)?;
    let said: domain::Answer = new.answer.into();
    let standing = match attempt.answers.iter().find(|answer| answer.question == new.question) {
        Some(standing) => *standing,
        None => {
            let answer = QuizAnswer { question: new.question, answer: said, correct: is_right(&image, said) };
            state.store.answer_quiz(id, answer).await?
        }
    };
    if standing.answer != said {
        let detail = "This question was answered before; the first answer stands.";
        return Err(Problem::new(ProblemCode::QuestionAnswered, detail));
    }
    let others = attempt.answers.iter().filter(|answer| answer.question != new.question).count();
    let left = attempt.places.len().saturating_sub(others + 1);
    Ok(Json(QuestionAnswered {
        question: new.question,
        lesson: Lesson::of(image, new.answer),
        left: u32::try_from(left).unwrap_or(u32::MAX),
    }))
}
