//! The exact fold against tables made by the original code and its real-time successor, and
//! against traces worked out by hand for the settings that have no tables. Skips, saying so,
//! where the tables are absent; the traces are always checked.

use std::{
    collections::{BTreeMap, HashMap},
    path::PathBuf,
};

use consensus::{
    Preset, SpaceWarps, SpaceWarpsConfig, Status, skill_bits,
    space_warps::{LogVote, SwapRules, replay_log},
};
use domain::{Answer, Label};
use proptest::prelude::*;

use crate::written::{self, retraction};

type Row = HashMap<String, String>;

fn table(name: &str) -> Option<Vec<Row>> {
    let folder = PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../../../shared/reference/consensus"));
    let path = folder.join(name);
    if !path.exists() {
        println!("skipped: {} is absent", path.display());
        return None;
    }
    let mut reader = csv::Reader::from_path(path).unwrap();
    Some(reader.deserialize().collect::<Result<_, _>>().unwrap())
}

/// Names to dense numbers, in the order they appear.
#[derive(Default)]
struct Numbers(HashMap<String, u32>);

impl Numbers {
    fn of(&mut self, name: &str) -> u32 {
        let next = self.0.len() as u32;
        *self.0.entry(name.to_owned()).or_insert(next)
    }
}

fn truth_of(text: &str) -> Label {
    match text {
        "LENS" => Label::Lens,
        "NOT" => Label::NonLens,
        "UNKNOWN" => Label::Unknown,
        other => panic!("unexpected truth {other}"),
    }
}

#[derive(Default)]
struct Log {
    users: Numbers,
    subjects: Numbers,
    votes: Vec<LogVote>,
}

fn log(rows: &[Row]) -> Log {
    let mut log = Log::default();
    for row in rows {
        log.votes.push(LogVote {
            subject: log.subjects.of(&row["subject"]),
            agent: log.users.of(&row["user"]),
            said_lens: Some(row["said"] == "LENS"),
            truth: truth_of(&row["training_truth"]),
        });
    }
    log
}

fn check(what: &str, row: &Row, column: &str, found: f64) {
    let expected: f64 = row[column].parse().unwrap();
    let close = (found - expected).abs() <= 1e-9 * expected.abs() + 1e-12;
    assert!(close, "{what}, {column}: {found}, the table says {expected}");
}

/// Posteriors have no absolute tolerance.
fn check_posterior(what: &str, row: &Row, column: &str, found: f64) {
    let expected: f64 = row[column].parse().unwrap();
    let close = (found / expected - 1.0).abs() <= 1e-9;
    assert!(close, "{what}, {column}: {found}, the table says {expected}");
}

fn flag(retired: bool) -> &'static str {
    if retired { "inactive" } else { "active" }
}

#[test]
fn every_value_of_the_hand_trace_is_reproduced() {
    let Some(rows) = table("hand_trace.csv") else { return };
    let log = log(&rows);
    let mut state = SpaceWarps::new(Preset::Production).unwrap();
    for (row, vote) in rows.iter().zip(&log.votes) {
        let what = format!("vote {}", row["seq"]);
        let before = state.agent(vote.agent).map_or([0.5; 2], |agent| [agent.pl, agent.pd]);
        check(&what, row, "PL_before", before[0]);
        check(&what, row, "PD_before", before[1]);
        state.update(vote);
        let (image, agent) = (state.subject(vote.subject).unwrap(), state.agent(vote.agent).unwrap());
        check_posterior(&what, row, "posterior_after", image.posterior);
        assert_eq!(image.status.name(), row["status"], "{what}");
        assert_eq!(flag(image.is_retired()), row["state"], "{what}");
        assert_eq!(image.exposure.to_string(), row["exposure"], "{what}");
        check(&what, row, "PL_after", agent.pl);
        check(&what, row, "PD_after", agent.pd);
        check(&what, row, "NL_after", agent.nl);
        check(&what, row, "ND_after", agent.nd);
        check(&what, row, "skill_after", agent.skill);
        check(&what, row, "contribution_after", agent.contribution);
    }
    assert_eq!(rows.len(), 22);
}

