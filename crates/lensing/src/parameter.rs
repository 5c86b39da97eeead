//! What is wrong with a profile's parameter.

/// A parameter outside the range its profile is defined for.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
#[error("{name} must lie between {low} and {high}, this is {value}")]
pub struct ParameterError {
    /// The parameter's name, unit included.
    pub name: &'static str,
    /// What was given.
    pub value: f64,
    /// Smallest value allowed.
    pub low: f64,
    /// Largest value allowed.
    pub high: f64,
}

/// Checks that `value` is a number in [`low`, `high`].
pub fn within(name: &'static str, value: f64, low: f64, high: f64) -> Result<(), ParameterError> {
    if (low..=high).contains(&value) { Ok(()) } else { Err(ParameterError { name, value, low, high }) }
}
