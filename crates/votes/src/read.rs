//! Reads a file of votes in whatever format it is, into a [`VoteLog`].

use domain::Progress;

use crate::{
    Format, ReadOptions, Source, VoteLog, VotesError, frame,
    input::{Opened, open},
    label_studio, swap_log,
    table::Table,
    zooniverse,
};

/// Reads.
///
/// # Errors
/// When the file cannot be read, names the line and the field; also when the person asks to stop.
pub fn read(source: &Source, options: &ReadOptions, progress: &dyn Progress) -> Result<VoteLog, VotesError> {
    let name = source.name();
    let opened = open(source)?;
    progress.begin("reading votes", 0);
    let mut log = match opened {
        Opened::Json(text) => {
            if let Some(format) = options.format.filter(|format| *format != Format::LabelStudio) {
                return Err(VotesError::file(&name, format!("is JSON, not {}", format.name())));
            }
            label_studio::read(&name, text, options, progress)?
        }
        opened => {
            let separator = match options.format {
                Some(Format::Tsv) => Some(b'\t'),
                Some(Format::LabelStudio) => {
                    return Err(VotesError::file(&name, "is no JSON: it does not begin with [ or {"));
                }
                Some(Format::Parquet) if matches!(opened, Opened::Text(_)) => {
                    return Err(VotesError::file(&name, "is no Parquet file: it does not begin with PAR1"));
                }
                _ => None,
            };
            let table = Table::open(&name, opened, separator)?;
            let seen = table.format();
            match options.format.unwrap_or(seen) {
                Format::Zooniverse => zooniverse::read(&name, table, options, progress)?,
                Format::SwapLog => swap_log::read(&name, table, options, progress)?.into_votes(options)?,
                _ => frame::read(&name, table, seen, options, progress)?,
            }
        }
    };
    progress.end();
    log.spell_truths_as_votes();
    if log.rows == 0 {
        return Err(VotesError::file(&name, "holds no votes"));
    }
    if log.entries().is_empty() {
        let reasons: Vec<String> =
            log.left_out.iter().map(|(reason, count)| format!("{count} {reason}")).collect();
        return Err(VotesError::file(
            &name,
            format!("none of its {} rows holds a vote ({})", log.rows, reasons.join(", ")),
        ));
    }
    Ok(log)
}

/// What a file looks like, where it can be read twice; nothing for standard input.
///
/// # Errors
/// When the file cannot be opened, or its header is damaged.
pub fn glance(source: &Source) -> Result<Option<Format>, VotesError> {
    if !matches!(source, Source::File(path) if path.is_file()) {
        return Ok(None);
    }
    match open(source)? {
        Opened::Json(_) => Ok(Some(Format::LabelStudio)),
        opened => Table::open(&source.name(), opened, None).map(|table| Some(table.format())),
    }
}

/// Reads a log of SWAP, whose entries keep what SWAP needs (votes on training images, repeats).
///
/// # Errors
/// As [`read`]; also when the file is no such log.
pub fn read_swap_log(
    source: &Source,
    options: &ReadOptions,
    progress: &dyn Progress,
) -> Result<swap_log::SwapLog, VotesError> {
    let name = source.name();
    let table = Table::open(&name, open(source)?, None)?;
    progress.begin("reading the log", 0);
    let log = swap_log::read(&name, table, options, progress)?;
    progress.end();
    if log.entries.is_empty() {
        return Err(VotesError::file(&name, "holds no votes"));
    }
    Ok(log)
}