fn end_state_is_reproduced(preset: Preset) {
    let name = preset.name();
    let Some(rows) = table("small_classifications.csv") else { return };
    let mut log = log(&rows);
    let mut state = SpaceWarps::new(preset).unwrap();
    state.extend(&log.votes);
    let mut statuses = BTreeMap::<String, usize>::new();
    let mut identical = 0;
    let subjects = table(&format!("small_{name}_subjects.csv")).unwrap();
    for row in &subjects {
        let what = &row["subject"];
        let image = state.subject(log.subjects.of(what)).unwrap();
        check_posterior(what, row, "posterior", image.posterior);
        identical += usize::from(row["posterior"].parse() == Ok(image.posterior));
        assert_eq!(image.status.name(), row["status"], "{what}");
        assert_eq!(flag(image.is_retired()), row["state"], "{what}");
        assert_eq!(image.exposure.to_string(), row["exposure"], "{what}");
        assert_eq!(image.retirement_age.to_string(), row["retirement_age"], "{what}");
        *statuses.entry(row["status"].clone()).or_default() += 1;
    }
    let agents = table(&format!("small_{name}_agents.csv")).unwrap();
    for row in &agents {
        let agent = state.agent(log.users.of(&row["user"])).unwrap();
        for (column, found) in [
            ("PL", agent.pl),
            ("PD", agent.pd),
            ("NL", agent.nl),
            ("ND", agent.nd),
            ("NT", f64::from(agent.heard)),
            ("N", f64::from(agent.votes)),
            ("skill", agent.skill),
            ("contribution", agent.contribution),
        ] {
            check(&row["user"], row, column, found);
        }
    }
    assert_eq!((subjects.len(), agents.len()), (state.subjects().count(), state.agents().count()));
    println!("{name}: {} images {statuses:?}, {identical} to the last bit", subjects.len());
}

#[test]
fn production_is_reproduced() {
    end_state_is_reproduced(Preset::Production);
}

#[test]
fn galaxy_zoo_express_is_reproduced() {
    end_state_is_reproduced(Preset::Prior05Gzx);
}

#[test]
fn kswap_is_reproduced() {
    let Some(rows) = table("small_classifications.csv") else { return };
    let mut log = log(&rows);
    let mut state = SpaceWarps::new(Preset::KSwap).unwrap();
    state.extend(&log.votes);
    let mut identical = 0;
    let subjects = table("small_kswap_subjects.csv").unwrap();
    for row in &subjects {
        let what = &row["subject"];
        let image = state.subject(log.subjects.of(what)).unwrap();
        check_posterior(what, row, "score", image.posterior);
        identical += usize::from(row["score"].parse() == Ok(image.posterior));
        assert_eq!(image.truth.code().to_string(), row["gold"], "{what}");
        assert_eq!(image.exposure.to_string(), row["seen"], "{what}");
        let status = match (row["retired"].as_str(), row["retired_as"].as_str()) {
            ("False", "") => Status::Undecided,
            ("True", "0") => Status::Rejected,
            ("True", "1") => Status::Detected,
            other => panic!("unexpected retirement {other:?}"),
        };
        assert_eq!(image.status, status, "{what}");
        assert_eq!(image.is_retired(), row["retired"] == "True", "{what}");
    }
    let users = table("small_kswap_users.csv").unwrap();
    for row in &users {
        let agent = state.agent(log.users.of(&row["user"])).unwrap();
        check(&row["user"], row, "score0_PD", agent.pd);
        check(&row["user"], row, "score1_PL", agent.pl);
        let counts = [agent.right[0], agent.right[1], agent.seen[0], agent.seen[1]];
        for (column, count) in ["n_correct0", "n_correct1", "n_gold0", "n_gold1"].into_iter().zip(counts) {
            assert_eq!(count.to_string(), row[column], "{}, {column}", row["user"]);
        }
    }
    assert_eq!((subjects.len(), users.len()), (state.subjects().count(), state.agents().count()));
    println!("kswap: {} images, {identical} to the last bit, {} repeats", subjects.len(), state.repeats());
}

fn vote(agent: u32, subject: u32, said_lens: bool, truth: Label) -> LogVote {
    LogVote { subject, agent, said_lens: Some(said_lens), truth }
}

