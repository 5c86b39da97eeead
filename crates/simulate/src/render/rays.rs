//! Ray-tracing of a source through a lens, once for all bands. Blocks of pixels
//! whose rays end far from the source are left out. In the others the lens is
//! traced on a lattice half an arcsec wide and interpolated with cubics, except
//! near galaxies, where every ray is traced. How many rays a pixel gets depends
//! on how fast the source's light changes over it.
//!
//! A ray's light is shared between its pixel and the eight around by quadratic
//! splines of its place in the pixel, so that a knot smaller than a pixel keeps
//! its place. The splines widen the light by ¼ pixel² along each axis; the
//! convolution that follows takes that off again.

use lensing::Mass;

use crate::render::{
    canvas::Stamp,
    light::Light,
    quadrature::{FINEST, rank_at_cusp, rank_for, rule_of},
};

/// Nodes of the lattice are at most this far apart, arcsec.
const LATTICE_ARCSEC: f64 = 0.53;
/// About the side of a block, arcsec.
const BLOCK_ARCSEC: f64 = 2.1;
/// Closer than this many arcsec · θ_E^¼ to a galaxy, its own deflection is computed for every ray and only
/// the rest interpolated: there its fourth derivative, some 10 θ_E/r⁴, moves cubics by more than 3e-4
/// arcsec.
const EXACT_ARCSEC: f64 = 2.8;
/// Within this distance of the halo's middle everything is traced ray by ray.
const CUSP_ARCSEC: f64 = 1.2;

/// The pixels of an image and where they lie.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Field {
    /// Pixels along x.
    pub width: usize,
    /// Pixels along y.
    pub height: usize,
    /// Side of a pixel, arcsec.
    pub scale: f64,
}

impl Field {
    /// Offset of a column's left edge from the middle, arcsec.
    pub fn column(&self, at: f64) -> f64 {
        (at - 0.5 * self.width as f64) * self.scale
    }

    /// Offset of a row's lower edge from the middle, arcsec.
    pub fn row(&self, at: f64) -> f64 {
        (at - 0.5 * self.height as f64) * self.scale
    }
}

/// A mass too concentrated to be interpolated; it is part of the whole lens.
#[derive(Debug)]
pub struct Knot {
    /// Where, arcsec.
    pub at: [f64; 2],
    /// Its Einstein radius, arcsec.
    pub theta_e: f64,
    /// The mass alone.
    pub mass: Box<dyn Mass>,
}

/// A lens made ready for tracing.
pub struct Lens<'a> {
    /// All of its mass.
    pub mass: &'a dyn Mass,
    /// The parts of it that are concentrated.
    pub knots: &'a [Knot],
    /// Middle of its halo.
    pub cusp: Option<[f64; 2]>,
    /// Largest rank of the rules for pixels; `None` for as fine as the light needs.
    pub coarsest: Option<usize>,
}

/// How much work a trace was.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Work {
    /// Deflections computed.
    pub deflections: usize,
    /// Rays whose light was looked up.
    pub rays: usize,
    /// Pixels with any.
    pub pixels: usize,
}

/// Light of the lensed source per pixel, nanomaggies, on a stamp with `margin` pixels around it.
pub fn trace(lens: &Lens, lights: &[Light], field: &Field, margin: usize) -> (Stamp, Work) {
    let mut tracer = Tracer::new(lens, lights, field);
    let blocks = tracer.blocks();
    let span = |axis: usize, size: usize| {
        let side = tracer.block * tracer.stride;
        let low = blocks.iter().map(|b| b[axis] * side).min().unwrap_or(0);
        let high = blocks.iter().map(|b| (b[axis] + 1) * side).max().unwrap_or(0);
        // One more for the splines.
        [low.saturating_sub(margin + 1), (high + margin + 1).min(size)]
    };
    if blocks.is_empty() {
        return (Stamp::new([0, 0], [0, 0]), tracer.work);
    }
    let mut stamp = Stamp::new(span(0, field.width), span(1, field.height));
    let lattice = tracer.lattice(&blocks);
    for &block in &blocks {
        tracer.block(block, &lattice, &mut stamp);
    }
    tracer.exact(&mut stamp);
    (stamp, tracer.work)
}

