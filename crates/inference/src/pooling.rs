//! The end of a network: the head at every place, and what the picture as a whole says by it.

use crate::{kernel::Number, layout::Layout, network::LANES};

/// The last layer's places to one logit and one embedding.
pub(crate) struct Pooling {
    /// Whole blocks; what the last layer has too few is 0.
    pub head: Vec<f32>,
    pub bias: f32,
    /// 0: every place counts the same; the larger, the more the one that says most decides.
    pub sharpness: f32,
    /// Side of the map.
    pub side: usize,
}

impl Pooling {
    /// Fills the map and the embedding of a picture and returns its logit.
    pub fn run<N: Number>(
        &self,
        layout: &Layout,
        numbers: &[N],
        embedding: &mut [f32],
        map: &mut [f32],
    ) -> f32 {
        // Summed first and divided then: a mean without weights must not depend on how a weight rounds.
        let mut sums = vec![0f32; self.head.len()];
        map.fill(self.bias);
        self.places(layout, numbers, |block, cell, values| {
            let head = lanes(&self.head, block);
            let mut said = 0.0;
            for lane in 0..LANES {
                let value = values[lane].value();
                sums[block * LANES + lane] += value;
                said += value * head[lane];
            }
            map[cell] += said;
        });
        let mut total = map.len() as f32;
        if self.sharpness > 0.0 {
            let most = map.iter().copied().fold(f32::NEG_INFINITY, f32::max);
            let weights: Vec<f32> = map.iter().map(|said| (self.sharpness * (said - most)).exp()).collect();
            total = weights.iter().sum();
            sums.fill(0.0);
            self.places(layout, numbers, |block, cell, values| {
                for lane in 0..LANES {
                    sums[block * LANES + lane] += weights[cell] * values[lane].value();
                }
            });
        }
        for (mean, sum) in embedding.iter_mut().zip(sums) {
            *mean = sum / total;
        }
        let said: f32 = embedding.iter().zip(&self.head).map(|(value, weight)| value * weight).sum();
        said + self.bias
    }

    /// Every place of every block of channels, in the order in which they lie.
    fn places<N: Number>(
        &self,
        layout: &Layout,
        numbers: &[N],
        mut each: impl FnMut(usize, usize, &[N; LANES]),
    ) {
        for block in 0..layout.blocks() {
            for cell in 0..self.side * self.side {
                let at = layout.inner(cell / self.side, cell % self.side);
                each(block, cell, lanes(&numbers[block * layout.plane() + at..], 0));
            }
        }
    }
}

fn lanes<N>(numbers: &[N], block: usize) -> &[N; LANES] {
    numbers[block * LANES..].first_chunk().expect("values have whole blocks")
}
