//! `lensfinder catalogue import`: a table by its schema into the normal form.

use std::{collections::BTreeSet, fmt::Write as _, path::PathBuf, sync::Arc};

use clap::Args;
use serde_json::json;
use survey::catalogue::{CatalogueKind, Field, ImportReport, ImportRequest, Range, import};

use super::schema_of;
use crate::{
    command::{heavy, tell},
    failure::Failure,
    terminal::Terminal,
};

/// `lensfinder catalogue import`.
#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  \
        lensfinder catalogue import zou.fits --schema zou2021 --out clusters/\n  \
        lensfinder catalogue import mine.csv --schema mine.toml --out clusters/ --min m500_msun=1e14\n\n\
        The schema names the column and the unit of each field; a unit that is missing, or that is not the\n\
        one the file states, stops the import. A row that cannot be right is left out and named in\n\
        OUT/rejected.csv; OUT/import.json says how many rows came in, were cut and stayed.")]
pub struct Import {
    /// The table
    pub file: PathBuf,
    /// Name of a shipped schema, or a TOML file
    #[arg(long)]
    pub schema: String,
    /// Folder of the result
    #[arg(long)]
    pub out: PathBuf,
    /// Keep rows with at least this, such as m500_msun=1e14 (instead of the schema's limit)
    #[arg(long, value_name = "COLUMN=VALUE", value_parser = limit)]
    pub min: Vec<(String, f64)>,
    /// Keep rows with at most this, such as z=0.8
    #[arg(long, value_name = "COLUMN=VALUE", value_parser = limit)]
    pub max: Vec<(String, f64)>,
    /// Keep all rows, whatever the schema's limits
    #[arg(long, conflicts_with_all = ["min", "max"])]
    pub no_cut: bool,
}

fn limit(text: &str) -> Result<(String, f64), String> {
    let (name, value) = text.split_once('=').ok_or("write COLUMN=VALUE, such as m500_msun=1e14")?;
    let value = value.trim().parse().map_err(|_| format!("{value:?} is not a number"))?;
    Ok((name.trim().to_owned(), value))
}

/// Runs the command.
pub async fn run(wish: Import, terminal: Arc<Terminal>, json: bool) -> Result<(), Failure> {
    let mut schema = schema_of(&wish.schema)?;
    if wish.no_cut {
        schema.cut.0.clear();
    }
    let mut given: BTreeSet<&str> = BTreeSet::new();
    for ((name, value), is_min) in
        wish.min.iter().map(|limit| (limit, true)).chain(wish.max.iter().map(|limit| (limit, false)))
    {
        let range = schema.cut.0.entry(name.clone()).or_insert(Range { min: None, max: None });
        if given.insert(name) {
            *range = Range { min: None, max: None };
        }
        *if is_min { &mut range.min } else { &mut range.max } = Some(*value);
    }
    // Checked again with the limits of the command line.
    schema.check_cut()?;
    let request = ImportRequest { file: wish.file, schema, out: wish.out };
    let verified = request.schema.verified;
    let report = heavy(move || Ok(import(&request, terminal.as_ref())?)).await?;
    let mut value = serde_json::to_value(&report)?;
    value["path"] = json!(report.path);
    tell(json, &value, &words(&report, verified))
}

fn words(report: &ImportReport, verified: bool) -> String {
    let counts = &report.counts;
    let what = match report.kind {
        CatalogueKind::Clusters => "clusters",
        CatalogueKind::Lenses => "lenses",
    };
    let mut words = format!("{} rows came in, {} {what} stayed", counts.rows, counts.kept);
    for (column, number) in &counts.cut {
        let end = |name: &str, words: &str| {
            let value = report.schema_text["cut"][column][name].as_f64()?;
            // Masses are read more easily as 1e14.
            let value = if value.abs() >= 1e6 { format!("{value:e}") } else { value.to_string() };
            Some(format!("{words} {value}"))
        };
        let ends: Vec<String> = end("min", "below").into_iter().chain(end("max", "above")).collect();
        let _ = write!(words, "\n  {number} cut: {column} {}", ends.join(" or "));
    }
    for (column, number) in &counts.cut_unknown {
        let _ = write!(words, "\n  {number} cut: {column} is unknown");
    }
    if counts.rejected > 0 {
        let _ = write!(
            words,
            "\n  {} refused, {} of them as their id was there before",
            counts.rejected, counts.duplicates
        );
        for row in &report.first_rejected {
            let _ = write!(words, "\n    row {}: {}", row.row, row.reason);
        }
        if counts.rejected > report.first_rejected.len() as u64 {
            let all = report.path.with_file_name("rejected.csv");
            let _ = write!(words, "\n    … all of them in {}", all.display());
        }
    }
    for (field, used) in &report.columns {
        if used.unknown + used.unreadable > 0 {
            let _ = write!(
                words,
                "\n  {} unknown, {} unreadable: {}",
                used.unknown,
                used.unreadable,
                field.name()
            );
        }
    }
    if counts.latin1 > 0 {
        let _ = write!(words, "\n  {} words were no UTF-8 and were read as Latin-1", counts.latin1);
    }
    if !verified {
        let mass = report
            .columns
            .get(&Field::M500)
            .and_then(|used| Some((used.column.as_ref()?, used.unit.as_ref()?)));
        let _ = write!(
            words,
            "\nThe schema {} has not been tried on the published file; compare a few rows",
            report.schema
        );
        if let Some((column, unit)) = mass {
            let _ = write!(words, " ({column} was read as {unit})");
        }
    }
    let _ = write!(words, "\n{}", report.path.display());
    words
}