struct Tracer<'a> {
    lens: &'a Lens<'a>,
    lights: &'a [Light],
    field: &'a Field,
    /// Pixels along the side of a cell of the lattice.
    stride: usize,
    /// Cells along the side of a block.
    block: usize,
    /// Surface brightness that sets what is faint.
    reference: f64,
    /// Cubic weights of the four nodes, by rule and pixel within the cell, of each point.
    weights: Vec<Vec<Vec<[f64; 4]>>>,
    /// Rays to be traced one by one.
    queue: Queue,
    work: Work,
}

#[derive(Default)]
struct Queue {
    x: Vec<f64>,
    y: Vec<f64>,
    ray: Vec<Ray>,
    weight: Vec<f32>,
    mask: Vec<u64>,
}

/// Where a ray's light goes: its pixel, counted in the stamp from 0, and the splines' shares.
#[derive(Debug, Clone, Copy)]
struct Ray {
    column: usize,
    row: usize,
    across: [f32; 3],
    up: [f32; 3],
}

/// Shares of the pixels before, at and after, for a place `u` from 0 to 1 in the middle one.
fn spline(u: f64) -> [f32; 3] {
    let t = u - 0.5;
    [0.5 * (0.5 - t) * (0.5 - t), 0.75 - t * t, 0.5 * (0.5 + t) * (0.5 + t)].map(|w| w as f32)
}

/// Rays traced on the corners of cells, over a rectangle of cells and one more on each side.
struct Lattice {
    /// First cell.
    from: [usize; 2],
    /// Nodes along x.
    side: usize,
    x: Vec<f64>,
    y: Vec<f64>,
}

impl<'a> Tracer<'a> {
    fn new(lens: &'a Lens<'a>, lights: &'a [Light], field: &'a Field) -> Self {
        // At a glance the lattice is twice as wide.
        let spacing = if lens.coarsest.is_some() { 2.0 * LATTICE_ARCSEC } else { LATTICE_ARCSEC };
        let stride = ((spacing / field.scale) as usize).clamp(1, 8);
        let block = ((BLOCK_ARCSEC / (field.scale * stride as f64)).round() as usize).max(1);
        let weights = (0..=FINEST)
            .map(|rank| {
                let points = &rule_of(rank).points;
                let at = |s: usize| points.iter().map(|p| cubic((s as f64 + p.0) / stride as f64)).collect();
                (0..stride).map(at).collect()
            })
            .collect();
        let reference = lights.iter().map(Light::washed).fold(1e-30, f64::max);
        let (queue, work) = (Queue::default(), Work::default());
        Self { lens, lights, field, stride, block, reference, weights, queue, work }
    }

    /// Cells along x and y.
    fn cells(&self) -> [usize; 2] {
        [self.field.width.div_ceil(self.stride), self.field.height.div_ceil(self.stride)]
    }

    /// Where rays through these points end.
    fn ends(&mut self, xs: &[f64], ys: &[f64]) -> (Vec<f64>, Vec<f64>) {
        self.work.deflections += xs.len();
        let (mut ax, mut ay) = (vec![0.0; xs.len()], vec![0.0; xs.len()]);
        self.lens.mass.add_deflections(xs, ys, &mut ax, &mut ay);
        for ((&x, &y), (ax, ay)) in xs.iter().zip(ys).zip(ax.iter_mut().zip(&mut ay)) {
            (*ax, *ay) = (x - *ax, y - *ay);
        }
        (ax, ay)
    }

