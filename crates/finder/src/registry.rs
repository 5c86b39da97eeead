//! The models of a folder `models/<name>/<version>/` under names people use: aliases such as `champion`,
//! who moved them, when and why, and the way back. Aliases lie in `models/<name>.aliases.json`; each keeps
//! the digest of what it was given, so that a model that was changed since is not taken for it.
//!
//! Which network a running project uses is its database's to say; it moves the aliases along.

mod book;
mod error;

use std::{
    fs,
    path::{Path, PathBuf},
};

use domain::{Digest, Timestamp};

pub use self::{
    book::{Alias, Book, Entry, Kind},
    error::RegistryError,
};
use crate::{FinderError, folder};

/// The alias of the model in use.
pub const CHAMPION: &str = "champion";

/// The alias of the model that wants to be.
pub const CHALLENGER: &str = "challenger";

/// A folder of models.
#[derive(Debug, Clone)]
pub struct Registry {
    root: PathBuf,
}

/// Who moves an alias, when and why.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Note {
    /// A person, or a project.
    pub who: String,
    /// For people.
    pub why: String,
    /// When.
    pub at: Timestamp,
}

/// One version of a model.
#[derive(Debug, Clone, PartialEq)]
pub struct Version {
    /// Of the model.
    pub name: String,
    /// Its folder's name.
    pub version: String,
    /// Where it lies.
    pub dir: PathBuf,
    /// Its digest, all files checked; or why it cannot be used.
    pub digest: Result<Digest, String>,
    /// Aliases that point at it.
    pub aliases: Vec<String>,
}

impl Registry {
    /// The registry over a folder of models; the folder need not exist yet.
    #[must_use]
    pub fn open(models: &Path) -> Self {
        Self { root: models.to_owned() }
    }

    /// The names there are, in alphabetical order.
    ///
    /// # Errors
    /// When the folder cannot be read.
    pub fn names(&self) -> Result<Vec<String>, RegistryError> {
        subfolders(&self.root)
    }

    /// All versions of a model, in alphabetical order.
    ///
    /// # Errors
    /// [`RegistryError::NoModel`], and when a file cannot be read.
    pub fn versions(&self, name: &str) -> Result<Vec<Version>, RegistryError> {
        let book = self.book(name)?;
        let mut versions = Vec::new();
        for version in subfolders(&self.dir(name)?)? {
            let dir = self.dir(name)?.join(&version);
            let digest = folder::read(&dir).map(|stored| stored.digest).map_err(|error| error.to_string());
            let aliases = book.aliases.iter().filter(|(_, alias)| alias.version == version);
            let aliases = aliases.map(|(alias, _)| alias.clone()).collect();
            versions.push(Version { name: name.to_owned(), version, dir, digest, aliases });
        }
        Ok(versions)
    }

    /// Aliases and history of a model.
    ///
    /// # Errors
    /// [`RegistryError::NoModel`], or when the file is damaged or of another version.
    pub fn book(&self, name: &str) -> Result<Book, RegistryError> {
        if !self.dir(name)?.is_dir() {
            return Err(RegistryError::NoModel {
                name: name.to_owned(),
                models: self.root.clone(),
                known: self.names()?.join(", "),
            });
        }
        Book::read(&self.book_path(name))
    }

    /// Checks every digest of a version, and that its aliases were given to what lies there now.
    ///
    /// # Errors
    /// As `Model::load`, and [`RegistryError::Changed`].
    pub fn verify(&self, name: &str, version: &str) -> Result<Digest, RegistryError> {
        let digest = self.digest(name, version)?;
        for (alias, given) in &self.book(name)?.aliases {
            if given.version == version && given.digest != digest {
                return Err(RegistryError::Changed {
                    model: format!("{name}/{version}"),
                    alias: alias.clone(),
                    digests: Box::new((given.digest, digest)),
                });
            }
        }
        Ok(digest)
    }

    /// The folder of `NAME@ALIAS` or `NAME/VERSION`; `None` for text that is neither.
    ///
    /// # Errors
    /// When there is no such model or alias, or the model was changed since it was given the alias.
    pub fn resolve(&self, text: &str) -> Result<Option<PathBuf>, RegistryError> {
        if let Some((name, alias)) = text.split_once('@') {
            let book = self.book(name)?;
            let given = book.aliases.get(alias).ok_or_else(|| RegistryError::NoAlias {
                name: name.to_owned(),
                alias: alias.to_owned(),
                known: book.aliases.keys().cloned().collect::<Vec<_>>().join(", "),
            })?;
            self.verify(name, &given.version)?;
            return Ok(Some(self.dir(name)?.join(&given.version)));
        }
        let Some((name, version)) = text.split_once('/') else { return Ok(None) };
        let named = is_plain(name) && is_plain(version);
        Ok(named.then(|| self.root.join(name).join(version)).filter(|dir| dir.is_dir()))
    }

    /// Points an alias at a version. One that points there already stays as it is; `champion` goes by
    /// [`Registry::promote`].
    ///
    /// # Errors
    /// When the version is missing or damaged, the alias is no name, or the file cannot be written.
    pub fn set(&self, name: &str, alias: &str, version: &str, note: Note) -> Result<(), RegistryError> {
        if alias == CHAMPION {
            return self.promote(name, version, note);
        }
        check_name("alias", alias)?;
        let digest = self.digest(name, version)?;
        self.change(name, |book| {
            book.point(alias, version, digest, Kind::Set, note);
            Ok(())
        })
    }

