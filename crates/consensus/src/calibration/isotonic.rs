//! The isotonic curve: any that never falls, by pooling adjacent violators (Ayer et al. 1955).

use domain::{logit, sigmoid};

use super::review::Point;

/// Points of equal or out-of-order shares taken together.
struct Block {
    weight: f64,
    /// Σ weight · x.
    claimed: f64,
    lenses: f64,
    reviews: f64,
}

impl Block {
    fn share(&self) -> f64 {
        self.lenses / self.weight
    }
}

/// `(log-odds claimed, probability)` per step, rising in both. Each step is pulled towards what was
/// claimed by the weight of one review, or a few lenses in a row would be called certain.
pub(super) fn fit(points: &[Point]) -> Vec<(f64, f64)> {
    let mut sorted = points.to_vec();
    sorted.sort_by(|a, b| a.x.total_cmp(&b.x).then(a.y.total_cmp(&b.y)));
    let mut blocks: Vec<Block> = Vec::new();
    for same in sorted.chunk_by(|a, b| a.x == b.x) {
        let mut block = Block { weight: 0.0, claimed: 0.0, lenses: 0.0, reviews: 0.0 };
        for point in same {
            block.weight += point.weight;
            block.claimed += point.weight * point.x;
            block.lenses += point.weight * point.y;
            block.reviews += 1.0;
        }
        blocks.push(block);
        pool(&mut blocks, Block::share);
    }
    let smoothed = |block: &Block| {
        let one = block.weight / block.reviews;
        (block.lenses + one * sigmoid(block.claimed / block.weight)) / (block.weight + one)
    };
    let mut steps: Vec<Block> = Vec::with_capacity(blocks.len());
    for block in blocks {
        steps.push(block);
        pool(&mut steps, smoothed);
    }
    steps.iter().map(|block| (block.claimed / block.weight, smoothed(block))).collect()
}

/// Merges the last blocks until their values rise.
fn pool(blocks: &mut Vec<Block>, value: impl Fn(&Block) -> f64) {
    while let [.., before, last] = &blocks[..]
        && value(before) >= value(last)
        && let (Some(last), Some(before)) = (blocks.pop(), blocks.last_mut())
    {
        before.weight += last.weight;
        before.claimed += last.claimed;
        before.lenses += last.lenses;
        before.reviews += last.reviews;
    }
}

/// The curve at these log-odds: straight between steps in log-odds of both, parallel to "nothing to
/// correct" beyond the ends.
pub(super) fn at(steps: &[(f64, f64)], x: f64) -> f64 {
    let after = steps.partition_point(|step| step.0 <= x);
    let z = match (steps.get(after.wrapping_sub(1)), steps.get(after)) {
        (Some(low), Some(high)) => {
            let part = (x - low.0) / (high.0 - low.0);
            logit(low.1) + part * (logit(high.1) - logit(low.1))
        }
        (Some(end), None) | (None, Some(end)) => logit(end.1) + x - end.0,
        (None, None) => x,
    };
    sigmoid(z)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn the_curve_never_falls(
            raw in prop::collection::vec((-8_i32..8, prop::bool::ANY, 1_u32..200), 1..60),
        ) {
            let points: Vec<Point> = raw
                .iter()
                .map(|(x, y, w)| Point { x: f64::from(*x), y: f64::from(u8::from(*y)), weight: f64::from(*w) })
                .collect();
            let steps = fit(&points);
            prop_assert!(steps.windows(2).all(|pair| pair[0].0 < pair[1].0 && pair[0].1 < pair[1].1));
            let values: Vec<f64> = (-100..100).map(|i| at(&steps, f64::from(i) / 10.0)).collect();
            prop_assert!(values.windows(2).all(|pair| pair[0] <= pair[1] + 1e-12));
        }
    }

    #[test]
    fn a_step_no_line_can_follow_is_followed() {
        let points: Vec<Point> = (0..600)
            .map(|i| {
                let x = f64::from(i) / 100.0 - 3.0;
                let y =
                    if x < 1.0 { f64::from(u8::from(i % 10 == 0)) } else { f64::from(u8::from(i % 10 != 0)) };
                Point { x, y, weight: 1.0 }
            })
            .collect();
        let steps = fit(&points);
        assert!((at(&steps, -1.0) - 0.1).abs() < 0.05 && (at(&steps, 2.0) - 0.9).abs() < 0.05);
    }
}
