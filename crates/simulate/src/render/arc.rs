//! Ray-traces the lensed galaxy. One trace serves all bands. Blocks of pixels
//! whose rays end far from the source are left out; the others get a deflection
//! every half arcsec (at every pixel's corner where pixels are larger), and as
//! many samples per pixel, interpolated, as the source's detail asks for.

use lensing::{CseTable, Ellipse, Mass, ParameterError};

use crate::{
    photometry::nanomaggies,
    record::{Galaxy, Record, Source},
    render::{
        blur,
        canvas::{Canvas, Stamp},
        lens_model, psf,
    },
};

/// Pixels along the side of a block.
const BLOCK: usize = 8;
/// Finer detail than this the seeing hides; only its flux has to be right.
const FINEST_ARCSEC: f64 = 0.25;
/// Deflections are traced at most about this far apart, arcsec, and interpolated in between.
const TRACED_ARCSEC: f64 = 0.53;
/// Corners of pixels along the side of a block.
const SIDE: usize = BLOCK + 1;
/// Steps of a light profile's table.
const STEPS: usize = 512;

/// The image of a lensed galaxy, folded with the point-spread function.
pub struct ArcImage {
    pub(super) stamp: Stamp,
    /// Flux of the source without a lens, nanomaggies.
    pub(super) unlensed: [f64; 3],
}

impl ArcImage {
    /// Traces a source through the lens of the record.
    ///
    /// # Errors
    /// When a parameter of lens or source is out of range.
    pub fn trace(record: &Record, source: &Source) -> Result<Self, ParameterError> {
        let lens = lens_model(record, source.z, CseTable::Fast)?;
        let lights = source.components.iter().map(Light::new).collect::<Result<Vec<_>, _>>()?;
        let mut unlensed = [0.0; 3];
        for component in &source.components {
            for (sum, mag) in unlensed.iter_mut().zip(component.mag) {
                *sum += nanomaggies(mag);
            }
        }
        let grid = Grid { size: record.cutout.size_px, scale: record.cutout.pixel_scale_arcsec };
        let Some(target) = Target::around(&lights) else {
            return Ok(Self { stamp: Stamp::new([0, 0], [0, 0]), unlensed });
        };
        let psf = psf::of(record);
        let blocks = grid.blocks_near(&lens, &target);
        let mut stamp = grid.stamp_around(&blocks, blur::margin(&psf));
        grid.fill(&lens, &lights, &target, &blocks, &mut stamp);
        blur::fold(&mut stamp, &psf);
        Ok(Self { stamp, unlensed })
    }

    /// Lensed over unlensed flux, inside the field.
    #[must_use]
    pub fn magnification(&self) -> f64 {
        self.stamp.planes[0].iter().map(|&f| f64::from(f)).sum::<f64>() / self.unlensed[0]
    }

    /// Adds the arc to the image.
    pub fn add_to(&self, canvas: &mut Canvas) {
        self.stamp.add_to(canvas);
    }
}

/// One component's light: a table of its brightness against radius.
struct Light {
    ellipse: Ellipse,
    /// Steps of the table per arcsec.
    per_arcsec: f64,
    /// Brightness over total flux, per arcsec².
    table: Vec<f32>,
    /// Flux in g, r, z, nanomaggies.
    flux: [f32; 3],
    /// Radius beyond which there is no light, arcsec along the major axis.
    reach: f64,
    /// Smallest scale, arcsec.
    detail: f64,
}

