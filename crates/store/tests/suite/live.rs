//! The live consensus: beliefs, records and decisions in the transaction of each vote.

use std::time::Duration;

use consensus::live::{Outcome, Rule, Settings, TruthKind, refit};
use domain::{Answer, ClassificationId, ProjectId, RetirementRule, SubjectId, VolunteerId};
use store::{Assignment, Cause, LogSeq, NewRetraction, NewVote, Slot, Store, StoreError, TrainingPick};
use testkit::{
    answer_all, both_stores, project, queue, queue_items, settings, slots, survey_subjects,
    training_subjects, volunteer,
};
use uuid::Uuid;

const LEASE: Duration = Duration::from_secs(300);
const RULE: RetirementRule = RetirementRule { min_votes: 2, max_votes: 3 };

fn vote(id: u128, assignment: &Assignment, volunteer: VolunteerId, answer: Answer) -> NewVote {
    NewVote {
        id: ClassificationId(Uuid::from_u128(id)),
        assignment: assignment.id,
        volunteer,
        answer,
        seconds: None,
        view: None,
        mark: None,
        feedback: true,
    }
}

fn back(id: u128, of: u128, volunteer: VolunteerId) -> NewRetraction {
    let [id, of] = [id, of].map(|id| ClassificationId(Uuid::from_u128(id)));
    NewRetraction { id, of, volunteer, lease: LEASE }
}

fn training_slot(seed: u64, lens: bool, silent: bool) -> Slot {
    Slot { training: Some(TrainingPick { lens, pick: seed }), silent, ..slots(seed, 1)[0] }
}

async fn assert_sound(store: &Store, project: ProjectId) {
    assert_eq!(store.verify(project).await.unwrap().mismatches, Vec::<String>::new());
}

/// Everybody of `names` answers whatever they are given first.
async fn all_say(store: &Store, project: ProjectId, names: &[&str], answer: Answer) {
    for (seed, name) in names.iter().enumerate() {
        let person = volunteer(store, name).await;
        let seed = 1000 + seed as u64 + (name.len() as u64) * 77 + u64::from(name.as_bytes()[0]) * 13;
        let held = store.assign(project, person, slots(seed, 1), LEASE).await.unwrap().assignments;
        answer_all(store, person, &held, answer).await;
    }
}

async fn outcome(store: &Store, project: ProjectId, subject: SubjectId) -> Outcome {
    store.belief(project, subject).await.unwrap().unwrap().outcome
}

#[tokio::test]
async fn each_change_of_outcome_is_on_record_with_its_rule_and_its_numbers() {
    both_stores(async |store| {
        let project = project(&store, "p").await;
        let subjects = survey_subjects(&store, project, 1).await;
        queue(&store, project, 1, &subjects, RULE, 100).await;
        let ada = volunteer(&store, "ada").await;
        let held = store.assign(project, ada, slots(1, 1), LEASE).await.unwrap().assignments;
        store.record_vote(vote(1, &held[0], ada, Answer::NoLens)).await.unwrap();
        assert_eq!(store.decisions(project, None, 10).await.unwrap(), vec![]);
        all_say(&store, project, &["ben"], Answer::NoLens).await;
        store.retract(back(2, 1, ada)).await.unwrap();

        let rows = store.decisions(project, None, 10).await.unwrap();
        let turns: Vec<_> = rows.iter().map(|row| (row.from, row.to, row.cause)).collect();
        assert_eq!(
            turns,
            [
                (Outcome::Open, Outcome::Rejected, Cause::Vote),
                (Outcome::Rejected, Outcome::Open, Cause::Retraction),
            ]
        );
        let Rule::Below { reject_below, min_votes } = rows[0].rule else { panic!("{:?}", rows[0].rule) };
        assert_eq!((reject_below, min_votes), (settings(RULE).retirement.reject_below, 2));
        assert!(rows[0].belief.p_joint < reject_below);
        assert_eq!((rows[0].tally.no_lens, rows[1].tally.no_lens), (2, 1));
        let rules = store.rules(project).await.unwrap();
        assert!(rows.iter().all(|row| row.anchor_id == rules.anchor_id));
        assert_eq!(store.decisions(project, Some(rows[0].seq), 10).await.unwrap(), rows[1..]);
        assert_sound(&store, project).await;
    })
    .await;
}

