//! ARCHITECTURE.md names exactly the crates that exist: the second column of its
//! table of rooms, one or several names in backticks per row.

use std::collections::BTreeSet;

use super::Rule;
use crate::{finding::Finding, metadata::Workspace, tree::Tree};

/// The table of rooms and the folder `crates/` agree, and folders are named like their crates.
pub const RULE: Rule =
    Rule { name: "rooms", says: "ARCHITECTURE.md names exactly the crates that exist", run: architecture };

const PAGE: &str = "ARCHITECTURE.md";

fn architecture(workspace: &Workspace, tree: &Tree) -> Vec<Finding> {
    let Some(page) = &tree.architecture else {
        return vec![Finding::new(PAGE, "does not exist; write it with a table row for each crate")];
    };
    let named: BTreeSet<&str> = page.lines().flat_map(names_in_row).collect();
    let mut findings = Vec::new();
    let mut existing = BTreeSet::new();
    for (name, member) in workspace.members.iter().filter(|(_, member)| member.folder.starts_with("crates/"))
    {
        existing.insert(name.as_str());
        if member.folder != format!("crates/{name}") {
            findings
                .push(Finding::new(&member.folder, format!("holds the crate `{name}`; give both one name")));
        }
    }
    for name in existing.difference(&named) {
        findings.push(Finding::new(PAGE, format!("has no row for the crate `{name}`")));
    }
    for name in named.difference(&existing) {
        findings.push(Finding::new(PAGE, format!("names `{name}`, but there is no crates/{name}")));
    }
    findings
}

/// The crate names in a row `| tier | `name` | … |`; none for any other line.
fn names_in_row(line: &str) -> Vec<&str> {
    let cells: Vec<&str> = line.trim().split('|').map(str::trim).collect();
    let [first, _, cell, ..] = cells[..] else { return Vec::new() };
    let names: Option<Vec<&str>> = cell
        .split(',')
        .map(|name| {
            let name = name.trim().strip_prefix('`')?.strip_suffix('`')?;
            let is_name = name.chars().all(|c| c.is_ascii_lowercase() || c == '_' || c == '-');
            is_name.then_some(name)
        })
        .collect();
    if first.is_empty() { names.unwrap_or_default() } else { Vec::new() }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::metadata::tests::workspace;

    fn findings(page: &str) -> Vec<String> {
        let tree = Tree { architecture: Some(page.to_owned()), ..Tree::default() };
        let crates = workspace(&[("domain", &[]), ("store", &[]), ("xtask", &[])]);
        architecture(&crates, &tree).iter().map(ToString::to_string).collect()
    }

    #[test]
    fn a_table_that_agrees_is_fine() {
        let page = "| tier | crate | holds |\n|---|---|---|\n| 0 | `domain` | ids |\n| dev | `store`, `xtask` | x |\n`walk` and `more`";
        assert!(findings(page).is_empty());
    }

    #[test]
    fn missing_and_gone_crates_are_both_named() {
        let found = findings("| 0 | `domain` | ids |\n| 1 | `xtask` | x |\n| 2 | `platesolve` | y |");
        assert_eq!(
            found,
            [
                "ARCHITECTURE.md: has no row for the crate `store`",
                "ARCHITECTURE.md: names `platesolve`, but there is no crates/platesolve",
            ]
        );
    }

    #[test]
    fn a_page_that_is_not_there_is_one_finding() {
        let crates = workspace(&[("domain", &[])]);
        assert_eq!(architecture(&crates, &Tree::default()).len(), 1);
    }
}
