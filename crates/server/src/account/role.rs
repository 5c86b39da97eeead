//! Endpoints for some people only: extractors that refuse everybody else. As a handler's first
//! argument they come before any parsing, so that nobody learns anything from a wrong body.

use axum::{extract::FromRequestParts, http::request::Parts};
use store::{Rank, Volunteer};

use crate::{
    account::session::{InPerson, SignedIn},
    problem::{Problem, ProblemCode},
    state::AppState,
};

/// A lead or an admin.
pub(crate) struct LeadOnly(pub Volunteer);

/// An admin.
pub(crate) struct AdminOnly(pub Volunteer);

impl FromRequestParts<AppState> for LeadOnly {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &AppState) -> Result<Self, Problem> {
        at_least(Rank::Lead, parts, state).await.map(Self)
    }
}

impl FromRequestParts<AppState> for AdminOnly {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &AppState) -> Result<Self, Problem> {
        at_least(Rank::Admin, parts, state).await.map(Self)
    }
}

async fn at_least(least: Rank, parts: &mut Parts, state: &AppState) -> Result<Volunteer, Problem> {
    // A token's `work` is looking at images, not running the site.
    let volunteer = if parts.method.is_safe() {
        SignedIn::from_request_parts(parts, state).await?.0
    } else {
        InPerson::from_request_parts(parts, state).await?.volunteer
    };
    if volunteer.role < least {
        let detail = format!("This needs the role {least}; an admin can give it.");
        return Err(Problem::new(ProblemCode::NotAllowed, detail));
    }
    Ok(volunteer)
}
