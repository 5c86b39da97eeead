//! A catalogue of real galaxies to draw sources from: columns z, g, r, z_mag
//! (AB), r_e_arcsec and n, as CSV.

use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
    sync::{Arc, LazyLock, Mutex, PoisonError},
};

use crate::{dice::Dice, draw::DrawError};

/// The columns, in any order; others are passed over.
const COLUMNS: [&str; 6] = ["z", "g", "r", "z_mag", "r_e_arcsec", "n"];

/// What a value of each column may be; sentinels such as 99 and −99 are not.
const RANGES: [(f64, f64); 6] =
    [(0.01, 20.0), (10.0, 35.0), (10.0, 35.0), (10.0, 35.0), (1e-3, 60.0), (0.2, 10.0)];

/// One galaxy.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Row {
    pub z: f64,
    /// AB magnitudes g, r, z.
    pub mag: [f64; 3],
    pub r_e_arcsec: f64,
    pub n: f64,
}

/// Galaxies ordered by redshift.
#[derive(Debug, Clone, PartialEq)]
pub struct Catalogue {
    path: PathBuf,
    rows: Vec<Row>,
}

static KNOWN: LazyLock<Mutex<BTreeMap<PathBuf, Arc<Catalogue>>>> =
    LazyLock::new(|| Mutex::new(BTreeMap::new()));

/// Reads a catalogue, once per program.
pub fn load(path: &Path) -> Result<Arc<Catalogue>, DrawError> {
    // A poisoned lock only means another thread stopped; the catalogues in it are whole.
    let mut known = KNOWN.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(found) = known.get(path) {
        return Ok(Arc::clone(found));
    }
    let wrong = |problem: String| DrawError::Catalogue { path: path.to_owned(), problem };
    let text = fs::read_to_string(path).map_err(|error| wrong(error.to_string()))?;
    let new = Arc::new(Catalogue { path: path.to_owned(), rows: parse(&text).map_err(wrong)? });
    known.insert(path.to_owned(), Arc::clone(&new));
    Ok(new)
}

fn parse(text: &str) -> Result<Vec<Row>, String> {
    let mut lines =
        text.lines().enumerate().filter(|(_, line)| !line.trim().is_empty() && !line.starts_with('#'));
    let (_, header) = lines.next().ok_or("it is empty")?;
    let names: Vec<&str> = header.split(',').map(str::trim).collect();
    let place = |wanted: &str| {
        names.iter().position(|name| *name == wanted).ok_or_else(|| {
            format!("it has no column {wanted:?}; its first line must name {}", COLUMNS.join(","))
        })
    };
    let places = [place("z")?, place("g")?, place("r")?, place("z_mag")?, place("r_e_arcsec")?, place("n")?];
    let mut rows = Vec::new();
    for (number, line) in lines {
        let fields: Vec<&str> = line.split(',').map(str::trim).collect();
        let mut values = [0.0_f64; 6];
        for ((value, &at), name) in values.iter_mut().zip(&places).zip(COLUMNS) {
            let text = fields.get(at).copied().unwrap_or_default();
            *value = text.parse().ok().filter(|v: &f64| v.is_finite()).ok_or_else(|| {
                format!(
                    "line {}: {name} is {text:?}, which is no number; correct or leave out the row",
                    number + 1
                )
            })?;
        }
        for ((name, value), (low, high)) in COLUMNS.iter().zip(values).zip(RANGES) {
            if !(low..=high).contains(&value) {
                return Err(format!(
                    "line {}: {name} is {value}, not between {low} and {high}; leave out rows without a value",
                    number + 1
                ));
            }
        }
        let [z, g, r, z_mag, r_e_arcsec, n] = values;
        rows.push(Row { z, mag: [g, r, z_mag], r_e_arcsec, n });
    }
    if rows.is_empty() {
        return Err("it has no row".to_owned());
    }
    rows.sort_by(|a, b| a.z.total_cmp(&b.z));
    Ok(rows)
}

impl Catalogue {
    /// A galaxy near this redshift (within 0.1, widened until there is one) and between these g magnitudes.
    pub fn pick(&self, z: f64, g: [f64; 2], dice: &mut Dice) -> Result<Row, DrawError> {
        for width in [0.1, 0.2, 0.4, 0.8, 10.0] {
            let from = self.rows.partition_point(|row| row.z < z - width);
            let to = self.rows.partition_point(|row| row.z <= z + width);
            let fits = |row: &&Row| (g[0]..=g[1]).contains(&row.mag[0]);
            let found: Vec<&Row> = self.rows[from..to].iter().filter(fits).collect();
            if !found.is_empty() {
                return Ok(*found[dice.integer(0, found.len() - 1)]);
            }
        }
        let problem = format!("it has no galaxy with g between {} and {}; widen lens.source_g", g[0], g[1]);
        Err(DrawError::Catalogue { path: self.path.clone(), problem })
    }
}

#[cfg(test)]
mod tests {
    use domain::Seed;

    use super::*;

    #[test]
    fn picks_rows_near_the_redshift_and_inside_the_limits() {
        let text = "id,z,g,r,z_mag,r_e_arcsec,n\n1,1.0,25,24.9,24.8,0.3,1\n2,2.0,25,24.9,24.8,0.2,1\n3,1.02,29,28,27,0.1,1\n";
        let catalogue = Catalogue { path: "c.csv".into(), rows: parse(text).unwrap() };
        let mut dice = Dice::new(Seed::root(1));
        for _ in 0..10 {
            assert_eq!(catalogue.pick(1.03, [22.0, 27.0], &mut dice).unwrap().r_e_arcsec, 0.3);
        }
        assert!(catalogue.pick(1.0, [20.0, 21.0], &mut dice).is_err());
    }

    #[test]
    fn names_the_column_and_line_that_is_wrong() {
        assert!(parse("z,g,r\n1,2,3\n").unwrap_err().contains("z_mag"));
        let error = parse("z,g,r,z_mag,r_e_arcsec,n\n1,25,24,23,0.3,1\n1,25,x,23,0.3,1\n").unwrap_err();
        assert!(error.contains("line 3") && error.contains("r is"), "{error}");
        let sentinel = parse("z,g,r,z_mag,r_e_arcsec,n\n1,25,-99,23,0.3,1\n").unwrap_err();
        assert!(sentinel.contains("line 2: r is -99"), "{sentinel}");
    }
}
