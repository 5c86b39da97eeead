//! The ranking's numbers against a count by hand, and who is in it.

use std::{collections::BTreeMap, time::Duration};

use consensus::live::Outcome;
use domain::{Answer, Clock as _, Digest, ProjectId, RetirementRule, SubjectId, Timestamp, VolunteerId};
use store::{
    ANSWERS_PER_STEP, AccountChange, LinkPurpose, NewLink, NewRetraction, NewVote, OUTCOME_LAG, Preferences,
    Slot, Store, TrainingPick, Week,
};
use testkit::{both_stores, project, queue, slots, survey_subjects, training_subjects, volunteer};
use uuid::Uuid;

const MINUTE: Duration = Duration::from_secs(60);
const LAG: Duration = Duration::from_secs(600);

/// A vote as the test remembers it.
struct Remembered {
    id: u128,
    who: VolunteerId,
    subject: SubjectId,
    answer: Answer,
    told: bool,
    at: Timestamp,
    back_at: Option<Timestamp>,
}

impl Remembered {
    fn stands(&self, until: Timestamp) -> bool {
        self.at <= until && self.back_at.is_none_or(|at| at > until)
    }
}

/// A small generator of its own: the same history in every run.
struct Dice(u64);

impl Dice {
    fn below(&mut self, n: u64) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % n
    }
}

async fn verify(store: &Store, who: VolunteerId, name: &str) {
    let digest = Digest::of(name.as_bytes());
    let email = format!("{name}@example.org");
    let link = NewLink { digest, volunteer: who, purpose: LinkPurpose::Verify, email, lifetime: LAG };
    store.create_link(link).await.unwrap();
    store.verify_address(digest).await.unwrap();
}

async fn join(store: &Store, who: VolunteerId, in_ranking: bool) {
    let preferences = Some(Preferences { in_ranking, ..Preferences::default() });
    store.change_account(who, AccountChange { preferences, ..AccountChange::default() }).await.unwrap();
}

async fn check(
    store: &Store,
    project: ProjectId,
    people: &[VolunteerId],
    votes: &[Remembered],
    until: Timestamp,
) {
    let mut detected = BTreeMap::new();
    for belief in store.beliefs(project, None, 1000).await.unwrap() {
        detected.insert(belief.subject, belief.outcome == Outcome::Detected);
    }
    let (mut team_answers, mut team_bits, mut team_people) = (0, 0.0, 0);
    for who in people {
        let standing = || votes.iter().filter(|vote| vote.who == *who && vote.stands(until));
        let useful = standing().filter(|vote| !vote.told).count() as u64;
        let heard = |vote: &&Remembered| vote.at <= until - OUTCOME_LAG;
        let lenses = standing().filter(heard).filter(|vote| vote.answer == Answer::Lens);
        let found = lenses.filter(|vote| detected[&vote.subject]).count();
        let kept = store.contribution(project, *who).await.unwrap();
        let Some(kept) = kept else {
            assert_eq!(standing().count(), 0);
            continue;
        };
        assert_eq!((kept.answers, kept.found), (useful, found as u64));
        // Of the week of the last such vote or undo; of no other week is anything said.
        let in_week = standing().filter(|vote| !vote.told && Week::of(vote.at) == kept.week).count();
        assert_eq!(kept.week_answers, in_week as u64, "{kept:?}");
        let later = standing().filter(|vote| !vote.told && Week::of(vote.at) > kept.week).count();
        assert_eq!(later, 0, "{kept:?}");
        if (standing().count() as u32) < ANSWERS_PER_STEP / 2 {
            assert_eq!(kept.bits_per_answer, 0.0);
        }
        team_answers += kept.answers;
        team_bits += kept.bits();
        team_people += u64::from(standing().count() > 0);
    }
    let week = Week::of(until);
    let total = store.team_total(project, week).await.unwrap();
    assert_eq!((total.answers, total.people), (team_answers, team_people));
    assert!((total.bits - team_bits).abs() < 1e-6);
    let of_week =
        votes.iter().filter(|vote| vote.stands(until) && !vote.told && Week::of(vote.at) == week).count();
    assert_eq!(total.week_answers, of_week as u64);
}

