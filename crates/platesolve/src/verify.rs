//! How well a place on the sky explains an image: the odds that its sources are
//! the stars that should be there, against sources that fell anywhere.
//!
//! The model is that of Lang et al. 2010 (AJ 139, 1782, §2.3): taken in order of
//! brightness, each source is a reference star, whose position it misses by a
//! Gaussian error, or a distractor. Two things differ. The chance rate is the
//! density of sources measured around each source, not the mean over the image, so
//! that a crowded corner matched to a crowded corner proves nothing. And the
//! share of distractors is not fixed: three are tried, and their mean counts.

use crate::grid::PointGrid;

/// Shares of sources that are no reference stars.
const DISTRACTORS: [f64; 3] = [0.25, 0.5, 0.8];
/// A source farther than this many standard errors is no match.
const REACH: f64 = 5.0;
/// Odds so small that what follows will not mend them.
const HOPELESS: f64 = -25.0;

/// The sources of an image, where a hypothesis puts them in its frame of pixels.
#[derive(Debug, Clone, Copy)]
pub struct Sources<'a> {
    /// Positions, the most likely stars first.
    pub points: &'a [[f64; 2]],
    /// Share of the sources per square pixel around each.
    pub density: &'a [f64],
    /// Sources the hypothesis was made from: they prove nothing.
    pub used: &'a [usize],
}

/// The stars that should be in the image.
#[derive(Debug, Clone)]
pub struct Reference {
    /// In the same frame, brightest first.
    pub points: Vec<[f64; 2]>,
    grid: PointGrid,
}

impl Reference {
    /// Stars in the frame, brightest first, without those the hypothesis was made from.
    #[must_use]
    pub fn new(points: Vec<[f64; 2]>) -> Self {
        let grid = PointGrid::new(&points);
        Self { points, grid }
    }
}

/// How far a source may be from its star.
#[derive(Debug, Clone, Copy)]
pub struct Spread {
    /// Variance along one axis near the centre, square pixels.
    pub variance: f64,
    /// Where the hypothesis is best: the middle of its quad.
    pub centre: [f64; 2],
    /// Square of the distance from there at which the variance has doubled; infinite if it is the same everywhere.
    pub doubles_at2: f64,
}

impl Spread {
    /// Variance at a point, square pixels.
    #[must_use]
    pub fn at(&self, point: [f64; 2]) -> f64 {
        let r2 = (point[0] - self.centre[0]).powi(2) + (point[1] - self.centre[1]).powi(2);
        self.variance * (1.0 + r2 / self.doubles_at2)
    }
}

/// A source and a star that go together.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Pair {
    /// Which source.
    pub source: usize,
    /// Which star of the reference.
    pub star: usize,
    /// Probability that they do.
    pub probability: f64,
}

/// What the model says.
#[derive(Debug, Clone, Default)]
pub struct Score {
    /// Natural logarithm of the odds.
    pub log_odds: f64,
    /// Sources and their stars.
    pub pairs: Vec<Pair>,
}

/// Weighs a hypothesis.
#[must_use]
pub fn score(sources: Sources<'_>, reference: &Reference, spread: Spread) -> Score {
    if reference.points.is_empty() {
        return Score::default();
    }
    let nearest: Vec<Candidate> = candidates(sources, reference, spread);
    let scores = DISTRACTORS.map(|share| walk(&nearest, reference.points.len(), share));
    let best = scores.iter().map(|score| score.log_odds).fold(f64::NEG_INFINITY, f64::max);
    let mean = scores.iter().map(|score| (score.log_odds - best).exp()).sum::<f64>() / scores.len() as f64;
    let pairs =
        scores.into_iter().find(|score| score.log_odds >= best).map(|score| score.pairs).unwrap_or_default();
    Score { log_odds: best + mean.ln(), pairs }
}

/// A source that counts, and the star nearest to it.
struct Candidate {
    source: usize,
    density: f64,
    /// Star, variance there, and distance² over variance.
    star: Option<(usize, f64, f64)>,
}

