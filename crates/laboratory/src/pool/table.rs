//! A pool from a table of scores, from whatever network: enough for policies without
//! a head and strategies without embeddings.

use std::path::Path;

use domain::{Digest, Seed, logit};
use finder::metrics::Summary;
use replay::{StoredPool, TruthEntry};
use serde::Deserialize;

use super::{
    curves::NetworkCurves,
    evaluate,
    report::{DatasetEntry, NetworkReport, PoolReport},
};
use crate::{LabError, config::PoolPlan};

/// One line.
#[derive(Debug, Deserialize)]
struct Line {
    id: String,
    probability: f64,
    is_lens: Option<u8>,
    #[serde(default)]
    theta_e_arcsec: Option<f64>,
    #[serde(default)]
    arc_sn: Option<f64>,
    #[serde(default)]
    cell: Option<u64>,
}

/// Difficulty of an image of which only the truth is known: the middle.
const MIDDLING: f64 = 0.5;

/// Reads the table.
///
/// # Errors
/// Names the line, the column and the remedy.
pub fn read(plan: &PoolPlan, path: &Path) -> Result<(StoredPool, PoolReport), LabError> {
    let wrong = |problem: String| LabError::Pool {
        pool: plan.name.clone(),
        problem: format!("table {}: {problem}", path.display()),
    };
    let bytes = std::fs::read(path)
        .map_err(|error| wrong(format!("{error}; give a CSV with the columns id, probability, is_lens")))?;
    let mut reader = csv::Reader::from_reader(bytes.as_slice());
    let mut pool = StoredPool {
        name: plan.name.clone(),
        ids: Vec::new(),
        probability: Vec::new(),
        embeddings: Vec::new(),
        dim: 0,
        truth: Vec::new(),
        cells: Vec::new(),
        model: path.display().to_string(),
    };
    let mut unknown = 0u64;
    for (at, line) in reader.deserialize::<Line>().enumerate() {
        let line = line.map_err(|error| {
            wrong(format!("{error}; the columns are id, probability, is_lens (0 or 1), and if known theta_e_arcsec, arc_sn, cell"))
        })?;
        if !(0.0..=1.0).contains(&line.probability) {
            let problem = format!(
                "line {}: probability is {}; give a number between 0 and 1",
                at + 2,
                line.probability
            );
            return Err(wrong(problem));
        }
        let truth = match line.is_lens {
            None => {
                unknown += 1;
                continue;
            }
            Some(1) => match (line.theta_e_arcsec, line.arc_sn) {
                (Some(theta), Some(sn)) => TruthEntry::lens(theta, sn),
                _ => TruthEntry { is_lens: true, difficulty: MIDDLING, ..TruthEntry::plain() },
            },
            Some(0) => TruthEntry::plain(),
            Some(other) => return Err(wrong(format!("line {}: is_lens is {other}; give 0 or 1", at + 2))),
        };
        pool.ids.push(line.id);
        pool.probability.push(line.probability);
        pool.truth.push(truth);
        pool.cells.extend(line.cell);
    }
    if pool.is_empty() {
        let problem = if unknown > 0 {
            format!(
                "none of its {unknown} lines says whether it is a lens; fill the column is_lens: a replay needs the truth"
            )
        } else {
            "has no line".to_owned()
        };
        return Err(wrong(problem));
    }
    if pool.cells.len() != pool.len() {
        pool.cells.clear();
    }
    let labels: Vec<bool> = pool.truth.iter().map(|truth| truth.is_lens).collect();
    let logits: Vec<f64> = pool.probability.iter().map(|p| logit(p.clamp(1e-12, 1.0 - 1e-12))).collect();
    let summary = Summary::of(&logits, &pool.probability, &labels, Seed::root(plan.seed).child("evaluate"));
    let curves = NetworkCurves::of(&logits, &pool.probability, &labels, summary.yield_curve.clone());
    let threshold = evaluate::threshold(&summary);
    let report = PoolReport {
        name: plan.name.clone(),
        digest: Digest::of(&bytes),
        is_simulated: false,
        origin: format!("scores of the table {}", path.file_name().unwrap_or_default().to_string_lossy()),
        images: pool.len() as u64,
        lenses: pool.lenses() as u64,
        look_alikes: 0,
        embedding: 0,
        network: Some(NetworkReport {
            model: String::new(),
            kernel: String::new(),
            measured_on: "the pool itself".to_owned(),
            completeness: evaluate::completeness(&logits, &pool.truth, threshold),
            summary,
            curves,
            worst: Vec::new(),
            realism: None,
            real: Vec::new(),
            losses: Vec::new(),
        }),
        datasets: vec![DatasetEntry {
            name: path.file_name().unwrap_or_default().to_string_lossy().into_owned(),
            role: "pool".to_owned(),
            digest: Digest::of(&bytes),
            images: pool.len() as u64,
            labels: "column is_lens".to_owned(),
            split: "none".to_owned(),
            weight: 1.0,
        }],
        split: None,
    };
    Ok((pool, report))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read_text(text: &str) -> Result<(StoredPool, PoolReport), LabError> {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("scores.csv");
        std::fs::write(&path, text).expect("written");
        read(&PoolPlan::default(), &path)
    }

    #[test]
    fn scores_of_any_network_make_a_pool_without_embeddings() {
        let (pool, report) =
            read_text("id,probability,is_lens,theta_e_arcsec,arc_sn\na,0.9,1,8,40\nb,0.2,0,,\nc,0.1,,,\n")
                .expect("a pool");
        pool.check().expect("fits");
        assert_eq!((pool.len(), pool.lenses(), pool.dim), (2, 1, 0));
        assert_eq!(report.embedding, 0);
    }

    #[test]
    fn what_is_wrong_is_named() {
        let refusal = |text: &str| read_text(text).expect_err("refused").to_string();
        assert!(refusal("id,probability\na,0.5\n").contains("is_lens"));
        assert!(refusal("id,probability,is_lens\na,1.5,0\n").contains("line 2: probability is 1.5"));
        assert!(refusal("id,probability,is_lens\na,0.5,2\n").contains("is_lens is 2"));
        assert!(refusal("id,probability,is_lens\na,0.5,\n").contains("a replay needs the truth"));
        assert!(refusal("id,probability,is_lens\n").contains("no line"));
        let missing = read(&PoolPlan::default(), Path::new("/nowhere.csv")).expect_err("refused").to_string();
        assert!(missing.contains("/nowhere.csv") && missing.contains("id, probability, is_lens"));
    }
}
