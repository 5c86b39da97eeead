//! FITS: the first science image of the file. The planes of a cube are
//! averaged, pixel by pixel over those that were measured: whatever they are,
//! bands or exposures, stars stand at the same places in all of them.

use imaging::{
    Rgb8,
    fits::{Cards, Wanted, read_plane},
    raster::Limits,
};
use platesolve::extract::{Grey, Pixels};

use super::{Picture, PictureError, PictureFormat, date};

pub(super) fn read(bytes: &[u8], name: &str, limits: Limits) -> Result<Picture, PictureError> {
    let wrong = |source| PictureError::Fits { name: name.to_owned(), source };
    let cards = Cards::of(bytes).map_err(wrong)?;
    let (width, height) = cards.size();
    let planes = cards.planes();
    let values = (width as u64).saturating_mul(height as u64).saturating_mul(planes as u64);
    // Values are floats once unpacked, and the decoder needs them twice.
    let unpacked = values.saturating_mul(8);
    if width.max(height) as u64 > u64::from(limits.max_side)
        || values / planes.max(1) as u64 > limits.max_pixels
        || unpacked > limits.max_bytes
    {
        return Err(PictureError::TooLarge {
            name: name.to_owned(),
            format: PictureFormat::Fits,
            width: width as u64,
            height: height as u64,
            bytes: unpacked,
            limits,
        });
    }
    let plane = read_plane(bytes, Wanted::Science).map_err(wrong)?;
    let damaged = || PictureError::Damaged {
        name: name.to_owned(),
        format: PictureFormat::Fits,
        reason: "it has no pixels".to_owned(),
    };
    let plane = plane.ok_or_else(damaged)?;
    let size = plane.width * plane.height;
    let colours = (plane.depth == 3).then(|| of_colours(&plane.data, size));
    let data = if plane.depth > 1 { mean(&plane.data, size) } else { plane.data };
    let grey = Grey::new(plane.width as u32, plane.height as u32, Pixels::F32(data)).ok_or_else(damaged)?;
    let colours = colours.unwrap_or_else(|| stretched(&grey));
    let rgb = Rgb8::new(plane.width, plane.height, colours).ok_or_else(damaged)?;
    Ok(Picture { grey, rgb, claimed: cards.projection(), date: date_of(&cards), format: PictureFormat::Fits })
}

/// When the exposure began, by whichever keyword says so.
fn date_of(cards: &Cards) -> Option<f64> {
    let text = || ["DATE-OBS", "DATE-BEG"].iter().find_map(|keyword| date::parse(cards.text(keyword)?));
    let mjd = || cards.real(&["MJD-OBS", "MJD-AVG", "MJD_OBS", "MJD"]).and_then(date::from_mjd);
    let jd = || cards.real(&["JD", "JD-OBS"]).and_then(date::from_jd);
    mjd().or_else(text).or_else(jd)
}

/// Means over planes of what is finite.
fn mean(data: &[f32], size: usize) -> Vec<f32> {
    let (mut sums, mut counts) = (vec![0.0_f32; size], vec![0_u32; size]);
    for plane in data.chunks_exact(size) {
        for ((sum, count), value) in sums.iter_mut().zip(&mut counts).zip(plane) {
            if value.is_finite() {
                *sum += value;
                *count += 1;
            }
        }
    }
    sums.iter().zip(counts).map(|(sum, count)| sum / count as f32).collect()
}

/// Three planes as red, green and blue, each stretched by itself.
fn of_colours(data: &[f32], size: usize) -> Vec<u8> {
    let mut colours = vec![0; size * 3];
    for (channel, plane) in data.chunks_exact(size).take(3).enumerate() {
        let stretch = Stretch::of(plane);
        for (pixel, &value) in colours.chunks_exact_mut(3).zip(plane) {
            pixel[channel] = stretch.level(value);
        }
    }
    colours
}

/// A grey image as three equal channels, stretched so that the sky is dark and faint stars show.
pub(super) fn stretched(grey: &Grey) -> Vec<u8> {
    let values: Vec<f32> = match grey.pixels() {
        Pixels::U8(values) => return values.iter().flat_map(|&v| [v; 3]).collect(),
        Pixels::U16(values) => values.iter().map(|&v| f32::from(v)).collect(),
        Pixels::F32(values) => values.clone(),
    };
    let stretch = Stretch::of(&values);
    values.iter().flat_map(|&value| [stretch.level(value); 3]).collect()
}

/// An inverse hyperbolic sine between the sky and the brightest hundredth of a per cent.
struct Stretch {
    black: f32,
    soft: f32,
    white: f32,
}

impl Stretch {
    fn of(values: &[f32]) -> Self {
        // A sample tells levels well enough.
        let step = (values.len() / 50_000).max(1);
        let mut sample: Vec<f32> = values.iter().copied().step_by(step).filter(|v| v.is_finite()).collect();
        sample.sort_by(f32::total_cmp);
        let at = |share: f64| {
            let last = sample.len().saturating_sub(1);
            sample.get((last as f64 * share).round() as usize).copied().unwrap_or(0.0)
        };
        let (low, middle, high) = (at(0.16), at(0.5), at(0.9995));
        let noise = (middle - low).max((high - middle) * 1e-3);
        let soft = 3.0 * noise;
        let white = ((high - middle + noise) / soft).max(1e-6).asinh();
        Self { black: middle - noise, soft, white }
    }

    fn level(&self, value: f32) -> u8 {
        let stretched = ((value - self.black) / self.soft).asinh() / self.white;
        // What is not a number becomes black.
        (stretched * 255.0).clamp(0.0, 255.0) as u8
    }
}
