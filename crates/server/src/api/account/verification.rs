//! `POST /api/v1/verification`: the link of a letter was opened, so the address is theirs.

use axum::{extract::State, http::StatusCode};
use serde::Deserialize;
use store::LinkPurpose;
use utoipa::ToSchema;

use crate::{
    account::settings::Language,
    client_address::ClientAddress,
    extract::JsonBody,
    mail::Errand,
    problem::{PROBLEM, Problem, ProblemCode, ProblemDetails},
    secret::Secret,
    state::AppState,
};

/// What a link held behind its `#`.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct LinkSecret {
    #[schema(max_length = 128)]
    pub secret: String,
}

impl LinkSecret {
    pub fn parse(&self) -> Result<Secret, Problem> {
        parse(&self.secret)
    }
}

/// The secret of a link, or the same refusal as for one that is used.
pub(crate) fn parse(text: &str) -> Result<Secret, Problem> {
    let damaged = || Problem::new(ProblemCode::LinkNotValid, "The link is not whole. Copy all of it.");
    Secret::parse(text.trim()).ok_or_else(damaged)
}

/// Verifies an address. Needs no session: letters are often opened on another device.
#[utoipa::path(
    post, path = "/api/v1/verification", tag = "accounts", request_body = LinkSecret,
    responses(
        (status = 204, description = "Verified; if it was a new address, the account has it now"),
        (status = 409, description = "`address_taken`", body = ProblemDetails, content_type = PROBLEM),
        (status = 410, description = "`link_not_valid`", body = ProblemDetails, content_type = PROBLEM),
        (status = 422, description = "`invalid_field`", body = ProblemDetails, content_type = PROBLEM),
        (status = 429, description = "`too_many_requests`", body = ProblemDetails, content_type = PROBLEM)
    )
)]
pub(crate) async fn verify(
    State(state): State<AppState>,
    address: ClientAddress,
    JsonBody(link): JsonBody<LinkSecret>,
) -> Result<StatusCode, Problem> {
    state.limiters.addresses.take(address.0, state.clock.now())?;
    let digest = link.parse()?.digest();
    let before = state.store.link(digest, LinkPurpose::Verify).await?;
    let volunteer = state.store.verify_address(digest).await?;
    state.limiters.addresses.give_back(address.0);
    tracing::info!(volunteer = %volunteer.id, "address verified");
    if let Some(before) = before
        && before.volunteer.email != volunteer.email
    {
        let language = Language::of(&volunteer.language);
        let address = before.volunteer.email;
        state.post.send(&state, Errand::AddressChanged { address, language });
    }
    Ok(StatusCode::NO_CONTENT)
}
