//! The columns of a catalogue that tell the conditions of an image and its
//! cluster. An empty field is unknown; a field that makes no sense refuses the
//! line, with the column's name.

use std::str::FromStr;

use csv::StringRecord;

use crate::Conditions;

/// Spellings of the columns with real numbers; the first of each is the one in `index.parquet`.
const REALS: [&[&str]; 9] = [
    &["psf_fwhm_g_arcsec", "psf_fwhm_g", "psfsize_g"],
    &["psf_fwhm_r_arcsec", "psf_fwhm_r", "psfsize_r"],
    &["psf_fwhm_z_arcsec", "psf_fwhm_z", "psfsize_z"],
    &["depth_g_mag", "depth_g"],
    &["depth_r_mag", "depth_r"],
    &["depth_z_mag", "depth_z"],
    &["z_cluster", "z"],
    &["m500_msun"],
    &["m200_msun"],
];
const FLAGS: [&str; 2] = ["flags", "maskbits"];
const CLUSTER_ID: [&str; 1] = ["cluster_id"];

/// Which column is what.
pub(super) struct ConditionColumns {
    reals: [Option<usize>; 9],
    flags: Option<usize>,
    cluster_id: Option<usize>,
}

impl ConditionColumns {
    /// Asks `find` for the place of each column by its spellings.
    pub(super) fn of(mut find: impl FnMut(&[&str]) -> Option<usize>) -> Self {
        Self { reals: REALS.map(&mut find), flags: find(&FLAGS), cluster_id: find(&CLUSTER_ID) }
    }

    pub(super) fn read(&self, record: &StringRecord) -> Result<Conditions, String> {
        let mut reals = [None; 9];
        for (value, (column, names)) in reals.iter_mut().zip(self.reals.iter().zip(REALS)) {
            *value = number::<f64>(record, *column, names[0])?;
        }
        let [g, r, z, deep_g, deep_r, deep_z, z_cluster, m500_msun, m200_msun] = reals;
        let conditions = Conditions {
            psf_fwhm_arcsec: [g, r, z],
            depth_mag: [deep_g, deep_r, deep_z],
            flags: number(record, self.flags, FLAGS[0])?,
            cluster_id: number(record, self.cluster_id, CLUSTER_ID[0])?,
            z_cluster,
            m500_msun,
            m200_msun,
        };
        match conditions.wrong() {
            Some((field, reason)) => Err(format!("{field} {reason}")),
            None => Ok(conditions),
        }
    }
}

fn number<T: FromStr>(record: &StringRecord, column: Option<usize>, name: &str) -> Result<Option<T>, String> {
    let text = column.and_then(|index| record.get(index)).filter(|text| !text.is_empty());
    let wrong = |text| format!("column {name} holds {text:?}, which is no such number; correct or empty it");
    text.map(|text| text.parse().map_err(|_| wrong(text))).transpose()
}
