//! The plain reducers against the vectors published with the Zooniverse aggregation tool and
//! Caesar, read where they lie; and own cases that are always checked.

use std::path::PathBuf;

use consensus::reducers::{
    AnswerConsensus, Choices, DifficultyError, GoldAnswer, Grouping, LevelUp, RunningConsensus, SkillError,
    SkillMode, SkillSettings, answer_consensus, count_answers, first_n, set_consensus, subject_difficulty,
    user_skill,
};
use serde_json::{Map, Value, json};

fn vectors(name: &str) -> Option<Value> {
    let folder = "/../../../shared/reference/consensus/peer_vectors";
    let path = PathBuf::from(format!("{}{folder}/{name}.json", env!("CARGO_MANIFEST_DIR")));
    if !path.exists() {
        println!("SKIPPED: {} is absent", path.display());
        return None;
    }
    Some(serde_json::from_slice(&std::fs::read(path).unwrap()).unwrap())
}

/// A case: its name, its input, what is expected, and the keywords of the call.
fn cases(file: &Value, input: usize, expected: usize) -> Vec<(&str, &Value, &Value, &Value)> {
    let all = file.as_array().unwrap();
    assert!(!all.is_empty());
    all.iter()
        .map(|case| {
            let kwargs = &case["kwargs"];
            let args = &case["args"];
            (kwargs["test_name"].as_str().unwrap(), &args[input], &args[expected], kwargs)
        })
        .collect()
}

fn choices(extract: &Value) -> Choices {
    Choices(extract.as_object().unwrap().iter().map(|(k, v)| (k.clone(), v.as_i64().unwrap())).collect())
}

fn all_choices(extracts: &Value) -> Vec<Choices> {
    extracts.as_array().unwrap().iter().map(choices).collect()
}

fn grouping(kwargs: &Value) -> Grouping {
    if kwargs["kwargs"]["pairs"] == json!(true) { Grouping::Together } else { Grouping::Single }
}

/// Equal, numbers to 1e-12.
fn same(found: &Value, expected: &Value) -> bool {
    match (found, expected) {
        (Value::Number(a), Value::Number(b)) => (a.as_f64().unwrap() - b.as_f64().unwrap()).abs() < 1e-12,
        (Value::Array(a), Value::Array(b)) => a.len() == b.len() && a.iter().zip(b).all(|(a, b)| same(a, b)),
        (Value::Object(a), Value::Object(b)) => {
            a.len() == b.len() && a.iter().all(|(k, v)| b.get(k).is_some_and(|w| same(v, w)))
        }
        _ => found == expected,
    }
}

fn consensus_as_json(found: AnswerConsensus) -> Value {
    let mut value = serde_json::to_value(found).unwrap();
    value.as_object_mut().unwrap().retain(|_, v| !v.is_null());
    value
}

#[test]
fn counts_match_the_published_vectors() {
    let Some(file) = vectors("question_reducer") else { return };
    for (name, extracts, expected, kwargs) in cases(&file, 1, 2) {
        let users: Vec<Option<i64>> =
            kwargs["network_kwargs"]["user_id"].as_array().unwrap().iter().map(Value::as_i64).collect();
        let mut found = Map::new();
        for count in count_answers(&all_choices(extracts), &users, grouping(kwargs)) {
            if kwargs["kwargs"]["track_user_ids"] == json!(true) {
                found.insert(format!("user_ids_{}", count.answer), json!(count.users));
            }
            found.insert(count.answer, json!(count.votes));
        }
        assert!(same(&Value::Object(found.clone()), expected), "{name}: {found:?}, expected {expected}");
    }
}

#[test]
fn the_most_likely_answer_matches_the_published_vectors() {
    let Some(file) = vectors("question_consensus_reducer") else { return };
    for (name, extracts, expected, kwargs) in cases(&file, 1, 2) {
        let found = consensus_as_json(answer_consensus(&all_choices(extracts), grouping(kwargs)));
        assert!(same(&found, expected), "{name}: {found}, expected {expected}");
    }
}

