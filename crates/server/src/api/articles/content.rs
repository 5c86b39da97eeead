//! What a lead sends, checked: bounded, in form, and naming only what exists here.

use serde::{Deserialize, Serialize};
use store::ArticleContent;
use utoipa::ToSchema;

use crate::{markdown, problem::Problem, state::AppState, text};

use super::{ArticleKind, Bilingual, Grade};

/// Characters.
const LONGEST_SLUG: usize = 80;
const LONGEST_TITLE: usize = 160;
const LONGEST_SUMMARY: usize = 500;
const LONGEST_BODY: usize = 60_000;
const LONGEST_NAME: usize = 80;
const MOST_FINDERS: usize = 50;

/// What an article says. Either language may be missing as long as it is a draft.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct NewContent {
    /// Its name in addresses: small letters, digits and single hyphens, at most 80.
    #[schema(max_length = 80, pattern = "^[a-z0-9]+(-[a-z0-9]+)*$")]
    pub slug: String,
    /// Plain text, at most 160 characters each.
    title: Bilingual,
    /// Plain text, at most 500 characters each.
    summary: Bilingual,
    /// Markdown, at most 60,000 characters each. HTML in it is dropped.
    body: Bilingual,
    /// Address of a picture on this server, such as an upload returns.
    picture: Option<String>,
    /// Needed for a discovery, and only there.
    discovery: Option<NewDiscovery>,
}

/// What is known of a discovery.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct NewDiscovery {
    /// Names to be credited, as their owners agreed to; at most 50.
    #[serde(default)]
    #[schema(max_items = 50)]
    finders: Vec<String>,
    grade: Option<Grade>,
    #[schema(minimum = 0, exclusive_maximum = 360)]
    ra_deg: Option<f64>,
    #[schema(minimum = -90, maximum = 90)]
    dec_deg: Option<f64>,
    /// The image it was found in.
    subject: Option<SubjectName>,
}

/// What an image of the survey is called.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct SubjectName {
    /// The project's name in addresses.
    #[schema(max_length = 80)]
    pub project: String,
    /// The image's id in its dataset.
    #[schema(max_length = 200)]
    pub image: String,
}

impl NewContent {
    /// The checked content of an article of this kind.
    pub async fn check(
        self,
        kind: ArticleKind,
        state: &AppState,
    ) -> Result<(String, ArticleContent), Problem> {
        let slug = slug(&self.slug)?;
        let picture = self.picture.filter(|address| !address.is_empty());
        if picture.as_deref().is_some_and(|address| !markdown::is_own_image(address)) {
            return Err(Problem::field("picture", "Upload the picture and give the address that it gets."));
        }
        let mut content = ArticleContent {
            title: both(&self.title, |words| text::line("title", words, LONGEST_TITLE))?,
            summary: both(&self.summary, |words| text::line("summary", words, LONGEST_SUMMARY))?,
            body: both(&self.body, |words| text::prose("body", words, LONGEST_BODY))?,
            picture,
            ..ArticleContent::default()
        };
        match (kind, self.discovery) {
            (ArticleKind::News, None) => {}
            (ArticleKind::Discovery, Some(facts)) => facts.check(&mut content, state).await?,
            (ArticleKind::News, Some(_)) => {
                return Err(Problem::field("discovery", "News have none; make a discovery instead."));
            }
            (ArticleKind::Discovery, None) => {
                return Err(Problem::field(
                    "discovery",
                    "Say what is known of it, even if that is nothing yet.",
                ));
            }
        }
        if content.title.en.is_empty() && content.title.zh.is_empty() {
            return Err(Problem::field("title", "Give a title in at least one language."));
        }
        Ok((slug, content))
    }
}

