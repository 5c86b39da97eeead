//! How a served site writes to people, and the link for its first admin.

use std::{io::IsTerminal as _, net::SocketAddr};

use campaign::Workspace;
use server::{MailRoute, MailSettings};
use store::Store;

use crate::failure::Failure;

/// Letters go to the mail server if one is named, into the workspace's folder `mail` if only this machine
/// can reach the site, else nowhere.
///
/// # Errors
/// When the mail server's or the sender's address cannot be used.
pub fn settings(
    workspace: &Workspace,
    listening: SocketAddr,
    https: bool,
    smtp: Option<String>,
    from: String,
) -> Result<Option<MailSettings>, Failure> {
    let route = match smtp {
        Some(url) => MailRoute::Smtp(url),
        None if listening.ip().is_loopback() && !https => folder(workspace),
        None => {
            eprintln!(
                "No letters are sent (no --smtp): nobody can verify an address or choose a new password."
            );
            return Ok(None);
        }
    };
    let settings = MailSettings { route, from };
    settings.check().map_err(Failure::words)?;
    Ok(Some(settings))
}

/// Where letters lie that nobody is sent.
#[must_use]
pub fn folder(workspace: &Workspace) -> MailRoute {
    MailRoute::Folder(workspace.root().join("mail"))
}

/// Shows the link for the first admin, if there is none, to the person at the terminal. What is written
/// into a file may be a log, which is no place for it.
///
/// # Errors
/// When the database fails.
pub async fn tell_claim(store: &Store, public_url: &str) -> Result<(), Failure> {
    if store.has_admin().await? {
        return Ok(());
    }
    if !std::io::stderr().is_terminal() {
        eprintln!("Nobody can give roles yet: `lensfinder account claim` makes a link for the first admin.");
        return Ok(());
    }
    if let Some(link) = server::claim_link(store, public_url).await? {
        eprintln!(
            "\nNobody can give roles yet. Whoever opens this link within 24 hours becomes the first admin:"
        );
        eprintln!("\n  {link}\n\nIt works once. `lensfinder account claim` makes another.");
    }
    Ok(())
}