    /// Blocks, by column and row, that may see the source.
    fn blocks(&mut self) -> Vec<[usize; 2]> {
        let cells = self.cells();
        let [across, up] = cells.map(|c| c.div_ceil(self.block));
        let node = |k: usize, count: usize| ((k * self.block).min(count) * self.stride) as f64;
        let side = across + 1;
        let (mut xs, mut ys) = (Vec::new(), Vec::new());
        for j in 0..=up {
            for i in 0..side {
                xs.push(self.field.column(node(i, cells[0])));
                ys.push(self.field.row(node(j, cells[1])));
            }
        }
        let (ex, ey) = self.ends(&xs, &ys);
        let width = (self.block * self.stride) as f64 * self.field.scale;
        let mut blocks = Vec::new();
        for j in 0..up {
            for i in 0..across {
                let at = j * side + i;
                let corners = [at, at + 1, at + side, at + side + 1].map(|n| [ex[n], ey[n]]);
                let middle = [0.5 * (xs[at] + xs[at + side + 1]), 0.5 * (ys[at] + ys[at + side + 1])];
                // A galaxy inside a block bends rays that its corners know nothing of.
                let bent: f64 = self.knots_near(middle, 1.2 * width).map(|knot| knot.theta_e).sum();
                let (centre, around) = circle(corners);
                let around = around + 0.1 + 0.05 * around + bent;
                if self.lights.iter().any(|light| light.need(centre, around).is_some()) {
                    blocks.push([i, j]);
                }
            }
        }
        blocks
    }

    fn knots_near(&self, [x, y]: [f64; 2], reach: f64) -> impl Iterator<Item = &Knot> {
        self.lens.knots.iter().filter(move |k| (k.at[0] - x).abs().max((k.at[1] - y).abs()) < reach)
    }

    /// The rays at all nodes that the blocks need.
    fn lattice(&mut self, blocks: &[[usize; 2]]) -> Lattice {
        let low = |axis: usize| blocks.iter().map(|b| b[axis]).min().unwrap_or(0) * self.block;
        let high = |axis: usize| (blocks.iter().map(|b| b[axis]).max().unwrap_or(0) + 1) * self.block;
        let from = [low(0), low(1)];
        // Cells c needs nodes c − 1 to c + 2; the first stored node is `from` − 1.
        let (side, rows) = (high(0) - from[0] + 3, high(1) - from[1] + 3);
        let mut wanted = vec![false; side * rows];
        for block in blocks {
            let first = [0, 1].map(|axis| block[axis] * self.block - from[axis]);
            for row in first[1]..first[1] + self.block + 3 {
                wanted[row * side + first[0]..row * side + first[0] + self.block + 3].fill(true);
            }
        }
        let list: Vec<usize> = (0..wanted.len()).filter(|&n| wanted[n]).collect();
        let place = |index: usize, axis: usize| {
            let node = (index + from[axis]) as f64 - 1.0;
            node * self.stride as f64
        };
        let xs: Vec<f64> = list.iter().map(|&n| self.field.column(place(n % side, 0))).collect();
        let ys: Vec<f64> = list.iter().map(|&n| self.field.row(place(n / side, 1))).collect();
        let (ex, ey) = self.ends(&xs, &ys);
        let (mut x, mut y) = (vec![0.0; wanted.len()], vec![0.0; wanted.len()]);
        for (k, &n) in list.iter().enumerate() {
            (x[n], y[n]) = (ex[k], ey[k]);
        }
        Lattice { from, side, x, y }
    }

    fn block(&mut self, block: [usize; 2], lattice: &Lattice, stamp: &mut Stamp) {
        let cells = self.cells();
        for j in block[1] * self.block..((block[1] + 1) * self.block).min(cells[1]) {
            for i in block[0] * self.block..((block[0] + 1) * self.block).min(cells[0]) {
                self.cell([i, j], lattice, stamp);
            }
        }
    }