#[test]
fn caesars_consensus_matches_its_cases_running_ones_included() {
    let Some(file) = vectors("caesar_consensus") else { return };
    let list = |names: &Value| -> Vec<String> {
        names.as_array().unwrap().iter().map(|name| name.as_str().unwrap().to_owned()).collect()
    };
    let mut seen = [0; 2];
    for case in file["cases"].as_array().unwrap() {
        if case["mode"] == json!("running") {
            seen[1] += 1;
            let store = case["store"].as_object().unwrap();
            let mut running =
                RunningConsensus::from_counts(store.iter().map(|(k, v)| (k.clone(), v.as_i64().unwrap())));
            let batches = case["batches"].as_array().unwrap();
            for (batch, expected) in batches.iter().zip(case["expect"].as_array().unwrap()) {
                let batch: Vec<Choices> = list(batch).into_iter().map(|name| Choices::once([name])).collect();
                let found = running.add(&batch);
                assert_eq!(found.most_likely.as_deref(), expected["most_likely"].as_str(), "{case}");
                assert_eq!(Some(found.num_votes), expected["num_votes"].as_i64(), "{case}");
            }
        } else {
            seen[0] += 1;
            let extracts: Vec<Choices> =
                case["extracts"].as_array().unwrap().iter().map(|names| Choices::once(list(names))).collect();
            let found = set_consensus(&extracts, case["ignore_empty_extracts"] == json!(true));
            let found = consensus_as_json(found);
            assert!(same(&found, &case["expect"]), "{case}: {found}");
        }
    }
    assert!(seen[0] > 0 && seen[1] > 0, "both kinds were there: {seen:?}");
}

#[test]
fn first_n_matches_the_published_vectors() {
    for (name, wanted) in [("first_n_true", true), ("first_n_false", false)] {
        let Some(file) = vectors(name) else { continue };
        for (case, extracts, expected, kwargs) in cases(&file, 1, 2) {
            let results: Vec<Option<bool>> =
                extracts.as_array().unwrap().iter().map(|extract| extract["result"].as_bool()).collect();
            let n = kwargs["kwargs"]["n"].as_u64().unwrap() as usize;
            assert_eq!(json!(first_n(&results, n, wanted)), expected["result"], "{name}, {case}");
        }
    }
}

fn successes(extract: &Value) -> Option<Vec<bool>> {
    let success = extract.get("feedback")?.get("success")?.as_array().unwrap();
    Some(success.iter().map(|s| s.as_bool().unwrap()).collect())
}

#[test]
fn difficulty_matches_the_published_vectors() {
    let Some(file) = vectors("subject_difficulty_reducer") else { return };
    for (name, extracts, expected, _) in cases(&file, 2, 4) {
        let feedback: Vec<Option<Vec<bool>>> = extracts.as_array().unwrap().iter().map(successes).collect();
        let found = subject_difficulty(&feedback).unwrap();
        let found = found.map_or_else(|| json!({}), |difficulty| json!({ "difficulty": difficulty }));
        assert!(same(&found, expected), "{name}: {found}, expected {expected}");
    }
}

/// The tool's record of a classification: keys with whole numbers are choices, made if 1.
fn gold_answer(extract: &Value) -> Option<GoldAnswer> {
    let feedback = extract.get("feedback")?;
    let whole: Vec<(&String, i64)> =
        extract.as_object().unwrap().iter().filter_map(|(k, v)| Some((k, v.as_i64()?))).collect();
    let of = |made: bool| -> Vec<String> {
        whole.iter().filter(|(_, times)| (*times == 1) == made).map(|(name, _)| (*name).clone()).collect()
    };
    let key = match feedback["strategy"].as_str().unwrap() {
        "surveySimple" => "true_choiceIds",
        "singleAnswerQuestion" => "true_answer",
        _ => "",
    };
    let truth = feedback.get(key).map(|truth| {
        truth.as_array().unwrap().iter().map(|name| name.as_str().unwrap().to_owned()).collect()
    });
    Some(GoldAnswer {
        said: of(true),
        offered: of(false),
        truth: truth.unwrap_or_default(),
        success: successes(extract).unwrap_or_default(),
    })
}

