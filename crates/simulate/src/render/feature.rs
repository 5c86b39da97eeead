//! Look-alikes: spiral arms, rings, tidal tails, diffraction spikes, trails.
//! Each is a shape sampled on a stamp, brought to its flux and folded with the
//! point-spread function.

use lensing::Ellipse;

use crate::{
    photometry::nanomaggies,
    record::{Feature, Record},
    render::{
        blur,
        canvas::{Canvas, Stamp},
        psf::BandPsf,
    },
};

/// Samples are at most this far apart, arcsec: these shapes are smooth, and folded afterwards.
const SAMPLING_ARCSEC: f64 = 0.3;

/// Adds a look-alike to the image.
pub fn add(canvas: &mut Canvas, feature: &Feature, record: &Record, psf: &[BandPsf; 3]) {
    match *feature {
        Feature::Spiral { x, y, scale, q, pa, arms, pitch, phase, width, mag } => {
            let Some(disc) = ellipse(x, y, q, pa) else { return };
            let winding = 1.0 / pitch.to_radians().tan();
            let shape = |px: f64, py: f64| {
                let [u, v] = disc.to_axes(px, py);
                // The disc seen face-on.
                let (u, v) = (u * q.sqrt(), v / q.sqrt());
                let radius = u.hypot(v) / scale;
                if radius < 0.15 {
                    return 0.0;
                }
                let along = f64::from(arms) * (v.atan2(u) - winding * radius.ln() - phase.to_radians());
                // Arms are ridges of a periodic function, narrower for a smaller width.
                let ridge = ((along.cos() - 1.0) / (width * width)).exp();
                ridge * (-radius).exp() * (1.0 - (-(radius / 0.5).powi(2)).exp())
            };
            paint(canvas, psf, [x, y], 5.0 * scale / q.sqrt(), mag.map(nanomaggies), shape);
        }
        Feature::Ring { x, y, radius, width, q, pa, contrast, phase, mag } => {
            let Some(circle) = ellipse(x, y, q, pa) else { return };
            let shape = |px: f64, py: f64| {
                let off = (circle.radius(px, py) - radius) / width;
                let bright = 1.0 + contrast * ((py - y).atan2(px - x) - phase.to_radians()).cos();
                bright * (-0.5 * off * off).exp()
            };
            paint(canvas, psf, [x, y], (radius + 4.0 * width) / q.sqrt(), mag.map(nanomaggies), shape);
        }
        Feature::Tail { x, y, radius, from, sweep, width, mag } => {
            let shape = |px: f64, py: f64| {
                let angle = ((py - y).atan2(px - x).to_degrees() - from) * sweep.signum();
                let along = angle.rem_euclid(360.0) / sweep.abs();
                if along > 1.3 {
                    return 0.0;
                }
                // Wider and fainter towards its end.
                let sigma = width * (1.0 + 1.2 * along);
                let off = ((px - x).hypot(py - y) - radius) / sigma;
                (-0.5 * off * off - 1.6 * along * along).exp() / (1.0 + 1.2 * along)
            };
            paint(canvas, psf, [x, y], radius + 5.0 * width, mag.map(nanomaggies), shape);
        }
        Feature::Spikes { x, y, angle, length, share, ghost, ghost_share, mag } => {
            let (sin, cos) = angle.to_radians().sin_cos();
            let spikes = |px: f64, py: f64| {
                let (u, v) = (cos * (px - x) + sin * (py - y), cos * (py - y) - sin * (px - x));
                let arm = |along: f64, across: f64| {
                    (-along.abs() / length - 0.5 * (across / 0.25).powi(2)).exp() / (1.0 + along.abs())
                };
                arm(u, v) + arm(v, u)
            };
            paint(canvas, psf, [x, y], 5.0 * length, mag.map(|m| share * nanomaggies(m)), spikes);
            // Out-of-focus light: a faint disc, brighter at its rim.
            let disc = |px: f64, py: f64| {
                let r = (px - x).hypot(py - y) / ghost;
                if r > 1.0 { (-(8.0 * (r - 1.0)).powi(2)).exp() } else { 0.6 + 0.4 * r * r }
            };
            paint(canvas, psf, [x, y], 1.3 * ghost, mag.map(|m| ghost_share * nanomaggies(m)), disc);
        }
        Feature::Trail { x, y, angle, width, band, peak_sigma } => {
            let band = band.min(2);
            trail(
                canvas,
                [x, y],
                angle,
                width,
                (band, &psf[band]),
                peak_sigma * record.noise.sky_sigma_nmgy[band],
            );
        }
    }
}

