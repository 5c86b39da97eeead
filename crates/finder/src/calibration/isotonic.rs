//! Isotonic regression: the rising steps nearest to the labels by pooling adjacent violators (Ayer et
//! al. 1955), smoothed and joined by lines so that no two logits share a probability.

use domain::logit;

use super::Row;

/// Images of one step at least.
const FEWEST: usize = 10;

/// Images next to each other in logit.
#[derive(Debug, Clone, Copy)]
struct Block {
    count: usize,
    weight: f64,
    /// Σ weight·logit.
    logits: f64,
    /// Σ weight of lenses.
    lenses: f64,
}

impl Block {
    fn join(self, other: Self) -> Self {
        Self {
            count: self.count + other.count,
            weight: self.weight + other.weight,
            logits: self.logits + other.logits,
            lenses: self.lenses + other.lenses,
        }
    }

    /// Share of lenses, as if half a lens and half another had been seen besides.
    fn share(&self) -> f64 {
        let mean = self.lenses / self.weight;
        (mean * self.count as f64 + 0.5) / (self.count as f64 + 1.0)
    }
}

/// `[logit, log-odds]`, both strictly rising.
pub(super) fn knots(rows: &[Row]) -> Result<Vec<[f64; 2]>, String> {
    let mut rows: Vec<Row> = rows.iter().copied().filter(|row| row.w > 0.0).collect();
    rows.sort_by(|a, b| a.x.total_cmp(&b.x));
    let mut blocks: Vec<Block> = Vec::new();
    for row in rows {
        let mut block =
            Block { count: 1, weight: row.w, logits: row.w * row.x, lenses: if row.y { row.w } else { 0.0 } };
        // Pool what is too small and what does not rise.
        while let Some(last) = blocks.pop() {
            if last.count >= FEWEST && last.share() < block.share() {
                blocks.push(last);
                break;
            }
            block = last.join(block);
        }
        blocks.push(block);
    }
    // The last may still be too small.
    while let [.., before, last] = blocks[..]
        && (last.count < FEWEST || last.share() <= before.share())
    {
        blocks.truncate(blocks.len() - 2);
        blocks.push(before.join(last));
    }
    if blocks.len() < 2 {
        return Err("higher logits do not mean more lenses".into());
    }
    Ok(blocks.iter().map(|block| [block.logits / block.weight, logit(block.share())]).collect())
}

/// The line through the knots, of slope 1 beyond them; `None` without knots.
pub(super) fn through(knots: &[[f64; 2]], x: f64) -> Option<f64> {
    let (first, last) = (knots.first()?, knots.last()?);
    if x <= first[0] {
        return Some(first[1] + x - first[0]);
    }
    if x >= last[0] {
        return Some(last[1] + x - last[0]);
    }
    let after = knots.partition_point(|knot| knot[0] <= x);
    let ([x0, y0], [x1, y1]) = (knots[after - 1], knots[after]);
    Some(y0 + (y1 - y0) * (x - x0) / (x1 - x0))
}
