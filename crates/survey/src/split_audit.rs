//! Does anything stand on both sides of a split? Looks for cells, ids, images
//! and neighbours that two folds share, known lenses among the negatives, and
//! objects that several catalogues list.

mod buffer;
mod input;
mod report;

use std::{
    collections::{BTreeMap, BTreeSet, HashMap},
    fmt::Display,
    hash::Hash,
};

use domain::{Cancelled, Label, Progress, SkyCoord};

pub use buffer::BufferError;
pub use input::{AuditInput, AuditRow};
pub use report::{AuditReport, Finding, FoldCounts, Leak, Member, NearPair};

use crate::{Fold, KnownLenses, cell_of, sky_index::SkyIndex};

/// The diagonal of a cutout of 100″: two cutouts whose centres are nearer may share pixels.
pub const CUTOUT_DIAGONAL_ARCSEC: f64 = 100.0 * std::f64::consts::SQRT_2;

/// What to look for.
#[derive(Debug, Clone, PartialEq)]
pub struct AuditSettings {
    /// Rows of two folds must be farther apart than this.
    pub pair_arcsec: f64,
    /// Rows of two catalogues nearer than this are one object.
    pub same_arcsec: f64,
    /// Lenses that must not be among the negatives.
    pub known: Option<KnownLenses>,
    /// Distance from the centre within which a known lens counts.
    pub known_arcsec: f64,
    /// Findings of a kind that are listed; all are counted.
    pub listed: usize,
}

impl Default for AuditSettings {
    fn default() -> Self {
        Self {
            pair_arcsec: CUTOUT_DIAGONAL_ARCSEC,
            same_arcsec: 1.0,
            known: None,
            known_arcsec: crate::DEFAULT_RADIUS_ARCSEC,
            listed: 1000,
        }
    }
}

/// Order in which folds give way: of a pair in two folds, the row of the first leaves.
pub(crate) const fn rank(fold: Fold) -> u8 {
    match fold {
        Fold::Pool => 0,
        Fold::Gate => 1,
        Fold::HeldOut => 2,
    }
}

/// Audits rows that already have their folds.
///
/// # Errors
/// On request.
pub fn split_audit(
    input: &AuditInput,
    settings: &AuditSettings,
    progress: &dyn Progress,
) -> Result<AuditReport, Cancelled> {
    let rows = input.rows();
    progress.begin("auditing the split", 5);
    let mut report = AuditReport::new(input, settings);
    report.add(cells(input));
    progress.advance(1);
    progress.check()?;
    let ids = Finding::new("ids", "ids in two folds").listing(settings.listed);
    report.add(shared(input, ids, |row| (!row.has_local_id).then_some(row.id.as_str())));
    progress.advance(1);
    progress.check()?;
    let images = Finding::new("images", "images (same bytes) in two folds").listing(settings.listed);
    report.add(shared(input, images, |row| row.digest));
    progress.advance(1);
    progress.check()?;
    neighbours(input, settings, &mut report, progress)?;
    progress.advance(1);
    progress.check()?;
    if let Some(known) = &settings.known {
        report.add(negatives(input, known, settings));
    }
    report.unplaced = rows.iter().filter(|row| row.position.is_none()).count() as u64;
    report.leave = report
        .findings
        .iter()
        .flat_map(|finding| &finding.leave)
        .copied()
        .collect::<BTreeSet<_>>()
        .into_iter()
        .map(|index| Member::of(input, index))
        .collect();
    progress.end();
    Ok(report)
}

/// Cells in two folds, and cells that do not belong to their rows' positions.
fn cells(input: &AuditInput) -> Finding {
    let mut folds: BTreeMap<u64, BTreeMap<Fold, usize>> = BTreeMap::new();
    let mut finding = Finding::new("cells", "sky cells in two folds, or not those of their rows' positions");
    for (index, row) in input.rows().iter().enumerate() {
        if let (Some(cell), Some(sky)) = (row.cell, row.position)
            && cell_of(sky) != cell
        {
            finding.push(Leak::words(
                input,
                &[index],
                format!("cell {cell}, the position lies in {}", cell_of(sky)),
            ));
        }
        if let (Some(cell), Some(fold)) = (row.cell, row.fold) {
            folds.entry(cell).or_default().entry(fold).or_insert(index);
        }
    }
    for (cell, found) in folds.into_iter().filter(|(_, found)| found.len() > 1) {
        let members: Vec<usize> = found.into_values().collect();
        finding.push(Leak::words(input, &members, format!("cell {cell}")));
    }
    finding
}

