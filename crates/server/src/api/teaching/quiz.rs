//! `GET /api/v1/projects/{slug}/quiz`: what the entry quiz asks for, and how this person stands.

use axum::{extract::State, http::HeaderMap, response::Response};
use chrono::{DateTime, Utc};
use serde::Serialize;
use utoipa::ToSchema;

use crate::{
    account::visitor::Visitor,
    etag,
    extract::Path,
    problem::{PROBLEM, Problem, ProblemDetails},
    state::AppState,
};

use super::super::project;

/// The entry quiz of a project.
#[derive(Serialize, ToSchema)]
pub(crate) struct Quiz {
    /// Questions in an attempt; 0 if the project has no quiz.
    questions: u32,
    /// Right answers that pass.
    pass_mark: u32,
    /// Whether it has to be passed before images are handed out.
    required: bool,
    /// What this person has done; null for guests.
    #[schema(required = true)]
    mine: Option<QuizRecord>,
}

/// What one person has done in a quiz.
#[derive(Serialize, ToSchema)]
pub(crate) struct QuizRecord {
    /// Attempts taken to the end.
    attempts: u64,
    /// Most right answers in one of them.
    #[schema(required = true)]
    best: Option<u32>,
    #[schema(required = true)]
    passed_at: Option<DateTime<Utc>>,
}

/// The quiz, and one's own record in it.
#[utoipa::path(
    get, path = "/api/v1/projects/{slug}/quiz", tag = "teaching", security((), ("session" = [])),
    params(("slug" = String, Path, description = "The project")),
    responses(
        (status = 200, description = "The quiz", body = Quiz),
        (status = 304, description = "The client has it"),
        (status = 404, description = "`project_not_found`", body = ProblemDetails, content_type = PROBLEM)
    )
)]
pub(crate) async fn quiz(
    Visitor(visitor): Visitor,
    State(state): State<AppState>,
    Path(slug): Path<String>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let project = project(&state, &slug).await?;
    let rules = state.store.quiz(project.id).await?;
    let mine = match visitor {
        None => None,
        Some(volunteer) => Some(state.store.quiz_record(volunteer.id, project.id).await?),
    };
    let quiz = Quiz {
        questions: rules.map_or(0, |rules| rules.questions),
        pass_mark: rules.map_or(0, |rules| rules.pass_mark),
        required: state.config.entry_quiz && rules.is_some(),
        mine: mine.map(|mine| QuizRecord {
            attempts: mine.attempts,
            best: mine.best,
            passed_at: mine.passed_at,
        }),
    };
    etag::personal(&headers, &quiz)
}
