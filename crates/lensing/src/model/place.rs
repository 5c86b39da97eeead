//! Where a component sits, how it is flattened, and how far away it is.

use serde_json::{Map, Value};

use super::{ModelError, fields, fields::Fields, shape};
use crate::{cosmology::Cosmology, ellipse::Ellipse, parameter::within};

/// The centre, arcsec; the origin if not given.
pub fn centre(fields: &mut Fields) -> Result<[f64; 2], ModelError> {
    let x = fields.number(&["x", "center_x", "centre_x", "ra_0"])?.unwrap_or(0.0);
    let y = fields.number(&["y", "center_y", "centre_y", "dec_0"])?.unwrap_or(0.0);
    Ok([x, y])
}

/// Centre and shape: an axis ratio with an angle, or both components of the ellipticity.
pub fn ellipse(fields: &mut Fields) -> Result<Ellipse, ModelError> {
    let [x, y] = centre(fields)?;
    let e1 = fields.number(&["e1"])?;
    let e2 = fields.number(&["e2"])?;
    let q = fields.number(&["q"])?;
    let phi = angle(fields)?;
    let made = match (e1, e2, q) {
        (None, None, q) => {
            let q = q.unwrap_or(1.0);
            if q < 1.0 && phi.is_none() {
                return Err(fields.wrong(
                    "phi_deg",
                    "is missing: a flattened lens needs a direction (or pa_deg, east of north)".into(),
                ));
            }
            Ellipse::new(x, y, q, phi.unwrap_or(0.0))
        }
        (Some(e1), Some(e2), None) if phi.is_none() => {
            if e1.hypot(e2) >= 1.0 {
                return Err(fields.wrong("e1", "and `e2` must lie inside the unit circle".into()));
            }
            Ellipse::from_components(x, y, e1, e2)
        }
        (Some(_), Some(_), _) => {
            return Err(fields.wrong("e1", "and `e2` say the shape already; drop q and the angle".into()));
        }
        (Some(_), None, _) => return Err(fields.wrong("e2", "is missing beside `e1`".into())),
        (None, Some(_), _) => return Err(fields.wrong("e1", "is missing beside `e2`".into())),
    };
    made.map_err(|error| fields.refused(&error))
}

/// The major axis, radians counter-clockwise from +x.
fn angle(fields: &mut Fields) -> Result<Option<f64>, ModelError> {
    let degrees = fields.number(&["phi_deg"])?;
    let radians = fields.number(&["phi_rad", "phi"])?;
    let position = fields.number(&["pa_deg"])?;
    let given = [degrees.map(f64::to_radians), radians, position.map(Ellipse::phi_of_position_angle)];
    let mut found = given.into_iter().flatten();
    let first = found.next();
    match found.next() {
        Some(_) => {
            Err(fields.wrong("phi_deg", "is one of phi_deg, phi_rad and pa_deg: give only one".into()))
        }
        None => Ok(first),
    }
}

/// Redshifts and cosmology, for components in physical units.
#[derive(Debug, Clone, Default)]
pub struct Distances {
    z_lens: Option<f64>,
    z_source: Option<f64>,
    cosmology: Option<Value>,
}

/// Distances that are complete.
pub struct Geometry {
    /// The universe.
    pub cosmology: Cosmology,
    /// Redshift of the lens.
    pub z_lens: f64,
    /// Redshift of the source.
    pub z_source: f64,
}

impl Geometry {
    /// D_ls/D_s.
    pub fn ratio(&self) -> f64 {
        self.cosmology.angular_diameter_between_mpc(self.z_lens, self.z_source)
            / self.cosmology.angular_diameter_mpc(self.z_source)
    }
}

impl Distances {
    /// What stands beside the list of components, for all of them.
    pub fn shared(map: &Map<String, Value>) -> Result<Self, ModelError> {
        let number = |key: &str| match map.get(key) {
            None => Ok(None),
            Some(value) => value
                .as_f64()
                .map(Some)
                .ok_or_else(|| shape(format!("`{key}` is {}, it must be a number", fields::what(value)))),
        };
        Ok(Self {
            z_lens: number("z_lens")?,
            z_source: number("z_source")?,
            cosmology: map.get("cosmology").cloned(),
        })
    }

    /// Completes what the component says with what stands beside the list.
    pub fn complete(&self, fields: &mut Fields) -> Result<Geometry, ModelError> {
        let z_lens = fields.number(&["z_lens", "z_l"])?.or(self.z_lens);
        let z_source = fields.number(&["z_source", "z_s"])?.or(self.z_source);
        let cosmology = fields.value(&["cosmology"])?.or_else(|| self.cosmology.clone());
        let missing = |field: &str| fields.wrong(field, "is missing: the mass is in physical units".into());
        let z_lens = z_lens.ok_or_else(|| missing("z_lens"))?;
        let z_source = z_source.ok_or_else(|| missing("z_source"))?;
        let cosmology =
            cosmology.map_or_else(|| Ok(Cosmology::default()), |value| universe(fields, &value))?;
        within("z_lens", z_lens, 1e-4, 20.0)
            .and_then(|()| within("z_source", z_source, z_lens * (1.0 + 1e-9), 100.0))
            .map_err(|error| fields.refused(&error))?;
        Ok(Geometry { cosmology, z_lens, z_source })
    }
}

fn universe(fields: &Fields, value: &Value) -> Result<Cosmology, ModelError> {
    let wrong = |problem: String| fields.wrong("cosmology", problem);
    let map = value.as_object().ok_or_else(|| {
        wrong(format!("is {}, it must be like {{\"h0\": 70, \"omega_m\": 0.3}}", fields::what(value)))
    })?;
    let usual = Cosmology::default();
    let (mut h0, mut omega_m) = (usual.h0_km_s_mpc(), usual.omega_m());
    for (key, value) in map {
        let number = value.as_f64().ok_or_else(|| wrong(format!("has `{key}` that is no number")))?;
        match key.to_lowercase().as_str() {
            "h0" => h0 = number,
            "omega_m" | "om0" => omega_m = number,
            _ => return Err(wrong(format!("has the unknown key `{key}`; there are h0 and omega_m"))),
        }
    }
    Cosmology::new(h0, omega_m).map_err(|error| fields.refused(&error))
}
