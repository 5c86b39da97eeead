//! News and discoveries, written by leads in two languages. Every revision is kept; one of them may
//! be public. Markdown is kept as it was typed: it is turned into HTML by the server.

use domain::{SubjectId, Timestamp, VolunteerId};

use crate::{
    ImageRef, Result, Store,
    store::{on_backend, write_on_backend},
};

/// What kind of article.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ArticleKind {
    /// Something to tell.
    News,
    /// Something found.
    Discovery,
}

impl ArticleKind {
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::News => "news",
            Self::Discovery => "discovery",
        }
    }

    pub(crate) fn from_name(name: &str) -> Option<Self> {
        [Self::News, Self::Discovery].into_iter().find(|kind| kind.name() == name)
    }
}

/// The same words in both languages; empty where one is missing.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Bilingual {
    /// English.
    pub en: String,
    /// Chinese.
    pub zh: String,
}

/// What a lead writes.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct ArticleContent {
    /// Plain text.
    pub title: Bilingual,
    /// Plain text.
    pub summary: Bilingual,
    /// Markdown.
    pub body: Bilingual,
    /// Address of a picture on this server.
    pub picture: Option<String>,
    /// Of a discovery: the image it was found in.
    pub subject: Option<SubjectId>,
    /// Of a discovery: who is credited.
    pub finders: Vec<String>,
    /// Of a discovery: how sure it is.
    pub grade: Option<String>,
    /// Of a discovery: right ascension and declination in degrees.
    pub position: Option<(f64, f64)>,
}

/// An article, in its newest or its public revision.
#[derive(Debug, Clone, PartialEq)]
pub struct Article {
    /// Its id.
    pub id: i64,
    /// What kind.
    pub kind: ArticleKind,
    /// Its name in addresses.
    pub slug: String,
    /// The newest revision.
    pub revision: u32,
    /// The public one, if any.
    pub published_revision: Option<u32>,
    /// When it was first published.
    pub published_at: Option<Timestamp>,
    /// When it was begun.
    pub created_at: Timestamp,
    /// When it was last edited, published or withdrawn.
    pub changed_at: Timestamp,
    /// The revision that is shown here.
    pub number: u32,
    /// When that was written.
    pub written_at: Timestamp,
    /// By whom.
    pub author: Option<String>,
    /// What it says.
    pub content: ArticleContent,
    /// The subject's project and its id in the dataset.
    pub subject_name: Option<(String, String)>,
    /// The subject's image.
    pub image: Option<ImageRef>,
}

/// Something done to an article.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ArticleAct {
    /// `create`, `edit`, `publish` or `withdraw`.
    pub act: String,
    /// The revision it made or made public.
    pub revision: u32,
    /// By whom.
    pub by: Option<String>,
    /// When.
    pub at: Timestamp,
}

/// Where a page of a list begins: the moment and the id of the article before it.
pub type ArticlePlace = (Timestamp, i64);

impl Store {
    /// Begins an article; it is a draft.
    ///
    /// # Errors
    /// `Conflict` on `slug` when another article of this kind has it.
    pub async fn create_article(
        &self,
        kind: ArticleKind,
        slug: String,
        content: ArticleContent,
        author: VolunteerId,
    ) -> Result<Article> {
        let now = self.now();
        write_on_backend!(self, "beginning an article", article::create(kind, slug, content, author, now))
    }

    /// Adds a revision. What is public stays as it is until the new one is published.
    ///
    /// # Errors
    /// `NotFound`; `Conflict` on `revision` when `base` is not the newest any more, on `slug` when
    /// another article has it; `Invalid` when the slug of something that was public changes.
    pub async fn edit_article(
        &self,
        id: i64,
        base: u32,
        slug: String,
        content: ArticleContent,
        author: VolunteerId,
    ) -> Result<Article> {
        let now = self.now();
        write_on_backend!(self, "editing an article", article::edit(id, base, slug, content, author, now))
    }

    /// Makes the newest revision public.
    ///
    /// # Errors
    /// `NotFound`; `Conflict` on `revision` when it is not the newest any more, on `subject` when
    /// people are still asked about the image.
    pub async fn publish_article(&self, id: i64, revision: u32, by: VolunteerId) -> Result<Article> {
        let now = self.now();
        write_on_backend!(self, "publishing an article", article::publish(id, revision, by, now))
    }

    /// Makes an article a draft again. Nothing happens to one that is.
    ///
    /// # Errors
    /// `NotFound`.
    pub async fn withdraw_article(&self, id: i64, by: VolunteerId) -> Result<Article> {
        let now = self.now();
        write_on_backend!(self, "withdrawing an article", article::withdraw(id, by, now))
    }

    /// The newest revision of an article.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn article(&self, id: i64) -> Result<Option<Article>> {
        on_backend!(self, read, "reading an article", article::one(id))
    }

    /// The newest revisions, last changed first, without their bodies.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn articles(
        &self,
        kind: Option<ArticleKind>,
        after: Option<ArticlePlace>,
        limit: u32,
    ) -> Result<Vec<Article>> {
        on_backend!(self, read, "reading articles", article::page(kind, after, limit))
    }

    /// The public revision of an article.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn published_article(&self, kind: ArticleKind, slug: &str) -> Result<Option<Article>> {
        let slug = slug.to_owned();
        on_backend!(self, read, "reading an article", article::public(kind, slug))
    }

    /// The public revisions, last published first, without their bodies.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn published_articles(
        &self,
        kind: ArticleKind,
        after: Option<ArticlePlace>,
        limit: u32,
    ) -> Result<Vec<Article>> {
        on_backend!(self, read, "reading articles", article::public_page(kind, after, limit))
    }

    /// What was done to an article, last first; at most 200 acts.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn article_history(&self, id: i64) -> Result<Vec<ArticleAct>> {
        on_backend!(self, read, "reading an article's history", article::history(id))
    }
}
