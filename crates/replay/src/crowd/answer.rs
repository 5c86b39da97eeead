//! What a person says about an image: pure, and the same every time it is asked.

use domain::{Answer, Digest, Rng, Seed, logit, sigmoid};
use rand::RngExt as _;

use super::{Kind, TruthEntry};

/// How far difficulty moves a rate: this many logits down at difficulty 1, up at difficulty 0.
const DIFFICULTY_LOGITS: f64 = 2.0;
/// Spread between people of one kind, in logits.
const PERSONAL_LOGITS: f64 = 0.3;

/// One person's rates.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Skill {
    /// logit P("lens" | lens, not unsure) at difficulty ½.
    lens_logit: f64,
    /// logit P("no lens" | no lens, not unsure) at difficulty ½.
    no_lens_logit: f64,
    /// P("unsure") at difficulty ½.
    unsure: f64,
    /// Whether the image plays any role.
    looks: bool,
}

impl Skill {
    /// A person of this kind, a little better or worse than the kind by the seed.
    #[must_use]
    pub fn of(kind: Kind, seed: Seed) -> Self {
        let rates = kind.rates();
        let mut rng = seed.child("skill").rng();
        let spread = if rates.looks { PERSONAL_LOGITS } else { 0.0 };
        Self {
            lens_logit: spread.mul_add(standard_normal(&mut rng), logit(rates.lens)),
            no_lens_logit: spread.mul_add(standard_normal(&mut rng), logit(rates.no_lens)),
            unsure: rates.unsure,
            looks: rates.looks,
        }
    }

    /// Probabilities of `no_lens`, `unsure`, `lens` for this image; they add up to 1.
    #[must_use]
    pub fn probabilities(&self, entry: &TruthEntry) -> [f64; 3] {
        let centred = if self.looks { 2.0 * (0.5 - entry.difficulty.clamp(0.0, 1.0)) } else { 0.0 };
        let right = if entry.is_lens { self.lens_logit } else { self.no_lens_logit };
        let right = sigmoid(DIFFICULTY_LOGITS.mul_add(centred, right));
        let unsure = (self.unsure * (1.0 - 0.8 * centred)).clamp(0.0, 0.9);
        let says_lens = if entry.is_lens { right } else { 1.0 - right };
        [(1.0 - unsure) * (1.0 - says_lens), unsure, (1.0 - unsure) * says_lens]
    }
}

/// What the person with this seed and skill says about this image. Someone who meets an image of
/// which nothing is known (a real one, say) says "unsure".
#[must_use]
pub fn answer(person: Seed, skill: &Skill, image: Digest, entry: Option<&TruthEntry>) -> Answer {
    let Some(entry) = entry else { return Answer::Unsure };
    let mut rng = person.child("answer").child(&image.to_string()).rng();
    let [no_lens, unsure, _] = skill.probabilities(entry);
    let u: f64 = rng.random();
    if u < no_lens {
        Answer::NoLens
    } else if u < no_lens + unsure {
        Answer::Unsure
    } else {
        Answer::Lens
    }
}

/// Box–Muller; two uniform numbers a call.
pub(crate) fn standard_normal(rng: &mut Rng) -> f64 {
    let radius = (-2.0 * (1.0 - rng.random::<f64>()).ln()).sqrt();
    radius * (std::f64::consts::TAU * rng.random::<f64>()).cos()
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::LookAlike;

    /// Shares of `no_lens`, `unsure`, `lens` over many people of a kind, one image each.
    fn shares(kind: Kind, entry: &TruthEntry) -> [f64; 3] {
        let people = 20_000;
        let mut counts = [0.0; 3];
        for person in 0..people {
            let seed = Seed::root(1).index(person);
            let image = Digest::of(&person.to_le_bytes());
            let said = answer(seed, &Skill::of(kind, seed), image, Some(entry));
            counts[usize::try_from(said.code()).unwrap()] += 1.0;
        }
        counts.map(|count| count / people as f64)
    }

    fn middling(is_lens: bool) -> TruthEntry {
        TruthEntry { is_lens, difficulty: 0.5, ..TruthEntry::plain() }
    }

    #[test]
    fn at_middling_difficulty_every_kind_answers_at_its_rates() {
        for kind in Kind::ALL {
            let rates = kind.rates();
            let [no, unsure, lens] = shares(kind, &middling(true));
            assert!((unsure - rates.unsure).abs() < 0.01, "{kind:?} {unsure}");
            // The personal spread pulls the mean of the rates slightly towards one half.
            assert!((lens / (lens + no) - rates.lens).abs() < 0.02, "{kind:?} {lens} {no}");
            let [no, _, lens] = shares(kind, &middling(false));
            assert!((no / (lens + no) - rates.no_lens).abs() < 0.02, "{kind:?} {lens} {no}");
        }
    }

    #[test]
    fn faint_arcs_are_missed_and_look_alikes_fool() {
        let [_, _, bright] = shares(Kind::Average, &TruthEntry::lens(10.0, 80.0));
        let [_, _, faint] = shares(Kind::Average, &TruthEntry::lens(3.0, 8.0));
        assert!(bright > 0.85 && faint < 0.5, "{bright} {faint}");
        let [_, _, ring] = shares(Kind::Average, &TruthEntry::look_alike(LookAlike::Ring));
        let [_, _, plain] = shares(Kind::Average, &TruthEntry::plain());
        assert!(ring > 0.15 && plain < 0.04, "{ring} {plain}");
    }

    #[test]
    fn hard_images_make_people_unsure() {
        let [_, hard, _] = shares(Kind::Cautious, &TruthEntry::lens(2.0, 5.0));
        let [_, easy, _] = shares(Kind::Cautious, &TruthEntry::plain());
        assert!(hard > 0.5 && easy < 0.2, "{hard} {easy}");
    }

    #[test]
    fn a_spammer_does_not_look() {
        let skill = Skill::of(Kind::Spammer, Seed::root(3));
        let lens = skill.probabilities(&TruthEntry::lens(10.0, 80.0));
        assert_eq!(lens, skill.probabilities(&TruthEntry::plain()));
    }

    #[test]
    fn the_same_person_says_the_same_about_the_same_image() {
        let seed = Seed::root(5);
        let skill = Skill::of(Kind::Average, seed);
        let entry = middling(true);
        let says = |image: u8| answer(seed, &skill, Digest::of(&[image]), Some(&entry));
        assert!((0..100).all(|image| says(image) == says(image)));
        assert!((0..100).any(|image| says(image) != says(0)));
    }

    #[test]
    fn who_is_perfect_is_right_about_the_hardest_image() {
        for entry in [TruthEntry::lens(1.0, 3.0), TruthEntry::look_alike(LookAlike::Ring)] {
            let lens = f64::from(u8::from(entry.is_lens));
            assert_eq!(shares(Kind::Perfect, &entry), [1.0 - lens, 0.0, lens]);
        }
    }

    #[test]
    fn of_an_unknown_image_nobody_is_sure() {
        let skill = Skill::of(Kind::Careful, Seed::root(1));
        assert_eq!(answer(Seed::root(1), &skill, Digest::of(b"real"), None), Answer::Unsure);
    }
}
