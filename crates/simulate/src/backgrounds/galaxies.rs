//! The cluster's galaxies in a real cutout, found simply: peaks of the z band
//! above the sky; the brightest near the middle is the BCG; those of its colours
//! are members. Not a photometry: good enough to put mass where light is.

use imaging::Cube;

use crate::{dice::round, photometry::magnitude, record::Galaxy};

/// Radius of the aperture that magnitudes and shapes come from, arcsec.
const APERTURE: f64 = 1.6;
/// The same for the brightest galaxy.
const BCG_APERTURE: f64 = 4.0;
/// The brightest galaxy is looked for within this distance of the middle, arcsec.
const MIDDLE: f64 = 6.0;
/// Peaks nearer than this to a brighter one are part of it, arcsec.
const APART: f64 = 1.6;
/// Members have the BCG's colours to within this, and their noise, magnitudes in g − r and r − z.
const COLOURS: [f64; 2] = [0.3, 0.2];
/// Signal over noise of the z-band aperture of a galaxy.
const FAINTEST: f64 = 10.0;
/// At most so many members.
const MOST: usize = 60;

/// A galaxy measured in a real cutout.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Seen {
    /// Position and aperture magnitudes; the shape is rough, the index a guess.
    pub light: Galaxy,
}

/// What was found.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Found {
    /// The brightest galaxy near the middle.
    pub bcg: Option<Seen>,
    /// Galaxies of its colours, the brightest first.
    pub members: Vec<Seen>,
}

struct Finder<'a> {
    cube: &'a Cube,
    scale: f64,
    /// Level and σ of the sky, g, r, z.
    sky: [(f64, f64); 3],
}

/// Finds the BCG and the members of a square cutout with planes g, r, z; `sky` is level and σ of each.
pub fn find(cube: &Cube, scale: f64, sky: [(f64, f64); 3]) -> Found {
    let finder = Finder { cube, scale, sky };
    let peaks = finder.peaks();
    let middle = 0.5 * (cube.width as f64 - 1.0);
    let from_middle =
        |at: usize| ((at % cube.width) as f64 - middle).hypot((at / cube.width) as f64 - middle) * scale;
    let brightest = peaks
        .iter()
        .copied()
        .filter(|&at| from_middle(at) < MIDDLE)
        .map(|at| (at, finder.flux(at, BCG_APERTURE, 2)))
        .max_by(|a, b| a.1.total_cmp(&b.1));
    let Some((centre, flux)) = brightest.filter(|(_, flux)| *flux > 0.0) else { return Found::default() };
    let bcg = finder.galaxy(centre, BCG_APERTURE, 4.0);
    let colour = |at: usize| {
        let [g, r, z] = [0, 1, 2].map(|band| finder.flux(at, APERTURE, band));
        let noise = |f: f64, band: usize| 1.09 * finder.noise(APERTURE, band) / f.max(1e-12);
        let m = [g, r, z].map(magnitude);
        let spread = [noise(g, 0).hypot(noise(r, 1)), noise(r, 1).hypot(noise(z, 2))];
        ([m[0] - m[1], m[1] - m[2]], spread)
    };
    let (wanted, _) = colour(centre);
    let mut members: Vec<(f64, usize)> = peaks
        .iter()
        .copied()
        .filter(|&at| at != centre)
        .filter(|&at| {
            let (found, spread) = colour(at);
            (0..2).all(|i| (found[i] - wanted[i]).abs() < COLOURS[i] + spread[i].min(0.3))
        })
        .map(|at| (finder.flux(at, APERTURE, 2), at))
        .filter(|(member, _)| *member < flux)
        .collect();
    members.sort_by(|a, b| b.0.total_cmp(&a.0).then(a.1.cmp(&b.1)));
    let members = members.iter().take(MOST).map(|&(_, at)| finder.galaxy(at, APERTURE, 3.0)).collect();
    Found { bcg: Some(bcg), members }
}

