//! The image files of a folder, in the order of their paths.

use std::{
    collections::HashMap,
    fs,
    path::{Path, PathBuf},
};

use super::{IngestRequest, Item, List, Wanted};
use crate::{Conditions, Source, SurveyError, source::is_fits_name};

/// Deepest subfolder looked into.
const MAX_DEPTH: usize = 16;

/// The image files of a folder and its subfolders by their names' endings, each with its id (the path within
/// the folder without its ending; with it where two would share one), in the order of their paths.
///
/// # Errors
/// When the folder or one below it cannot be listed.
pub fn image_files(folder: &Path) -> Result<Vec<(String, PathBuf)>, SurveyError> {
    let folder = fs::canonicalize(folder).map_err(SurveyError::io("cannot open the folder", folder))?;
    let mut files = Vec::new();
    collect(&folder, 0, &mut files)?;
    files.sort();
    let ids = ids_of(&folder, &files);
    Ok(ids.into_iter().zip(files).collect())
}

pub(super) fn list(folder: &Path, request: &IngestRequest) -> Result<List, SurveyError> {
    let files = image_files(folder)?.into_iter();
    let items = files.map(|(id, file)| item(file, id, request)).collect();
    Ok(List { items, other_columns: Vec::new() })
}

fn collect(folder: &Path, depth: usize, files: &mut Vec<PathBuf>) -> Result<(), SurveyError> {
    let entries = fs::read_dir(folder).map_err(SurveyError::io("cannot list", folder))?;
    for entry in entries {
        let entry = entry.map_err(SurveyError::io("cannot list", folder))?;
        let path = entry.path();
        let kind = entry.file_type().map_err(SurveyError::io("cannot list", &path))?;
        if kind.is_dir() && depth < MAX_DEPTH {
            collect(&path, depth + 1, files)?;
        } else if !kind.is_dir() && is_image_name(&path) {
            files.push(path);
        }
    }
    Ok(())
}

/// Whether the name looks like an image.
fn is_image_name(path: &Path) -> bool {
    let name = path.to_string_lossy().to_ascii_lowercase();
    let endings = [".png", ".jpg", ".jpeg", ".webp"];
    is_fits_name(path) || endings.iter().any(|ending| name.ends_with(ending))
}

/// The path within the folder without its ending; with it where two files would share an id.
fn ids_of(folder: &Path, files: &[PathBuf]) -> Vec<String> {
    let within = |file: &PathBuf| file.strip_prefix(folder).unwrap_or(file).to_string_lossy().into_owned();
    let short: Vec<String> = files.iter().map(|file| without_ending(&within(file))).collect();
    let mut uses: HashMap<&str, usize> = HashMap::new();
    for id in &short {
        *uses.entry(id).or_default() += 1;
    }
    short
        .iter()
        .zip(files)
        .map(|(id, file)| if uses[id.as_str()] > 1 { within(file) } else { id.clone() })
        .collect()
}

/// Cuts `.png`, `.fits.fz` and the like off.
pub(super) fn without_ending(name: &str) -> String {
    let name = [".fz", ".gz"].iter().find_map(|ending| name.strip_suffix(ending)).unwrap_or(name);
    match name.rsplit_once('.') {
        Some((stem, ending)) if !stem.is_empty() && !ending.contains('/') => stem.to_owned(),
        _ => name.to_owned(),
    }
}

fn item(file: PathBuf, id: String, request: &IngestRequest) -> Item {
    let shown = file.to_string_lossy().into_owned();
    let text = file.to_str().filter(|text| !text.contains(';') && !text.contains("#plane="));
    let image = match text {
        None => Err("the path is not UTF-8, or holds ';' or '#plane='; rename the file".to_owned()),
        Some(text) => Ok(Wanted {
            id,
            source: text.to_owned(),
            sizes: Source::file(&file).sizes(),
            options: request.options.clone(),
            position: None,
            conditions: Conditions::default(),
            label: request.label,
            provenance: request.provenance.clone(),
        }),
    };
    Item { shown, image }
}
