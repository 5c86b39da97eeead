//! What a person could see of an arc: the pixels above the noise, how long they
//! reach, how bright they are.

use std::collections::VecDeque;

use lensing::{Ellipse, Sersic};

use crate::{
    photometry::{magnitude, nanomaggies},
    record::Record,
    render::ArcImage,
};

/// Patches smaller than this many square arcsec do not count as images.
const SMALLEST_PATCH_ARCSEC2: f64 = 0.7;

/// What is visible of an arc.
#[derive(Debug, Clone, PartialEq)]
pub struct Seen {
    /// Signal over noise of the visible pixels, g, r, z.
    pub sn: [f64; 3],
    /// Separate visible patches.
    pub patches: usize,
    /// Length of the longest, arcsec.
    pub length_arcsec: f64,
    /// Peak over the noise of sky and BCG per pixel, in the best band.
    pub peak_sigma: f64,
    /// Lensed over unlensed flux in g, inside the field and after seeing.
    pub mu_total: f64,
    /// Magnitudes of all images together.
    pub lensed_mag: [f64; 3],
}

impl ArcImage {
    /// What is visible of the arc once its source is made `shift` magnitudes fainter. A pixel is
    /// visible when the arc is above the sky's σ and above a quarter of the BCG's light there.
    #[must_use]
    pub fn seen(&self, record: &Record, shift: f64) -> Seen {
        let dim = 10f64.powf(-0.4 * shift) as f32;
        let noise = &record.noise;
        let glare = Glare::of(record);
        let (mut sn, mut peak_sigma) = ([0.0; 3], 0.0_f64);
        let (mut best, mut best_mask) = (0.0, Vec::new());
        for (band, sn) in sn.iter_mut().enumerate() {
            let sigma = noise.sky_sigma_nmgy[band];
            let light = &self.stamp.planes[band];
            let visible = |(i, &f): (usize, &f32)| {
                f * dim > sigma as f32 && {
                    let (x, y) = (self.stamp.x0 + i % self.stamp.width, self.stamp.y0 + i / self.stamp.width);
                    f64::from(f * dim) > 0.25 * glare.at(x, y, band)
                }
            };
            let mask: Vec<bool> = light.iter().enumerate().map(visible).collect();
            let (mut flux, mut count, mut peak) = (0.0, 0.0, 0.0_f64);
            for ((i, &f), _) in light.iter().enumerate().zip(&mask).filter(|(_, visible)| **visible) {
                let f = f64::from(f * dim);
                flux += f;
                count += 1.0;
                if f > peak * sigma {
                    let (x, y) = (self.stamp.x0 + i % self.stamp.width, self.stamp.y0 + i / self.stamp.width);
                    let photons = glare.at(x, y, band) / noise.electrons_per_nmgy[band];
                    peak = peak.max(f / (sigma * sigma + photons).sqrt());
                }
            }
            let variance = count * sigma * sigma + flux / noise.electrons_per_nmgy[band];
            *sn = if count > 0.0 { flux / variance.sqrt() } else { 0.0 };
            peak_sigma = peak_sigma.max(peak);
            if *sn > best {
                (best, best_mask) = (*sn, mask);
            }
        }
        let (patches, length) = self.patches(&best_mask, record.cutout.pixel_scale_arcsec);
        let total = |band: usize| self.stamp.planes[band].iter().map(|&f| f64::from(f)).sum::<f64>();
        Seen {
            sn,
            patches,
            length_arcsec: length,
            peak_sigma,
            mu_total: self.magnification(),
            lensed_mag: [0, 1, 2].map(|band| magnitude(total(band)) + shift),
        }
    }

    /// Number of patches in a mask, and the length of the longest: the greatest distance between two
    /// of its pixels, arcsec.
    fn patches(&self, mask: &[bool], scale: f64) -> (usize, f64) {
        let width = self.stamp.width;
        let mut left = mask.to_vec();
        let (mut count, mut longest) = (0, 0.0_f64);
        for start in 0..mask.len() {
            if !left[start] {
                continue;
            }
            let patch = take_patch(&mut left, width, start);
            if patch.len() as f64 * scale * scale < SMALLEST_PATCH_ARCSEC2 {
                continue;
            }
            count += 1;
            let far = |from: usize| {
                let apart = |&i: &usize| {
                    let dx = (i % width).abs_diff(from % width) as f64;
                    let dy = (i / width).abs_diff(from / width) as f64;
                    dx.hypot(dy)
                };
                patch.iter().map(|i| (*i, apart(i))).fold((from, 0.0), |a, b| if b.1 > a.1 { b } else { a })
            };
            // Farthest from the farthest: exact for thin patches, good for all.
            let (end, _) = far(start);
            longest = longest.max((far(end).1 + 1.0) * scale);
        }
        (count, longest)
    }
}

/// Light of the brightest galaxy, which hides what is behind it.
pub(super) struct Glare {
    /// Its light of total flux 1, per pixel; `None` for an impossible shape.
    light: Option<Sersic>,
    flux: [f64; 3],
    half: f64,
    scale: f64,
}

impl Glare {
    pub(super) fn of(record: &Record) -> Self {
        let bcg = &record.bcg.light;
        let scale = record.cutout.pixel_scale_arcsec;
        let light = Ellipse::new(bcg.x, bcg.y, bcg.q, Ellipse::phi_of_position_angle(bcg.pa))
            .and_then(|shape| Sersic::new(shape, bcg.n, bcg.r_e, scale * scale));
        let half = 0.5 * (record.cutout.size_px as f64 - 1.0);
        Self { light: light.ok(), flux: bcg.mag.map(nanomaggies), half, scale }
    }

    /// Nanomaggies in a pixel of the canvas.
    pub(super) fn at(&self, x: usize, y: usize, band: usize) -> f64 {
        let offset = |pixel: usize| (pixel as f64 - self.half) * self.scale;
        self.light.map_or(0.0, |light| self.flux[band] * light.brightness(offset(x), offset(y)))
    }
}

/// Removes the pixels joined to `start` from the mask and returns them.
fn take_patch(left: &mut [bool], width: usize, start: usize) -> Vec<usize> {
    let mut patch = Vec::new();
    let mut queue = VecDeque::from([start]);
    left[start] = false;
    while let Some(at) = queue.pop_front() {
        patch.push(at);
        let x = at % width;
        let neighbours = [
            (x > 0).then(|| at - 1),
            (x + 1 < width).then_some(at + 1),
            at.checked_sub(width),
            Some(at + width).filter(|&i| i < left.len()),
        ];
        for next in neighbours.into_iter().flatten() {
            if left[next] {
                left[next] = false;
                queue.push_back(next);
            }
        }
    }
    patch
}
