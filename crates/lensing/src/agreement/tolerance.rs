//! How far our numbers may be from each kind of table, and why.

/// Tolerances of a table of deflections.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Tolerance {
    /// Deflection, arcsec.
    pub alpha: f64,
    /// Potential up to a constant, arcsec².
    pub potential: f64,
    /// Convergence and shear.
    pub kappa: f64,
}

/// Closed forms against quadrature: rounding and the quadrature's own error.
pub const CLOSED: Tolerance = Tolerance { alpha: 1e-9, potential: 1e-8, kappa: 1e-9 };
/// 44 cored steep ellipsoids against the NFW profile they stand for.
pub const CSE_44: Tolerance = Tolerance { alpha: 1e-4, potential: 1e-3, kappa: 3e-5 };
/// 16 of them.
pub const CSE_16: Tolerance = Tolerance { alpha: 5e-2, potential: 1.0, kappa: 1e-2 };

/// A component's tolerance against lenstronomy. It gives isothermal profiles a small core, differs
/// them numerically, and both errors grow with the Einstein radius; these hold up to 20 arcsec and more.
pub fn of_lenstronomy(kind: &str) -> Tolerance {
    match kind {
        "nfw_ellipse" => CSE_44,
        "sie" => Tolerance { alpha: 1e-7, potential: 1e-6, kappa: 1e-3 },
        "nie" => Tolerance { kappa: 3e-4, ..CLOSED },
        "dpie" => Tolerance { alpha: 1e-7, potential: 1e-5, kappa: 3e-4 },
        _ => Tolerance { kappa: 1e-8, ..CLOSED },
    }
}

impl Tolerance {
    /// That of two masses together: errors add.
    pub fn plus(self, other: Self) -> Self {
        Self {
            alpha: self.alpha + other.alpha,
            potential: self.potential + other.potential,
            kappa: self.kappa + other.kappa,
        }
    }
}