impl Light {
    fn new(galaxy: &Galaxy) -> Result<Self, ParameterError> {
        let ellipse = Ellipse::new(galaxy.x, galaxy.y, galaxy.q, Ellipse::phi_of_position_angle(galaxy.pa))?;
        let round = lensing::Sersic::new(Ellipse::circle(0.0, 0.0)?, galaxy.n, galaxy.r_e, 1.0)?;
        // e^−b·(5−1) of the brightness at R_e is left at five half-light radii of a disc.
        let edge = galaxy.r_e * if galaxy.n > 1.5 { 7.0 } else { 4.5 };
        let step = edge / STEPS as f64;
        let table = (0..=STEPS).map(|i| round.brightness(step * (i as f64).max(0.05), 0.0) as f32).collect();
        Ok(Self {
            ellipse,
            per_arcsec: 1.0 / step,
            table,
            flux: galaxy.mag.map(|m| nanomaggies(m) as f32),
            reach: edge / galaxy.q.sqrt(),
            detail: galaxy.r_e * galaxy.q.sqrt(),
        })
    }

    /// Brightness over total flux at a point of the source plane, per arcsec².
    fn at(&self, x: f64, y: f64) -> f32 {
        let at = self.ellipse.radius(x, y) * self.per_arcsec;
        let index = at as usize;
        if index >= STEPS {
            return 0.0;
        }
        let t = (at - index as f64) as f32;
        self.table[index] + t * (self.table[index + 1] - self.table[index])
    }
}

/// Where the rays have to end to see anything.
struct Target {
    centre: [f64; 2],
    reach: f64,
    detail: f64,
}

impl Target {
    fn around(lights: &[Light]) -> Option<Self> {
        let [x, y] = lights.first()?.ellipse.centre();
        let far = |light: &Light| {
            let [lx, ly] = light.ellipse.centre();
            (lx - x).hypot(ly - y) + light.reach
        };
        Some(Self {
            centre: [x, y],
            reach: lights.iter().map(far).fold(0.0, f64::max),
            detail: lights.iter().map(|light| light.detail).fold(f64::INFINITY, f64::min).max(FINEST_ARCSEC),
        })
    }

    /// Whether a cell with rays ending at these corners may see the source, and the cell's extent there.
    fn near(&self, corners: [[f64; 2]; 4]) -> (bool, f64) {
        let apart = |a: [f64; 2], b: [f64; 2]| (a[0] - b[0]).hypot(a[1] - b[1]);
        let extent = apart(corners[0], corners[3]).max(apart(corners[1], corners[2]));
        let nearest = corners.iter().map(|&c| apart(c, self.centre)).fold(f64::INFINITY, f64::min);
        (nearest < self.reach + extent, extent)
    }
}

/// The pixel grid.
struct Grid {
    size: usize,
    scale: f64,
}

impl Grid {
    /// Offset of the lower or left edge of a pixel from the centre, arcsec.
    fn edge(&self, index: usize) -> f64 {
        (index as f64 - 0.5 * self.size as f64) * self.scale
    }

    /// Where rays through these points end in the source plane.
    fn traced(lens: &impl Mass, xs: &[f64], ys: &[f64]) -> Vec<[f64; 2]> {
        let (mut ax, mut ay) = (vec![0.0; xs.len()], vec![0.0; xs.len()]);
        lens.add_deflections(xs, ys, &mut ax, &mut ay);
        (0..xs.len()).map(|i| [xs[i] - ax[i], ys[i] - ay[i]]).collect()
    }

    /// Blocks (by column and row of their first pixel) that may see the source.
    fn blocks_near(&self, lens: &impl Mass, target: &Target) -> Vec<[usize; 2]> {
        let count = self.size.div_ceil(BLOCK);
        let node = |k: usize| self.edge((k * BLOCK).min(self.size));
        let side = count + 1;
        let xs: Vec<f64> = (0..side * side).map(|i| node(i % side)).collect();
        let ys: Vec<f64> = (0..side * side).map(|i| node(i / side)).collect();
        let ends = Self::traced(lens, &xs, &ys);
        let mut blocks = Vec::new();
        for j in 0..count {
            for i in 0..count {
                let at = j * side + i;
                if target.near([ends[at], ends[at + 1], ends[at + side], ends[at + side + 1]]).0 {
                    blocks.push([i * BLOCK, j * BLOCK]);
                }
            }
        }
        blocks
    }

