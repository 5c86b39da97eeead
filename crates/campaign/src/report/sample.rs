//! A made-up report for the tests of the renderers.

use acquisition::Interval;
use finder::{
    Realism,
    metrics::{Area, Outcome, TprAtFpr, wilson},
    realism::{Comparison, FoldsBy, Side},
};

use super::*;

fn area(value: f64, half: f64, positives: u64, negatives: u64) -> Measured<Area> {
    let (low, high) = ((value - half).max(0.0), (value + half).min(1.0));
    Measured::Value(Area { value, low, high, positives, negatives })
}

fn tpr(fpr: f64, found: u64, resolved: bool) -> Measured<TprAtFpr> {
    let tpr = wilson(found, 32).unwrap();
    let false_positives = if resolved { (fpr * 768.0) as u64 } else { 0 };
    Measured::Value(TprAtFpr { fpr, tpr, threshold: Some(1.5), false_positives, negatives: 768, resolved })
}

fn round(
    number: u32,
    found: u64,
    candidates: u64,
    ap: f64,
    at_1e2: u64,
    gate: Option<(bool, &str)>,
) -> Round {
    let votes = if number == 0 { 0 } else { 900 };
    Round {
        round: number,
        votes,
        votes_total: u64::from(number) * 900,
        images_looked_at: u64::from(number) * 240,
        lenses_found: found,
        lenses_in_pool: 40,
        completeness: wilson(found, 40),
        candidates,
        purity: wilson(found, candidates),
        average_precision: area(ap, 0.13, 32, 768),
        auroc: area(0.5f64.mul_add(ap, 0.5), 0.05, 32, 768),
        tpr_at_fpr_1e2: tpr(1e-2, at_1e2, true),
        tpr_at_fpr_1e3: tpr(1e-3, at_1e2 / 2, false),
        gate: gate.map(|(accepted, reason)| Gate { accepted, reason: reason.to_owned() }),
        audit: (number > 0).then(|| Audit {
            lenses: between(50.0 - 5.0 * f64::from(number), 12.0, 96.0 - 9.0 * f64::from(number)),
            by_draws: between(61.0, 3.0, 300.0),
            completeness: Some(between(
                0.2 * f64::from(number),
                0.1 * f64::from(number),
                0.3 * f64::from(number),
            )),
            votes_to_target: (number < 3).then(|| between(4100.0, 1500.0, 9000.0)),
            truth: 40,
            sampled: 24 * u64::from(number),
        }),
        live: (number < 3 && found > 0).then_some(Live {
            rerankings: 14,
            labels: 120,
            added: 31,
            returned: 1,
            rescored: 210,
            median_seconds: 0.21,
            longest_seconds: 0.48,
        }),
    }
}

const fn between(estimate: f64, low: f64, high: f64) -> Interval {
    Interval { estimate, low, high }
}

fn real(set: &str, what: &str, n_pos: u64, n_neg: u64, auroc: f64, note: &str) -> RealSet {
    let auroc = area(auroc, 0.06, n_pos, n_neg);
    RealSet { set: set.to_owned(), what: what.to_owned(), n_pos, n_neg, auroc, note: note.to_owned() }
}

fn compared(first: &str, n: u64, second: &str, m: u64, auroc: Option<f64>) -> Comparison {
    let area =
        auroc.map(|value| Area { value, low: value - 0.03, high: value + 0.03, positives: n, negatives: m });
    let outcome = area.map_or(
        Outcome::Missing { reason: "needs at least 10 images, there are 6".to_owned() },
        Outcome::Measured,
    );
    Comparison {
        first: Side { what: first.to_owned(), images: n },
        second: Side { what: second.to_owned(), images: m },
        folds_by: FoldsBy::Group,
        embeddings: outcome.clone(),
        statistics: outcome,
        most_telling: area.map(|area| ("mean, channel 1".to_owned(), area)),
    }
}

