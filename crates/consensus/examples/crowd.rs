//! How the aggregators do on a made-up crowd: `cargo run --release -p consensus --example crowd`.
//!
//! 3,000 images of which 6 % are lenses and 20 % look like one, five votes each by 80 volunteers
//! of mixed skill and activity, one vote in five on a training image. Per aggregator, the mean
//! over seeds of: average precision and log loss of `p_votes`, the sum of `p_votes` against the
//! number of lenses, and the share of lenses among images claimed above one half.

use std::collections::HashMap;

use consensus::{Aggregator, Config, MajorityConfig, PriorSource, State, SwapConfig, refit, replay};
use domain::{
    Answer, AssignmentId, Classification, ClassificationId, Label, LogEntry, Rng, Seed, SubjectId,
    VolunteerId,
};
use rand::Rng as _;
use uuid::Uuid;

const IMAGES: i64 = 3_000;
const VOTES: usize = 5;
const PEOPLE: usize = 80;
const SEEDS: u64 = 8;

#[derive(Clone, Copy, PartialEq)]
enum Kind {
    Lens,
    Plain,
    LookAlike,
}

fn unit(rng: &mut Rng) -> f64 {
    (rng.next_u64() >> 11) as f64 / (1_u64 << 53) as f64
}

/// Chance to say "lens" about (a lens, a plain image, a look-alike).
fn person(rng: &mut Rng) -> [f64; 3] {
    match unit(rng) {
        u if u < 0.10 => [0.93, 0.01, 0.12],
        u if u < 0.70 => [0.80, 0.06, 0.35],
        u if u < 0.92 => [0.62, 0.18, 0.45],
        u if u < 0.96 => [0.02, 0.02, 0.02],
        _ => [0.5, 0.5, 0.5],
    }
}

fn kind(rng: &mut Rng, lenses: f64, look_alikes: f64) -> Kind {
    match unit(rng) {
        u if u < lenses => Kind::Lens,
        u if u < lenses + look_alikes => Kind::LookAlike,
        _ => Kind::Plain,
    }
}

/// A log, the truth of the training images, and which of the others are lenses.
fn crowd(seed: Seed) -> (Vec<LogEntry>, HashMap<SubjectId, Label>, Vec<bool>) {
    let mut rng = seed.rng();
    let people: Vec<[f64; 3]> = (0..PEOPLE).map(|_| person(&mut rng)).collect();
    let images: Vec<Kind> = (0..IMAGES).map(|_| kind(&mut rng, 0.06, 0.2)).collect();
    let training: Vec<Kind> = (0..400).map(|_| kind(&mut rng, 0.5, 0.15)).collect();
    let truth = training.iter().enumerate().map(|(i, kind)| {
        let label = if *kind == Kind::Lens { Label::Lens } else { Label::NonLens };
        (SubjectId(IMAGES + i as i64), label)
    });
    let (mut log, mut id) = (Vec::new(), 0_u128);
    let mut vote = |rng: &mut Rng, subject: i64, who: usize, kind: Kind| {
        let says_lens = people[who][kind as usize];
        let answer = match unit(rng) {
            u if u < 0.08 => Answer::Unsure,
            _ if unit(rng) < says_lens => Answer::Lens,
            _ => Answer::NoLens,
        };
        id += 1;
        log.push(LogEntry::Vote(Classification {
            id: ClassificationId(Uuid::from_u128(id)),
            subject: SubjectId(subject),
            volunteer: VolunteerId(Uuid::from_u128(who as u128)),
            assignment: AssignmentId(Uuid::from_u128(id)),
            answer,
            at: chrono::DateTime::UNIX_EPOCH,
        }));
    };
    for _ in 0..VOTES {
        for (i, kind) in images.iter().enumerate() {
            // Few people do most of the work.
            let who = (unit(&mut rng).powi(2) * PEOPLE as f64) as usize;
            vote(&mut rng, i as i64, who, *kind);
            if unit(&mut rng) < 0.25 {
                let known = (unit(&mut rng) * training.len() as f64) as usize;
                vote(&mut rng, IMAGES + known as i64, who, training[known]);
            }
        }
    }
    (log, truth.collect(), images.iter().map(|kind| *kind == Kind::Lens).collect())
}

/// Average precision, log loss, ΣP / lenses, purity above one half.
fn judge(state: &State, lenses: &[bool]) -> [f64; 4] {
    let mut scored: Vec<(f64, bool)> =
        state.unknown_subjects().map(|(id, s)| (s.p_votes, lenses[id.0 as usize])).collect();
    scored.sort_by(|a, b| b.0.total_cmp(&a.0));
    let all = lenses.iter().filter(|lens| **lens).count() as f64;
    let (mut found, mut precision) = (0.0, 0.0);
    for (i, _) in scored.iter().enumerate().filter(|(_, (_, lens))| *lens) {
        found += 1.0;
        precision += found / (i + 1) as f64;
    }
    let loss: f64 = scored.iter().map(|(p, lens)| -(if *lens { *p } else { 1.0 - p }).ln()).sum();
    let claimed = scored.iter().filter(|(p, _)| *p > 0.5);
    let right = claimed.clone().filter(|(_, lens)| *lens).count() as f64;
    let sum: f64 = scored.iter().map(|(p, _)| p).sum();
    [precision / all, loss / scored.len() as f64, sum / all, right / claimed.count().max(1) as f64]
}

fn main() -> Result<(), consensus::ConfigError> {
    let house = SwapConfig::house();
    let settings = [
        ("majority", Config::Majority(MajorityConfig::default())),
        ("SWAP production", Config::Swap(SwapConfig::production())),
        ("SWAP, even prior (GZX)", Config::Swap(SwapConfig::galaxy_zoo_express())),
        ("house, prior 0.5", Config::Swap(SwapConfig { prior: 0.5, ..house.clone() })),
        ("house", Config::Swap(house)),
    ];
    println!("{:<24} {:>7} {:>6} {:>9} {:>8} {:>10}", "", "", "AP", "log loss", "ΣP/true", "purity>½");
    for (name, config) in settings {
        let aggregator: Box<dyn Aggregator> = config.build(PriorSource::Fixed(0.06))?;
        for way in ["replay", "refit"] {
            let mut mean = [0.0; 4];
            for seed in 0..SEEDS {
                let (log, truth, lenses) = crowd(Seed::root(seed));
                let fold = if way == "replay" {
                    replay(&log, &truth, aggregator.as_ref())
                } else {
                    refit(&log, &truth, aggregator.as_ref())
                };
                for (mean, value) in mean.iter_mut().zip(judge(&fold.state, &lenses)) {
                    *mean += value / SEEDS as f64;
                }
            }
            let [precision, loss, sum, purity] = mean;
            println!("{name:<24} {way:>7} {precision:>6.3} {loss:>9.4} {sum:>8.2} {purity:>10.2}");
        }
    }
    Ok(())
}