fn state_after(preset: Preset, votes: &[LogVote]) -> SpaceWarps {
    let mut state = SpaceWarps::new(preset).unwrap();
    state.extend(votes);
    state
}

fn bayes(p: f64, lens: f64, other: f64) -> f64 {
    lens * p / (lens * p + other * (1.0 - p))
}

fn close(found: f64, expected: f64) {
    assert!((found / expected - 1.0).abs() < 1e-12, "{found}, by hand {expected}");
}

#[test]
fn with_fixed_skills_training_opens_the_ear_and_teaches_nothing() {
    use Label::{Lens, Unknown};
    let votes = [
        vote(0, 0, true, Unknown), // nobody listens yet
        vote(0, 1, false, Lens),   // wrong, and yet the agent stays at 0.75
        vote(0, 0, true, Unknown), // counts with 0.75
    ];
    let state = state_after(Preset::Fixed075, &votes);
    let agent = state.agent(0).unwrap();
    assert_eq!((agent.pl, agent.pd, agent.nl, agent.nd), (0.75, 0.75, 5.0, 4.0));
    assert_eq!((agent.heard, agent.votes), (1, 3));
    let image = state.subject(0).unwrap();
    close(image.posterior, bayes(2e-4, 0.75, 0.25));
    assert_eq!(image.exposure, 2);
    close(state.subject(1).unwrap().posterior, 2e-4);
    close(agent.contribution, skill_bits(0.75, 0.75));
}

#[test]
fn without_haste_a_rejected_image_comes_back() {
    use Label::{Lens, NonLens, Unknown};
    // Twenty training images make an agent of PL = PD = 12/14; then "no" ten times, "yes" ten times.
    let mut votes = Vec::new();
    for i in 0..10 {
        votes.push(vote(0, 100 + i, true, Lens));
        votes.push(vote(0, 200 + i, false, NonLens));
    }
    let no: Vec<LogVote> = (0..10).map(|_| vote(0, 0, false, Unknown)).collect();
    let yes: Vec<LogVote> = (0..10).map(|_| vote(0, 0, true, Unknown)).collect();
    votes.extend(&no);
    let mut hasty = state_after(Preset::Production, &votes);
    let mut patient = state_after(Preset::NonHasty, &votes);
    for state in [&hasty, &patient] {
        assert_eq!(state.subject(0).unwrap().status, Status::Rejected);
        assert!(state.subject(0).unwrap().is_retired());
    }
    // Five votes crossed; the hasty one heard no more, the patient one heard all and hit the floor.
    assert_eq!((hasty.subject(0).unwrap().exposure, hasty.subject(0).unwrap().retirement_age), (5, 5));
    assert_eq!((patient.subject(0).unwrap().exposure, patient.subject(0).unwrap().retirement_age), (10, 10));
    assert_eq!(patient.subject(0).unwrap().posterior, 2e-8);
    hasty.extend(&yes);
    patient.extend(&yes);
    assert_eq!(hasty.subject(0).unwrap().status, Status::Rejected);
    let image = patient.subject(0).unwrap();
    let expected = (0..10).fold(2e-8, |p, _| bayes(p, 12.0 / 14.0, 2.0 / 14.0));
    close(image.posterior, expected);
    assert_eq!((image.status, image.retirement_age), (Status::Undecided, 0));
}

#[test]
fn unsupervised_agents_learn_from_the_posterior_after_their_vote() {
    use Label::{Lens, Unknown};
    let votes = [
        vote(0, 9, true, Lens),     // a training image: nobody hears it
        vote(0, 0, true, Unknown),  // still a newcomer: the image stays at 2e-4, which is learnt
        vote(0, 0, false, Unknown), // now it counts
    ];
    let first = state_after(Preset::Unsupervised, &votes[..1]);
    assert_eq!(first.agent(0).unwrap().heard, 0);
    assert_eq!((first.agent(0).unwrap().pl, first.agent(0).unwrap().nl), (0.75, 4.0));

    let second = state_after(Preset::Unsupervised, &votes[..2]);
    let agent = second.agent(0).unwrap();
    close(second.subject(0).unwrap().posterior, 2e-4);
    let (pl, pd) = ((0.75 * 4.0 + 2e-4) / (4.0 + 2e-4), 0.75 * 4.0 / (4.0 + 1.0 - 2e-4));
    close(agent.pl, pl);
    close(agent.pd, pd);
    close(agent.nl, 4.0 + 2e-4);
    close(agent.nd, 4.0 + 1.0 - 2e-4);
    assert_eq!(agent.heard, 1);

    let third = state_after(Preset::Unsupervised, &votes);
    let p = bayes(2e-4, 1.0 - pl, pd);
    close(third.subject(0).unwrap().posterior, p);
    let (nl, nd) = (4.0 + 2e-4, 4.0 + 1.0 - 2e-4);
    close(third.agent(0).unwrap().pl, pl * nl / (nl + p));
    close(third.agent(0).unwrap().pd, (pd * nd + 1.0 - p) / (nd + 1.0 - p));
}