#[tokio::test]
async fn votes_on_known_images_teach_about_the_volunteer_and_retire_nothing() {
    both_stores(async |store| {
        let project = project(&store, "p").await;
        let subjects = survey_subjects(&store, project, 9).await;
        let (_, plain) = training_subjects(&store, project, 0, 1).await;
        store
            .enqueue(project, store::NewQueue { round: 1, items: queue_items(&subjects), votes_budget: 100 })
            .await
            .unwrap();
        for (seed, name) in ["ada", "ben", "cai", "dee", "eve"].into_iter().enumerate() {
            let person = volunteer(&store, name).await;
            assert_eq!(store.volunteer_record(project, person).await.unwrap(), None);
            let slot = training_slot(seed as u64, false, false);
            let held = store.assign(project, person, vec![slot], LEASE).await.unwrap().assignments;
            assert_eq!(held[0].subject, plain[0]);
            answer_all(&store, person, &held, Answer::NoLens).await;
            let record = store.volunteer_record(project, person).await.unwrap().unwrap();
            assert_eq!((record.n_known, record.n_right, record.n_survey), (1, 1, 0));
        }
        let known = store.belief(project, plain[0]).await.unwrap().unwrap();
        assert_eq!((known.truth, known.tally.no_lens), (Some(TruthKind::NonLens), 5));
        assert!(known.belief.p_votes < 0.01, "five said so: {known:?}");
        assert_eq!((known.outcome, known.wanted), (Outcome::Open, 0));
        assert_eq!(store.decisions(project, None, 10).await.unwrap(), vec![]);
        let state = store.queue_state(project, 1).await.unwrap().unwrap();
        assert_eq!((state.votes, state.open_leases), (0, 0), "they cost no budget");
        assert_sound(&store, project).await;
    })
    .await;
}

#[tokio::test]
async fn a_silent_training_image_promises_no_feedback_and_its_vote_can_be_taken_back() {
    both_stores(async |store| {
        let project = project(&store, "p").await;
        let subjects = survey_subjects(&store, project, 4).await;
        training_subjects(&store, project, 1, 0).await;
        queue(&store, project, 1, &subjects, RULE, 100).await;
        let ada = volunteer(&store, "ada").await;
        let held = store.assign(project, ada, vec![training_slot(1, true, true)], LEASE).await.unwrap();
        let receipt = store.record_vote(vote(1, &held.assignments[0], ada, Answer::NoLens)).await.unwrap();
        assert!(!receipt.feedback, "asked for, yet silent");
        store.retract(back(2, 1, ada)).await.unwrap();
        assert_eq!(store.volunteer_record(project, ada).await.unwrap().unwrap(), Default::default());
        assert_sound(&store, project).await;
    })
    .await;
}

#[tokio::test]
async fn taking_back_a_vote_on_a_known_image_weighs_later_votes_as_if_it_had_never_been() {
    both_stores(async |store| {
        let project = project(&store, "p").await;
        let subjects = survey_subjects(&store, project, 3).await;
        training_subjects(&store, project, 2, 0).await;
        let queue = store::NewQueue { round: 1, items: queue_items(&subjects), votes_budget: 100 };
        store.enqueue(project, queue).await.unwrap();
        let (ada, ben) = (volunteer(&store, "ada").await, volunteer(&store, "ben").await);
        // Ben only ever sees the survey images; Ada first fails on a known lens, and takes it back.
        for (person, seed) in [(ada, 10), (ben, 20)] {
            let mut wanted = slots(seed, 3);
            if person == ada {
                wanted.insert(0, training_slot(seed + 5, true, true));
            }
            let mut held = store.assign(project, person, wanted, LEASE).await.unwrap().assignments;
            if person == ada {
                let known = held.remove(0);
                store.record_vote(vote(1, &known, ada, Answer::NoLens)).await.unwrap();
            }
            held.sort_by_key(|assignment| assignment.subject);
            for (i, assignment) in held.iter().enumerate() {
                let id = u128::from(seed) * 100 + i as u128;
                store.record_vote(vote(id, assignment, person, Answer::ALL[i])).await.unwrap();
            }
        }
        let evidence = async || {
            let rows = store.beliefs(project, None, 10).await.unwrap();
            rows.into_iter().filter(|row| row.truth.is_none()).map(|row| row.evidence).collect::<Vec<_>>()
        };
        let taught = evidence().await;
        assert_sound(&store, project).await;
        store.retract(back(2, 1, ada)).await.unwrap();
        let untaught = evidence().await;
        assert_ne!(taught, untaught);
        assert_sound(&store, project).await;
        // Now both are newcomers who said the same: each gave half of the evidence.
        let even = |sum: i64| sum % 2 == 0;
        assert!(untaught.iter().all(|sum| even(sum.lens) && even(sum.plain) && even(sum.look_alike)));
        let records = [ada, ben].map(|person| store.volunteer_record(project, person));
        let [adas, bens] = futures::future::join_all(records).await.try_into().unwrap();
        assert_eq!(adas.unwrap(), bens.unwrap());
    })
    .await;
}

