//! Which of two answers is the one looked for ("lens"), for methods and formats that know two.

use crate::{
    NeverTruths, VotesError,
    swap_log::{LENS, NOT},
};

/// Names of what is looked for, in lower case.
const USUAL: [&str; 11] =
    ["lens", "1", "yes", "true", "positive", "pos", "marked", "real", "signal", "present", "y"];

/// The choice.
#[derive(Debug, Clone, Default)]
pub struct Positive {
    /// The label chosen by a person.
    pub chosen: Option<String>,
    /// Answers that are neither.
    pub never: NeverTruths,
}

impl Positive {
    /// The place of the positive one among what can be true; with a usual name, else the last one.
    ///
    /// # Errors
    /// When there are more than two, or the one chosen is not among them.
    pub fn among(&self, classes: &[String]) -> Result<usize, VotesError> {
        if classes.len() > 2 {
            return Err(VotesError::Choice(format!(
                "SWAP knows two truths, but there are {}: {}. Leave some aside with --not-a-class, or choose another method",
                classes.len(),
                classes.join(", ")
            )));
        }
        match &self.chosen {
            Some(chosen) => classes.iter().position(|class| class == chosen).ok_or_else(|| {
                VotesError::Choice(format!(
                    "--positive {chosen}: no such label; there are {}",
                    classes.join(", ")
                ))
            }),
            None => {
                let usual = |class: &String| USUAL.contains(&class.to_lowercase().as_str());
                Ok(classes.iter().position(usual).unwrap_or(classes.len().saturating_sub(1)))
            }
        }
    }

    /// LENS, NOT or UNSURE for each label.
    pub(crate) fn as_swap(&self, labels: &[String]) -> Result<Vec<&'static str>, VotesError> {
        let mut classes: Vec<String> =
            labels.iter().filter(|label| !self.never.contains(label)).cloned().collect();
        classes.sort_unstable();
        let positive = self.among(&classes)?;
        // One label alone is what was looked for only if its name says so.
        let alone = classes.len() == 1
            && self.chosen.is_none()
            && !USUAL.contains(&classes[0].to_lowercase().as_str());
        Ok(labels
            .iter()
            .map(|label| match classes.iter().position(|class| class == label) {
                None => "UNSURE",
                Some(class) if class == positive && !alone => LENS,
                Some(_) => NOT,
            })
            .collect())
    }
}
