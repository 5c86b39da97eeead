//! `--preset 12`, `--preset 7..19`: one scale or several.

use std::str::FromStr;

use platesolve::preset::{FIRST, LAST};

/// Presets from the first to the last, both included.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Presets {
    /// The first.
    pub first: i32,
    /// The last.
    pub last: i32,
}

impl FromStr for Presets {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let number = |text: &str| {
            let number: Option<i32> = text.trim().parse().ok();
            number
                .filter(|number| (FIRST..=LAST).contains(number))
                .ok_or_else(|| format!("{text:?} is no preset; they go from {FIRST} to {LAST}"))
        };
        let (first, last) = match text.split_once("..") {
            Some((first, last)) => (number(first)?, number(last.trim_start_matches('='))?),
            None => (number(text)?, number(text)?),
        };
        if first > last {
            return Err(format!("{first} is above {last}; say {last}..{first}"));
        }
        Ok(Self { first, last })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_preset_or_a_range() {
        assert_eq!("12".parse(), Ok(Presets { first: 12, last: 12 }));
        assert_eq!("-5..3".parse(), Ok(Presets { first: -5, last: 3 }));
        assert_eq!("7..=19".parse(), Ok(Presets { first: 7, last: 19 }));
        for wrong in ["", "20", "-11", "9..7", "x..3", "1.."] {
            assert!(wrong.parse::<Presets>().is_err(), "{wrong}");
        }
    }
}
