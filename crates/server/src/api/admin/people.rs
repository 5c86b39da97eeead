//! `GET /api/v1/admin/people`: everybody with an account.

use axum::{extract::State, http::HeaderMap, response::Response};
use chrono::{DateTime, Utc};
use domain::VolunteerId;
use serde::{Deserialize, Serialize};
use store::PeopleQuery;
use utoipa::ToSchema;
use uuid::Uuid;

use crate::{
    account::role::AdminOnly,
    api::views::Role,
    etag,
    extract::Query,
    pagination::{List, Page},
    problem::{PROBLEM, Problem, ProblemDetails},
    state::AppState,
    text,
};

const LONGEST_SEARCH: usize = 100;

#[derive(Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct PeopleFilter {
    /// Part of a name or an address.
    #[param(max_length = 100)]
    text: Option<String>,
    /// Only people with this role.
    role: Option<Role>,
    /// `next` of the page before; the first page without it.
    #[param(max_length = 256)]
    after: Option<String>,
    /// Items at most, 1 to 100.
    #[param(minimum = 1, maximum = 100, default = 20)]
    limit: Option<u32>,
}

/// Somebody with an account.
#[derive(Serialize, ToSchema)]
pub(crate) struct Person {
    pub id: Uuid,
    pub display_name: String,
    pub email: String,
    pub email_verified: bool,
    pub role: Role,
    /// Answers given and not taken back, in all projects.
    pub votes: u64,
    pub created_at: DateTime<Utc>,
}

impl From<store::Person> for Person {
    fn from(person: store::Person) -> Self {
        let who = person.volunteer;
        Self {
            id: who.id.0,
            display_name: who.display_name,
            email: who.email,
            email_verified: who.email_verified_at.is_some(),
            role: who.role.into(),
            votes: person.votes,
            created_at: who.created_at,
        }
    }
}

/// Everybody with an account, those who signed up last first.
#[utoipa::path(
    get, path = "/api/v1/admin/people", tag = "people", security(("session" = [])), params(PeopleFilter),
    responses(
        (
            status = 200, description = "One page", body = List<Person>,
            headers(("ETag", description = "Of the page"))
        ),
        (status = 304, description = "The client has it"),
        (status = 401, description = "`not_signed_in`", body = ProblemDetails, content_type = PROBLEM),
        (status = 403, description = "`not_allowed`", body = ProblemDetails, content_type = PROBLEM),
        (status = 422, description = "`invalid_field`", body = ProblemDetails, content_type = PROBLEM)
    )
)]
pub(crate) async fn people(
    _admin: AdminOnly,
    State(state): State<AppState>,
    headers: HeaderMap,
    Query(filter): Query<PeopleFilter>,
) -> Result<Response, Problem> {
    let page = Page::<(DateTime<Utc>, Uuid)>::of(filter.after, filter.limit)?;
    let query = PeopleQuery {
        text: text::line("text", filter.text.as_deref().unwrap_or_default(), LONGEST_SEARCH)?,
        role: filter.role.map(Role::into),
        after: page.after.map(|(at, id)| (at, VolunteerId(id))),
        limit: page.fetch(),
    };
    let rows = state.store.people(query).await?;
    let key = |row: &store::Person| (row.volunteer.created_at, row.volunteer.id.0);
    etag::personal(&headers, &page.list(rows, key, Person::from))
}
