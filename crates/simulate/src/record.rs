//! The record of one simulated cutout. It is closed: [`crate::render`] makes the
//! same bytes from it alone with the same code version and C library (another
//! library may round the last digit of an exponential differently); over a real
//! cutout, from it and the cutout ([`crate::render_over`]). Pictures it needs are
//! named with their digest. All numbers are rounded to short decimals when drawn,
//! so that they survive JSON.
//!
//! Positions are arcsec from the image's centre, pixel-x right and y up; position
//! angles are degrees east of north; fluxes are AB magnitudes in g, r, z.

use serde::{Deserialize, Serialize};

use crate::kind::Kind;

/// The version of this schema.
pub const SCHEMA_VERSION: u32 = 2;

/// How positions and angles are meant; stored so that nobody has to guess.
pub const FRAME: &str = "pixel-x right, y up; PA east of north; RA to the left";

/// Everything one cutout is made of.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Record {
    /// [`SCHEMA_VERSION`] of the code that wrote it.
    pub schema_version: u32,
    /// Version of this crate.
    pub code_version: String,
    /// The cutout's node of the seed tree, as 64 bits.
    pub seed: u64,
    /// The cutout's id in its dataset.
    pub mock_id: String,
    /// What it shows.
    pub kind: Kind,
    /// [`FRAME`].
    pub frame: String,
    /// Right ascension of the centre, degrees.
    pub ra_deg: f64,
    /// Declination of the centre, degrees.
    pub dec_deg: f64,
    /// The cluster's id in its catalogue; of a simulated cluster, its number in the set.
    #[serde(default)]
    pub cluster_id: Option<i64>,
    /// The real cutout under the arc; `None` for the simulated sky of this record.
    #[serde(default)]
    pub background: Option<Background>,
    /// What the Milky Way's dust lets through in g, r, z; multiplies the flux of the source.
    #[serde(default = "no_dust")]
    pub mw_transmission: [f64; 3],
    /// Size and scale.
    pub cutout: Cutout,
    /// Geometry of the universe.
    pub cosmology: CosmologyRecord,
    /// Redshift of the cluster.
    pub z_cluster: f64,
    /// The cluster's dark halo.
    pub halo: Halo,
    /// External shear (γ1, γ2).
    pub shear: [f64; 2],
    /// Brightest cluster galaxy.
    pub bcg: Member,
    /// Other galaxies of the cluster.
    pub members: Vec<Member>,
    /// Galaxies in front of and behind the cluster, not lensed.
    pub field: Vec<Galaxy>,
    /// Stars.
    pub stars: Vec<Star>,
    /// Look-alikes.
    pub features: Vec<Feature>,
    /// The lensed galaxy, in a lens.
    pub source: Option<Source>,
    /// What came out, in a lens; not needed to render.
    pub results: Option<Results>,
    /// Point-spread function.
    pub psf: Psf,
    /// Pictures of a point source in g, r, z, where `psf.shape` says so; empty otherwise.
    #[serde(default)]
    pub psf_pictures: Vec<Picture>,
    /// Noise.
    pub noise: Noise,
    /// The picture the network's tile is made from; `None` where it is made from the flux.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub stretch: Option<Stretch>,
}

const fn no_dust() -> [f64; 3] {
    [1.0; 3]
}

/// How a picture is made from the flux: a band's value is its gain times what exceeds black; values
/// are brought to bytes by asinh(value / softening), with white at 1.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Stretch {
    /// Pixels of a side, from the middle of the cutout.
    pub keep_px: usize,
    /// Gain in g, r, z per nanomaggie.
    pub gain: [f64; 3],
    /// Black, in σ of the band's sky.
    pub low_sigma: f64,
    /// Value up to which the scale is about linear.
    pub softening: f64,
    /// White is the value that this share of the picture's pixels in all bands does not exceed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub white_share: Option<f64>,
    /// Whether the bands' mean is stretched and each keeps its part in it, or each for itself.
    pub lupton: bool,
    /// Whether a pixel whose brightest band is beyond white keeps its colour.
    pub keep_colour: bool,
}

/// A real cutout an arc is added to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Background {
    /// Its id in its dataset.
    pub id: String,
    /// SHA-256 of its file, or of its files.
    pub sha256: String,
    /// Where it is: a path relative to its dataset, as the dataset's index has it.
    pub source: String,
}

/// A picture the record needs: a galaxy in the source plane, or a point-spread function.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Picture {
    /// Path of the FITS file.
    pub source: String,
    /// SHA-256 of the file.
    pub sha256: String,
    /// Side of a pixel, arcsec.
    pub pixel_scale_arcsec: f64,
}

