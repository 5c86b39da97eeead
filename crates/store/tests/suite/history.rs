//! What people see of their own votes, and that silent training images cannot be picked out of it.

use std::{collections::BTreeMap, time::Duration};

use consensus::live::Outcome;
use domain::{
    Answer, ClassificationId, Clock as _, Label, ProjectId, RetirementRule, SubjectId, VolunteerId,
};
use futures::TryStreamExt as _;
use store::{
    Assignment, FeedbackAbout, HistoryFilter, HistoryPlace, HistoryRow, Mark, NewFeedback, NewRetraction,
    NewVote, OUTCOME_LAG, OwnNumbers, RetractionRefusal, Role, Since, Slot, Store, StoreError, TrainingPick,
};
use testkit::{TestStore, both_stores, project, queue, slots, survey_subjects, training_subjects, volunteer};
use uuid::Uuid;

const LEASE: Duration = Duration::from_secs(300);
const DAY: Duration = Duration::from_secs(24 * 3600);
/// Five votes of "lens" make a candidate, two of "no lens" more than others retire an image.
const RULE: RetirementRule = RetirementRule { min_votes: 2, max_votes: 5 };

/// What one slot holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Holds {
    Survey,
    Told(bool),
    Silent(bool),
}

fn slot(id: u64, holds: Holds) -> Slot {
    let plain = slots(1_000 + id, 1)[0];
    let pick = |lens| Some(TrainingPick { lens, pick: id });
    match holds {
        Holds::Survey => plain,
        Holds::Told(lens) => Slot { training: pick(lens), ..plain },
        Holds::Silent(lens) => Slot { training: pick(lens), silent: true, ..plain },
    }
}

/// A person at work: ids of slots and votes follow from what they did before.
struct Person<'s> {
    store: &'s Store,
    project: ProjectId,
    id: VolunteerId,
    base: u64,
    done: u64,
}

impl<'s> Person<'s> {
    async fn new(store: &'s Store, project: ProjectId, name: &str, base: u64) -> Self {
        Self { store, project, id: volunteer(store, name).await, base: base * 100_000, done: 0 }
    }

    fn next(&mut self) -> u64 {
        self.done += 1;
        self.base + self.done
    }

    /// The next image; nothing when there is none.
    async fn image(&mut self, holds: Holds) -> Option<Assignment> {
        let slot = slot(self.next(), holds);
        self.store.assign(self.project, self.id, vec![slot], LEASE).await.unwrap().assignments.pop()
    }

    async fn vote(&mut self, image: &Assignment, answer: Answer) -> ClassificationId {
        let id = ClassificationId(Uuid::from_u128(self.next().into()));
        let vote = NewVote {
            id,
            assignment: image.id,
            volunteer: self.id,
            answer,
            seconds: Some(2.0),
            view: None,
            mark: (answer == Answer::Lens).then_some(Mark { x: 0.25, y: 0.75 }),
            feedback: true,
        };
        self.store.record_vote(vote).await.unwrap();
        id
    }

    async fn undo(&mut self, of: ClassificationId) -> Assignment {
        let id = ClassificationId(Uuid::from_u128(self.next().into()));
        let undo = NewRetraction { id, of, volunteer: self.id, lease: LEASE };
        self.store.retract(undo).await.unwrap()
    }

    async fn history(&self, filter: HistoryFilter) -> Vec<HistoryRow> {
        self.store.history(self.project, self.id, filter, None, 1_000).await.unwrap()
    }

    async fn numbers(&self) -> OwnNumbers {
        self.store.own_numbers(self.project, self.id).await.unwrap()
    }
}

async fn with_images(
    store: &Store,
    survey: usize,
    lenses: usize,
    plain: usize,
) -> (ProjectId, Vec<SubjectId>) {
    let project = project(store, "p").await;
    let subjects = survey_subjects(store, project, survey).await;
    training_subjects(store, project, lenses, plain).await;
    queue(store, project, 1, &subjects, RULE, 10_000).await;
    (project, subjects)
}

