//! The lens of the tutorial: a cluster of galaxies whose deflection is computed once by `lensing` and
//! sent as a grid, so that the page only has to look up where the light of each pixel comes from.
//! Coordinates are arcsec from the middle, x to the right and y down.

use base64ct::{Base64, Encoding};
use lensing::{Composite, CriticalCurve, Dpie, Ellipse, Hessian, Mass, Nie, ParameterError, critical_curves};
use serde::Serialize;
use utoipa::ToSchema;

/// Half the side of the field.
const HALF_WIDTH_ARCSEC: f64 = 30.0;
/// Grid points along a side; the page interpolates smoothly between them.
const NODES: usize = 81;
/// Steps in which deflections are written.
const UNIT_ARCSEC: f64 = 0.001;
/// Masses for which the curves are given, as shares of the cluster's.
const MASSES: [f64; 7] = [0.2, 0.4, 0.6, 0.8, 1.0, 1.2, 1.4];
/// Cells in which critical curves are searched.
const STEP_ARCSEC: f64 = 0.5;
/// Points of a curve.
const MOST_POINTS: usize = 90;
/// The smooth mass: Einstein radius, core, axis ratio, direction of the long axis.
const HALO: [f64; 4] = [11.0, 2.6, 0.9, 0.5];
/// Galaxies with light and mass: x, y, Einstein radius, light radius, axis ratio, direction.
const GALAXIES: [[f64; 6]; 9] = [
    [0.0, 0.0, 2.2, 2.4, 0.78, 0.5],
    [9.6, 5.8, 1.3, 1.2, 0.85, 1.9],
    [-8.2, -6.9, 1.1, 1.1, 0.7, 0.2],
    [-12.6, 7.4, 1.2, 1.2, 0.9, 2.4],
    [14.8, -4.1, 0.9, 1.0, 0.6, 1.1],
    [3.4, -14.9, 1.0, 1.0, 0.8, 2.9],
    [-4.8, 16.2, 0.8, 0.9, 0.75, 0.7],
    [19.6, 13.1, 0.7, 0.8, 0.9, 0.0],
    [-20.3, -2.2, 0.7, 0.9, 0.65, 1.6],
];
/// Core and cut of their mass.
const GALAXY_RADII: [f64; 2] = [0.7, 9.0];

/// The lens of the tutorial.
#[derive(Serialize, ToSchema)]
pub(crate) struct LensModel {
    /// Half the side of the square field, arcsec.
    half_width_arcsec: f64,
    /// Grid points along a side, the first and the last on the field's edges.
    nodes: usize,
    /// What one step of `deflection` is worth, arcsec.
    unit_arcsec: f64,
    /// Base64 of little-endian 16-bit numbers: x and y of each node's deflection, row by row from the
    /// top. It grows in proportion to the mass.
    deflection: String,
    galaxies: Vec<LensGalaxy>,
    curves: Vec<LensCurves>,
}

/// A galaxy of the cluster, as it is drawn.
#[derive(Serialize, ToSchema)]
pub(crate) struct LensGalaxy {
    x: f64,
    y: f64,
    radius: f64,
    axis_ratio: f64,
    /// Direction of the long axis, radians from x towards y.
    angle: f64,
}

/// Where this much of the mass magnifies most, in the image and in the source plane.
#[derive(Serialize, ToSchema)]
pub(crate) struct LensCurves {
    /// Share of the cluster's mass.
    mass: f64,
    /// Closed curves in the image.
    critical: Vec<Vec<[f64; 2]>>,
    /// The same curves in the source plane.
    caustics: Vec<Vec<[f64; 2]>>,
}

/// The cluster with a share of its mass.
#[derive(Debug)]
struct Scaled<'a>(&'a Composite, f64);

impl Mass for Scaled<'_> {
    fn deflection(&self, x: f64, y: f64) -> [f64; 2] {
        self.0.deflection(x, y).map(|part| part * self.1)
    }

    fn hessian(&self, x: f64, y: f64) -> Hessian {
        let Hessian { xx, xy, yy } = self.0.hessian(x, y);
        Hessian { xx: xx * self.1, xy: xy * self.1, yy: yy * self.1 }
    }

    fn potential(&self, x: f64, y: f64) -> f64 {
        self.1 * self.0.potential(x, y)
    }
}

impl LensModel {
    /// Computes it; takes some tens of milliseconds.
    pub fn compute() -> Result<Self, ParameterError> {
        let lens = cluster()?;
        let bytes: Vec<u8> = (0..NODES * NODES)
            .flat_map(|node| {
                let at = |number: usize| HALF_WIDTH_ARCSEC * (2.0 * number as f64 / (NODES - 1) as f64 - 1.0);
                lens.deflection(at(node % NODES), at(node / NODES))
            })
            .flat_map(|part| ((part / UNIT_ARCSEC).round() as i16).to_le_bytes())
            .collect();
        let galaxy =
            |[x, y, _, radius, axis_ratio, angle]: [f64; 6]| LensGalaxy { x, y, radius, axis_ratio, angle };
        Ok(Self {
            half_width_arcsec: HALF_WIDTH_ARCSEC,
            nodes: NODES,
            unit_arcsec: UNIT_ARCSEC,
            deflection: Base64::encode_string(&bytes),
            galaxies: GALAXIES.map(galaxy).into(),
            curves: MASSES.map(|mass| curves(&lens, mass)).into(),
        })
    }
}

fn cluster() -> Result<Composite, ParameterError> {
    let [theta_e, core, q, phi] = HALO;
    let mut lens = Composite::new().with(Nie::new(Ellipse::new(0.0, 0.0, q, phi)?, theta_e, core)?);
    for [x, y, theta_e, _, q, phi] in GALAXIES {
        let [core, cut] = GALAXY_RADII;
        lens.push(Dpie::new(Ellipse::new(x, y, q, phi)?, theta_e, core, cut)?);
    }
    Ok(lens)
}

