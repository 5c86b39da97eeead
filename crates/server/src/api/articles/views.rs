//! What the endpoints about articles send, made field by field.

use chrono::{DateTime, Utc};
use serde::Serialize;
use store::Article;
use utoipa::ToSchema;

use crate::{api::views::Image, markdown};

use super::{ArticleKind, Bilingual, Grade, content::SubjectName};

/// What is known of a discovery.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub(crate) struct Discovery {
    /// Who is credited, by the names they agreed to.
    pub finders: Vec<String>,
    #[schema(required = true)]
    pub grade: Option<Grade>,
    /// Right ascension (ICRS) in degrees.
    #[schema(required = true)]
    pub ra_deg: Option<f64>,
    /// Declination (ICRS) in degrees.
    #[schema(required = true)]
    pub dec_deg: Option<f64>,
    /// The image it was found in.
    #[schema(required = true)]
    pub image: Option<Image>,
}

/// A published article without its text.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub(crate) struct ArticleCard {
    pub kind: ArticleKind,
    /// Its name in addresses.
    pub slug: String,
    pub title: Bilingual,
    pub summary: Bilingual,
    /// When it was first published.
    #[schema(required = true)]
    pub published_at: Option<DateTime<Utc>>,
    /// Address of a picture on this server.
    #[schema(required = true)]
    pub picture: Option<String>,
    /// Null for news.
    #[schema(required = true)]
    pub discovery: Option<Discovery>,
}

/// A published article.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub(crate) struct ArticlePage {
    #[serde(flatten)]
    pub card: ArticleCard,
    /// The text as HTML that is safe to put into a page; empty where a language is missing.
    pub html: Bilingual,
    /// When the text was last changed.
    pub written_at: DateTime<Utc>,
    /// Null for people who left.
    #[schema(required = true)]
    pub author: Option<String>,
}

/// An article in a lead's list: its newest revision.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub(crate) struct LeadArticleCard {
    pub id: i64,
    pub kind: ArticleKind,
    pub slug: String,
    pub title: Bilingual,
    /// The newest revision.
    pub revision: u32,
    /// The public one; null for a draft.
    #[schema(required = true)]
    pub published_revision: Option<u32>,
    #[schema(required = true)]
    pub published_at: Option<DateTime<Utc>>,
    pub changed_at: DateTime<Utc>,
    #[schema(required = true)]
    pub author: Option<String>,
}

/// An article as a lead edits it: its newest revision, and what was done to it.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub(crate) struct LeadArticle {
    #[serde(flatten)]
    pub card: LeadArticleCard,
    pub summary: Bilingual,
    /// Markdown.
    pub body: Bilingual,
    #[schema(required = true)]
    pub picture: Option<String>,
    /// Null for news.
    #[schema(required = true)]
    pub discovery: Option<LeadDiscovery>,
    /// Last first; at most 200.
    pub history: Vec<ArticleAct>,
}

/// A discovery as a lead edits it.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub(crate) struct LeadDiscovery {
    #[serde(flatten)]
    pub facts: Discovery,
    /// What the image is called.
    #[schema(required = true)]
    pub subject: Option<SubjectName>,
}

/// Something done to an article.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub(crate) struct ArticleAct {
    pub act: ActKind,
    /// The revision it made, published or withdrew.
    pub revision: u32,
    /// Null for people who left.
    #[schema(required = true)]
    pub by: Option<String>,
    pub at: DateTime<Utc>,
}

/// What can be done to an article.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum ActKind {
    Create,
    Edit,
    Publish,
    Withdraw,
}

impl Discovery {
    fn of(article: &Article) -> Option<Self> {
        let content = &article.content;
        (article.kind == store::ArticleKind::Discovery).then(|| Self {
            finders: content.finders.clone(),
            grade: content.grade.as_deref().and_then(Grade::from_name),
            ra_deg: content.position.map(|(ra, _)| ra),
            dec_deg: content.position.map(|(_, dec)| dec),
            image: article.image.as_ref().map(Image::of),
        })
    }
}

impl From<Article> for ArticleCard {
    fn from(article: Article) -> Self {
        let discovery = Discovery::of(&article);
        let thumbnail = article.image.map(|image| format!("/api/v1/images/{}.jpg", image.digest));
        Self {
            kind: article.kind.into(),
            slug: article.slug,
            title: article.content.title.into(),
            summary: article.content.summary.into(),
            published_at: article.published_at,
            picture: article.content.picture.or(thumbnail),
            discovery,
        }
    }
}

impl From<Article> for ArticlePage {
    fn from(article: Article) -> Self {
        let body = Bilingual::from(article.content.body.clone());
        Self {
            html: body.map(markdown::to_html),
            written_at: article.written_at,
            author: article.author.clone(),
            card: article.into(),
        }
    }
}

impl From<Article> for LeadArticleCard {
    fn from(article: Article) -> Self {
        Self {
            id: article.id,
            kind: article.kind.into(),
            slug: article.slug,
            title: article.content.title.into(),
            revision: article.revision,
            published_revision: article.published_revision,
            published_at: article.published_at,
            changed_at: article.changed_at,
            author: article.author,
        }
    }
}

impl LeadArticle {
    pub fn of(article: Article, history: Vec<store::ArticleAct>) -> Self {
        let subject = article.subject_name.clone();
        let subject = subject.map(|(project, image)| SubjectName { project, image });
        Self {
            summary: article.content.summary.clone().into(),
            body: article.content.body.clone().into(),
            picture: article.content.picture.clone(),
            discovery: Discovery::of(&article).map(|facts| LeadDiscovery { facts, subject }),
            history: history.into_iter().map(ArticleAct::from).collect(),
            card: article.into(),
        }
    }
}

impl From<store::ArticleAct> for ArticleAct {
    fn from(done: store::ArticleAct) -> Self {
        let act = match done.act.as_str() {
            "create" => ActKind::Create,
            "publish" => ActKind::Publish,
            "withdraw" => ActKind::Withdraw,
            _ => ActKind::Edit,
        };
        Self { act, revision: done.revision, by: done.by, at: done.at }
    }
}