    fn cell(&mut self, [i, j]: [usize; 2], lattice: &Lattice, stamp: &mut Stamp) {
        let at = (j - lattice.from[1]) * lattice.side + i - lattice.from[0];
        let (mut bx, mut by) = ([[0.0; 4]; 4], [[0.0; 4]; 4]);
        for row in 0..4 {
            let start = at + row * lattice.side;
            bx[row].copy_from_slice(&lattice.x[start..start + 4]);
            by[row].copy_from_slice(&lattice.y[start..start + 4]);
        }
        let corners =
            [(1, 1), (1, 2), (2, 1), (2, 2)].map(|(row, column)| [bx[row][column], by[row][column]]);
        let size = self.stride as f64 * self.field.scale;
        let first = [i * self.stride, j * self.stride];
        let middle =
            [self.field.column(first[0] as f64) + 0.5 * size, self.field.row(first[1] as f64) + 0.5 * size];
        let far = |at: [f64; 2]| (at[0] - middle[0]).hypot(at[1] - middle[1]);
        let exact = self.lens.cusp.is_some_and(|cusp| far(cusp) < CUSP_ARCSEC);
        let (mut near, mut bent, mut inside) = (Vec::new(), 0.0, 0.0);
        for knot in self.lens.knots {
            let apart = far(knot.at);
            if apart < EXACT_ARCSEC * knot.theta_e.sqrt().sqrt() * (size / 0.524).max(0.5) + 0.7 * size {
                near.push(knot);
                bent += knot.theta_e * (size / apart.max(size)).powi(2);
                // A galaxy in the cell stretches it more than its corners say.
                inside += if apart < 1.2 * size { knot.theta_e } else { 0.0 };
            }
        }
        let (centre, half) = circle(corners);
        let around = 1.02 * half + bent + 1e-3;
        let pixel = 1.5 * (half + inside) / self.stride as f64;
        let (mut mask, mut rank) = (0_u64, 0);
        for (number, light) in self.lights.iter().enumerate() {
            if let Some(need) = light.need(centre, around) {
                mask |= 1 << number.min(63);
                let share = need.brightness * light.strongest() / self.reference;
                let own = rank_for(pixel, need.scale, share);
                rank = rank.max(if need.cusp && share > 0.05 { rank_at_cusp(own) } else { own });
            }
        }
        if mask == 0 {
            return;
        }
        rank = rank.min(self.lens.coarsest.unwrap_or(FINEST));
        if !exact && !near.is_empty() {
            return self.cell_near(&near, [bx, by], first, (mask, rank), stamp);
        }
        let rule = &rule_of(rank).points;
        for y in first[1]..(first[1] + self.stride).min(self.field.height) {
            for x in first[0]..(first[0] + self.stride).min(self.field.width) {
                self.work.pixels += 1;
                self.work.rays += rule.len() * rule.len();
                let (column_, row_) = (x - stamp.x0, y - stamp.y0);
                if exact {
                    for &(v, weight) in rule {
                        for &(u, share) in rule {
                            self.queue.x.push(self.field.column(x as f64 + u));
                            self.queue.y.push(self.field.row(y as f64 + v));
                            self.queue.ray.push(Ray {
                                column: column_,
                                row: row_,
                                across: spline(u),
                                up: spline(v),
                            });
                            self.queue.weight.push((weight * share) as f32);
                            self.queue.mask.push(mask);
                        }
                    }
                    continue;
                }
                let across = &self.weights[rank][x - first[0]];
                let up = &self.weights[rank][y - first[1]];
                for (&(v, weight), w) in rule.iter().zip(up) {
                    let (cx, cy) = (column(&bx, w), column(&by, w));
                    // The row's light already shared across.
                    let mut shared = [[0.0; 3]; 3];
                    for (&(u, share), w) in rule.iter().zip(across) {
                        let mut sum = [0.0; 3];
                        shine(self.lights, mask, dot(&cx, w), dot(&cy, w), (weight * share) as f32, &mut sum);
                        for (shared, part) in shared.iter_mut().zip(spline(u)) {
                            shared.iter_mut().zip(sum).for_each(|(to, light)| *to += part * light);
                        }
                    }
                    self.add_row(stamp, [column_, row_], &shared, spline(v));
                }
            }
        }
    }