#[test]
fn user_skill_matches_the_published_vectors_in_every_mode() {
    let Some(file) = vectors("user_skill") else { return };
    let mut modes = Vec::new();
    for (name, extracts, expected, kwargs) in cases(&file, 2, 4) {
        let answers: Vec<GoldAnswer> = extracts.as_array().unwrap().iter().filter_map(gold_answer).collect();
        let difficulties: Vec<Vec<f64>> = kwargs["network_kwargs"]["relevant_reduction"]
            .as_array()
            .unwrap()
            .iter()
            .filter_map(|reduction| reduction["data"].get("difficulty"))
            .map(|values| values.as_array().unwrap().iter().map(|v| v.as_f64().unwrap()).collect())
            .collect();
        let call = &kwargs["kwargs"];
        let default = SkillSettings::default();
        let settings = SkillSettings {
            mode: match call["mode"].as_str().unwrap() {
                "binary" => SkillMode::Binary,
                "one-to-one" => SkillMode::OneToOne,
                "many-to-many" => SkillMode::ManyToMany,
                other => panic!("unexpected mode {other}"),
            },
            skill_threshold: call["skill_threshold"].as_f64().unwrap_or(default.skill_threshold),
            count_threshold: call["count_threshold"].as_u64().unwrap_or(default.count_threshold),
            level_up: if call["strategy"] == json!("all") { LevelUp::All } else { LevelUp::Mean },
            focus_classes: call["focus_classes"]
                .as_array()
                .map(|names| names.iter().map(|name| name.as_str().unwrap().to_owned()).collect()),
            ..default
        };
        let skill = user_skill(&answers, &difficulties, &settings).unwrap();
        let by_class = |of: &dyn Fn(usize) -> Value| -> Value {
            let entries = skill.classes.iter().enumerate();
            Value::Object(entries.map(|(at, class)| (class.class.clone(), of(at))).collect())
        };
        let found = json!({
            "classes": skill.classes.iter().map(|class| &class.class).collect::<Vec<_>>(),
            "confusion_simple": skill.confusion,
            "weighted_skill": by_class(&|at| json!(skill.classes[at].weighted_skill)),
            "skill": by_class(&|at| json!(skill.classes[at].skill)),
            "count": by_class(&|at| json!(skill.classes[at].count)),
            "mean_skill": skill.mean_skill,
            "level_up": skill.level_up,
        });
        assert!(same(&found, expected), "{name}:\n{found}\nexpected\n{expected}");
        modes.push(settings.mode);
    }
    for mode in [SkillMode::Binary, SkillMode::OneToOne, SkillMode::ManyToMany] {
        assert!(modes.contains(&mode), "{mode:?} was among them");
    }
}

#[test]
fn of_equal_counts_the_answer_seen_first_wins() {
    let votes = [Choices::once(["b"]), Choices::once(["a"]), Choices::once(["a", "b"])];
    let found = answer_consensus(&votes, Grouping::Single);
    assert_eq!((found.most_likely.as_deref(), found.num_votes, found.agreement), (Some("b"), 2, Some(0.5)));
    let found = answer_consensus(&votes, Grouping::Together);
    assert_eq!((found.most_likely.as_deref(), found.num_votes), (Some("b"), 1));
}

#[test]
fn nothing_chosen_is_an_answer_unless_it_is_ignored() {
    let votes = [Choices::default(), Choices::default(), Choices::once(["yes"])];
    assert_eq!(set_consensus(&votes, false).most_likely.as_deref(), Some(""));
    assert_eq!(set_consensus(&votes, true).agreement, Some(1.0));
    assert_eq!(set_consensus(&votes[..2], true), set_consensus(&[], false));
    assert_eq!(set_consensus(&[], false).agreement, None);
}

