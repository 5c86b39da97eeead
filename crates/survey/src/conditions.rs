//! What an image was taken through, and whose cluster it shows: seeing, depth,
//! mask flags and the catalogue's masses. All of it optional.

use serde::{Deserialize, Serialize};

/// Bands of [`Conditions::psf_fwhm_arcsec`] and [`Conditions::depth_mag`], in order.
pub const CONDITION_BANDS: [imaging::Band; 3] = [imaging::Band::G, imaging::Band::R, imaging::Band::Z];

/// Observing conditions and the catalogue's cluster; `None` where nobody said.
#[derive(Debug, Clone, Copy, PartialEq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Conditions {
    /// Full width at half maximum of the PSF in g, r, z, arcsec.
    pub psf_fwhm_arcsec: [Option<f64>; 3],
    /// 5σ depth of a point source in g, r, z, AB magnitudes.
    pub depth_mag: [Option<f64>; 3],
    /// Bits of the Legacy Surveys' MASKBITS seen within 25″ of the centre.
    pub flags: Option<i32>,
    /// The cluster's id in its catalogue.
    pub cluster_id: Option<i64>,
    /// Redshift of the cluster.
    pub z_cluster: Option<f64>,
    /// Its M500c in solar masses.
    pub m500_msun: Option<f64>,
    /// Its M200c in solar masses.
    pub m200_msun: Option<f64>,
}

impl Conditions {
    /// The first number that cannot be, with what it should be.
    pub(crate) fn wrong(&self) -> Option<(&'static str, String)> {
        let positive = |field, value: Option<f64>| {
            let value = value.filter(|v| !(v.is_finite() && *v > 0.0))?;
            Some((field, format!("is {value}; it must be a positive number, or left empty")))
        };
        let finite = |field, value: Option<f64>| {
            let value = value.filter(|v| !v.is_finite())?;
            Some((field, format!("is {value}; it must be a number, or left empty")))
        };
        let each = |field, values: [Option<f64>; 3], check: &dyn Fn(_, _) -> _| {
            values.into_iter().find_map(|value| check(field, value))
        };
        each("psf_fwhm_arcsec", self.psf_fwhm_arcsec, &positive)
            .or_else(|| each("depth_mag", self.depth_mag, &finite))
            .or_else(|| positive("m500_msun", self.m500_msun))
            .or_else(|| positive("m200_msun", self.m200_msun))
            .or_else(|| {
                let z = self.z_cluster.filter(|z| !(z.is_finite() && *z >= 0.0))?;
                Some(("z_cluster", format!("is {z}; a redshift is 0 or more, or left empty")))
            })
    }

    /// These, with what they lack taken from `other`.
    #[must_use]
    pub fn or(self, other: Self) -> Self {
        let each = |a: [Option<f64>; 3], b: [Option<f64>; 3]| [a[0].or(b[0]), a[1].or(b[1]), a[2].or(b[2])];
        Self {
            psf_fwhm_arcsec: each(self.psf_fwhm_arcsec, other.psf_fwhm_arcsec),
            depth_mag: each(self.depth_mag, other.depth_mag),
            flags: self.flags.or(other.flags),
            cluster_id: self.cluster_id.or(other.cluster_id),
            z_cluster: self.z_cluster.or(other.z_cluster),
            m500_msun: self.m500_msun.or(other.m500_msun),
            m200_msun: self.m200_msun.or(other.m200_msun),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_that_cannot_be_are_named() {
        let with = |change: fn(&mut Conditions)| {
            let mut conditions = Conditions::default();
            change(&mut conditions);
            conditions.wrong().map(|(field, _)| field)
        };
        assert_eq!(with(|_| ()), None);
        assert_eq!(with(|c| c.psf_fwhm_arcsec[1] = Some(0.0)), Some("psf_fwhm_arcsec"));
        assert_eq!(with(|c| c.depth_mag[2] = Some(f64::NAN)), Some("depth_mag"));
        assert_eq!(with(|c| c.m500_msun = Some(-1e14)), Some("m500_msun"));
        assert_eq!(with(|c| c.z_cluster = Some(-0.1)), Some("z_cluster"));
        assert_eq!(with(|c| c.z_cluster = Some(0.0)), None);
    }

    #[test]
    fn what_is_known_first_stays() {
        let table =
            Conditions { flags: Some(0), psf_fwhm_arcsec: [Some(1.2), None, None], ..Default::default() };
        let header = Conditions {
            flags: Some(2),
            psf_fwhm_arcsec: [Some(9.0), Some(1.1), None],
            ..Default::default()
        };
        let both = table.or(header);
        assert_eq!((both.flags, both.psf_fwhm_arcsec), (Some(0), [Some(1.2), Some(1.1), None]));
    }
}
