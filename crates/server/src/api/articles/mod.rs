//! News and discoveries: what everybody reads, and what leads write. One endpoint a file; what they share
//! is here and in `content`.

mod content;
mod create;
mod edit;
mod lead_list;
mod lead_one;
mod list;
mod one;
mod preview;
mod publish;
mod upload;
mod uploaded;
mod views;
mod withdraw;

use axum::extract::DefaultBodyLimit;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};

use crate::state::AppState;

/// Most bytes of an article written as JSON: two bodies, every character escaped.
pub(super) const LARGEST_ARTICLE: usize = 1024 * 1024;
/// Most bytes of a picture.
pub(super) const LARGEST_PICTURE: usize = 12 * 1024 * 1024;

/// The endpoints, each group with the size of body that it needs.
pub(super) fn router() -> OpenApiRouter<AppState> {
    let texts = OpenApiRouter::new()
        .routes(routes!(lead_list::lead_articles, create::create_article))
        .routes(routes!(lead_one::lead_article, edit::edit_article))
        .routes(routes!(preview::preview))
        .layer(DefaultBodyLimit::max(LARGEST_ARTICLE));
    let pictures =
        OpenApiRouter::new().routes(routes!(upload::upload)).layer(DefaultBodyLimit::max(LARGEST_PICTURE));
    OpenApiRouter::new()
        .routes(routes!(list::articles))
        .routes(routes!(one::article))
        .routes(routes!(publish::publish_article, withdraw::withdraw_article))
        .routes(routes!(uploaded::uploaded))
        .merge(texts)
        .merge(pictures)
}

/// What kind of article.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum ArticleKind {
    News,
    Discovery,
}

impl From<store::ArticleKind> for ArticleKind {
    fn from(kind: store::ArticleKind) -> Self {
        match kind {
            store::ArticleKind::News => Self::News,
            store::ArticleKind::Discovery => Self::Discovery,
        }
    }
}

impl From<ArticleKind> for store::ArticleKind {
    fn from(kind: ArticleKind) -> Self {
        match kind {
            ArticleKind::News => Self::News,
            ArticleKind::Discovery => Self::Discovery,
        }
    }
}

/// The same words in both languages; empty where one is missing.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Bilingual {
    pub en: String,
    pub zh: String,
}

impl Bilingual {
    /// Both, each made into something else.
    fn map(&self, change: impl Fn(&str) -> String) -> Self {
        Self { en: change(&self.en), zh: change(&self.zh) }
    }
}

impl From<store::Bilingual> for Bilingual {
    fn from(words: store::Bilingual) -> Self {
        Self { en: words.en, zh: words.zh }
    }
}

/// How sure a discovery is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Grade {
    /// A lens, as far as an image can tell.
    A,
    /// Probably one.
    B,
    /// Perhaps one.
    C,
    /// Confirmed by other means, such as a spectrum.
    Confirmed,
}

impl Grade {
    const ALL: [(Self, &'static str); 4] =
        [(Self::A, "a"), (Self::B, "b"), (Self::C, "c"), (Self::Confirmed, "confirmed")];

    fn name(self) -> &'static str {
        Self::ALL.iter().find(|(grade, _)| *grade == self).map_or("c", |(_, name)| name)
    }

    fn from_name(name: &str) -> Option<Self> {
        Self::ALL.iter().find(|(_, known)| *known == name).map(|(grade, _)| *grade)
    }
}
