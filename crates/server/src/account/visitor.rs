//! Endpoints that guests may use too, but that treat people with an account a little differently.

use axum::{extract::FromRequestParts, http::request::Parts};
use store::Volunteer;

use crate::{
    account::session::SignedIn,
    problem::{Problem, ProblemCode},
    state::AppState,
};

/// Who is asking, if they are signed in. A session that is over makes a guest.
pub(crate) struct Visitor(pub Option<Volunteer>);

impl FromRequestParts<AppState> for Visitor {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &AppState) -> Result<Self, Problem> {
        match SignedIn::from_request_parts(parts, state).await {
            Ok(SignedIn(volunteer)) => Ok(Self(Some(volunteer))),
            Err(problem) if problem.code == ProblemCode::NotSignedIn => Ok(Self(None)),
            Err(problem) => Err(problem),
        }
    }
}
