//! What is compared: sources and catalogue stars in one plane, pixels from the
//! middle of the image as the claimed projection has them.

use imaging::TanSip;

use super::{CheckSettings, RefStar};
use crate::Field;

/// Most stars looked at.
const MAX_STARS: usize = 1500;
/// Stars wanted inside the image at least.
const LEAST_STARS: usize = 30;

pub(super) struct Scene {
    pub width: f64,
    pub height: f64,
    pub sources: Vec<[f64; 2]>,
    /// Also those beyond the number that is looked at.
    pub all_sources: usize,
    /// Logarithm of the density of sources where each one is, in shares of all per square pixel.
    pub ln_density: Vec<f64>,
    /// Brightest first.
    pub stars: Vec<[f64; 2]>,
    /// Those that should be in the image.
    pub inside: usize,
    /// Standard error of source minus star along one axis, pixels.
    pub sigma: f64,
    buckets: Buckets,
}

impl Scene {
    pub(super) fn new(field: &Field, claimed: &TanSip, stars: &[RefStar], settings: &CheckSettings) -> Self {
        let (width, height) = (f64::from(field.width), f64::from(field.height));
        let scale = claimed.tan.pixel_scale_arcsec();
        let parts = [field.sigma_px, settings.star_sigma_arcsec / scale, settings.projection_sigma_px];
        let sigma = parts.iter().filter(|s| s.is_finite()).map(|s| s * s).sum::<f64>().sqrt().max(0.1);
        let shown = |p: &[f64; 2]| p[0].abs() <= width / 2.0 && p[1].abs() <= height / 2.0;
        let sources: Vec<[f64; 2]> = field
            .sources
            .iter()
            .map(|s| [s.x - (width - 1.0) / 2.0, s.y - (height - 1.0) / 2.0])
            .filter(shown)
            .take(settings.max_sources)
            .collect();
        let stars = Self::project(claimed, stars, (width, height), sources.len(), settings);
        let inside = stars.iter().filter(|p| shown(p)).count();
        let ln_density = density(&sources, width, height);
        let buckets = Buckets::new(&stars);
        let all_sources = field.sources.len();
        Self { width, height, sources, all_sources, ln_density, stars, inside, sigma, buckets }
    }

    /// The brightest stars in and around the image, about twice as many in it as it has sources.
    fn project(
        claimed: &TanSip,
        stars: &[RefStar],
        (width, height): (f64, f64),
        sources: usize,
        settings: &CheckSettings,
    ) -> Vec<[f64; 2]> {
        let reach = settings.reach.clamp(0.0, 10.0) * width.max(height);
        let within = |p: &[f64; 2], margin: f64| {
            p[0].abs() <= width / 2.0 + margin && p[1].abs() <= height / 2.0 + margin
        };
        let middle = |(x, y): (f64, f64)| [x - f64::midpoint(1.0, width), y - f64::midpoint(1.0, height)];
        let mut near: Vec<(f64, [f64; 2])> = stars
            .iter()
            .filter_map(|star| {
                let flat = middle(claimed.tan.sky_to_pixel(star.position)?);
                // A distortion is only known where the image is.
                let near_by = within(&flat, 0.1 * width.max(height));
                let bent = near_by.then(|| claimed.sky_to_pixel(star.position).map(middle)).flatten();
                let p = bent.unwrap_or(flat);
                (within(&p, reach) && star.magnitude.is_finite()).then_some((star.magnitude, p))
            })
            .collect();
        near.sort_by(|a, b| {
            a.0.total_cmp(&b.0).then(a.1[0].total_cmp(&b.1[0])).then(a.1[1].total_cmp(&b.1[1]))
        });
        let wanted = (2 * sources).max(LEAST_STARS);
        let mut inside = 0;
        let enough = |&(_, p): &(f64, [f64; 2])| {
            inside += usize::from(within(&p, 0.0));
            inside <= wanted
        };
        near.into_iter().take_while(enough).take(MAX_STARS).map(|(_, p)| p).collect()
    }

    pub(super) fn area(&self) -> f64 {
        (self.width * self.height).max(1.0)
    }

    pub(super) fn longer_side(&self) -> f64 {
        self.width.max(self.height)
    }

    pub(super) fn half_diagonal(&self) -> f64 {
        self.width.hypot(self.height) / 2.0
    }

    /// What may be off without being wrong, pixels: max(2 px, 2 σ) by default.
    pub(super) fn tolerance(&self, settings: &CheckSettings) -> f64 {
        settings.tolerance_px.max(2.0 * self.sigma)
    }

    /// Logarithm of the number of shifts up to `reach` that can be told apart.
    pub(super) fn ln_shifts(&self, reach: f64) -> f64 {
        2.0 * (reach / self.sigma).max(1.0).ln()
    }

