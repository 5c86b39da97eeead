//! A galaxy of two parts: a de Vaucouleurs bulge (n = 4) in an exponential disc (n = 1).
//! A band is one such profile; colours come from giving the parts another share per band.

use crate::{
    ellipse::Ellipse,
    light::Light,
    parameter::{ParameterError, within},
    sersic::Sersic,
};

/// Bulge and disc.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct BulgeDisc {
    /// The inner part.
    pub bulge: Sersic,
    /// The outer part.
    pub disc: Sersic,
}

impl BulgeDisc {
    /// Shape and half-light radius (arcsec) of both parts, total flux, and the bulge's share of it in [0, 1].
    ///
    /// # Errors
    /// When the share is not in [0, 1], or as [`Sersic::new`].
    pub fn new(
        bulge: (Ellipse, f64),
        disc: (Ellipse, f64),
        flux: f64,
        bulge_share: f64,
    ) -> Result<Self, ParameterError> {
        within("bulge_share", bulge_share, 0.0, 1.0)?;
        Ok(Self {
            bulge: Sersic::new(bulge.0, 4.0, bulge.1, flux * bulge_share)?,
            disc: Sersic::new(disc.0, 1.0, disc.1, flux * (1.0 - bulge_share))?,
        })
    }
}

impl Light for BulgeDisc {
    fn brightness(&self, x: f64, y: f64) -> f64 {
        self.bulge.brightness(x, y) + self.disc.brightness(x, y)
    }

    fn flux(&self) -> f64 {
        self.bulge.flux() + self.disc.flux()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn its_parts_share_the_flux() {
        let ellipse = Ellipse::new(0.1, 0.2, 0.6, 0.3).unwrap();
        let galaxy = BulgeDisc::new((ellipse, 0.2), (ellipse, 0.9), 5.0, 0.3).unwrap();
        assert!((galaxy.flux() - 5.0).abs() < 1e-12 && (galaxy.bulge.flux() - 1.5).abs() < 1e-12);
        assert!(galaxy.brightness(0.1, 0.2) > galaxy.disc.brightness(0.1, 0.2));
        assert_eq!(BulgeDisc::new((ellipse, 0.2), (ellipse, 0.9), 5.0, 1.2).unwrap_err().name, "bulge_share");
    }
}
