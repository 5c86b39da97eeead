//! Each framework has one door: only the crate named here may declare it, and
//! the server must build without the training framework.

use super::Rule;
use crate::{finding::Finding, metadata::Workspace, tree::Tree};

/// A family of packages and the crates that may declare it.
struct Door {
    family: &'static [&'static str],
    keepers: &'static [&'static str],
}

const DOORS: &[Door] = &[
    Door { family: &["sqlx"], keepers: &["store"] },
    Door { family: &["burn"], keepers: &["finder"] },
    Door { family: &["axum"], keepers: &["server"] },
    Door { family: &["clap", "miette", "anyhow"], keepers: &["cli", "xtask"] },
];

/// Only the keepers name the families.
pub const RULE: Rule = Rule {
    name: "doors",
    says: "only store names sqlx, only finder burn, only server axum, only cli and xtask clap and miette",
    run: doors,
};

/// No burn below the server.
pub const SERVER_WITHOUT_BURN: Rule =
    Rule { name: "server", says: "the server builds without burn", run: server_without_burn };

/// Whether `name` is the family's head or one of its satellites (`axum`, `axum-extra`).
fn belongs(name: &str, family: &[&str]) -> bool {
    family
        .iter()
        .any(|head| name.strip_prefix(head).is_some_and(|rest| rest.is_empty() || rest.starts_with('-')))
}

fn doors(workspace: &Workspace, _: &Tree) -> Vec<Finding> {
    let mut findings = Vec::new();
    for (name, member) in &workspace.members {
        for door in DOORS.iter().filter(|door| !door.keepers.contains(&name.as_str())) {
            for declared in member.declared.iter().filter(|declared| belongs(declared, door.family)) {
                findings.push(Finding::new(
                    format!("{}/Cargo.toml", member.folder),
                    format!(
                        "names `{declared}`, which only {} may; move the code there",
                        door.keepers.join(" and ")
                    ),
                ));
            }
        }
    }
    findings
}

fn server_without_burn(workspace: &Workspace, _: &Tree) -> Vec<Finding> {
    let path = workspace.path_to("server", |name| belongs(name, &["burn"]) || name == "finder");
    path.map(|path| Finding::new("crates/server", format!("reaches training code: {}", path.join(" → "))))
        .into_iter()
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::metadata::tests::workspace;

    #[test]
    fn the_keeper_may_and_others_may_not() {
        let good =
            workspace(&[("store", &["sqlx"]), ("cli", &["clap", "miette"]), ("server", &["axum-extra"])]);
        assert_eq!(doors(&good, &Tree::default()), []);
        let bad = workspace(&[("server", &["sqlx"]), ("survey", &["axum-extra"]), ("domain", &["anyhow"])]);
        let places: Vec<_> = doors(&bad, &Tree::default()).into_iter().map(|finding| finding.place).collect();
        assert_eq!(
            places,
            ["crates/domain/Cargo.toml", "crates/server/Cargo.toml", "crates/survey/Cargo.toml"]
        );
    }

    #[test]
    fn a_name_that_only_begins_alike_is_another_package() {
        assert!(belongs("burn-flex", &["burn"]));
        assert!(!belongs("burnished", &["burn"]));
    }

    #[test]
    fn burn_below_the_server_is_found_with_the_way_to_it() {
        let bad = workspace(&[("server", &["campaign"]), ("campaign", &["finder"]), ("finder", &["burn"])]);
        let found = server_without_burn(&bad, &Tree::default());
        assert!(found[0].what.contains("server → campaign → finder"), "{found:?}");
        let good = workspace(&[("server", &["store"]), ("campaign", &["finder"])]);
        assert_eq!(server_without_burn(&good, &Tree::default()), []);
    }
}