/// Two arms, three rounds, three real sets (one not measurable) and a word that must be escaped.
pub fn report() -> Report {
    let setting = |name: &str, value: &str| Setting { name: name.to_owned(), value: value.to_owned() };
    let time = |phase: &str, seconds| WallTime { phase: phase.to_owned(), seconds };
    Report {
        schema_version: SCHEMA_VERSION,
        title: "Lensfinder demo".to_owned(),
        version: "0.1.0".to_owned(),
        finished_at: None,
        seed: 7,
        machine: "2 cores, 8 GB, x86_64 Linux".to_owned(),
        settings: vec![
            setting("survey", "4,000 cutouts of 100″, 1 % lenses, 8 % look-alikes"),
            setting("volunteers", "40 of six kinds"),
            setting("votes per round", "900 <at most>"),
        ],
        wall_times: vec![time("simulate the survey", 41.2), time("train the first network", 63.0), time("votes", 28.44)],
        pool: Pool { images: 3_200, lenses: 40, look_alikes: 256, held_out_images: 800, held_out_lenses: 32 },
        arms: vec![
            Arm {
                name: "active".to_owned(),
                what: "the network chooses what people see: exploration first, then its best guesses, and an audit sample always.".to_owned(),
                rounds: vec![
                    round(0, 0, 0, 0.41, 11, None),
                    round(1, 17, 22, 0.52, 15, Some((true, "AP on the gate's sky 0.55 against 0.44: difference 0.11 [0.02, 0.20]"))),
                    round(2, 27, 33, 0.60, 19, Some((false, "AP on the gate's sky 0.57 against 0.55: difference 0.02 [-0.04, 0.08] includes 0"))),
                    round(3, 31, 38, 0.64, 20, Some((true, "AP on the gate's sky 0.63 against 0.55: difference 0.08 [0.01, 0.15]"))),
                ],
            },
            Arm {
                name: "random".to_owned(),
                what: "images are drawn at random, with the same number of votes.".to_owned(),
                rounds: vec![
                    round(0, 0, 0, 0.41, 11, None),
                    round(1, 3, 4, 0.42, 12, Some((false, "difference 0.01 [-0.05, 0.06] includes 0"))),
                    round(2, 5, 8, 0.45, 12, Some((false, "difference 0.03 [-0.03, 0.08] includes 0"))),
                    round(3, 7, 10, 0.44, 13, Some((false, "difference 0.02 [-0.04, 0.07] includes 0"))),
                ],
            },
        ],
        real: vec![
            real("DES candidates, grade A", "grade A against random galaxies", 124, 400, 0.81, ""),
            real("Space Warps training negatives", "CFHTLS candidates against look-alikes", 59, 450, 0.57, "8-bit renders, watermark cropped"),
            RealSet {
                set: "Legacy DR10 tier A".to_owned(),
                what: "tier A alone".to_owned(),
                n_pos: 12,
                n_neg: 0,
                auroc: Measured::Missing("needs both classes, there are 12 positives and 0 negatives".to_owned()),
                note: String::new(),
            },
        ],
        realism: Some(Realism {
            note: "survey is simulated too: 0.5 against it says that both come from one simulator, not that either looks like the sky.".to_owned(),
            comparisons: vec![
                compared("mocks without a lens", 300, "survey, simulated", 600, Some(0.52)),
                compared("mocks with a lens", 300, "survey, simulated", 600, Some(0.91)),
                compared("mocks without a lens", 300, "real-space-warps, real", 6, None),
            ],
        }),
        monitors: Some(MonitorReport {
            round: 3,
            lines: vec![
                MonitorLine {
                    name: "calibration on known images".to_owned(),
                    value: "ECE 0.04 (n = 80)".to_owned(),
                    wanted: "at most 0.10".to_owned(),
                    alarm: false,
                    meaning: "Claims and truth part ways.".to_owned(),
                },
                MonitorLine {
                    name: "over-dispersion".to_owned(),
                    value: "1.9".to_owned(),
                    wanted: "at most 1.5".to_owned(),
                    alarm: true,
                    meaning: "Mistakes gather on the same images: look-alikes. Review some of the candidates.".to_owned(),
                },
            ],
            reliability: vec![
                Claim { low: 0.0, high: 0.1, images: 38, claimed: 0.02, lenses: 1 },
                Claim { low: 0.4, high: 0.5, images: 0, claimed: 0.0, lenses: 0 },
                Claim { low: 0.9, high: 1.0, images: 42, claimed: 0.97, lenses: 40 },
            ],
            suspects: vec![Suspect {
                volunteer: "5c1e9a".to_owned(),
                votes: 61,
                known: 18,
                right: 9,
                bits: 0.004,
                why: "guesses".to_owned(),
            }],
        }),
        caveats: vec![
            "Simulated volunteers know the truth and make mistakes at set rates; real people are less regular.".to_owned(),
            "One seed. Differences within the intervals are not differences.".to_owned(),
        ],
    }
}
