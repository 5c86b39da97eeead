//! Opens a workspace and its database for a command.

use std::{path::Path, sync::Arc};

use campaign::{Context, Workspace};
use domain::{Clock, Seed};
use finder::DeviceChoice;
use server::{AppState, ServerConfig};
use store::Store;

use crate::{arguments::Place, clock::SystemClock, failure::Failure, terminal::Terminal};

/// Everything a command that touches state needs.
///
/// # Errors
/// When the folder or the database cannot be opened.
pub async fn open(place: &Place, terminal: Arc<Terminal>) -> Result<Context, Failure> {
    open_at(&place.workspace, place.database.as_deref(), place.device, terminal).await
}

/// The same, from its parts.
///
/// # Errors
/// As [`open`].
pub async fn open_at(
    folder: &Path,
    database: Option<&str>,
    device: DeviceChoice,
    terminal: Arc<Terminal>,
) -> Result<Context, Failure> {
    let workspace = Workspace::open(folder)?;
    let clock: Arc<dyn Clock> = Arc::new(SystemClock);
    let usual = workspace.database_url();
    let store = Store::connect(database.unwrap_or(&usual), clock.clone()).await?;
    Ok(Context { store, workspace, device, clock, progress: terminal })
}

/// The state of a web server over this workspace.
#[must_use]
pub fn app(context: &Context, seed: Seed, mut config: ServerConfig) -> AppState {
    let (workspace, placing) = (&context.workspace, &mut config.placing);
    placing.indexes.get_or_insert_with(|| workspace.indexes());
    placing.catalogues.get_or_insert_with(|| workspace.catalogues());
    AppState::new(context.store.clone(), context.workspace.images(), context.clock.clone(), seed, config)
}
