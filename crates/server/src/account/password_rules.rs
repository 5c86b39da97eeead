//! Which passwords are refused: short ones, the most common of those found in breaches (18,021 of eight
//! or more characters, in this program: nothing is asked over the network), and words of this site and
//! this person. There are no rules about kinds of characters: they make passwords worse (NIST SP 800-63B).

use std::{collections::HashSet, sync::LazyLock};

use crate::problem::{Problem, ProblemCode};

const SHORTEST: usize = 8;
/// Bytes; far more than the 64 characters a password manager needs.
const LONGEST: usize = 1024;

/// Small letters, a line each; where they come from is in `common_passwords.LICENSE`.
const COMMON: &str = include_str!("common_passwords.txt");
static KNOWN: LazyLock<HashSet<&'static str>> = LazyLock::new(|| COMMON.lines().collect());
const OF_THIS_SITE: [&str; 6] =
    ["lensfinder", "gravitational", "gravitationallens", "galaxycluster", "lensing", "volunteer"];

/// Refuses passwords that would be guessed among the first.
pub(crate) fn check(
    password: &str,
    field: &'static str,
    email: &str,
    display_name: &str,
) -> Result<(), Problem> {
    let wrong = |detail| Err(Problem::field(field, detail));
    if password.chars().count() < SHORTEST {
        return wrong("A password has at least 8 characters; a few words in a row are a good one.");
    }
    if password.len() > LONGEST {
        return wrong("A password has at most 1024 bytes.");
    }
    let lower = password.to_lowercase();
    let core = lower.trim_matches(|c: char| !c.is_alphabetic());
    let local = email.split('@').next().unwrap_or_default().to_lowercase();
    let own = [email.to_lowercase(), local, display_name.to_lowercase()];
    let is_own = |word: &String| word.chars().count() >= 3 && (*word == lower || word == core);
    let guessed = KNOWN.contains(lower.as_str())
        || OF_THIS_SITE.contains(&core)
        || own.iter().any(is_own)
        || one_character_repeated(&lower);
    if guessed {
        let detail = "This password is among the first that are tried. A few words in a row are a good one.";
        let known = Problem::new(ProblemCode::CommonPassword, detail);
        return Err(Problem { field: Some(field.to_owned()), ..known });
    }
    Ok(())
}

fn one_character_repeated(password: &str) -> bool {
    let mut characters = password.chars();
    let first = characters.next();
    characters.all(|c| Some(c) == first)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn allowed(password: &str) -> bool {
        check(password, "password", "mira.ceti@example.org", "Mira Ceti").is_ok()
    }

    #[test]
    fn long_passwords_of_any_kind_are_allowed() {
        assert!(allowed("red giant pulsates slowly"));
        assert!(allowed("米拉变星很红亮吗"));
        assert!(allowed(&"correct horse ".repeat(10)));
        assert!(allowed("kq8vhw2z"));
    }

    #[test]
    fn short_common_and_personal_ones_are_not() {
        let long = "x".repeat(1025);
        for wrong in [
            "seven77",
            "password",
            "PASSWORD1",
            "iloveyou",
            "1qaz2wsx3edc",
            "Lensfinder2026",
            "mira.ceti",
            "Mira Ceti!",
            "00000000",
            &long,
        ] {
            assert!(!allowed(wrong), "{wrong}");
        }
    }

    #[test]
    fn the_list_is_lower_case_and_long_enough_to_matter() {
        assert_eq!(KNOWN.len(), 18_021, "the number is in the head of this file");
        assert!(COMMON.lines().all(|line| line == line.to_lowercase() && line.len() >= 8));
    }
}
