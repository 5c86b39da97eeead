//! `GET /api/v1/projects/{slug}/rounds`: what each round cost and found, as the campaign wrote it.
//! Summaries speak of whole rounds; scores of single images are not in them.

use axum::{extract::State, http::HeaderMap, response::Response};
use chrono::{DateTime, Utc};
use serde::Serialize;
use utoipa::ToSchema;

use crate::{
    account::session::SignedIn,
    etag,
    extract::Path,
    problem::{PROBLEM, Problem, ProblemDetails},
    state::AppState,
};

use super::project;

#[derive(Serialize, ToSchema)]
pub(crate) struct Round {
    /// Counted from the first round.
    round: u32,
    state: RoundState,
    started_at: DateTime<Utc>,
    #[schema(required = true)]
    ended_at: Option<DateTime<Utc>>,
    /// What the campaign says about the round, such as `votes` and `lenses_found`; null before that.
    #[schema(required = true, value_type = Option<std::collections::BTreeMap<String, serde_json::Value>>)]
    summary: Option<serde_json::Value>,
}

/// How a round stands.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum RoundState {
    Pending,
    Running,
    Done,
    Failed,
}

impl From<store::RunState> for RoundState {
    fn from(state: store::RunState) -> Self {
        match state {
            store::RunState::Pending => Self::Pending,
            store::RunState::Running => Self::Running,
            store::RunState::Done => Self::Done,
            store::RunState::Failed => Self::Failed,
        }
    }
}

/// The rounds of a project, first to last.
#[utoipa::path(
    get, path = "/api/v1/projects/{slug}/rounds", tag = "projects", security(("session" = [])),
    params(("slug" = String, Path, description = "The project")),
    responses(
        (
            status = 200, description = "The rounds", body = Vec<Round>,
            headers(("ETag", description = "Of the rounds"))
        ),
        (status = 304, description = "The client has them"),
        (status = 401, description = "`not_signed_in`", body = ProblemDetails, content_type = PROBLEM),
        (status = 404, description = "`project_not_found`", body = ProblemDetails, content_type = PROBLEM)
    )
)]
pub(super) async fn rounds(
    _volunteer: SignedIn,
    State(state): State<AppState>,
    Path(slug): Path<String>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let project = project(&state, &slug).await?;
    let rounds = state.store.rounds(project.id).await?;
    let view = |round: store::Round| Round {
        round: round.number,
        state: round.state.into(),
        started_at: round.started_at,
        ended_at: round.ended_at,
        summary: round.summary,
    };
    etag::personal(&headers, &rounds.into_iter().map(view).collect::<Vec<_>>())
}