#[tokio::test]
async fn a_new_network_score_brings_a_retired_subject_back() {
    both_stores(async |store| {
        let project = project(&store, "p").await;
        let subjects = survey_subjects(&store, project, 2).await;
        queue(&store, project, 1, &subjects[..1], RULE, 100).await;
        all_say(&store, project, &["ada", "ben"], Answer::NoLens).await;
        assert_eq!(outcome(&store, project, subjects[0]).await, Outcome::Rejected);
        assert!(store.queue_items(project, 1).await.unwrap()[0].done);

        store.set_priors(project, vec![(subjects[0], 0.5), (subjects[1], 0.2)], "v7").await.unwrap();
        let row = store.belief(project, subjects[0]).await.unwrap().unwrap();
        assert_eq!((row.outcome, row.network, row.wanted > 0), (Outcome::Open, Some(0.5), true));
        assert!(row.belief.p_votes < row.belief.p_joint, "p_votes stays what people say");
        assert!(!store.queue_items(project, 1).await.unwrap()[0].done);
        let last = store.decisions(project, None, 10).await.unwrap().pop().unwrap();
        assert_eq!((last.cause, last.model_version.as_deref()), (Cause::Scores, Some("v7")));
        let scored = store.belief(project, subjects[1]).await.unwrap().unwrap();
        assert_eq!((scored.belief.p_joint, scored.round), (0.2, None), "scored, though never queued");
        assert_sound(&store, project).await;

        let none = store.set_priors(project, vec![(subjects[0], f64::NAN)], "v8").await;
        assert!(matches!(none, Err(StoreError::Invalid { field: "scores", .. })));
        let strange = store.set_priors(project, vec![(SubjectId(9_999), 0.5)], "v8").await;
        assert!(matches!(strange, Err(StoreError::NotFound { .. })));
    })
    .await;
}

#[tokio::test]
async fn a_refit_is_adopted_once_with_later_entries_on_top() {
    both_stores(async |store| {
        let project = project(&store, "p").await;
        let subjects = survey_subjects(&store, project, 6).await;
        training_subjects(&store, project, 2, 2).await;
        let queue = store::NewQueue { round: 1, items: queue_items(&subjects), votes_budget: 100 };
        store.enqueue(project, queue).await.unwrap();
        let ada = volunteer(&store, "ada").await;
        let wanted = vec![training_slot(1, true, true), training_slot(2, false, true)];
        let wanted = wanted.into_iter().chain(slots(3, 3)).collect();
        let held = store.assign(project, ada, wanted, LEASE).await.unwrap().assignments;
        for (i, assignment) in held.iter().take(4).enumerate() {
            store.record_vote(vote(i as u128, assignment, ada, Answer::ALL[i % 3])).await.unwrap();
        }
        let mark = store.high_water_mark(project).await.unwrap();
        let log = store.log(project, mark).await.unwrap();
        let known = store.known_images(project).await.unwrap();
        assert_eq!(known.len(), 4);
        let learnt = refit(&log, &known, &Settings::default()).unwrap();

        // Between the mark and the adoption: a vote, and a vote from before the mark taken back.
        store.record_vote(vote(4, &held[4], ada, Answer::Lens)).await.unwrap();
        store.retract(back(50, 0, ada)).await.unwrap();
        let rules = store.adopt(project, learnt.clone(), mark).await.unwrap();
        assert_eq!(rules.high_water_mark, mark);
        assert_sound(&store, project).await;
        let before = store.beliefs(project, None, 99).await.unwrap();
        assert_eq!(store.adopt(project, learnt.clone(), mark).await.unwrap(), rules, "the same refit again");
        assert_eq!(store.beliefs(project, None, 99).await.unwrap(), before);

        // After it, too.
        store.retract(back(51, 4, ada)).await.unwrap();
        store.retract(back(52, 3, ada)).await.unwrap();
        store.record_vote(vote(60, &held[4], ada, Answer::NoLens)).await.unwrap();
        assert_sound(&store, project).await;

        let beyond = store.adopt(project, learnt, LogSeq(1_000_000)).await;
        assert!(matches!(beyond, Err(StoreError::Invalid { field: "high_water_mark", .. })), "{beyond:?}");
    })
    .await;
}

#[tokio::test]
async fn settings_are_put_in_force_once_and_judge_everything_again() {
    both_stores(async |store| {
        let project = project(&store, "p").await;
        assert_eq!(store.rules(project).await.unwrap(), store::Rules::default());
        let subjects = survey_subjects(&store, project, 1).await;
        queue(&store, project, 1, &subjects, RULE, 100).await;
        all_say(&store, project, &["ada"], Answer::NoLens).await;
        assert_eq!(outcome(&store, project, subjects[0]).await, Outcome::Open);
        let once = settings(RetirementRule { min_votes: 1, max_votes: 3 });
        let rules = store.configure(project, &once).await.unwrap();
        assert_eq!(store.configure(project, &once).await.unwrap(), rules);
        assert_eq!(outcome(&store, project, subjects[0]).await, Outcome::Rejected);
        assert_eq!(store.decisions(project, None, 9).await.unwrap()[0].cause, Cause::Refit);
        assert_sound(&store, project).await;
        let wrong = Settings { prior: 2.0, ..once };
        let refused = store.configure(project, &wrong).await;
        assert!(matches!(refused, Err(StoreError::Invalid { field: "settings", .. })));
    })
    .await;
}
