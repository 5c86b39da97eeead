//! Every strategy on pools of 10,000, 100,000 and 1,000,000 images with 64 numbers each: seconds,
//! peak of extra memory, and how both grow, beside the limit of n log n.
//! `cargo bench -p acquisition --profile release --bench scale [-- LARGEST [NAME…]]`; ends with an
//! error when a strategy grows faster than n log n from the second largest pool to the largest (with
//! a tenth for the watch).
//!
//! Made up: 1,000 to choose; 500 labels, a tenth of them lenses; the live head's doubt; 16 members
//! for the strategies that would take them instead; 3,000 sky cells; one image in 500 disputed.

#![expect(clippy::disallowed_methods, reason = "this program measures time")]
use std::{
    fs,
    process::{Command, ExitCode},
    time::Instant,
};

use acquisition::{Doubt, Embeddings, Labelled, Pool, SelectError, Strategy, StrategyConfig};
use domain::{Rng, Seed, SubjectId, sigmoid};
use rand::RngExt as _;

const SIZES: [usize; 3] = [10_000, 100_000, 1_000_000];
const DIM: usize = 64;
const BUDGET: usize = 1_000;
const REPETITIONS: usize = 3;
/// On top of n log n, for what a busy machine does to a watch.
const TOLERANCE: f64 = 0.1;
/// Below this no growth is judged: what is constant rules.
const LEAST_SECONDS: f64 = 0.05;

/// With this the system's allocator gives every large block back at once, so that the peak is that
/// of the strategy measured and not of those before it. It is read when a program starts.
const GIVE_BACK: (&str, &str) = ("MALLOC_MMAP_THRESHOLD_", "131072");

/// Bytes that this program holds, or held at most since it was last told to forget (Linux; else 0).
fn resident(what: &str) -> f64 {
    let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix(what));
    line.and_then(|rest| rest.split_whitespace().nth(1)?.parse::<f64>().ok()).unwrap_or(0.0) * 1024.0
}

struct Made {
    ids: Vec<SubjectId>,
    probabilities: Vec<f64>,
    doubt: Vec<Doubt>,
    members: Vec<Vec<f32>>,
    embeddings: Vec<f32>,
    cells: Vec<u64>,
    labelled: Vec<Labelled>,
    disputed: Vec<(usize, f64)>,
}

/// About normal.
fn spread(rng: &mut Rng) -> f64 {
    (0..4).map(|_| rng.random::<f64>() - 0.5).sum::<f64>() * 1.73
}

fn made(images: usize) -> Made {
    let mut rng = Seed::root(7).child("scale").index(images as u64).rng();
    let ids = (0..images as i64).map(SubjectId).collect();
    let logits: Vec<f64> = (0..images).map(|_| -8.5 + 2.5 * spread(&mut rng)).collect();
    let variance = |rng: &mut Rng| 0.2 + 2.0 * rng.random::<f64>();
    let doubt: Vec<Doubt> =
        logits.iter().map(|z| Doubt { logit: *z, variance: variance(&mut rng) }).collect();
    let member = |rng: &mut Rng| logits.iter().map(|z| sigmoid(z + spread(rng)) as f32).collect();
    let members = (0..16).map(|_| member(&mut rng)).collect();
    // Two hundred kinds of image, the likely lenses among the last few.
    let kinds: Vec<f32> = (0..200 * DIM).map(|_| 2.0 * spread(&mut rng) as f32).collect();
    let mut embeddings = Vec::with_capacity(images * DIM);
    for z in &logits {
        let kind = if *z > -3.0 { 190 + rng.random_range(0..10) } else { rng.random_range(0..195) };
        embeddings.extend(kinds[kind * DIM..(kind + 1) * DIM].iter().map(|x| x + rng.random::<f32>() - 0.5));
    }
    let labelled = (0..500)
        .map(|k| Labelled { index: k * (images / 500), is_lens: f32::from(u8::from(k % 10 == 0)) })
        .collect();
    Made {
        ids,
        probabilities: logits.into_iter().map(sigmoid).collect(),
        doubt,
        members,
        embeddings,
        cells: (0..images).map(|_| rng.random_range(0..3_000)).collect(),
        labelled,
        disputed: (0..images / 500).map(|k| (k * 500 + 1, rng.random())).collect(),
    }
}

