//! `lensfinder catalogue match`: known lenses near clusters or images.

use std::{
    collections::BTreeSet,
    fmt::Write as _,
    path::{Path, PathBuf},
    sync::Arc,
};

use clap::Args;
use domain::Progress;
use serde_json::json;
use survey::{
    Dataset, LensMatch, Subject,
    catalogue::{Entry, NormalReader, entries, read_all},
    cross_match, write_matches,
};

use super::{normal_form, schema_of};
use crate::{
    command::{heavy, tell},
    failure::Failure,
    terminal::Terminal,
};

/// `lensfinder catalogue match`.
#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  \
        lensfinder catalogue match clusters/ --known lenscat.csv.gz --schema lenscat --out matches.csv\n  \
        lensfinder catalogue match workspace/datasets/dr9 --known a.csv --schema lenscat \\\n      \
            --known b.tsv --schema stein2022-new --radius 20 --out matches.parquet\n\n\
        The result has one line per pair: subject_id, the lens, the angle between them. It serves to keep\n\
        known lenses out of the negatives (`lensfinder audit --known`) and as the list of real tests.")]
pub struct Match {
    /// An imported catalogue (folder or clusters.parquet), or a dataset
    pub subjects: PathBuf,
    /// A list of lenses: a table, or an imported one; may be repeated
    #[arg(long, required = true)]
    pub known: Vec<PathBuf>,
    /// Schema of the list (name or TOML file), once per --known; default: generic-lenses
    #[arg(long)]
    pub schema: Vec<String>,
    /// Largest angle between them, arcsec
    #[arg(long, default_value_t = survey::DEFAULT_RADIUS_ARCSEC)]
    pub radius: f64,
    /// The result: CSV, or Parquet if the name ends so
    #[arg(long)]
    pub out: PathBuf,
}

/// The subjects, and how many images have no position.
fn subjects_of(path: &Path, progress: &dyn Progress) -> Result<(Vec<Subject>, u64), Failure> {
    if let Some(normal) = normal_form(path) {
        let entries = NormalReader::open(&normal)?;
        let subjects = entries.map(|entry| entry.map(|entry| Subject::from(&entry)));
        let subjects = subjects.collect::<Result<Vec<_>, _>>()?;
        return Ok((subjects, 0));
    }
    if !path.is_dir() {
        return Err(Failure::words(format!(
            "{} is neither an imported catalogue nor a dataset; import it first with `lensfinder catalogue import`",
            path.display()
        )));
    }
    let dataset = Dataset::open(path)?;
    let mut subjects = Vec::new();
    for row in dataset.manifest()? {
        subjects.extend(Subject::of_row(&row?));
        if subjects.len().is_multiple_of(8192) {
            progress.check()?;
        }
    }
    let unplaced = dataset.len() - subjects.len() as u64;
    Ok((subjects, unplaced))
}

fn lenses_of(
    path: &Path,
    schema: &str,
    progress: &dyn Progress,
) -> Result<(String, Vec<Entry>, usize), Failure> {
    let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
    if let Some(normal) = normal_form(path) {
        return Ok((name, entries(&normal)?, 0));
    }
    let (lenses, refused) = read_all(path, &schema_of(schema)?, progress)?;
    Ok((name, lenses, refused.len()))
}

/// Runs the command.
pub async fn run(wish: Match, terminal: Arc<Terminal>, json: bool) -> Result<(), Failure> {
    let schemas = match wish.schema.as_slice() {
        [] => vec!["generic-lenses".to_owned(); wish.known.len()],
        [one] => vec![one.clone(); wish.known.len()],
        several if several.len() == wish.known.len() => several.to_vec(),
        _ => return Err(Failure::words("give --schema once for all lists, or once per --known")),
    };
    let out = wish.out.clone();
    let (subjects, unplaced, lists, matches) = heavy(move || {
        let progress = terminal.as_ref();
        let (subjects, unplaced) = subjects_of(&wish.subjects, progress)?;
        let (mut lists, mut matches) = (Vec::new(), Vec::<LensMatch>::new());
        for (path, schema) in wish.known.iter().zip(&schemas) {
            let (name, lenses, refused) = lenses_of(path, schema, progress)?;
            matches.extend(cross_match(&subjects, &lenses, &name, wish.radius, progress)?);
            lists.push((name, lenses.len(), refused));
        }
        write_matches(&wish.out, &matches)?;
        Ok((subjects.len(), unplaced, lists, matches))
    })
    .await?;
    let found: BTreeSet<&str> = matches.iter().map(|found| found.subject_id.as_str()).collect();
    let value = json!({
        "subjects": subjects,
        "without_position": unplaced,
        "radius_arcsec": wish.radius,
        "lists": lists.iter().map(|(name, lenses, refused)| json!({"name": name, "lenses": lenses, "refused": refused})).collect::<Vec<_>>(),
        "pairs": matches.len(),
        "subjects_with_a_lens": found.len(),
        "out": out,
    });
    let mut words = format!(
        "{} pairs within {}″: {} of {subjects} have a known lens",
        matches.len(),
        wish.radius,
        found.len()
    );
    if unplaced > 0 {
        let _ = write!(words, "\n  {unplaced} more images have no position and were not compared");
    }
    for (name, lenses, refused) in &lists {
        let _ = write!(words, "\n  {name}: {lenses} lenses");
        if *refused > 0 {
            let _ = write!(words, ", {refused} rows refused (`catalogue import` says which)");
        }
    }
    let _ = write!(words, "\n{}", out.display());
    tell(json, &value, &words)
}