impl NewDiscovery {
    async fn check(self, content: &mut ArticleContent, state: &AppState) -> Result<(), Problem> {
        if self.finders.len() > MOST_FINDERS {
            return Err(Problem::field("discovery.finders", "At most 50 names fit here."));
        }
        for name in &self.finders {
            let name = text::line("discovery.finders", name, LONGEST_NAME)?;
            if !name.is_empty() {
                content.finders.push(name);
            }
        }
        content.grade = self.grade.map(|grade| grade.name().to_owned());
        content.position = match (self.ra_deg, self.dec_deg) {
            (None, None) => None,
            (Some(ra), _) if !(0.0..360.0).contains(&ra) => {
                return Err(Problem::field(
                    "discovery.ra_deg",
                    "Right ascension is at least 0 and below 360.",
                ));
            }
            (_, Some(dec)) if !(-90.0..=90.0).contains(&dec) => {
                return Err(Problem::field("discovery.dec_deg", "Declination lies between -90 and 90."));
            }
            (Some(ra), Some(dec)) => Some((ra, dec)),
            (None, Some(_)) => return Err(Problem::field("discovery.ra_deg", "Give both, or neither.")),
            (Some(_), None) => return Err(Problem::field("discovery.dec_deg", "Give both, or neither.")),
        };
        let Some(name) = self.subject else { return Ok(()) };
        let unknown = || Problem::field("discovery.subject", "No image of this project has this name.");
        if name.project.len() > 200 || name.image.len() > 400 {
            return Err(unknown());
        }
        let project = state.store.project(&name.project).await?.ok_or_else(unknown)?;
        let found = state.store.subject_ids(project.id, vec![name.image.clone()]).await?;
        content.subject = Some(*found.get(&name.image).ok_or_else(unknown)?);
        Ok(())
    }
}

/// Small letters and digits in groups joined by single hyphens.
fn slug(slug: &str) -> Result<String, Problem> {
    let is_word =
        |word: &str| !word.is_empty() && word.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit());
    if slug.len() <= LONGEST_SLUG && slug.split('-').all(is_word) {
        return Ok(slug.to_owned());
    }
    Err(Problem::field(
        "slug",
        "Use small letters and digits, with single hyphens between words; at most 80.",
    ))
}

fn both(
    words: &Bilingual,
    check: impl Fn(&str) -> Result<String, Problem>,
) -> Result<store::Bilingual, Problem> {
    Ok(store::Bilingual { en: check(&words.en)?, zh: check(&words.zh)? })
}

/// What must be there before everybody sees it: title and text in at least one language.
pub(super) fn check_complete(content: &ArticleContent) -> Result<(), Problem> {
    let languages = [(&content.title.en, &content.body.en), (&content.title.zh, &content.body.zh)];
    let complete = |(title, body): &(&String, &String)| !title.is_empty() && !body.is_empty();
    if !languages.iter().any(complete) {
        return Err(Problem::field("body", "Title and text must be there in at least one language."));
    }
    if languages.iter().any(|(title, body)| title.is_empty() != body.is_empty()) {
        return Err(Problem::field("title", "A language has either both title and text, or neither."));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_plain() {
        for right in ["a", "first-light", "2026-11-arcs"] {
            assert_eq!(slug(right), Ok(right.to_owned()));
        }
        for wrong in ["", "-", "a-", "-a", "a--b", "A", "a b", "透镜", "a/b", "..", &"a".repeat(81)] {
            assert_eq!(slug(wrong).expect_err(wrong).field.as_deref(), Some("slug"));
        }
    }

    #[test]
    fn half_a_language_is_not_published() {
        let content = |title_en: &str, body_en: &str, title_zh: &str, body_zh: &str| ArticleContent {
            title: store::Bilingual { en: title_en.into(), zh: title_zh.into() },
            body: store::Bilingual { en: body_en.into(), zh: body_zh.into() },
            ..ArticleContent::default()
        };
        assert!(check_complete(&content("t", "b", "", "")).is_ok());
        assert!(check_complete(&content("", "", "题", "文")).is_ok());
        for wrong in [content("", "", "", ""), content("t", "", "", ""), content("t", "b", "题", "")] {
            assert!(check_complete(&wrong).is_err());
        }
    }
}
