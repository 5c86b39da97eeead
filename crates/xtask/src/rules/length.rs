//! No file is over 600 lines outside tests and generated code.

use super::Rule;
use crate::{
    finding::Finding,
    metadata::Workspace,
    source::{Source, test_files},
    tree::Tree,
};

const MOST: usize = 600;
/// What tools wrote.
const GENERATED: &[&str] = &["web/src/lib/api/schema.d.ts"];

/// Rust without its tests, TypeScript and Svelte as they are.
pub const RULE: Rule =
    Rule { name: "length", says: "no file over 600 lines outside tests and generated code", run: length };

fn length(_: &Workspace, tree: &Tree) -> Vec<Finding> {
    let tests = test_files(&tree.rust);
    let rust = tree.rust.iter().filter(|(path, _)| !tests.contains(*path));
    let rust = rust.map(|(path, text)| (path, Source::read(text).lines));
    let web = tree.web.iter().filter(|(path, _)| {
        !GENERATED.contains(&path.as_str()) && !path.ends_with(".test.ts") && !path.ends_with(".spec.ts")
    });
    let web = web.map(|(path, text)| (path, text.lines().count()));
    let long = rust.chain(web).filter(|(_, lines)| *lines > MOST);
    long.map(|(path, lines)| {
        Finding::new(path, format!("has {lines} lines outside tests; split it by thing, one thing per file"))
    })
    .collect()
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;

    #[test]
    fn tests_and_generated_code_do_not_count() {
        let long = "fn a() {}\n".repeat(601);
        let tree = Tree {
            rust: BTreeMap::from([
                ("crates/a/src/long.rs".to_owned(), long.clone()),
                ("crates/a/src/tested.rs".to_owned(), format!("#[cfg(test)]\nmod tests {{\n{long}}}\n")),
                ("tests/it/main.rs".to_owned(), long.clone()),
            ]),
            web: BTreeMap::from([
                ("web/src/lib/api/schema.d.ts".to_owned(), long.clone()),
                ("web/src/routes/+page.svelte".to_owned(), long),
            ]),
            ..Tree::default()
        };
        let found = length(&Workspace::default(), &tree);
        let places: Vec<_> = found.iter().map(|finding| finding.place.as_str()).collect();
        assert_eq!(places, ["crates/a/src/long.rs", "web/src/routes/+page.svelte"]);
    }
}
