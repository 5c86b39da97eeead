//! Where a source stands behind its lens.

use lensing::CriticalCurve;

use crate::{
    dice::{Dice, round},
    record::{Placement, Source},
};

/// A place in the source plane. `Area` is uniform over a rectangle that holds the caustic with half an
/// arcsec around: taken when seen, such sources stand as nature has them behind this cluster. `Arc` is
/// along the caustic, cusps included, with an offset that favours the inside, where the extra images
/// are. `Ring` is within 0.3 arcsec of the middle.
pub fn place(placement: Placement, curve: &CriticalCurve, r_e: f64, dice: &mut Dice) -> [f64; 2] {
    let caustic = &curve.caustic;
    let middle = |axis: usize| caustic.iter().map(|p| p[axis]).sum::<f64>() / caustic.len() as f64;
    let [mx, my] = [middle(0), middle(1)];
    let [x, y] = match placement {
        Placement::Ring => {
            let (radius, angle) =
                (0.3 * dice.uniform(0.0, 1.0).sqrt(), dice.uniform(0.0, std::f64::consts::TAU));
            [mx + radius * angle.cos(), my + radius * angle.sin()]
        }
        Placement::Arc => {
            let [px, py] = caustic[dice.integer(0, caustic.len() - 1)];
            let (dx, dy) = (mx - px, my - py);
            let length = dx.hypot(dy).max(1e-9);
            let offset = dice.normal(0.5 * r_e, r_e);
            [px + offset * dx / length, py + offset * dy / length]
        }
        Placement::Area => {
            let extent =
                |axis: usize, m: f64| caustic.iter().map(|p| (p[axis] - m).abs()).fold(0.0, f64::max);
            let (ex, ey) = (extent(0, mx) + 0.5, extent(1, my) + 0.5);
            [mx + dice.uniform(-ex, ex), my + dice.uniform(-ey, ey)]
        }
    };
    [round(x, 4), round(y, 4)]
}

/// Moves a whole source.
pub fn shift(source: &mut Source, [x, y]: [f64; 2]) {
    for component in &mut source.components {
        component.x = round(component.x + x, 4);
        component.y = round(component.y + y, 4);
    }
}
