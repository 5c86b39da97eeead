//! The light of a source as rays meet it: profiles looked up in a table, and
//! pictures of real galaxies interpolated.

use std::sync::{Arc, LazyLock, OnceLock};

use lensing::{Ellipse, Interpolation, Light as _, ParameterError, Sersic, Stamp, StampError, StampPlace};

use crate::{photometry::nanomaggies, pictures::PictureImage, record::Galaxy};

/// Cusps steeper than an exponential's are rounded off at this radius, arcsec, and keep their light:
/// finer than any ray, and far below what seeing leaves.
const CORE_ARCSEC: f64 = 0.02;

/// Square of the radius over which even good seeing spreads light, arcsec².
const WASHED_ARCSEC2: f64 = 0.09;

/// Steps of a profile's table, even in the square root of the radius: fine where profiles are steep.
const STEPS: usize = 512;

/// Profiles of index 0.2 to 12 in tenths, made when first asked for.
static PROFILES: LazyLock<Vec<OnceLock<Arc<Profile>>>> = LazyLock::new(|| vec![OnceLock::new(); 121]);

/// A Sérsic profile of total flux 1 and half-light radius 1.
struct Profile {
    /// Brightness at the square root of the radius.
    table: Vec<f32>,
    steps_per_root: f64,
    /// Radius beyond which nothing is drawn.
    edge: f64,
    /// Share of the light inside the edge.
    held: f64,
    b: f64,
}

impl Profile {
    fn of(n: f64) -> Result<Arc<Self>, ParameterError> {
        let tenths = (n * 10.0).round();
        let known = (tenths / 10.0).to_bits() == n.to_bits() && (2.0..=120.0).contains(&tenths);
        let slot = known.then(|| &PROFILES[tenths as usize]);
        if let Some(profile) = slot.and_then(OnceLock::get) {
            return Ok(Arc::clone(profile));
        }
        let round = Sersic::new(Ellipse::circle(0.0, 0.0)?, n, 1.0, 1.0)?;
        let b = lensing::sersic_b(n);
        // Where an exponential has fallen to e⁻¹⁰ of its middle; a steep profile loses a few per cent
        // of its light beyond ten half-light radii, too faint to see.
        let edge = if n < 2.0 { (10.0 / b).powf(n) } else { 10.0 };
        let step = edge.sqrt() / STEPS as f64;
        // The middle of the first step stands for its steep start.
        let at = |i: usize| round.brightness((step * (i as f64).max(0.35)).powi(2), 0.0) as f32;
        // In t = √R, the light is ∫ 2π t² I · 2t dt.
        let ring = |t: f64| 4.0 * std::f64::consts::PI * t.powi(3) * round.brightness(t * t, 0.0);
        let held = (0..STEPS)
            .map(|i| {
                let t = step * i as f64;
                step / 6.0 * (ring(t) + 4.0 * ring(t + 0.5 * step) + ring(t + step))
            })
            .sum();
        let table = (0..=STEPS).map(at).collect();
        let profile = Arc::new(Self { table, steps_per_root: 1.0 / step, edge, held, b });
        Ok(slot.map_or_else(|| Arc::clone(&profile), |slot| Arc::clone(slot.get_or_init(|| profile.clone()))))
    }

    /// Share of the light that is left when the radius R becomes √(R² + core²), core in half-light radii.
    fn rounded(&self, core: f64) -> f64 {
        if core == 0.0 {
            return 1.0;
        }
        // ∫ 2π R I(√(R² + core²)) dR is the light beyond the core's radius, in t = √R.
        let at = |t: f64| {
            let index = ((t * self.steps_per_root) as usize).min(STEPS - 1);
            let part = t * self.steps_per_root - index as f64;
            let [low, high] = [self.table[index], self.table[index + 1]].map(f64::from);
            4.0 * std::f64::consts::PI * t.powi(3) * (low + part * (high - low))
        };
        let (from, to) = (core.sqrt(), self.edge.sqrt());
        let step = (to - from) / STEPS as f64;
        let beyond: f64 = (0..STEPS).map(|i| step * at(from + step * (i as f64 + 0.5))).sum();
        (beyond / self.held).clamp(0.05, 1.0)
    }
}

enum Shape {
    Sersic {
        profile: Arc<Profile>,
        n: f64,
        r_e: f64,
        /// 1 / R_e².
        density: f32,
        /// √ of steps of the table per √arcsec.
        per_root: f64,
        /// Square of the radius at which a cusp is rounded off, arcsec².
        core: f64,
    },
    Stamp {
        image: Box<Stamp>,
        /// Half the sides, arcsec.
        half: [f64; 2],
        scale: f64,
    },
}

/// One component of a source.
pub struct Light {
    ellipse: Ellipse,
    shape: Shape,
    /// Flux in g, r, z, nanomaggies.
    pub flux: [f32; 3],
    /// Radius beyond which there is no light, arcsec.
    pub reach: f64,
    /// Mean brightness over total flux inside the half-light radius, per arcsec².
    mean: f64,
    /// Share of its flux that is drawn at all.
    pub held: f64,
}

/// How well a component has to be sampled somewhere.
pub struct Need {
    /// Scale over which its light changes, arcsec.
    pub scale: f64,
    /// Brightness in its flux per arcsec².
    pub brightness: f64,
    /// Whether its middle may be there, and is a cusp.
    pub cusp: bool,
}

