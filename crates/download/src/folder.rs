//! A folder of cutouts with its state: what is there, what is missing, who is
//! working on it. Opening it repairs what a killed run left behind.

use std::{
    collections::HashMap,
    fs::{self, File},
    path::{Path, PathBuf},
};

use domain::Progress;
use survey::BrickTable;

use crate::{
    DownloadError, Entry, Facts, List, Outcome, Recipe, State, Wanted, answer, downloads, journal::Journal,
    store,
};

/// Name of the journal.
const JOURNAL: &str = "downloads.journal";
/// Name of the recipe.
const RECIPE: &str = "download.json";
/// Name of the file that keeps two programs apart.
const LOCK: &str = "download.lock";

/// An open folder.
#[derive(Debug)]
pub struct Folder {
    path: PathBuf,
    recipe: Recipe,
    list: List,
    outcomes: Vec<Outcome>,
    journal: Journal,
    /// Released by the system when the program ends, however it ends.
    _lock: File,
    /// Files that were there but no longer what they were.
    damaged: u64,
    bricks: Option<BrickTable>,
}

/// How far a folder is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, serde::Serialize)]
pub struct Summary {
    /// Clusters of the list.
    pub total: u64,
    /// Cutouts on disk.
    pub done: u64,
    /// Clusters without an image in the survey.
    pub outside: u64,
    /// Given up in the last run; the next one tries again.
    pub failed: u64,
    /// Not fetched yet.
    pub waiting: u64,
    /// Files that had changed or vanished when the folder was opened.
    pub damaged: u64,
}

impl Folder {
    /// Opens or begins a folder for this list. Sizes of files are compared with the journal; with
    /// `verify` their digests too. What is missing or damaged is waited for again, a damaged file stays beside
    /// its place as `.damaged`; a file that a killed run left without a line in the journal is checked and kept.
    ///
    /// # Errors
    /// When another program works on it, or it holds cutouts of another kind.
    pub fn open(
        path: &Path,
        recipe: &Recipe,
        list: List,
        verify: bool,
        progress: &dyn Progress,
    ) -> Result<Self, DownloadError> {
        fs::create_dir_all(path).map_err(DownloadError::io("cannot create", path))?;
        let lock = lock(path)?;
        check_recipe(path, recipe)?;
        let (journal, outcomes) = replay(&path.join(JOURNAL), list.entries())?;
        let mut folder = Self {
            path: path.to_owned(),
            recipe: recipe.clone(),
            list,
            outcomes,
            journal,
            _lock: lock,
            damaged: 0,
            bricks: None,
        };
        folder.look(verify, progress)?;
        Ok(folder)
    }

    /// The same with a list of bricks, from which `downloads.csv` then tells seeing, depth and
    /// extinction.
    #[must_use]
    pub fn with_bricks(self, bricks: BrickTable) -> Self {
        Self { bricks: Some(bricks), ..self }
    }

    /// Compares files with the journal.
    fn look(&mut self, verify: bool, progress: &dyn Progress) -> Result<(), DownloadError> {
        let what = if verify { "verifying files" } else { "looking at files" };
        progress.begin(what, self.list.entries().len() as u64);
        for index in 0..self.outcomes.len() {
            if index % 256 == 0 {
                progress.check()?;
                progress.advance(256.min(self.outcomes.len() - index) as u64);
            }
            let entry = &self.list.entries()[index];
            let file = self.path.join(store::place(entry));
            match self.outcomes[index].state {
                State::Done => {
                    let outcome = &self.outcomes[index];
                    let size = fs::metadata(&file).ok().map(|data| data.len());
                    let mut same = size == Some(outcome.bytes);
                    if verify && same {
                        same = store::digest(&file).ok() == outcome.sha256;
                    }
                    if !same {
                        self.damaged += 1;
                        let waiting = Outcome { attempts: outcome.attempts, ..Outcome::default() };
                        if size.is_some() {
                            // Out of the way first: the next opening would adopt it again.
                            store::set_aside(&file)?;
                            self.note(index, waiting)?;
                        } else {
                            self.outcomes[index] = waiting;
                        }
                    }
                }
                State::Waiting | State::Failed => {
                    if let Ok(body) = fs::read(&file) {
                        self.adopt(index, &body)?;
                    }
                }
                State::Outside => {}
            }
        }
        progress.end();
        Ok(())
    }

    /// A file without a line in the journal: the run was killed between the two.
    fn adopt(&mut self, index: usize, body: &[u8]) -> Result<(), DownloadError> {
        let attempts = self.outcomes[index].attempts.max(1);
        match answer::check(body, &self.wanted(index)) {
            Ok(facts) => self.note(index, done(body, facts, attempts)),
            Err(_) => Ok(()),
        }
    }

