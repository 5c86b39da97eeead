//! `lensfinder model`: the models of a workspace under names people use, who moved
//! them and why, and the way back.

use std::path::{Path, PathBuf};

use clap::{Args, Subcommand, ValueEnum};
use domain::Clock as _;
use finder::{
    Format, NetworkConfig, Registry,
    registry::{Alias, Entry, Note, Version},
};
use imaging::TileSpec;
use serde_json::{Value, json};

use super::{heavy, tell};
use crate::{arguments::Place, clock::SystemClock, failure::Failure};

/// `lensfinder model`.
#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  \
        lensfinder model list --workspace W\n  \
        lensfinder model promote lensnet-s r3-1a2b3c4d5e6f --why 'better on the audit sample'\n  \
        lensfinder model rollback lensnet-s --why 'ring galaxies on top'\n  \
        lensfinder score --model lensnet-s@champion …\n  \
        lensfinder model export lensnet-s@champion --format onnx --out lensnet.onnx\n  \
        lensfinder model import resnet18.safetensors --out models/resnet18/zoo\n\n\
        Models lie in WORKSPACE/models/NAME/VERSION, aliases and their history in models/NAME.aliases.json.\n\
        A running project keeps to the network in its database, and moves `champion` along when it promotes.")]
pub struct Model {
    /// What to do
    #[command(subcommand)]
    what: What,
    /// Folder of the models; default: `models` in the workspace
    #[arg(long, global = true, value_name = "DIR")]
    models: Option<PathBuf>,
    /// Who asks, for the history
    #[arg(long, global = true, env = "USER", default_value = "somebody", hide_env_values = true)]
    by: String,
}

#[derive(Debug, Subcommand)]
enum What {
    /// Models, versions and aliases
    List {
        /// Only this model
        name: Option<String>,
    },
    /// One version: what made it, how good it is, its aliases; or a model's history
    Show {
        /// NAME, NAME@ALIAS or NAME/VERSION
        model: String,
    },
    /// Point an alias at a version, or take it away
    Alias {
        /// The model
        name: String,
        /// The alias: challenger, or a word of your own
        alias: String,
        /// The version
        #[arg(required_unless_present = "remove")]
        version: Option<String>,
        /// Take the alias away
        #[arg(long, conflicts_with = "version")]
        remove: bool,
        /// Why, for the history
        #[arg(long, default_value = "")]
        why: String,
    },
    /// Make a version the champion
    Promote {
        /// The model
        name: String,
        /// The version, or an alias such as challenger
        version: String,
        /// Why, for the history
        #[arg(long)]
        why: String,
    },
    /// Make the champion before this one champion again
    Rollback {
        /// The model
        name: String,
        /// Why, for the history
        #[arg(long)]
        why: String,
    },
    /// Write a model for other programs; one file for each member
    Export {
        /// A model's folder, NAME@ALIAS or NAME/VERSION
        model: PathBuf,
        /// What to write
        #[arg(long, value_enum)]
        format: Written,
        /// The file; with several members `-0`, `-1`, … stand before its ending
        #[arg(long)]
        out: PathBuf,
    },
    /// Make a model of a ResNet-18 that PyTorch trained (safetensors, named as torchvision and timm do)
    Import {
        /// The file
        file: PathBuf,
        /// Folder of the new model
        #[arg(long)]
        out: PathBuf,
        /// Side of the tiles it will see, a multiple of 16
        #[arg(long, default_value_t = 96)]
        tile_size: usize,
        /// The byte of a tile that becomes 0
        #[arg(long, default_value_t = 44.0)]
        input_offset: f32,
        /// Bytes per unit of input
        #[arg(long, default_value_t = 32.0)]
        input_scale: f32,
    },
    /// Check every digest
    Verify {
        /// Only this model
        name: Option<String>,
    },
}

/// A format of [`What::Export`].
#[derive(Debug, Clone, Copy, ValueEnum)]
enum Written {
    /// Folded weights by name, the layers as JSON in the header
    Safetensors,
    /// For ONNX Runtime and the like: bytes of tiles in; logit, embedding and map out
    Onnx,
}

