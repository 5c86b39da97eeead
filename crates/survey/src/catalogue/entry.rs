//! One cluster or lens in the normal form, whatever catalogue it came from.

use domain::SkyCoord;
use serde::{Deserialize, Serialize};

use crate::cell_of;

/// How a redshift was measured.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ZKind {
    /// From spectra.
    #[default]
    Spec,
    /// From colours.
    Phot,
    /// The catalogue does not say.
    Unknown,
}

impl ZKind {
    /// `spec`, `phot` or `unknown`.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Spec => "spec",
            Self::Phot => "phot",
            Self::Unknown => "unknown",
        }
    }

    pub(super) fn from_name(name: &str) -> Option<Self> {
        [Self::Spec, Self::Phot, Self::Unknown].into_iter().find(|kind| kind.name() == name)
    }
}

/// A cluster or a lens; `None` where the catalogue says nothing.
#[derive(Debug, Clone, PartialEq)]
pub struct Entry {
    /// The catalogue's number of it, or the number of its row; unique.
    pub id: i64,
    /// Row (from 1) of the file it came from; line, for text.
    pub row: u64,
    /// Where it is.
    pub position: SkyCoord,
    /// Its name.
    pub name: Option<String>,
    /// The redshift that counts, and how it was measured.
    pub z: Option<f64>,
    /// How `z` was measured.
    pub z_kind: Option<ZKind>,
    /// Photometric redshift.
    pub z_phot: Option<f64>,
    /// Spectroscopic redshift.
    pub z_spec: Option<f64>,
    /// M500c in solar masses.
    pub m500_msun: Option<f64>,
    /// M200c in solar masses, where the catalogue has it; `lensing` converts.
    pub m200_msun: Option<f64>,
    /// Richness as the catalogue defines it.
    pub richness: Option<f64>,
    /// R500c in Mpc.
    pub r500_mpc: Option<f64>,
    /// R500c in arcmin.
    pub r500_arcmin: Option<f64>,
    /// Right ascension of the brightest galaxy, degrees.
    pub ra_bcg_deg: Option<f64>,
    /// Its declination, degrees.
    pub dec_bcg_deg: Option<f64>,
    /// Its magnitudes in g.
    pub mag_bcg_g: Option<f64>,
    /// … in r.
    pub mag_bcg_r: Option<f64>,
    /// … in z.
    pub mag_bcg_z: Option<f64>,
    /// How sure the list is that it is a lens.
    pub grade: Option<String>,
    /// What kind of lens.
    pub kind: Option<String>,
    /// Who found it.
    pub reference: Option<String>,
}

/// A number of the normal form that may be unknown.
pub(super) struct Real {
    pub name: &'static str,
    pub get: fn(&Entry) -> Option<f64>,
    pub slot: fn(&mut Entry) -> &mut Option<f64>,
}

macro_rules! reals {
    ($($name:ident),* $(,)?) => {
        &[$(Real { name: stringify!($name), get: |e| e.$name, slot: |e| &mut e.$name }),*]
    };
}

/// The numbers that may be unknown, in the order of the columns.
pub(super) const REALS: &[Real] = reals![
    z,
    z_phot,
    z_spec,
    m500_msun,
    m200_msun,
    richness,
    r500_mpc,
    r500_arcmin,
    ra_bcg_deg,
    dec_bcg_deg,
    mag_bcg_g,
    mag_bcg_r,
    mag_bcg_z,
];

/// A word of the normal form.
pub(super) struct Word {
    pub name: &'static str,
    pub get: fn(&Entry) -> Option<&str>,
    pub slot: fn(&mut Entry) -> &mut Option<String>,
}

macro_rules! words {
    ($($name:ident),* $(,)?) => {
        &[$(Word { name: stringify!($name), get: |e| e.$name.as_deref(), slot: |e| &mut e.$name }),*]
    };
}

/// The words, in the order of the columns.
pub(super) const WORDS: &[Word] = words![name, grade, kind, reference];

impl Entry {
    /// An entry of which only this is known.
    #[must_use]
    pub const fn new(id: i64, row: u64, position: SkyCoord) -> Self {
        Self {
            id,
            row,
            position,
            name: None,
            z: None,
            z_kind: None,
            z_phot: None,
            z_spec: None,
            m500_msun: None,
            m200_msun: None,
            richness: None,
            r500_mpc: None,
            r500_arcmin: None,
            ra_bcg_deg: None,
            dec_bcg_deg: None,
            mag_bcg_g: None,
            mag_bcg_r: None,
            mag_bcg_z: None,
            grade: None,
            kind: None,
            reference: None,
        }
    }

    /// The sky cell it lies in.
    #[must_use]
    pub fn cell(&self) -> u64 {
        cell_of(self.position)
    }

    /// Place in the normal form: by sky cell, then id.
    pub(super) fn order(&self) -> (u64, i64) {
        (self.cell(), self.id)
    }
}
