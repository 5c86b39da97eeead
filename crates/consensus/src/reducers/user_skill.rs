//! How skilled a user is on subjects of known truth, per class, plain and weighted by the
//! difficulty of the subjects, and whether that is enough for the next level.

use super::skill_confusion::{Tables, binary, many_to_many, one_to_one};

/// Keeps an empty row's skill at zero instead of nothing.
const TINY: f64 = 1e-16;

/// One classification of a subject whose truth is known.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct GoldAnswer {
    /// What was said, names as given.
    pub said: Vec<String>,
    /// Further choices offered in the record without having been made; they make classes.
    pub offered: Vec<String>,
    /// What is true.
    pub truth: Vec<String>,
    /// Right or wrong per known feature (binary mode only).
    pub success: Vec<bool>,
}

impl GoldAnswer {
    pub(super) fn lower_said(&self) -> Vec<String> {
        self.said.iter().map(|name| name.to_lowercase()).collect()
    }

    pub(super) fn lower_truth(&self) -> Vec<String> {
        self.truth.iter().map(|name| name.to_lowercase()).collect()
    }
}

/// How answers are compared with truths.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum SkillMode {
    /// Right or wrong per feature.
    #[default]
    Binary,
    /// One answer, one truth.
    OneToOne,
    /// Several of each; mismatches stand against the null class.
    ManyToMany,
}

/// When somebody rises a level.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum LevelUp {
    /// When the mean skill suffices.
    #[default]
    Mean,
    /// When the skill of every class suffices.
    All,
}

/// Settings of [`user_skill`].
#[derive(Debug, Clone, PartialEq)]
pub struct SkillSettings {
    /// How answers are compared.
    pub mode: SkillMode,
    /// Name of the null class.
    pub null_class: String,
    /// Least weighted skill.
    pub skill_threshold: f64,
    /// Least classifications of every class that matters.
    pub count_threshold: u64,
    /// Which skill has to suffice.
    pub level_up: LevelUp,
    /// The classes that matter (as they are named in the result); all but the null class if none.
    pub focus_classes: Option<Vec<String>>,
}

impl Default for SkillSettings {
    fn default() -> Self {
        Self {
            mode: SkillMode::default(),
            null_class: "NONE".to_owned(),
            skill_threshold: 0.7,
            count_threshold: 10,
            level_up: LevelUp::default(),
            focus_classes: None,
        }
    }
}

/// One class.
#[derive(Debug, Clone, PartialEq)]
pub struct ClassSkill {
    /// Its name, in lower case but for the null class (`True` and `False` in binary mode).
    pub class: String,
    /// Comparisons with this truth.
    pub count: u64,
    /// Share of right ones.
    pub skill: f64,
    /// The same weighted by difficulty.
    pub weighted_skill: f64,
}

/// The result.
#[derive(Debug, Clone, PartialEq)]
pub struct UserSkill {
    /// One entry per class, sorted by name with the null class last.
    pub classes: Vec<ClassSkill>,
    /// Counts by truth (row) and answer (column), in the order of `classes`.
    pub confusion: Vec<Vec<u64>>,
    /// Mean of the weighted skills of the classes that matter.
    pub mean_skill: f64,
    /// Whether the user rises a level.
    pub level_up: bool,
}

/// What was passed does not fit together.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SkillError {
    /// One difficulty per answer is needed.
    #[error(
        "{answers} classifications with feedback but {difficulties} subjects with a difficulty: pass one of each per subject"
    )]
    Lengths {
        /// Classifications.
        answers: usize,
        /// Difficulties.
        difficulties: usize,
    },
    /// Binary mode needs one difficulty per feature.
    #[error(
        "classification {at} has {features} features but {difficulties} difficulties: pass one per feature"
    )]
    Features {
        /// Which, from 0.
        at: usize,
        /// Its features.
        features: usize,
        /// Its difficulties.
        difficulties: usize,
    },
    /// One-to-one mode needs one answer and one truth.
    #[error(
        "classification {at} has {said} answers and {truths} truths: one-to-one needs one of each, many-to-many takes several"
    )]
    NotOneToOne {
        /// Which, from 0.
        at: usize,
        /// Its answers.
        said: usize,
        /// Its truths.
        truths: usize,
    },
    /// A class that matters is not among the classes.
    #[error("no answer or truth is of the class `{0}`: take it out of the focus classes")]
    UnknownFocus(String),
}

