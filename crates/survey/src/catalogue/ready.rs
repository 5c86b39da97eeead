//! Schemas for catalogues that many people use, shipped with the program.
//! `verified = true` means: tried on the published file.

use super::{CatalogueError, Schema};

/// A shipped schema.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ReadySchema {
    /// Its name.
    pub name: &'static str,
    /// Its TOML.
    pub text: &'static str,
}

macro_rules! ready {
    ($($name:literal),* $(,)?) => {
        &[$(ReadySchema { name: $name, text: include_str!(concat!("../../schemas/", $name, ".toml")) }),*]
    };
}

/// All of them, by name.
pub const READY: &[ReadySchema] = ready![
    "act-dr5",
    "desi-candidates",
    "erass1-extended",
    "generic-clusters",
    "generic-lenses",
    "lenscat",
    "psz2",
    "redmapper-des-y3",
    "redmapper-sdss",
    "spacewarps-cfhtls",
    "spt-ecs",
    "spt-sz",
    "stein2022-new",
    "stein2022-training",
    "wen-han-2024",
    "zou2021",
    "zou2022",
];

/// The shipped schema of that name.
///
/// # Errors
/// When there is none; the message lists them.
pub fn ready(name: &str) -> Result<Schema, CatalogueError> {
    match READY.iter().find(|schema| schema.name == name) {
        Some(schema) => Schema::parse(schema.text, name),
        None => {
            let all: Vec<_> = READY.iter().map(|schema| schema.name).collect();
            Err(CatalogueError::schema(
                name,
                format!("there is no such schema; give a TOML file, or one of {}", all.join(", ")),
            ))
        }
    }
}