/// Seconds (the best of a few) and megabytes.
fn measured(config: &StrategyConfig, pool: &Pool<'_>) -> Result<(f64, f64), SelectError> {
    let selector = config.build()?;
    let open = pool.unlabelled();
    // Relabelling chooses among what has labels too.
    let open = if config.strategy() == Strategy::Relabel { (0..pool.len()).collect() } else { open };
    let (mut best, mut memory) = (f64::INFINITY, 0.0_f64);
    for repetition in 0..REPETITIONS {
        // Forgets the peak.
        let forgot = fs::write("/proc/self/clear_refs", "5").is_ok();
        let before = resident("VmRSS");
        let watch = Instant::now();
        let rows = selector.select_in_round(pool, &open, BUDGET, 0, Seed::root(repetition as u64))?;
        best = best.min(watch.elapsed().as_secs_f64());
        if forgot {
            memory = memory.max(resident("VmHWM") - before);
        }
        if rows.is_empty() {
            println!("  {} chose nothing", config.strategy());
        }
        if watch.elapsed().as_secs_f64() > 20.0 {
            break;
        }
    }
    Ok((best, memory / 1e6))
}

/// The strategies with what they run on: some take members where there is no doubt.
fn cases(names: &[String]) -> Vec<(String, StrategyConfig, bool)> {
    let wanted = |strategy: &Strategy| names.is_empty() || names.iter().any(|name| name == strategy.name());
    let mut out = Vec::new();
    for strategy in Strategy::ALL.into_iter().filter(wanted) {
        let Ok(config) = strategy.name().parse::<StrategyConfig>() else { continue };
        out.push((strategy.name().to_owned(), config.clone(), false));
        if matches!(strategy, Strategy::PowerBald | Strategy::Epig | Strategy::Variation) {
            out.push((format!("{strategy} (members)"), config, true));
        }
    }
    out
}

fn main() -> Result<ExitCode, SelectError> {
    if std::env::var_os(GIVE_BACK.0).is_none() {
        let again = std::env::current_exe().and_then(|program| {
            Command::new(program).args(std::env::args().skip(1)).env(GIVE_BACK.0, GIVE_BACK.1).status()
        });
        if let Ok(status) = again {
            return Ok(if status.success() { ExitCode::SUCCESS } else { ExitCode::FAILURE });
        }
    }
    let mut arguments = std::env::args().skip(1).filter(|argument| argument != "--bench").peekable();
    let largest = arguments.next_if(|first| first.parse::<usize>().is_ok());
    let largest = largest.and_then(|first| first.parse().ok()).unwrap_or(usize::MAX);
    let names: Vec<String> = arguments.collect();
    let sizes: Vec<usize> = SIZES.into_iter().filter(|size| *size <= largest).collect();
    let cases = cases(&names);
    let mut results = vec![Vec::new(); cases.len()];
    for &size in &sizes {
        let made = made(size);
        let bare = Pool::new(&made.ids, &made.probabilities)?
            .with_embeddings(Embeddings { numbers: &made.embeddings, dim: DIM })?
            .with_labelled(&made.labelled)?
            .with_cells(&made.cells)?
            .with_disputed(&made.disputed)?;
        let (with_doubt, with_members) = (bare.with_doubt(&made.doubt)?, bare.with_members(&made.members)?);
        for ((name, config, members), results) in cases.iter().zip(&mut results) {
            let result = measured(config, if *members { &with_members } else { &with_doubt })?;
            println!("{size:>9} {name:<22} {:>9.4} s {:>9.1} MB", result.0, result.1);
            results.push(result);
        }
    }
    Ok(told(&sizes, &cases, &results))
}

/// The table, and whether every strategy kept the limit.
fn told(sizes: &[usize], cases: &[(String, StrategyConfig, bool)], results: &[Vec<(f64, f64)>]) -> ExitCode {
    println!(
        "\nchoosing {BUDGET} images, {DIM} numbers each; growth is the exponent b of n^b between two sizes"
    );
    print!("{:<22}", "strategy");
    for size in sizes {
        print!(" {:>11} {:>9}", format!("{size} (s)"), "MB");
    }
    println!("  growth   limit (n log n)");
    let mut kept = true;
    for ((name, ..), results) in cases.iter().zip(results) {
        print!("{name:<22}");
        for (seconds, memory) in results {
            print!(" {seconds:>11.4} {memory:>9.1}");
        }
        let count = sizes.len();
        if let (true, [.., (before, _), (after, _)]) = (count > 1, results.as_slice()) {
            let (small, large) = (sizes[count - 2] as f64, sizes[count - 1] as f64);
            let decades = (large / small).ln();
            let growth = (after / before).ln() / decades;
            let limit = 1.0 + (large.ln() / small.ln()).ln() / decades;
            let holds = growth <= limit + TOLERANCE || *after < LEAST_SECONDS;
            kept &= holds;
            print!("  {growth:>6.2}   {limit:.2}{}", if holds { "" } else { "  BROKEN" });
        }
        println!();
    }
    if kept { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}