/// The skill of one user from their classifications of subjects of known truth; `difficulties`
/// holds what [`subject_difficulty`](super::subject_difficulty) gave for each of these subjects.
///
/// # Errors
/// When the two do not fit together, or not with the mode.
pub fn user_skill(
    answers: &[GoldAnswer],
    difficulties: &[Vec<f64>],
    settings: &SkillSettings,
) -> Result<UserSkill, SkillError> {
    if answers.len() != difficulties.len() {
        return Err(SkillError::Lengths { answers: answers.len(), difficulties: difficulties.len() });
    }
    let hard: Vec<f64> = difficulties.iter().map(|easy| 1.0 - mean(easy)).collect();
    let mut classes = names(answers);
    let (pairs, null_class) = match settings.mode {
        SkillMode::Binary => {
            classes = vec!["True".to_owned(), "False".to_owned()];
            (binary(answers, difficulties)?, "False")
        }
        SkillMode::OneToOne => (one_to_one(answers, &hard)?, settings.null_class.as_str()),
        SkillMode::ManyToMany => {
            classes.push(settings.null_class.clone());
            (many_to_many(answers, &hard, &settings.null_class), settings.null_class.as_str())
        }
    };
    let tables = Tables::of(&pairs, &classes);
    let classes: Vec<ClassSkill> = classes
        .into_iter()
        .enumerate()
        .map(|(at, class)| {
            let (counts, weights) = (&tables.counts[at], &tables.weights[at]);
            let count: u64 = counts.iter().sum();
            ClassSkill {
                class,
                count,
                skill: counts[at] as f64 / (count as f64 + TINY),
                weighted_skill: weights[at] / (weights.iter().sum::<f64>() + TINY),
            }
        })
        .collect();
    let matters = matter(&classes, settings.focus_classes.as_deref(), null_class)?;
    let mean_skill =
        matters.iter().map(|class| class.weighted_skill).sum::<f64>() / (matters.len() as f64 + TINY);
    let enough = matters.iter().all(|class| class.count >= settings.count_threshold);
    let suffices = |skill: f64| skill >= settings.skill_threshold;
    let skilled = match settings.level_up {
        LevelUp::Mean => suffices(mean_skill),
        LevelUp::All => matters.iter().all(|class| suffices(class.weighted_skill)),
    };
    Ok(UserSkill { confusion: tables.counts, mean_skill, level_up: skilled && enough, classes })
}

/// Every name said, offered or true, in lower case, sorted.
fn names(answers: &[GoldAnswer]) -> Vec<String> {
    let all =
        answers.iter().flat_map(|answer| answer.said.iter().chain(&answer.offered).chain(&answer.truth));
    let mut names: Vec<String> = all.map(|name| name.to_lowercase()).collect();
    names.sort_unstable();
    names.dedup();
    names
}

fn matter<'a>(
    classes: &'a [ClassSkill],
    focus: Option<&[String]>,
    null_class: &str,
) -> Result<Vec<&'a ClassSkill>, SkillError> {
    match focus {
        None => Ok(classes.iter().filter(|class| class.class != null_class).collect()),
        Some(focus) => focus
            .iter()
            .filter(|name| *name != null_class)
            .map(|name| {
                let found = classes.iter().find(|class| class.class == *name);
                found.ok_or_else(|| SkillError::UnknownFocus(name.clone()))
            })
            .collect(),
    }
}

fn mean(values: &[f64]) -> f64 {
    if values.is_empty() { 0.0 } else { values.iter().sum::<f64>() / values.len() as f64 }
}
