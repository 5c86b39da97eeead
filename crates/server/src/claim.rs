//! How a site gets its first admin: a link that whoever runs the server reads on its console and opens
//! in a browser. It works once, for a day, and only while there is no admin.

use std::time::Duration;

use store::{Store, StoreError};

use crate::secret::Secret;

/// How long the link works.
pub const CLAIM_LIFETIME: Duration = Duration::from_secs(24 * 3600);

/// Makes a link, in place of any before; `None` when there is an admin. Show it to the person at the
/// console and write it nowhere else.
///
/// # Errors
/// When the database fails or the system has no randomness.
pub async fn claim_link(store: &Store, public_url: &str) -> Result<Option<String>, StoreError> {
    let secret = Secret::generate().map_err(|problem| StoreError::Conflict {
        what: "the link for the first admin",
        reason: problem.detail,
    })?;
    let open = store.open_claim(secret.digest(), CLAIM_LIFETIME).await?;
    Ok(open.then(|| format!("{public_url}/admin/claim#{}", secret.text())))
}
