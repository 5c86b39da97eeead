//! Magnitudes and the colours of old galaxies. The tables below are priors read
//! off published red sequences and passively evolving populations (Legacy
//! Surveys g, r, z, AB), good to about 0.1 mag.

/// Nanomaggies of an AB magnitude.
pub fn nanomaggies(magnitude: f64) -> f64 {
    10f64.powf(0.4 * (22.5 - magnitude))
}

/// AB magnitude of a flux in nanomaggies.
pub fn magnitude(nanomaggies: f64) -> f64 {
    22.5 - 2.5 * nanomaggies.max(1e-12).log10()
}

/// Redshift, g−r, r−z and z-band magnitude of a characteristic (L*) red galaxy.
const RED_GALAXY: [(f64, f64, f64, f64); 9] = [
    (0.05, 0.85, 0.60, 14.6),
    (0.1, 0.98, 0.65, 16.0),
    (0.2, 1.27, 0.75, 17.4),
    (0.3, 1.52, 0.88, 18.4),
    (0.4, 1.68, 1.05, 19.1),
    (0.5, 1.75, 1.30, 19.7),
    (0.6, 1.75, 1.55, 20.2),
    (0.8, 1.72, 2.00, 21.0),
    (1.5, 1.60, 2.40, 23.0),
];

/// The red sequence at one redshift.
pub struct RedSequence {
    /// g − r.
    pub g_r: f64,
    /// r − z.
    pub r_z: f64,
    /// z-band magnitude of L*.
    pub m_star_z: f64,
}

impl RedSequence {
    /// At this redshift, interpolated.
    pub fn at(z: f64) -> Self {
        let last = RED_GALAXY.len() - 1;
        let z = z.clamp(RED_GALAXY[0].0, RED_GALAXY[last].0);
        let upper = RED_GALAXY.iter().position(|row| row.0 >= z).unwrap_or(last).max(1);
        let (a, b) = (RED_GALAXY[upper - 1], RED_GALAXY[upper]);
        let t = (z - a.0) / (b.0 - a.0);
        let mix = |a: f64, b: f64| a + t * (b - a);
        Self { g_r: mix(a.1, b.1), r_z: mix(a.2, b.2), m_star_z: mix(a.3, b.3) }
    }

    /// Magnitudes g, r, z of a galaxy with this z-band magnitude; fainter ones are bluer.
    pub fn magnitudes(&self, mag_z: f64, offset_g_r: f64, offset_r_z: f64) -> [f64; 3] {
        let tilt = -0.02 * (mag_z - self.m_star_z);
        let mag_r = mag_z + self.r_z + tilt + offset_r_z;
        [mag_r + self.g_r + tilt + offset_g_r, mag_r, mag_z]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_zero_point_of_a_nanomaggie_is_22_5() {
        assert!((nanomaggies(22.5) - 1.0).abs() < 1e-15);
        assert!((nanomaggies(26.71) - 0.0207).abs() < 1e-4);
        assert!((magnitude(nanomaggies(20.92)) - 20.92).abs() < 1e-12);
    }

    #[test]
    fn red_galaxies_redden_and_fade_with_redshift() {
        let [near, far] = [RedSequence::at(0.3), RedSequence::at(0.7)];
        assert!(far.g_r + far.r_z > near.g_r + near.r_z && far.m_star_z > near.m_star_z);
        assert!((RedSequence::at(0.4).g_r - 1.68).abs() < 1e-12);
    }
}
