//! The subcommands, one file each.

pub mod account;
pub mod aggregate;
pub mod audit;
pub mod catalogue;
pub mod crowd;
pub mod demo;
pub mod doctor;
pub mod download;
pub mod evaluate;
pub mod export;
pub mod index;
pub mod ingest;
pub mod lens;
pub mod model;
pub mod project;
pub mod realism;
pub mod review;
pub mod run;
pub mod score;
pub mod serve;
pub mod simulate;
pub mod solve;
pub mod train;

use serde::Serialize;

use crate::failure::Failure;

/// Prints a result: as JSON when asked for, else as these words.
pub(crate) fn tell(json: bool, value: &impl Serialize, words: &str) -> Result<(), Failure> {
    if json { print(&serde_json::to_string(value)?) } else { print(words) }
}

/// Prints a line on standard output; [`Failure::Unread`] when nobody reads it any more.
fn print(line: &str) -> Result<(), Failure> {
    use std::io::Write as _;
    let mut out = std::io::stdout().lock();
    writeln!(out, "{line}").and_then(|()| out.flush()).map_err(|error| match error.kind() {
        std::io::ErrorKind::BrokenPipe => Failure::Unread,
        _ => error.into(),
    })
}

/// Runs blocking work off the event loop.
async fn heavy<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, Failure> + Send + 'static,
) -> Result<T, Failure> {
    tokio::task::spawn_blocking(work).await.map_err(Failure::words)?
}

/// Reads settings from a TOML file, or takes the usual ones.
fn settings<T: serde::de::DeserializeOwned>(path: Option<&std::path::Path>, usual: T) -> Result<T, Failure> {
    let Some(path) = path else { return Ok(usual) };
    let text =
        std::fs::read_to_string(path).map_err(|e| Failure::words(format!("{}: {e}", path.display())))?;
    toml::from_str(&text).map_err(|e| Failure::words(format!("{}: {e}", path.display())))
}
