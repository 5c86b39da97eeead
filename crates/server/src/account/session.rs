//! Who is asking: the session cookie, and the extractors that refuse a request without one.

use axum::{
    extract::FromRequestParts,
    http::{HeaderMap, HeaderValue, header, request::Parts},
};
use domain::{Digest, VolunteerId};
use store::{SessionLimits, SignInWay, Volunteer};

use super::{bearer, device};
use crate::{
    config::ServerConfig,
    problem::{Problem, ProblemCode},
    secret::Secret,
    state::AppState,
};

const PLAIN_NAME: &str = "lensfinder_session";
/// Browsers accept this name only with `Secure`, without a domain and with `Path=/`.
const SECURE_NAME: &str = "__Host-lensfinder_session";

/// A signed-in volunteer, by cookie or by a token of theirs. As a handler's first argument it comes
/// before any parsing, so that a stranger learns nothing from a wrong body.
pub(crate) struct SignedIn(pub Volunteer);

impl SignedIn {
    pub fn id(&self) -> VolunteerId {
        self.0.id
    }
}

impl FromRequestParts<AppState> for SignedIn {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &AppState) -> Result<Self, Problem> {
        if let Some(secret) = bearer::secret(&parts.headers) {
            return bearer::owner(secret, &parts.method, state).await.map(Self);
        }
        InPerson::from_request_parts(parts, state).await.map(|InPerson { volunteer, .. }| Self(volunteer))
    }
}

/// A volunteer who signed in themselves: what concerns the account is not for tokens.
pub(crate) struct InPerson {
    pub volunteer: Volunteer,
    /// SHA-256 of the session's secret.
    pub session: Digest,
}

impl FromRequestParts<AppState> for InPerson {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &AppState) -> Result<Self, Problem> {
        if bearer::secret(&parts.headers).is_some() {
            let detail = "Tokens cannot do this; sign in with a browser.";
            return Err(Problem::new(ProblemCode::NotAllowed, detail));
        }
        let session = token(&parts.headers, &state.config).ok_or_else(Problem::not_signed_in)?.digest();
        let volunteer = state.store.session(session, limits(&state.config)).await?;
        let volunteer = volunteer.ok_or_else(Problem::not_signed_in)?;
        Ok(Self { volunteer, session })
    }
}

/// The `Set-Cookie` line that goes with a response.
pub(crate) type SetCookie = [(header::HeaderName, HeaderValue); 1];

/// Opens a session and ends the one the request came with: whoever knew the old token is out.
pub(crate) async fn begin(
    state: &AppState,
    headers: &HeaderMap,
    who: VolunteerId,
    way: SignInWay,
) -> Result<SetCookie, Problem> {
    if let Some(old) = token(headers, &state.config) {
        state.store.delete_session(old.digest()).await?;
    }
    let new = Secret::generate()?;
    let origin = device::origin(headers, way);
    state.store.open_session(new.digest(), who, origin, limits(&state.config)).await?;
    set_cookie(&state.config, new.text(), state.config.session_lifetime.as_secs())
}

/// Ends the session of the request, if it has one, and clears the cookie.
pub(crate) async fn end(state: &AppState, headers: &HeaderMap) -> Result<SetCookie, Problem> {
    if let Some(old) = token(headers, &state.config) {
        state.store.delete_session(old.digest()).await?;
    }
    set_cookie(&state.config, "", 0)
}

/// Clears the cookie of a session that is over.
pub(crate) fn forget(state: &AppState) -> Result<SetCookie, Problem> {
    set_cookie(&state.config, "", 0)
}

fn limits(config: &ServerConfig) -> SessionLimits {
    SessionLimits { idle: config.session_idle, absolute: config.session_lifetime }
}

fn name(config: &ServerConfig) -> &'static str {
    if config.secure_cookies { SECURE_NAME } else { PLAIN_NAME }
}

fn token(headers: &HeaderMap, config: &ServerConfig) -> Option<Secret> {
    let lines = headers.get_all(header::COOKIE).iter().filter_map(|line| line.to_str().ok());
    let mut pairs = lines.flat_map(|line| line.split(';')).filter_map(|pair| pair.trim().split_once('='));
    let (_, value) = pairs.find(|(key, _)| *key == name(config))?;
    Secret::parse(value)
}

fn set_cookie(config: &ServerConfig, value: &str, seconds: u64) -> Result<SetCookie, Problem> {
    let secure = if config.secure_cookies { "; Secure" } else { "" };
    let line = format!("{}={value}; Path=/; HttpOnly; SameSite=Lax; Max-Age={seconds}{secure}", name(config));
    let mut line = HeaderValue::try_from(line).map_err(Problem::internal)?;
    line.set_sensitive(true);
    Ok([(header::SET_COOKIE, line)])
}

#[cfg(test)]
mod tests {
    use super::*;

    fn with_cookie(line: &str) -> HeaderMap {
        HeaderMap::from_iter([(header::COOKIE, HeaderValue::from_str(line).expect("ASCII"))])
    }

    #[test]
    fn the_cookie_is_closed_to_scripts_other_sites_and_plain_http() {
        let config = ServerConfig { secure_cookies: true, ..ServerConfig::default() };
        let [(_, line)] = set_cookie(&config, "abc", 60).expect("a header");
        let expected = "__Host-lensfinder_session=abc; Path=/; HttpOnly; SameSite=Lax; Max-Age=60; Secure";
        assert_eq!(line, expected);
    }

    #[test]
    fn the_token_is_found_among_other_cookies() {
        let (config, secret) = (ServerConfig::default(), "ab".repeat(32));
        let found = token(&with_cookie(&format!("theme=dark; lensfinder_session={secret}; x=y")), &config);
        assert_eq!(found.map(|token| token.text().to_owned()), Some(secret));
        assert!(token(&with_cookie("lensfinder_session=short"), &config).is_none());
        assert!(token(&HeaderMap::new(), &config).is_none());
    }
}