/// The folder behind `--model`: a folder as it is, or NAME@ALIAS or NAME/VERSION in the workspace.
pub fn folder_of(model: &Path, place: &Place) -> Result<PathBuf, Failure> {
    if model.is_dir() {
        return Ok(model.to_owned());
    }
    let registry = Registry::open(&place.workspace.join("models"));
    if let Some(folder) = model.to_str().map(|text| registry.resolve(text)).transpose()?.flatten() {
        return Ok(folder);
    }
    Err(Failure::words(format!(
        "there is no model {}: give a model's folder, or NAME@champion or NAME/VERSION of those in {} (`lensfinder model list`)",
        model.display(),
        place.workspace.join("models").display()
    )))
}

/// Runs the command.
pub async fn run(wish: Model, place: Place, json: bool) -> Result<(), Failure> {
    heavy(move || {
        let Model { what, models, by } = wish;
        let registry = Registry::open(&models.unwrap_or_else(|| place.workspace.join("models")));
        let note = |why: String| Note { who: by.clone(), why, at: SystemClock.now() };
        match what {
            What::List { name } => list(&registry, name, json),
            What::Show { model } => show(&registry, &model, json),
            What::Alias { name, alias, version, remove: _, why } => {
                match &version {
                    Some(version) => registry.set(&name, &alias, version, note(why))?,
                    None => registry.remove(&name, &alias, note(why))?,
                }
                let words = match &version {
                    Some(version) => format!("{name}@{alias} is version {version}"),
                    None => format!("{name}@{alias} is gone"),
                };
                tell(json, &json!({ "name": name, "alias": alias, "version": version }), &words)
            }
            What::Promote { name, version, why } => {
                let book = registry.book(&name)?;
                let version = book.aliases.get(&version).map_or(version, |alias| alias.version.clone());
                registry.promote(&name, &version, note(why))?;
                champion(&name, &version, json)
            }
            What::Rollback { name, why } => {
                let version = registry.roll_back(&name, note(why))?;
                champion(&name, &version, json)
            }
            What::Export { model, format, out } => export(&folder_of(&model, &place)?, format, &out, json),
            What::Import { file, out, tile_size, input_offset, input_scale } => {
                let input =
                    NetworkConfig { tile_size, input_offset, input_scale, ..NetworkConfig::default() };
                let spec = TileSpec { size: tile_size, ..TileSpec::default() };
                let digest = finder::import(&file, &input, &spec, &out)?;
                let value = json!({ "model": out, "digest": digest });
                let words = format!(
                    "model {} in {}: a start for `lensfinder train --from`, not calibrated",
                    digest.short(),
                    out.display()
                );
                tell(json, &value, &words)
            }
            What::Verify { name } => verify(&registry, name, json),
        }
    })
    .await
}

/// Writes each member to a file of its own.
fn export(model: &Path, format: Written, out: &Path, json: bool) -> Result<(), Failure> {
    let format = match format {
        Written::Safetensors => Format::Safetensors,
        Written::Onnx => Format::Onnx,
    };
    let members = finder::export(model, format)?;
    let is_alone = members.len() == 1;
    let mut files = Vec::new();
    for (number, bytes) in members.iter().enumerate() {
        let stem = out.file_stem().unwrap_or_default().to_string_lossy();
        let ending = out.extension().map_or(format.ending().into(), |ending| ending.to_string_lossy());
        let path =
            if is_alone { out.to_owned() } else { out.with_file_name(format!("{stem}-{number}.{ending}")) };
        std::fs::write(&path, bytes)
            .map_err(|e| Failure::words(format!("cannot write {}: {e}", path.display())))?;
        files.push(path);
    }
    let names: Vec<_> = files.iter().map(|path| path.display().to_string()).collect();
    tell(json, &json!({ "files": files }), &names.join("\n"))
}

fn champion(name: &str, version: &str, json: bool) -> Result<(), Failure> {
    let value = json!({ "name": name, "champion": version });
    tell(json, &value, &format!("champion of {name} is now version {version}"))
}

