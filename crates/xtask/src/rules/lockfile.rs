//! Cargo.lock holds no old sqlx and one copy of each big dependency.

use std::collections::{BTreeMap, BTreeSet};

use super::Rule;
use crate::{finding::Finding, metadata::Workspace, tree::Tree};

/// One version each, to the last digit.
const ONE_VERSION: &[&str] = &["arrow", "parquet", "sqlx", "axum", "burn", "tokio"];
/// One major version each.
const ONE_MAJOR: &[&str] = &["hyper", "arrow-array", "rustls", "reqwest", "object_store"];
/// Never in the tree at all.
const BANNED: &[&str] = &["openssl-sys"];

/// No sqlx before 0.9, no OpenSSL.
pub const OLD: Rule =
    Rule { name: "lock", says: "Cargo.lock has no sqlx before 0.9 and no OpenSSL", run: old };

/// No second copies.
pub const COPIES: Rule =
    Rule { name: "copies", says: "Cargo.lock has one copy of each big dependency", run: copies };

fn old(_: &Workspace, tree: &Tree) -> Vec<Finding> {
    let packages = match packages(tree) {
        Ok(packages) => packages,
        Err(finding) => return vec![finding],
    };
    let mut findings = Vec::new();
    for version in packages.get("sqlx").into_iter().flatten().filter(|version| is_before_0_9(version)) {
        findings.push(Finding::new("Cargo.lock", format!("holds sqlx {version}; 0.9 or newer is needed")));
    }
    for name in BANNED.iter().filter(|name| packages.contains_key(**name)) {
        let what = format!("holds {name}; choose the rustls feature (`cargo tree -i {name}` says whose)");
        findings.push(Finding::new("Cargo.lock", what));
    }
    findings
}

fn copies(_: &Workspace, tree: &Tree) -> Vec<Finding> {
    let packages = match packages(tree) {
        Ok(packages) => packages,
        Err(finding) => return vec![finding],
    };
    let mut findings = Vec::new();
    let mut judge = |name: &str, parts: &BTreeSet<String>| {
        if parts.len() > 1 {
            let versions = parts.iter().map(String::as_str).collect::<Vec<_>>().join(" and ");
            let what = format!("holds {name} {versions}; align them (`cargo tree -i {name}` says whose)");
            findings.push(Finding::new("Cargo.lock", what));
        }
    };
    for name in ONE_VERSION {
        judge(name, packages.get(*name).unwrap_or(&BTreeSet::new()));
    }
    for name in ONE_MAJOR {
        let majors = packages.get(*name).into_iter().flatten().map(|version| major(version)).collect();
        judge(name, &majors);
    }
    findings
}

/// The versions of every locked package.
fn packages(tree: &Tree) -> Result<BTreeMap<String, BTreeSet<String>>, Finding> {
    let text = tree.lock.as_deref().unwrap_or_default();
    let lock: toml::Table = toml::from_str(text).map_err(|error| {
        Finding::new("Cargo.lock", format!("is not TOML ({error}); run `cargo update -w`"))
    })?;
    let Some(list) = lock.get("package").and_then(toml::Value::as_array) else {
        return Err(Finding::new("Cargo.lock", "is missing or empty; run `cargo generate-lockfile`"));
    };
    let mut packages: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for package in list {
        let text = |key: &str| package.get(key).and_then(toml::Value::as_str).unwrap_or_default().to_owned();
        packages.entry(text("name")).or_default().insert(text("version"));
    }
    Ok(packages)
}

fn is_before_0_9(version: &str) -> bool {
    let mut numbers = version.split(['.', '-']).map(|part| part.parse::<u64>().unwrap_or(0));
    (numbers.next().unwrap_or(0), numbers.next().unwrap_or(0)) < (0, 9)
}

/// What cargo treats as one compatible range: `0.8`, `1`.
fn major(version: &str) -> String {
    let parts: Vec<&str> = version.split('.').collect();
    match parts[..] {
        ["0", minor, ..] => format!("0.{minor}"),
        [major, ..] => major.to_owned(),
        [] => String::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tree(packages: &[(&str, &str)]) -> Tree {
        let lock = packages
            .iter()
            .map(|(name, version)| format!("[[package]]\nname = \"{name}\"\nversion = \"{version}\"\n"));
        Tree { lock: Some(lock.collect()), ..Tree::default() }
    }

    fn run(rule: &Rule, packages: &[(&str, &str)]) -> Vec<String> {
        (rule.run)(&Workspace::default(), &tree(packages)).iter().map(ToString::to_string).collect()
    }

    #[test]
    fn a_clean_lock_passes() {
        let clean = [
            ("sqlx", "0.9.0"),
            ("arrow", "59.2.0"),
            ("hyper", "1.7.0"),
            ("thiserror", "1.0.1"),
            ("thiserror", "2.0.1"),
        ];
        assert!(run(&OLD, &clean).is_empty());
        assert!(run(&COPIES, &clean).is_empty());
    }

    #[test]
    fn an_old_sqlx_and_openssl_are_refused() {
        let found = run(&OLD, &[("sqlx", "0.8.6"), ("openssl-sys", "0.9.1")]);
        assert_eq!(found.len(), 2);
        assert!(found[0].contains("sqlx 0.8.6"));
    }

    #[test]
    fn two_copies_are_named_with_their_versions() {
        let found = run(
            &COPIES,
            &[("arrow", "58.0.0"), ("arrow", "59.2.0"), ("hyper", "0.14.3"), ("hyper", "1.7.0")],
        );
        assert_eq!(found.len(), 2);
        assert!(found[0].contains("arrow 58.0.0 and 59.2.0"), "{found:?}");
        assert!(found[1].contains("hyper 0.14 and 1"), "{found:?}");
    }

    #[test]
    fn two_minors_of_one_major_are_one_where_only_majors_count() {
        assert!(run(&COPIES, &[("hyper", "1.6.0"), ("hyper", "1.7.0")]).is_empty());
    }

    #[test]
    fn a_missing_lock_is_a_finding() {
        assert_eq!(old(&Workspace::default(), &Tree::default()).len(), 1);
    }
}
