//! A clumpy disc, as star-forming galaxies at redshift 1–3 look: an exponential disc and
//! K knots of star formation that follow its light. Where each knot falls is decided by
//! two numbers in [0, 1) from the caller, so that nothing here is random.

use crate::{
    ellipse::Ellipse,
    light::Light,
    parameter::{ParameterError, within},
    sersic::Sersic,
};

/// One knot: where the disc's light puts it, and how large and bright it is.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Knot {
    /// Share of the disc's light inside the knot's radius, in [0, 1).
    pub inside: f64,
    /// Turn around the disc, in [0, 1).
    pub turn: f64,
    /// Half-light radius, arcsec.
    pub r_e_arcsec: f64,
    /// Sérsic index; 0.5 is a Gaussian.
    pub n: f64,
    /// Share of the knots' light, relative to the other knots; positive.
    pub weight: f64,
}

/// A disc with knots.
#[derive(Debug, Clone, PartialEq)]
pub struct Clumpy {
    disc: Sersic,
    knots: Vec<Sersic>,
}

impl Clumpy {
    /// An exponential disc of half-light radius `r_e_arcsec` and total flux `flux`, of which the
    /// knots hold `knot_share` (0.1–0.4 is usual; see Guo et al. 2015, ApJ 800, 39).
    ///
    /// # Errors
    /// When a share is out of range, or as [`Sersic::new`].
    pub fn new(
        disc: Ellipse,
        r_e_arcsec: f64,
        flux: f64,
        knot_share: f64,
        knots: &[Knot],
    ) -> Result<Self, ParameterError> {
        within("knot_share", knot_share, 0.0, 1.0)?;
        let share = if knots.is_empty() { 0.0 } else { knot_share };
        let weights: f64 = knots.iter().map(|knot| knot.weight).sum();
        let make = |knot: &Knot| -> Result<Sersic, ParameterError> {
            within("knot.inside", knot.inside, 0.0, 1.0 - 1e-9)?;
            within("knot.turn", knot.turn, 0.0, 1.0)?;
            within("knot.weight", knot.weight, 1e-12, 1e12)?;
            let [x, y] = place(&disc, r_e_arcsec, knot.inside, knot.turn);
            Sersic::new(Ellipse::circle(x, y)?, knot.n, knot.r_e_arcsec, flux * share * knot.weight / weights)
        };
        Ok(Self {
            disc: Sersic::new(disc, 1.0, r_e_arcsec, flux * (1.0 - share))?,
            knots: knots.iter().map(make).collect::<Result<_, _>>()?,
        })
    }

    /// The smooth part.
    #[must_use]
    pub const fn disc(&self) -> &Sersic {
        &self.disc
    }

    /// The knots, in the order given.
    #[must_use]
    pub fn knots(&self) -> &[Sersic] {
        &self.knots
    }
}

/// The point of an exponential disc inside whose ellipse the share `inside` of the light lies,
/// `turn` of the way around.
fn place(disc: &Ellipse, r_e_arcsec: f64, inside: f64, turn: f64) -> [f64; 2] {
    // 1 − (1 + t) e^−t = inside, t in scale lengths; grows with t, so bisection finds it.
    let (mut low, mut high) = (0.0_f64, 40.0_f64);
    for _ in 0..60 {
        let t = 0.5 * (low + high);
        if 1.0 - (1.0 + t) * (-t).exp() < inside { low = t } else { high = t }
    }
    let radius = low * r_e_arcsec / crate::sersic_b(1.0);
    let (sin, cos) = (std::f64::consts::TAU * turn).sin_cos();
    let root = disc.q().sqrt();
    let [dx, dy] = disc.from_axes([radius * cos / root, radius * sin * root]);
    let [x, y] = disc.centre();
    [x + dx, y + dy]
}

impl Light for Clumpy {
    fn brightness(&self, x: f64, y: f64) -> f64 {
        self.disc.brightness(x, y) + self.knots.iter().map(|knot| knot.brightness(x, y)).sum::<f64>()
    }

    fn flux(&self) -> f64 {
        self.disc.flux() + self.knots.iter().map(Light::flux).sum::<f64>()
    }

    fn add_brightness(&self, xs: &[f64], ys: &[f64], sum: &mut [f64]) {
        self.disc.add_brightness(xs, ys, sum);
        for knot in &self.knots {
            knot.add_brightness(xs, ys, sum);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const KNOT: Knot = Knot { inside: 0.5, turn: 0.1, r_e_arcsec: 0.05, n: 0.5, weight: 2.0 };

    #[test]
    fn its_knots_hold_their_share_of_the_flux() {
        let disc = Ellipse::new(0.0, 0.0, 0.5, 0.4).unwrap();
        let galaxy = Clumpy::new(disc, 0.5, 4.0, 0.25, &[KNOT, Knot { weight: 6.0, ..KNOT }]).unwrap();
        assert!((galaxy.flux() - 4.0).abs() < 1e-12);
        let [a, b] = [galaxy.knots()[0].flux(), galaxy.knots()[1].flux()];
        assert!((a - 0.25).abs() < 1e-12 && (b - 0.75).abs() < 1e-12);
        let smooth = Clumpy::new(disc, 0.5, 4.0, 0.25, &[]).unwrap();
        assert!((smooth.disc().flux() - 4.0).abs() < 1e-12);
    }

    #[test]
    fn a_knot_at_half_the_light_lies_on_the_half_light_ellipse() {
        let disc = Ellipse::new(0.3, -0.2, 0.5, 0.4).unwrap();
        for turn in [0.0, 0.2, 0.77] {
            let [x, y] = place(&disc, 0.5, 0.5, turn);
            assert!((disc.radius(x, y) - 0.5).abs() < 1e-9);
        }
    }

    #[test]
    fn refuses_more_light_in_knots_than_there_is() {
        let disc = Ellipse::circle(0.0, 0.0).unwrap();
        assert_eq!(Clumpy::new(disc, 0.5, 4.0, 1.5, &[KNOT]).unwrap_err().name, "knot_share");
    }
}
