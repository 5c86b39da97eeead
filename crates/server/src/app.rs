//! The application: the API, its document, the web app, and the layers every request passes.

use std::any::Any;

use axum::{
    Router,
    extract::{DefaultBodyLimit, Request, State},
    http::{Method, header},
    middleware::{self, Next},
    response::{IntoResponse, Response},
    routing::get,
};
use tower_http::{
    catch_panic::CatchPanicLayer,
    csrf::{CsrfLayer, ProtectionError},
    trace::TraceLayer,
};

use crate::{
    account::bearer,
    api, headers,
    problem::{Problem, ProblemCode},
    request_id,
    state::AppState,
    web,
};

/// The whole server as one axum router.
pub fn router(state: AppState) -> Router {
    let (short, streams, document) = api::routers();
    let short = short.layer(middleware::from_fn_with_state(state.clone(), bounded_time));
    let document = document.to_pretty_json().unwrap_or_default();
    let document = get(move || async move { ([(header::CONTENT_TYPE, "application/json")], document) });

    let csrf = CsrfLayer::new().with_rejection_response(cross_origin);
    // Read from the bottom: the last layer meets the request first.
    Router::new()
        .merge(short)
        .merge(streams)
        .route("/openapi.json", document)
        .fallback(elsewhere)
        .method_not_allowed_fallback(async || wrong_method())
        .layer(DefaultBodyLimit::max(state.config.max_body_bytes))
        .layer(csrf)
        .layer(middleware::from_fn(bearer::alone))
        .layer(CatchPanicLayer::custom(panicked))
        .layer(middleware::map_response_with_state(state.clone(), headers::secure))
        .layer(TraceLayer::new_for_http().make_span_with(request_id::span))
        .layer(middleware::from_fn(request_id::assign))
        .with_state(state)
}

/// Whatever is not the API is the web app.
async fn elsewhere(request: Request) -> Response {
    let path = request.uri().path();
    if path.starts_with("/api/") {
        return Problem::new(ProblemCode::NotFound, "The API has no such address.").into_response();
    }
    match *request.method() {
        Method::GET | Method::HEAD => web::serve(path, request.headers()),
        _ => wrong_method().into_response(),
    }
}

fn wrong_method() -> Problem {
    Problem::new(ProblemCode::MethodNotAllowed, "The address exists, but not with this method.")
}

fn cross_origin(_: ProtectionError) -> Response {
    let detail = "A page of another site sent this request, so nothing was done.";
    Problem::new(ProblemCode::CrossOrigin, detail).into_response()
}

async fn bounded_time(State(state): State<AppState>, request: Request, next: Next) -> Response {
    match tokio::time::timeout(state.config.request_timeout, next.run(request)).await {
        Ok(response) => response,
        Err(_) => {
            let detail = "The answer took too long. The same request may be repeated safely.";
            Problem::new(ProblemCode::TooSlow, detail).into_response()
        }
    }
}

fn panicked(cause: Box<dyn Any + Send>) -> Response {
    let text = cause.downcast_ref::<String>().map(String::as_str);
    let text = text.or_else(|| cause.downcast_ref::<&str>().copied()).unwrap_or("no message");
    Problem::internal(format!("a handler panicked: {text}")).into_response()
}

#[cfg(test)]
mod tests {
    use axum::{body::Body, http::StatusCode};
    use tower::ServiceExt;

    use super::*;

    #[tokio::test]
    async fn a_panic_reaches_the_client_as_a_problem_without_its_words() {
        async fn broken() -> &'static str {
            panic!("the secret is 42")
        }
        let app: Router = Router::new().route("/", get(broken)).layer(CatchPanicLayer::custom(panicked));
        let response = app.oneshot(Request::new(Body::empty())).await.expect("an answer");
        assert_eq!(response.status(), StatusCode::INTERNAL_SERVER_ERROR);
        let body = axum::body::to_bytes(response.into_body(), 4096).await.expect("a body");
        let text = String::from_utf8_lossy(&body);
        assert!(text.contains("\"internal\"") && !text.contains("42"), "{text}");
    }
}
