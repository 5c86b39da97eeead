//! From a rough place to the best one near it.

use super::{scene::Scene, similarity::Similarity};

const STEPS: i32 = 10;
/// What remains of the radius after each step.
const SHRINK: f64 = 0.7;

/// Pairs sources and stars that are each other's nearest within a radius, fits the map to them, and does
/// so again with a smaller radius. Begins at `radius` pixels and ends at four standard errors.
pub(super) fn from(scene: &Scene, start: Similarity, radius: f64) -> Similarity {
    let mut map = start;
    let last = 4.0 * scene.sigma;
    let mut by_star: Vec<Option<(usize, f64)>> = vec![None; scene.stars.len()];
    for step in 0..STEPS {
        let radius = (radius * SHRINK.powi(step)).max(last);
        by_star.fill(None);
        for (source, &q) in scene.sources.iter().enumerate() {
            if let Some((star, square)) = scene.nearest(map.back(q), radius / map.scale())
                && by_star[star].is_none_or(|(_, least)| square < least)
            {
                by_star[star] = Some((source, square));
            }
        }
        let pair = |(star, source): (usize, &Option<(usize, f64)>)| {
            Some((scene.stars[star], scene.sources[(*source)?.0]))
        };
        let pairs: Vec<_> = by_star.iter().enumerate().filter_map(pair).collect();
        let Some(new) = map.fitted(&pairs) else { return map };
        if !(0.2..5.0).contains(&new.scale()) {
            return map;
        }
        let settled = radius <= last && new == map;
        map = new;
        if settled {
            break;
        }
    }
    map
}