    /// A cell near galaxies: the lens without them is interpolated, their deflections are computed.
    fn cell_near(
        &mut self,
        near: &[&Knot],
        [mut bx, mut by]: [[[f64; 4]; 4]; 2],
        first: [usize; 2],
        (mask, rank): (u64, usize),
        stamp: &mut Stamp,
    ) {
        let node = |k: usize, first: usize| (first as f64) + (k as f64 - 1.0) * self.stride as f64;
        let xs: Vec<f64> = (0..16).map(|n| self.field.column(node(n % 4, first[0]))).collect();
        let ys: Vec<f64> = (0..16).map(|n| self.field.row(node(n / 4, first[1]))).collect();
        let (ax, ay) = bent_by(near, &xs, &ys);
        for n in 0..16 {
            bx[n / 4][n % 4] += ax[n];
            by[n / 4][n % 4] += ay[n];
        }
        let rule = &rule_of(rank).points;
        let (mut rx, mut ry, mut sx, mut sy) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
        let mut owner = Vec::new();
        for y in first[1]..(first[1] + self.stride).min(self.field.height) {
            for x in first[0]..(first[0] + self.stride).min(self.field.width) {
                self.work.pixels += 1;
                let across = &self.weights[rank][x - first[0]];
                let up = &self.weights[rank][y - first[1]];
                for (&(v, weight), w) in rule.iter().zip(up) {
                    let (cx, cy) = (column(&bx, w), column(&by, w));
                    for (&(u, share), w) in rule.iter().zip(across) {
                        rx.push(self.field.column(x as f64 + u));
                        ry.push(self.field.row(y as f64 + v));
                        sx.push(dot(&cx, w));
                        sy.push(dot(&cy, w));
                        let place =
                            Ray { column: x - stamp.x0, row: y - stamp.y0, across: spline(u), up: spline(v) };
                        owner.push((place, (weight * share) as f32));
                    }
                }
            }
        }
        self.work.rays += rx.len();
        let (ax, ay) = bent_by(near, &rx, &ry);
        for (k, &(place, weight)) in owner.iter().enumerate() {
            let mut sum = [0.0; 3];
            shine(self.lights, mask, sx[k] - ax[k], sy[k] - ay[k], weight, &mut sum);
            self.add(stamp, place, sum);
        }
    }

    /// Traces the rays that wait, and adds their light.
    fn exact(&mut self, stamp: &mut Stamp) {
        let queue = std::mem::take(&mut self.queue);
        let (ex, ey) = self.ends(&queue.x, &queue.y);
        for k in 0..ex.len() {
            let mut sum = [0.0; 3];
            shine(self.lights, queue.mask[k], ex[k], ey[k], queue.weight[k], &mut sum);
            self.add(stamp, queue.ray[k], sum);
        }
    }

    /// Adds one ray's light.
    fn add(&self, stamp: &mut Stamp, ray: Ray, light: [f32; 3]) {
        let shared = ray.across.map(|part| light.map(|light| part * light));
        self.add_row(stamp, [ray.column, ray.row], &shared, ray.up);
    }

    /// Adds light that is already shared across (by column, then band) to three rows.
    #[inline(always)]
    fn add_row(&self, stamp: &mut Stamp, [column, row]: [usize; 2], shared: &[[f32; 3]; 3], up: [f32; 3]) {
        let area = (self.field.scale * self.field.scale) as f32;
        let Some(left) = column.checked_sub(1).filter(|left| left + 3 <= stamp.width) else { return };
        for (step, part) in up.into_iter().enumerate() {
            let Some(y) = (row + step).checked_sub(1).filter(|&y| y < stamp.height) else { continue };
            let start = y * stamp.width + left;
            for (band, plane) in stamp.planes.iter_mut().enumerate() {
                for (pixel, light) in plane[start..start + 3].iter_mut().zip(shared) {
                    *pixel += area * part * light[band];
                }
            }
        }
    }
}

