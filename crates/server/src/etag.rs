//! JSON answers with a weak entity tag made of their bytes: whoever has them already is told so in a
//! few bytes. Immutable files (images, the web app) have tags of their own.

use axum::{
    http::{HeaderMap, HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use domain::Digest;
use serde::Serialize;

use crate::problem::Problem;

/// Anybody may keep it, but asks before showing it again.
const PUBLIC: HeaderValue = HeaderValue::from_static("no-cache");
/// No browser keeps it on its disk; a script that kept it itself may still ask whether it changed.
const PERSONAL: HeaderValue = HeaderValue::from_static("no-store");
const JSON: HeaderValue = HeaderValue::from_static("application/json");

/// What everybody may see: 200 with the value, or 304 without a body to those who have it.
/// `headers` are those of the request.
pub(crate) fn json<T: Serialize>(headers: &HeaderMap, value: &T) -> Result<Response, Problem> {
    answer(headers, value, PUBLIC)
}

/// The same for what belongs to one person.
pub(crate) fn personal<T: Serialize>(headers: &HeaderMap, value: &T) -> Result<Response, Problem> {
    answer(headers, value, PERSONAL)
}

fn answer<T: Serialize>(headers: &HeaderMap, value: &T, cache: HeaderValue) -> Result<Response, Problem> {
    let bytes = serde_json::to_vec(value).map_err(Problem::internal)?;
    let digest = Digest::of(&bytes).to_string();
    let tag = HeaderValue::try_from(format!("W/\"{}\"", &digest[..32])).map_err(Problem::internal)?;
    let told = [(header::CACHE_CONTROL, cache), (header::ETAG, tag.clone())];
    if is_known(headers, &tag) {
        return Ok((StatusCode::NOT_MODIFIED, told).into_response());
    }
    Ok((told, [(header::CONTENT_TYPE, JSON)], bytes).into_response())
}

/// Whether `If-None-Match` names this tag. Tags are compared weakly: proxies that compress make
/// strong ones weak.
pub(crate) fn is_known(headers: &HeaderMap, tag: &HeaderValue) -> bool {
    let bare = |tag: &str| tag.trim().trim_start_matches("W/").to_owned();
    let Ok(tag) = tag.to_str().map(bare) else { return false };
    let lines = headers.get_all(header::IF_NONE_MATCH).iter().filter_map(|line| line.to_str().ok());
    lines.flat_map(|line| line.split(',')).any(|known| known.trim() == "*" || bare(known) == tag)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn asking(tag: &str) -> HeaderMap {
        HeaderMap::from_iter([(header::IF_NONE_MATCH, HeaderValue::from_str(tag).expect("ASCII"))])
    }

    #[tokio::test]
    async fn who_has_the_bytes_gets_none() {
        let first = json(&HeaderMap::new(), &[1, 2]).expect("JSON");
        assert_eq!((first.status(), &first.headers()[header::CACHE_CONTROL]), (StatusCode::OK, &PUBLIC));
        let tag = first.headers()[header::ETAG].to_str().expect("ASCII").to_owned();
        assert_eq!(axum::body::to_bytes(first.into_body(), 99).await.expect("bytes"), "[1,2]");

        let again = json(&asking(&format!("\"other\", {tag}")), &[1, 2]).expect("JSON");
        assert_eq!(again.status(), StatusCode::NOT_MODIFIED);
        assert_eq!(again.headers()[header::ETAG], tag);
        assert!(axum::body::to_bytes(again.into_body(), 99).await.expect("bytes").is_empty());

        let changed = json(&asking(&tag), &[1, 3]).expect("JSON");
        assert_eq!(changed.status(), StatusCode::OK);
    }

    #[test]
    fn what_belongs_to_one_person_stays_in_no_cache() {
        let response = personal(&HeaderMap::new(), &[1]).expect("JSON");
        assert_eq!(response.headers()[header::CACHE_CONTROL], "no-store");
    }

    #[test]
    fn tags_are_compared_weakly() {
        let tag = HeaderValue::from_static("W/\"abc\"");
        assert!(is_known(&asking("\"abc\""), &tag) && is_known(&asking("*"), &tag));
        assert!(!is_known(&asking("W/\"ab\""), &tag) && !is_known(&HeaderMap::new(), &tag));
    }
}
