//! The HTTP API, version 1: one endpoint per file, collected here into a router and, from the same
//! declarations, into the OpenAPI document.

mod account;
mod admin;
mod articles;
mod assignments;
mod classifications;
mod create_account;
mod dev_letters;
mod feedback;
mod health;
mod images;
mod me;
mod own;
mod placing;
mod projects;
mod ranking;
mod renewal;
mod retraction;
mod rounds;
mod sign_in;
mod sign_out;
mod status;
mod status_events;
mod teaching;
mod team;
mod views;

use axum::{Router, middleware::from_fn};
use store::Project;
use utoipa::openapi::OpenApi;
use utoipa_axum::{router::OpenApiRouter, routes};

use crate::{
    beat::on_the_beat,
    openapi::ApiDescription,
    openapi_common,
    problem::{Problem, ProblemCode},
    state::AppState,
};

/// Endpoints that answer at once.
fn short() -> OpenApiRouter<AppState> {
    OpenApiRouter::new()
        .routes(routes!(health::health))
        .routes(routes!(create_account::create_account))
        .routes(routes!(sign_in::sign_in, sign_out::sign_out))
        .routes(routes!(me::me))
        .merge(account::routes())
        .merge(admin::routes())
        .routes(routes!(dev_letters::dev_letters))
        .routes(routes!(projects::projects))
        .merge(work())
        .routes(routes!(status::status))
        .routes(routes!(rounds::rounds))
        .routes(routes!(images::image))
        .routes(routes!(teaching::quiz::quiz, teaching::begin::begin_quiz))
        .routes(routes!(teaching::answer::answer_quiz))
        .routes(routes!(teaching::result::quiz_result))
        .routes(routes!(teaching::claim::claim_quiz))
        .routes(routes!(teaching::practice::practice))
        .routes(routes!(teaching::practise::practise))
        .routes(routes!(teaching::gallery::gallery))
        .routes(routes!(teaching::lens::lens_model))
        .routes(routes!(feedback::write::write))
        .routes(routes!(feedback::inbox::inbox))
        .routes(routes!(feedback::done::mark))
        .routes(routes!(ranking::ranking))
        .routes(routes!(team::team))
        .merge(articles::router())
        .merge(own::router())
        .merge(placing::routes())
}

/// What somebody asks who has not answered yet: when it comes must not tell what the image is.
fn work() -> OpenApiRouter<AppState> {
    OpenApiRouter::new()
        .routes(routes!(assignments::assign))
        .routes(routes!(renewal::renew))
        .routes(routes!(classifications::classify))
        .routes(routes!(retraction::retract))
        .route_layer(from_fn(on_the_beat))
}

/// Endpoints whose answers stay open, or whose requests take their time.
fn streams() -> OpenApiRouter<AppState> {
    OpenApiRouter::new().routes(routes!(status_events::status_events)).merge(placing::upload_route())
}

/// The routers of the short answers and of the streams, and the document that describes both.
pub(crate) fn routers() -> (Router<AppState>, Router<AppState>, OpenApi) {
    let (short, mut document) = short().split_for_parts();
    let (streams, streams_document) = streams().split_for_parts();
    document.merge(streams_document);
    let mut described = ApiDescription::document();
    described.merge(document);
    openapi_common::complete(&mut described);
    (short, streams, described)
}

/// The project an address names.
async fn project(state: &AppState, slug: &str) -> Result<Project, Problem> {
    state.store.project(slug).await?.ok_or_else(no_project)
}

fn no_project() -> Problem {
    Problem::new(ProblemCode::ProjectNotFound, "No project has this name.")
}
