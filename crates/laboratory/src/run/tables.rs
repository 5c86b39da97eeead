//! The tables of a run as Parquet: every trial in numbers, every checkpoint, every
//! vote, every ranking.

use std::{
    collections::{BTreeMap, BTreeSet},
    path::Path,
};

use crate::{
    LabError,
    export::parquet::{Column, Writer},
    replays::Replays,
    results::{Results, Row},
    trials,
};

/// `tables/trials.parquet`: one row per arm and seed.
///
/// # Errors
/// When the disk refuses.
pub fn rows(run: &Path, results: &Results) -> Result<(), LabError> {
    let mut writer = Writer::new(&run.join("tables").join("trials.parquet"));
    if results.rows.is_empty() {
        return writer.finish();
    }
    let text =
        |of: fn(&Row) -> &String| Column::Text(results.rows.iter().map(|row| of(row).clone()).collect());
    let names: Vec<String> = results.names().into_iter().map(str::to_owned).collect();
    let mut columns = vec![
        ("arm", text(|row| &row.arm)),
        ("policy", text(|row| &row.policy)),
        ("pool", text(|row| &row.pool)),
        ("cell", text(|row| &row.cell)),
        ("crowd", text(|row| &row.crowd)),
        ("threshold", Column::Number(results.rows.iter().map(|row| Some(row.threshold)).collect())),
        ("seed", Column::Count(results.rows.iter().map(|row| row.seed.cast_signed()).collect())),
    ];
    for name in &names {
        let value = |row: &Row| row.numbers.get(name).copied().flatten();
        columns.push((name, Column::Number(results.rows.iter().map(value).collect())));
    }
    writer.push(&columns)?;
    writer.finish()
}

/// `checkpoints`, `impressions` and `ranking` of a replay experiment.
///
/// # Errors
/// When a trial's file is damaged or the disk refuses.
pub fn replays(run: &Path, replays: &Replays) -> Result<(), LabError> {
    let table = |name: &str| Writer::new(&run.join("tables").join(format!("{name}.parquet")));
    let (mut checkpoints, mut impressions, mut ranking) =
        (table("checkpoints"), table("impressions"), table("ranking"));
    let names: Vec<&str> = replays
        .outcomes
        .iter()
        .flat_map(|outcome| &outcome.checkpoints)
        .flat_map(|at| trials::numbers(at).into_keys().collect::<Vec<_>>())
        .collect::<BTreeSet<_>>()
        .into_iter()
        .collect();
    for (slot, outcome) in replays.slots.iter().zip(&replays.outcomes) {
        let points: Vec<BTreeMap<&str, f64>> = outcome.checkpoints.iter().map(trials::numbers).collect();
        let head = |rows: usize| {
            vec![
                ("trial", Column::Text(vec![slot.key.clone(); rows])),
                ("arm", Column::Text(vec![slot.arm.clone(); rows])),
                ("seed", Column::Count(vec![slot.trial.seed.cast_signed(); rows])),
            ]
        };
        if !points.is_empty() {
            let mut columns = head(points.len());
            for name in &names {
                columns.push((name, Column::Number(points.iter().map(|at| at.get(name).copied()).collect())));
            }
            checkpoints.push(&columns)?;
        }
        let details = trials::details(run, &slot.key)?;
        let ids = &replays.ids[slot.pool];
        let id = |index: usize| ids.get(index).cloned().unwrap_or_default();
        let votes = &details.impressions;
        if !votes.is_empty() {
            let mut columns = head(votes.len());
            columns.extend([
                ("vote", Column::Count(votes.iter().map(|vote| vote.vote.cast_signed()).collect())),
                ("round", Column::Count(votes.iter().map(|vote| i64::from(vote.round)).collect())),
                ("subject", Column::Text(votes.iter().map(|vote| id(vote.subject)).collect())),
                ("volunteer", Column::Count(votes.iter().map(|vote| i64::from(vote.volunteer)).collect())),
                ("strategy", Column::Text(votes.iter().map(|vote| vote.strategy.clone()).collect())),
                (
                    "inclusion_probability",
                    Column::Number(votes.iter().map(|vote| vote.inclusion_probability).collect()),
                ),
                (
                    "rank",
                    Column::Number(votes.iter().map(|vote| vote.rank.map(|rank| rank as f64)).collect()),
                ),
                (
                    "head_version",
                    Column::Count(votes.iter().map(|vote| i64::from(vote.head_version)).collect()),
                ),
                ("answer", Column::Text(votes.iter().map(|vote| word(&vote.answer)).collect())),
            ]);
            impressions.push(&columns)?;
        }
        let ranked = &details.ranking;
        if !ranked.is_empty() {
            let mut columns = head(ranked.len());
            columns.extend([
                ("rank", Column::Count((1..=ranked.len() as i64).collect())),
                ("subject", Column::Text(ranked.iter().map(|image| id(image.index)).collect())),
                ("p_joint", Column::Number(ranked.iter().map(|image| Some(image.p_joint)).collect())),
                ("p_votes", Column::Number(ranked.iter().map(|image| image.p_votes).collect())),
                ("votes", Column::Count(ranked.iter().map(|image| i64::from(image.votes)).collect())),
                ("standing", Column::Text(ranked.iter().map(|image| word(&image.standing)).collect())),
            ]);
            ranking.push(&columns)?;
        }
    }
    checkpoints.finish()?;
    impressions.finish()?;
    ranking.finish()
}

/// An enum's name, as serde writes it.
fn word<T: serde::Serialize>(value: &T) -> String {
    match serde_json::to_value(value) {
        Ok(serde_json::Value::String(text)) => text,
        Ok(other) => other.to_string(),
        Err(_) => String::new(),
    }
}
