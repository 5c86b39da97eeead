//! `GET /api/v1/dev/letters`: letters that were written into a folder, for whoever works on this machine.

use std::net::SocketAddr;

use axum::{
    Json,
    extract::{ConnectInfo, FromRequestParts, State},
    http::{HeaderMap, header, request::Parts},
};
use chrono::{DateTime, Utc};
use serde::Serialize;
use utoipa::ToSchema;

use crate::{
    mail::{self, MailRoute},
    problem::{PROBLEM, Problem, ProblemCode, ProblemDetails},
    state::AppState,
};

/// A letter that nobody was sent.
#[derive(Serialize, ToSchema)]
pub(crate) struct DevLetter {
    at: DateTime<Utc>,
    to: String,
    subject: String,
    text: String,
}

#[derive(Serialize, ToSchema)]
pub(crate) struct DevLetters {
    /// The last 50, the latest first.
    items: Vec<DevLetter>,
}

/// A browser on this very machine that talks to this server and not to a proxy before it: nothing is
/// forwarded, and the name in the address bar is this machine's own (so that no other site's page can be
/// pointed here by its name server).
pub(crate) struct OnThisMachine;

impl FromRequestParts<AppState> for OnThisMachine {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &AppState) -> Result<Self, Problem> {
        let peer = parts.extensions.get::<ConnectInfo<SocketAddr>>().map(|ConnectInfo(peer)| peer.ip());
        let near = peer.is_some_and(|peer| peer.to_canonical().is_loopback());
        let here = near && !state.config.secure_cookies && is_direct(&parts.headers);
        // No hint that there is anything.
        here.then_some(Self)
            .ok_or_else(|| Problem::new(ProblemCode::NotFound, "The API has no such address."))
    }
}

fn is_direct(headers: &HeaderMap) -> bool {
    let forwarded = ["forwarded", "x-forwarded-for", "x-forwarded-host", "x-real-ip", "via"];
    if forwarded.iter().any(|name| headers.contains_key(*name)) {
        return false;
    }
    let host = headers.get(header::HOST).and_then(|host| host.to_str().ok()).unwrap_or_default();
    let name =
        host.rsplit_once(':').filter(|(_, port)| port.parse::<u16>().is_ok()).map_or(host, |(name, _)| name);
    matches!(name, "localhost" | "127.0.0.1" | "[::1]")
}

/// Letters in the folder. Only while somebody works on the site: with a mail server, or from another
/// machine, there is no such address.
#[utoipa::path(
    get, path = "/api/v1/dev/letters", tag = "server",
    responses(
        (status = 200, description = "The latest letters", body = DevLetters),
        (status = 404, description = "`not_found`", body = ProblemDetails, content_type = PROBLEM)
    )
)]
pub(crate) async fn dev_letters(
    _here: OnThisMachine,
    State(state): State<AppState>,
) -> Result<Json<DevLetters>, Problem> {
    let route = state.config.mail.as_ref().filter(|_| state.config.show_letters).map(|mail| &mail.route);
    let Some(MailRoute::Folder(folder)) = route else {
        return Err(Problem::new(ProblemCode::NotFound, "The API has no such address."));
    };
    let letters = mail::kept(folder).await.map_err(Problem::internal)?;
    let letter = |kept: mail::KeptLetter| DevLetter {
        at: kept.at,
        to: kept.to,
        subject: kept.subject,
        text: kept.text,
    };
    Ok(Json(DevLetters { items: letters.into_iter().map(letter).collect() }))
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::http::{HeaderName, HeaderValue};

    fn direct(lines: &[(&'static str, &'static str)]) -> bool {
        let header = |(name, value): &(&'static str, &'static str)| {
            (HeaderName::from_static(name), HeaderValue::from_static(value))
        };
        is_direct(&lines.iter().map(header).collect())
    }

    #[test]
    fn a_proxy_or_another_sites_name_sees_nothing() {
        assert!(direct(&[("host", "127.0.0.1:8080")]));
        assert!(direct(&[("host", "localhost")]) && direct(&[("host", "[::1]:80")]));
        assert!(!direct(&[("host", "evil.example:8080")]));
        assert!(!direct(&[]));
        assert!(!direct(&[("host", "127.0.0.1"), ("x-forwarded-for", "1.2.3.4")]));
    }
}
