//! Sources of light in an image: background, noise, matched filter, blobs and
//! their maxima at three resolutions at once, rejection of what is no star,
//! centres, and the order in which the solver tries them.
//!
//! The image is detected at its own resolution, halved and quartered. Noisy,
//! blurred and JPEG images show more stars when they are halved; the level with
//! the most detections is taken, the finer one when they are about equal.

mod background;
mod blobs;
mod candidates;
mod centroid;
mod detect;
mod grid;
mod light;
mod noise;
mod pixels;
mod rank;
mod reject;
mod smooth;

use crate::{Field, Source};
use candidates::Candidate;
use grid::Grid;
use noise::Noise;
use pixels::Level;
pub use pixels::{Grey, Pixels};
pub use reject::Rejected;

/// Pixels a level has at least along each side.
const SMALLEST: usize = 8;
/// A coarser level must show so many times as many sources to be taken.
const COARSER_MUST_SHOW: f64 = 1.1;

/// With fewer sources an image may be a negative.
const FEW: usize = 20;
/// Sources that a negative shows at least.
const FEWEST_OF_NEGATIVE: usize = 12;
/// Every so many pixels are looked at for that.
const SAMPLE: usize = 3;

/// How to extract.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct ExtractSettings {
    /// Detection takes this many σ behind the matched filter.
    pub threshold: f32,
    /// Depth of the valley between two sources, σ.
    pub saddle: f32,
    /// Most sources that are given.
    pub most: usize,
    /// Levels that are tried: 1 is the image itself, 2 and 3 add the halved and the quartered one.
    pub levels: usize,
}

impl Default for ExtractSettings {
    fn default() -> Self {
        Self { threshold: 5.0, saddle: 4.0, most: 1000, levels: 3 }
    }
}

/// What was found, and how.
#[derive(Debug, Clone, PartialEq)]
pub struct Extraction {
    /// The sources in the solver's order, in pixels of the image.
    pub field: Field,
    /// Level they were found on: 0 is the image itself, 1 halved, 2 quartered.
    pub level: usize,
    /// Candidates of each level that was tried, after rejection.
    pub found: Vec<usize>,
    /// Median of the background, in the image's unit.
    pub background: f32,
    /// Noise of one pixel of the image, in its unit, as far as noise of neighbours is independent.
    pub noise: f32,
    /// σ of the stars' Gaussian, pixels of the image.
    pub psf_sigma_px: f64,
    /// What was turned down on the level that was taken.
    pub rejected: Rejected,
    /// Whether the image is a negative, with dark stars on a bright sky. Background and light are then those
    /// of the image turned round.
    pub is_negative: bool,
}

/// One level's harvest.
struct Harvest {
    kept: Vec<Candidate>,
    rejected: Rejected,
    noise: Noise,
}

/// Finds the sources of an image. Every image gives an answer, the empty one if need be.
///
/// An image that shows few sources, or falls far below its background more than it rises above it, is looked
/// at as a negative, too, and taken for one when that shows twice as many.
#[must_use]
pub fn extract(image: &Grey, settings: &ExtractSettings) -> Extraction {
    let (found, has_dark_tail) = bright_sources(image, settings);
    if !has_dark_tail && found.field.sources.len() >= FEW {
        return found;
    }
    let (turned, _) = bright_sources(&image.negative(), settings);
    let needed = (2 * found.field.sources.len()).max(FEWEST_OF_NEGATIVE);
    if turned.field.sources.len() >= needed { Extraction { is_negative: true, ..turned } } else { found }
}

/// The sources that are brighter than the sky, and whether the image has more that is darker.
fn bright_sources(image: &Grey, settings: &ExtractSettings) -> (Extraction, bool) {
    let native = Level::native(image);
    let half = native.halved();
    let quarter = half.as_ref().and_then(Level::halved);
    let background = background::background(&native, half.as_ref());
    let levels: Vec<&Level<'_>> = [Some(&native), half.as_ref(), quarter.as_ref()]
        .into_iter()
        .flatten()
        .enumerate()
        .filter(|(k, level)| *k == 0 || level.width.min(level.height) >= SMALLEST)
        .map(|(_, level)| level)
        .take(settings.levels.max(1))
        .collect();
    let harvests: Vec<Harvest> = levels
        .iter()
        .enumerate()
        .map(|(k, level)| harvest(level, &native, &background, f64::from(1 << k as u32), settings))
        .collect();
    let mut chosen = 0;
    for (k, harvest) in harvests.iter().enumerate() {
        let least = harvests[chosen].kept.len() as f64 * COARSER_MUST_SHOW;
        if k > 0 && harvest.kept.len() as f64 > least {
            chosen = k;
        }
    }
    let has_dark_tail = half.as_ref().is_some_and(|half| has_dark_tail(half, &background.seen_by(2.0)));
    (finish(image, &levels, &background, &harvests, chosen, settings), has_dark_tail)
}

