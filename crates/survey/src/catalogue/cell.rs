//! One value of a table, before anybody said what it means.

/// A value as the file holds it. Whole numbers stay whole: an id of 19 digits
/// never passes through a float.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Cell {
    /// Empty, masked, NaN.
    Null,
    Whole(i64),
    Real(f64),
    /// A float of 32 bits.
    Single(f32),
    Text(String),
}

/// Words for "nothing" that need not be declared.
const NOTHING: [&str; 8] = ["", "nan", "null", "none", "n/a", "na", "--", "-"];

impl Cell {
    pub(super) fn real(value: f64) -> Self {
        if value.is_nan() { Self::Null } else { Self::Real(value) }
    }

    pub(super) fn single(value: f32) -> Self {
        if value.is_nan() { Self::Null } else { Self::Single(value) }
    }

    /// Text from a file; bytes that are no UTF-8 are taken as Latin-1, and `latin1` counts them.
    pub(super) fn text(bytes: &[u8], latin1: &mut u64) -> Self {
        match std::str::from_utf8(bytes) {
            Ok(text) => Self::Text(text.trim().to_owned()),
            Err(_) => {
                *latin1 += 1;
                Self::Text(bytes.iter().map(|&byte| byte as char).collect::<String>().trim().to_owned())
            }
        }
    }

    /// Whether there is nothing in it.
    pub(super) fn is_nothing(&self) -> bool {
        match self {
            Self::Null => true,
            Self::Text(text) => NOTHING.iter().any(|word| text.eq_ignore_ascii_case(word)),
            Self::Whole(_) | Self::Real(_) | Self::Single(_) => false,
        }
    }

    /// As a number.
    pub(super) fn number(&self) -> Option<f64> {
        match self {
            Self::Null => None,
            Self::Whole(value) => Some(*value as f64),
            Self::Real(value) => Some(*value),
            Self::Single(value) => Some(f64::from(*value)),
            Self::Text(text) => text.parse().ok(),
        }
    }

    /// As a whole number of 64 bits, exactly.
    pub(super) fn whole(&self) -> Result<i64, String> {
        /// From here on, neighbouring whole numbers are one float (of 64 and of 32 bits).
        const EXACT: f64 = (1_u64 << 53) as f64;
        const EXACT_SINGLE: f64 = (1_u64 << 24) as f64;
        let float = |value: f64, exact: f64| {
            if value.abs() >= exact {
                Err(format!(
                    "is the float {value}, whose last digits are lost; store ids as whole numbers or text"
                ))
            } else if value.fract() == 0.0 {
                Ok(value as i64)
            } else {
                Err(format!("is {value}, not a whole number"))
            }
        };
        match self {
            Self::Null => Err("is empty".to_owned()),
            Self::Whole(value) => Ok(*value),
            Self::Real(value) => float(*value, EXACT),
            Self::Single(value) => float(f64::from(*value), EXACT_SINGLE),
            Self::Text(text) => {
                text.parse().map_err(|_| format!("is {text:?}, not a whole number of 64 bits"))
            }
        }
    }

    /// As it would be written.
    pub(super) fn written(&self) -> String {
        match self {
            Self::Null => String::new(),
            Self::Whole(value) => value.to_string(),
            Self::Real(value) => value.to_string(),
            Self::Single(value) => f64::from(*value).to_string(),
            Self::Text(text) => text.clone(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn floats_are_ids_only_while_every_whole_number_has_its_own() {
        assert_eq!(Cell::Real(9_007_199_254_740_991.0).whole(), Ok((1 << 53) - 1));
        assert!(Cell::Real(9_007_199_254_740_992.0).whole().unwrap_err().contains("lost"));
        assert_eq!(Cell::Single(-16_777_215.0).whole(), Ok(-16_777_215));
        assert!(Cell::Single(16_777_216.0).whole().unwrap_err().contains("lost"));
        assert!(Cell::Real(f64::INFINITY).whole().is_err() && Cell::Single(0.5).whole().is_err());
    }
}
