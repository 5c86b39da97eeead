//! Arcs that were tried and that nobody would see: kept, because the share of
//! arcs that are seen, against brightness and size, is what a search has to be
//! corrected for.

use serde::{Deserialize, Serialize};

use crate::{
    config::LensConfig,
    dice::round,
    record::{Placement, Record, Source},
    render::Seen,
};

/// The first limit an arc missed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Missed {
    /// `lens.min_magnification`.
    Magnification,
    /// `lens.min_arc_sn`.
    SignalToNoise,
    /// `lens.min_length_fwhm`.
    Length,
    /// `lens.min_peak_sigma`.
    Peak,
}

impl Missed {
    /// Its name in tables.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Magnification => "magnification",
            Self::SignalToNoise => "signal_to_noise",
            Self::Length => "length",
            Self::Peak => "peak",
        }
    }
}

/// An arc that was tried and not taken. What is seen of one that misses a limit by far comes from a
/// coarse trace, good to a few per cent.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Rejected {
    /// The limit it missed first.
    pub missed: Missed,
    /// Redshift of the cluster.
    pub z_cluster: f64,
    /// Its mass, M☉.
    pub m200_msun: f64,
    /// Its concentration.
    pub c200: f64,
    /// Axis ratio of its halo.
    pub q_nfw: f64,
    /// Effective Einstein radius, arcsec.
    pub theta_e_arcsec: f64,
    /// Redshift of the source.
    pub z_source: f64,
    /// How its position was chosen.
    pub placement: Placement,
    /// Position of its main component, arcsec.
    pub x_source: f64,
    /// Position of its main component, arcsec.
    pub y_source: f64,
    /// Half-light radius of its main component, arcsec.
    pub r_e_source: f64,
    /// Sérsic index of its main component.
    pub n_source: f64,
    /// Axis ratio of its main component.
    pub q_source: f64,
    /// Unlensed magnitudes of all components together, g, r, z.
    pub mag_source: [f64; 3],
    /// Lensed over unlensed flux in g, inside the field.
    pub mu_total: f64,
    /// Signal over noise of the visible pixels, g, r, z.
    pub arc_sn: [f64; 3],
    /// Length of the longest visible patch, arcsec.
    pub arc_length_arcsec: f64,
    /// Peak over the noise per pixel.
    pub arc_peak_sigma: f64,
    /// Magnitudes of all images together, g, r, z.
    pub lensed_mag: [f64; 3],
}

/// The first limit, times `share`, that what is seen of an arc misses; `None` for an arc to be taken.
pub fn missed(limits: &LensConfig, share: f64, record: &Record, seen: &Seen) -> Option<Missed> {
    // What is no number is not seen.
    if !(seen.mu_total.is_finite() && seen.length_arcsec.is_finite() && seen.peak_sigma.is_finite()) {
        return Some(Missed::Magnification);
    }
    // Limits per pixel are meant for one of 0.262 arcsec.
    let scale = share * record.cutout.pixel_scale_arcsec / 0.262;
    if seen.mu_total < share * limits.min_magnification {
        Some(Missed::Magnification)
    } else if seen.sn[0].max(seen.sn[1]) < share * limits.min_arc_sn {
        Some(Missed::SignalToNoise)
    } else if seen.length_arcsec < share * limits.min_length_fwhm * record.psf.fwhm_arcsec[1] {
        Some(Missed::Length)
    } else if seen.peak_sigma < limits.min_peak_sigma * scale {
        Some(Missed::Peak)
    } else {
        None
    }
}

impl Rejected {
    /// One try.
    pub(super) fn new(missed: Missed, record: &Record, source: &Source, theta_e: f64, seen: &Seen) -> Self {
        let main = &source.components[0];
        Self {
            missed,
            z_cluster: record.z_cluster,
            m200_msun: record.halo.m200_msun,
            c200: record.halo.c200,
            q_nfw: record.halo.q,
            theta_e_arcsec: round(theta_e, 3),
            z_source: source.z,
            placement: source.placement,
            x_source: main.x,
            y_source: main.y,
            r_e_source: main.r_e,
            n_source: main.n,
            q_source: main.q,
            mag_source: super::source::together(&source.components).map(|m| round(m, 3)),
            mu_total: round(seen.mu_total, 2),
            arc_sn: seen.sn.map(|sn| round(sn, 1)),
            arc_length_arcsec: round(seen.length_arcsec, 2),
            arc_peak_sigma: round(seen.peak_sigma, 2),
            lensed_mag: seen.lensed_mag.map(|m| round(m, 3)),
        }
    }
}
