//! Unit vectors on the sky.

use domain::SkyCoord;

/// A direction: x towards (0°, 0°), y towards (90°, 0°), z towards the north pole.
pub type Vec3 = [f64; 3];

/// The direction of a position.
#[must_use]
pub fn from_sky(sky: SkyCoord) -> Vec3 {
    let (sin_ra, cos_ra) = sky.ra_deg.to_radians().sin_cos();
    let (sin_dec, cos_dec) = sky.dec_deg.to_radians().sin_cos();
    [cos_dec * cos_ra, cos_dec * sin_ra, sin_dec]
}

/// The position of a direction of any length but zero; right ascension in [0°, 360°).
#[must_use]
pub fn to_sky(v: Vec3) -> SkyCoord {
    let ra_deg = v[1].atan2(v[0]).to_degrees().rem_euclid(360.0);
    SkyCoord { ra_deg, dec_deg: v[2].atan2(v[0].hypot(v[1])).to_degrees() }
}

/// Scalar product.
#[must_use]
pub fn dot(a: Vec3, b: Vec3) -> f64 {
    a[0] * b[0] + a[1] * b[1] + a[2] * b[2]
}

/// Vector product.
#[must_use]
pub fn cross(a: Vec3, b: Vec3) -> Vec3 {
    [a[1] * b[2] - a[2] * b[1], a[2] * b[0] - a[0] * b[2], a[0] * b[1] - a[1] * b[0]]
}

/// `a` made one long.
#[must_use]
pub fn unit(a: Vec3) -> Vec3 {
    let length = dot(a, a).sqrt();
    a.map(|x| x / length)
}

/// Sum.
#[must_use]
pub fn add(a: Vec3, b: Vec3) -> Vec3 {
    [a[0] + b[0], a[1] + b[1], a[2] + b[2]]
}

/// Square of the straight line between two directions.
#[must_use]
pub fn distance2(a: Vec3, b: Vec3) -> f64 {
    let d = [a[0] - b[0], a[1] - b[1], a[2] - b[2]];
    dot(d, d)
}

/// Angle between two unit vectors whose straight line is `chord` long, radians.
#[must_use]
pub fn chord_to_angle(chord: f64) -> f64 {
    2.0 * (chord / 2.0).clamp(-1.0, 1.0).asin()
}

/// Straight line between two unit vectors `angle` radians apart.
#[must_use]
pub fn angle_to_chord(angle: f64) -> f64 {
    2.0 * (angle / 2.0).sin()
}
