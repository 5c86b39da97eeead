//! Every critical curve of a lens in a field, tangential and radial, and the caustics they
//! map to: contours of the eigenvalues 1 − κ ∓ |γ| on a grid, from analytic second
//! derivatives. For the one loop around a halo's centre, [`crate::tangential_curve`] is cheaper.

use crate::{
    critical::CriticalCurve,
    hessian::Hessian,
    marching::{Contours, Grid, contours},
    mass::Mass,
};

/// Loops of less than this area (a circle of radius 1 arcsec) are left out beside a larger one.
const SMALLEST_ARCSEC2: f64 = std::f64::consts::PI;

/// The critical curves in a field, the largest first.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct CriticalCurves {
    /// Where 1 − κ − |γ| = 0: images are drawn out along these.
    pub tangential: Vec<CriticalCurve>,
    /// Where 1 − κ + |γ| = 0: images are drawn out across these. A profile that is singular in its
    /// centre may have none.
    pub radial: Vec<CriticalCurve>,
    /// Contours that leave the field and are therefore not in the lists, one more if all of its edge
    /// lies inside a tangential curve; 0 in a field large enough.
    pub cut_off: usize,
}

impl CriticalCurves {
    /// Radius of the circle with the area of the largest tangential loop, arcsec: the effective
    /// Einstein radius. 0 if there is none.
    #[must_use]
    pub fn theta_e_arcsec(&self) -> f64 {
        self.tangential.first().map_or(0.0, CriticalCurve::theta_e_arcsec)
    }
}

/// All critical curves of `lens` in the square of half-width `half_width` (arcsec) around the
/// origin, searched every `step` arcsec (60 and 0.1 suit a cluster) and then refined. Loops below
/// π(1″)² are dropped, unless the largest is one. At most 4096 steps a side are made.
#[must_use]
pub fn critical_curves(lens: &(impl Mass + ?Sized), half_width: f64, step: f64) -> CriticalCurves {
    let grid = Grid::new(half_width, step);
    let eigenvalues = grid.sample(|x, y| {
        let hessian = lens.hessian(x, y);
        (hessian.tangential_eigenvalue(), hessian.radial_eigenvalue())
    });
    let (tangential, radial): (Vec<f64>, Vec<f64>) = eigenvalues.into_iter().unzip();
    let last = grid.nodes() - 1;
    let edge = |i: usize| [i, last * grid.nodes() + i, i * grid.nodes(), i * grid.nodes() + last];
    let inside = (0..=last).flat_map(edge).all(|node| tangential[node] < 0.0);
    let mut cut_off = usize::from(inside);
    let mut loops = |values: &[f64], eigenvalue: fn(&Hessian) -> f64| {
        let Contours { closed, open } = contours(&grid, values, |x, y| eigenvalue(&lens.hessian(x, y)));
        cut_off += open;
        let mut curves: Vec<CriticalCurve> =
            closed.into_iter().map(|image| CriticalCurve::of(lens, image)).collect();
        curves.sort_by(|a, b| b.area_arcsec2().total_cmp(&a.area_arcsec2()));
        // A galaxy alone has small curves, which are all there is; of fewer cells than these it may be
        // the grid's doing.
        let resolved = 16.0 * step * step;
        let least =
            curves.first().map_or(0.0, |c| c.area_arcsec2().clamp(resolved, SMALLEST_ARCSEC2.max(resolved)));
        curves.retain(|curve| curve.area_arcsec2() >= least);
        curves
    };
    let tangential = loops(&tangential, Hessian::tangential_eigenvalue);
    let radial = loops(&radial, Hessian::radial_eigenvalue);
    CriticalCurves { tangential, radial, cut_off }
}
