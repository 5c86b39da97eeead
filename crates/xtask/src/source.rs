//! A Rust file without its tests: what remains when the items under
//! `#[cfg(test)]` are taken out.

use std::collections::{BTreeMap, BTreeSet};

use crate::tokens::{Token, tokens};

/// One file, its test items removed.
#[derive(Debug, Clone)]
pub struct Source {
    /// What is compiled outside tests.
    pub tokens: Vec<Token>,
    /// Lines of the file that belong to no test item.
    pub lines: usize,
    /// Modules declared as `#[cfg(test)] mod name;`: their files are tests as a whole.
    pub test_modules: Vec<String>,
}

impl Source {
    /// Reads one file.
    pub fn read(text: &str) -> Self {
        let all = tokens(text);
        let mut kept = Vec::new();
        let mut test_modules = Vec::new();
        let mut test_lines = 0;
        let mut at = 0;
        while at < all.len() {
            let Some(after) = test_attribute(&all[at..]) else {
                kept.push(all[at].clone());
                at += 1;
                continue;
            };
            let inner = all.get(at + 1).is_some_and(|token| token.text == "!");
            let end = if inner { all.len() } else { end_of_item(&all, at + after) };
            test_modules.extend(declared_module(&all[at + after..end]));
            let last = all[end - 1].line;
            test_lines += last + 1 - all[at].line;
            at = end;
        }
        Self { tokens: kept, lines: text.lines().count().saturating_sub(test_lines), test_modules }
    }
}

/// Files that hold nothing but tests: under a `tests` or `benches` folder, called `tests.rs`, or
/// declared under `#[cfg(test)]`.
pub fn test_files(files: &BTreeMap<String, String>) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    for (path, text) in files {
        let mut folders = path.split('/');
        if folders.any(|part| matches!(part, "tests" | "benches" | "tests.rs")) {
            found.insert(path.clone());
        }
        let (folder, file) = path.rsplit_once('/').unwrap_or(("", path));
        let stem = file.trim_end_matches(".rs");
        let inside = match stem {
            "lib" | "main" | "mod" => folder.to_owned(),
            _ => format!("{folder}/{stem}"),
        };
        for module in Source::read(text).test_modules {
            let prefix = format!("{inside}/{module}");
            let below = format!("{prefix}/");
            let file = format!("{prefix}.rs");
            found.extend(files.keys().filter(|path| **path == file || path.starts_with(&below)).cloned());
        }
    }
    found
}

/// If the tokens start with `#[cfg(test)]` or `#![cfg(test)]` (or an `all(test, …)`), how many it takes.
fn test_attribute(tokens: &[Token]) -> Option<usize> {
    let text = |at: usize| tokens.get(at).map(|token: &Token| token.text.as_str());
    if text(0) != Some("#") {
        return None;
    }
    let open = if text(1) == Some("!") { 2 } else { 1 };
    if text(open) != Some("[") || text(open + 1) != Some("cfg") {
        return None;
    }
    let close = open + tokens[open..].iter().position(|token| token.text == "]")?;
    let words: Vec<&str> = tokens[open..close].iter().map(|token| token.text.as_str()).collect();
    (words.contains(&"test") && !words.contains(&"not")).then_some(close + 1)
}

/// Where the item that starts at `from` ends: after its block, or after its semicolon.
fn end_of_item(all: &[Token], from: usize) -> usize {
    let mut depth = 0_i32;
    for (at, token) in all.iter().enumerate().skip(from) {
        match token.text.as_str() {
            "{" | "(" | "[" => depth += 1,
            "}" | ")" | "]" => {
                depth -= 1;
                if depth == 0 && token.text == "}" {
                    return at + 1;
                }
            }
            ";" if depth == 0 => return at + 1,
            _ => {}
        }
    }
    all.len()
}

fn declared_module(item: &[Token]) -> Option<String> {
    let at = item.iter().position(|token| token.text == "mod")?;
    let is_declaration = item.get(at + 2).is_some_and(|token| token.text == ";");
    is_declaration.then(|| item[at + 1].text.clone())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn test_items_are_taken_out_with_their_lines() {
        let source = Source::read(
            "fn a() {}\n#[cfg(test)]\nmod tests {\n    fn b() { std::fs::read(); }\n}\nfn c() {}\n",
        );
        let words: Vec<_> = source.tokens.iter().map(|token| token.text.as_str()).collect();
        assert_eq!(words.join(" "), "fn a ( ) { } fn c ( ) { }");
        assert_eq!(source.lines, 2);
    }

    #[test]
    fn code_that_is_only_outside_tests_stays() {
        let source = Source::read("#[cfg(not(test))]\nfn a() {}\n");
        assert!(source.tokens.iter().any(|token| token.text == "a"));
    }

    #[test]
    fn a_module_declared_for_tests_makes_its_file_a_test() {
        let files = BTreeMap::from([
            ("crates/a/src/lib.rs".to_owned(), "#[cfg(test)]\nmod oracle;\nmod real;".to_owned()),
            ("crates/a/src/oracle.rs".to_owned(), "use std::fs;".to_owned()),
            ("crates/a/src/real.rs".to_owned(), String::new()),
            ("crates/a/tests/it.rs".to_owned(), String::new()),
        ]);
        let tests: Vec<_> = test_files(&files).into_iter().collect();
        assert_eq!(tests, ["crates/a/src/oracle.rs", "crates/a/tests/it.rs"]);
    }
}
