//! `Authorization: Bearer lf_…`: a person's own scripts. Browsers never send this by themselves, so a
//! request that carries it is judged by it alone and needs no protection against other sites.

use axum::{
    extract::Request,
    http::{HeaderMap, Method, header},
    middleware::Next,
    response::Response,
};
use store::{TokenScope, Volunteer};

use crate::{
    problem::{Problem, ProblemCode},
    secret::Secret,
    state::AppState,
};

/// Tells a token of ours from others, for people and for programs that search files for secrets.
const PREFIX: &str = "lf_";

/// What the owner of a new token is shown, once.
pub(crate) fn shown(secret: &Secret) -> String {
    format!("{PREFIX}{}", secret.text())
}

/// The token of a request, if it brings one; the inner `None` is one that cannot be ours.
pub(crate) fn secret(headers: &HeaderMap) -> Option<Option<Secret>> {
    let line = headers.get(header::AUTHORIZATION)?.to_str().unwrap_or_default();
    let (scheme, rest) = line.split_once(' ').unwrap_or((line, ""));
    let is_bearer = scheme.eq_ignore_ascii_case("bearer");
    is_bearer.then(|| rest.trim().strip_prefix(PREFIX).and_then(Secret::parse))
}

/// Whose token this is, if it may be used like this.
pub(crate) async fn owner(
    secret: Option<Secret>,
    method: &Method,
    state: &AppState,
) -> Result<Volunteer, Problem> {
    let unknown = || {
        let detail = "This token is unknown, withdrawn or too old; make another in the settings.";
        Problem::new(ProblemCode::NotSignedIn, detail)
    };
    let secret = secret.ok_or_else(unknown)?;
    let (volunteer, scope) = state.store.api_token(secret.digest()).await?.ok_or_else(unknown)?;
    if scope == TokenScope::Read && !method.is_safe() {
        let detail = "This token may only read; make one with the scope `work` in the settings.";
        return Err(Problem::new(ProblemCode::NotAllowed, detail));
    }
    Ok(volunteer)
}

/// Takes from a request with a token what only browsers send: its cookie must not help it, and it needs
/// no protection against other sites.
pub(crate) async fn alone(mut request: Request, next: Next) -> Response {
    if secret(request.headers()).is_some() {
        let headers = request.headers_mut();
        headers.remove(header::COOKIE);
        headers.remove(header::ORIGIN);
        headers.remove("sec-fetch-site");
    }
    next.run(request).await
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::http::HeaderValue;

    fn with(line: &str) -> Option<Option<String>> {
        let line = HeaderValue::from_str(line).expect("ASCII");
        let headers = HeaderMap::from_iter([(header::AUTHORIZATION, line)]);
        secret(&headers).map(|found| found.map(|secret| secret.text().to_owned()))
    }

    #[test]
    fn only_our_own_tokens_are_read() {
        let ours = "ab".repeat(32);
        assert_eq!(with(&format!("Bearer lf_{ours}")), Some(Some(ours.clone())));
        assert_eq!(with(&format!("bearer  lf_{ours} ")), Some(Some(ours.clone())));
        assert_eq!(with(&format!("Bearer {ours}")), Some(None), "without the prefix");
        assert_eq!(with("Bearer lf_short"), Some(None));
        assert_eq!(with("Basic abc"), None);
        assert!(secret(&HeaderMap::new()).is_none());
    }
}
