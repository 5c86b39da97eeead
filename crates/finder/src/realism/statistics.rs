//! What bare pixels tell without any network: brightness, spread and
//! sharpness of each channel.

/// What [`of_tile`] gives, in order.
pub const NAMES: [&str; 9] = [
    "mean, channel 1",
    "mean, channel 2",
    "mean, channel 3",
    "deviation, channel 1",
    "deviation, channel 2",
    "deviation, channel 3",
    "pixel-to-pixel noise, channel 1",
    "pixel-to-pixel noise, channel 2",
    "pixel-to-pixel noise, channel 3",
];

/// Mean, standard deviation and high-frequency amplitude (root mean square of a pixel less the mean
/// of its four neighbours) of each channel of a tile of `size`·`size`·3 bytes, in bytes.
#[must_use]
pub fn of_tile(tile: &[u8], size: usize) -> [f32; 9] {
    let mut out = [0.0; 9];
    for channel in 0..3 {
        let at = |x: usize, y: usize| f64::from(tile[(y * size + x) * 3 + channel]);
        let values = || tile.iter().skip(channel).step_by(3).map(|&byte| f64::from(byte));
        let count = (size * size) as f64;
        let mean = values().sum::<f64>() / count;
        let variance = values().map(|value| (value - mean).powi(2)).sum::<f64>() / count;
        let (mut sharp, mut inner) = (0.0, 0.0);
        for y in 1..size.saturating_sub(1) {
            for x in 1..size - 1 {
                let around = 0.25 * (at(x - 1, y) + at(x + 1, y) + at(x, y - 1) + at(x, y + 1));
                sharp += (at(x, y) - around).powi(2);
                inner += 1.0;
            }
        }
        out[channel] = mean as f32;
        out[3 + channel] = variance.sqrt() as f32;
        out[6 + channel] = (sharp / f64::max(inner, 1.0)).sqrt() as f32;
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn channels_are_kept_apart_and_slopes_are_not_noise() {
        // Channel 1 is flat, channel 2 a slope, channel 3 a chequerboard.
        let byte = |x: usize, y: usize| [7, (10 * x) as u8, if (x + y).is_multiple_of(2) { 0 } else { 20 }];
        let tile: Vec<u8> = (0..256).flat_map(|i| byte(i % 16, i / 16)).collect();
        let found = of_tile(&tile, 16);
        let expected = [7.0, 75.0, 10.0, 0.0, 46.097_72, 10.0, 0.0, 0.0, 20.0];
        assert!(found.iter().zip(expected).all(|(a, b)| (a - b).abs() < 1e-4), "{found:?}");
    }
}