/// All versions of the one model asked for, or of all.
fn versions(registry: &Registry, name: Option<String>) -> Result<Vec<Version>, Failure> {
    let names = name.map_or_else(|| registry.names(), |name| Ok(vec![name]))?;
    let mut versions = Vec::new();
    for name in names {
        versions.extend(registry.versions(&name)?);
    }
    Ok(versions)
}

fn list(registry: &Registry, name: Option<String>, json: bool) -> Result<(), Failure> {
    let versions = versions(registry, name)?;
    let value: Vec<Value> = versions
        .iter()
        .map(|of| {
            json!({
                "name": of.name, "version": of.version, "dir": of.dir, "aliases": of.aliases,
                "digest": of.digest.as_ref().ok(), "problem": of.digest.as_ref().err(),
            })
        })
        .collect();
    let lines: Vec<String> = versions
        .iter()
        .map(|of| {
            let state = of.digest.as_ref().map_or_else(Clone::clone, domain::Digest::short);
            format!("{:<24} {:<24} {:<24} {state}", of.name, of.version, of.aliases.join(", "))
        })
        .collect();
    let words =
        if lines.is_empty() { "no model yet; `lensfinder train --help`".into() } else { lines.join("\n") };
    tell(json, &value, &words)
}

fn show(registry: &Registry, model: &str, json: bool) -> Result<(), Failure> {
    let Some(folder) = registry.resolve(model)? else {
        let book = registry.book(model)?;
        let mut lines: Vec<String> =
            book.aliases.iter().map(|(alias, at)| format!("{alias:<24} {}", at.version)).collect();
        lines.extend(book.history.iter().map(line));
        if lines.is_empty() {
            lines.push(format!("model {model} has no aliases yet; `lensfinder model promote --help`"));
        }
        return tell(json, &serde_json::to_value(&book)?, &lines.join("\n"));
    };
    let read = |file: &str| {
        let path = folder.join(file);
        std::fs::read_to_string(&path)
            .map_err(|error| Failure::words(format!("cannot read {}: {error}", path.display())))
    };
    let parsed = |file: &str| read(file).and_then(|text| Ok(serde_json::from_str::<Value>(&text)?));
    let value = json!({
        "dir": folder,
        "digest": parsed("digest.json")?["digest"],
        "config": parsed("config.json")?,
        "calibration": parsed("calibration.json")?,
        "metrics": parsed("metrics.json")?,
    });
    let card = if json { String::new() } else { read("MODEL_CARD.md")? };
    tell(json, &value, &card)
}

/// One move of an alias, for people.
fn line(entry: &Entry) -> String {
    let Entry { at, who, why, alias, kind, from, to } = entry;
    let version = |of: &Option<Alias>| of.as_ref().map_or_else(|| "nothing".into(), |of| of.version.clone());
    let kind =
        serde_json::to_value(kind).ok().and_then(|kind| kind.as_str().map(|kind| kind.replace('_', " ")));
    let kind = kind.unwrap_or_default();
    let why = if why.is_empty() { String::new() } else { format!(": {why}") };
    format!(
        "{} {kind} {alias} from {} to {} by {who}{why}",
        at.format("%Y-%m-%d %H:%M"),
        version(from),
        version(to)
    )
}

fn verify(registry: &Registry, name: Option<String>, json: bool) -> Result<(), Failure> {
    let mut problems = Vec::new();
    let versions = versions(registry, name)?;
    for of in &versions {
        if let Err(error) = registry.verify(&of.name, &of.version) {
            problems.push(format!("{}/{}: {error}", of.name, of.version));
        }
    }
    if !problems.is_empty() {
        for problem in &problems {
            eprintln!("{problem}");
        }
        let words = format!("{} of {} versions cannot be trusted", problems.len(), versions.len());
        return Err(Failure::words(words));
    }
    let value = json!({ "versions": versions.len(), "problems": problems });
    tell(json, &value, &format!("{} versions are what they were when they were trained", versions.len()))
}