    /// A stamp that holds the blocks and the light that spreads out of them.
    fn stamp_around(&self, blocks: &[[usize; 2]], margin: usize) -> Stamp {
        let span = |axis: usize| {
            let low = blocks.iter().map(|b| b[axis]).min().unwrap_or(0);
            let high = blocks.iter().map(|b| b[axis] + BLOCK).max().unwrap_or(0);
            [low.saturating_sub(margin), (high + margin).min(self.size)]
        };
        if blocks.is_empty() { Stamp::new([0, 0], [0, 0]) } else { Stamp::new(span(0), span(1)) }
    }

    fn fill(
        &self,
        lens: &impl Mass,
        lights: &[Light],
        target: &Target,
        blocks: &[[usize; 2]],
        stamp: &mut Stamp,
    ) {
        for &block in blocks {
            let [bx, by] = block;
            let ends = self.corners(lens, block);
            for j in 0..BLOCK.min(self.size - by) {
                for i in 0..BLOCK.min(self.size - bx) {
                    let at = j * SIDE + i;
                    let corners = [ends[at], ends[at + 1], ends[at + SIDE], ends[at + SIDE + 1]];
                    let (near, extent) = target.near(corners);
                    if near {
                        let samples = (extent / (0.5 * target.detail)).ceil().clamp(1.0, 4.0) as usize;
                        let light = self.pixel(lights, corners, samples);
                        let pixel = (by + j - stamp.y0) * stamp.width + bx + i - stamp.x0;
                        for (plane, light) in stamp.planes.iter_mut().zip(light) {
                            plane[pixel] = light;
                        }
                    }
                }
            }
        }
    }

    /// Where the rays through all pixel corners of a block end.
    fn corners(&self, lens: &impl Mass, [bx, by]: [usize; 2]) -> Vec<[f64; 2]> {
        let stride = if 2.0 * self.scale <= TRACED_ARCSEC { 2 } else { 1 };
        let side = BLOCK / stride + 1;
        let xs: Vec<f64> = (0..side * side).map(|i| self.edge(bx + i % side * stride)).collect();
        let ys: Vec<f64> = (0..side * side).map(|i| self.edge(by + i / side * stride)).collect();
        let nodes = Self::traced(lens, &xs, &ys);
        let along = |i: usize| {
            let low = (i / stride).min(side - 2);
            (low, (i - low * stride) as f64 / stride as f64)
        };
        let corner = |i: usize| {
            let ((column, u), (row, v)) = (along(i % SIDE), along(i / SIDE));
            let at = row * side + column;
            between([nodes[at], nodes[at + 1], nodes[at + side], nodes[at + side + 1]], u, v)
        };
        (0..SIDE * SIDE).map(corner).collect()
    }

    /// Light of a pixel, nanomaggies, from `samples`² rays between its corners' rays.
    fn pixel(&self, lights: &[Light], corners: [[f64; 2]; 4], samples: usize) -> [f32; 3] {
        let mut sum = [0.0; 3];
        for k in 0..samples * samples {
            let u = ((k % samples) as f64 + 0.5) / samples as f64;
            let v = ((k / samples) as f64 + 0.5) / samples as f64;
            let [x, y] = between(corners, u, v);
            for light in lights {
                let brightness = light.at(x, y);
                for (sum, flux) in sum.iter_mut().zip(light.flux) {
                    *sum += brightness * flux;
                }
            }
        }
        let area = (self.scale * self.scale) as f32 / (samples * samples) as f32;
        sum.map(|value| value * area)
    }
}

/// Between four points (lower left, lower right, upper left, upper right), at the fractions `u`
/// rightward and `v` upward.
fn between(corners: [[f64; 2]; 4], u: f64, v: f64) -> [f64; 2] {
    [0, 1].map(|axis| {
        let low = corners[0][axis] + u * (corners[1][axis] - corners[0][axis]);
        let high = corners[2][axis] + u * (corners[3][axis] - corners[2][axis]);
        low + v * (high - low)
    })
}