#[test]
fn running_in_batches_is_counting_at_once() {
    let votes: Vec<Choices> = ["a", "b", "b", "c", "b", "c"].map(|name| Choices::once([name])).to_vec();
    let mut running = RunningConsensus::default();
    let parts: Vec<AnswerConsensus> = votes.chunks(2).map(|batch| running.add(batch)).collect();
    assert_eq!(parts.last(), Some(&set_consensus(&votes, false)));
    let again = RunningConsensus::from_counts(running.counts().to_vec());
    assert_eq!(again, running);
}

#[test]
fn counts_know_who_said_what() {
    let votes =
        [Choices::once(["yes"]), Choices::once(["no"]), Choices(vec![("yes".into(), 2), ("no".into(), 0)])];
    let counts = count_answers(&votes, &[Some(7), None], Grouping::Single);
    assert_eq!((counts[0].answer.as_str(), counts[0].votes), ("yes", 3));
    assert_eq!(counts[0].users, [Some(7), None]);
    assert_eq!(counts[1].votes, 1);
    assert!(count_answers(&[Choices(vec![("no".into(), 0)])], &[], Grouping::Single).is_empty());
}

#[test]
fn first_n_needs_n_and_takes_a_missing_result_for_false() {
    assert!(!first_n(&[], 0, true));
    assert!(!first_n(&[Some(true)], 2, true));
    assert!(first_n(&[Some(true), Some(true), Some(false)], 2, true));
    assert!(first_n(&[None, Some(false)], 2, false));
    assert!(!first_n(&[None], 1, true));
}

#[test]
fn what_does_not_fit_together_is_refused_by_name() {
    let uneven = [Some(vec![true, false]), None, Some(vec![true])];
    assert_eq!(subject_difficulty(&uneven), Err(DifficultyError { at: 2, found: 1, expected: 2 }));
    assert_eq!(subject_difficulty(&[None]), Ok(None));
    let one = |mode| SkillSettings { mode, ..SkillSettings::default() };
    let answer =
        GoldAnswer { said: vec!["A".into(), "B".into()], truth: vec!["A".into()], ..GoldAnswer::default() };
    let refused = user_skill(std::slice::from_ref(&answer), &[vec![0.5]], &one(SkillMode::OneToOne));
    assert_eq!(refused, Err(SkillError::NotOneToOne { at: 0, said: 2, truths: 1 }));
    let refused = user_skill(std::slice::from_ref(&answer), &[], &one(SkillMode::ManyToMany));
    assert_eq!(refused, Err(SkillError::Lengths { answers: 1, difficulties: 0 }));
    let settings = SkillSettings { focus_classes: Some(vec!["c".into()]), ..one(SkillMode::ManyToMany) };
    assert_eq!(user_skill(&[answer], &[vec![0.5]], &settings), Err(SkillError::UnknownFocus("c".into())));
    let nobody = user_skill(&[], &[], &SkillSettings::default()).unwrap();
    assert!(nobody.mean_skill == 0.0 && !nobody.level_up);
}

#[test]
fn a_hit_on_a_hard_subject_weighs_more_than_one_on_an_easy_one() {
    let answer = |said: &str, truth: &str| GoldAnswer {
        said: vec![said.into()],
        truth: vec![truth.into()],
        ..GoldAnswer::default()
    };
    let settings = SkillSettings { mode: SkillMode::OneToOne, ..SkillSettings::default() };
    // Right on a subject only a tenth got, wrong on one that a tenth got: 0.9 against 0.1.
    let answers = [answer("lens", "lens"), answer("star", "lens")];
    let skill = user_skill(&answers, &[vec![0.1], vec![0.1]], &settings).unwrap();
    let lens = skill.classes.iter().find(|class| class.class == "lens").unwrap();
    assert!((lens.weighted_skill - 0.9).abs() < 1e-12 && (lens.skill - 0.5).abs() < 1e-12);
}
