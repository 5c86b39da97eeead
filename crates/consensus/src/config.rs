//! A setting that cannot work, and the checks that find it.

/// A setting is out of its range.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
#[error("consensus setting `{field}` is {value}: {remedy}")]
pub struct ConfigError {
    /// Its name in the configuration.
    pub field: &'static str,
    /// What was given.
    pub value: f64,
    /// What would be right.
    pub remedy: &'static str,
}

impl ConfigError {
    /// `Ok` if the setting is a probability strictly between 0 and 1.
    pub(crate) fn check_open(field: &'static str, value: f64) -> Result<(), Self> {
        Self::check(
            field,
            value,
            value > 0.0 && value < 1.0,
            "give a number between 0 and 1, without the ends",
        )
    }

    /// `Ok` if `holds`.
    pub(crate) fn check(
        field: &'static str,
        value: f64,
        holds: bool,
        remedy: &'static str,
    ) -> Result<(), Self> {
        if holds { Ok(()) } else { Err(Self { field, value, remedy }) }
    }

    /// `Ok` if `range` is 0 < low < high < 1.
    pub(crate) fn check_range(field: &'static str, (low, high): (f64, f64)) -> Result<(), Self> {
        Self::check_open(field, low)?;
        Self::check_open(field, high)?;
        Self::check(field, low, low < high, "give [low, high] with low below high")
    }
}
