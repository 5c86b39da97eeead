//! What people write to the leads, and the leads' inbox. Nothing of it is ever shown to other volunteers.

pub(super) mod done;
pub(super) mod inbox;
pub(super) mod write;

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// What feedback is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum FeedbackKind {
    /// The site.
    Site,
    /// One image.
    Image,
}
