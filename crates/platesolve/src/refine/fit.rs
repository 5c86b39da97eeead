//! A polynomial from pixels to the plane that touches the sky in the middle of the
//! image: linear in its parameters, so that least squares need no iteration.

use domain::SkyCoord;
use imaging::{Polynomial, TanSip, TanWcs, solve_symmetric};

use crate::{
    Index, Match, Solution,
    plane::{Plane, axes},
    solve::{Prepared, Star},
    vector::{self, Vec3, dot, unit},
    verify::{self, Pair, Reference, Score, Sources, Spread},
};

/// Pairs at least as likely as this are told.
const LIKELY: f64 = 0.5;

/// A polynomial from pixels to the plane that touches the sky at `centre`, in units of about a pixel.
#[derive(Debug, Clone)]
pub(super) struct Fit {
    centre: Vec3,
    east: Vec3,
    north: Vec3,
    /// Radians per unit of the plane.
    scale: f64,
    /// Pixel (from 0) of the polynomial's origin: the middle of the image.
    origin: [f64; 2],
    /// Pixels per unit of the polynomial's variables.
    half: f64,
    order: usize,
    east_of: Polynomial,
    north_of: Polynomial,
}

impl Fit {
    pub fn begin(image: &Prepared, plane: &Plane) -> Self {
        let origin = image.centre();
        let centre = plane.direction(origin);
        let (east, north) = axes(centre);
        let half = image.size[0].max(image.size[1]) / 2.0;
        let mut fit = Self {
            centre,
            east,
            north,
            scale: plane.scale(),
            origin,
            half,
            order: 1,
            east_of: Polynomial::zero(1),
            north_of: Polynomial::zero(1),
        };
        // The slopes of the plane that was tangent elsewhere, over the quarter image.
        let at = |dx: f64, dy: f64| fit.place(plane.direction([origin[0] + dx, origin[1] + dy]));
        let step = half / 4.0;
        let (right, up, left, down) = (at(step, 0.0), at(0.0, step), at(-step, 0.0), at(0.0, -step));
        let slope = |a: f64, b: f64| (a - b) * half / (2.0 * step);
        let east_of = [slope(right[0], left[0]), slope(up[0], down[0])];
        let north_of = [slope(right[1], left[1]), slope(up[1], down[1])];
        fit.east_of = Polynomial::from_terms(1, 1, &east_of);
        fit.north_of = Polynomial::from_terms(1, 1, &north_of);
        fit
    }

    /// The linear part.
    pub fn plane(&self) -> Plane {
        let slopes = |polynomial: &Polynomial| {
            [polynomial.rows[1][0], polynomial.rows[0][1]].map(|slope| slope * self.scale / self.half)
        };
        Plane::new(self.centre, self.origin, [slopes(&self.east_of), slopes(&self.north_of)])
    }

    pub fn terms(&self) -> usize {
        Polynomial::terms(0, self.order).count()
    }

    /// A direction on the plane; far away for the far half of the sky.
    pub fn place(&self, direction: Vec3) -> [f64; 2] {
        let depth = dot(direction, self.centre);
        if depth <= 0.05 {
            return [f64::INFINITY; 2];
        }
        [dot(direction, self.east) / depth / self.scale, dot(direction, self.north) / depth / self.scale]
    }

    /// Variables of the polynomial at a pixel.
    fn variables(&self, [x, y]: [f64; 2]) -> (f64, f64) {
        ((x - self.origin[0]) / self.half, (y - self.origin[1]) / self.half)
    }

    /// Where a pixel lies on the plane.
    pub fn mapped(&self, pixel: [f64; 2]) -> [f64; 2] {
        let (s, t) = self.variables(pixel);
        [self.east_of.at(s, t), self.north_of.at(s, t)]
    }

    /// The whole model, on the plane.
    pub fn score(&self, image: &Prepared, stars: &[Star], used: &[usize], spread: Spread) -> Score {
        let reference = Reference::new(stars.iter().map(|star| self.place(star.direction)).collect());
        let mapped: Vec<[f64; 2]> = image.weighed().iter().map(|&p| self.mapped(p)).collect();
        verify::score(Sources { points: &mapped, density: &image.density, used }, &reference, spread)
    }