    /// Logarithm of the odds that a source right on a star adds, where sources are spread evenly.
    pub(super) fn ln_worth(&self, settings: &CheckSettings) -> f64 {
        let per_star = std::f64::consts::TAU * self.sigma * self.sigma * self.inside.max(1) as f64;
        ((1.0 - settings.distractors) * self.area() / per_star).ln()
    }

    /// A bound to the logarithm of the odds: every source or star, of which there are fewer, has its match.
    pub(super) fn ln_most(&self, settings: &CheckSettings) -> f64 {
        let matches = self.sources.len().min(self.stars.len()).max(1) as f64;
        let sparsest = self.ln_density.iter().copied().fold(0.0, f64::min);
        let per_star = std::f64::consts::TAU * self.sigma * self.sigma * matches;
        matches * (((1.0 - settings.distractors) / per_star).ln() - sparsest)
    }

    /// The star nearest to a place, and the square of its distance, if within `radius`.
    pub(super) fn nearest(&self, p: [f64; 2], radius: f64) -> Option<(usize, f64)> {
        let mut best: Option<(usize, f64)> = None;
        self.buckets.each_near(p, radius, |star| {
            let s = self.stars[star];
            let square = (s[0] - p[0]).powi(2) + (s[1] - p[1]).powi(2);
            let closer = best.is_none_or(|(old, least)| square < least || (square == least && star < old));
            if square <= radius * radius && closer {
                best = Some((star, square));
            }
        });
        best
    }
}

/// Measured in boxes of some four sources, one more added to each box: where sources crowd, a match says less.
fn density(sources: &[[f64; 2]], width: f64, height: f64) -> Vec<f64> {
    let side = ((sources.len() as f64 / 4.0).sqrt().floor() as usize).clamp(1, 16);
    let cell = |value: f64, size: f64| {
        (((value / size + 0.5) * side as f64).floor().max(0.0) as usize).min(side - 1)
    };
    let of = |p: &[f64; 2]| cell(p[1], height) * side + cell(p[0], width);
    let mut counts = vec![1.0; side * side];
    for p in sources {
        counts[of(p)] += 1.0;
    }
    let whole = (sources.len() + side * side) as f64;
    let area = (width * height).max(1.0) / (side * side) as f64;
    sources.iter().map(|p| (counts[of(p)] / (whole * area)).ln()).collect()
}

/// Points by the cell of a grid they lie in.
struct Buckets {
    low: [f64; 2],
    step: f64,
    columns: usize,
    rows: usize,
    /// Where the points of each cell begin.
    starts: Vec<u32>,
    members: Vec<u32>,
}

impl Buckets {
    fn new(points: &[[f64; 2]]) -> Self {
        let bound =
            |k: usize, pick: fn(f64, f64) -> f64, from: f64| points.iter().map(|p| p[k]).fold(from, pick);
        let low = [0, 1].map(|k| bound(k, f64::min, f64::INFINITY));
        let high = [0, 1].map(|k| bound(k, f64::max, f64::NEG_INFINITY));
        if points.is_empty() {
            return Self { low: [0.0; 2], step: 1.0, columns: 0, rows: 0, starts: vec![0], members: vec![] };
        }
        let side = (points.len() as f64).sqrt().ceil().max(1.0);
        let step = ((high[0] - low[0]).max(high[1] - low[1]) / side).max(1e-6);
        let count = |k: usize| ((high[k] - low[k]) / step).floor() as usize + 1;
        let (columns, rows) = (count(0), count(1));
        let cell = |p: &[f64; 2]| {
            let at = |k: usize, limit: usize| (((p[k] - low[k]) / step) as usize).min(limit - 1);
            at(1, rows) * columns + at(0, columns)
        };
        let mut starts = vec![0_u32; columns * rows + 1];
        for p in points {
            starts[cell(p) + 1] += 1;
        }
        for i in 1..starts.len() {
            starts[i] += starts[i - 1];
        }
        let (mut next, mut members) = (starts.clone(), vec![0; points.len()]);
        for (number, p) in (0_u32..).zip(points) {
            let slot = &mut next[cell(p)];
            members[*slot as usize] = number;
            *slot += 1;
        }
        Self { low, step, columns, rows, starts, members }
    }

    /// Every point of the cells that a circle touches.
    fn each_near(&self, p: [f64; 2], radius: f64, mut visit: impl FnMut(usize)) {
        let range = |k: usize, limit: usize| {
            let from = ((p[k] - radius - self.low[k]) / self.step).floor().max(0.0);
            let to = ((p[k] + radius - self.low[k]) / self.step).floor().min(limit as f64 - 1.0);
            // NaN and an empty range give none.
            if to >= from { from as usize..to as usize + 1 } else { 0..0 }
        };
        for row in range(1, self.rows) {
            for column in range(0, self.columns) {
                let cell = row * self.columns + column;
                let members = self.starts[cell] as usize..self.starts[cell + 1] as usize;
                self.members[members].iter().for_each(|&number| visit(number as usize));
            }
        }
    }
}