impl Light {
    /// A Sérsic profile; its fluxes times `transmission`.
    ///
    /// # Errors
    /// When a parameter is out of range.
    pub fn sersic(galaxy: &Galaxy, transmission: [f64; 3]) -> Result<Self, ParameterError> {
        let ellipse = Ellipse::new(galaxy.x, galaxy.y, galaxy.q, Ellipse::phi_of_position_angle(galaxy.pa))?;
        let profile = Profile::of(galaxy.n)?;
        let area = galaxy.r_e * galaxy.r_e;
        let core = if galaxy.n > 1.6 { CORE_ARCSEC } else { 0.0 };
        let rounded = profile.rounded(core / galaxy.r_e);
        Ok(Self {
            ellipse,
            flux: [0, 1, 2].map(|b| (nanomaggies(galaxy.mag[b]) * transmission[b]) as f32),
            reach: profile.edge * galaxy.r_e / galaxy.q.sqrt(),
            mean: 0.5 / (std::f64::consts::PI * area),
            held: profile.held,
            shape: Shape::Sersic {
                density: (1.0 / (area * rounded)) as f32,
                core: core * core,
                per_root: profile.steps_per_root / galaxy.r_e.sqrt(),
                n: galaxy.n,
                r_e: galaxy.r_e,
                profile,
            },
        })
    }

    /// A picture, turned so that its upward side has the galaxy's position angle.
    ///
    /// # Errors
    /// When a parameter is out of range or the picture is no source of light.
    pub fn stamp(
        galaxy: &Galaxy,
        picture: &PictureImage,
        scale: f64,
        transmission: [f64; 3],
    ) -> Result<Self, StampError> {
        // The picture's rows run 90 degrees clockwise of its upward side.
        let phi = galaxy.pa.to_radians();
        let ellipse = Ellipse::new(galaxy.x, galaxy.y, 1.0, phi)?;
        let place = StampPlace { centre: [galaxy.x, galaxy.y], pixel_scale_arcsec: scale, phi_rad: phi };
        let image = Stamp::new(&picture.data, picture.width, place, 1.0, Interpolation::Bicubic)?;
        let half = [picture.width, picture.height].map(|pixels| 0.5 * scale * (pixels as f64 + 3.0));
        let brightest = picture.data.iter().copied().fold(0.0_f32, f32::max);
        Ok(Self {
            ellipse,
            flux: [0, 1, 2].map(|b| (nanomaggies(galaxy.mag[b]) * transmission[b]) as f32),
            reach: half[0].hypot(half[1]),
            mean: f64::from(brightest) / (scale * scale),
            held: 1.0,
            shape: Shape::Stamp { image: Box::new(image), half, scale },
        })
    }

    /// Mean surface brightness of its inner half in the brightest band, nanomaggies per arcsec².
    pub fn surface(&self) -> f64 {
        self.mean * f64::from(self.flux.iter().copied().fold(0.0, f32::max))
    }

    /// About its surface brightness after some seeing, in the brightest band: what errors are measured
    /// against. A bright knot is no measure, it is washed out.
    pub fn washed(&self) -> f64 {
        0.5 * self.strongest() / (0.5 / self.mean.max(1e-12) + std::f64::consts::PI * WASHED_ARCSEC2)
    }

    /// Flux in the brightest band.
    pub fn strongest(&self) -> f64 {
        f64::from(self.flux.iter().copied().fold(0.0, f32::max))
    }

    /// Brightness over total flux at a point of the source plane, per arcsec².
    #[inline]
    pub fn at(&self, x: f64, y: f64) -> f32 {
        match &self.shape {
            Shape::Sersic { profile, density, per_root, core, .. } => {
                let [u, v] = self.ellipse.to_axes(x, y);
                let q = self.ellipse.q();
                let at = (q * u * u + v * v / q + core).sqrt().sqrt() * per_root;
                let index = at as usize;
                let Some([low, high]) = profile.table.get(index..index + 2) else { return 0.0 };
                let t = (at - index as f64) as f32;
                density * (low + t * (high - low))
            }
            Shape::Stamp { image, .. } => image.brightness(x, y) as f32,
        }
    }

    /// What sampling this component needs within `around` arcsec of a point; `None` where it is dark.
    pub fn need(&self, [x, y]: [f64; 2], around: f64) -> Option<Need> {
        let [cx, cy] = self.ellipse.centre();
        if (x - cx).abs().max((y - cy).abs()) > self.reach + around {
            return None;
        }
        match &self.shape {
            Shape::Sersic { profile, n, r_e, .. } => {
                let narrow = self.ellipse.q().sqrt();
                let radius = ((self.ellipse.radius(x, y) - around / narrow) / r_e).max(0.0);
                if radius > profile.edge {
                    return None;
                }
                let step = radius.max(0.125 * around / r_e);
                let scale = if *n < 0.8 {
                    // Near a Gaussian's middle nothing is steeper than its σ.
                    (0.5 / profile.b).sqrt()
                } else {
                    n / profile.b * step.powf(1.0 - 1.0 / n)
                };
                let root = (radius.sqrt() * profile.steps_per_root) as usize;
                let brightness = f64::from(profile.table[root.min(STEPS)]) / (r_e * r_e);
                Some(Need { scale: scale * r_e * narrow, brightness, cusp: radius == 0.0 && *n >= 0.8 })
            }
            Shape::Stamp { half, scale, .. } => {
                let [u, v] = self.ellipse.to_axes(x, y);
                (u.abs() < half[0] + around && v.abs() < half[1] + around).then_some(Need {
                    scale: *scale,
                    brightness: self.mean,
                    cusp: false,
                })
            }
        }
    }
}