    /// What entry `index` asks for.
    #[must_use]
    pub fn wanted(&self, index: usize) -> Wanted {
        Wanted { position: self.list.entries()[index].position, recipe: self.recipe.clone() }
    }

    /// The entries still to fetch, in sky order.
    #[must_use]
    pub fn missing(&self) -> Vec<usize> {
        let is_missing =
            |index: &usize| matches!(self.outcomes[*index].state, State::Waiting | State::Failed);
        (0..self.outcomes.len()).filter(is_missing).collect()
    }

    /// Clusters in sky order.
    #[must_use]
    pub fn entries(&self) -> &[Entry] {
        self.list.entries()
    }

    /// What became of each entry.
    #[must_use]
    pub fn outcomes(&self) -> &[Outcome] {
        &self.outcomes
    }

    /// The full path of an entry's file.
    #[must_use]
    pub fn file(&self, index: usize) -> PathBuf {
        self.path.join(store::place(&self.list.entries()[index]))
    }

    /// Notes durably what became of an entry; its file, if any, must be in place.
    pub(crate) fn note(&mut self, index: usize, outcome: Outcome) -> Result<(), DownloadError> {
        self.journal.append(&self.list.entries()[index], &outcome)?;
        self.outcomes[index] = outcome;
        Ok(())
    }

    /// Writes `downloads.csv`.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn write_list(&self) -> Result<PathBuf, DownloadError> {
        downloads::write(&self.path, self.list.entries(), &self.outcomes, self.bricks.as_ref())?;
        Ok(self.path.join(downloads::NAME))
    }

    /// How far it is.
    #[must_use]
    pub fn summary(&self) -> Summary {
        let count = |state| self.outcomes.iter().filter(|outcome| outcome.state == state).count() as u64;
        Summary {
            total: self.outcomes.len() as u64,
            done: count(State::Done),
            outside: count(State::Outside),
            failed: count(State::Failed),
            waiting: count(State::Waiting),
            damaged: self.damaged,
        }
    }
}

/// The outcome of a good cutout.
pub(crate) fn done(body: &[u8], facts: Facts, attempts: u32) -> Outcome {
    Outcome {
        state: State::Done,
        attempts,
        bytes: body.len() as u64,
        sha256: Some(domain::Digest::of(body)),
        coverage: Some(facts.coverage as f32),
        flags: facts.flags,
        reason: None,
    }
}

fn lock(folder: &Path) -> Result<File, DownloadError> {
    let path = folder.join(LOCK);
    let file = File::create(&path).map_err(DownloadError::io("cannot create", &path))?;
    match file.try_lock() {
        Ok(()) => Ok(file),
        Err(fs::TryLockError::WouldBlock) => Err(DownloadError::Folder {
            path: folder.to_owned(),
            reason: "another download works in this folder; wait for it, or stop it".to_owned(),
        }),
        Err(fs::TryLockError::Error(error)) => Err(DownloadError::io("cannot lock", &path)(error)),
    }
}

/// All cutouts of a folder are alike.
fn check_recipe(folder: &Path, recipe: &Recipe) -> Result<(), DownloadError> {
    let path = folder.join(RECIPE);
    let wrong = |reason: String| DownloadError::Folder { path: path.clone(), reason };
    match fs::read(&path) {
        Ok(text) => {
            let found: Recipe = serde_json::from_slice(&text).map_err(|error| {
                wrong(format!("is damaged ({error}); remove it if the cutouts are what you ask for now"))
            })?;
            if &found != recipe {
                return Err(wrong(format!(
                    "the folder holds cutouts of another kind ({}); choose another folder, or ask for the same",
                    String::from_utf8_lossy(&text).trim()
                )));
            }
            Ok(())
        }
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
            let mut text = serde_json::to_vec(recipe).map_err(|error| wrong(error.to_string()))?;
            text.push(b'\n');
            store::write(&path, &text)
        }
        Err(error) => Err(DownloadError::io("cannot read", &path)(error)),
    }
}

/// The last line of each entry counts; a line of another place than the list's does not.
fn replay(path: &Path, entries: &[Entry]) -> Result<(Journal, Vec<Outcome>), DownloadError> {
    let index: HashMap<&str, usize> =
        entries.iter().enumerate().map(|(index, entry)| (&*entry.id, index)).collect();
    let mut outcomes = vec![Outcome::default(); entries.len()];
    let journal = Journal::open(path, |id, [ra, dec], outcome| {
        if let Some(&index) = index.get(id) {
            let position = entries[index].position;
            if (position.ra_deg, position.dec_deg) == (ra, dec) {
                outcomes[index] = outcome;
            }
        }
    })?;
    Ok((journal, outcomes))
}
