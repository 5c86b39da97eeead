//! Where in a pixel rays are sent, and what each counts: Gauss–Legendre points,
//! which average a smooth light exactly with very few rays, and several sets of
//! them side by side where the light has a cusp.

use std::sync::LazyLock;

/// Places along one side of a pixel, from 0 to 1, and weights that add up to 1; used for both sides.
#[derive(Debug, Clone)]
pub struct Rule {
    /// Place and weight.
    pub points: Vec<(f64, f64)>,
}

/// Points and weights of Gauss and Legendre on [−1, 1], one to four points.
const GAUSS: [&[(f64, f64)]; 4] = [
    &[(0.0, 2.0)],
    &[(-0.577_350_269_189_625_8, 1.0), (0.577_350_269_189_625_8, 1.0)],
    &[
        (-0.774_596_669_241_483_4, 0.555_555_555_555_555_6),
        (0.0, 0.888_888_888_888_888_8),
        (0.774_596_669_241_483_4, 0.555_555_555_555_555_6),
    ],
    &[
        (-0.861_136_311_594_052_6, 0.347_854_845_137_453_85),
        (-0.339_981_043_584_856_26, 0.652_145_154_862_546_1),
        (0.339_981_043_584_856_26, 0.652_145_154_862_546_1),
        (0.861_136_311_594_052_6, 0.347_854_845_137_453_85),
    ],
];

/// 1, 2, 3, 4, 8 and 16 rays along a side.
static RULES: LazyLock<Vec<Rule>> = LazyLock::new(|| {
    [(1, 1), (2, 1), (3, 1), (4, 1), (4, 2), (4, 4)].map(|(points, parts)| rule(points, parts)).to_vec()
});

/// Rank of the finest rule.
pub const FINEST: usize = 5;

/// The rule with this rank.
pub fn rule_of(rank: usize) -> &'static Rule {
    &RULES[rank.min(FINEST)]
}

fn rule(points: usize, parts: usize) -> Rule {
    let one = |part: usize, &(at, weight): &(f64, f64)| {
        ((part as f64 + 0.5 * (at + 1.0)) / parts as f64, 0.5 * weight / parts as f64)
    };
    Rule { points: (0..parts).flat_map(|part| GAUSS[points - 1].iter().map(move |p| one(part, p))).collect() }
}

/// The coarsest rule that averages an exponential of scale `scale` over a pixel of side `pixel` (both
/// arcsec in the source plane), `brightness` times as bright as the source's middle, to 6e-4 of that
/// middle. The bounds are the rules' error terms, with each derivative one over the scale.
pub fn rank_for(pixel: f64, scale: f64, brightness: f64) -> usize {
    const TOLERANCE: f64 = 6e-4;
    let square = (pixel / scale) * (pixel / scale);
    let fine = square * square;
    if brightness * square < 12.0 * TOLERANCE {
        0
    } else if brightness * fine < 2160.0 * TOLERANCE {
        1
    } else if brightness * fine * square < 1e6 * TOLERANCE {
        2
    } else if square < 4.0 {
        3
    } else if square < 16.0 {
        4
    } else {
        FINEST
    }
}

/// The rule for a pixel that may hold the middle of a profile with a cusp.
pub fn rank_at_cusp(rank: usize) -> usize {
    (rank.max(3) + 1).min(FINEST)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_rule_adds_up_to_one_and_integrates_what_it_should() {
        for rank in 0..=FINEST {
            let points = &rule_of(rank).points;
            let moment = |k: i32| points.iter().map(|(at, weight)| weight * at.powi(k)).sum::<f64>();
            assert!((moment(0) - 1.0).abs() < 1e-14 && (moment(1) - 0.5).abs() < 1e-14);
            if rank > 0 {
                assert!((moment(3) - 0.25).abs() < 1e-14, "rank {rank}");
            }
        }
        assert_eq!(rule_of(FINEST).points.len(), 16);
    }

    #[test]
    fn sharper_and_brighter_light_gets_more_rays() {
        assert_eq!(rank_for(0.2, 0.3, 1e-4), 0);
        assert_eq!(rank_for(0.2, 0.3, 1.0), 1);
        assert!(rank_for(0.2, 0.05, 1.0) > rank_for(0.2, 0.1, 1.0));
    }
}
