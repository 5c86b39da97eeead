//! What people see of their own work: numbers, history, candidates, the certificate. Each view is
//! made from what the store says may be told (`store::HistoryRow`), so that silent training images
//! stay silent here too.

mod candidates;
mod certificate;
mod history;
mod overview;
mod verification;
mod views;
mod vote;

use utoipa_axum::{router::OpenApiRouter, routes};

use crate::state::AppState;

/// The endpoints about one's own work.
pub(super) fn router() -> OpenApiRouter<AppState> {
    OpenApiRouter::new()
        .routes(routes!(overview::overview))
        .routes(routes!(history::history))
        .routes(routes!(vote::vote))
        .routes(routes!(candidates::candidates))
        .routes(routes!(certificate::certificate))
        .routes(routes!(verification::verification))
}