/// Size and scale of the image.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Cutout {
    /// Pixels along each side.
    pub size_px: usize,
    /// Side of a pixel, arcsec.
    pub pixel_scale_arcsec: f64,
}

/// Flat ΛCDM.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CosmologyRecord {
    /// Hubble constant, km/s/Mpc.
    pub h0: f64,
    /// Matter density.
    pub omega_m: f64,
}

/// The dark halo; mass within 200 times the critical density, in M☉.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Halo {
    /// `nfw_cse44` or `nfw_cse16`: elliptical in mass, as the sum of so many cored steep ellipsoids in
    /// the pixels; caustics always use 44.
    pub profile: String,
    /// Mass with its substructure, M☉.
    pub m200_msun: f64,
    /// Mass of BCG and members taken out of the smooth halo, M☉.
    pub m_galaxies_msun: f64,
    /// Concentration.
    pub c200: f64,
    /// Axis ratio.
    pub q: f64,
    /// Position angle, degrees.
    pub pa: f64,
    /// Offset from the BCG, arcsec.
    pub x: f64,
    /// Offset from the BCG, arcsec.
    pub y: f64,
}

/// The light of a galaxy: one Sérsic component.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Galaxy {
    /// Position, arcsec.
    pub x: f64,
    /// Position, arcsec.
    pub y: f64,
    /// Sérsic index; rendered to the nearest tenth.
    pub n: f64,
    /// Half-light radius (product average), arcsec.
    pub r_e: f64,
    /// Axis ratio.
    pub q: f64,
    /// Position angle, degrees.
    pub pa: f64,
    /// AB magnitudes g, r, z.
    pub mag: [f64; 3],
}

/// A galaxy of the cluster: its light, and its mass as a truncated isothermal ellipsoid of the
/// same shape.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Member {
    /// Light.
    pub light: Galaxy,
    /// Velocity dispersion (isothermal convention), km/s; 0 when its mass is left in the halo.
    pub sigma: f64,
    /// Core radius, arcsec.
    pub r_core: f64,
    /// Cut radius, arcsec.
    pub r_cut: f64,
}

/// A point source.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Star {
    /// Position, arcsec.
    pub x: f64,
    /// Position, arcsec.
    pub y: f64,
    /// AB magnitudes g, r, z.
    pub mag: [f64; 3],
}

/// How the source was placed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Placement {
    /// Uniform over the area around the caustic.
    Area,
    /// Along the tangential caustic.
    Arc,
    /// Within 0.3 arcsec of the caustic's middle.
    Ring,
}

impl Placement {
    /// Its name in tables.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Area => "area",
            Self::Arc => "arc",
            Self::Ring => "ring",
        }
    }
}

/// The lensed galaxy.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Source {
    /// Redshift.
    pub z: f64,
    /// How its position was chosen.
    pub placement: Placement,
    /// Components in the source plane, with unlensed magnitudes; the first is the main one.
    pub components: Vec<Galaxy>,
    /// A picture that stands for the first component's profile: its upward side points to the
    /// component's position angle, its light adds up to the component's.
    #[serde(default)]
    pub stamp: Option<Picture>,
}

/// One image of the source.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ImageOfSource {
    /// Position of its brightest pixel, arcsec.
    pub x: f64,
    /// Position of its brightest pixel, arcsec.
    pub y: f64,
    /// Its flux over the source's, both in g; all images add up to the total magnification.
    pub mu: f64,
}

/// What the lens did.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Results {
    /// Effective Einstein radius √(A/π) of the tangential critical curve, arcsec.
    pub theta_e_arcsec: f64,
    /// Its area, arcsec².
    pub critical_area_arcsec2: f64,
    /// Distance of the source from the tangential caustic, arcsec.
    pub caustic_distance_arcsec: f64,
    /// Lensed over unlensed flux in g, of the whole source wherever its images are, before seeing.
    pub mu_total: f64,
    /// Separate patches of arc above the sky.
    pub n_images: usize,
    /// Signal over noise of the arc's visible pixels, g, r, z.
    pub arc_sn: [f64; 3],
    /// Length of the longest patch, arcsec.
    pub arc_length_arcsec: f64,
    /// Peak of the arc's surface brightness over the sky's σ per pixel, in its best band.
    pub arc_peak_sigma: f64,
    /// Magnitudes of all images together, g, r, z.
    pub lensed_mag: [f64; 3],
    /// The images one by one, wherever they are; those that touch count as one.
    #[serde(default)]
    pub images: Vec<ImageOfSource>,
}