#[test]
fn agents_that_learn_from_both_start_with_any_vote() {
    use Label::{NonLens, Unknown};
    let votes = [
        vote(0, 0, false, Unknown), // moves nothing; teaches PD
        vote(0, 1, false, NonLens), // moves the training image, and teaches PD as certain
        vote(0, 0, false, Unknown),
    ];
    let state = state_after(Preset::Both, &votes);
    let other = 1.0 - 2e-4;
    let (pl, nl) = (0.5 * 4.0 / (4.0 + 2e-4), 4.0 + 2e-4);
    let (pd, nd) = ((0.5 * 4.0 + other) / (4.0 + other), 4.0 + other);
    close(state.subject(1).unwrap().posterior, bayes(2e-4, 1.0 - pl, pd));
    assert_eq!(state.subject(1).unwrap().status, Status::Undecided);
    let pd_after = (pd * nd + 1.0) / (nd + 1.0);
    let p = bayes(2e-4, 1.0 - pl, pd_after);
    close(state.subject(0).unwrap().posterior, p);
    close(state.agent(0).unwrap().pl, pl * nl / (nl + p));
    assert_eq!(state.agent(0).unwrap().heard, 3);
}

#[test]
fn a_frozen_image_still_teaches_its_training_truth() {
    use Label::Lens;
    let rules = SwapRules { prior: 0.9, ..SwapRules::default() };
    let mut state = SpaceWarps::new(SpaceWarpsConfig::Swap(rules)).unwrap();
    // Image 0 teaches the agent; then image 1 crosses 0.95 at the second vote and freezes.
    let votes: Vec<LogVote> =
        (0..6).map(|_| vote(0, 0, true, Lens)).chain((0..3).map(|_| vote(0, 1, true, Lens))).collect();
    state.extend(&votes);
    assert_eq!(state.subject(1).unwrap().status, Status::Detected);
    assert!(state.subject(1).unwrap().exposure < 3, "votes after the crossing are no exposure");
    assert_eq!(state.agent(0).unwrap().nl, 13.0, "all nine taught");
}

#[test]
fn contradictory_truths_teach_line_by_line_and_the_first_settles_the_kind() {
    use Label::{Lens, NonLens, Unknown};
    let votes = [vote(0, 0, true, Unknown), vote(0, 0, true, Lens), vote(0, 0, true, NonLens)];
    let state = state_after(Preset::Production, &votes);
    let agent = state.agent(0).unwrap();
    assert_eq!((agent.pl, agent.pd, agent.heard), (0.6, 0.4, 2), "right once, wrong once");
    assert_eq!(state.subject(0).unwrap().truth, Unknown);
}

#[test]
fn kswap_lets_the_cap_speak_last_and_ties_go_to_the_first_word() {
    use Label::{NonLens, Unknown};
    // Thirty people, half and half; "lens" was said first.
    let tie: Vec<LogVote> = (0..30).map(|i| vote(i, 0, i % 2 == 0, Unknown)).collect();
    let state = state_after(Preset::KSwap, &tie);
    assert_eq!(
        (state.subject(0).unwrap().status, state.subject(0).unwrap().retirement_age),
        (Status::Detected, 30)
    );
    // People with a record reject after five votes; the crowd that follows overrules them at thirty.
    let mut votes: Vec<LogVote> =
        (0..5).flat_map(|who| (0..30).map(move |i| vote(who, 100 + i, false, NonLens))).collect();
    votes.extend((0..5).map(|who| vote(who, 0, false, Unknown)));
    let early = state_after(Preset::KSwap, &votes);
    // A record on non-lenses alone does not lower a posterior much: 0.5 / (31/32) each.
    assert_eq!(early.subject(0).unwrap().status, Status::Undecided);
    votes.extend((5..30).map(|who| vote(who, 0, true, Unknown)));
    assert_eq!(state_after(Preset::KSwap, &votes).subject(0).unwrap().status, Status::Detected);
    // A second look is no vote.
    let again = vote(0, 0, true, Unknown);
    let (once, twice) = (state_after(Preset::KSwap, &[again]), state_after(Preset::KSwap, &[again, again]));
    assert_eq!(once.subject(0), twice.subject(0));
    assert_eq!(twice.repeats(), 1);
}

