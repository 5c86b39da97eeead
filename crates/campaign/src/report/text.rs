//! The report for a terminal: aligned tables, no drawing characters that a log
//! file would garble, colour only where it is asked for.

use std::fmt::Write as _;

use figures::Table;

use super::{data::Report, findings, format::duration, monitors, tables, words::SIMULATED};

/// Whether headings are set off by colour.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Paint {
    /// Plain characters: for files, pipes and `NO_COLOR`.
    Plain,
    /// ANSI bold and dim.
    Colour,
}

impl Paint {
    /// What suits: colour on a terminal unless `NO_COLOR` is set to something (no-color.org).
    #[must_use]
    pub fn for_output(is_terminal: bool, no_color: Option<&std::ffi::OsStr>) -> Self {
        let refused = no_color.is_some_and(|value| !value.is_empty());
        if is_terminal && !refused { Self::Colour } else { Self::Plain }
    }

    fn bold(self, text: &str) -> String {
        if self == Self::Colour { format!("\u{1b}[1m{text}\u{1b}[0m") } else { text.to_owned() }
    }

    fn dim(self, text: &str) -> String {
        if self == Self::Colour { format!("\u{1b}[2m{text}\u{1b}[0m") } else { text.to_owned() }
    }
}

/// The whole report, ending in a newline.
#[must_use]
pub fn text(report: &Report, paint: Paint) -> String {
    let mut out = Writer { out: String::new(), paint };
    out.line(&paint.bold(&report.title));
    out.wrapped(SIMULATED, "");
    let total: f64 = report.wall_times.iter().map(|time| time.seconds).sum();
    let facts = format!(
        "seed {} · lensfinder {} · {} · {}",
        report.seed,
        report.version,
        duration(total),
        report.machine
    );
    out.line(&paint.dim(&facts));

    for arm in &report.arms {
        out.wrapped(&format!("{}: {}", arm.name, arm.what), "  ");
    }
    out.heading("In short");
    for finding in findings::all(report) {
        out.wrapped(&finding, "  ");
    }
    out.table(&tables::people(report));
    out.table(&tables::network(report));
    if let Some(gates) = tables::gates(report) {
        out.heading(&gates.caption);
        for row in &gates.rows {
            out.wrapped(&format!("round {}, {}: {}: {}", row[0], row[1], row[2], row[3]), "  ");
        }
    }
    if let Some(table) = tables::audit(report) {
        out.table(&table);
    }
    if let Some(table) = tables::live(report) {
        out.table(&table);
    }
    out.real(report);
    if let Some(table) = tables::realism(report) {
        out.table(&table);
        if let Some(realism) = &report.realism {
            out.wrapped(&realism.note, "    ");
        }
    }
    out.monitors(report);
    if let Some(table) = tables::times(report) {
        out.table(&table);
    }
    if !report.caveats.is_empty() {
        out.heading("Hold against these numbers");
        for caveat in &report.caveats {
            out.wrapped(caveat, "  ");
        }
    }
    out.out
}

struct Writer {
    out: String,
    paint: Paint,
}

/// Widest line of running text.
const WIDTH: usize = 100;

impl Writer {
    fn line(&mut self, line: &str) {
        self.out.push_str(line.trim_end());
        self.out.push('\n');
    }

    fn heading(&mut self, words: &str) {
        let words = self.paint.bold(words);
        self.line("");
        self.line(&words);
    }

    /// A paragraph broken at spaces; later lines are indented two further.
    fn wrapped(&mut self, words: &str, indent: &str) {
        let mut line = indent.to_owned();
        let mut is_first = true;
        for word in words.split_whitespace() {
            if !is_first && width(&line) + 1 + width(word) > WIDTH {
                self.line(&line);
                line = format!("{indent}  ");
                is_first = true;
            }
            if !is_first {
                line.push(' ');
            }
            line.push_str(word);
            is_first = false;
        }
        self.line(&line);
    }

    fn table(&mut self, table: &Table) {
        self.heading(&table.caption);
        let head: Vec<String> = table.columns.iter().map(|column| column.name.clone()).collect();
        let widths: Vec<usize> = (0..head.len())
            .map(|at| table.rows.iter().chain([&head]).map(|row| width(&row[at])).max().unwrap_or(0))
            .collect();
        let draw = |cells: &[String]| {
            let mut line = String::new();
            for ((cell, width_of_column), column) in cells.iter().zip(&widths).zip(&table.columns) {
                let pad = " ".repeat(width_of_column - width(cell));
                let _ = if column.is_number {
                    write!(line, "  {pad}{cell}")
                } else {
                    write!(line, "  {cell}{pad}")
                };
            }
            line
        };
        let head = self.paint.dim(draw(&head).trim_end());
        self.line(&head);
        for row in &table.rows {
            let row = draw(row);
            self.line(&row);
        }
    }

    /// What a lead watches, and what each alarm means.
    fn monitors(&mut self, report: &Report) {
        let tables = [monitors::lines(report), monitors::reliability(report), monitors::suspects(report)];
        for table in tables.iter().flatten() {
            self.table(table);
        }
        for line in report.alarms() {
            self.wrapped(&format!("Alarm, {}: {}", line.name, line.meaning), "    ");
        }
    }

    /// Real images: a short table, then the notes, which are long.
    fn real(&mut self, report: &Report) {
        let Some(table) = tables::real(report) else { return };
        let mut short = Table::new(table.caption, &["Set", "#Positives", "#Negatives", "#AUROC"]);
        for row in &table.rows {
            short.push([0, 2, 3, 4].map(|at| row[at].clone()));
        }
        self.table(&short);
        for row in &table.rows {
            let note = if row[5].is_empty() { String::new() } else { format!(" ({})", row[5]) };
            self.wrapped(&format!("{}: {}{note}", row[0], row[1]), "    ");
        }
    }
}

/// Columns a text takes; every character here is one column wide.
fn width(text: &str) -> usize {
    text.chars().count()
}