#[tokio::test]
async fn every_vote_keeps_its_number_also_one_that_was_taken_back() {
    both_stores(async |store| {
        let (project, _) = with_images(&store, 5, 0, 0).await;
        let mut ada = Person::new(&store, project, "ada", 1).await;
        let first = ada.image(Holds::Survey).await.unwrap();
        let first_vote = ada.vote(&first, Answer::Lens).await;
        store.clock.advance(Duration::from_secs(5));
        let again = ada.undo(first_vote).await;
        let second_vote = ada.vote(&again, Answer::NoLens).await;
        let third = ada.image(Holds::Survey).await.unwrap();
        ada.vote(&third, Answer::Unsure).await;

        let rows = ada.history(HistoryFilter::All).await;
        let seen: Vec<_> = rows.iter().map(|row| (row.number, row.answer, row.taken_back)).collect();
        assert_eq!(seen, [(3, Answer::Unsure, false), (2, Answer::NoLens, false), (1, Answer::Lens, true)]);
        assert_eq!(rows[2].id, first_vote);
        assert_eq!(rows[2].image.map(|image| image.digest), Some(first.image.digest));
        assert_eq!(rows[1].image, rows[2].image, "the same picture, answered anew");
        assert_eq!(rows[2].mark, Some(Mark { x: 0.25, y: 0.75 }));
        assert_eq!(rows[1].mark, None);
        assert!(rows.iter().all(|row| row.told.is_none() && row.since == Since::Quiet));

        let one = store.own_vote(project, ada.id, second_vote).await.unwrap().unwrap();
        assert_eq!(one, rows[1]);
        let ben = volunteer(&store, "ben").await;
        assert_eq!(store.own_vote(project, ben, second_vote).await.unwrap(), None, "not Ben's");
        assert_eq!(store.history(project, ben, HistoryFilter::All, None, 9).await.unwrap(), []);
    })
    .await;
}

#[tokio::test]
async fn a_vote_sent_twice_is_one_row() {
    both_stores(async |store| {
        let (project, _) = with_images(&store, 2, 0, 0).await;
        let mut ada = Person::new(&store, project, "ada", 1).await;
        let image = ada.image(Holds::Survey).await.unwrap();
        ada.vote(&image, Answer::Lens).await;
        ada.done -= 1;
        ada.vote(&image, Answer::Lens).await;
        assert_eq!(ada.history(HistoryFilter::All).await.len(), 1);
        assert_eq!(ada.numbers().await.votes, 1);
    })
    .await;
}

#[tokio::test]
async fn pages_hold_every_row_once_with_its_number_whatever_the_filter() {
    both_stores(async |store| {
        let (project, _) = with_images(&store, 12, 4, 4).await;
        let mut ada = Person::new(&store, project, "ada", 1).await;
        let mut undone = None;
        for n in 0..16 {
            let holds = if n % 4 == 1 { Holds::Told(n % 8 == 1) } else { Holds::Survey };
            let image = ada.image(holds).await.unwrap();
            let vote = ada.vote(&image, Answer::ALL[n % 3]).await;
            if n == 6 {
                undone = Some(vote);
            }
        }
        ada.undo(undone.unwrap()).await;

        let all = ada.history(HistoryFilter::All).await;
        assert_eq!(all.len(), 16);
        assert!(all.iter().map(|row| row.number).eq((1..=16).rev()));
        for filter in [
            HistoryFilter::All,
            HistoryFilter::Told,
            HistoryFilter::Answer(Answer::Lens),
            HistoryFilter::Answer(Answer::Unsure),
            HistoryFilter::Answer(Answer::NoLens),
            HistoryFilter::BecameCandidate,
            HistoryFilter::Helped,
        ] {
            let fits = |row: &&HistoryRow| match filter {
                HistoryFilter::All => true,
                HistoryFilter::Answer(answer) => row.answer == answer,
                HistoryFilter::Told => row.told.is_some(),
                HistoryFilter::BecameCandidate | HistoryFilter::Helped => false,
            };
            let expected: Vec<_> = all.iter().filter(fits).cloned().collect();
            let (mut found, mut after) = (Vec::new(), None);
            loop {
                let page = store.history(project, ada.id, filter, after, 3).await.unwrap();
                let Some(last) = page.last() else { break };
                after = Some(HistoryPlace { seq: last.seq, number: last.number });
                found.extend(page);
            }
            assert_eq!(found, expected, "{filter:?}");
        }

        let copied: Vec<_> = store.history_rows(project, ada.id).try_collect().await.unwrap();
        assert!(copied.iter().eq(all.iter().rev()), "the copy says what the history says");
        assert_eq!(store.projects_of(ada.id).await.unwrap(), [project]);
    })
    .await;
}

