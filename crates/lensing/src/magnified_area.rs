//! How much of the source plane is magnified more than so many times, all images of a
//! source together: rays are shot back from the image plane and counted where they land.

use crate::{marching::Grid, mass::Mass};

/// Rays across an image cell. Deflections are exact at the cell's corners and interpolated between.
const RAYS: usize = 6;

/// Area (arcsec²) of the source plane whose total magnification is above each threshold, from rays
/// out of the square of half-width `half_width` around the origin. Magnification is the mean over
/// source cells of side `cell` (0.1 arcsec suits a cluster), so a caustic does not count as infinite.
#[must_use]
pub fn magnified_areas(
    lens: &(impl Mass + ?Sized),
    half_width: f64,
    cell: f64,
    thresholds: &[f64],
) -> Vec<f64> {
    let grid = Grid::new(half_width, cell);
    let (nodes, step) = (grid.nodes(), grid.step());
    let xs: Vec<f64> = (0..nodes).map(|i| grid.at(i)).collect();
    let sources_of_row = |j: usize| {
        let ys = vec![grid.at(j); nodes];
        let (mut ax, mut ay) = (vec![0.0; nodes], vec![0.0; nodes]);
        lens.add_deflections(&xs, &ys, &mut ax, &mut ay);
        let points = xs.iter().zip(&ys).zip(ax.iter().zip(&ay));
        points.map(|((x, y), (ax, ay))| [x - ax, y - ay]).collect::<Vec<[f64; 2]>>()
    };
    let cells = nodes - 1;
    let mut counts = vec![0_u32; cells * cells];
    let mut land = |[x, y]: [f64; 2]| {
        let (i, j) = ((x + half_width) / step, (y + half_width) / step);
        if i >= 0.0 && j >= 0.0 && i < cells as f64 && j < cells as f64 {
            counts[j as usize * cells + i as usize] += 1;
        }
    };
    let mut below = sources_of_row(0);
    for j in 1..nodes {
        let above = sources_of_row(j);
        for i in 0..cells {
            shoot([below[i], below[i + 1], above[i], above[i + 1]], &mut land);
        }
        below = above;
    }
    let per_cell = (RAYS * RAYS) as f64;
    let above = |&threshold: &f64| {
        let cells = counts.iter().filter(|&&count| f64::from(count) > threshold * per_cell).count();
        cells as f64 * step * step
    };
    thresholds.iter().map(above).collect()
}

/// Spreads rays over a cell whose corners come from these source points.
fn shoot(corners: [[f64; 2]; 4], land: &mut impl FnMut([f64; 2])) {
    let [a, b, c, d] = corners;
    for v in (0..RAYS).map(|k| (k as f64 + 0.5) / RAYS as f64) {
        for u in (0..RAYS).map(|k| (k as f64 + 0.5) / RAYS as f64) {
            let [p, q, r, s] = [(1.0 - u) * (1.0 - v), u * (1.0 - v), (1.0 - u) * v, u * v];
            land([p * a[0] + q * b[0] + r * c[0] + s * d[0], p * a[1] + q * b[1] + r * c[1] + s * d[1]]);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Sis;

    #[test]
    fn an_isothermal_sphere_magnifies_a_disc_above_each_threshold() {
        // Two images of 1 ± θ_E/β: their sum is 2 θ_E/β inside β = θ_E, so μ > m within 2 θ_E/m.
        let lens = Sis::new([0.013, 0.027], 5.0).unwrap();
        let areas = magnified_areas(&lens, 30.0, 0.1, &[4.0, 8.0]);
        for (area, threshold) in areas.into_iter().zip([4.0, 8.0_f64]) {
            let exact = std::f64::consts::PI * (10.0 / threshold).powi(2);
            assert!((area / exact - 1.0).abs() < 0.01, "μ > {threshold}: {area} arcsec², {exact} expected");
        }
    }
}
