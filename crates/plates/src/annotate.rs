//! The picture with what was found in it: sources, recognised stars, a grid of
//! coordinates, compass and scale, and the things of the catalogue that lie in
//! it by name. Small pictures are enlarged and large ones made smaller, so that
//! lines and letters are always legible.

mod canvas;
mod font;
mod graticule;
mod marks;

use canvas::{Canvas, Place};
use domain::SkyCoord;
use imaging::{Rgb8, TanSip};
use platesolve::{Field, Solution};

use crate::Picture;

/// The longer side of the result lies between these, pixels.
const SHORTEST: usize = 1100;
const LONGEST: usize = 2200;
/// Most times a picture is enlarged.
const MOST_ENLARGED: usize = 4;

/// What a label names.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LabelKind {
    /// A cluster of galaxies.
    Cluster,
    /// A lens candidate.
    Candidate,
}

/// A name at a place of the sky. Latin letters, digits and the usual signs can be drawn.
#[derive(Debug, Clone, PartialEq)]
pub struct Label {
    /// Where it is.
    pub position: SkyCoord,
    /// What it is called.
    pub name: String,
    /// What it is.
    pub kind: LabelKind,
    /// Its radius on the sky, if it has one.
    pub radius_arcsec: Option<f64>,
}

/// Where things of the sky lie on the drawing.
struct View<'a> {
    wcs: &'a TanSip,
    /// Of the picture, in its own pixels.
    width: u32,
    height: u32,
    /// Pixels of the drawing per pixel of the picture.
    scale: f64,
    /// Rows of the drawing, where the first row of the picture is at the bottom.
    flipped: Option<f64>,
}

impl View<'_> {
    /// The place of a pixel, counted from 0.
    fn of_pixel(&self, x: f64, y: f64) -> Place {
        let (x, y) = ((x + 0.5) * self.scale - 0.5, (y + 0.5) * self.scale - 0.5);
        (x, self.flipped.map_or(y, |rows| rows - 1.0 - y))
    }

    /// The place of a position, which may be outside.
    fn place(&self, sky: SkyCoord) -> Option<Place> {
        let (x, y) = self.wcs.sky_to_pixel(sky)?;
        // Far outside a distortion may fold: what does not come back is not there.
        let (width, height) = (f64::from(self.width), f64::from(self.height));
        let is_near = x > -width && x < 2.0 * width && y > -height && y < 2.0 * height;
        is_near.then(|| self.of_pixel(x - 1.0, y - 1.0))
    }

    fn arcsec_per_unit(&self) -> f64 {
        let middle = |size: u32| (f64::from(size) + 1.0) / 2.0;
        self.wcs.pixel_scale_arcsec(middle(self.width), middle(self.height)) / self.scale
    }
}

/// Draws everything over the picture. North is where it is in the picture; FITS is shown with its first
/// row at the bottom, as usual.
#[must_use]
pub fn annotate(picture: &Picture, field: &Field, solution: &Solution, labels: &[Label]) -> Rgb8 {
    let ground = brightened(&picture.rgb);
    let longer = ground.width.max(ground.height);
    let (ground, scale) = if longer < SHORTEST {
        let times = SHORTEST.div_ceil(longer).min(MOST_ENLARGED);
        (enlarged(&ground, times), times as f64)
    } else {
        let parts = longer.div_ceil(LONGEST);
        (reduced(&ground, parts), 1.0 / parts as f64)
    };
    let ground = if picture.is_bottom_up() { upside_down(ground) } else { ground };
    let view = View {
        wcs: &solution.wcs,
        width: picture.grey.width(),
        height: picture.grey.height(),
        scale,
        flipped: picture.is_bottom_up().then_some(f64::from(picture.grey.height()) * scale),
    };
    let size = (ground.width.max(ground.height) as f64 / 90.0).clamp(11.0, 20.0);
    let mut canvas = Canvas::new(ground);
    let mut taken = marks::rooms(&canvas, &view, size);
    graticule::draw(&mut canvas, &view, size * 0.85, &mut taken);
    marks::stars(&mut canvas, &view, field, solution, size);
    marks::furniture(&mut canvas, &view, solution.centre, size);
    marks::labels(&mut canvas, &view, labels, size, &mut taken);
    canvas.picture
}

/// The same as a PNG file.
///
/// # Errors
/// When the picture is beyond what the format can hold.
pub fn annotated_png(
    picture: &Picture,
    field: &Field,
    solution: &Solution,
    labels: &[Label],
) -> Result<Vec<u8>, imaging::preview::PreviewError> {
    imaging::preview::png(&annotate(picture, field, solution, labels))
}

/// Lifts the faint end of a dark picture; others stay as they are.
fn brightened(picture: &Rgb8) -> Rgb8 {
    let mut counts = [0_u64; 256];
    picture.data.iter().for_each(|&value| counts[usize::from(value)] += 1);
    let total = picture.data.len() as f64;
    let quantile = |share: f64| {
        let mut seen = 0;
        let found = counts.iter().position(|&count| {
            seen += count;
            seen as f64 >= total * share
        });
        found.unwrap_or(255) as f64
    };
    let (dark, sky, bright) = (quantile(0.2), quantile(0.5), quantile(0.998));
    if bright > 140.0 {
        return picture.clone();
    }
    let (black, white) = ((2.0 * dark - sky).max(0.0), (bright * 1.5).clamp(sky + 24.0, 255.0));
    let soft = (sky - black + 2.0) * 2.0;
    let top = ((white - black) / soft).asinh();
    let table: Vec<u8> = (0..256)
        .map(|value| ((f64::from(value) - black) / soft).asinh() / top)
        .map(|level| (level.clamp(0.0, 1.0) * 255.0).round() as u8)
        .collect();
    Rgb8 { data: picture.data.iter().map(|&value| table[usize::from(value)]).collect(), ..*picture }
}

fn enlarged(picture: &Rgb8, times: usize) -> Rgb8 {
    let (width, height) = (picture.width * times, picture.height * times);
    let mut data = Vec::with_capacity(width * height * 3);
    for row in picture.data.chunks_exact(picture.width * 3) {
        let wide: Vec<u8> = row
            .chunks_exact(3)
            .flat_map(|pixel| std::iter::repeat_n(pixel, times).flatten().copied())
            .collect();
        (0..times).for_each(|_| data.extend_from_slice(&wide));
    }
    Rgb8 { width, height, data }
}

/// Means of squares of `parts` pixels; a rest is left out.
fn reduced(picture: &Rgb8, parts: usize) -> Rgb8 {
    if parts <= 1 {
        return picture.clone();
    }
    let (width, height) = ((picture.width / parts).max(1), (picture.height / parts).max(1));
    let mut data = Vec::with_capacity(width * height * 3);
    for y in 0..height {
        for x in 0..width {
            for channel in 0..3 {
                let (mut sum, mut count) = (0_u32, 0_u32);
                for j in (y * parts)..((y + 1) * parts).min(picture.height) {
                    for i in (x * parts)..((x + 1) * parts).min(picture.width) {
                        sum += u32::from(picture.data[(j * picture.width + i) * 3 + channel]);
                        count += 1;
                    }
                }
                data.push((sum / count.max(1)) as u8);
            }
        }
    }
    Rgb8 { width, height, data }
}

fn upside_down(picture: Rgb8) -> Rgb8 {
    let data = picture.data.chunks_exact(picture.width * 3).rev().flatten().copied().collect();
    Rgb8 { data, ..picture }
}
