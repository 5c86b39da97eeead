//! Every Rust file opens with `//!`: what it is for, and what it leaves to others.

use super::Rule;
use crate::{finding::Finding, metadata::Workspace, tree::Tree};

/// The first line is an inner doc comment with words in it.
pub const RULE: Rule =
    Rule { name: "headers", says: "every .rs file opens with `//!` and says what it is for", run: headers };

fn headers(_: &Workspace, tree: &Tree) -> Vec<Finding> {
    let lacks = |text: &str| {
        let first = text.lines().next().unwrap_or_default();
        !first.strip_prefix("//!").is_some_and(|words| words.chars().any(char::is_alphabetic))
    };
    let files = tree.rust.iter().filter(|(_, text)| lacks(text));
    files.map(|(path, _)| Finding::new(path, "does not open with `//!`; say what the file is for")).collect()
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;

    #[test]
    fn a_header_with_words_is_asked_for() {
        let file = |name: &str, text: &str| (format!("crates/a/src/{name}.rs"), text.to_owned());
        let rust = BTreeMap::from([
            file("good", "//! What it is for.\n"),
            file("plain", "// no\n"),
            file("empty", ""),
            file("wordless", "//! …\n"),
            file("late", "\n//! Too late.\n"),
        ]);
        let found = headers(&Workspace::default(), &Tree { rust, ..Tree::default() });
        let places: Vec<_> = found.iter().map(|finding| finding.place.rsplit('/').next()).collect();
        let expected = ["empty.rs", "late.rs", "plain.rs", "wordless.rs"];
        assert_eq!(places, expected.map(Some));
    }
}
