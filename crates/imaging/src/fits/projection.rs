//! The TAN projection of a header, in the spellings FITS has known: CD, PC
//! with CDELT (two ways of numbering), and CROTA2.

use super::header::Header;
use crate::{Cube, TanWcs};

/// Gives the cube the projection and pixel scale its header states, if any.
pub(super) fn place(mut cube: Cube, header: &Header) -> Cube {
    if let Some(wcs) = tan(header) {
        return cube.with_wcs(wcs);
    }
    let scale = ["PIXSCALE", "PIXELSCL", "SECPIX"].iter().find_map(|name| header.real(name));
    cube.pixel_scale_arcsec = scale.filter(|&arcsec| arcsec.is_finite() && arcsec > 0.0);
    cube
}

pub(super) fn tan(header: &Header) -> Option<TanWcs> {
    let is = |name, begins| header.text(name).is_some_and(|text| text.starts_with(begins));
    if !is("CTYPE1", "RA---TAN") || !is("CTYPE2", "DEC--TAN") {
        return None;
    }
    let pair = |first, second| Some([header.real(first)?, header.real(second)?]);
    let wcs =
        TanWcs { crval: pair("CRVAL1", "CRVAL2")?, crpix: pair("CRPIX1", "CRPIX2")?, cd: matrix(header)? };
    wcs.is_valid().then_some(wcs)
}

fn matrix(header: &Header) -> Option<[[f64; 2]; 2]> {
    let rows = |spell: &dyn Fn(usize, usize) -> String| {
        let value = |i, j| header.real(&spell(i, j));
        let any = (1..=2).any(|i| (1..=2).any(|j| value(i, j).is_some()));
        any.then(|| [1, 2].map(|i| [1, 2].map(|j| value(i, j))))
    };
    if let Some(cd) = rows(&|i, j| format!("CD{i}_{j}")) {
        return Some(cd.map(|row| row.map(|value| value.unwrap_or(0.0))));
    }
    let steps = [header.real("CDELT1")?, header.real("CDELT2")?];
    let turn = rows(&|i, j| format!("PC{i}_{j}")).or_else(|| rows(&|i, j| format!("PC{i:03}{j:03}")));
    let turn = match turn {
        // An entry left out is that of the unit matrix.
        Some([[a, b], [c, d]]) => {
            [[a.unwrap_or(1.0), b.unwrap_or(0.0)], [c.unwrap_or(0.0), d.unwrap_or(1.0)]]
        }
        None => {
            let (sin, cos) = header.real("CROTA2").unwrap_or(0.0).to_radians().sin_cos();
            // The old convention turns after scaling, hence the ratio of the steps.
            return Some([[steps[0] * cos, -steps[1] * sin], [steps[0] * sin, steps[1] * cos]]);
        }
    };
    Some([0, 1].map(|i| turn[i].map(|value| value * steps[i])))
}
