//! What an address and a display name may look like.

use crate::problem::Problem;

const LONGEST_ADDRESS: usize = 254;
const LONGEST_NAME: usize = 40;

/// The address without surrounding space. Only what cannot be an address at all is refused; whether
/// it exists is shown by a letter, not by a pattern.
pub(crate) fn address(email: &str) -> Result<String, Problem> {
    let email = email.trim();
    let wrong = |detail| Err(Problem::field("email", detail));
    if email.len() > LONGEST_ADDRESS {
        return wrong("An e-mail address has at most 254 characters.");
    }
    if email.chars().any(|c| c.is_whitespace() || c.is_control()) {
        return wrong("An e-mail address holds no spaces.");
    }
    match email.rsplit_once('@') {
        Some((local, domain)) if !local.is_empty() && !domain.is_empty() => Ok(email.to_owned()),
        _ => wrong("An e-mail address looks like name@example.org."),
    }
}

/// The name other people see, without surrounding space.
pub(crate) fn display_name(name: &str) -> Result<String, Problem> {
    let name = name.trim();
    let wrong = |detail| Err(Problem::field("display_name", detail));
    match name.chars().count() {
        0 => return wrong("Please choose a name; it need not be your own."),
        1..=LONGEST_NAME => {}
        _ => return wrong("A name has at most 40 characters."),
    }
    if name.chars().any(|c| c.is_control() || reverses_text(c)) {
        return wrong("A name holds letters, digits, signs and spaces only.");
    }
    Ok(name.to_owned())
}

/// Marks that change the direction of the text around them, and line separators.
fn reverses_text(c: char) -> bool {
    matches!(c, '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_trimmed_and_nonsense_is_refused() {
        assert_eq!(address(" a@b.org "), Ok("a@b.org".to_owned()));
        let long = format!("{}@b.org", "a".repeat(260));
        for wrong in ["", "a", "@b", "a@", "a b@c.org", "a@b\u{7}.org", &long] {
            assert_eq!(address(wrong).expect_err(wrong).field.as_deref(), Some("email"));
        }
    }

    #[test]
    fn names_in_any_script_are_welcome() {
        assert_eq!(display_name("  张衡 "), Ok("张衡".to_owned()));
        let long = "x".repeat(41);
        for wrong in ["", "   ", "a\nb", "a\u{202e}b", &long] {
            assert_eq!(display_name(wrong).expect_err(wrong).field.as_deref(), Some("display_name"));
        }
    }
}
