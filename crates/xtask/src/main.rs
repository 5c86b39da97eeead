//! The workspace's own chores: `cargo xtask check` looks for what the
//! architecture says must be absent. Formatting, lints and tests are left to
//! their own tools; `make test` calls them all.

mod finding;
mod metadata;
mod rules;
mod source;
mod tokens;
mod tree;

use std::{path::PathBuf, process::ExitCode};

use finding::Finding;
use metadata::Workspace;
use tree::Tree;

const USAGE: &str = "\
Usage: cargo xtask check

  check   the rules of ARCHITECTURE.md that a machine can see: which crate may
          name what, file headers and lengths, the table of crates, Cargo.lock,
          the migrations. Exit code 1 with every finding if one is broken.
";

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    match arguments[..] {
        ["check"] => match check() {
            Ok(findings) if findings.is_empty() => ExitCode::SUCCESS,
            Ok(_) => ExitCode::FAILURE,
            Err(message) => {
                eprintln!("cargo xtask check could not run: {message}");
                ExitCode::from(2)
            }
        },
        ["help" | "--help" | "-h"] => {
            print!("{USAGE}");
            ExitCode::SUCCESS
        }
        _ => {
            eprint!("{USAGE}");
            ExitCode::from(64)
        }
    }
}

/// Runs every rule and prints what it found.
fn check() -> Result<Vec<Finding>, String> {
    let root = workspace_root()?;
    let workspace = Workspace::load(&root)?;
    let tree = Tree::load(&root)?;
    let mut all = Vec::new();
    for rule in rules::ALL {
        let findings = (rule.run)(&workspace, &tree);
        println!("{} {:<12} {}", if findings.is_empty() { "ok  " } else { "FAIL" }, rule.name, rule.says);
        for finding in &findings {
            println!("       {finding}");
        }
        all.extend(findings);
    }
    if all.is_empty() {
        println!("{} rules hold", rules::ALL.len());
    } else {
        println!("{} findings; each line says what to do", all.len());
    }
    Ok(all)
}

/// The folder two above this crate.
fn workspace_root() -> Result<PathBuf, String> {
    // At run time, not compile time: a build cache may be shared by several checkouts.
    let here = std::env::var_os("CARGO_MANIFEST_DIR").unwrap_or_else(|| env!("CARGO_MANIFEST_DIR").into());
    let here = PathBuf::from(here);
    let root = here.ancestors().nth(2).ok_or("crates/xtask is not two folders below the root")?;
    Ok(root.to_path_buf())
}
