//! Which questions an attempt at the quiz asks, in which order: about half lenses of several kinds,
//! the rest mostly look-alikes, never the same twice in an attempt, and a fresh order each time.

use std::collections::BTreeMap;

use domain::{Label, Seed};
use store::TeachingKind;

/// Draws the places of `count` questions (fewer if there are fewer images).
pub(crate) fn draw(images: &[TeachingKind], count: usize, seed: Seed) -> Vec<u32> {
    let mut groups: [BTreeMap<&str, Vec<u32>>; 3] = Default::default();
    for image in images {
        groups[group(image)].entry(&image.kind).or_default().push(image.place);
    }
    for (name, places) in groups.iter_mut().flatten() {
        let seed = seed.child(name);
        places.sort_by_key(|place| seed.index(u64::from(*place)).to_u64());
    }
    // One lens more or fewer than half: who counts must not know the last answer.
    let lenses = count / 2 + (seed.child("lenses").to_u64() % 3) as usize;
    let lenses = lenses.saturating_sub(1).max(usize::from(count > 0));
    let plain = (count - lenses.min(count)) * 2 / 5;
    let wanted = [lenses.min(count), count - lenses.min(count) - plain, plain];
    let mut places = Vec::new();
    let mut left = Vec::new();
    for (kinds, wanted) in groups.into_iter().zip(wanted) {
        let mut kinds: Vec<(&str, Vec<u32>)> = kinds.into_iter().collect();
        kinds.sort_by_key(|(name, _)| seed.child("turn").child(name).to_u64());
        let longest = kinds.iter().map(|(_, places)| places.len()).max().unwrap_or(0);
        let turns =
            (0..longest).flat_map(|turn| kinds.iter().filter_map(move |(_, places)| places.get(turn)));
        let turns: Vec<u32> = turns.copied().collect();
        let (now, later) = turns.split_at(wanted.min(turns.len()));
        places.extend_from_slice(now);
        left.extend_from_slice(later);
    }
    // Where a group has too few, the others fill in.
    left.sort_by_key(|place| seed.child("left").index(u64::from(*place)).to_u64());
    places.extend(left.into_iter().take(count - places.len()));
    places.sort_by_key(|place| seed.child("order").index(u64::from(*place)).to_u64());
    places
}

/// Lens, look-alike, or nothing special.
fn group(image: &TeachingKind) -> usize {
    match (image.truth, image.kind.as_str()) {
        (Label::Lens, _) => 0,
        (_, "plain" | "no_lens") => 2,
        _ => 1,
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    fn pool() -> Vec<TeachingKind> {
        let lens = ["arc", "ring", "images"].map(|kind| (kind, Label::Lens));
        let none = ["spiral", "star", "plain"].map(|kind| (kind, Label::NonLens));
        let kinds = lens.into_iter().chain(none).flat_map(|kind| [kind; 5]);
        let image = |(place, (kind, truth)): (u32, (&str, Label))| TeachingKind {
            place,
            truth,
            kind: kind.to_owned(),
        };
        (0..).zip(kinds).map(image).collect()
    }

    #[test]
    fn an_attempt_is_balanced_and_asks_nothing_twice() {
        let (pool, mut counts) = (pool(), BTreeSet::new());
        for attempt in 0..40 {
            let places = draw(&pool, 10, Seed::root(attempt));
            assert_eq!(places.iter().collect::<BTreeSet<_>>().len(), 10);
            let asked: Vec<&TeachingKind> = places.iter().map(|&place| &pool[place as usize]).collect();
            let lenses = asked.iter().filter(|image| image.truth == Label::Lens).count();
            let look_alikes = asked.iter().filter(|image| group(image) == 1).count();
            assert!((4..=6).contains(&lenses) && look_alikes >= 2, "{lenses} lenses, {look_alikes}");
            let kinds: BTreeSet<&str> = asked.iter().map(|image| image.kind.as_str()).collect();
            assert_eq!(kinds.len(), 6, "every kind is there");
            counts.insert(lenses);
        }
        assert_eq!(counts.len(), 3, "the number of lenses tells nothing about the last question");
    }

    #[test]
    fn another_attempt_asks_otherwise_and_the_same_one_the_same() {
        let draw = |seed| draw(&pool(), 10, Seed::root(seed));
        assert_eq!(draw(1), draw(1));
        assert_ne!(draw(1), draw(2));
        // Neither the order nor the place tells what comes: lenses stand first as often as not.
        let first = (0..100).filter(|&seed| draw(seed)[0] < 15).count();
        assert!((30..=70).contains(&first), "{first}");
    }

    #[test]
    fn few_images_are_all_asked_about() {
        let few: Vec<TeachingKind> = pool().into_iter().take(3).collect();
        let mut places = draw(&few, 10, Seed::root(1));
        places.sort_unstable();
        assert_eq!(places, [0, 1, 2]);
        assert!(draw(&[], 10, Seed::root(1)).is_empty() && draw(&few, 0, Seed::root(1)).is_empty());
    }
}
