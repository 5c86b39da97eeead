//! What a fit that is beyond chance says about the claim: how far the image is
//! off where it is off most.

use imaging::TanSip;

use super::{
    CheckSettings, Placement, Verdict, WrongBecause, odds::Fit, scene::Scene, similarity::Similarity,
};

/// A displacement within so many standard errors of the fit is none.
const SURE: f64 = 4.0;

/// Names what puts the corners off.
pub(super) fn judge(scene: &Scene, claimed: &TanSip, fit: &Fit, settings: &CheckSettings) -> Verdict {
    let place = Placement::of(scene, claimed, fit);
    let map = fit.map;
    let limits = limits(scene, fit, settings);
    let beyond = |map: Similarity| {
        limits.iter().any(|&(p, limit)| {
            let q = map.at(p);
            (q[0] - p[0]).hypot(q[1] - p[1]) > limit
        })
    };
    let stretch = (map.scale() - 1.0).abs();
    if map.mirrored {
        Verdict::Wrong { because: WrongBecause::Mirrored, place: Some(place) }
    } else if !beyond(map) {
        Verdict::Pass(place)
    } else if !beyond(Similarity { shift: [0.0; 2], ..map }) {
        Verdict::Shifted(place)
    } else if beyond(Similarity::turn(0.0, map.scale(), false)) || stretch > map.angle().abs() {
        let because = WrongBecause::Scale { ratio: place.scale_ratio };
        Verdict::Wrong { because, place: Some(place) }
    } else {
        Verdict::Rotated(place)
    }
}

/// Corners and middle of the image, and how far each may be off: the tolerance, or what the fit cannot tell from
/// nothing there, pixels.
fn limits(scene: &Scene, fit: &Fit, settings: &CheckSettings) -> [([f64; 2], f64); 5] {
    let stars: Vec<[f64; 2]> = fit.matches.iter().map(|&(_, star)| scene.stars[star]).collect();
    let n = stars.len().max(1) as f64;
    let mean = [0, 1].map(|k| stars.iter().map(|p| p[k]).sum::<f64>() / n);
    let square = |p: &[f64; 2]| (p[0] - mean[0]).powi(2) + (p[1] - mean[1]).powi(2);
    let spread: f64 = stars.iter().map(square).sum();
    // Of fewer than three stars only the shift is fitted.
    let turns = stars.len() >= 3 && spread > 0.0;
    let (x, y) = (scene.width / 2.0, scene.height / 2.0);
    [[-x, -y], [x, -y], [-x, y], [x, y], [0.0; 2]].map(|p| {
        let error = scene.sigma * (1.0 / n + if turns { square(&p) / spread } else { 0.0 }).sqrt();
        (p, scene.tolerance(settings).max(SURE * error))
    })
}
