//! Writes the OpenAPI document to `web/openapi.json`, from which the web app's client is generated.

use std::{error::Error, fs, path::Path};

fn main() -> Result<(), Box<dyn Error>> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../web/openapi.json");
    let new = path.with_extension("json.new");
    fs::write(&new, server::openapi_json()?)?;
    fs::rename(&new, &path)?;
    println!("{}", path.display());
    Ok(())
}
