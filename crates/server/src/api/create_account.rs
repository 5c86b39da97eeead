//! `POST /api/v1/accounts`: a new account, signed in at once.

use axum::{
    Json,
    extract::State,
    http::{HeaderMap, StatusCode},
    response::{IntoResponse, Response},
};
use domain::VolunteerId;
use serde::Deserialize;
use store::{NewVolunteer, SignInWay};
use utoipa::ToSchema;
use uuid::Uuid;

use crate::{
    account::{password_rules, profile, session, settings::Language},
    client_address::ClientAddress,
    extract::JsonBody,
    mail::Errand,
    problem::{PROBLEM, Problem, ProblemDetails},
    secret::random_id,
    state::AppState,
};

use super::views::Me;

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct NewAccount {
    /// Used to sign in; never shown to other people.
    #[schema(max_length = 254)]
    email: String,
    /// What other people see.
    #[schema(min_length = 1, max_length = 40)]
    display_name: String,
    /// At least 8 characters of any kind.
    #[schema(min_length = 8, max_length = 1024)]
    password: String,
    /// Language of letters to this person; English when not given.
    language: Option<Language>,
}

/// Creates an account and signs in.
#[utoipa::path(
    post, path = "/api/v1/accounts", tag = "accounts", request_body = NewAccount,
    responses(
        (
            status = 201, description = "Created and signed in",
            body = Me, headers(("Set-Cookie", description = "The session"))
        ),
        (status = 409, description = "`address_taken`", body = ProblemDetails, content_type = PROBLEM),
        (status = 422, description = "`invalid_field`, `common_password`", body = ProblemDetails, content_type = PROBLEM),
        (status = 429, description = "`too_many_requests`", body = ProblemDetails, content_type = PROBLEM)
    )
)]
pub(super) async fn create_account(
    State(state): State<AppState>,
    address: ClientAddress,
    headers: HeaderMap,
    JsonBody(new): JsonBody<NewAccount>,
) -> Result<Response, Problem> {
    state.limiters.addresses.take(address.0, state.clock.now())?;
    let email = profile::address(&new.email)?;
    let display_name = profile::display_name(&new.display_name)?;
    password_rules::check(&new.password, "password", &email, &display_name)?;
    let password_hash = state.passwords.hash(new.password).await?;
    let language = new.language.unwrap_or_default().code().to_owned();
    let id = VolunteerId(id(&state, &email)?);
    let new = NewVolunteer { id, email, display_name, password_hash, language };
    let volunteer = state.store.create_volunteer(new).await?;
    tracing::info!(volunteer = %volunteer.id, "account created");
    let address = volunteer.email.clone();
    state.post.send(&state, Errand::Verify { volunteer: Box::new(volunteer.clone()), address });
    let cookie = session::begin(&state, &headers, volunteer.id, SignInWay::SignUp).await?;
    let me = Me::of(&state, &volunteer).await?;
    Ok((StatusCode::CREATED, cookie, Json(me)).into_response())
}

/// Random: nothing leads from an id to a person. For simulated crowds it follows from the address.
fn id(state: &AppState, email: &str) -> Result<Uuid, Problem> {
    if state.config.repeatable_ids {
        let node = state.seed.child("volunteer").child(email);
        return Ok(uuid::Builder::from_random_bytes(node.to_bytes()).into_uuid());
    }
    random_id()
}
