//! How the picture of a cutout is stretched. The ranges cover what was seen of
//! published pictures of lenses: sky noise of 2 to 10 % of white, black about one
//! σ below the sky, white from 20 σ to hundreds.

use crate::{
    config::StretchConfig,
    dice::{Dice, round, round_significant},
    record::{Record, Stretch},
};

/// Draws whether the tile is made from a picture, and how that is stretched.
pub fn draw(settings: &StretchConfig, dice: &mut Dice, record: &Record) -> Option<Stretch> {
    if !dice.chance(settings.share) {
        return None;
    }
    let kept = dice.uniform(settings.field[0], settings.field[1]);
    let keep_px = ((kept * record.cutout.size_px as f64).round() as usize).clamp(16, record.cutout.size_px);
    let sigma = record.noise.sky_sigma_nmgy;
    let scatter = [0, 1, 2].map(|_| dice.normal(0.0, settings.colour_scatter).exp());
    let of_log = |dice: &mut Dice, low: f64, high: f64| dice.uniform(low.ln(), high.ln()).exp();
    let kind = dice.choose(&settings.kinds);
    let (gain, softening, low, white_share, lupton) = match kind {
        0 => {
            let softening = of_log(dice, 0.33, 3.3);
            let exposure = dice.log_normal(1.0, 0.35) * softening * (1.0 / softening).asinh();
            let gain = [0, 1, 2].map(|b| settings.noise[b] / sigma[b] * scatter[b] * exposure);
            (gain, softening, dice.uniform(-1.2, -0.5), None, true)
        }
        1 => {
            let softening = 1.0 / of_log(dice, 1.0, 15.0);
            (scatter, softening, dice.uniform(-1.3, -0.4), Some(round(dice.uniform(0.985, 0.9995), 4)), false)
        }
        _ => {
            let white = of_log(dice, 20.0, 250.0);
            let softening = of_log(dice, 2.0, 40.0) / white;
            let gain = [0, 1, 2].map(|b| scatter[b].powi(3) / (white * sigma[b]));
            (gain, softening, dice.uniform(-1.5, 0.6), None, dice.chance(0.5))
        }
    };
    Some(Stretch {
        keep_px,
        gain: gain.map(round_significant),
        low_sigma: round(low, 2),
        softening: round_significant(softening),
        white_share,
        lupton,
        keep_colour: dice.chance(0.4),
    })
}
