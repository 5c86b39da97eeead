//! Keeps results from taking the place of what is read, or of each other, however the names are
//! spelled: `votes.csv`, `./votes.csv`, the whole path, or a link.

use std::path::{Path, PathBuf};

use crate::failure::Failure;

/// Refuses results that would lie over a file that is read, or over one another.
pub fn check(read: &[&Path], written: &[&Path]) -> Result<(), Failure> {
    let read: Vec<Place> = read.iter().filter_map(|path| Place::of(path)).collect();
    let mut taken: Vec<Place> = Vec::new();
    for path in written {
        // Until a result is whole it stands beside its place.
        let mut unfinished = path.as_os_str().to_owned();
        unfinished.push(".part");
        let place = Place::of(path);
        if place.iter().chain(&Place::of(Path::new(&unfinished))).any(|place| read.contains(place)) {
            return Err(Failure::words(format!(
                "{}: is read here, and would be overwritten",
                path.display()
            )));
        }
        let Some(place) = place.or_else(|| Place::stdout(path)) else { continue };
        if taken.contains(&place) {
            return Err(Failure::words(format!("{}: two results cannot go to one file", path.display())));
        }
        taken.push(place);
    }
    Ok(())
}

/// Where a file is or will be.
#[derive(PartialEq, Eq)]
enum Place {
    Stdout,
    File(PathBuf),
}

impl Place {
    /// Nothing for standard input and output, devices and pipes: these are not overwritten.
    fn of(path: &Path) -> Option<Self> {
        if path.as_os_str() == "-" {
            return None;
        }
        let place = path.canonicalize().unwrap_or_else(|_| to_be(path));
        let is_special = place.metadata().is_ok_and(|it| !it.is_file() && !it.is_dir());
        (!is_special).then_some(Self::File(place))
    }

    fn stdout(path: &Path) -> Option<Self> {
        (path.as_os_str() == "-").then_some(Self::Stdout)
    }
}

/// The place of a file that is not there yet: its folder may well be.
fn to_be(path: &Path) -> PathBuf {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    match (folder.canonicalize(), path.file_name()) {
        (Ok(folder), Some(name)) => folder.join(name),
        _ => path.to_owned(),
    }
}
