//! Brightness and noise of the empty sky in one plane, without being misled by galaxies.

/// Sky of one plane.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct SkyLevel {
    /// Median of the pixels left after clipping.
    pub median: f32,
    /// 1.4826 · median absolute deviation of the same pixels (the σ of Gaussian noise).
    pub sigma: f32,
}

/// Median and σ after `rounds` of clipping at `clip` σ. Pixels must be finite; an empty plane gives zeros.
#[must_use]
pub fn sky_level(plane: &[f32], clip: f32, rounds: u32) -> SkyLevel {
    let mut kept = plane.to_vec();
    let mut deviations = Vec::with_capacity(kept.len());
    let mut level = measure(&mut kept, &mut deviations);
    for _ in 0..rounds {
        let reach = clip * level.sigma;
        if reach <= 0.0 {
            break;
        }
        kept.retain(|value| (value - level.median).abs() <= reach);
        level = measure(&mut kept, &mut deviations);
    }
    level
}

/// As [`sky_level`] for a rendered picture, whose sky may be clipped to black so that most pixels are
/// equal: σ is then that of a half-Gaussian fitted to what rises above the black. Still 0 for a plane
/// of which less than a twentieth rises.
#[must_use]
pub fn sky_level_of_render(plane: &[f32], clip: f32, rounds: u32) -> SkyLevel {
    let level = sky_level(plane, clip, rounds);
    if level.sigma > 0.0 {
        return level;
    }
    let mut above: Vec<f32> =
        plane.iter().map(|value| value - level.median).filter(|&rise| rise > 0.0).collect();
    if above.len() * 20 < plane.len() {
        return level;
    }
    SkyLevel { median: level.median, sigma: 1.4826 * median(&mut above) }
}

fn measure(values: &mut [f32], deviations: &mut Vec<f32>) -> SkyLevel {
    let median = median(values);
    deviations.clear();
    deviations.extend(values.iter().map(|value| (value - median).abs()));
    // 1 / Φ⁻¹(3/4): the MAD of a Gaussian in units of its σ.
    SkyLevel { median, sigma: 1.4826 * self::median(deviations) }
}

/// The lower median, which is always one of the values.
fn median(values: &mut [f32]) -> f32 {
    if values.is_empty() {
        return 0.0;
    }
    let middle = (values.len() - 1) / 2;
    *values.select_nth_unstable_by(middle, f32::total_cmp).1
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bright_galaxy_does_not_move_the_sky() {
        // A stratified normal sample by the logistic approximation is good to a per cent.
        let quantile = |p: f32| (p / (1.0 - p)).ln() * 0.5513 * 2.0;
        let mut plane: Vec<f32> = (1..4000).map(|i| 5.0 + quantile(i as f32 / 4000.0)).collect();
        let clean = sky_level(&plane, 3.0, 2);
        plane.extend((0..200).map(|i| 100.0 + i as f32));
        let crowded = sky_level(&plane, 3.0, 2);
        assert!((clean.median - 5.0).abs() < 0.01, "{clean:?}");
        assert!((crowded.median - 5.0).abs() < 0.1, "{crowded:?}");
        assert!((crowded.sigma / clean.sigma - 1.0).abs() < 0.1, "{clean:?} {crowded:?}");
    }

    #[test]
    fn a_sky_clipped_to_black_still_has_noise_if_it_is_a_picture() {
        let mut plane = vec![0.0; 600];
        plane.extend((1..=400).map(|i| i as f32 / 100.0));
        assert_eq!(sky_level(&plane, 3.0, 2).sigma, 0.0);
        let level = sky_level_of_render(&plane, 3.0, 2);
        assert!(level.median == 0.0 && (level.sigma - 2.97).abs() < 0.02, "{level:?}");
        plane.resize(100_000, 0.0);
        assert_eq!(sky_level_of_render(&plane, 3.0, 2).sigma, 0.0);
    }

    #[test]
    fn a_flat_plane_has_no_noise() {
        assert_eq!(sky_level(&[2.0; 9], 3.0, 2), SkyLevel { median: 2.0, sigma: 0.0 });
        assert_eq!(sky_level(&[], 3.0, 2), SkyLevel { median: 0.0, sigma: 0.0 });
    }
}
