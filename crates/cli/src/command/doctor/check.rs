//! What a look at the machine found, and how it is told.

use std::{fmt::Write as _, io::IsTerminal as _};

use serde::Serialize;

/// How a thing is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum State {
    /// It works, or is so.
    Fine,
    /// It is not there, and nobody asked for it.
    Absent,
    /// It does not work though it should.
    Wrong,
}

/// One thing that was looked at.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Check {
    /// What.
    pub what: String,
    /// How it is.
    pub state: State,
    /// In words; with the remedy where something is wrong.
    pub says: String,
}

impl Check {
    pub fn fine(what: &str, says: impl Into<String>) -> Self {
        Self { what: what.to_owned(), state: State::Fine, says: says.into() }
    }

    pub fn absent(what: &str, says: impl Into<String>) -> Self {
        Self { what: what.to_owned(), state: State::Absent, says: says.into() }
    }

    pub fn wrong(what: &str, says: impl Into<String>) -> Self {
        Self { what: what.to_owned(), state: State::Wrong, says: says.into() }
    }
}

/// Things that belong together.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Section {
    /// Its name.
    pub title: &'static str,
    /// In order.
    pub checks: Vec<Check>,
}

/// Whether the output may have colours: on a terminal, unless `NO_COLOR` is set.
pub fn colour() -> bool {
    std::env::var_os("NO_COLOR").is_none_or(|value| value.is_empty()) && std::io::stdout().is_terminal()
}

/// For people.
pub fn text(sections: &[Section], wrong: usize, colour: bool) -> String {
    let mut text = String::new();
    for Section { title, checks } in sections {
        let _ = writeln!(text, "{title}");
        for Check { what, state, says } in checks {
            let (mark, code) = match state {
                State::Fine => ("ok", "32"),
                State::Absent => ("--", "2"),
                State::Wrong => ("NO", "31;1"),
            };
            let mark = if colour { format!("\x1b[{code}m{mark}\x1b[0m") } else { mark.to_owned() };
            let _ = writeln!(text, "  {mark} {what:<14} {says}");
        }
    }
    let _ = match wrong {
        0 => write!(text, "Everything asked for works."),
        1 => write!(text, "One thing does not work; the line with NO says what to do."),
        many => write!(text, "{many} things do not work; the lines with NO say what to do."),
    };
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_text_is_plain_without_colours_and_counts_what_is_wrong() {
        let checks = vec![
            Check::fine("avx2", "can be used"),
            Check::absent("wgpu", "left out"),
            Check::wrong("flex", "broken; mend it"),
        ];
        let sections = [Section { title: "Things", checks }];
        let plain = text(&sections, 1, false);
        assert!(
            !plain.contains('\x1b') && plain.contains("  NO flex") && plain.contains("One thing"),
            "{plain}"
        );
        assert!(text(&sections, 1, true).contains("\x1b[31;1mNO\x1b[0m"));
    }
}