/// Deflections by some masses at many points.
fn bent_by(knots: &[&Knot], xs: &[f64], ys: &[f64]) -> (Vec<f64>, Vec<f64>) {
    let (mut ax, mut ay) = (vec![0.0; xs.len()], vec![0.0; xs.len()]);
    for knot in knots {
        knot.mass.add_deflections(xs, ys, &mut ax, &mut ay);
    }
    (ax, ay)
}

/// Four columns interpolated between four rows.
#[inline(always)]
fn column(b: &[[f64; 4]; 4], w: &[f64; 4]) -> [f64; 4] {
    [0, 1, 2, 3].map(|c| w[0] * b[0][c] + w[1] * b[1][c] + w[2] * b[2][c] + w[3] * b[3][c])
}

#[inline(always)]
fn dot(c: &[f64; 4], w: &[f64; 4]) -> f64 {
    w[0] * c[0] + w[1] * c[1] + w[2] * c[2] + w[3] * c[3]
}

/// Adds the light one ray meets, per arcsec². Lights beyond the 63rd share the last bit of the mask.
#[inline(always)]
fn shine(lights: &[Light], mut mask: u64, x: f64, y: f64, weight: f32, sum: &mut [f32; 3]) {
    while mask != 0 {
        let first = mask.trailing_zeros() as usize;
        mask &= mask - 1;
        let last = if first == 63 { lights.len() } else { first + 1 };
        for light in &lights[first..last] {
            let brightness = weight * light.at(x, y);
            for (sum, flux) in sum.iter_mut().zip(light.flux) {
                *sum += brightness * flux;
            }
        }
    }
}

/// Middle of four points, and the distance of the farthest from it.
fn circle(corners: [[f64; 2]; 4]) -> ([f64; 2], f64) {
    let centre = [0, 1].map(|axis| 0.25 * corners.iter().map(|c| c[axis]).sum::<f64>());
    let far = |c: &[f64; 2]| (c[0] - centre[0]).hypot(c[1] - centre[1]);
    (centre, corners.iter().map(far).fold(0.0, f64::max))
}

/// Weights of nodes at −1, 0, 1, 2 of the cubic through them at `u`.
fn cubic(u: f64) -> [f64; 4] {
    [
        -u * (u - 1.0) * (u - 2.0) / 6.0,
        (u + 1.0) * (u - 1.0) * (u - 2.0) / 2.0,
        -(u + 1.0) * u * (u - 2.0) / 2.0,
        (u + 1.0) * u * (u - 1.0) / 6.0,
    ]
}

#[cfg(test)]
mod tests {
    use lensing::Composite;

    use super::*;
    use crate::record::Galaxy;

    #[test]
    fn without_a_lens_every_profile_keeps_its_light_wherever_it_stands() {
        let field = Field { width: 101, height: 101, scale: 0.262 };
        let nothing = Composite::new();
        for (n, r_e) in [(0.5, 0.04), (0.5, 0.3), (1.0, 0.1), (1.0, 0.5), (2.5, 0.3), (3.5, 0.06), (4.0, 0.2)]
        {
            for shift in [0.0, 0.05, 0.131] {
                let galaxy = Galaxy { x: shift, y: 0.7 * shift, n, r_e, q: 0.7, pa: 30.0, mag: [22.5; 3] };
                let light = Light::sersic(&galaxy, [1.0; 3]).unwrap();
                let expected = light.held;
                let (stamp, _) = trace(
                    &Lens { mass: &nothing, knots: &[], cusp: None, coarsest: None },
                    &[light],
                    &field,
                    0,
                );
                let sum: f64 = stamp.planes[0].iter().map(|&v| f64::from(v)).sum();
                let off = sum / expected - 1.0;
                assert!(off.abs() < 5e-3, "n {n}, r_e {r_e}, at {shift}: {sum} not {expected}");
            }
        }
    }
}