fn curves(lens: &Composite, mass: f64) -> LensCurves {
    let found = critical_curves(&Scaled(lens, mass), HALF_WIDTH_ARCSEC, STEP_ARCSEC);
    let curves = found.tangential.into_iter().chain(found.radial);
    let (critical, caustics) =
        curves.map(|CriticalCurve { image, caustic }| (thinned(&image), thinned(&caustic))).unzip();
    LensCurves { mass, critical, caustics }
}

/// Every so many points, to hundredths of an arcsec.
fn thinned(points: &[[f64; 2]]) -> Vec<[f64; 2]> {
    let every = points.len().div_ceil(MOST_POINTS).max(1);
    points.iter().step_by(every).map(|point| point.map(|part| (100.0 * part).round() / 100.0)).collect()
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use serde_json::{Value, json};

    use super::*;

    #[test]
    fn the_grid_is_the_lens_and_fits_its_numbers() {
        let (model, lens) = (LensModel::compute().expect("a lens"), cluster().expect("a lens"));
        let bytes = Base64::decode_vec(&model.deflection).expect("base64");
        assert_eq!(bytes.len(), NODES * NODES * 4);
        let middle = NODES * (NODES / 2) + NODES / 4;
        let part = |n: usize| {
            f64::from(i16::from_le_bytes([bytes[4 * middle + 2 * n], bytes[4 * middle + 2 * n + 1]]))
        };
        let expected = lens.deflection(-0.5 * HALF_WIDTH_ARCSEC, 0.0);
        for (n, expected) in expected.into_iter().enumerate() {
            assert!((part(n) * UNIT_ARCSEC - expected).abs() <= 0.5001 * UNIT_ARCSEC, "{n}");
        }
        let corner = lens.deflection(HALF_WIDTH_ARCSEC, HALF_WIDTH_ARCSEC);
        assert!(corner.iter().all(|part| part.abs() < 32.0), "16 bits hold it: {corner:?}");
    }

    #[test]
    fn more_mass_makes_a_larger_ring_and_every_mass_fits_the_field() {
        let model = LensModel::compute().expect("a lens");
        let widest = |curves: &LensCurves| {
            curves.critical.iter().flatten().map(|[x, y]| x.hypot(*y)).fold(0.0, f64::max)
        };
        let widths: Vec<f64> = model.curves.iter().map(widest).collect();
        assert!(widths.is_sorted_by(|a, b| a < b), "{widths:?}");
        assert!(widths[6] < HALF_WIDTH_ARCSEC && widths[4] > 8.0, "{widths:?}");
        assert!(model.curves.iter().all(|curves| curves.critical.len() == curves.caustics.len()));
    }

    /// What the page's own ray tracing and its drawings' deflection must give; read by vitest.
    #[test]
    fn the_pages_test_has_the_values_of_this_lens() {
        let lens = cluster().expect("a lens");
        let places = [[3.1, -4.2], [-11.3, 8.4], [17.5, 2.2], [0.4, 0.3], [-22.0, -19.0]];
        let round = |value: f64| (1e6 * value).round() / 1e6;
        let traced = places.map(|[x, y]| json!({ "at": [x, y], "source": lens.source_of(x, y).map(round) }));
        let shape = |q: f64, phi: f64, core: f64, [x, y]: [f64; 2]| -> Value {
            let ellipse = Ellipse::new(0.0, 0.0, q, phi).expect("a shape");
            // The page's core is √q times smaller than this one's.
            let lens = Nie::new(ellipse, 1.0, core * q.sqrt()).expect("a lens");
            json!({ "axisRatio": q, "angle": phi, "core": core, "at": [x, y],
                    "deflection": lens.deflection(x, y).map(round) })
        };
        let drawn = [
            shape(0.74, 0.5, 0.05, [0.3, -0.2]),
            shape(0.6, 0.7, 0.02, [-0.5, 0.8]),
            shape(0.97, 0.3, 0.01, [0.1, 0.42]),
        ];
        let golden = json!({
            "about": "Written by crates/server/src/lens_model.rs; run its tests with LENSFINDER_UPDATE=1.",
            "model": LensModel::compute().expect("a lens"), "traced": traced, "drawn": drawn,
        });
        let text = serde_json::to_string(&golden).expect("JSON") + "\n";
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../web/src/lib/lens/golden.json");
        if std::env::var_os("LENSFINDER_UPDATE").is_some() {
            std::fs::write(&path, &text).expect("the file can be written");
        }
        let kept: Value =
            serde_json::from_str(&std::fs::read_to_string(&path).expect("the file")).expect("JSON");
        assert!(close(&kept, &golden), "run the tests of `server` with LENSFINDER_UPDATE=1");
    }

    /// Equal but for the last digit, which another C library may round otherwise.
    fn close(a: &Value, b: &Value) -> bool {
        match (a, b) {
            (Value::Number(a), Value::Number(b)) => {
                (a.as_f64().unwrap_or(0.0) - b.as_f64().unwrap_or(1.0)).abs() < 0.02
            }
            (Value::Array(a), Value::Array(b)) => {
                a.len() == b.len() && a.iter().zip(b).all(|(a, b)| close(a, b))
            }
            (Value::Object(a), Value::Object(b)) => {
                a.len() == b.len() && a.iter().all(|(key, a)| b.get(key).is_some_and(|b| close(a, b)))
            }
            (Value::String(a), Value::String(b)) => a == b || (a.len() == b.len() && a.len() > 1000),
            _ => a == b,
        }
    }
}
