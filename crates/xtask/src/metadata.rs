//! What cargo knows about the workspace: its members, what each declares, and
//! the resolved dependency graph. Read once from `cargo metadata`; the rules
//! see only these types, so their tests need no cargo.

use std::{
    collections::{BTreeMap, BTreeSet, HashMap},
    path::Path,
    process::Command,
};

use serde_json::Value;

/// The members under `crates/` and the graph of packages below them.
#[derive(Debug, Default, Clone)]
pub struct Workspace {
    /// Members by name.
    pub members: BTreeMap<String, Member>,
    /// Normal and build dependencies (not dev) between package names, as resolved for this host.
    pub edges: BTreeMap<String, BTreeSet<String>>,
}

/// One member.
#[derive(Debug, Default, Clone)]
pub struct Member {
    /// Folder from the root, such as `crates/store`.
    pub folder: String,
    /// Everything its Cargo.toml names, dev-dependencies included.
    pub declared: Vec<String>,
}

impl Workspace {
    /// Asks cargo; prefers what is already downloaded.
    pub fn load(root: &Path) -> Result<Self, String> {
        let host = host_triple()?;
        let ask = |offline: bool| {
            let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
            let mut command = Command::new(cargo);
            command.args(["metadata", "--format-version", "1", "--filter-platform", &host]).current_dir(root);
            if offline {
                command.arg("--offline");
            }
            command.output().map_err(|error| format!("cargo metadata did not start: {error}"))
        };
        let mut output = ask(true)?;
        if !output.status.success() {
            output = ask(false)?;
        }
        if !output.status.success() {
            return Err(format!("cargo metadata failed: {}", String::from_utf8_lossy(&output.stderr)));
        }
        let json = serde_json::from_slice(&output.stdout)
            .map_err(|error| format!("cargo metadata is not JSON: {error}"))?;
        Ok(Self::read(&json, root))
    }

    /// Reads the JSON of `cargo metadata --format-version 1`.
    pub fn read(json: &Value, root: &Path) -> Self {
        let packages = list(json, "packages");
        let names: HashMap<&str, &str> =
            packages.iter().map(|package| (text(package, "id"), text(package, "name"))).collect();
        let members: BTreeSet<&str> =
            list(json, "workspace_members").iter().filter_map(Value::as_str).collect();

        let mut workspace = Self::default();
        for package in packages.iter().filter(|package| members.contains(text(package, "id"))) {
            let manifest = Path::new(text(package, "manifest_path"));
            let folder = manifest.parent().and_then(|folder| folder.strip_prefix(root).ok());
            let folder = folder.map(|path| path.to_string_lossy().into_owned()).unwrap_or_default();
            let declared = list(package, "dependencies");
            let declared = declared.iter().map(|dependency| text(dependency, "name").to_owned()).collect();
            workspace.members.insert(text(package, "name").to_owned(), Member { folder, declared });
        }
        for node in json.get("resolve").map(|resolve| list(resolve, "nodes")).unwrap_or_default() {
            let Some(from) = names.get(text(node, "id")) else { continue };
            let to = list(node, "deps").iter().filter(|dep| is_shipped(dep));
            let to = to.filter_map(|dep| names.get(text(dep, "pkg")).map(|name| (*name).to_owned()));
            workspace.edges.entry((*from).to_owned()).or_default().extend(to);
        }
        workspace
    }

    /// The shortest chain of shipped dependencies from one package to the first that `is_wanted`.
    pub fn path_to(&self, from: &str, is_wanted: impl Fn(&str) -> bool) -> Option<Vec<String>> {
        let mut seen = BTreeSet::from([from.to_owned()]);
        let mut paths = vec![vec![from.to_owned()]];
        while !paths.is_empty() {
            let mut longer = Vec::new();
            for path in paths {
                let last = path.last().expect("a path starts with one name");
                for next in self.edges.get(last).into_iter().flatten() {
                    let extended = [path.clone(), vec![next.clone()]].concat();
                    if is_wanted(next) {
                        return Some(extended);
                    }
                    if seen.insert(next.clone()) {
                        longer.push(extended);
                    }
                }
            }
            paths = longer;
        }
        None
    }
}

/// Whether an edge holds outside tests.
fn is_shipped(dep: &Value) -> bool {
    list(dep, "dep_kinds").iter().any(|kind| kind.get("kind").and_then(Value::as_str) != Some("dev"))
}

fn host_triple() -> Result<String, String> {
    let rustc = std::env::var_os("RUSTC").unwrap_or_else(|| "rustc".into());
    let output = Command::new(rustc).arg("-vV").output().map_err(|error| format!("rustc -vV: {error}"))?;
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    let host = text.lines().find_map(|line| line.strip_prefix("host: "));
    host.map(str::to_owned).ok_or_else(|| "rustc -vV names no host".to_owned())
}

fn text<'a>(value: &'a Value, key: &str) -> &'a str {
    value.get(key).and_then(Value::as_str).unwrap_or_default()
}

fn list<'a>(value: &'a Value, key: &str) -> &'a [Value] {
    value.get(key).and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default()
}

#[cfg(test)]
pub mod tests {
    use super::*;

    /// A workspace in which each crate declares and ships exactly these.
    pub fn workspace(crates: &[(&str, &[&str])]) -> Workspace {
        let mut workspace = Workspace::default();
        for (name, declared) in crates {
            let declared: Vec<String> = declared.iter().map(|name| (*name).to_owned()).collect();
            workspace.edges.insert((*name).to_owned(), declared.iter().cloned().collect());
            workspace
                .members
                .insert((*name).to_owned(), Member { folder: format!("crates/{name}"), declared });
        }
        workspace
    }

    #[test]
    fn members_and_edges_come_out_of_the_json_and_dev_edges_do_not() {
        let json = serde_json::json!({
            "workspace_members": ["a#1"],
            "packages": [
                {"id": "a#1", "name": "a", "manifest_path": "/w/crates/a/Cargo.toml",
                 "dependencies": [{"name": "b"}, {"name": "c"}]},
                {"id": "b#1", "name": "b", "manifest_path": "/r/b/Cargo.toml", "dependencies": []},
                {"id": "c#1", "name": "c", "manifest_path": "/r/c/Cargo.toml", "dependencies": []},
            ],
            "resolve": {"nodes": [
                {"id": "a#1", "deps": [
                    {"pkg": "b#1", "dep_kinds": [{"kind": null}]},
                    {"pkg": "c#1", "dep_kinds": [{"kind": "dev"}]},
                ]},
            ]},
        });
        let workspace = Workspace::read(&json, Path::new("/w"));
        assert_eq!(workspace.members.keys().collect::<Vec<_>>(), ["a"]);
        assert_eq!(workspace.members["a"].folder, "crates/a");
        assert_eq!(workspace.members["a"].declared, ["b", "c"]);
        assert_eq!(workspace.edges["a"], BTreeSet::from(["b".to_owned()]));
    }

    #[test]
    fn the_shortest_path_is_found_and_cycles_end() {
        let workspace = workspace(&[("a", &["b", "c"]), ("b", &["c", "a"]), ("c", &["burn-core"])]);
        let path = workspace.path_to("a", |name| name.starts_with("burn"));
        assert_eq!(path, Some(vec!["a".into(), "c".into(), "burn-core".into()]));
        assert_eq!(workspace.path_to("a", |name| name == "axum"), None);
    }
}
