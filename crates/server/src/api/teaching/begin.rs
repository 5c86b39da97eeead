//! `POST /api/v1/projects/{slug}/quiz`: begins an attempt. Only the pictures are sent; nothing about
//! them tells what they are.

use axum::{Json, extract::State, http::StatusCode};
use chrono::TimeDelta;
use domain::Seed;
use serde::Serialize;
use store::{NewAttempt, Purpose};
use utoipa::ToSchema;
use uuid::Uuid;

use crate::{
    account::visitor::Visitor,
    client_address::ClientAddress,
    extract::Path,
    problem::{PROBLEM, Problem, ProblemCode, ProblemDetails},
    quiz_draw, secret,
    state::AppState,
};

use super::{
    super::{project, views::Image},
    CLAIM_DAYS, ago,
};

/// An attempt at the quiz.
#[derive(Serialize, ToSchema)]
pub(crate) struct QuizAttempt {
    /// Keep it to yourself: whoever knows it may answer.
    id: Uuid,
    /// The images in the order in which they are asked about.
    questions: Vec<Image>,
    /// Right answers that pass.
    pass_mark: u32,
}

/// Begins an attempt, for guests too.
#[utoipa::path(
    post, path = "/api/v1/projects/{slug}/quiz", tag = "teaching", security((), ("session" = [])),
    params(("slug" = String, Path, description = "The project")),
    responses(
        (status = 201, description = "The questions", body = QuizAttempt),
        (
            status = 404, description = "`project_not_found`, `no_quiz`",
            body = ProblemDetails, content_type = PROBLEM
        ),
        (status = 429, description = "`too_many_requests`", body = ProblemDetails, content_type = PROBLEM)
    )
)]
pub(crate) async fn begin_quiz(
    Visitor(visitor): Visitor,
    State(state): State<AppState>,
    address: ClientAddress,
    Path(slug): Path<String>,
) -> Result<(StatusCode, Json<QuizAttempt>), Problem> {
    state.limiters.lessons.take(address.0, state.clock.now())?;
    let project = project(&state, &slug).await?;
    let no_quiz = || Problem::new(ProblemCode::NoQuiz, "This project has no quiz; nobody needs to pass one.");
    let rules = state.store.quiz(project.id).await?.ok_or_else(no_quiz)?;
    let kinds = state.store.teaching_kinds(project.id, Purpose::Quiz).await?;
    let id = secret::random_id()?;
    let places = quiz_draw::draw(&kinds, rules.questions as usize, order(state.seed, id));
    let mut questions = Vec::with_capacity(places.len());
    for place in &places {
        let image = state.store.teaching_image(project.id, Purpose::Quiz, *place).await?;
        questions.push(Image::of(&image.ok_or_else(no_quiz)?.image));
    }
    if questions.is_empty() {
        return Err(no_quiz());
    }
    let volunteer = visitor.map(|visitor| visitor.id);
    let attempt = NewAttempt { id, project: project.id, volunteer, places, pass_mark: rules.pass_mark };
    state.store.begin_quiz(attempt, ago(&state, TimeDelta::days(CLAIM_DAYS))).await?;
    Ok((StatusCode::CREATED, Json(QuizAttempt { id, questions, pass_mark: rules.pass_mark })))
}

/// A fresh order for each attempt, which nobody outside can foresee.
fn order(seed: Seed, attempt: Uuid) -> Seed {
    seed.child("quiz").child(&attempt.to_string())
}
