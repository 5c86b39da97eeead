//! `GET /api/v1/projects/{slug}/me/history`: one's own answers, newest first.

use axum::{extract::State, http::HeaderMap, response::Response};
use serde::Deserialize;
use store::HistoryFilter;
use utoipa::ToSchema;

use crate::{
    account::session::SignedIn,
    etag,
    extract::{Path, Query},
    pagination::{List, Page},
    problem::{PROBLEM, Problem, ProblemDetails},
    state::AppState,
};

use super::{
    super::project,
    views::{OwnAnswer, key, place},
};

/// Which of one's answers.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Show {
    #[default]
    All,
    /// Those of "lens".
    Lens,
    Unsure,
    NoLens,
    /// Those on training images whose truth was told.
    Training,
    /// Those on images that became candidates, whatever the answer.
    Candidate,
}

impl From<Show> for HistoryFilter {
    fn from(show: Show) -> Self {
        match show {
            Show::All => Self::All,
            Show::Lens => Self::Answer(domain::Answer::Lens),
            Show::Unsure => Self::Answer(domain::Answer::Unsure),
            Show::NoLens => Self::Answer(domain::Answer::NoLens),
            Show::Training => Self::Told,
            Show::Candidate => Self::BecameCandidate,
        }
    }
}

#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct HistoryQuery {
    /// Which answers; `all` if not given.
    #[param(inline)]
    show: Option<Show>,
    /// `next` of the page before; the first page without it.
    #[param(max_length = 256)]
    after: Option<String>,
    /// Items at most, 1 to 100.
    #[param(minimum = 1, maximum = 100, default = 20)]
    limit: Option<u32>,
}

/// One's own answers in a project, newest first.
#[utoipa::path(
    get, path = "/api/v1/projects/{slug}/me/history", tag = "own work", security(("session" = [])),
    params(("slug" = String, Path, description = "The project"), HistoryQuery),
    responses(
        (
            status = 200, description = "A page of one's answers", body = List<OwnAnswer>,
            headers(("ETag", description = "Of the page"))
        ),
        (status = 304, description = "The client has it"),
        (status = 401, description = "`not_signed_in`", body = ProblemDetails, content_type = PROBLEM),
        (status = 404, description = "`project_not_found`", body = ProblemDetails, content_type = PROBLEM),
        (status = 422, description = "`invalid_field`", body = ProblemDetails, content_type = PROBLEM)
    )
)]
pub(super) async fn history(
    volunteer: SignedIn,
    State(state): State<AppState>,
    Path(slug): Path<String>,
    headers: HeaderMap,
    Query(query): Query<HistoryQuery>,
) -> Result<Response, Problem> {
    let page = Page::of(query.after, query.limit)?;
    let project = project(&state, &slug).await?;
    let filter = query.show.unwrap_or_default().into();
    let after = page.after.map(place);
    let rows = state.store.history(project.id, volunteer.id(), filter, after, page.fetch()).await?;
    etag::personal(&headers, &page.list(rows, key, OwnAnswer::of))
}
