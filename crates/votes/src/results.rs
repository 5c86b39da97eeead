//! What a method found, as tables: `task,label,p_<label>…`, one row per task, and one row per
//! worker. Rows are in the order of the names (as numbers where all are), so that the order of
//! the votes leaves no trace.

use std::path::Path;

use consensus::Fit;

use crate::{
    Arranged, SheetFormat, VotesError,
    sheet::{Cell, Kind, Sheet},
    swap_log::SwapLog,
};

/// Writes the posteriors; gives the number of rows.
///
/// # Errors
/// When the file cannot be written.
pub fn write_posteriors(path: &Path, arranged: &Arranged, fit: &Fit) -> Result<u64, VotesError> {
    let classes = arranged.classes();
    let mut columns = vec![("task".to_owned(), Kind::Text), ("label".to_owned(), Kind::Text)];
    columns.extend(classes.iter().map(|class| (format!("p_{class}"), Kind::Number)));
    let mut sheet = Sheet::create(path, SheetFormat::of(path)?, columns)?;
    let mut cells = Vec::with_capacity(classes.len() + 2);
    for task in arranged.tasks.sorted() {
        cells.clear();
        cells.push(Cell::Text(arranged.tasks.name(task)));
        cells.push(Cell::Text(&classes[usize::from(fit.label(task as usize))]));
        cells.extend(fit.posterior(task as usize).iter().map(|p| Cell::Number(*p)));
        sheet.row(&cells)?;
    }
    sheet.commit()?;
    Ok(arranged.tasks.len() as u64)
}

/// Writes what was learnt of each worker: votes that count, what one vote of theirs tells in bits,
/// and, where the method learns them, the chances of each answer for each truth.
///
/// # Errors
/// When the file cannot be written.
pub fn write_workers(path: &Path, arranged: &Arranged, fit: &Fit) -> Result<u64, VotesError> {
    let (classes, answers) = (arranged.classes(), &arranged.answers);
    let cells_of_all = classes.len() * answers.len();
    let has_confusion = fit.workers.iter().any(|worker| worker.confusion.len() == cells_of_all);
    let mut columns = vec![
        ("worker".to_owned(), Kind::Text),
        ("votes".to_owned(), Kind::Whole),
        ("informativeness_bits".to_owned(), Kind::Number),
    ];
    if has_confusion {
        for class in classes {
            columns.extend(answers.iter().map(|answer| (format!("p_{answer}_if_{class}"), Kind::Number)));
        }
    }
    let width = columns.len();
    let mut sheet = Sheet::create(path, SheetFormat::of(path)?, columns)?;
    let mut cells = Vec::with_capacity(width);
    for worker in arranged.workers.sorted() {
        let learnt = &fit.workers[worker as usize];
        cells.clear();
        cells.push(Cell::Text(arranged.workers.name(worker)));
        cells.push(Cell::Whole(learnt.votes.into()));
        cells.push(Cell::Number(learnt.informativeness_bits));
        cells.extend(learnt.confusion.iter().map(|p| Cell::Number(*p)));
        cells.resize(width, Cell::Nothing);
        sheet.row(&cells)?;
    }
    sheet.commit()?;
    Ok(arranged.workers.len() as u64)
}

/// Writes `subject,posterior,status` in the order in which the log first shows the subjects.
///
/// # Errors
/// When the file cannot be written.
pub fn write_swap<'a>(
    path: &Path,
    log: &SwapLog,
    of_subject: impl Fn(u32) -> (f64, &'a str),
) -> Result<u64, VotesError> {
    let columns = [("subject", Kind::Text), ("posterior", Kind::Number), ("status", Kind::Text)]
        .map(|(n, k)| (n.to_owned(), k));
    let mut sheet = Sheet::create(path, SheetFormat::of(path)?, columns.to_vec())?;
    for subject in 0..log.subjects.len() as u32 {
        let (posterior, status) = of_subject(subject);
        sheet.row(&[Cell::Text(log.subjects.name(subject)), Cell::Number(posterior), Cell::Text(status)])?;
    }
    sheet.commit()?;
    Ok(log.subjects.len() as u64)
}