#[tokio::test]
async fn the_truth_is_in_the_history_only_where_it_was_told() {
    both_stores(async |store| {
        let (project, _) = with_images(&store, 2, 2, 2).await;
        let mut ada = Person::new(&store, project, "ada", 1).await;
        for holds in [Holds::Told(true), Holds::Silent(true), Holds::Told(false), Holds::Silent(false)] {
            let image = ada.image(holds).await.unwrap();
            assert_ne!(store.subject(image.subject).await.unwrap().unwrap().role, Role::Survey);
            ada.vote(&image, Answer::Lens).await;
        }
        let told: Vec<_> = ada
            .history(HistoryFilter::All)
            .await
            .into_iter()
            .map(|row| row.told.map(|told| (told.label, told.kind)))
            .collect();
        let lens = Some((Label::Lens, Some("simulated lens".to_owned())));
        assert_eq!(told, [None, Some((Label::NonLens, None)), None, lens]);
        let numbers = ada.numbers().await;
        assert_eq!((numbers.votes, numbers.votes_told), (4, 2));
        let right_and_wrong = (numbers.eye.lenses.right, numbers.eye.non_lenses.wrong);
        assert_eq!((right_and_wrong, numbers.worth.growth.len()), ((1, 1), 3));
    })
    .await;
}

/// Votes by four others on every image of the survey; without a verdict they see no lens.
async fn decide(store: &TestStore, project: ProjectId, verdicts: &BTreeMap<SubjectId, [Answer; 4]>) {
    for n in 0..4 {
        let mut person = Person::new(store, project, &format!("other-{n}"), 50 + n as u64).await;
        while let Some(image) = person.image(Holds::Survey).await {
            let answer = verdicts.get(&image.subject).map_or(Answer::NoLens, |answers| answers[n]);
            person.vote(&image, answer).await;
        }
    }
}

/// A row without what says which image it is about, and when.
fn kind_of(row: &HistoryRow) -> String {
    let HistoryRow {
        seq: _,
        number: _,
        id: _,
        at: _,
        image,
        answer,
        mark,
        seconds,
        taken_back,
        told,
        since,
        note,
    } = row;
    let image = image.map(|image| (image.width, image.height, image.pixel_scale_arcsec, image.encoding));
    format!("{image:?} {answer:?} {mark:?} {seconds:?} {taken_back} {told:?} {since:?} {note:?}")
}

