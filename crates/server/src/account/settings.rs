//! A person's settings as the API speaks of them; what they do is left to the pages.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// The languages of the web app and of letters.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Language {
    #[default]
    En,
    Zh,
}

impl Language {
    pub const fn code(self) -> &'static str {
        match self {
            Self::En => "en",
            Self::Zh => "zh",
        }
    }

    /// English for whatever is not Chinese.
    pub fn of(code: &str) -> Self {
        if code.starts_with("zh") { Self::Zh } else { Self::En }
    }
}

/// Light or dark.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Theme {
    System,
    Light,
    Dark,
}

impl From<store::Theme> for Theme {
    fn from(theme: store::Theme) -> Self {
        match theme {
            store::Theme::System => Self::System,
            store::Theme::Light => Self::Light,
            store::Theme::Dark => Self::Dark,
        }
    }
}

impl From<Theme> for store::Theme {
    fn from(theme: Theme) -> Self {
        match theme {
            Theme::System => Self::System,
            Theme::Light => Self::Light,
            Theme::Dark => Self::Dark,
        }
    }
}

/// What a person chose about the site.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub(crate) struct Settings {
    pub language: Language,
    pub theme: Theme,
    /// Whether single keys answer.
    pub shortcuts: bool,
    /// Smaller images, fewer of them ahead.
    pub data_saver: bool,
    /// Whether brightness and zoom stay from one image to the next.
    pub keep_view: bool,
    /// Whether others may see this person in the ranking.
    pub in_ranking: bool,
}

impl Settings {
    pub fn of(volunteer: &store::Volunteer) -> Self {
        let chosen = &volunteer.preferences;
        Self {
            language: Language::of(&volunteer.language),
            theme: chosen.theme.into(),
            shortcuts: chosen.shortcuts,
            data_saver: chosen.data_saver,
            keep_view: chosen.keep_view,
            in_ranking: chosen.in_ranking,
        }
    }
}