/// Whether the darkest thousandth lies twice as far from the background as the brightest, and farther than
/// noise reaches.
fn has_dark_tail(level: &Level<'_>, background: &Grid) -> bool {
    let rows = (0..level.height).step_by(SAMPLE);
    let mut rises: Vec<f32> = rows
        .flat_map(|y| (0..level.width).step_by(SAMPLE).map(move |x| (x, y)))
        .map(|(x, y)| level.at(x, y) - background.at(x as f64, y as f64))
        .filter(|rise| rise.is_finite())
        .collect();
    let mut tail = |share: f64| quantile(&mut rises, share).unwrap_or(0.0);
    let (dark, bright, sigma) = (-tail(0.001), tail(0.999), tail(0.5) - tail(0.16));
    dark > 2.0 * bright && dark > 6.0 * sigma
}

fn harvest(
    level: &Level<'_>,
    native: &Level<'_>,
    background: &Grid,
    factor: f64,
    settings: &ExtractSettings,
) -> Harvest {
    let seen = background.seen_by(factor);
    let noise = noise::noise(level, native.is_whole(), factor, &seen);
    let found = detect::detect(level, &seen, &noise, settings.threshold);
    let all = candidates::candidates(level, &seen, &noise, &found, settings.saddle);
    let (kept, rejected) = reject::reject(all, native, background, factor, level, settings.threshold);
    Harvest { kept, rejected, noise }
}

/// Centres and order of the chosen level's sources.
fn finish(
    image: &Grey,
    levels: &[&Level<'_>],
    background: &Grid,
    harvests: &[Harvest],
    chosen: usize,
    settings: &ExtractSettings,
) -> Extraction {
    let (level, harvest) = (levels[chosen], &harvests[chosen]);
    let factor = f64::from(1 << chosen as u32);
    let psf = light::psf_sigma(&harvest.kept, settings.threshold).unwrap_or(1.0);
    let (kept, halos) = light::weigh(&harvest.kept, psf, settings.threshold);
    let order = rank::order(&kept, level.width as f64, level.height as f64, settings.most);
    let mut sources: Vec<Source> = Vec::with_capacity(order.len());
    let mut errors = Vec::with_capacity(order.len());
    let mut occupied = Occupied::new(level.width, level.height);
    for index in order {
        let c = &kept[index];
        let psf = psf.max(0.6);
        let [x, y] = match centroid::flat_top(level, c.ground, c.x, c.y) {
            // A flat top asks for a window wider than itself.
            Some(([x, y], radius)) => {
                let sigma = psf.max(0.8 * radius).min(16.0);
                centroid::windowed(level, c.ground, x, y, sigma).unwrap_or([x, y])
            }
            None => centroid::windowed(level, c.ground, c.x, c.y, psf).unwrap_or([c.x, c.y]),
        };
        if !occupied.take(x, y) {
            continue;
        }
        let to_native = |at: f64| (at + 0.5) * factor - 0.5;
        // The photon bound; a star's light is 2π (σ² + 1) times its height behind the filter.
        let light = std::f64::consts::TAU * (psf * psf + 1.0) * f64::from(c.contrast);
        let pixel_noise = f64::from(c.noise / smooth::NOISE_FACTOR);
        errors.push(((8.0 * std::f64::consts::PI).sqrt() * psf * psf * pixel_noise / light * factor) as f32);
        sources.push(Source {
            x: to_native(x),
            y: to_native(y),
            flux: c.flux * (factor * factor) as f32,
            background: c.background,
        });
    }
    let photon = f64::from(quantile(&mut errors, 0.5).unwrap_or(0.0));
    // What windows, pixels and compression add.
    let systematic = 0.08 * factor;
    let mut levels_of_background = background.values.clone();
    Extraction {
        field: Field {
            width: image.width(),
            height: image.height(),
            sources,
            sigma_px: photon.hypot(systematic),
        },
        level: chosen,
        found: harvests.iter().map(|h| h.kept.len()).collect(),
        background: quantile(&mut levels_of_background, 0.5).unwrap_or(0.0),
        noise: harvests[0].noise.whole / smooth::NOISE_FACTOR,
        psf_sigma_px: psf * factor,
        rejected: Rejected { halos, ..harvest.rejected },
        is_negative: false,
    }
}

/// Places that are taken: no two sources within a pixel.
struct Occupied {
    width: usize,
    cells: Vec<bool>,
}

impl Occupied {
    fn new(width: usize, height: usize) -> Self {
        Self { width: width + 2, cells: vec![false; (width + 2) * (height + 2)] }
    }

    /// Whether the place was free; it is taken then.
    fn take(&mut self, x: f64, y: f64) -> bool {
        let cell = |at: f64| (at.round().max(0.0) as usize) + 1;
        let (i, j) = (cell(x), cell(y));
        let rows = self.cells.len() / self.width;
        if i + 1 >= self.width || j + 1 >= rows {
            return false;
        }
        let near = (j - 1..=j + 1)
            .any(|r| self.cells[r * self.width + i - 1..=r * self.width + i + 1].iter().any(|&c| c));
        if !near {
            self.cells[j * self.width + i] = true;
        }
        !near
    }
}

/// The value below which a share of the values lies; reorders them. `None` of no values.
fn quantile(values: &mut [f32], share: f64) -> Option<f32> {
    let last = values.len().checked_sub(1)?;
    let index = (last as f64 * share).round() as usize;
    Some(*values.select_nth_unstable_by(index.min(last), f32::total_cmp).1)
}
