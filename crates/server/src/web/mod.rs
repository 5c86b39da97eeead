//! The web app: files built by `make web`, embedded in the binary, with the pages' security policy
//! and the caches' rules. What the app does is left to `web/`.

mod assets;
mod csp;

use axum::{
    http::{HeaderMap, HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};

use assets::Asset;

/// Names under this folder hold a hash of their content.
const IMMUTABLE_FOLDER: &str = "_app/immutable/";
/// What a client-side router starts from; adapter-static calls it `200.html`.
const SHELLS: [&str; 2] = ["200.html", "index.html"];

/// The file of the web app at `path`, the page that its router starts from, or, without a built web
/// app, a page that says how to build it.
pub(crate) fn serve(path: &str, headers: &HeaderMap) -> Response {
    let path = path.trim_matches('/');
    if let Some(asset) = file(path) {
        return respond(&asset, headers);
    }
    let last = path.rsplit('/').next().unwrap_or_default();
    if last.contains('.') || path.starts_with(IMMUTABLE_FOLDER) {
        return (StatusCode::NOT_FOUND, "There is no such file.\n").into_response();
    }
    match SHELLS.iter().find_map(|shell| Asset::find(shell)) {
        Some(shell) => respond(&shell, headers),
        None => not_built(),
    }
}

/// A file by its name, or a page by the name of its address.
fn file(path: &str) -> Option<Asset> {
    if path.is_empty() {
        return Asset::find("index.html");
    }
    let pages =
        || Asset::find(&format!("{path}.html")).or_else(|| Asset::find(&format!("{path}/index.html")));
    Asset::find(path).or_else(pages)
}

fn respond(asset: &Asset, headers: &HeaderMap) -> Response {
    let mut response = if headers.get(header::IF_NONE_MATCH).is_some_and(|known| *known == asset.tag()) {
        StatusCode::NOT_MODIFIED.into_response()
    } else {
        let (encoding, bytes) = asset.encoded_for(headers);
        let mut response = bytes.into_response();
        response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static(asset.content_type()));
        if let Some(encoding) = encoding {
            response.headers_mut().insert(header::CONTENT_ENCODING, HeaderValue::from_static(encoding));
        }
        response
    };
    let told = response.headers_mut();
    let cache = if asset.path().starts_with(IMMUTABLE_FOLDER) {
        "public, max-age=31536000, immutable"
    } else {
        "no-cache"
    };
    told.insert(header::CACHE_CONTROL, HeaderValue::from_static(cache));
    told.insert(header::VARY, HeaderValue::from_static("accept-encoding"));
    told.insert(header::ETAG, asset.tag());
    if asset.is_page() {
        told.insert(header::CONTENT_SECURITY_POLICY, csp::of_page(asset.text()));
    }
    response
}

fn not_built() -> Response {
    let page = include_str!("not_built.html");
    let mut response = page.into_response();
    let told = response.headers_mut();
    told.insert(header::CONTENT_TYPE, HeaderValue::from_static("text/html; charset=utf-8"));
    told.insert(header::CONTENT_SECURITY_POLICY, csp::of_page(page));
    response
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_missing_file_is_missing_and_a_missing_page_is_the_app() {
        assert_eq!(serve("/_app/immutable/nothing.js", &HeaderMap::new()).status(), StatusCode::NOT_FOUND);
        assert_eq!(serve("/favicon-that-is-not.png", &HeaderMap::new()).status(), StatusCode::NOT_FOUND);
        let page = serve("/classify/some-project", &HeaderMap::new());
        assert_eq!(page.status(), StatusCode::OK);
        assert_eq!(page.headers()[header::CONTENT_TYPE], "text/html; charset=utf-8");
    }

    #[test]
    fn the_page_without_an_app_says_how_to_build_it() {
        assert!(include_str!("not_built.html").contains("make web"));
        assert!(not_built().headers().contains_key(header::CONTENT_SECURITY_POLICY));
    }
}
