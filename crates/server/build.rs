//! Tells cargo that the built web app is part of this crate: `src/web/assets.rs` embeds it.

use std::{fs, path::Path};

fn main() {
    let build = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../web/build");
    // Cargo reruns a script that watches a missing path on every build; an empty folder is a thing to
    // watch. When it cannot be made, the embedded app is simply absent.
    let _ = fs::create_dir_all(&build);
    println!("cargo::rerun-if-changed={}", build.display());
    println!("cargo::rerun-if-changed=build.rs");
}
