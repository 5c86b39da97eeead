//! The same people, but each vote decides what is asked next: images are retired by the live engine
//! as votes arrive. Images are served at random among the open ones, so that only the judging differs
//! between methods.

use std::collections::{HashMap, HashSet};

use consensus::live::{Anchor, Retirement};
use consensus::live::{
    Engine, Fold, HouseSettings, LiveMethod, MajoritySettings, Outcome, Settings, SwapSettings, TruthKind,
    refit,
};
use domain::{
    Answer, AssignmentId, Classification, ClassificationId, LogEntry, Seed, SubjectId, VolunteerId,
};
use rand::RngExt as _;
use uuid::Uuid;

use crate::crowd::{Kind, Plan, World};

/// What one method needed.
pub struct Row {
    pub method: &'static str,
    pub values: [f64; 7],
}

/// Names of the values.
pub const NAMES: [&str; 7] = [
    "votes_per_image",
    "votes_per_retired",
    "retired_share",
    "contested_share",
    "detected_lenses_share",
    "rejected_lenses_share",
    "detected_purity",
];

/// Votes between two refits.
const REFIT_EVERY: usize = 15_000;
/// Share of requests answered with a training image.
const TRAINING: f64 = 0.15;

/// All methods on one world.
pub fn rows(world: &World, plan: &Plan, seed: Seed) -> Result<Vec<Row>, String> {
    let majority = || LiveMethod::Majority(MajoritySettings::default());
    let swap =
        || LiveMethod::Swap(SwapSettings { initial_pl: 0.5, initial_pd: 0.5, ..SwapSettings::default() });
    let house = || LiveMethod::House(HouseSettings::default());
    [
        ("majority", majority(), false),
        ("SWAP", swap(), false),
        ("SWAP + network", swap(), true),
        ("house without network", house(), false),
        ("house", house(), true),
    ]
    .into_iter()
    .map(|(method, live, network)| run(world, plan, seed, method, live, network))
    .collect()
}

fn run(
    world: &World,
    plan: &Plan,
    seed: Seed,
    method: &'static str,
    live: LiveMethod,
    network: bool,
) -> Result<Row, String> {
    let refits = matches!(live, LiveMethod::House(_));
    let settings = Settings {
        method: live,
        prior: plan.prevalence,
        // Ten times less likely than before anybody looked, the same for every method.
        retirement: Retirement { reject_below: plan.prevalence / 10.0, ..Retirement::default() },
        memory: 1.0,
        ..Settings::default()
    };
    let kind = |kind| match kind {
        Kind::Lens => TruthKind::Lens,
        Kind::LookAlike => TruthKind::LookAlike,
        Kind::Plain => TruthKind::NonLens,
    };
    let numbered = || world.images.iter().enumerate().map(|(at, image)| (SubjectId(at as i64), image));
    let known: HashMap<SubjectId, TruthKind> =
        numbered().filter(|(_, image)| image.known).map(|(id, image)| (id, kind(image.kind))).collect();
    let scores =
        if network { numbered().map(|(id, image)| (id, image.network)).collect() } else { HashMap::new() };
    let engine = Engine::new(settings.clone(), Anchor::of(&settings)).map_err(|e| e.to_string())?;
    let mut fold = Fold::new(engine, known.clone(), scores);

    let mut rng = seed.child("sequential").rng();
    let mut open: Vec<u32> = (0..plan.images as u32).collect();
    let mut seen = HashSet::new();
    let mut log = Vec::new();
    let mut refused = 0;
    while !open.is_empty() && refused < 200_000 {
        let who = world.somebody(&mut rng);
        let slot = rng.random_range(0..open.len());
        let training = rng.random::<f64>() < TRAINING;
        let image =
            if training { plan.images as u32 + rng.random_range(0..plan.known as u32) } else { open[slot] };
        // Those who have seen it are offered nothing this time.
        if !seen.insert((image, who)) {
            refused += 1;
            continue;
        }
        refused = 0;
        let code = world.people[who as usize].answer(&world.images[image as usize], &mut rng);
        let id = Uuid::from_u128(log.len() as u128 + 1);
        log.push(LogEntry::Vote(Classification {
            id: ClassificationId(id),
            subject: SubjectId(i64::from(image)),
            volunteer: VolunteerId(Uuid::from_u128(u128::from(who))),
            assignment: AssignmentId(id),
            answer: Answer::from_code(code as i16).ok_or("an answer without a code")?,
            at: chrono::DateTime::UNIX_EPOCH,
        }));
        fold.push(&log[log.len() - 1]);
        if !training && outcome(&fold, image) != Outcome::Open {
            open.swap_remove(slot);
        }
        if refits && log.len() % REFIT_EVERY == 0 {
            fold.adopt(&refit(&log, &known, &settings).map_err(|e| e.to_string())?);
            open = (0..plan.images as u32).filter(|image| outcome(&fold, *image) == Outcome::Open).collect();
        }
    }
    Ok(Row { method, values: values(world, plan, &fold) })
}

fn outcome(fold: &Fold, image: u32) -> Outcome {
    fold.subjects()
        .get(&SubjectId(i64::from(image)))
        .map_or(Outcome::Open, |subject| subject.judgement.outcome)
}

fn values(world: &World, plan: &Plan, fold: &Fold) -> [f64; 7] {
    let unknown =
        || (0..plan.images as u32).map(|image| (outcome(fold, image), world.images[image as usize].kind));
    let count = |test: &dyn Fn(Outcome, Kind) -> bool| unknown().filter(|(o, k)| test(*o, *k)).count() as f64;
    let votes: f64 = fold
        .subjects()
        .values()
        .filter(|subject| subject.truth.is_none())
        .map(|subject| f64::from(subject.tally.total()))
        .sum();
    let lenses = count(&|_, kind| kind == Kind::Lens);
    let detected = count(&|outcome, _| outcome == Outcome::Detected);
    let retired = detected + count(&|outcome, _| outcome == Outcome::Rejected);
    let found = count(&|outcome, kind| outcome == Outcome::Detected && kind == Kind::Lens);
    let lost = count(&|outcome, kind| outcome == Outcome::Rejected && kind == Kind::Lens);
    let all = plan.images as f64;
    [
        votes / all,
        votes / retired,
        retired / all,
        count(&|outcome, _| outcome == Outcome::Contested) / all,
        found / lenses,
        lost / lenses,
        found / detected,
    ]
}
