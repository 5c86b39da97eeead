//! Pairs of (truth, answer) with weights, for each way of comparing an answer with its truth,
//! and the tables of them.

use super::{GoldAnswer, SkillError};

/// Easy subjects keep at least this weight.
const LEAST_WEIGHT: f64 = 0.05;

/// One comparison.
pub(super) struct Pair {
    pub(super) truth: String,
    pub(super) said: String,
    /// Larger for a right answer on a difficult subject and a wrong one on an easy subject.
    pub(super) weight: f64,
}

/// A table by (truth, answer), unweighted and weighted.
pub(super) struct Tables {
    pub(super) counts: Vec<Vec<u64>>,
    pub(super) weights: Vec<Vec<f64>>,
}

impl Tables {
    /// Pairs with a name that is no class are left out.
    pub(super) fn of(pairs: &[Pair], classes: &[String]) -> Self {
        let k = classes.len();
        let mut tables = Self { counts: vec![vec![0; k]; k], weights: vec![vec![0.0; k]; k] };
        let at = |name: &str| classes.iter().position(|class| class == name);
        for pair in pairs {
            if let (Some(truth), Some(said)) = (at(&pair.truth), at(&pair.said)) {
                tables.counts[truth][said] += 1;
                tables.weights[truth][said] += pair.weight.clamp(LEAST_WEIGHT, 1.0);
            }
        }
        tables
    }
}

/// Right or wrong per feature; `difficulty` is per feature too.
pub(super) fn binary(answers: &[GoldAnswer], difficulties: &[Vec<f64>]) -> Result<Vec<Pair>, SkillError> {
    let mut pairs = Vec::new();
    for (at, (answer, difficulty)) in answers.iter().zip(difficulties).enumerate() {
        if answer.success.len() != difficulty.len() {
            return Err(SkillError::Features {
                at,
                features: answer.success.len(),
                difficulties: difficulty.len(),
            });
        }
        for (success, easy) in answer.success.iter().zip(difficulty) {
            let said = if *success { "True" } else { "False" };
            let hard = 1.0 - easy;
            let weight = if *success { hard } else { 1.0 - hard };
            pairs.push(Pair { truth: "True".to_owned(), said: said.to_owned(), weight });
        }
    }
    Ok(pairs)
}

/// One answer against one truth each.
pub(super) fn one_to_one(answers: &[GoldAnswer], hard: &[f64]) -> Result<Vec<Pair>, SkillError> {
    let mut pairs = Vec::new();
    for (at, (answer, hard)) in answers.iter().zip(hard).enumerate() {
        let (said, truth) = (answer.lower_said(), answer.lower_truth());
        let ([said], [truth]) = (said.as_slice(), truth.as_slice()) else {
            return Err(SkillError::NotOneToOne { at, said: said.len(), truths: truth.len() });
        };
        let weight = if said == truth { *hard } else { 1.0 - hard };
        pairs.push(Pair { truth: truth.clone(), said: said.clone(), weight });
    }
    Ok(pairs)
}

/// Several answers against several truths: what was said without being true, or true without
/// being said, stands against the null class.
pub(super) fn many_to_many(answers: &[GoldAnswer], hard: &[f64], null_class: &str) -> Vec<Pair> {
    let mut pairs = Vec::new();
    for (answer, hard) in answers.iter().zip(hard) {
        let (said, truth) = (answer.lower_said(), answer.lower_truth());
        let mut names: Vec<&String> = said.iter().chain(&truth).collect();
        names.sort_unstable();
        names.dedup();
        for name in names {
            let or_null = |there: bool| if there { name.clone() } else { null_class.to_owned() };
            let pair = Pair {
                truth: or_null(truth.contains(name)),
                said: or_null(said.contains(name)),
                weight: 0.0,
            };
            let weight = if pair.truth == pair.said { *hard } else { 1.0 - hard };
            pairs.push(Pair { weight, ..pair });
        }
    }
    pairs
}
