//! People and their roles, for admins; and how the first one becomes one.

mod claim;
mod people;
mod role;
mod role_changes;

use utoipa_axum::{router::OpenApiRouter, routes};

use crate::state::AppState;

/// All of them.
pub(super) fn routes() -> OpenApiRouter<AppState> {
    OpenApiRouter::new()
        .routes(routes!(claim::claim))
        .routes(routes!(people::people))
        .routes(routes!(role::give_role))
        .routes(routes!(role_changes::role_changes))
}