/// Things with the same key in two folds, one finding per key.
fn shared<'a, K: Hash + Eq + Display>(
    input: &'a AuditInput,
    mut finding: Finding,
    key: impl Fn(&'a AuditRow) -> Option<K>,
) -> Finding {
    let rows = input.rows();
    let mut holders: HashMap<K, Vec<usize>> = HashMap::new();
    for (index, row) in rows.iter().enumerate().filter(|(_, row)| row.fold.is_some()) {
        if let Some(key) = key(row) {
            holders.entry(key).or_default().push(index);
        }
    }
    let rank_of = |index: usize| rows[index].fold.map_or(0, rank);
    holders.retain(|_, found| found.iter().any(|&index| rows[index].fold != rows[found[0]].fold));
    let mut torn: Vec<(K, Vec<usize>)> = holders.into_iter().collect();
    torn.sort_by_key(|(_, found)| found[0]);
    for (key, mut found) in torn {
        let highest = found.iter().map(|&index| rank_of(index)).max().unwrap_or(0);
        finding.leave.extend(found.iter().filter(|&&index| rank_of(index) < highest));
        // One row of each fold tells enough.
        found.sort_by_key(|&index| (rank_of(index), index));
        found.dedup_by_key(|index| rank_of(*index));
        finding.push(Leak::words(input, &found, key.to_string()));
    }
    finding
}

/// Pairs too near across folds; the same object in two catalogues.
fn neighbours(
    input: &AuditInput,
    settings: &AuditSettings,
    report: &mut AuditReport,
    progress: &dyn Progress,
) -> Result<(), Cancelled> {
    let rows = input.rows();
    let placed: Vec<(usize, SkyCoord)> =
        rows.iter().enumerate().filter_map(|(index, row)| Some((index, row.position?))).collect();
    let positions: Vec<SkyCoord> = placed.iter().map(|&(_, sky)| sky).collect();
    let index = SkyIndex::new(&positions, settings.pair_arcsec.max(settings.same_arcsec));
    let mut near = Finding::new("neighbours", "pairs nearer than a cutout's diagonal in two folds");
    near = near.listing(settings.listed);
    let mut same = Finding::note("repeated", "objects listed by two catalogues").listing(settings.listed);
    for (at, &(a, sky)) in placed.iter().enumerate() {
        if at.is_multiple_of(8192) {
            progress.check()?;
        }
        for (other, separation) in index.near(sky) {
            // Each pair once.
            if other <= at {
                continue;
            }
            let b = placed[other].0;
            if separation <= settings.same_arcsec && rows[a].source != rows[b].source {
                same.push(Leak::pair(input, a, b, separation));
            }
            if let (Some(fold_a), Some(fold_b)) = (rows[a].fold, rows[b].fold)
                && fold_a != fold_b
                && separation <= settings.pair_arcsec
            {
                near.push(Leak::pair(input, a, b, separation));
                near.leave.push(if rank(fold_a) < rank(fold_b) { a } else { b });
            }
        }
    }
    report.add(near);
    report.add(same);
    Ok(())
}

/// Known lenses labelled "no lens".
fn negatives(input: &AuditInput, known: &KnownLenses, settings: &AuditSettings) -> Finding {
    let rows = input.rows();
    let mut finding = Finding::new("negatives", "known lenses labelled as no lens").listing(settings.listed);
    let is_negative = |row: &AuditRow| row.label == Label::NonLens && row.fold.is_some();
    let suspects: Vec<usize> = (0..rows.len()).filter(|&index| is_negative(&rows[index])).collect();
    let places = suspects.iter().map(|&index| (rows[index].position, rows[index].id.as_str()));
    for (&index, lens) in suspects.iter().zip(known.on(places, settings.known_arcsec)) {
        if let Some(lens) = lens {
            finding.leave.push(index);
            finding.push(Leak::words(input, &[index], lens.to_owned()));
        }
    }
    finding
}
