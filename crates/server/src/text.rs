//! Words that people type, made fit to be kept and shown to others: bounded, without control characters
//! and without marks that turn the text around them. Passwords, addresses and names have rules of
//! their own.

use crate::problem::Problem;

/// Marks that change the direction of the text around them.
const fn turns_text(c: char) -> bool {
    matches!(c, '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

/// Text of many lines, at most `most` characters: line ends become `\n`, blanks around it go.
pub(crate) fn prose(field: &'static str, text: &str, most: usize) -> Result<String, Problem> {
    let text = text.replace("\r\n", "\n").replace('\r', "\n");
    let kept = |c: &char| (!c.is_control() || matches!(c, '\n' | '\t')) && !turns_text(*c);
    bounded(field, text.chars().filter(kept).collect::<String>().trim(), most)
}

/// Text of one line: every run of blanks becomes one space.
pub(crate) fn line(field: &'static str, text: &str, most: usize) -> Result<String, Problem> {
    let kept = |c: &char| (!c.is_control() || c.is_whitespace()) && !turns_text(*c);
    let text: String = text.chars().filter(kept).collect();
    bounded(field, &text.split_whitespace().collect::<Vec<_>>().join(" "), most)
}

fn bounded(field: &'static str, text: &str, most: usize) -> Result<String, Problem> {
    if text.chars().count() > most {
        return Err(Problem::field(field, format!("At most {most} characters fit here.")));
    }
    Ok(text.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_would_garble_the_page_goes_and_words_stay() {
        let typed = " 你好\u{202e}, \u{0}world\r\nnext\tline \u{7}\n";
        assert_eq!(prose("text", typed, 99), Ok("你好, world\nnext\tline".to_owned()));
        assert_eq!(line("title", typed, 99), Ok("你好, world next line".to_owned()));
    }

    #[test]
    fn the_limit_counts_characters_and_names_the_field() {
        assert!(line("title", &"星".repeat(5), 5).is_ok());
        assert_eq!(line("title", &"星".repeat(6), 5).expect_err("long").field.as_deref(), Some("title"));
    }
}