    /// Takes an alias away.
    ///
    /// # Errors
    /// When there is no such alias, or it is `champion`.
    pub fn remove(&self, name: &str, alias: &str, note: Note) -> Result<(), RegistryError> {
        let missing = |book: &Book| RegistryError::NoAlias {
            name: name.to_owned(),
            alias: alias.to_owned(),
            known: book.aliases.keys().cloned().collect::<Vec<_>>().join(", "),
        };
        if alias == CHAMPION {
            let problem = "stays until another model is promoted or it is rolled back";
            return Err(RegistryError::Name { what: "alias", name: alias.to_owned(), problem });
        }
        self.change(name, |book| if book.remove(alias, note) { Ok(()) } else { Err(missing(book)) })
    }

    /// Makes a version the champion. If it was the challenger, there is none any more. Done twice, it is
    /// done once.
    ///
    /// # Errors
    /// As [`Registry::set`].
    pub fn promote(&self, name: &str, version: &str, note: Note) -> Result<(), RegistryError> {
        let digest = self.digest(name, version)?;
        self.change(name, |book| {
            book.point(CHAMPION, version, digest, Kind::Promote, note.clone());
            if book.aliases.get(CHALLENGER).is_some_and(|challenger| challenger.version == version) {
                book.remove(CHALLENGER, note);
            }
            Ok(())
        })
    }

    /// Makes the champion before this one champion again; gives its version.
    ///
    /// # Errors
    /// When there was none, or it is missing or damaged.
    pub fn roll_back(&self, name: &str, note: Note) -> Result<String, RegistryError> {
        self.change(name, |book| {
            let before = book.champion_before().ok_or_else(|| RegistryError::NothingBefore {
                name: name.to_owned(),
                champion: book.aliases.get(CHAMPION).map(|alias| alias.version.clone()),
            })?;
            let digest = self.digest(name, &before.version)?;
            if digest != before.digest {
                return Err(RegistryError::Changed {
                    model: format!("{name}/{}", before.version),
                    alias: CHAMPION.to_owned(),
                    digests: Box::new((before.digest, digest)),
                });
            }
            book.point(CHAMPION, &before.version, digest, Kind::RollBack, note);
            Ok(before.version)
        })
    }

    /// The digest of a version, all its files checked.
    fn digest(&self, name: &str, version: &str) -> Result<Digest, RegistryError> {
        check_name("version", version)?;
        let dir = self.dir(name)?.join(version);
        if !dir.is_dir() {
            let known = self.versions(name)?.into_iter().map(|version| version.version);
            return Err(RegistryError::NoVersion {
                name: name.to_owned(),
                version: version.to_owned(),
                known: known.collect::<Vec<_>>().join(", "),
            });
        }
        Ok(folder::read(&dir)?.digest)
    }

    /// Changes the aliases of a model, one process at a time.
    fn change<T>(
        &self,
        name: &str,
        change: impl FnOnce(&mut Book) -> Result<T, RegistryError>,
    ) -> Result<T, RegistryError> {
        self.book(name)?;
        let path = self.book_path(name);
        let lock = path.with_extension("lock");
        let file = fs::File::create(&lock).map_err(FinderError::io("create", &lock))?;
        file.lock().map_err(FinderError::io("lock", &lock))?;
        let before = self.book(name)?;
        let mut book = before.clone();
        let done = change(&mut book)?;
        if book != before {
            book.write(&path)?;
        }
        Ok(done)
    }

    fn dir(&self, name: &str) -> Result<PathBuf, RegistryError> {
        check_name("model", name)?;
        Ok(self.root.join(name))
    }

    fn book_path(&self, name: &str) -> PathBuf {
        self.root.join(format!("{name}.aliases.json"))
    }
}

/// Names of the folders in a folder; none if it is not there.
fn subfolders(dir: &Path) -> Result<Vec<String>, RegistryError> {
    let mut names = Vec::new();
    let entries = match fs::read_dir(dir) {
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(names),
        entries => entries.map_err(FinderError::io("read folder", dir))?,
    };
    for entry in entries {
        let path = entry.map_err(FinderError::io("read folder", dir))?.path();
        let name = path.file_name().and_then(|name| name.to_str()).filter(|name| is_plain(name));
        if let (true, Some(name)) = (path.is_dir(), name) {
            names.push(name.to_owned());
        }
    }
    names.sort();
    Ok(names)
}

/// Whether a name is one of a file in a folder, and no path out of it.
fn is_plain(name: &str) -> bool {
    let fits = |byte: u8| byte.is_ascii_alphanumeric() || b"-_.".contains(&byte);
    (1..=100).contains(&name.len()) && !name.starts_with('.') && name.bytes().all(fits)
}

fn check_name(what: &'static str, name: &str) -> Result<(), RegistryError> {
    let problem = "use letters, digits, `-`, `_` and `.`, at most 100";
    if is_plain(name) { Ok(()) } else { Err(RegistryError::Name { what, name: name.to_owned(), problem }) }
}
