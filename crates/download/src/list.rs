//! The clusters to fetch, in the order of the sky: a compact index in memory
//! of what the list says of each. Reads Parquet (`catalogue import`'s
//! `clusters.parquet`, by column names) and CSV (`id,ra,dec`).

mod csv;
mod parquet;

use std::path::Path;

use domain::SkyCoord;

use crate::DownloadError;

/// One cluster of the list.
#[derive(Debug, Clone, PartialEq)]
pub struct Entry {
    /// Its id, unique.
    pub id: Box<str>,
    /// Where it lies.
    pub position: SkyCoord,
    /// HEALPix cell of the position ([`survey::CELL_DEPTH`]).
    pub cell: u32,
    /// Id as a number, when the list had one.
    pub cluster_id: Option<i64>,
    /// Redshift, M500 and M200 in solar masses; NaN when unknown.
    pub carried: [f64; 3],
}

/// Names of [`Entry::carried`] in `downloads.csv`.
pub(crate) const CARRIED: [&str; 3] = ["z_cluster", "m500_msun", "m200_msun"];
/// Spellings of the columns.
const ID: [&str; 3] = ["cluster_id", "id", "name"];
const RA: [&str; 2] = ["ra_deg", "ra"];
const DEC: [&str; 2] = ["dec_deg", "dec"];
const EXTRA: [&[&str]; 3] = [&["z", "z_cluster"], &["m500_msun"], &["m200_msun"]];

impl Entry {
    /// An entry of which only id and place are known.
    #[must_use]
    pub fn new(id: &str, position: SkyCoord) -> Self {
        let cell = u32::try_from(survey::cell_of(position)).unwrap_or(u32::MAX);
        Self { id: id.into(), position, cell, cluster_id: None, carried: [f64::NAN; 3] }
    }
}

/// The list in sky order.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct List {
    entries: Vec<Entry>,
}

impl List {
    /// Reads a list: Parquet by its first bytes, else CSV (`.tsv`: tabs).
    ///
    /// # Errors
    /// When the file is no such list, an id stands twice, or a position is none.
    pub fn read(path: &Path) -> Result<Self, DownloadError> {
        let wrong = |reason: String| DownloadError::Catalogue { path: path.to_owned(), reason };
        let mut beginning = [0; 4];
        let mut file = std::fs::File::open(path).map_err(DownloadError::io("cannot open", path))?;
        let is_parquet =
            std::io::Read::read_exact(&mut file, &mut beginning).is_ok() && &beginning == b"PAR1";
        let entries = if is_parquet { parquet::read(path) } else { csv::read(path) }.map_err(wrong)?;
        Self::of(entries).map_err(wrong)
    }

    /// A list of these entries.
    ///
    /// # Errors
    /// When there is none, an id stands twice or makes no file name.
    pub fn of(mut entries: Vec<Entry>) -> Result<Self, String> {
        if entries.is_empty() {
            return Err("it has no rows".to_owned());
        }
        if let Some(bad) = entries.iter().find(|entry| entry.id.is_empty() || entry.id.len() > 120) {
            return Err(format!("the id {:?} must have 1 to 120 bytes, as it names a file", bad.id));
        }
        entries.sort_by(|a, b| a.id.cmp(&b.id));
        if let Some(twice) = entries.windows(2).find(|pair| pair[0].id == pair[1].id) {
            return Err(format!("the id {:?} stands twice; ids must be unique", twice[0].id));
        }
        entries.sort_by_key(|entry| entry.cell);
        entries.shrink_to_fit();
        Ok(Self { entries })
    }

    /// The clusters: by cell, in a cell by id.
    #[must_use]
    pub fn entries(&self) -> &[Entry] {
        &self.entries
    }
}

