//! What a campaign would have said of itself beside what was true: the audit's number
//! of lenses, and the forecast of those that are left.

use figures::{Axis, Curve, Curves, Figure, NONE, Plot, Point, Reference, Series, Table, count};
use finder::metrics::wilson;
use replay::Checkpoint;

use super::{Section, policies::over_seeds};
use crate::{replays::Replays, trials::KeptOutcome};

/// Arms drawn with their forecasts.
const MOST: usize = 4;

/// How often the audit's interval held the truth, at the end of each trial.
struct Coverage {
    arm: String,
    held: u64,
    trials: u64,
}

fn coverage(replays: &Replays) -> Vec<Coverage> {
    let mut all: Vec<Coverage> = Vec::new();
    for arm in replays.results.arms() {
        let values = replays.results.values(arm, "audit_covers_truth");
        let known: Vec<f64> = values.into_iter().filter_map(|(_, value)| value).collect();
        if !known.is_empty() {
            let held = known.iter().filter(|value| **value > 0.5).count() as u64;
            all.push(Coverage { arm: arm.to_owned(), held, trials: known.len() as u64 });
        }
    }
    all
}

pub(super) fn findings(replays: &Replays) -> Vec<String> {
    let coverage = coverage(replays);
    if coverage.is_empty() {
        return Vec::new();
    }
    let each: Vec<String> =
        coverage.iter().map(|c| format!("{} of {} with {}", c.held, c.trials, c.arm)).collect();
    vec![format!("The audit's 95 % interval of the number of lenses held the truth in {}.", each.join(", "))]
}

pub(super) fn sections(replays: &Replays) -> Vec<Section> {
    let coverage = coverage(replays);
    let mut sections = Vec::new();
    if !coverage.is_empty() {
        let mut section = Section::new("audit", "The audit beside the truth", "simulated");
        section.words.push(
            "A campaign does not know how many lenses there are. It estimates them from the audit alone; here the estimate stands beside the truth.".to_owned(),
        );
        section.figures.extend(coverage.iter().filter_map(|one| estimates(replays, &one.arm)));
        let mut table = Table::new(
            "How often the 95 % interval held the truth (at the end of each trial; Wilson interval)",
            &["Arm", "#Held the truth", "#Trials", "#Share"],
        );
        for one in &coverage {
            let share = wilson(one.held, one.trials)
                .map_or_else(|| NONE.to_owned(), |rate| figures::interval(rate.value, rate.low, rate.high));
            table.push([one.arm.clone(), one.held.to_string(), one.trials.to_string(), share]);
        }
        section.tables.push(table);
        sections.push(section);
    }
    let mut section = Section::new("forecast", "The forecast beside what happened", "simulated");
    for arm in replays.results.arms() {
        if section.figures.len() >= MOST {
            break;
        }
        section.figures.extend(forecast(replays, arm));
    }
    let table = forecast_table(replays);
    if !section.figures.is_empty() {
        section.words.push(
            "What the campaign would have forecast at each moment, mean over seeds, and what was true then."
                .to_owned(),
        );
        section.tables.extend(table);
        sections.push(section);
    }
    sections
}

fn of<'a>(replays: &'a Replays, arm: &str) -> Vec<(u64, &'a KeptOutcome)> {
    replays
        .slots
        .iter()
        .zip(&replays.outcomes)
        .filter(|(slot, _)| slot.arm == arm)
        .map(|(slot, outcome)| (slot.trial.seed, outcome))
        .collect()
}

/// The estimate of each trial at its end, beside the truth.
fn estimates(replays: &Replays, arm: &str) -> Option<Figure> {
    let mut points = Vec::new();
    let mut table = Table::new(
        format!("The audit's estimate at the end of each trial, {arm} (simulated)"),
        &["#Seed", "#Estimate", "#Truth", "Held"],
    );
    let mut truth = 0;
    for (number, (seed, outcome)) in of(replays, arm).into_iter().enumerate() {
        let Some(last) = outcome.checkpoints.last() else { continue };
        let Some(audit) = last.audit else { continue };
        truth = last.lenses_total;
        points.push(Point {
            x: (number + 1) as f64,
            y: audit.value,
            interval: Some((audit.low, audit.high)),
        });
        let held = (audit.low..=audit.high).contains(&(truth as f64));
        table.push([
            seed.to_string(),
            format!("{:.0} [{:.0}, {:.0}]", audit.value, audit.low, audit.high),
            count(truth),
            if held { "yes" } else { "no" }.to_owned(),
        ]);
    }
    if points.is_empty() {
        return None;
    }
    let high =
        points.iter().filter_map(|point| point.interval).map(|(_, high)| high).fold(truth as f64, f64::max);
    let trials = points.len();
    let plot = Plot {
        x: Axis::counts("trial", trials as u64),
        y: Axis::counts("lenses in the pool", high.min(1e12).ceil() as u64),
        reference: Some((truth as f64, "truth".to_owned())),
        series: vec![Series { name: arm.to_owned(), points }],
        is_joined: false,
    };
    let id = format!("audit-{}", crate::pool::file_name(arm));
    let title = format!("How many lenses the audit says there are: {arm}");
    Some(Figure {
        svg: plot.svg(&title, &id),
        id,
        finding: format!("The truth is {} lenses.", count(truth)),
        counts: format!("n = {trials} trials; bars are 95 % intervals"),
        title,
        table,
    })
}

