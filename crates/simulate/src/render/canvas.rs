//! Three planes of light under construction, and where a place on the sky falls
//! on them.

use crate::record::Cutout;

/// Light in nanomaggies per pixel.
pub struct Canvas {
    /// Pixels along each side.
    pub size: usize,
    /// Side of a pixel, arcsec.
    pub scale: f64,
    /// Planes g, r, z one after the other; row 0 = south.
    pub data: Vec<f32>,
}

impl Canvas {
    pub fn new(cutout: Cutout) -> Self {
        let pixels = cutout.size_px * cutout.size_px;
        Self { size: cutout.size_px, scale: cutout.pixel_scale_arcsec, data: vec![0.0; 3 * pixels] }
    }

    /// Pixel coordinate of an offset from the centre, 0 at the middle of the first pixel.
    pub fn pixel(&self, arcsec: f64) -> f64 {
        arcsec / self.scale + 0.5 * (self.size as f64 - 1.0)
    }

    /// The plane of a band: 0 g, 1 r, 2 z.
    pub fn plane(&mut self, band: usize) -> &mut [f32] {
        let pixels = self.size * self.size;
        &mut self.data[band * pixels..(band + 1) * pixels]
    }

    /// All three planes.
    pub fn planes(&mut self) -> impl Iterator<Item = &mut [f32]> {
        self.data.chunks_exact_mut(self.size * self.size)
    }
}

/// A rectangle of pixels with light of its own, to be blurred and added.
#[derive(Clone)]
pub struct Stamp {
    /// Column of its left edge on the canvas.
    pub x0: usize,
    /// Row of its lower edge on the canvas.
    pub y0: usize,
    /// Pixels along x.
    pub width: usize,
    /// Pixels along y.
    pub height: usize,
    /// g, r, z.
    pub planes: [Vec<f32>; 3],
}

impl Stamp {
    /// An empty stamp over these columns and rows of the canvas, both half-open.
    pub fn new([x0, x1]: [usize; 2], [y0, y1]: [usize; 2]) -> Self {
        let (width, height) = (x1.saturating_sub(x0), y1.saturating_sub(y0));
        let plane = || vec![0.0; width * height];
        Self { x0, y0, width, height, planes: [plane(), plane(), plane()] }
    }

    /// The part inside a field of `size` pixels, for a stamp cut for one with `pad` more on every side.
    pub fn cropped(&self, pad: usize, size: usize) -> Self {
        let part = |start: usize, length: usize| {
            let (from, to) = (start.max(pad), (start + length).min(pad + size));
            [from, to.max(from)]
        };
        let (columns, rows) = (part(self.x0, self.width), part(self.y0, self.height));
        if columns[0] == columns[1] || rows[0] == rows[1] {
            return Self::new([0, 0], [0, 0]);
        }
        let mut inside = Self::new(columns.map(|c| c - pad), rows.map(|r| r - pad));
        for (to, from) in inside.planes.iter_mut().zip(&self.planes) {
            for (row, to) in to.chunks_exact_mut(inside.width).enumerate() {
                let start = (rows[0] + row - self.y0) * self.width + columns[0] - self.x0;
                to.copy_from_slice(&from[start..start + to.len()]);
            }
        }
        inside
    }

    /// Adds the stamp to the canvas it was cut for.
    pub fn add_to(&self, canvas: &mut Canvas) {
        if self.width == 0 {
            return;
        }
        let size = canvas.size;
        for (plane, light) in canvas.planes().zip(&self.planes) {
            for (row, light) in light.chunks_exact(self.width).enumerate() {
                let start = (self.y0 + row) * size + self.x0;
                for (pixel, light) in plane[start..start + self.width].iter_mut().zip(light) {
                    *pixel += light;
                }
            }
        }
    }
}
