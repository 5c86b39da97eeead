//! Pure crates know no file, network, clock, async or global random number:
//! neither as a dependency nor as a word in their sources outside tests.

use super::Rule;
use crate::{
    finding::Finding,
    metadata::Workspace,
    source::{Source, test_files},
    tokens::Token,
    tree::Tree,
};

const PURE: &[&str] =
    &["domain", "lensing", "imaging", "consensus", "acquisition", "figures", "platesolve", "replay"];
const PACKAGES: &[&str] = &["tokio", "async-std", "smol", "mio", "hyper", "reqwest", "sqlx", "axum", "ureq"];
const WORDS: &[&str] = &["tokio", "SystemTime", "Instant", "async", "await", "thread_rng"];
/// Modules of `std` that reach outside; `std::io` stays, for readers and writers passed in.
const MODULES: &[&str] = &["fs", "net", "env", "process"];

/// Nothing impure below them.
pub const DEPENDENCIES: Rule = Rule {
    name: "pure trees",
    says: "nothing below a pure crate does network, async or SQL",
    run: dependencies,
};

/// Nothing impure in them.
pub const SOURCES: Rule =
    Rule { name: "pure words", says: "pure crates touch no file, network, clock or async", run: words };

fn dependencies(workspace: &Workspace, _: &Tree) -> Vec<Finding> {
    let found = PURE.iter().filter_map(|name| {
        let path = workspace.path_to(name, |package| PACKAGES.contains(&package))?;
        Some(Finding::new(format!("crates/{name}"), format!("is pure but reaches {}", path.join(" → "))))
    });
    found.collect()
}

fn words(_: &Workspace, tree: &Tree) -> Vec<Finding> {
    let tests = test_files(&tree.rust);
    let mut findings = Vec::new();
    for (path, text) in &tree.rust {
        let is_pure = PURE.iter().any(|name| path.starts_with(&format!("crates/{name}/src/")));
        if !is_pure || tests.contains(path) {
            continue;
        }
        for (line, word) in impure_words(&Source::read(text).tokens) {
            let what = format!("a pure crate names `{word}`; take the value as an argument instead");
            findings.push(Finding::new(format!("{path}:{line}"), what));
        }
    }
    findings
}

fn impure_words(tokens: &[Token]) -> Vec<(usize, String)> {
    let mut found = Vec::new();
    for (at, token) in tokens.iter().enumerate() {
        if WORDS.contains(&token.text.as_str()) {
            found.push((token.line, token.text.clone()));
        }
        if token.text == "std" && follows(tokens, at + 1, &[":", ":"]) {
            found.extend(modules_after(&tokens[at + 3..]));
        }
    }
    found
}

fn follows(tokens: &[Token], at: usize, wanted: &[&str]) -> bool {
    wanted.iter().enumerate().all(|(k, text)| tokens.get(at + k).is_some_and(|token| token.text == *text))
}

/// The impure modules named right after `std::`, alone or in the braces of a `use`.
fn modules_after(tokens: &[Token]) -> Vec<(usize, String)> {
    let named = |token: &Token| {
        MODULES.contains(&token.text.as_str()).then(|| (token.line, format!("std::{}", token.text)))
    };
    if tokens.first().is_some_and(|token| token.text != "{") {
        return tokens.first().and_then(named).into_iter().collect();
    }
    let mut depth = 0;
    let mut found = Vec::new();
    let mut starts = false;
    for token in tokens {
        match token.text.as_str() {
            "{" => depth += 1,
            "}" => depth -= 1,
            _ if depth == 1 && starts => found.extend(named(token)),
            _ => {}
        }
        if depth == 0 {
            break;
        }
        starts = matches!(token.text.as_str(), "{" | ",");
    }
    found
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;
    use crate::metadata::tests::workspace;

    fn findings(path: &str, text: &str) -> Vec<String> {
        let rust = BTreeMap::from([(path.to_owned(), text.to_owned())]);
        let tree = Tree { rust, ..Tree::default() };
        words(&Workspace::default(), &tree).iter().map(ToString::to_string).collect()
    }

    #[test]
    fn files_clocks_and_async_are_found_with_their_line() {
        let found = findings("crates/lensing/src/nfw.rs", "//! x\nuse std::fs;\nlet t = Instant::now();\n");
        assert_eq!(found.len(), 2);
        assert!(found[0].starts_with("crates/lensing/src/nfw.rs:2: "), "{found:?}");
        assert!(found[1].contains("`Instant`"), "{found:?}");
    }

    #[test]
    fn grouped_imports_are_seen_through() {
        let found = findings(
            "crates/domain/src/a.rs",
            "use std::{\n    fmt,\n    net::IpAddr,\n    io::{self, Read},\n};",
        );
        assert_eq!(found.len(), 1);
        assert!(found[0].contains(":3: ") && found[0].contains("std::net"), "{found:?}");
    }

    #[test]
    fn tests_comments_and_other_crates_may() {
        let test = "/// An Instant.\n#[cfg(test)]\nmod tests { use std::fs; }";
        assert!(findings("crates/imaging/src/a.rs", test).is_empty());
        assert!(findings("crates/imaging/tests/a.rs", "use std::fs;").is_empty());
        assert!(findings("crates/survey/src/a.rs", "use std::fs;").is_empty());
    }

    #[test]
    fn a_field_called_fs_is_no_file() {
        assert!(findings("crates/imaging/src/a.rs", "let fs = std::f64::consts::PI;").is_empty());
    }

    #[test]
    fn an_async_runtime_below_a_pure_crate_is_found() {
        let bad = workspace(&[("imaging", &["image"]), ("image", &["tokio"])]);
        assert!(dependencies(&bad, &Tree::default())[0].what.contains("imaging → image → tokio"));
        assert!(dependencies(&workspace(&[("imaging", &["image"])]), &Tree::default()).is_empty());
    }
}