    /// Mean square of what is between sources and their stars along one axis, square pixels.
    pub fn left_over(&self, image: &Prepared, stars: &[Star], pairs: &[Pair]) -> f64 {
        let (mut square, mut sum) = (0.0, 0.0);
        for pair in pairs {
            let (at, star) = (self.mapped(image.points[pair.source]), self.place(stars[pair.star].direction));
            square += pair.probability * ((at[0] - star[0]).powi(2) + (at[1] - star[1]).powi(2));
            sum += 2.0 * pair.probability;
        }
        square / f64::max(sum, 1.0)
    }

    /// Fits the polynomial to matched stars, with the highest order up to `highest` that pays (by the Bayesian
    /// information criterion), and moves the tangent point to the middle of the image. Also the mean square of what
    /// is left along one axis, square pixels.
    pub fn again(
        &self,
        image: &Prepared,
        stars: &[Star],
        pairs: &[Pair],
        spread: Spread,
        highest: usize,
    ) -> Option<(Self, f64)> {
        let mut best: Option<(f64, Self, f64)> = None;
        for order in 1..=highest {
            let terms = Polynomial::terms(0, order).count();
            // Three stars determine a plane; more terms want twice as many stars.
            if pairs.len() < if order == 1 { terms } else { 2 * terms + 2 } {
                break;
            }
            let Some((fit, rms2)) = self.least_squares(image, stars, pairs, spread, order) else {
                break;
            };
            let numbers = 2.0 * pairs.len() as f64;
            // Errors below a twentieth of a pixel are no reason to bend more.
            let cost = numbers * rms2.max(0.0025).ln() + (2 * terms) as f64 * numbers.ln();
            if best.as_ref().is_none_or(|(least, ..)| cost < *least) {
                best = Some((cost, fit, rms2));
            }
        }
        best.map(|(_, fit, rms2)| (fit, rms2))
    }

    fn least_squares(
        &self,
        image: &Prepared,
        stars: &[Star],
        pairs: &[Pair],
        spread: Spread,
        order: usize,
    ) -> Option<(Self, f64)> {
        let terms: Vec<(usize, usize)> = Polynomial::terms(0, order).collect();
        let n = terms.len();
        let (mut normal, mut right) = (vec![0.0; n * n], vec![[0.0; 2]; n]);
        let mut rows = Vec::with_capacity(pairs.len());
        for pair in pairs {
            let (s, t) = self.variables(image.points[pair.source]);
            let place = self.place(stars[pair.star].direction);
            let weight = pair.probability / spread.at(self.mapped(image.points[pair.source]));
            let row: Vec<f64> = terms.iter().map(|&(p, q)| s.powi(p as i32) * t.powi(q as i32)).collect();
            for r in 0..n {
                for k in 0..2 {
                    right[r][k] += weight * row[r] * place[k];
                }
                for c in 0..n {
                    normal[r * n + c] += weight * row[r] * row[c];
                }
            }
            rows.push((row, place, pair.probability));
        }
        if !solve_symmetric(&mut normal, &mut right) {
            return None;
        }
        let (mut square, mut sum) = (0.0, 0.0);
        for (row, place, probability) in &rows {
            for k in 0..2 {
                let value: f64 = row.iter().zip(&right).map(|(a, b)| a * b[k]).sum();
                square += probability * (value - place[k]).powi(2);
                sum += probability;
            }
        }
        let along = |k: usize| -> Vec<f64> { right.iter().map(|value| value[k]).collect() };
        let mut fit = self.clone();
        fit.order = order;
        fit.east_of = Polynomial::from_terms(0, order, &along(0));
        fit.north_of = Polynomial::from_terms(0, order, &along(1));
        fit.recentre();
        (fit.east_of.rows.iter().flatten().all(|c| c.is_finite()))
            .then_some((fit, square / f64::max(sum, 1.0)))
    }

