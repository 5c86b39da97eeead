//! One line of the agreement table.

/// What came of a comparison.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Verdict {
    /// All points within the tolerance.
    Passes,
    /// Some point is outside, or the table cannot be read.
    Fails,
    /// The table is of something else, and this is why.
    NotOurs(String),
}

/// One quantity of one table, compared.
#[derive(Debug, Clone, PartialEq)]
pub struct Row {
    /// The table's file.
    pub table: String,
    /// What was compared.
    pub quantity: String,
    /// How many numbers.
    pub points: usize,
    /// Largest difference.
    pub worst: f64,
    /// Where it is.
    pub location: String,
    /// Largest difference allowed.
    pub tolerance: f64,
    /// Unit of both.
    pub unit: &'static str,
    /// What came of it.
    pub verdict: Verdict,
}

impl Row {
    /// Whether nothing is wrong: within the tolerance, or not ours to compare.
    #[must_use]
    pub fn passes(&self) -> bool {
        self.verdict != Verdict::Fails
    }

    /// A row for a file that is no text.
    #[must_use]
    pub fn no_text(table: impl Into<String>) -> Self {
        Self::not_ours(&table.into(), "neither CSV nor JSON")
    }

    /// A row from each point's difference and where it is; a difference that is no number fails.
    pub(crate) fn compared(
        table: &str,
        quantity: impl Into<String>,
        unit: &'static str,
        tolerance: f64,
        differences: impl IntoIterator<Item = (f64, String)>,
    ) -> Self {
        let (mut points, mut worst, mut location) = (0, 0.0, String::new());
        for (difference, at) in differences {
            points += 1;
            let difference = if difference.is_nan() { f64::INFINITY } else { difference.abs() };
            if points == 1 || difference > worst {
                (worst, location) = (difference, at);
            }
        }
        let verdict = if points > 0 && worst <= tolerance { Verdict::Passes } else { Verdict::Fails };
        Self {
            table: table.into(),
            quantity: quantity.into(),
            points,
            worst,
            location,
            tolerance,
            unit,
            verdict,
        }
    }

    /// A row that says why a table is not compared.
    pub(crate) fn not_ours(table: &str, reason: impl Into<String>) -> Self {
        Self { verdict: Verdict::NotOurs(reason.into()), ..Self::compared(table, "–", "", 0.0, []) }
    }

    /// A row that says why a table cannot be read.
    pub(crate) fn unreadable(table: &str, problem: impl Into<String>) -> Self {
        Self {
            location: problem.into(),
            worst: f64::INFINITY,
            ..Self::compared(table, "cannot be read", "", 0.0, [])
        }
    }
}

impl std::fmt::Display for Row {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match &self.verdict {
            Verdict::NotOurs(reason) => write!(f, "{:<38} not compared: {reason}", self.table),
            verdict => write!(
                f,
                "{:<38} {:<34} {:>4} points  worst {:>8.1e}  allowed {:>7.0e} {:<12} {}  {}",
                self.table,
                self.quantity,
                self.points,
                self.worst,
                self.tolerance,
                self.unit,
                if *verdict == Verdict::Passes { "ok  " } else { "FAIL" },
                self.location
            ),
        }
    }
}

/// |mine/theirs − 1|, or |mine| where theirs is zero.
pub fn relative(mine: f64, theirs: f64) -> f64 {
    if theirs == 0.0 { mine } else { mine / theirs - 1.0 }
}
