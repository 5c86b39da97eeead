//! The file behind a model's aliases: what points where, and every move there ever was.

use std::{collections::BTreeMap, path::Path};

use domain::{Digest, Timestamp};
use serde::{Deserialize, Serialize};

use super::{CHAMPION, Note, RegistryError};
use crate::{FinderError, files};

/// What an alias points at.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Alias {
    /// The version.
    pub version: String,
    /// Its digest when it was given the alias.
    pub digest: Digest,
}

/// How an alias moved.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// Somebody pointed it there.
    Set,
    /// A better champion came.
    Promote,
    /// The champion before came back.
    RollBack,
    /// It was taken away.
    Remove,
}

/// One move of an alias.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Entry {
    /// When.
    pub at: Timestamp,
    /// A person, or a project.
    pub who: String,
    /// For people.
    pub why: String,
    /// Which alias.
    pub alias: String,
    /// How.
    pub kind: Kind,
    /// Where it pointed before.
    pub from: Option<Alias>,
    /// Where it points after.
    pub to: Option<Alias>,
}

/// Aliases and history of one model.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Book {
    schema_version: u64,
    /// What points where.
    pub aliases: BTreeMap<String, Alias>,
    /// Oldest first.
    pub history: Vec<Entry>,
}

const VERSION: u64 = 1;

impl Book {
    /// An empty one where there is no file.
    pub(super) fn read(path: &Path) -> Result<Self, RegistryError> {
        let bytes = match std::fs::read(path) {
            Ok(bytes) => bytes,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
                return Ok(Self { schema_version: VERSION, aliases: BTreeMap::new(), history: Vec::new() });
            }
            Err(error) => return Err(FinderError::io("read", path)(error).into()),
        };
        let damaged = |error: serde_json::Error| {
            FinderError::malformed(
                path,
                format!("{error}; restore it, or remove it and give the aliases anew"),
            )
        };
        let value: serde_json::Value = serde_json::from_slice(&bytes).map_err(damaged)?;
        let found = value.get("schema_version").and_then(serde_json::Value::as_u64);
        if let Some(found) = found.filter(|found| *found != VERSION) {
            let problem = format!(
                "has schema version {found}, this program reads {VERSION}; use the program that wrote it"
            );
            return Err(FinderError::malformed(path, problem).into());
        }
        Ok(serde_json::from_value(value).map_err(damaged)?)
    }

    pub(super) fn write(&self, path: &Path) -> Result<(), RegistryError> {
        files::write_json(path, self)?;
        Ok(())
    }

    /// Points an alias somewhere and notes it; nothing where it points there already.
    pub(super) fn point(&mut self, alias: &str, version: &str, digest: Digest, kind: Kind, note: Note) {
        let to = Alias { version: version.to_owned(), digest };
        if self.aliases.get(alias) == Some(&to) {
            return;
        }
        let from = self.aliases.insert(alias.to_owned(), to.clone());
        self.note(alias, kind, from, Some(to), note);
    }

    /// Takes an alias away; false where there is none.
    pub(super) fn remove(&mut self, alias: &str, note: Note) -> bool {
        let from = self.aliases.remove(alias);
        let was = from.is_some();
        if was {
            self.note(alias, Kind::Remove, from, None, note);
        }
        was
    }

    /// The champion before the present one: going back twice goes back two steps.
    pub(super) fn champion_before(&self) -> Option<Alias> {
        let mut line: Vec<&Alias> = Vec::new();
        for entry in self.history.iter().filter(|entry| entry.alias == CHAMPION) {
            match entry.kind {
                Kind::RollBack => {
                    line.pop();
                }
                _ => line.extend(&entry.to),
            }
        }
        line.pop();
        line.pop().cloned()
    }

    fn note(&mut self, alias: &str, kind: Kind, from: Option<Alias>, to: Option<Alias>, note: Note) {
        let Note { who, why, at } = note;
        self.history.push(Entry { at, who, why, alias: alias.to_owned(), kind, from, to });
    }
}