#[tokio::test]
async fn over_a_whole_life_a_silent_training_image_reads_like_most_of_the_survey() {
    both_stores(async |store| {
        let (project, survey) = with_images(&store, 30, 8, 8).await;
        let mut ada = Person::new(&store, project, "ada", 1).await;
        let (mut silent, mut unknown, mut answered) = (Vec::new(), Vec::new(), Vec::new());
        for n in 0..36_usize {
            let holds = match n % 6 {
                0 => Holds::Silent(n % 12 == 0),
                3 => Holds::Told(n % 12 == 3),
                _ => Holds::Survey,
            };
            let answer = Answer::ALL[n / 6 % 3];
            let image = ada.image(holds).await.unwrap();
            let (before, shown) = (ada.numbers().await, ada.history(HistoryFilter::All).await.len());
            let mut vote = ada.vote(&image, answer).await;
            if n % 12 == 0 || n % 12 == 1 {
                let again = ada.undo(vote).await;
                vote = ada.vote(&again, answer).await;
            }
            // What moves at once is the same whether the image was silent or of the survey.
            let after = ada.numbers().await;
            let rows = ada.history(HistoryFilter::All).await;
            if holds == Holds::Survey || matches!(holds, Holds::Silent(_)) {
                let weeks = after.weeks.last().unwrap().votes;
                assert_eq!((after.votes, after.votes_told), (before.votes + 1, before.votes_told));
                assert_eq!((weeks, after.eye, &after.worth), (after.votes, before.eye, &before.worth));
                assert_eq!((after.candidates, after.confirmed), (before.candidates, before.confirmed));
                let undone = usize::from(n % 12 <= 1);
                assert_eq!(rows.len(), shown + 1 + undone);
                let group = if holds == Holds::Survey { &mut unknown } else { &mut silent };
                group.push(vote);
                answered.push((image.subject, answer));
            }
            store.clock.advance(Duration::from_secs(40));
        }
        assert_eq!((silent.len(), unknown.len()), (6, 24));
        // Others agree that three of those she called lenses are, and disagree about three others.
        use Answer::{Lens, NoLens};
        let three = |said: Answer| {
            let of_survey = answered.iter().filter(|(id, answer)| survey.contains(id) && *answer == said);
            of_survey.map(|(id, _)| *id).take(3).collect::<Vec<_>>()
        };
        let verdicts: BTreeMap<_, _> = (three(Lens).into_iter().map(|id| (id, [Lens; 4])))
            .chain(three(NoLens).into_iter().map(|id| (id, [Lens, NoLens, Lens, NoLens])))
            .collect();

        for day in 0..5 {
            if day == 1 {
                decide(&store, project, &verdicts).await;
            }
            let rows = ada.history(HistoryFilter::All).await;
            let of = |ids: &[ClassificationId]| -> Vec<HistoryRow> {
                rows.iter().filter(|row| ids.contains(&row.id)).cloned().collect()
            };
            let (silent, unknown) = (of(&silent), of(&unknown));
            for row in &silent {
                assert_eq!((row.since, &row.told), (Since::Quiet, &None), "day {day}");
                let twin = unknown.iter().find(|other| kind_of(other) == kind_of(row));
                assert!(twin.is_some(), "day {day}: no image of the survey reads like {}", kind_of(row));
            }
            let quiet = unknown.iter().filter(|row| row.since == Since::Quiet).count();
            assert!(quiet * 10 >= unknown.len() * 7, "day {day}: {quiet} of {}", unknown.len());
            // No filter finds more or fewer of them than of the survey's.
            for filter in [HistoryFilter::BecameCandidate, HistoryFilter::Helped, HistoryFilter::Told] {
                let found = ada.history(filter).await;
                assert!(found.iter().all(|row| silent.iter().all(|own| own.id != row.id)), "{filter:?}");
            }
            store.clock.advance(DAY);
        }

        // The survey's images were decided one way or the other, and most of these ways are not told.
        let rows = ada.history(HistoryFilter::All).await;
        let mut told = BTreeMap::new();
        for row in rows.iter().filter(|row| unknown.contains(&row.id)) {
            let digest = row.image.unwrap().digest;
            let subjects = store.subjects_of(survey.clone()).await.unwrap();
            let subject = subjects.values().find(|s| s.image.unwrap().digest == digest).unwrap().id;
            let outcome = store.belief(project, subject).await.unwrap().unwrap().outcome;
            let name = match row.since {
                Since::Quiet => "quiet",
                Since::Candidate(_) => "candidate",
                Since::Contested => "contested",
            };
            *told.entry((outcome.name(), name)).or_insert(0) += 1;
        }
        let pairs: Vec<_> = told.keys().copied().collect();
        let allowed = [
            (Outcome::Contested.name(), "contested"),
            (Outcome::Detected.name(), "candidate"),
            (Outcome::Open.name(), "quiet"),
            (Outcome::Rejected.name(), "quiet"),
        ];
        assert!(pairs.iter().all(|pair| allowed.contains(pair)), "{told:?}");
        assert!(told.get(&("rejected", "quiet")).is_some_and(|n| *n >= 10), "{told:?}");
        assert_eq!(told.get(&("detected", "candidate")), Some(&3), "{told:?}");
        assert_eq!(told.get(&("contested", "contested")), Some(&3), "{told:?}");
    })
    .await;
}

