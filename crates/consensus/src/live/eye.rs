//! What somebody's answers to known images say about their eye, for telling them so: counts, and how
//! the worth of one answer grew. Which of their known images may be used for that is the caller's
//! choice; the weights of their votes are the engine's.

use domain::Answer;

use super::{Engine, LiveMethod, TruthKind, VolunteerRecord};

/// What somebody said of images of one kind.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Rate {
    /// Decided and right.
    pub right: u32,
    /// Decided and wrong.
    pub wrong: u32,
    /// "Unsure", which counts neither way.
    pub unsure: u32,
}

/// What somebody said of lenses, and of images that are none.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Eye {
    /// Of lenses.
    pub lenses: Rate,
    /// Of anything else.
    pub non_lenses: Rate,
}

impl Eye {
    /// Counts answers to known images.
    #[must_use]
    pub fn of(answers: &[(TruthKind, Answer)]) -> Self {
        let mut eye = Self::default();
        for (truth, answer) in answers {
            let rate = if truth.is_lens() { &mut eye.lenses } else { &mut eye.non_lenses };
            match answer {
                Answer::Unsure => rate.unsure += 1,
                answer if (*answer == Answer::Lens) == truth.is_lens() => rate.right += 1,
                _ => rate.wrong += 1,
            }
        }
        eye
    }
}

/// What one answer tells about an image that may as well be a lens as not, in bits.
#[derive(Debug, Clone, PartialEq)]
pub struct Worth {
    /// An answer of somebody of whom nothing is known.
    pub newcomer: f64,
    /// One of theirs now.
    pub now: f64,
    /// After so many known images, from 0 to all of them: how it grew.
    pub growth: Vec<(usize, f64)>,
    /// Everybody's answers weigh the same under these settings.
    pub equal: bool,
}

impl Engine {
    /// What the engine makes of somebody who gave these answers to known images, in this order, and
    /// no others; the growth in about `points` steps.
    #[must_use]
    pub fn worth(&self, answers: &[(TruthKind, Answer)], points: usize) -> Worth {
        let mut record = VolunteerRecord::default();
        let newcomer = self.informativeness_bits(&record);
        let every = answers.len().div_ceil(points.max(1)).max(1);
        let mut growth = vec![(0, newcomer)];
        for (number, (truth, answer)) in (1..).zip(answers) {
            self.learn(&mut record, Some(*truth), *answer);
            if number % every == 0 || number == answers.len() {
                growth.push((number, self.informativeness_bits(&record)));
            }
        }
        let equal = matches!(self.settings().method, LiveMethod::Majority(_));
        Worth { newcomer, now: self.informativeness_bits(&record), growth, equal }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn unsure_counts_neither_way() {
        let mut answers = vec![(TruthKind::Lens, Answer::Lens); 7];
        answers.extend([(TruthKind::Lens, Answer::NoLens), (TruthKind::Lens, Answer::Unsure)]);
        answers.extend([(TruthKind::LookAlike, Answer::NoLens), (TruthKind::Plain, Answer::Lens)]);
        let eye = Eye::of(&answers);
        assert_eq!(eye.lenses, Rate { right: 7, wrong: 1, unsure: 1 });
        assert_eq!(eye.non_lenses, Rate { right: 1, wrong: 1, unsure: 0 });
    }

    #[test]
    fn right_answers_make_an_answer_worth_more_and_guesses_less() {
        let engine = Engine::default();
        let nobody = engine.worth(&[], 24);
        assert_eq!((nobody.now, nobody.growth), (nobody.newcomer, vec![(0, nobody.newcomer)]));
        let mixed =
            |lens, plain| engine.worth(&[(TruthKind::Lens, lens), (TruthKind::Plain, plain)].repeat(50), 24);
        let good = mixed(Answer::Lens, Answer::NoLens);
        assert!(good.now > nobody.newcomer + 0.1, "{good:?}");
        assert!(mixed(Answer::Lens, Answer::Lens).now < nobody.newcomer);
        assert!(good.growth.len() <= 26 && good.growth.last() == Some(&(100, good.now)) && !good.equal);
    }
}
