//! What a check says.

use std::fmt;

use domain::SkyCoord;
use imaging::{TanSip, TanWcs};
use serde::{Deserialize, Serialize};

use super::{odds::Fit, scene::Scene};
use crate::{code::TangentPlane, vector::from_sky};

/// Where the image really lies, against its claim.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Placement {
    /// The middle of the image lies so far east of where it claims to be, arcsec on the sky.
    pub east_arcsec: f64,
    /// … and so far north.
    pub north_arcsec: f64,
    /// Its position angle is larger by so many degrees (north to east) than it claims.
    pub rotation_deg: f64,
    /// Its pixels are so many times as large as it claims.
    pub scale_ratio: f64,
    /// Root mean square distance of sources from their stars, at the place found, pixels.
    pub rms_px: f64,
    /// The same in arcsec.
    pub rms_arcsec: f64,
    /// Sources that are stars of the catalogue.
    pub matches: usize,
    /// Logarithm of the odds against chance.
    pub log_odds: f64,
    /// Logarithm of the number of places tried, which is to be taken off.
    pub ln_trials: f64,
    /// The projection put right. A distortion is kept where the image is only shifted, and left out else.
    pub corrected: TanSip,
}

/// What is wrong with coordinates that are more than shifted or turned.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum WrongBecause {
    /// The image is upside down or left for right.
    Mirrored,
    /// The pixels are `ratio` times as large as claimed.
    Scale {
        /// True over claimed.
        ratio: f64,
    },
    /// There was enough to go by, and no place within reach fits.
    NothingFits {
        /// Sources of the image.
        sources: usize,
        /// Stars that should be in it.
        references: usize,
    },
    /// The header's numbers are no projection.
    NoProjection,
}

/// What a check says.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "verdict", rename_all = "snake_case")]
pub enum Verdict {
    /// No part of the image is found off by more than the tolerance.
    Pass(Placement),
    /// They are right but for a shift.
    Shifted(Placement),
    /// They are turned about the middle, and perhaps shifted.
    Rotated(Placement),
    /// They cannot be used.
    Wrong {
        /// Why.
        because: WrongBecause,
        /// Where it lies, where that was found.
        place: Option<Placement>,
    },
    /// Sources or stars are too few for any answer.
    TooFewToTell {
        /// Sources of the image.
        sources: usize,
        /// Stars of the catalogue that should be in it.
        references: usize,
        /// How many of both it would take.
        needed: usize,
    },
}

impl Verdict {
    /// `pass`, `shifted`, `rotated`, `wrong` or `too_few`.
    #[must_use]
    pub const fn name(&self) -> &'static str {
        match self {
            Self::Pass(_) => "pass",
            Self::Shifted(_) => "shifted",
            Self::Rotated(_) => "rotated",
            Self::Wrong { .. } => "wrong",
            Self::TooFewToTell { .. } => "too_few",
        }
    }

    /// Where the image lies, if that was found.
    #[must_use]
    pub const fn place(&self) -> Option<&Placement> {
        match self {
            Self::Pass(place) | Self::Shifted(place) | Self::Rotated(place) => Some(place),
            Self::Wrong { place, .. } => place.as_ref(),
            Self::TooFewToTell { .. } => None,
        }
    }
}

impl fmt::Display for Verdict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Pass(p) => {
                write!(
                    f,
                    "the coordinates are right: {}, rms {:.2}″",
                    counted(p.matches, "star"),
                    p.rms_arcsec
                )
            }
            Self::Shifted(p) => {
                write!(
                    f,
                    "it lies {:.2}″ east and {:.2}″ north of where it says",
                    p.east_arcsec, p.north_arcsec
                )
            }
            Self::Rotated(p) => write!(
                f,
                "it is turned by {:.3}° (north to east), and lies {:.2}″ east and {:.2}″ north of where it says",
                p.rotation_deg, p.east_arcsec, p.north_arcsec
            ),
            Self::Wrong { because, .. } => match because {
                WrongBecause::Mirrored => f.write_str("the image is mirrored"),
                WrongBecause::Scale { ratio } => {
                    write!(f, "its pixels are {ratio:.4} times as large as it says")
                }
                WrongBecause::NothingFits { sources, references } => write!(
                    f,
                    "{} and {} do not fit together anywhere near",
                    counted(*sources, "source"),
                    counted(*references, "catalogue star")
                ),
                WrongBecause::NoProjection => f.write_str("its header holds no projection"),
            },
            Self::TooFewToTell { sources, references, needed } => write!(
                f,
                "{} and {} are too few to tell; {needed} of both are needed",
                counted(*sources, "source"),
                counted(*references, "catalogue star")
            ),
        }
    }
}

/// `1 source`, `2 sources`.
fn counted(count: usize, what: &str) -> String {
    format!("{count} {what}{}", if count == 1 { "" } else { "s" })
}

impl Placement {
    pub(super) fn of(scene: &Scene, claimed: &TanSip, fit: &Fit) -> Self {
        let map = fit.map;
        let square = |&(source, star): &(usize, usize)| {
            let (p, q) = (map.at(scene.stars[star]), scene.sources[source]);
            (p[0] - q[0]).powi(2) + (p[1] - q[1]).powi(2)
        };
        let count = fit.matches.len().max(1) as f64;
        let rms_px = (fit.matches.iter().map(square).sum::<f64>() / count).sqrt();
        // The middle shows what the claim puts at this pixel.
        let back = map.back([0.0; 2]);
        let (x, y) = (f64::midpoint(1.0, scene.width), f64::midpoint(1.0, scene.height));
        let [north, east] =
            offset(claimed.pixel_to_sky(x, y), claimed.pixel_to_sky(x + back[0], y + back[1]));
        let scale = claimed.tan.pixel_scale_arcsec() / map.scale();
        let cd = claimed.tan.cd;
        let sense = (cd[0][0] * cd[1][1] - cd[0][1] * cd[1][0]).signum();
        Self {
            east_arcsec: east,
            north_arcsec: north,
            rotation_deg: sense * map.angle().to_degrees(),
            scale_ratio: 1.0 / map.scale(),
            rms_px,
            rms_arcsec: rms_px * scale,
            matches: fit.matches.len(),
            log_odds: fit.log_odds,
            ln_trials: fit.ln_trials,
            corrected: corrected(claimed, fit, (x, y)),
        }
    }
}

/// From one position to another, arcsec north and east.
fn offset(from: SkyCoord, to: SkyCoord) -> [f64; 2] {
    TangentPlane::at(from_sky(from)).project(from_sky(to)).map(|angle| angle.to_degrees() * 3600.0)
}

/// The claimed projection behind the map.
fn corrected(claimed: &TanSip, fit: &Fit, (x, y): (f64, f64)) -> TanSip {
    let (map, tan) = (fit.map, claimed.tan);
    let crpix = map.at([tan.crpix[0] - x, tan.crpix[1] - y]);
    let origin = map.back([0.0; 2]);
    let column = |step: [f64; 2]| {
        let p = map.back(step);
        [p[0] - origin[0], p[1] - origin[1]]
    };
    let (right, up) = (column([1.0, 0.0]), column([0.0, 1.0]));
    let row = |cd: [f64; 2]| [cd[0] * right[0] + cd[1] * right[1], cd[0] * up[0] + cd[1] * up[1]];
    let new = TanWcs { crval: tan.crval, crpix: [crpix[0] + x, crpix[1] + y], cd: tan.cd.map(row) };
    let turned = map.mirrored || map.angle().abs() > 0.01 || (map.scale() - 1.0).abs() > 0.01;
    if turned { new.into() } else { TanSip { tan: new, ..claimed.clone() } }
}
