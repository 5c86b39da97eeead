//! Both databases have the same migrations: `<version>_<slug>.sql`, same
//! versions and slugs in `migrations/sqlite` and `migrations/postgres`.

use std::collections::BTreeSet;

use super::Rule;
use crate::{finding::Finding, metadata::Workspace, tree::Tree};

/// The two folders hold the same file names, and each version once.
pub const RULE: Rule =
    Rule { name: "migrations", says: "SQLite and PostgreSQL have the same migrations", run: migrations };

fn migrations(_: &Workspace, tree: &Tree) -> Vec<Finding> {
    let mut findings = Vec::new();
    let names = |folder: &str| -> BTreeSet<&str> {
        tree.migrations.get(folder).into_iter().flatten().map(String::as_str).collect()
    };
    let (sqlite, postgres) = (names("sqlite"), names("postgres"));
    for name in sqlite.difference(&postgres) {
        findings
            .push(Finding::new(format!("migrations/sqlite/{name}"), "has no twin in migrations/postgres"));
    }
    for name in postgres.difference(&sqlite) {
        findings
            .push(Finding::new(format!("migrations/postgres/{name}"), "has no twin in migrations/sqlite"));
    }
    for (folder, names) in [("sqlite", &sqlite), ("postgres", &postgres)] {
        let mut seen = BTreeSet::new();
        for name in names {
            let place = format!("migrations/{folder}/{name}");
            match version(name) {
                None => findings.push(Finding::new(place, "is not named <version>_<slug>.sql")),
                Some(version) if !seen.insert(version) => {
                    findings.push(Finding::new(place, format!("uses version {version} a second time")));
                }
                Some(_) => {}
            }
        }
    }
    if sqlite.is_empty() && postgres.is_empty() {
        findings.push(Finding::new("migrations", "holds no migration for either database"));
    }
    findings
}

/// The number before the first underscore, if the name has the right form.
fn version(name: &str) -> Option<u64> {
    let (version, slug) = name.strip_suffix(".sql")?.split_once('_')?;
    let is_slug =
        !slug.is_empty() && slug.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_');
    let is_number = version.chars().all(|c| c.is_ascii_digit());
    if is_slug && is_number { version.parse().ok() } else { None }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;

    fn findings(sqlite: &[&str], postgres: &[&str]) -> Vec<String> {
        let owned = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect();
        let migrations =
            BTreeMap::from([("sqlite".to_owned(), owned(sqlite)), ("postgres".to_owned(), owned(postgres))]);
        let tree = Tree { migrations, ..Tree::default() };
        super::migrations(&Workspace::default(), &tree).iter().map(ToString::to_string).collect()
    }

    #[test]
    fn twins_are_fine() {
        assert!(findings(&["20261121_start.sql"], &["20261121_start.sql"]).is_empty());
    }

    #[test]
    fn a_migration_without_its_twin_is_named() {
        let found = findings(&["1_a.sql", "2_b.sql"], &["1_a.sql"]);
        assert_eq!(found, ["migrations/sqlite/2_b.sql: has no twin in migrations/postgres"]);
    }

    #[test]
    fn a_version_used_twice_and_a_strange_name_are_named() {
        let names = ["1_a.sql", "1_b.sql", "notes.txt"];
        assert_eq!(findings(&names, &names).len(), 4);
    }

    #[test]
    fn no_migrations_at_all_is_a_finding() {
        assert_eq!(findings(&[], &[]).len(), 1);
    }
}