#[tokio::test]
async fn the_fold_is_what_a_count_by_hand_gives_at_every_moment() {
    both_stores(async |store| {
        let project = project(&store, "p").await;
        let survey = survey_subjects(&store, project, 60).await;
        let (lenses, plain) = training_subjects(&store, project, 20, 20).await;
        queue(&store, project, 1, &survey, RetirementRule { min_votes: 3, max_votes: 5 }, 10_000).await;
        let mut people = Vec::new();
        for i in 0..6 {
            people.push(volunteer(&store, &format!("v{i}")).await);
        }
        let is_lens = |subject: SubjectId| {
            let place = survey.iter().position(|one| *one == subject);
            lenses.contains(&subject) || place.is_some_and(|place| place % 3 == 0)
        };
        assert!(!plain.is_empty());
        let mut dice = Dice(5);
        let mut votes: Vec<Remembered> = Vec::new();
        let (mut told, mut undone, mut found) = (0, 0, 0);
        for step in 0..420_u64 {
            let who = people[dice.below(6) as usize];
            let slot = slots(1000 + step, 1)[0];
            let pick = TrainingPick { lens: step % 2 == 0, pick: dice.below(1 << 30) };
            let training = (dice.below(5) == 0).then_some(pick);
            let slot = Slot { training, silent: dice.below(2) == 0, ..slot };
            let held = store.assign(project, who, vec![slot], 5 * MINUTE).await.unwrap().assignments;
            let now = store.clock.now();
            if let Some(held) = held.first() {
                let right = if is_lens(held.subject) { Answer::Lens } else { Answer::NoLens };
                let answer = if dice.below(12) == 0 { Answer::Unsure } else { right };
                let id = u128::from(step) * 2 + 1;
                let vote = NewVote {
                    id: domain::ClassificationId(Uuid::from_u128(id)),
                    assignment: held.id,
                    volunteer: who,
                    answer,
                    seconds: None,
                    view: None,
                    mark: None,
                    feedback: true,
                };
                let receipt = store.record_vote(vote).await.unwrap();
                told += u32::from(receipt.feedback);
                votes.push(Remembered {
                    id,
                    who,
                    subject: held.subject,
                    answer,
                    told: receipt.feedback,
                    at: now,
                    back_at: None,
                });
            }
            // Sometimes one of the last votes is taken back, perhaps in another week.
            if dice.below(7) == 0 {
                let some = votes.len().saturating_sub(1 + dice.below(20) as usize);
                if let Some(vote) = votes.get_mut(some).filter(|vote| !vote.told && vote.back_at.is_none()) {
                    let [id, of] =
                        [vote.id + 1, vote.id].map(|id| domain::ClassificationId(Uuid::from_u128(id)));
                    let back = NewRetraction { id, of, volunteer: vote.who, lease: MINUTE };
                    if store.retract(back).await.is_ok() {
                        vote.back_at = Some(now);
                        undone += 1;
                    }
                }
            }
            store.clock.advance(MINUTE * (30 + dice.below(200) as u32));
            if step % 23 == 0 {
                let until = store.clock.now() - LAG;
                store.fold_contributions(project, until).await.unwrap();
                check(&store, project, &people, &votes, until).await;
            }
        }
        store.clock.advance(LAG);
        let until = store.clock.now() - LAG;
        store.fold_contributions(project, until).await.unwrap();
        store.fold_contributions(project, until).await.unwrap();
        check(&store, project, &people, &votes, until).await;
        for who in &people {
            let kept = store.contribution(project, *who).await.unwrap().unwrap();
            assert!(kept.bits_per_answer > 0.0, "{kept:?}");
            found += kept.found;
        }
        // The history was one in which something could go wrong.
        assert!(told > 15 && undone > 15 && found > 15, "{told} {undone} {found}");
    })
    .await;
}

#[tokio::test]
async fn only_whoever_wants_to_and_has_shown_their_address_is_in_the_ranking() {
    both_stores(async |store| {
        let project = project(&store, "p").await;
        let survey = survey_subjects(&store, project, 60).await;
        queue(&store, project, 1, &survey, RetirementRule { min_votes: 3, max_votes: 9 }, 10_000).await;
        let mut people = Vec::new();
        for name in ["ada", "ben", "cleo", "dora"] {
            let who = volunteer(&store, name).await;
            let held =
                store.assign(project, who, slots(name.len() as u64 * 7 + people.len() as u64, 24), LAG);
            testkit::answer_all(&store, who, &held.await.unwrap().assignments, Answer::NoLens).await;
            people.push(who);
        }
        let [ada, ben, cleo, dora] = people[..] else { panic!("four people") };
        for (who, name) in [(ada, "ada"), (ben, "ben"), (dora, "dora")] {
            verify(&store, who, name).await;
        }
        join(&store, ada, true).await;
        join(&store, dora, true).await;
        let preferences = Some(Preferences { in_ranking: true, ..Preferences::default() });
        let without_address =
            store.change_account(cleo, AccountChange { preferences, ..AccountChange::default() }).await;
        assert!(without_address.is_err(), "her address is not verified");

        let now = store.clock.now();
        store.fold_contributions(project, now - LAG).await.unwrap();
        assert_eq!(store.ranked_contributions(project, 9).await.unwrap(), vec![], "too young to count");
        store.fold_contributions(project, now).await.unwrap();
        let ranked = async || {
            let ranked = store.ranked_contributions(project, 9).await.unwrap();
            let mut who: Vec<_> = ranked.iter().map(|one| one.volunteer).collect();
            who.sort();
            who
        };
        let mut expected = vec![ada, dora];
        expected.sort();
        assert_eq!(ranked().await, expected);
        let names = |people: [VolunteerId; 4]| store.ranked_names(people.to_vec());
        let shown = |name: &str| Some(name.to_owned());
        let found = names([ada, ben, cleo, dora]).await.unwrap();
        assert_eq!(found, [shown("ada"), None, None, shown("dora")]);

        join(&store, ada, false).await;
        store.delete_account(dora).await.unwrap();
        assert_eq!(ranked().await, []);
        assert_eq!(names([ada, ben, cleo, dora]).await.unwrap(), [None, None, None, None]);
        let total = store.team_total(project, Week::of(now)).await.unwrap();
        assert_eq!((total.people, total.answers), (4, 96), "together they stay");
    })
    .await;
}
