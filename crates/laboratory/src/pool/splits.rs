//! How a pool's sky is split, and the audit of it: which parts there are, which cells
//! two of them share, and what `survey`'s own audit finds.

use std::collections::BTreeSet;

use campaign::tiles::fold_of;
use domain::{Progress, Seed};
use survey::{
    AuditInput, AuditSettings, CUTOUT_DIAGONAL_ARCSEC, Dataset, Fold, ManifestRow, SkySplit, split_audit,
};

use super::report::{SplitPart, SplitReport};
use crate::LabError;

/// Share of the mocks' sky that calibrates and judges the network.
const GATE: f64 = 0.2;

/// The split of one pool.
#[derive(Debug, Clone, Copy)]
pub struct Splits {
    sky: SkySplit,
    mocks: SkySplit,
}

impl Splits {
    /// Deals the sky by this seed.
    ///
    /// # Errors
    /// When nothing would be left to search.
    pub fn new(seed: u64, held_out_fraction: f64) -> Result<Self, String> {
        let words = |error: survey::SkySplitError| format!("`held_out_fraction`: {error}");
        let root = Seed::root(seed);
        let sky = SkySplit::new(root, held_out_fraction, 0.0).map_err(words)?;
        let mocks = SkySplit::new(root.child("validation"), GATE, 0.0).map_err(words)?;
        Ok(Self { sky, mocks })
    }

    /// Where an image of the survey belongs; `None` if it is too near the other side.
    #[must_use]
    pub fn survey(&self, row: &ManifestRow) -> Option<Fold> {
        match row.position {
            Some(sky) => self.sky.fold_with_buffer(sky, CUTOUT_DIAGONAL_ARCSEC).ok().flatten(),
            None => Some(fold_of(&self.sky, row.cell, &row.id)),
        }
    }

    /// How mocks are dealt: what its held-out part is, judges.
    #[must_use]
    pub const fn mocks(&self) -> &SkySplit {
        &self.mocks
    }

    /// Looks for anything on both sides.
    ///
    /// # Errors
    /// When an index cannot be read, or the person asks to stop.
    pub fn audit(
        &self,
        survey: &Dataset,
        mocks: Option<&Dataset>,
        progress: &dyn Progress,
    ) -> Result<SplitReport, LabError> {
        let mut parts: Vec<(&str, u64, BTreeSet<u64>)> =
            ["training", "gate", "held-out", "pool"].map(|name| (name, 0, BTreeSet::new())).into();
        let mut note = |part: usize, row: &ManifestRow| {
            parts[part].1 += 1;
            parts[part].2.extend(row.cell);
        };
        let mut input = AuditInput::default();
        for row in survey.manifest()? {
            let row = row?;
            match self.survey(&row) {
                Some(Fold::HeldOut) => note(2, &row),
                Some(_) => note(3, &row),
                None => {}
            }
        }
        input.add_dataset(survey.name(), survey.manifest()?, |row| self.survey(row))?;
        if let Some(mocks) = mocks {
            let judges = |row: &ManifestRow| fold_of(&self.mocks, row.cell, &row.id) == Fold::HeldOut;
            for row in mocks.manifest()? {
                let row = row?;
                note(usize::from(judges(&row)), &row);
            }
            let deal = |row: &ManifestRow| Some(if judges(row) { Fold::Gate } else { Fold::Pool });
            input.add_dataset(mocks.name(), mocks.manifest()?, deal)?;
        }
        let audit = split_audit(&input, &AuditSettings::default(), progress)?;
        let parts: Vec<_> = parts.into_iter().filter(|(_, images, _)| *images > 0).collect();
        let mut shared = Vec::new();
        for (at, (name, _, cells)) in parts.iter().enumerate() {
            for (other, _, others) in &parts[at + 1..] {
                let both = cells.intersection(others).count() as u64;
                shared.push(((*name).to_owned(), (*other).to_owned(), both));
            }
        }
        let overlaps: u64 = shared.iter().map(|(_, _, cells)| cells).sum();
        Ok(SplitReport {
            leaks: audit.leaks() + overlaps,
            findings: audit
                .findings
                .iter()
                .map(|finding| (finding.title.to_owned(), finding.count))
                .collect(),
            shared,
            parts: parts
                .into_iter()
                .map(|(name, images, cells)| SplitPart {
                    name: name.to_owned(),
                    images,
                    cells: cells.len() as u64,
                })
                .collect(),
        })
    }
}