/// Lenses left: forecast and truth.
fn forecast(replays: &Replays, arm: &str) -> Option<Figure> {
    let trials: Vec<&KeptOutcome> = of(replays, arm).into_iter().map(|(_, outcome)| outcome).collect();
    let left = |at: &Checkpoint| Some((at.lenses_total - at.lenses_found.min(at.lenses_total)) as f64);
    let along = |at: &Checkpoint| at.votes as f64;
    let low = over_seeds(&trials, &|at| at.forecast.map(|f| f.lenses_left.low), &along);
    let high = over_seeds(&trials, &|at| at.forecast.map(|f| f.lenses_left.high), &along);
    let guess = over_seeds(&trials, &|at| at.forecast.map(|f| f.lenses_left.value), &along);
    if guess.len() < 2 {
        return None;
    }
    let truth = over_seeds(&trials, &left, &along);
    let ends: Vec<(f64, f64)> =
        low.iter().zip(&high).map(|((_, low), (_, high))| (low.value, high.value)).collect();
    let top = ends.iter().map(|(_, high)| *high).fold(1.0, f64::max);
    let votes = truth.iter().map(|(x, _)| *x).fold(0.0, f64::max);
    let chart = Curves {
        x: Axis::upto("votes on survey images", votes),
        y: Axis::upto("lenses not found yet", top.min(1e12)),
        references: Vec::<Reference>::new(),
        curves: vec![
            Curve {
                name: "forecast, with its own interval".to_owned(),
                points: guess.iter().map(|(x, mean)| (*x, mean.value)).collect(),
                band: ends,
                is_step: false,
            },
            Curve {
                name: "what was left".to_owned(),
                points: truth.iter().map(|(x, mean)| (*x, mean.value)).collect(),
                band: Vec::new(),
                is_step: false,
            },
        ],
    };
    let id = format!("forecast-{}", crate::pool::file_name(arm));
    let title = format!("Lenses left: {arm}");
    let (held, all) = held(&trials);
    Some(Figure {
        svg: chart.svg(&title, &id),
        id,
        finding: format!("The forecast's 95 % interval held what was left at {held} of {all} moments."),
        counts: format!("n = {} trials; the band is the mean of their intervals", trials.len()),
        table: chart.twin(&format!("{title} (simulated)"), 12, (0, 1)),
        title,
    })
}

/// At how many checkpoints the interval held what was left.
fn held(trials: &[&KeptOutcome]) -> (usize, usize) {
    let mut counts = (0, 0);
    for at in trials.iter().flat_map(|trial| &trial.checkpoints) {
        let Some(forecast) = at.forecast else { continue };
        let left = (at.lenses_total - at.lenses_found.min(at.lenses_total)) as f64;
        counts.1 += 1;
        counts.0 += usize::from((forecast.lenses_left.low..=forecast.lenses_left.high).contains(&left));
    }
    counts
}

/// The forecast of votes to the target, made half way, beside the votes it took.
fn forecast_table(replays: &Replays) -> Option<Table> {
    let mut table = Table::new(
        "Votes to the target as forecast half way there, and as it came (simulated)",
        &["Arm", "#Seed", "#Forecast made at", "#Votes still needed, forecast", "#Votes it took"],
    );
    for (slot, outcome) in replays.slots.iter().zip(&replays.outcomes) {
        let target = outcome.checkpoints.iter().find_map(|at| at.forecast).map(|forecast| forecast.target);
        let Some(target) = target else { continue };
        let there =
            outcome.checkpoints.iter().find(|at| at.completeness.is_some_and(|share| share >= target));
        let end = there.or(outcome.checkpoints.last()).map_or(0, |at| at.votes);
        let half = outcome.checkpoints.iter().find(|at| 2 * at.votes >= end && at.forecast.is_some());
        let Some(half) = half else { continue };
        let forecast = half.forecast.and_then(|forecast| forecast.votes_to_target);
        let said = forecast.map_or_else(
            || "out of reach".to_owned(),
            |votes| {
                let whole = |value: f64| count(value.clamp(0.0, 1e15) as u64);
                format!("{} [{}, {}]", whole(votes.value), whole(votes.low), whole(votes.high))
            },
        );
        let took = match there {
            Some(at) => count(at.votes.saturating_sub(half.votes)),
            None => format!("more than {}", count(end.saturating_sub(half.votes))),
        };
        table.push([slot.arm.clone(), slot.trial.seed.to_string(), count(half.votes), said, took]);
    }
    (!table.rows.is_empty()).then_some(table)
}