fn candidates(sources: Sources<'_>, reference: &Reference, spread: Spread) -> Vec<Candidate> {
    let stars = reference.points.len() as f64;
    let order = sources.points.iter().zip(sources.density).enumerate();
    let counted = order.filter(|(k, (point, _))| !sources.used.contains(k) && point[0].is_finite());
    counted
        .filter_map(|(source, (&point, &density))| {
            let variance = spread.at(point);
            // Where even a perfect hit would tell nothing, the source is left out.
            if 2.0 * std::f64::consts::PI * variance * stars * density > 0.5 {
                return None;
            }
            let hit = reference.grid.nearest(point, REACH * variance.sqrt());
            let star = hit.map(|(star, d2)| (star as usize, variance, d2 / variance));
            Some(Candidate { source, density, star })
        })
        .collect()
}

/// The running odds for one share of distractors; the best of them counts.
fn walk(nearest: &[Candidate], stars: usize, share: f64) -> Score {
    let stars_f = stars as f64;
    let mut taken: Vec<Option<usize>> = vec![None; stars];
    // Per pair: logarithm of foreground over chance, and of distractor over chance when it was made.
    let mut pairs: Vec<Option<(Pair, f64, f64)>> = Vec::new();
    let (mut odds, mut matched) = (0.0, 0.0);
    let mut best = Score::default();
    for candidate in nearest {
        let distractor = (share + (1.0 - share) * (matched / stars_f).min(1.0)).ln();
        let hit = candidate.star.map(|(star, variance, chi2)| {
            let peak = (1.0 - share) / (2.0 * std::f64::consts::PI * variance * stars_f * candidate.density);
            (star, peak.ln() - chi2 / 2.0)
        });
        match hit {
            Some((star, foreground)) if foreground > distractor => {
                let probability = 1.0 / (1.0 + (distractor - foreground).exp());
                let pair = Pair { source: candidate.source, star, probability };
                match taken[star].and_then(|k| pairs[k].map(|old| (k, old))) {
                    // Two sources want one star: the better one has it, the other is a distractor.
                    Some((k, (_, old, old_distractor))) => {
                        if foreground + old_distractor > old + distractor {
                            odds += foreground + old_distractor - old;
                            pairs[k] = None;
                            taken[star] = Some(pairs.len());
                            pairs.push(Some((pair, foreground, distractor)));
                        } else {
                            odds += distractor;
                        }
                    }
                    None => {
                        odds += foreground;
                        matched += 1.0;
                        taken[star] = Some(pairs.len());
                        pairs.push(Some((pair, foreground, distractor)));
                    }
                }
            }
            _ => odds += distractor,
        }
        if odds > best.log_odds {
            best.log_odds = odds;
        }
        if odds < HOPELESS {
            break;
        }
    }
    // Pairs made after the best moment are pairs all the same: the fit wants them.
    best.pairs = pairs.into_iter().flatten().map(|(pair, ..)| pair).collect();
    best
}

/// Share of all sources per square pixel around each of them: half from the neighbourhood that holds
/// its eight nearest, half the mean over the image.
#[must_use]
pub fn densities(points: &[[f64; 2]], area: f64) -> Vec<f64> {
    const NEIGHBOURS: usize = 8;
    let n = points.len() as f64;
    let grid = PointGrid::new(points);
    let mean_radius = (area * (NEIGHBOURS as f64 + 1.0) / (std::f64::consts::PI * n.max(1.0))).sqrt();
    points
        .iter()
        .map(|&point| {
            let mut squares = Vec::new();
            grid.near(point, mean_radius, |_, d2| squares.push(d2));
            if squares.len() <= NEIGHBOURS {
                return 1.0 / area;
            }
            let (_, &mut square, _) = squares.select_nth_unstable_by(NEIGHBOURS, f64::total_cmp);
            let local = NEIGHBOURS as f64 / (std::f64::consts::PI * square.max(1.0)) / n;
            0.5 / area + 0.5 * local.max(1.0 / area)
        })
        .collect()
}