impl Finder<'_> {
    /// A pixel's light above the sky; 0 where there is no value.
    fn light(&self, x: usize, y: usize, band: usize) -> f64 {
        let value = self.cube.plane_at(band)[y * self.cube.width + x];
        if value.is_finite() { f64::from(value) - self.sky[band].0 } else { 0.0 }
    }

    /// Pixels around one, with their offsets in arcsec.
    fn around(&self, at: usize, radius: f64) -> impl Iterator<Item = (usize, usize, f64, f64)> {
        let width = self.cube.width;
        let reach = (radius / self.scale).ceil() as usize;
        let (cx, cy) = (at % width, at / width);
        let span = move |c: usize| c.saturating_sub(reach)..=(c + reach).min(width - 1);
        let scale = self.scale;
        span(cy).flat_map(move |y| {
            span(cx).filter_map(move |x| {
                let (dx, dy) = ((x as f64 - cx as f64) * scale, (y as f64 - cy as f64) * scale);
                (dx.hypot(dy) <= radius).then_some((x, y, dx, dy))
            })
        })
    }

    fn flux(&self, at: usize, radius: f64, band: usize) -> f64 {
        self.around(at, radius).map(|(x, y, _, _)| self.light(x, y, band)).sum()
    }

    /// Noise of an aperture's flux.
    fn noise(&self, radius: f64, band: usize) -> f64 {
        let pixels = std::f64::consts::PI * (radius / self.scale).powi(2);
        self.sky[band].1 * pixels.sqrt()
    }

    /// Peaks of the z band averaged over 3 × 3 pixels, the brightest first, none near a brighter one.
    fn peaks(&self) -> Vec<usize> {
        let width = self.cube.width;
        if width < 8 {
            return Vec::new();
        }
        let smooth = |at: usize| -> f64 {
            let (cx, cy) = (at % width, at / width);
            (cy - 1..=cy + 1)
                .flat_map(|y| (cx - 1..=cx + 1).map(move |x| (x, y)))
                .map(|(x, y)| self.light(x, y, 2))
                .sum()
        };
        let inner =
            |at: &usize| (2..width - 2).contains(&(at % width)) && (2..width - 2).contains(&(at / width));
        let threshold = 5.0 * 3.0 * self.sky[2].1;
        let mut peaks: Vec<(f64, usize)> = (0..width * width)
            .filter(inner)
            .map(|at| (smooth(at), at))
            .filter(|&(value, at)| {
                value > threshold
                    && [at - 1, at + 1, at - width, at + width]
                        .into_iter()
                        .all(|next| !inner(&next) || smooth(next) <= value)
            })
            .collect();
        peaks.sort_by(|a, b| b.0.total_cmp(&a.0).then(a.1.cmp(&b.1)));
        let mut kept: Vec<usize> = Vec::new();
        for (_, at) in peaks {
            let far = |&other: &usize| {
                let dx = (at % width).abs_diff(other % width) as f64;
                let dy = (at / width).abs_diff(other / width) as f64;
                dx.hypot(dy) * self.scale > APART
            };
            if kept.iter().all(far) && self.flux(at, APERTURE, 2) > FAINTEST * self.noise(APERTURE, 2) {
                kept.push(at);
            }
        }
        kept
    }

    /// Position and shape from the z band's moments, magnitudes from the aperture.
    fn galaxy(&self, at: usize, radius: f64, n: f64) -> Seen {
        let (mut sum, mut mx, mut my, mut xx, mut xy, mut yy) = (1e-12, 0.0, 0.0, 0.0, 0.0, 0.0);
        for (x, y, dx, dy) in self.around(at, radius) {
            let light = self.light(x, y, 2).max(0.0);
            sum += light;
            mx += light * dx;
            my += light * dy;
            xx += light * dx * dx;
            xy += light * dx * dy;
            yy += light * dy * dy;
        }
        let (mx, my) = (mx / sum, my / sum);
        let (xx, xy, yy) = (xx / sum - mx * mx, xy / sum - mx * my, yy / sum - my * my);
        let (half, apart) = (0.5 * (xx + yy), (0.5 * (xx - yy)).hypot(xy));
        let q = ((half - apart).max(0.0) / (half + apart).max(1e-12)).sqrt();
        // Direction of the long axis from +x, then east (left) of north (up).
        let phi = 0.5 * (2.0 * xy).atan2(xx - yy);
        let width = self.cube.width;
        let place = |pixel: usize| (pixel as f64 - 0.5 * (width as f64 - 1.0)) * self.scale;
        let mag = [0, 1, 2].map(|band| round(magnitude(self.flux(at, radius, band)), 3));
        Seen {
            light: Galaxy {
                x: round(place(at % width) + mx, 3),
                y: round(place(at / width) + my, 3),
                n,
                r_e: round(half.max(0.01).sqrt().max(0.1), 3),
                // Seeing has rounded it; mass is rounder than light anyway.
                q: round(q.clamp(0.4, 1.0), 3),
                pa: round((phi.to_degrees() - 90.0).rem_euclid(180.0), 1),
                mag,
            },
        }
    }
}

#[cfg(test)]
mod tests {
    use imaging::Band;

    use super::*;

    #[test]
    fn finds_the_bcg_and_the_members_of_its_colour_and_no_others() {
        let (size, scale) = (201, 0.262);
        let mut data = vec![0.0_f32; 3 * size * size];
        // x, y (pixels), flux in z, g − r, r − z.
        let galaxies = [
            (101.0, 99.0, 400.0, 1.6, 1.0),
            (140.0, 120.0, 60.0, 1.55, 1.05),
            (60.0, 50.0, 40.0, 1.65, 0.95),
            (120.0, 60.0, 80.0, 0.4, 0.3),
        ];
        for (x, y, flux, g_r, r_z) in galaxies {
            let r = flux * 10f64.powf(-0.4 * r_z);
            for (band, flux) in [r * 10f64.powf(-0.4 * g_r), r, flux].into_iter().enumerate() {
                for py in 0..size {
                    for px in 0..size {
                        let (dx, dy) = (px as f64 - x, py as f64 - y);
                        // Long along x, which is position angle 90.
                        let r2 = dx * dx / 9.0 + dy * dy / 4.0;
                        data[(band * size + py) * size + px] +=
                            (flux / (12.0 * std::f64::consts::PI) * (-0.5 * r2).exp()) as f32;
                    }
                }
            }
        }
        let cube = Cube::new(size, size, vec![Band::G, Band::R, Band::Z], data).unwrap();
        let found = find(&cube, scale, [(0.0, 0.003), (0.0, 0.006), (0.0, 0.015)]);
        let bcg = found.bcg.unwrap().light;
        assert!((bcg.x - 0.262).abs() < 0.05 && (bcg.y + 0.262).abs() < 0.05, "{bcg:?}");
        assert!((bcg.mag[2] - magnitude(400.0)).abs() < 0.05 && (bcg.mag[1] - bcg.mag[2] - 1.0).abs() < 0.05);
        assert!((bcg.pa - 90.0).abs() < 3.0 && (bcg.q - 0.667).abs() < 0.05, "{bcg:?}");
        let places: Vec<f64> = found.members.iter().map(|m| (m.light.x / scale).round()).collect();
        assert_eq!(places, [40.0, -40.0]);
    }
}