/// Something drawn that is no plain galaxy or star.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case", deny_unknown_fields)]
pub enum Feature {
    /// Logarithmic spiral arms in a disc (the disc and bulge stand in `field`).
    Spiral {
        /// Centre, arcsec.
        x: f64,
        /// Centre, arcsec.
        y: f64,
        /// Scale length of the arms' light, arcsec.
        scale: f64,
        /// Axis ratio of the disc.
        q: f64,
        /// Position angle of the disc, degrees.
        pa: f64,
        /// Number of arms.
        arms: u32,
        /// Pitch angle, degrees; negative winds the other way.
        pitch: f64,
        /// Phase of the first arm, degrees.
        phase: f64,
        /// Width of an arm as a fraction of the spacing.
        width: f64,
        /// Magnitudes of the arms' light.
        mag: [f64; 3],
    },
    /// An elliptical ring.
    Ring {
        /// Centre, arcsec.
        x: f64,
        /// Centre, arcsec.
        y: f64,
        /// Radius (product average), arcsec.
        radius: f64,
        /// Gaussian σ of the ring's width, arcsec.
        width: f64,
        /// Axis ratio.
        q: f64,
        /// Position angle, degrees.
        pa: f64,
        /// Strength of the brightness' change along the ring, 0 to 1.
        contrast: f64,
        /// Direction of the brightest part, degrees.
        phase: f64,
        /// Magnitudes.
        mag: [f64; 3],
    },
    /// A tidal tail: part of a circle with a soft edge, fading along its length.
    Tail {
        /// Centre of curvature, arcsec.
        x: f64,
        /// Centre of curvature, arcsec.
        y: f64,
        /// Radius of curvature, arcsec.
        radius: f64,
        /// Direction of the root from the centre of curvature, degrees from +x.
        from: f64,
        /// Angle swept, degrees; the sign is the sense.
        sweep: f64,
        /// Gaussian σ of its width at the root, arcsec.
        width: f64,
        /// Magnitudes.
        mag: [f64; 3],
    },
    /// Diffraction spikes and a ghost of a bright star (the star itself stands in `stars`).
    Spikes {
        /// Position of the star, arcsec.
        x: f64,
        /// Position of the star, arcsec.
        y: f64,
        /// Direction of the first of four spikes, degrees from +x.
        angle: f64,
        /// Scale length of the spikes' light, arcsec.
        length: f64,
        /// Share of the star's light in the spikes.
        share: f64,
        /// Radius of the ghost, arcsec.
        ghost: f64,
        /// Share of the star's light in the ghost.
        ghost_share: f64,
        /// Magnitudes of the star.
        mag: [f64; 3],
    },
    /// A straight trail in one band.
    Trail {
        /// A point of it, arcsec.
        x: f64,
        /// A point of it, arcsec.
        y: f64,
        /// Direction, degrees from +x.
        angle: f64,
        /// Gaussian σ of its width before the PSF, arcsec.
        width: f64,
        /// Band: 0 g, 1 r, 2 z.
        band: usize,
        /// Peak surface brightness over the sky's σ per pixel.
        peak_sigma: f64,
    },
}

/// Shape of the point-spread function.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PsfShape {
    /// A Gaussian.
    Gaussian,
    /// A Moffat profile; exact for arcs, three Gaussians for other galaxies.
    Moffat,
    /// The pictures in `psf_pictures` for arcs, Moffat profiles of the same width for everything else.
    Picture,
}

/// Point-spread function per band, the pixel included, as the Legacy Surveys quote it.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Psf {
    /// Shape.
    pub shape: PsfShape,
    /// Moffat's β, rendered to the nearest tenth; unused for a Gaussian.
    pub beta: f64,
    /// Full width at half maximum in g, r, z, arcsec.
    pub fwhm_arcsec: [f64; 3],
}

/// Noise per band.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Noise {
    /// σ of the sky per pixel in g, r, z, nanomaggies.
    pub sky_sigma_nmgy: [f64; 3],
    /// Electrons per nanomaggie in g, r, z, for the Poisson noise of the light itself.
    pub electrons_per_nmgy: [f64; 3],
    /// Seed of the noise.
    pub seed: u64,
    /// Correlation of neighbouring pixels' noise along x and y, in g, r, z, which the arc's own noise
    /// is given too; 0 for independent pixels.
    #[serde(default)]
    pub texture: [[f64; 2]; 3],
}
