//! Which column holds what: by the names that catalogues use, or by the name
//! that was given. Case does not matter.

use super::error::Fault;

/// Names of columns, where they are not the usual ones. Positions are in degrees, proper motions in
/// milli-arcsec a year, that in right ascension times cos δ.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ColumnNames {
    /// Right ascension.
    pub ra: Option<String>,
    /// Declination.
    pub dec: Option<String>,
    /// Magnitude.
    pub magnitude: Option<String>,
    /// Proper motion towards east.
    pub pm_ra: Option<String>,
    /// Proper motion towards north.
    pub pm_dec: Option<String>,
}

/// Where the columns are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Found {
    pub ra: usize,
    pub dec: usize,
    pub magnitude: usize,
    pub motion: Option<[usize; 2]>,
}

const RA: &[&str] =
    &["ra", "radeg", "ra_deg", "raj2000", "_raj2000", "ra_icrs", "_ra", "alpha_j2000", "alpha"];
const DEC: &[&str] = &[
    "dec",
    "decdeg",
    "dec_deg",
    "dedeg",
    "dej2000",
    "_dej2000",
    "decj2000",
    "de_icrs",
    "_de",
    "delta_j2000",
    "de",
    "delta",
];
const MAGNITUDE: &[&str] = &[
    "mag",
    "magnitude",
    "vmag",
    "vtmag",
    "mag_vt",
    "phot_g_mean_mag",
    "gmag",
    "g_mag",
    "mag_auto",
    "rmag",
    "jmag",
    "j_m",
    "kmag",
    "hpmag",
    "btmag",
    "mag_bt",
    "bmag",
    "imag",
];
const PM_RA: &[&str] = &["pmra", "pm_ra", "pmra_cosdec", "pmracosdec", "pmra_mas", "mu_alpha_star"];
const PM_DEC: &[&str] = &["pmdec", "pm_dec", "pmde", "pm_de", "pmdec_mas", "mu_delta"];

impl ColumnNames {
    /// Finds the columns among `names`.
    pub(super) fn find<S: AsRef<str>>(&self, names: &[S]) -> Result<Found, Fault> {
        let place =
            |name: &str| names.iter().position(|have| have.as_ref().trim().eq_ignore_ascii_case(name));
        let needed = |given: &Option<String>, usual: &[&str], what, option| {
            let found = match given {
                Some(name) => place(name),
                None => usual.iter().find_map(|name| place(name)),
            };
            found.ok_or_else(|| {
                let mut listed: Vec<&str> = names.iter().map(|name| name.as_ref().trim()).take(30).collect();
                if names.len() > listed.len() {
                    listed.push("…");
                }
                Fault::Column { what, found: listed.join(", "), option }
            })
        };
        let ra = needed(&self.ra, RA, "for right ascension", "--column-ra")?;
        let dec = needed(&self.dec, DEC, "for declination", "--column-dec")?;
        let magnitude = needed(&self.magnitude, MAGNITUDE, "for magnitudes", "--column-mag")?;
        let east = needed(&self.pm_ra, PM_RA, "for the proper motion in right ascension", "--column-pmra");
        let north = needed(&self.pm_dec, PM_DEC, "for the proper motion in declination", "--column-pmdec");
        let motion = if self.pm_ra.is_some() || self.pm_dec.is_some() {
            Some([east?, north?])
        } else {
            east.ok().zip(north.ok()).map(|(east, north)| [east, north])
        };
        Ok(Found { ra, dec, magnitude, motion })
    }
}
