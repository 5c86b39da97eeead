//! A list of clusters or candidates in memory, to be asked what lies near a
//! position.

use std::path::{Path, PathBuf};

use domain::{Progress, SkyCoord};
use platesolve::vector::{Vec3, angle_to_chord, distance2, from_sky};
use serde::Serialize;
use survey::{
    catalogue::{CatalogueError, Entry, NormalReader, Schema, entries, read_all},
    read_matches,
};

/// What the rows of a list are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum ListKind {
    /// Clusters of galaxies.
    Cluster,
    /// Known lenses and candidates.
    Candidate,
}

/// For tables that come without a schema: any row with a position.
const ANY_TABLE: &str = r#"
name = "any-table"
kind = "lenses"
[columns]
id = { row_number = true }
name = { column = ["name", "lens", "lens_name", "id", "subject_id"], optional = true }
ra = { column = ["ra", "ra_deg", "raj2000", "lens_ra_deg"], unit = "deg" }
dec = { column = ["dec", "dec_deg", "decj2000", "dej2000", "lens_dec_deg"], unit = "deg" }
z = { column = ["z", "zlens", "redshift", "lens_z"], unit = "1", optional = true, unreadable = "null" }
m500 = { column = ["m500_msun"], unit = "Msun", optional = true, unreadable = "null" }
grade = { column = ["grade", "grading"], optional = true }
kind = { column = ["kind", "type"], optional = true }
reference = { column = ["reference", "ref"], optional = true }
"#;

/// A list of positions on the sky, sorted by declination.
#[derive(Debug, Clone)]
pub struct SkyList {
    name: String,
    kind: ListKind,
    directions: Vec<Vec3>,
    entries: Vec<Entry>,
}

impl SkyList {
    /// Reads what `lensfinder catalogue import` made (a folder or its Parquet file), what `lensfinder
    /// catalogue match` wrote, or any other table with columns `ra`, `dec` (degrees) and perhaps `name`,
    /// `z`, `grade`. Rows without a position are left out.
    ///
    /// # Errors
    /// When the file is none of these; the message says what is missing.
    pub fn read(path: &Path, kind: ListKind, progress: &dyn Progress) -> Result<Self, CatalogueError> {
        if let Some(normal) = normal_form(path) {
            return Ok(Self::new(name_of(path), kind, entries(&normal)?));
        }
        if let Ok(matches) = read_matches(path) {
            return Ok(Self::of_matches(name_of(path), kind, matches));
        }
        Self::read_by(path, kind, &Schema::parse(ANY_TABLE, "any-table")?, progress)
    }

    /// Reads a table by a schema.
    ///
    /// # Errors
    /// As [`read_all`].
    pub fn read_by(
        path: &Path,
        kind: ListKind,
        schema: &Schema,
        progress: &dyn Progress,
    ) -> Result<Self, CatalogueError> {
        let (kept, _refused) = read_all(path, schema, progress)?;
        Ok(Self::new(name_of(path), kind, kept))
    }

    /// A list of what is in memory already.
    #[must_use]
    pub fn new(name: impl Into<String>, kind: ListKind, entries: Vec<Entry>) -> Self {
        let mut rows: Vec<(Vec3, Entry)> = entries.into_iter().map(|e| (from_sky(e.position), e)).collect();
        rows.sort_by(|(a, one), (b, other)| a[2].total_cmp(&b[2]).then(one.row.cmp(&other.row)));
        let (directions, entries) = rows.into_iter().unzip();
        Self { name: name.into(), kind, directions, entries }
    }

    /// The lenses of a cross-match, each once.
    fn of_matches(name: String, kind: ListKind, matches: Vec<survey::LensMatch>) -> Self {
        let mut seen = std::collections::HashSet::new();
        let entry = |(row, found): (u64, survey::LensMatch)| {
            let position = SkyCoord::new(found.lens_ra_deg, found.lens_dec_deg)?;
            let new = seen.insert((position.ra_deg.to_bits(), position.dec_deg.to_bits()));
            let id = i64::try_from(row).unwrap_or(i64::MAX);
            new.then(|| Entry {
                name: Some(found.lens),
                z: found.lens_z,
                grade: found.grade,
                kind: found.kind,
                reference: found.reference,
                ..Entry::new(id, row, position)
            })
        };
        Self::new(name, kind, (1..).zip(matches).filter_map(entry).collect())
    }

    /// Its name: that of its file.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// What its rows are.
    #[must_use]
    pub const fn kind(&self) -> ListKind {
        self.kind
    }

    /// Rows.
    #[must_use]
    pub fn len(&self) -> usize {
        self.entries.len()
    }

    /// Whether it has no row.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    /// Calls `visit` with every entry within an angle of a position, by declination. Takes the more time the
    /// wider the band of declination: 370,000 rows and a degree, some microseconds.
    pub fn each_within<'a>(&'a self, centre: SkyCoord, radius_arcmin: f64, mut visit: impl FnMut(&'a Entry)) {
        let radius = (radius_arcmin / 60.0).to_radians().clamp(0.0, std::f64::consts::PI);
        let centre = from_sky(centre);
        // A hair more, for rounding.
        let most = angle_to_chord(radius).powi(2) * (1.0 + 1e-12) + 1e-30;
        let latitude = centre[2].clamp(-1.0, 1.0).asin();
        let edge = |latitude: f64, beyond: f64| {
            if latitude.abs() >= std::f64::consts::FRAC_PI_2 {
                beyond
            } else {
                latitude.sin() + 1e-15 * beyond
            }
        };
        let (low, high) = (edge(latitude - radius, -2.0), edge(latitude + radius, 2.0));
        let from = self.directions.partition_point(|d| d[2] < low);
        let to = self.directions.partition_point(|d| d[2] <= high).max(from);
        for (direction, entry) in self.directions[from..to].iter().zip(&self.entries[from..to]) {
            if distance2(*direction, centre) <= most {
                visit(entry);
            }
        }
    }
}

/// An imported catalogue in a folder or file.
fn normal_form(path: &Path) -> Option<PathBuf> {
    if path.is_dir() {
        let files = ["clusters.parquet", "lenses.parquet"].map(|name| path.join(name));
        return files.into_iter().find(|file| file.is_file());
    }
    let parquet = path.extension().is_some_and(|ending| ending.eq_ignore_ascii_case("parquet"));
    (parquet && NormalReader::open(path).is_ok()).then(|| path.to_owned())
}

fn name_of(path: &Path) -> String {
    path.file_name().unwrap_or(path.as_os_str()).to_string_lossy().into_owned()
}
