//! The file that goes to experts and comes back: one line an image and reviewer. Read strictly,
//! because a wrong line would calibrate everything that is shown.

use std::{collections::HashMap, path::Path};

use crate::CampaignError;

/// What a reviewer may say.
const GRADES: &str = "lens, no_lens";

/// One grade.
#[derive(Debug, Clone, PartialEq)]
pub struct Graded {
    /// Line in the file, from 1 (the head).
    pub line: u64,
    /// The image's name in the dataset.
    pub subject: String,
    /// Who graded it.
    pub reviewer: String,
    /// Whether they see a lens.
    pub lens: bool,
    /// The stratum it was drawn from.
    pub stratum: String,
    /// The chance it had to be drawn.
    pub inclusion_probability: f64,
}

/// A file of grades.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Sheet {
    /// The grades, in the order of the file.
    pub grades: Vec<Graded>,
    /// Lines without a grade.
    pub not_graded: u64,
    /// Lines that say again what an earlier one says.
    pub repeated: u64,
}

/// Reads a file with at least the columns `subject`, `reviewer`, `grade`, `stratum` and
/// `inclusion_probability`, in any order; others are passed over. Lines with an empty grade are
/// counted and left out.
///
/// # Errors
/// At the first line that cannot be, with its number and what would be right.
pub fn read(path: &Path) -> Result<Sheet, CampaignError> {
    let unreadable = |source| CampaignError::Csv { path: path.into(), source };
    let mut reader = csv::ReaderBuilder::new().trim(csv::Trim::All).from_path(path).map_err(unreadable)?;
    let head = reader.headers().map_err(unreadable)?.clone();
    let column = |name: &'static str| {
        head.iter().position(|found| found == name).ok_or_else(|| {
            let found: Vec<&str> = head.iter().collect();
            let reason = format!(
                "has no column `{name}` (it has {}); `lensfinder review draw` writes all that are needed",
                found.join(", ")
            );
            wrong(path, 1, reason)
        })
    };
    let columns = Columns {
        subject: column("subject")?,
        reviewer: column("reviewer")?,
        grade: column("grade")?,
        stratum: column("stratum")?,
        probability: column("inclusion_probability")?,
    };
    let mut sheet = Sheet::default();
    let mut seen: HashMap<(String, String), (u64, bool)> = HashMap::new();
    for record in reader.records() {
        let record = record.map_err(unreadable)?;
        let line = record.position().map_or(0, csv::Position::line);
        let Some(graded) = columns.graded(&record, line).map_err(|reason| wrong(path, line, reason))? else {
            sheet.not_graded += 1;
            continue;
        };
        let key = (graded.subject.clone(), graded.reviewer.clone());
        match seen.insert(key, (line, graded.lens)) {
            None => sheet.grades.push(graded),
            Some((_, lens)) if lens == graded.lens => sheet.repeated += 1,
            Some((earlier, _)) => {
                let reason = format!(
                    "{} grades {} otherwise than in line {earlier}; leave one of the two lines",
                    graded.reviewer, graded.subject
                );
                return Err(wrong(path, line, reason));
            }
        }
    }
    Ok(sheet)
}

fn wrong(path: &Path, line: u64, reason: String) -> CampaignError {
    CampaignError::Line { path: path.into(), line, reason }
}

struct Columns {
    subject: usize,
    reviewer: usize,
    grade: usize,
    stratum: usize,
    probability: usize,
}

impl Columns {
    /// The grade of a line, `None` where there is none yet, or what is wrong.
    fn graded(&self, record: &csv::StringRecord, line: u64) -> Result<Option<Graded>, String> {
        let cell = |at: usize| record.get(at).unwrap_or_default();
        let lens = match cell(self.grade) {
            "" => return Ok(None),
            "lens" => true,
            "no_lens" => false,
            other => {
                return Err(format!("grade {other:?} is none of {GRADES} (leave it empty where not graded)"));
            }
        };
        let filled = |at: usize, name: &str| match cell(at) {
            "" => Err(format!("`{name}` is empty; every grade needs one")),
            text => Ok(text.to_owned()),
        };
        let given = filled(self.probability, "inclusion_probability")?;
        let inclusion_probability =
            given.parse::<f64>().ok().filter(|p| *p > 0.0 && *p <= 1.0).ok_or_else(|| {
                format!("`inclusion_probability` {given:?} is no number above 0 and at most 1; keep what was drawn")
            })?;
        Ok(Some(Graded {
            line,
            subject: filled(self.subject, "subject")?,
            reviewer: filled(self.reviewer, "reviewer")?,
            lens,
            stratum: filled(self.stratum, "stratum")?,
            inclusion_probability,
        }))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const HEAD: &str = "subject,stratum,inclusion_probability,reviewer,grade,remark\n";

    fn read_text(text: &str) -> Result<Sheet, CampaignError> {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("graded.csv");
        std::fs::write(&path, text).unwrap();
        read(&path)
    }

    fn refusal(line: &str) -> String {
        let text = format!("{HEAD}{line}\n");
        read_text(&text).unwrap_err().to_string().split_once("graded.csv").unwrap().1.to_owned()
    }

    #[test]
    fn grades_are_read_and_ungraded_lines_counted() {
        let text = format!(
            "{HEAD}a,s1,0.5,ann,lens,\nb,s1,0.5,,,not yet\na,s1,0.5,bob, no_lens ,\na,s1,0.5,ann,lens,again\n"
        );
        let sheet = read_text(&text).unwrap();
        assert_eq!((sheet.grades.len(), sheet.not_graded, sheet.repeated), (2, 1, 1));
        assert_eq!((sheet.grades[1].reviewer.as_str(), sheet.grades[1].lens), ("bob", false));
        assert_eq!(sheet.grades[1].line, 4);
    }

    #[test]
    fn a_wrong_line_is_named_with_what_would_be_right() {
        assert!(
            refusal("a,s1,0.5,ann,maybe,").starts_with(", line 2: grade \"maybe\" is none of lens, no_lens")
        );
        assert!(refusal("a,s1,0.5,,lens,").starts_with(", line 2: `reviewer` is empty"));
        assert!(refusal("a,s1,1.5,ann,lens,").contains("above 0 and at most 1"));
        assert!(refusal("a,s1,nan,ann,lens,").contains("above 0 and at most 1"));
        assert!(refusal("a,,0.5,ann,lens,").contains("`stratum` is empty"));
        assert!(
            refusal("a,s1,0.5,ann,lens,\na,s1,0.5,ann,no_lens,")
                .starts_with(", line 3: ann grades a otherwise")
        );
    }

    #[test]
    fn a_missing_column_is_named() {
        let error = read_text("subject,grade\na,lens\n").unwrap_err().to_string();
        assert!(error.contains("no column `reviewer` (it has subject, grade)"), "{error}");
    }
}
