//! `lensfinder serve`: the web app over a workspace, and the loops of projects if asked.

use std::{path::Path, sync::Arc};

use domain::{Digest, Seed};
use server::{RateLimits, ServerConfig, WorkSettings};
use tokio::net::TcpListener;

use super::{run::keep_going, settings};
use crate::{
    arguments::{Place, Serve},
    failure::Failure,
    opening::{app, open},
    terminal::Terminal,
};

/// Runs the command.
pub async fn run(wish: Serve, place: Place, terminal: Arc<Terminal>) -> Result<(), Failure> {
    let work: WorkSettings = settings(wish.training.as_deref(), WorkSettings::default())?;
    work.check().map_err(Failure::words)?;
    let context = open(&place, terminal.clone()).await?;
    let mut config = ServerConfig { secure_cookies: wish.https, ..ServerConfig::default() };
    work.apply(&mut config);
    if wish.no_rate_limits {
        config.rate_limits = RateLimits::off();
    }
    let state = app(&context, server_seed(context.workspace.root())?, config);
    let listener = listen(wish.listen).await?;
    eprintln!("Serving http://{}   (Ctrl-C ends)", listener.local_addr()?);
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

/// Opens the port, or says what to do.
///
/// # Errors
/// When the address cannot be had.
pub async fn listen(address: std::net::SocketAddr) -> Result<TcpListener, Failure> {
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
