//! What we want to know of a cluster or a lens: the keys of a schema's
//! `[columns]`, and what each measures.

use serde::{Deserialize, Serialize};

use super::unit::Dimension;

/// A field of the normal form that a schema can fill from a column.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Field {
    /// The catalogue's number of the object; 64 bits.
    Id,
    /// Its name.
    Name,
    /// Right ascension.
    Ra,
    /// Declination.
    Dec,
    /// Photometric redshift.
    ZPhot,
    /// Spectroscopic redshift.
    ZSpec,
    /// Redshift of which the catalogue does not say how it was measured.
    Z,
    /// M500c.
    M500,
    /// M200c.
    M200,
    /// Richness.
    Richness,
    /// R500c as a length.
    R500,
    /// R500c on the sky.
    R500Angle,
    /// Right ascension of the brightest galaxy.
    RaBcg,
    /// Declination of the brightest galaxy.
    DecBcg,
    /// Magnitude of the brightest galaxy in g.
    MagBcgG,
    /// The same in r.
    MagBcgR,
    /// The same in z.
    MagBcgZ,
    /// How sure the list is that it is a lens.
    Grade,
    /// What kind of lens.
    Kind,
    /// Who found it.
    Reference,
}

impl Field {
    /// The key in a schema.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Id => "id",
            Self::Name => "name",
            Self::Ra => "ra",
            Self::Dec => "dec",
            Self::ZPhot => "z_phot",
            Self::ZSpec => "z_spec",
            Self::Z => "z",
            Self::M500 => "m500",
            Self::M200 => "m200",
            Self::Richness => "richness",
            Self::R500 => "r500",
            Self::R500Angle => "r500_angle",
            Self::RaBcg => "ra_bcg",
            Self::DecBcg => "dec_bcg",
            Self::MagBcgG => "mag_bcg_g",
            Self::MagBcgR => "mag_bcg_r",
            Self::MagBcgZ => "mag_bcg_z",
            Self::Grade => "grade",
            Self::Kind => "kind",
            Self::Reference => "reference",
        }
    }

    /// What its numbers measure; `None` for words and the id.
    pub(super) const fn dimension(self) -> Option<Dimension> {
        Some(match self {
            Self::Ra | Self::RaBcg => Dimension::RightAscension,
            Self::Dec | Self::DecBcg => Dimension::Angle,
            Self::ZPhot | Self::ZSpec | Self::Z | Self::Richness => Dimension::One,
            Self::M500 | Self::M200 => Dimension::Mass,
            Self::R500 => Dimension::Length,
            Self::R500Angle => Dimension::SmallAngle,
            Self::MagBcgG | Self::MagBcgR | Self::MagBcgZ => Dimension::Magnitude,
            Self::Id | Self::Name | Self::Grade | Self::Kind | Self::Reference => return None,
        })
    }

    /// Whether a row without it is refused.
    pub(super) const fn is_required(self) -> bool {
        matches!(self, Self::Id | Self::Ra | Self::Dec)
    }
}
