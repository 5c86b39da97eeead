//! Odds that the sources are the catalogue's stars, seen through a map, and not
//! scattered by chance (Lang et al. 2010, AJ 139, 1782, §2.3, without a quad).

use super::{CheckSettings, scene::Scene, similarity::Similarity};

/// A source farther from every star than this many standard errors is none of them.
const FARTHEST: f64 = 5.0;

/// A map and how likely it is.
#[derive(Debug, Clone)]
pub(super) struct Fit {
    pub map: Similarity,
    pub log_odds: f64,
    /// Logarithm of the number of maps that were tried for it.
    pub ln_trials: f64,
    /// Source and star.
    pub matches: Vec<(usize, usize)>,
}

/// Takes the sources in their order: each is a star not seen yet, or none of them. The odds are the best
/// that they come to on the way, since the faint end of a list is seldom any good.
pub(super) fn of(scene: &Scene, map: Similarity, settings: &CheckSettings) -> Fit {
    let none = Fit { map, log_odds: 0.0, ln_trials: 0.0, matches: Vec::new() };
    let (half_width, half_height) = (scene.width / 2.0, scene.height / 2.0);
    let in_view = |p: &[f64; 2]| {
        let q = map.at(*p);
        q[0].abs() <= half_width && q[1].abs() <= half_height
    };
    let seen = scene.stars.iter().filter(|p| in_view(p)).count();
    if seen == 0 {
        return none;
    }
    let (seen, scale) = (seen as f64, map.scale());
    let square = scene.sigma * scene.sigma;
    let real = 1.0 - settings.distractors;
    let ln_star = (real / (std::f64::consts::TAU * square * seen)).ln();
    let ln_other = |matches: usize| (settings.distractors + real * matches as f64 / seen).min(1.0).ln();
    // For each star: its source, what that adds, and how many matches there were before.
    let mut taken: Vec<Option<(usize, f64, usize)>> = vec![None; scene.stars.len()];
    let (mut total, mut best, mut matches) = (0.0, 0.0, 0);
    let mut best_taken = Vec::new();
    for (source, (&q, &ln_density)) in scene.sources.iter().zip(&scene.ln_density).enumerate() {
        let other = ln_other(matches);
        let near = scene.nearest(map.back(q), FARTHEST * scene.sigma / scale);
        let near = near.filter(|&(star, _)| in_view(&scene.stars[star]));
        let Some((star, distance)) = near else {
            total += other;
            continue;
        };
        let match_odds = ln_star - distance * scale * scale / (2.0 * square) - ln_density;
        match taken[star] {
            None if match_odds > other => {
                taken[star] = Some((source, match_odds, matches));
                (total, matches) = (total + match_odds, matches + 1);
            }
            Some((_, old_odds, before)) if match_odds + ln_other(before) - old_odds > other => {
                // This source fits so much better that the earlier one must have been something else.
                taken[star] = Some((source, match_odds, before));
                total += match_odds + ln_other(before) - old_odds;
            }
            _ => total += other,
        }
        if total > best {
            best = total;
            best_taken.clone_from(&taken);
        }
    }
    let mut matches: Vec<(usize, usize)> =
        (0..).zip(&best_taken).filter_map(|(star, t)| Some(((*t)?.0, star))).collect();
    matches.sort_unstable();
    Fit { log_odds: best, matches, ..none }
}
