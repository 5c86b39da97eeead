//! The scales of ready-made indexes: steps of about √2 between 0.06′ and 2000′.

/// Bounds between presets, arcmin; preset −10 lies between the first two.
const BOUNDS_ARCMIN: [f64; 31] = [
    0.06, 0.09, 0.13, 0.18, 0.25, 0.35, 0.5, 0.7, 1.0, 1.4, 2.0, 2.8, 4.0, 5.6, 8.0, 11.0, 16.0, 22.0, 30.0,
    42.0, 60.0, 85.0, 120.0, 170.0, 240.0, 340.0, 480.0, 680.0, 1000.0, 1400.0, 2000.0,
];

/// The smallest preset.
pub const FIRST: i32 = -10;
/// The largest preset.
pub const LAST: i32 = 19;

/// One of the usual scales.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Preset {
    /// Its number, [`FIRST`] to [`LAST`].
    pub number: i32,
    /// Shortest distance of A and B, arcmin.
    pub low_arcmin: f64,
    /// Longest distance of A and B, arcmin.
    pub high_arcmin: f64,
    /// Nside of the grid: a cell's side is about three quarters of the longest distance.
    pub nside: u32,
}

impl Preset {
    /// The preset of a number; `None` beyond [`FIRST`]`..=`[`LAST`].
    #[must_use]
    pub fn new(number: i32) -> Option<Self> {
        let at = usize::try_from(number.checked_sub(FIRST)?).ok()?;
        let (low_arcmin, high_arcmin) = (*BOUNDS_ARCMIN.get(at)?, *BOUNDS_ARCMIN.get(at + 1)?);
        let nside = (1760.0 * 2_f64.powf(-f64::from(number) / 2.0)).ceil() as u32;
        Some(Self { number, low_arcmin, high_arcmin, nside })
    }

    /// The grid that suits quads up to `high_arcmin` long, as the presets have it.
    #[must_use]
    pub fn nside_for(high_arcmin: f64) -> u32 {
        (1760.0 * 2.8 / high_arcmin).ceil().clamp(1.0, f64::from(crate::healpix::MAX_NSIDE)) as u32
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn presets_have_the_grids_of_published_index_files() {
        let known = [(-10, 56_320), (0, 1760), (7, 156), (9, 78), (10, 55), (11, 39), (12, 28), (19, 3)];
        for (number, nside) in known {
            assert_eq!(Preset::new(number).map(|p| p.nside), Some(nside), "preset {number}");
        }
        assert_eq!(Preset::new(-11), None);
        assert_eq!(Preset::new(20), None);
        assert_eq!(Preset::new(i32::MIN), None);
        assert_eq!(Preset::new(12).map(|p| (p.low_arcmin, p.high_arcmin)), Some((120.0, 170.0)));
        assert_eq!(Preset::new(19).map(|p| p.high_arcmin), Some(2000.0));
    }

    #[test]
    fn a_scale_between_presets_gets_a_grid_like_theirs() {
        for number in FIRST..=LAST {
            let preset = Preset::new(number).expect("one of them");
            let ratio = f64::from(Preset::nside_for(preset.high_arcmin)) / f64::from(preset.nside);
            assert!((0.8..1.2).contains(&ratio), "preset {number}: {ratio}");
        }
    }
}