fn ellipse(x: f64, y: f64, q: f64, pa: f64) -> Option<Ellipse> {
    // A record with an impossible shape paints nothing; its numbers are checked before.
    Ellipse::new(x, y, q, Ellipse::phi_of_position_angle(pa)).ok()
}

/// Samples `shape` within `reach` arcsec of a place, brings it to `flux` and adds it, folded.
fn paint(
    canvas: &mut Canvas,
    psf: &[BandPsf; 3],
    [x, y]: [f64; 2],
    reach: f64,
    flux: [f64; 3],
    shape: impl Fn(f64, f64) -> f64,
) {
    let margin = blur::margin(psf) as f64;
    let last = canvas.size as f64;
    let span = |centre: f64| {
        let middle = canvas.pixel(centre);
        let far = reach / canvas.scale + margin;
        [(middle - far).clamp(0.0, last) as usize, (middle + far + 1.0).clamp(0.0, last) as usize]
    };
    let mut stamp = Stamp::new(span(x), span(y));
    let half = 0.5 * canvas.size as f64;
    let samples = (canvas.scale / SAMPLING_ARCSEC).ceil().clamp(1.0, 8.0) as usize;
    let offset = |pixel: usize, sample: usize| {
        (pixel as f64 + (sample as f64 + 0.5) / samples as f64 - half) * canvas.scale
    };
    let mut light = vec![0.0; stamp.width * stamp.height];
    for (i, light) in light.iter_mut().enumerate() {
        let (column, row) = (stamp.x0 + i % stamp.width, stamp.y0 + i / stamp.width);
        for k in 0..samples * samples {
            let (px, py) = (offset(column, k % samples), offset(row, k / samples));
            if (px - x).abs() < reach && (py - y).abs() < reach {
                *light += shape(px, py);
            }
        }
    }
    // Of a shape that leaves the field, only the part inside is seen: estimate the whole coarsely.
    let inside: f64 = light.iter().sum();
    let whole = inside.max(coarse_sum([x, y], reach, canvas.scale / samples as f64, &shape));
    if whole <= 0.0 || whole.is_nan() {
        return;
    }
    for (plane, flux) in stamp.planes.iter_mut().zip(flux) {
        for (pixel, light) in plane.iter_mut().zip(&light) {
            *pixel = (light * flux / whole) as f32;
        }
    }
    blur::fold(&mut stamp, psf);
    stamp.add_to(canvas);
}

/// Sum of a shape over samples `step` apart, from 64 × 64 of them.
fn coarse_sum([x, y]: [f64; 2], reach: f64, step: f64, shape: &impl Fn(f64, f64) -> f64) -> f64 {
    const SIDE: usize = 64;
    let at = |i: usize| (2.0 * (i as f64 + 0.5) / SIDE as f64 - 1.0) * reach;
    let sum: f64 = (0..SIDE * SIDE).map(|i| shape(x + at(i % SIDE), y + at(i / SIDE))).sum();
    sum * (2.0 * reach / SIDE as f64 / step).powi(2)
}

/// A straight line across the whole image, in one band.
fn trail(
    canvas: &mut Canvas,
    [x, y]: [f64; 2],
    angle: f64,
    width: f64,
    (band, psf): (usize, &BandPsf),
    peak: f64,
) {
    let (sin, cos) = angle.to_radians().sin_cos();
    let sigma = (width * width + (psf.parts[0].1 * canvas.scale).powi(2)).sqrt();
    let half = 0.5 * (canvas.size as f64 - 1.0);
    let (size, scale) = (canvas.size, canvas.scale);
    for (i, pixel) in canvas.plane(band).iter_mut().enumerate() {
        let px = ((i % size) as f64 - half) * scale;
        let py = ((i / size) as f64 - half) * scale;
        let across = (cos * (py - y) - sin * (px - x)) / sigma;
        if across.abs() < 5.0 {
            *pixel += (peak * (-0.5 * across * across).exp()) as f32;
        }
    }
}
