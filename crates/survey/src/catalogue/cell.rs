//! One value of a table, before anybody said what it means.

/// A value as the file holds it. Whole numbers stay whole: an id of 19 digits
/// never passes through a float.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Cell {
    /// Empty, masked, NaN.
    Null,
    Whole(i64),
    Real(f64),
    Text(String),
}

/// Words for "nothing" that need not be declared.
const NOTHING: [&str; 8] = ["", "nan", "null", "none", "n/a", "na", "--", "-"];

impl Cell {
    pub(super) fn real(value: f64) -> Self {
        if value.is_nan() { Self::Null } else { Self::Real(value) }
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
            Self::Whole(_) | Self::Real(_) => false,
        }
    }

    /// As a number.
    pub(super) fn number(&self) -> Option<f64> {
        match self {
            Self::Null => None,
            Self::Whole(value) => Some(*value as f64),
            Self::Real(value) => Some(*value),
            Self::Text(text) => text.parse().ok(),
        }
    }

    /// As a whole number of 64 bits, exactly.
    pub(super) fn whole(&self) -> Result<i64, String> {
        /// Beyond this, neighbouring whole numbers are one float.
        const EXACT: f64 = (1_u64 << 53) as f64;
        match self {
            Self::Null => Err("is empty".to_owned()),
            Self::Whole(value) => Ok(*value),
            Self::Real(value) if value.fract() == 0.0 && value.abs() <= EXACT => Ok(*value as i64),
            Self::Real(value) if value.abs() > EXACT => Err(format!(
                "is the float {value}, whose last digits are lost; store ids as whole numbers or text"
            )),
            Self::Real(value) => Err(format!("is {value}, not a whole number")),
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
            Self::Text(text) => text.clone(),
        }
    }
}
