//! Running the application on a listener until it is told to stop.

use std::{io, net::SocketAddr, time::Duration};

use axum::serve::ListenerExt;
use tokio::net::TcpListener;

use crate::{app::router, state::AppState};

/// Time for requests in flight after the call to stop.
const LAST_REQUESTS: Duration = Duration::from_secs(10);
/// How often sessions, links and tokens that ended are swept out.
const SWEEP: Duration = Duration::from_secs(3600);

/// Serves until `shutdown` completes; then event streams end, requests in flight get 10 s, and the
/// call returns. The store stays open: closing it is the caller's.
///
/// # Errors
/// When the listener fails for good.
pub async fn serve(
    state: AppState,
    listener: TcpListener,
    shutdown: impl Future<Output = ()> + Send + 'static,
) -> io::Result<()> {
    let mut closing = state.closing.subscribe();
    let signal = {
        let state = state.clone();
        async move {
            shutdown.await;
            state.closing.send_replace(true);
        }
    };
    let sweeper = tokio::spawn(sweep(state.clone()));
    let last_letters = state.clone();
    let app = router(state).into_make_service_with_connect_info::<SocketAddr>();
    // Small answers must not wait for each other.
    let listener = listener.tap_io(|stream| {
        if let Err(error) = stream.set_nodelay(true) {
            tracing::debug!(%error, "TCP_NODELAY was refused");
        }
    });
    let server = axum::serve(listener, app).with_graceful_shutdown(signal);
    let patience = async move {
        // An error means that the state is gone, which is as good as closing.
        let _ = closing.wait_for(|closing| *closing).await;
        tokio::time::sleep(LAST_REQUESTS).await;
    };
    let result = tokio::select! {
        result = server.into_future() => result,
        () = patience => Ok(()),
    };
    sweeper.abort();
    last_letters.post.finish().await;
    result
}

async fn sweep(state: AppState) {
    let mut ticks = tokio::time::interval(SWEEP);
    loop {
        ticks.tick().await;
        let sessions = state.store.delete_expired_sessions().await;
        let links = state.store.delete_expired_links().await;
        let tokens = state.store.delete_expired_api_tokens().await;
        let pictures = state.store.delete_unsent_placements(state.config.placing.keep_unsent).await;
        for (what, outcome) in
            [("sessions", sessions), ("links", links), ("tokens", tokens), ("pictures", pictures)]
        {
            match outcome {
                Ok(count) => tracing::debug!(what, count, "swept out what is over"),
                Err(error) => tracing::warn!(what, %error, "what is over could not be swept out"),
            }
        }
    }
}
