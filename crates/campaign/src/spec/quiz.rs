//! What people are taught before they are asked: the entry quiz and the images to practise on.

use serde::{Deserialize, Serialize};

use crate::CampaignError;

/// The entry quiz and the practice images of a project, all from its training set and apart from the
/// images that are mixed into the volunteers' stream.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct QuizSettings {
    /// Questions in an attempt; 0 for no quiz, and then everybody may classify at once.
    pub questions: usize,
    /// Right answers that pass.
    pub pass_mark: usize,
    /// Images to practise on.
    pub practice_images: usize,
    /// Questions chosen by hand; an attempt draws from these. Empty: three times as many as an attempt
    /// has, drawn from clear lenses, look-alikes and plain clusters.
    pub chosen: Vec<ChosenQuestion>,
}

/// A question chosen by hand.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ChosenQuestion {
    /// The image's id in the training set.
    pub id: String,
    /// What to say after the answer, in English; without it the usual words for its kind.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub en: Option<String>,
    /// The same in Chinese.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub zh: Option<String>,
}

impl Default for QuizSettings {
    fn default() -> Self {
        Self { questions: 10, pass_mark: 7, practice_images: 40, chosen: Vec::new() }
    }
}

/// Longest text of a question, in characters: two or three sentences.
const LONGEST_TEXT: usize = 600;

impl QuizSettings {
    /// Whether these are the usual settings, which a stored project need not repeat.
    #[must_use]
    pub fn is_usual(&self) -> bool {
        *self == Self::default()
    }

    /// Whether this image of the training set is a question chosen by hand.
    #[must_use]
    pub fn is_chosen(&self, id: &str) -> bool {
        self.chosen.iter().any(|question| question.id == id)
    }

    pub(super) fn check(&self) -> Result<(), CampaignError> {
        let wrong = |field, reason: &str| Err(CampaignError::Setting { field, reason: reason.to_owned() });
        if self.questions > 50 {
            return wrong("quiz.questions", "give at most 50, or nobody gets to the end");
        }
        if self.questions > 0 && !(1..=self.questions).contains(&self.pass_mark) {
            return wrong("quiz.pass_mark", "give at least 1 and at most `quiz.questions`");
        }
        if self.practice_images > 1000 {
            return wrong("quiz.practice_images", "give at most 1000");
        }
        if !self.chosen.is_empty() && self.chosen.len() < self.questions {
            return wrong("quiz.chosen", "choose at least as many as `quiz.questions`, or none");
        }
        let long =
            |text: &Option<String>| text.as_ref().is_some_and(|text| text.chars().count() > LONGEST_TEXT);
        if self.chosen.iter().any(|question| long(&question.en) || long(&question.zh)) {
            return wrong("quiz.chosen", "a text has at most 600 characters");
        }
        let mut ids: Vec<&str> = self.chosen.iter().map(|question| question.id.as_str()).collect();
        ids.sort_unstable();
        if ids.windows(2).any(|pair| pair[0] == pair[1]) {
            return wrong("quiz.chosen", "an image is chosen twice");
        }
        Ok(())
    }
}