#[tokio::test]
async fn an_outcome_is_told_a_day_after_the_vote_and_as_of_midnight() {
    both_stores(async |store| {
        let (project, survey) = with_images(&store, 1, 0, 0).await;
        // The clock of the tests starts at midnight.
        store.clock.advance(Duration::from_secs(10 * 3600));
        let mut ada = Person::new(&store, project, "ada", 1).await;
        let image = ada.image(Holds::Survey).await.unwrap();
        let vote = ada.vote(&image, Answer::Lens).await;
        let verdicts = BTreeMap::from([(survey[0], [Answer::Lens; 4])]);
        decide(&store, project, &verdicts).await;
        assert_eq!(store.belief(project, survey[0]).await.unwrap().unwrap().outcome, Outcome::Detected);
        let decided = store.clock.now();
        let seen = async || ada.history(HistoryFilter::All).await[0].since;

        assert_eq!(seen().await, Since::Quiet, "at once");
        store.clock.advance(Duration::from_secs(15 * 3600));
        assert_eq!(seen().await, Since::Quiet, "after midnight, but the vote may still be taken back");
        assert_eq!(ada.numbers().await.candidates, 0);
        assert_eq!(ada.history(HistoryFilter::Helped).await, []);
        store.clock.advance(OUTCOME_LAG - Duration::from_secs(15 * 3600) + Duration::from_secs(1));
        assert_eq!(seen().await, Since::Candidate(decided));
        assert_eq!(ada.numbers().await.candidates, 1);
        let helped = ada.history(HistoryFilter::Helped).await;
        assert_eq!((helped.len(), helped[0].id, helped[0].number), (1, vote, 1));
        assert_eq!(ada.history(HistoryFilter::BecameCandidate).await, helped);

        // Whoever said otherwise sees what became of it, but did not help.
        let other = Person::new(&store, project, "late", 70).await;
        assert_eq!(other.history(HistoryFilter::BecameCandidate).await, []);
    })
    .await;
}

#[tokio::test]
async fn what_may_have_been_told_can_no_longer_be_answered_anew() {
    both_stores(async |store| {
        let (project, _) = with_images(&store, 2, 0, 0).await;
        let mut ada = Person::new(&store, project, "ada", 1).await;
        let (first, second) =
            (ada.image(Holds::Survey).await.unwrap(), ada.image(Holds::Survey).await.unwrap());
        let (old, young) = (ada.vote(&first, Answer::Lens).await, ada.vote(&second, Answer::Lens).await);
        store.clock.advance(OUTCOME_LAG - Duration::from_secs(1));
        ada.undo(young).await;
        store.clock.advance(Duration::from_secs(1));
        let undo = NewRetraction {
            id: ClassificationId(Uuid::from_u128(7)),
            of: old,
            volunteer: ada.id,
            lease: LEASE,
        };
        let refused = store.retract(undo).await;
        assert!(matches!(refused, Err(StoreError::Retraction(RetractionRefusal::TooLate))), "{refused:?}");
    })
    .await;
}

#[tokio::test]
async fn what_was_written_about_an_image_stands_beside_the_vote() {
    both_stores(async |store| {
        let (project, _) = with_images(&store, 2, 0, 0).await;
        let mut ada = Person::new(&store, project, "ada", 1).await;
        let image = ada.image(Holds::Survey).await.unwrap();
        ada.vote(&image, Answer::Lens).await;
        for text in ["a faint arc", "two, in fact"] {
            let about = FeedbackAbout::Image(image.id);
            let note = NewFeedback { about, text: text.to_owned(), page: None, author: Some(ada.id) };
            store.add_feedback(note).await.unwrap();
        }
        let rows = ada.history(HistoryFilter::All).await;
        assert_eq!(rows[0].note.as_deref(), Some("two, in fact"));
    })
    .await;
}

#[tokio::test]
async fn weeks_count_votes_that_stand_from_monday_on() {
    both_stores(async |store| {
        let (project, _) = with_images(&store, 8, 0, 0).await;
        let mut ada = Person::new(&store, project, "ada", 1).await;
        // Saturday 2026-11-21, then Sunday, then Monday.
        let mut votes = Vec::new();
        for _ in 0..3 {
            for _ in 0..2 {
                let image = ada.image(Holds::Survey).await.unwrap();
                votes.push(ada.vote(&image, Answer::NoLens).await);
            }
            if votes.len() == 6 {
                ada.undo(votes[5]).await;
            }
            store.clock.advance(DAY);
        }
        let numbers = ada.numbers().await;
        let weeks: Vec<_> = numbers
            .weeks
            .iter()
            .map(|week| (week.week.start().date_naive().to_string(), week.votes))
            .collect();
        assert_eq!(weeks, [("2026-11-16".to_owned(), 4), ("2026-11-23".to_owned(), 1)]);
        assert_eq!(numbers.votes, 5);
        let days = numbers.first_at.zip(numbers.last_at).map(|(first, last)| (last - first).num_days());
        assert_eq!(days, Some(2));

        store.clock.advance(DAY * 7 * 26);
        assert_eq!(ada.numbers().await.weeks, [], "half a year ago is no longer shown");
    })
    .await;
}
