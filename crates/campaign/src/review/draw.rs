//! The draw: a stratified random sample without replacement, strata by the log-odds of what was
//! claimed before any correction (a correction learnt from one draw would move the strata of the next).
//! Which images fall into it hangs on their names and the seed alone, not on their order.

use domain::{Seed, logit};
use serde::{Deserialize, Serialize};

use super::Allocation;

/// Inner edges of the strata in the log-odds claimed: p = 0.0025, 0.018, 0.12, ½, 0.88, 0.982. Fixed,
/// so that draws at different times can be put together.
const EDGES: [f64; 6] = [-6.0, -4.0, -2.0, 0.0, 2.0, 4.0];

/// How many strata there are.
pub(super) const STRATA: usize = EDGES.len() + 1;

/// The stratum of an image of which this was claimed, from 0.
pub(super) fn stratum_of(claimed: f64) -> usize {
    EDGES.partition_point(|edge| *edge <= logit(claimed))
}

/// One stratum of a draw.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Stratum {
    /// Its name in the file.
    pub name: String,
    /// Lower edge in the log-odds claimed, which belongs to it; `None` for the lowest.
    pub from_logit: Option<f64>,
    /// Upper edge, which belongs to the next stratum; `None` for the highest.
    pub to_logit: Option<f64>,
    /// Images in it.
    pub images: usize,
    /// Images drawn.
    pub drawn: usize,
    /// The chance of each of them to be drawn: drawn / images; 0 in an empty stratum.
    pub inclusion_probability: f64,
}

/// One drawn image.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Drawn {
    /// Its name in the dataset.
    pub subject: String,
    /// Its stratum.
    pub stratum: String,
    /// The chance it had.
    pub inclusion_probability: f64,
}

/// Draws `count` (or all, if there are fewer) of these images, given as (name, claimed). The images
/// come in an order that tells nothing of their strata.
#[must_use]
pub fn draw(
    images: &[(String, f64)],
    count: usize,
    allocation: Allocation,
    seed: Seed,
) -> (Vec<Stratum>, Vec<Drawn>) {
    let mut members: Vec<Vec<(u64, &str, f64)>> = vec![Vec::new(); STRATA];
    for (name, p) in images {
        let luck = seed.child("luck").child(name).to_u64();
        members[stratum_of(*p)].push((luck, name, *p));
    }
    for stratum in &mut members {
        stratum.sort_unstable_by(|a, b| a.0.cmp(&b.0).then(a.1.cmp(b.1)));
    }
    let sizes: Vec<(usize, f64)> = members
        .iter()
        .map(|m| (m.len(), m.iter().map(|(_, _, p)| p).sum::<f64>() / m.len().max(1) as f64))
        .collect();
    let counts = allocation.share(count, &sizes);
    let strata: Vec<Stratum> = (0..members.len())
        .map(|h| Stratum {
            name: format!("s{}", h + 1),
            from_logit: h.checked_sub(1).map(|below| EDGES[below]),
            to_logit: EDGES.get(h).copied(),
            images: members[h].len(),
            drawn: counts[h],
            inclusion_probability: counts[h] as f64 / members[h].len().max(1) as f64,
        })
        .collect();
    let mut drawn: Vec<Drawn> = strata
        .iter()
        .zip(&members)
        .flat_map(|(stratum, members)| {
            members[..stratum.drawn].iter().map(|(_, name, _)| Drawn {
                subject: (*name).to_owned(),
                stratum: stratum.name.clone(),
                inclusion_probability: stratum.inclusion_probability,
            })
        })
        .collect();
    drawn.sort_by_cached_key(|row| (seed.child("order").child(&row.subject).to_u64(), row.subject.clone()));
    (strata, drawn)
}

#[cfg(test)]
mod tests {
    use std::collections::HashMap;

    use super::*;

    /// 2,000 images, most of them hopeless.
    fn images() -> Vec<(String, f64)> {
        (0..2000).map(|n| (format!("image-{n:04}"), (f64::from(n) + 0.5) / 2000.0)).map(square).collect()
    }

    fn square((name, p): (String, f64)) -> (String, f64) {
        (name, p.powi(6))
    }

    #[test]
    fn the_order_of_the_images_changes_nothing() {
        let mut turned = images();
        turned.reverse();
        let seed = Seed::root(1);
        assert_eq!(draw(&images(), 90, Allocation::Equal, seed), draw(&turned, 90, Allocation::Equal, seed));
        assert_ne!(
            draw(&images(), 90, Allocation::Equal, seed).1,
            draw(&images(), 90, Allocation::Equal, Seed::root(2)).1
        );
    }

    #[test]
    fn every_image_is_drawn_as_often_as_its_probability_says() {
        let images = images();
        let mut times: HashMap<String, u32> = HashMap::new();
        let mut probability = HashMap::new();
        let draws = 400;
        for n in 0..draws {
            let (strata, drawn) = draw(&images, 100, Allocation::Neyman, Seed::root(n));
            assert_eq!(strata.iter().map(|s| s.drawn).sum::<usize>(), drawn.len());
            for row in drawn {
                probability.insert(row.subject.clone(), row.inclusion_probability);
                *times.entry(row.subject).or_default() += 1;
            }
        }
        // Pooled over all images ever drawn: seen against expected, within 4 standard deviations.
        for range in [(0.0, 0.05), (0.05, 1.0)] {
            let inside = |p: &f64| *p > range.0 && *p <= range.1;
            let of: Vec<&String> = probability.iter().filter(|(_, p)| inside(p)).map(|(n, _)| n).collect();
            let expected: f64 = of.iter().map(|n| probability[*n] * draws as f64).sum();
            let seen: f64 = of.iter().map(|n| f64::from(times[*n])).sum();
            assert!((seen - expected).abs() < 4.0 * expected.sqrt() + 0.02 * expected, "{seen} {expected}");
        }
    }

    #[test]
    fn the_weighted_sample_finds_the_number_of_lenses() {
        // Lenses by their own probability; Σ y/π over the draw, mean over draws.
        let images = images();
        let is_lens: HashMap<&str, f64> = images
            .iter()
            .map(|(name, p)| {
                let luck = Seed::root(9).child(name).to_u64() as f64 / u64::MAX as f64;
                (name.as_str(), f64::from(u8::from(luck < *p)))
            })
            .collect();
        let truth: f64 = is_lens.values().sum();
        let mean = (0..200)
            .map(|n| {
                let (_, drawn) = draw(&images, 150, Allocation::Neyman, Seed::root(n));
                drawn.iter().map(|d| is_lens[d.subject.as_str()] / d.inclusion_probability).sum::<f64>()
            })
            .sum::<f64>()
            / 200.0;
        assert!((mean / truth - 1.0).abs() < 0.03, "{mean} of {truth}");
    }

    #[test]
    fn certain_images_have_a_stratum_too() {
        let images = [("never".to_owned(), 0.0), ("always".to_owned(), 1.0)];
        let (strata, drawn) = draw(&images, 5, Allocation::Equal, Seed::root(1));
        assert_eq!(drawn.len(), 2);
        assert_eq!((strata[0].drawn, strata[6].drawn), (1, 1));
        assert!(drawn.iter().all(|row| (row.inclusion_probability - 1.0).abs() < 1e-12));
    }
}
