//! The text files the rules look at, read once: Rust sources of the crates and
//! the tests, the sources of the web app, ARCHITECTURE.md, Cargo.lock and the
//! names of the migrations.

use std::{collections::BTreeMap, fs, path::Path};

/// Paths from the root, with `/`, to contents.
#[derive(Debug, Default, Clone)]
pub struct Tree {
    /// Every `.rs` under `crates/` and `tests/`.
    pub rust: BTreeMap<String, String>,
    /// `.ts` and `.svelte` under `web/src`.
    pub web: BTreeMap<String, String>,
    /// ARCHITECTURE.md, if it exists.
    pub architecture: Option<String>,
    /// Cargo.lock, if it exists.
    pub lock: Option<String>,
    /// File names by folder of `migrations/`.
    pub migrations: BTreeMap<String, Vec<String>>,
}

impl Tree {
    /// Reads them all.
    pub fn load(root: &Path) -> Result<Self, String> {
        let mut tree = Self {
            architecture: fs::read_to_string(root.join("ARCHITECTURE.md")).ok(),
            lock: fs::read_to_string(root.join("Cargo.lock")).ok(),
            ..Self::default()
        };
        for top in ["crates", "tests"] {
            walk(root, &root.join(top), &["rs"], &mut tree.rust)?;
        }
        walk(root, &root.join("web/src"), &["ts", "svelte"], &mut tree.web)?;
        for folder in ["sqlite", "postgres"] {
            let mut names = Vec::new();
            for entry in entries(&root.join("migrations").join(folder))? {
                names.push(entry.file_name().to_string_lossy().into_owned());
            }
            names.sort();
            tree.migrations.insert(folder.to_owned(), names);
        }
        Ok(tree)
    }
}

fn walk(
    root: &Path,
    folder: &Path,
    extensions: &[&str],
    files: &mut BTreeMap<String, String>,
) -> Result<(), String> {
    for entry in entries(folder)? {
        let path = entry.path();
        let name = entry.file_name();
        let name = name.to_string_lossy();
        if path.is_dir() {
            if !name.starts_with('.') && name != "target" && name != "node_modules" {
                walk(root, &path, extensions, files)?;
            }
        } else if path.extension().is_some_and(|found| extensions.iter().any(|wanted| found == *wanted)) {
            let text = fs::read_to_string(&path).map_err(|error| format!("{}: {error}", path.display()))?;
            let place = path.strip_prefix(root).unwrap_or(&path);
            files.insert(place.to_string_lossy().replace('\\', "/"), text);
        }
    }
    Ok(())
}

/// What is in a folder; nothing if there is no such folder.
fn entries(folder: &Path) -> Result<Vec<fs::DirEntry>, String> {
    if !folder.is_dir() {
        return Ok(Vec::new());
    }
    let wrong = |error| format!("{}: {error}", folder.display());
    fs::read_dir(folder).map_err(wrong)?.map(|entry| entry.map_err(wrong)).collect()
}
