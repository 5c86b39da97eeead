//! How difficult a subject of known truth is: the share of people who got each of its known
//! features right (1 is easy).

/// Classifications do not fit together.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "classification {at} says right or wrong of {found} features, the first of {expected}: pass one entry per feature of the subject, in the same order"
)]
pub struct DifficultyError {
    /// Which, from 0.
    pub at: usize,
    /// What it has.
    pub found: usize,
    /// What the first has.
    pub expected: usize,
}

/// The share of right answers per feature, over the classifications that have feedback (`Some`);
/// `None` when none has.
///
/// # Errors
/// When they speak of different numbers of features.
pub fn subject_difficulty(feedback: &[Option<Vec<bool>>]) -> Result<Option<Vec<f64>>, DifficultyError> {
    let mut right: Option<Vec<u64>> = None;
    let mut classifications = 0_u64;
    for (at, success) in feedback.iter().enumerate() {
        let Some(success) = success else { continue };
        let sums = right.get_or_insert_with(|| vec![0; success.len()]);
        if sums.len() != success.len() {
            return Err(DifficultyError { at, found: success.len(), expected: sums.len() });
        }
        classifications += 1;
        for (sum, success) in sums.iter_mut().zip(success) {
            *sum += u64::from(*success);
        }
    }
    Ok(right.map(|sums| sums.into_iter().map(|sum| sum as f64 / classifications as f64).collect()))
}
