//! A number for every request, in the log and in the response, so that a report of a fault leads to
//! its cause. A client's own id is ignored: it could hold anything.

use std::sync::{
    LazyLock,
    atomic::{AtomicU64, Ordering},
};

use axum::{
    extract::{MatchedPath, Request},
    http::{HeaderName, HeaderValue},
    middleware::Next,
    response::Response,
};
use tracing::Span;

const HEADER: HeaderName = HeaderName::from_static("x-request-id");

static COUNT: AtomicU64 = AtomicU64::new(0);
/// Tells the requests of one run of the server from those of the next.
static RUN: LazyLock<u32> = LazyLock::new(|| getrandom::u32().unwrap_or_default());

#[derive(Clone)]
struct RequestId(String);

/// Numbers the request and its response.
pub(crate) async fn assign(mut request: Request, next: Next) -> Response {
    let id = format!("{:08x}-{}", *RUN, COUNT.fetch_add(1, Ordering::Relaxed));
    request.extensions_mut().insert(RequestId(id.clone()));
    let mut response = next.run(request).await;
    if let Ok(value) = HeaderValue::try_from(id) {
        response.headers_mut().insert(HEADER, value);
    }
    response
}

/// What the log says about a request: no query, cookie, address or body; the route, not the path,
/// because a path may hold ids.
pub(crate) fn span<B>(request: &axum::http::Request<B>) -> Span {
    let id = request.extensions().get::<RequestId>().map_or("", |id| id.0.as_str());
    let route = request.extensions().get::<MatchedPath>().map_or("(web)", MatchedPath::as_str);
    tracing::info_span!("request", id, method = %request.method(), route)
}
