//! What a person chose about the site.

use serde::{Deserialize, Serialize};

/// Light or dark.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Theme {
    /// What the device says.
    #[default]
    System,
    /// Light, always.
    Light,
    /// Dark, always.
    Dark,
}

/// A person's choices. Kept as JSON: what an older program wrote is read with the defaults of today.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Preferences {
    /// Light or dark.
    pub theme: Theme,
    /// Whether single keys answer.
    pub shortcuts: bool,
    /// Smaller images, fewer of them ahead.
    pub data_saver: bool,
    /// Whether brightness and zoom stay from one image to the next.
    pub keep_view: bool,
    /// Whether others may see this person in the ranking. A column of its own.
    #[serde(skip)]
    pub in_ranking: bool,
}

impl Default for Preferences {
    fn default() -> Self {
        Self { theme: Theme::System, shortcuts: true, data_saver: false, keep_view: false, in_ranking: false }
    }
}