/// The position of a row.
fn position(row: u64, ra: f64, dec: f64) -> Result<SkyCoord, String> {
    let valid = (-360.0..=720.0).contains(&ra);
    SkyCoord::new(ra, dec)
        .filter(|_| valid)
        .ok_or_else(|| format!("row {row}: ra {ra}, dec {dec} is no position in degrees; correct the list"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_list_is_in_sky_order_and_ids_are_unique() {
        let at = |id: &str, ra| Entry::new(id, SkyCoord { ra_deg: ra, dec_deg: 1.0 });
        let list = List::of(vec![at("b", 45.0), at("a", 200.0), at("a2", 45.01)]).unwrap();
        let cells: Vec<u32> = list.entries().iter().map(|entry| entry.cell).collect();
        assert!(cells.is_sorted());
        assert!(List::of(vec![at("b", 45.0), at("b", 200.0)]).unwrap_err().contains("twice"));
        assert!(List::of(vec![]).is_err());
    }

    #[test]
    fn csv_is_read_by_column_name() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("list.csv");
        let write = |text: &str| std::fs::write(&path, text).unwrap();
        write("id,RA,dec,z,note,m500_msun\nA 1,150.5,-2.25,0.53,x,\n7,-10,3,,,1.2e14\n");
        let list = List::read(&path).unwrap();
        let one = list.entries().iter().find(|entry| &*entry.id == "A 1").unwrap();
        assert_eq!((one.position.ra_deg, one.position.dec_deg, one.carried[0]), (150.5, -2.25, 0.53));
        assert!(one.carried[1].is_nan() && one.cluster_id.is_none());
        let seven = list.entries().iter().find(|entry| &*entry.id == "7").unwrap();
        assert_eq!((seven.position.ra_deg, seven.cluster_id, seven.carried[1]), (350.0, Some(7), 1.2e14));
        for (text, word) in [
            ("ra,dec\n1,2\n", "id"),
            ("id,ra,dec\n1,12h30m,2\n", "12h30m"),
            ("id,ra,dec\n1,1,95\n", "no position"),
            ("id,ra,dec\n", "no rows"),
            ("id,ra,dec\n1,2\n", "line 2"),
        ] {
            write(text);
            let error = List::read(&path).unwrap_err().to_string();
            assert!(error.contains(word), "{text:?}: {error}");
        }
    }

    fn clusters(path: &Path, ra: f64) {
        use std::sync::Arc;

        use ::parquet::arrow::ArrowWriter;
        use arrow::array::{ArrayRef, Float64Array, Int64Array, RecordBatch, StringArray};

        let columns: [(&str, ArrayRef); 6] = [
            ("cluster_id", Arc::new(Int64Array::from(vec![9_007_199_254_740_993, 5]))),
            ("ra_deg", Arc::new(Float64Array::from(vec![ra, 200.0]))),
            ("dec_deg", Arc::new(Float64Array::from(vec![1.0, -5.0]))),
            ("z_kind", Arc::new(StringArray::from(vec![Some("spec"), None]))),
            ("z", Arc::new(Float64Array::from(vec![Some(0.5), None]))),
            ("m500_msun", Arc::new(Float64Array::from(vec![None, Some(2e14)]))),
        ];
        let batch = RecordBatch::try_from_iter(columns).unwrap();
        let file = std::fs::File::create(path).unwrap();
        let mut writer = ArrowWriter::try_new(file, batch.schema(), None).unwrap();
        writer.write(&batch).unwrap();
        writer.close().unwrap();
    }

    #[test]
    fn parquet_is_read_by_column_name_and_ids_stay_whole() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("clusters.parquet");
        clusters(&path, 45.0);
        let list = List::read(&path).unwrap();
        let found = |id: &str| list.entries().iter().find(|entry| &*entry.id == id).unwrap();
        let one = found("9007199254740993");
        assert_eq!(
            (one.cluster_id, one.carried[0], one.position.ra_deg),
            (Some(9_007_199_254_740_993), 0.5, 45.0)
        );
        assert!(one.carried[1].is_nan() && found("5").carried[0].is_nan());
        assert_eq!(found("5").carried[1], 2e14);
    }

    #[test]
    fn ids_are_whole_numbers_of_any_width_and_never_floats() {
        use std::sync::Arc;

        use ::parquet::arrow::ArrowWriter;
        use arrow::array::{ArrayRef, Float32Array, Float64Array, Int32Array, RecordBatch, UInt64Array};

        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("clusters.parquet");
        let read = |ids: ArrayRef| {
            let columns: [(&str, ArrayRef); 3] = [
                ("id", ids),
                ("ra", Arc::new(Float64Array::from(vec![45.0]))),
                ("dec", Arc::new(Float64Array::from(vec![1.0]))),
            ];
            let batch = RecordBatch::try_from_iter(columns).unwrap();
            let file = std::fs::File::create(&path).unwrap();
            let mut writer = ArrowWriter::try_new(file, batch.schema(), None).unwrap();
            writer.write(&batch).unwrap();
            writer.close().unwrap();
            List::read(&path)
        };
        let id = |ids: ArrayRef| read(ids).unwrap().entries()[0].cluster_id;
        assert_eq!(id(Arc::new(Int32Array::from(vec![7]))), Some(7));
        assert_eq!(id(Arc::new(UInt64Array::from(vec![7]))), Some(7));
        assert_eq!(id(Arc::new(UInt64Array::from(vec![u64::MAX]))), None);
        let floats: [ArrayRef; 2] =
            [Arc::new(Float64Array::from(vec![7.0])), Arc::new(Float32Array::from(vec![7.0]))];
        for ids in floats {
            let error = read(ids).unwrap_err().to_string();
            assert!(error.contains("floats"), "{error}");
        }
    }

    #[test]
    fn damaged_parquet_is_an_error_and_ends_no_program() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("clusters.parquet");
        clusters(&path, f64::NAN);
        assert!(List::read(&path).unwrap_err().to_string().contains("no position"));
        clusters(&path, 45.0);
        let bytes = std::fs::read(&path).unwrap();
        std::fs::write(&path, &bytes[..bytes.len() - 20]).unwrap();
        assert!(List::read(&path).is_err());
        for at in (4..bytes.len()).step_by(11) {
            let mut broken = bytes.clone();
            broken[at] ^= 0x7f;
            std::fs::write(&path, &broken).unwrap();
            // Whatever comes out, it must come out.
            let _ = List::read(&path);
        }
    }
}
