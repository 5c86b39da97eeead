//! The images of a source one by one, and its magnification: counted in the
//! light before the camera, so that neither seeing nor the field's edge nor
//! noise changes them.

use std::collections::VecDeque;

use crate::{record::ImageOfSource, render::arc::ArcImage};

/// Patches with less than this share of the source's flux count with their neighbour.
const LEAST: f64 = 0.003;

/// Total magnification in g, and the images, the brightest first. An image is a patch brighter than half
/// the mean brightness of the source's inner half (surface brightness is conserved), with the fainter
/// light around it; patches that touch are one. `size_px` and `scale` are of the field traced.
pub fn images(traced: &ArcImage, size_px: usize, scale: f64) -> (f64, Vec<ImageOfSource>) {
    let stamp = &traced.stamp;
    let light = &stamp.planes[0];
    // The threshold is meant for the brightest band; g follows its share.
    let strongest = traced.unlensed.iter().copied().fold(f64::MIN_POSITIVE, f64::max);
    let threshold = (0.5 * traced.surface * traced.unlensed[0] / strongest * scale * scale) as f32;
    let mut owner = vec![usize::MAX; light.len()];
    let mut seeds = 0;
    for start in 0..light.len() {
        if owner[start] == usize::MAX && light[start] > threshold {
            flood(&mut owner, stamp.width, [start], |at| (light[at] > threshold).then_some(seeds));
            seeds += 1;
        }
    }
    // The fainter light goes to the patch it touches first.
    let bright: Vec<usize> = (0..light.len()).filter(|&at| owner[at] != usize::MAX).collect();
    spread(&mut owner, stamp.width, &bright, light);
    // What touches none is an image of its own.
    for start in 0..light.len() {
        if owner[start] == usize::MAX && light[start] > 0.0 {
            flood(&mut owner, stamp.width, [start], |at| (light[at] > 0.0).then_some(seeds));
            seeds += 1;
        }
    }
    let mut found = vec![(0.0_f64, 0_usize); seeds];
    for (at, &patch) in owner.iter().enumerate().filter(|(_, patch)| **patch != usize::MAX) {
        let (flux, brightest) = &mut found[patch];
        *flux += f64::from(light[at]);
        if light[at] > light[*brightest] || owner[*brightest] != patch {
            *brightest = at;
        }
    }
    found.sort_by(|a, b| b.0.total_cmp(&a.0).then(a.1.cmp(&b.1)));
    let total: f64 = found.iter().map(|(flux, _)| flux).sum();
    let offset = |pixel: usize| (pixel as f64 + 0.5 - 0.5 * size_px as f64) * scale;
    let mut images: Vec<ImageOfSource> = Vec::new();
    for (flux, at) in found {
        let mu = flux / traced.unlensed[0];
        let (x, y) = (offset(stamp.x0 + at % stamp.width), offset(stamp.y0 + at / stamp.width));
        if mu >= LEAST || images.is_empty() {
            images.push(ImageOfSource { x, y, mu });
            continue;
        }
        let far = |image: &ImageOfSource| (image.x - x).hypot(image.y - y);
        if let Some(nearest) = images.iter_mut().min_by(|a, b| far(a).total_cmp(&far(b))) {
            nearest.mu += mu;
        }
    }
    (total / traced.unlensed[0], images)
}

/// Marks everything joined to `starts` that has an owner by `label`.
fn flood(
    owner: &mut [usize],
    width: usize,
    starts: impl IntoIterator<Item = usize>,
    label: impl Fn(usize) -> Option<usize>,
) {
    let mut queue: VecDeque<usize> = starts.into_iter().collect();
    while let Some(at) = queue.pop_front() {
        if owner[at] != usize::MAX {
            continue;
        }
        let Some(patch) = label(at) else { continue };
        owner[at] = patch;
        queue.extend(neighbours(at, width, owner.len()));
    }
}

/// Grows all patches at once through lit pixels.
fn spread(owner: &mut [usize], width: usize, from: &[usize], light: &[f32]) {
    let mut queue: VecDeque<usize> = from.iter().copied().collect();
    while let Some(at) = queue.pop_front() {
        for next in neighbours(at, width, light.len()) {
            if owner[next] == usize::MAX && light[next] > 0.0 {
                owner[next] = owner[at];
                queue.push_back(next);
            }
        }
    }
}

fn neighbours(at: usize, width: usize, length: usize) -> impl Iterator<Item = usize> {
    let x = at % width;
    [
        (x > 0).then(|| at.wrapping_sub(1)),
        (x + 1 < width).then_some(at + 1),
        at.checked_sub(width),
        Some(at + width).filter(|&next| next < length),
    ]
    .into_iter()
    .flatten()
}
