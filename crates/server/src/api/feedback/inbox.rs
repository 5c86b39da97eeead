//! `GET /api/v1/lead/feedback`: what people wrote, for the leads.

use axum::{extract::State, http::HeaderMap, response::Response};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use store::FeedbackFilter;
use utoipa::ToSchema;

use crate::{
    account::role::LeadOnly,
    api::views::Image,
    etag,
    extract::Query,
    pagination::{List, Page},
    problem::{PROBLEM, Problem, ProblemDetails},
    state::AppState,
};

use super::FeedbackKind;

#[derive(Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct InboxQuery {
    /// Only what is about this.
    kind: Option<FeedbackKind>,
    /// Only what is done, or only what is not.
    done: Option<bool>,
    /// `next` of the page before; the first page without it.
    #[param(max_length = 256)]
    after: Option<String>,
    /// Items at most, 1 to 100.
    #[param(minimum = 1, maximum = 100, default = 20)]
    limit: Option<u32>,
}

/// Under a name of its own: utoipa would describe it a second time.
type Asked = Query<InboxQuery>;

/// One piece of feedback.
#[derive(Serialize, ToSchema)]
pub(crate) struct FeedbackItem {
    id: i64,
    kind: FeedbackKind,
    /// Plain text.
    text: String,
    #[schema(required = true)]
    page: Option<String>,
    /// The author's name; null for guests and for people who left.
    #[schema(required = true)]
    author: Option<String>,
    /// The image's id in its dataset.
    #[schema(required = true)]
    image_name: Option<String>,
    #[schema(required = true)]
    image: Option<Image>,
    at: DateTime<Utc>,
    #[schema(required = true)]
    done_at: Option<DateTime<Utc>>,
}

impl From<store::Feedback> for FeedbackItem {
    fn from(feedback: store::Feedback) -> Self {
        Self {
            id: feedback.id,
            kind: if feedback.on_image { FeedbackKind::Image } else { FeedbackKind::Site },
            text: feedback.text,
            page: feedback.page,
            author: feedback.author,
            image_name: feedback.subject,
            image: feedback.image.as_ref().map(Image::of),
            at: feedback.at,
            done_at: feedback.done_at,
        }
    }
}

/// What people wrote, newest first.
#[utoipa::path(
    get, path = "/api/v1/lead/feedback", tag = "feedback", security(("session" = [])), params(InboxQuery),
    responses(
        (
            status = 200, description = "One page", body = List<FeedbackItem>,
            headers(("ETag", description = "Of the page"))
        ),
        (status = 304, description = "The client has it"),
        (status = 401, description = "`not_signed_in`", body = ProblemDetails, content_type = PROBLEM),
        (status = 403, description = "`not_allowed`", body = ProblemDetails, content_type = PROBLEM),
        (status = 422, description = "`invalid_field`", body = ProblemDetails, content_type = PROBLEM)
    )
)]
pub(crate) async fn inbox(
    _lead: LeadOnly,
    State(state): State<AppState>,
    headers: HeaderMap,
    Query(query): Asked,
) -> Result<Response, Problem> {
    let page = Page::<i64>::of(query.after, query.limit)?;
    let on_image = query.kind.map(|kind| kind == FeedbackKind::Image);
    let filter = FeedbackFilter { on_image, done: query.done };
    let rows = state.store.feedback(filter, page.after, page.fetch()).await?;
    etag::personal(&headers, &page.list(rows, |row| row.id, FeedbackItem::from))
}
