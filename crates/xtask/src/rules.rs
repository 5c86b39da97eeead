//! The list of rules; one file each. A rule is a pure function of what was
//! read, so that each is tested on a fixture of a few lines.

mod architecture;
mod doors;
mod headers;
mod length;
mod lockfile;
mod migrations;
mod purity;

use crate::{finding::Finding, metadata::Workspace, tree::Tree};

/// A named rule.
pub struct Rule {
    /// One word.
    pub name: &'static str,
    /// What holds when it finds nothing.
    pub says: &'static str,
    /// Looks.
    pub run: fn(&Workspace, &Tree) -> Vec<Finding>,
}

/// Every rule, in the order they are printed.
pub const ALL: &[Rule] = &[
    doors::RULE,
    doors::SERVER_WITHOUT_BURN,
    purity::DEPENDENCIES,
    purity::SOURCES,
    headers::RULE,
    length::RULE,
    architecture::RULE,
    lockfile::OLD,
    lockfile::COPIES,
    migrations::RULE,
];
