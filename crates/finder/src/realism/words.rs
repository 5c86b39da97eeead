//! The comparisons in words: lines for a terminal, a table for the model card.

use std::fmt::{self, Write as _};

use super::{Comparison, Realism};
use crate::metrics::{Area, Outcome};

impl Realism {
    /// A few lines for a terminal, no newline at the end.
    #[must_use]
    pub fn text(&self) -> String {
        let mut out = "realism (AUROC of a linear probe; 0.5 = cannot be told apart)".to_owned();
        for one in &self.comparisons {
            let _ = write!(
                out,
                "\n  {} ({}) against {} ({})",
                one.first.what, one.first.images, one.second.what, one.second.images
            );
            let _ = write!(
                out,
                "\n    embeddings {}, bare pixel statistics {}",
                area(&one.embeddings),
                area(&one.statistics)
            );
            let _ = write!(out, "{}; {}", telling(one), one.folds_by.words());
        }
        if !self.note.is_empty() {
            let _ = write!(out, "\n  {}", self.note);
        }
        out
    }

    /// One line per comparison, for places with little room.
    pub fn lines(&self) -> impl Iterator<Item = String> {
        let short =
            |outcome: &Outcome<Area>| outcome.value().map_or("–".to_owned(), |a| format!("{:.2}", a.value));
        self.comparisons.iter().map(move |one| {
            let (embeddings, statistics) = (short(&one.embeddings), short(&one.statistics));
            let sides = format!("{} against {}", one.first.what, one.second.what);
            format!(
                "{sides}: AUROC {embeddings} by embeddings, {statistics} by bare pixels (0.5 = alike; {})",
                one.folds_by.words()
            )
        })
    }

    /// A section of the model card.
    pub(crate) fn card(&self, out: &mut String) -> fmt::Result {
        writeln!(out, "\n## Realism of the training images\n")?;
        if !self.comparisons.is_empty() {
            writeln!(
                out,
                "Can a straight line tell one set from the other? AUROC with 95 % interval, each image judged by a\nprobe fitted on other images, on other parts of the sky where the folds are sky cells; 0.5 means that it cannot.\n"
            )?;
            writeln!(
                out,
                "| images | against | by the network's embeddings | by bare pixel statistics | folds |\n|---|---|---|---|---|"
            )?;
        }
        for one in &self.comparisons {
            writeln!(
                out,
                "| {} ({}) | {} ({}) | {} | {}{} | {} |",
                one.first.what,
                one.first.images,
                one.second.what,
                one.second.images,
                area(&one.embeddings),
                area(&one.statistics),
                telling(one),
                one.folds_by.words()
            )?;
        }
        if self.note.is_empty() { Ok(()) } else { writeln!(out, "\n{}", self.note) }
    }
}

fn area(outcome: &Outcome<Area>) -> String {
    match outcome {
        Outcome::Measured(a) => format!("{:.3} ({:.3} to {:.3})", a.value, a.low, a.high),
        Outcome::Missing { reason } => format!("not measured: {reason}"),
    }
}

/// The most telling statistic. No interval: it was chosen after the fact.
fn telling(one: &Comparison) -> String {
    one.most_telling.as_ref().map_or_else(String::new, |(name, area)| {
        format!("; most by {name}: {:.3} (largest of nine)", area.value)
    })
}