    /// Moves the tangent point under the middle of the image. The next fit is exact again.
    fn recentre(&mut self) {
        let [e, n] = [self.east_of.rows[0][0], self.north_of.rows[0][0]];
        let (e, n) = (e * self.scale, n * self.scale);
        self.centre = unit([0, 1, 2].map(|k| self.centre[k] + e * self.east[k] + n * self.north[k]));
        // Near a pole the axes turn.
        let (old_east, old_north) = (self.east, self.north);
        (self.east, self.north) = axes(self.centre);
        let turned = |axis: Vec3, a: &Polynomial, b: &Polynomial| {
            let (cos, sin) = (dot(axis, old_east), dot(axis, old_north));
            let row =
                |(a, b): (&Vec<f64>, &Vec<f64>)| a.iter().zip(b).map(|(a, b)| cos * a + sin * b).collect();
            Polynomial { rows: a.rows.iter().zip(&b.rows).map(row).collect() }
        };
        let east_of = turned(self.east, &self.east_of, &self.north_of);
        self.north_of = turned(self.north, &self.east_of, &self.north_of);
        self.east_of = east_of;
        (self.east_of.rows[0][0], self.north_of.rows[0][0]) = (0.0, 0.0);
    }

    /// As FITS has it.
    fn projection(&self, image: &Prepared) -> TanSip {
        let SkyCoord { ra_deg, dec_deg } = vector::to_sky(self.centre);
        let degrees = self.scale.to_degrees();
        let linear = |polynomial: &Polynomial| {
            [polynomial.rows[1][0], polynomial.rows[0][1]].map(|slope| slope * degrees / self.half)
        };
        let cd = [linear(&self.east_of), linear(&self.north_of)];
        let det = cd[0][0] * cd[1][1] - cd[0][1] * cd[1][0];
        let tan =
            TanWcs { crval: [ra_deg, dec_deg], crpix: [self.origin[0] + 1.0, self.origin[1] + 1.0], cd };
        if self.order < 2 {
            return TanSip::from(tan);
        }
        let bend = |row: [f64; 2]| {
            let values: Vec<f64> = Polynomial::terms(2, self.order)
                .map(|(p, q)| {
                    let power = self.half.powi((p + q) as i32);
                    let (e, n) = (self.east_of.rows[p][q], self.north_of.rows[p][q]);
                    (row[0] * e + row[1] * n) * degrees / power
                })
                .collect();
            Polynomial::from_terms(2, self.order, &values)
        };
        let a = bend([cd[1][1] / det, -cd[0][1] / det]);
        let b = bend([-cd[1][0] / det, cd[0][0] / det]);
        let bent = TanSip { tan, a, b, ap: Polynomial::default(), bp: Polynomial::default() };
        bent.with_inverse(image.size[0] as u32, image.size[1] as u32)
    }

    pub fn solution(
        &self,
        image: &Prepared,
        index: &Index<'_>,
        stars: &[Star],
        pairs: &[Pair],
        log_odds: f64,
    ) -> Solution {
        let wcs = self.projection(image);
        let [w, h] = image.size;
        let middle = [(w + 1.0) / 2.0, (h + 1.0) / 2.0];
        let matches = pairs.iter().filter(|pair| pair.probability >= LIKELY).filter_map(|pair| {
            let star = &stars[pair.star];
            let sky = vector::to_sky(star.direction);
            let (x, y) = wcs.sky_to_pixel(sky)?;
            let [px, py] = image.points[pair.source];
            Some(Match {
                source: image.sources[pair.source],
                star: sky,
                magnitude: index.magnitude_of(star.id),
                residual_px: [px + 1.0 - x, py + 1.0 - y],
                probability: pair.probability,
            })
        });
        let matches = matches.collect();
        let cd = wcs.tan.cd;
        let parity: i8 = if cd[0][0] * cd[1][1] - cd[0][1] * cd[1][0] < 0.0 { -1 } else { 1 };
        let p = f64::from(parity);
        let turn = -(p * cd[1][0] - cd[0][1]).atan2(p * cd[0][0] + cd[1][1]).to_degrees();
        let corner = |x: f64, y: f64| wcs.pixel_to_sky(x, y);
        Solution {
            linear: wcs.tan,
            centre: wcs.pixel_to_sky(middle[0], middle[1]),
            scale_arcsec: wcs.pixel_scale_arcsec(middle[0], middle[1]),
            parity,
            rotation_deg: turn,
            log_odds,
            ln_trials: 0.0,
            index: 0,
            quad: 0,
            matches,
            footprint: [
                corner(0.5, 0.5),
                corner(w + 0.5, 0.5),
                corner(w + 0.5, h + 0.5),
                corner(0.5, h + 0.5),
            ],
            wcs,
        }
    }
}