#[test]
fn something_said_that_is_neither_only_counts_as_cast() {
    for preset in Preset::ALL {
        let unsure = LogVote { subject: 0, agent: 0, said_lens: None, truth: Label::Unknown };
        let state = state_after(preset, &[unsure, unsure]);
        let image = state.subject(0).unwrap();
        assert_eq!((image.exposure, image.status), (0, Status::Undecided), "{}", preset.name());
        assert_eq!((state.agent(0).unwrap().votes, state.agent(0).unwrap().heard), (2, 0));
        assert_eq!(state.repeats(), 0);
    }
}

#[test]
fn the_projects_own_log_is_folded_without_what_was_taken_back() {
    use written::{subject, volunteer, vote};
    let truth = HashMap::from([(subject(1), Label::Lens), (subject(2), Label::NonLens)]);
    let log = [
        vote(1, 1, 1, Answer::Lens),
        vote(2, 2, 1, Answer::NoLens),
        vote(3, 3, 1, Answer::NoLens),
        retraction(9, 3),
        vote(4, 3, 1, Answer::Lens),
        vote(5, 3, 1, Answer::Lens),
        vote(6, 3, 2, Answer::Unsure),
    ];
    let replayed = replay_log(&log, &truth, Preset::Production).unwrap();
    assert_eq!((replayed.report.retracted, replayed.report.repeats), (1, 1));
    assert_eq!(replayed.subjects, [subject(1), subject(2), subject(3)]);
    assert_eq!(replayed.volunteers, [volunteer(1), volunteer(2)]);
    let image = replayed.state.subject(2).unwrap();
    close(image.posterior, bayes(2e-4, 0.6, 0.4));
    assert_eq!(image.exposure, 1);
}

#[test]
fn presets_are_found_by_their_names_and_by_no_other() {
    for preset in Preset::ALL {
        assert_eq!(Preset::from_name(preset.name()), Some(preset));
        assert_eq!(serde_json::to_value(preset).unwrap(), preset.name());
        assert!(SpaceWarps::new(preset).is_ok());
    }
    assert_eq!(Preset::from_name("Production"), None);
    let wrong = SwapRules { rejected_below: 0.99, ..SwapRules::default() };
    assert_eq!(SpaceWarps::new(SpaceWarpsConfig::Swap(wrong)).unwrap_err().field, "rejected_below");
}

proptest! {
    #[test]
    fn whatever_is_said_the_numbers_stay_in_their_ranges(
        said in prop::collection::vec((0_u32..5, 0_u32..6, any::<bool>()), 0..400),
        which in 0_usize..7,
    ) {
        let truth = |subject| [Label::Lens, Label::NonLens, Label::Unknown][(subject % 3) as usize];
        let votes: Vec<LogVote> =
            said.iter().map(|(agent, subject, yes)| vote(*agent, *subject, *yes, truth(*subject))).collect();
        let state = state_after(Preset::ALL[which], &votes);
        for (number, image) in state.subjects() {
            prop_assert!((0.0..=1.0).contains(&image.posterior) && image.posterior > 0.0);
            prop_assert!(!image.is_retired() || truth(number) == Label::Unknown);
        }
        for (_, agent) in state.agents() {
            for skill in [agent.pl, agent.pd] {
                prop_assert!((0.0..=1.0).contains(&skill));
            }
            prop_assert!((-1e-12..=1.0).contains(&agent.skill), "{} bits", agent.skill);
        }
    }
}
