//! `lensfinder serve`: the web app over a workspace, and the loops of projects if asked.

use std::{net::SocketAddr, path::Path, sync::Arc};

use domain::{Digest, Seed};
use server::{RateLimits, ServerConfig, Team, WorkSettings};
use tokio::net::TcpListener;

use super::{run::keep_going, settings};
use crate::{
    arguments::{Place, Serve},
    failure::Failure,
    letters,
    opening::{app, open},
    terminal::Terminal,
};

/// Runs the command.
pub async fn run(wish: Serve, place: Place, terminal: Arc<Terminal>) -> Result<(), Failure> {
    let work: WorkSettings = settings(wish.training.as_deref(), WorkSettings::default())?;
    work.check().map_err(Failure::words)?;
    let context = open(&place, terminal.clone()).await?;
    let mut config = ServerConfig { secure_cookies: wish.https, ..ServerConfig::default() };
    config.entry_quiz = !wish.no_quiz;
    config.show_letters = wish.show_letters;
    work.apply(&mut config);
    config.team = team(context.workspace.root())?;
    if wish.no_rate_limits {
        config.rate_limits = RateLimits::off();
        config.repeatable_ids = true;
    }
    let listener = listen(wish.listen).await?;
    let address = listener.local_addr()?;
    config.public_url = public_url(wish.public_url, address)?;
    config.mail = letters::settings(&context.workspace, address, wish.https, wish.smtp, wish.mail_from)?;
    let public_url = config.public_url.clone();
    let state = app(&context, server_seed(context.workspace.root())?, config);
    eprintln!("Serving http://{address}   (Ctrl-C ends)");
    letters::tell_claim(&context.store, &public_url).await?;
    for slug in wish.run {
        let context = context.clone();
        tokio::spawn(async move {
            if let Err(Failure::Failed(report)) = keep_going(&context, &slug, false).await {
                tracing::error!(slug, %report, "the loop of this project stopped");
            }
        });
    }
    let until = terminal.clone();
    server::serve(state, listener, async move { until.cancelled().await }).await?;
    context.store.close().await;
    Ok(())
}

/// Who runs this server: `team.toml` in the workspace, if it is there.
///
/// ```toml
/// [[member]]
/// name = "…"
/// role_en = "…"
/// role_zh = "…"
/// link = "https://…"   # may be left out
/// ```
fn team(root: &Path) -> Result<Team, Failure> {
    let path = root.join("team.toml");
    let team: Team = settings(path.exists().then_some(path.as_path()), Team::default())?;
    team.check().map_err(|reason| Failure::words(format!("{}: {reason}", path.display())))?;
    Ok(team)
}

/// Where people find the site.
fn public_url(given: Option<String>, address: SocketAddr) -> Result<String, Failure> {
    let Some(url) = given else { return Ok(format!("http://{address}")) };
    let url = url.trim_end_matches('/');
    let rest = url.strip_prefix("https://").or_else(|| url.strip_prefix("http://"));
    if rest.is_none_or(|rest| rest.is_empty() || rest.contains(['/', '#', '?', ' '])) {
        let reason = "write it as https://lens.example.org, without a path";
        return Err(Failure::words(format!("--public-url {url:?}: {reason}")));
    }
    Ok(url.to_owned())
}

/// Opens the port, or says what to do.
///
/// # Errors
/// When the address cannot be had.
pub async fn listen(address: SocketAddr) -> Result<TcpListener, Failure> {
    TcpListener::bind(address)
        .await
        .map_err(|error| Failure::words(format!("cannot listen on {address}: {error}; choose another port")))
}

/// The seed that decides which slots hold training images: made once per workspace, kept from
/// volunteers, and the same after a restart.
fn server_seed(root: &Path) -> Result<Seed, Failure> {
    let path = root.join("server.seed");
    if !path.exists() {
        #[expect(clippy::disallowed_methods, reason = "a secret comes from the system's randomness")]
        let secret = [uuid::Uuid::new_v4().into_bytes(), uuid::Uuid::new_v4().into_bytes()].concat();
        campaign::write_atomically(&path, Digest::of(&secret).to_string().as_bytes())?;
    }
    Ok(Seed::root(0).child(&std::fs::read_to_string(path)?))
}
