//! The policies against each other: learning curves over votes with the spread of the
//! seeds, votes to the target, and differences seed by seed.

use figures::{Axis, Curve, Curves, Figure, Forest, NONE, Reference, Row as Line, Table, count};
use replay::Checkpoint;

use super::{Section, words};
use crate::{
    replays::{Replays, SPACE_WARPS_VOTES, TARGET},
    results::Results,
    statistics::{Mean, mean},
    trials::KeptOutcome,
};

/// Fewer seeds than this are named as few.
const ENOUGH_SEEDS: usize = 5;
/// Points of a curve in its table.
const TABLE_POINTS: usize = 12;
/// Arms drawn in one chart; eight can be told apart.
const MOST_CURVES: usize = 8;

/// "5 seeds", and that they are few where they are.
#[must_use]
pub fn seeds_words(results: &Results) -> String {
    let arms = results.arms();
    let seeds = |arm: &&str| results.rows.iter().filter(|row| row.arm == **arm).count();
    let least = arms.iter().map(seeds).min().unwrap_or(0);
    let few = if least < ENOUGH_SEEDS { ": few, so intervals are wide or missing" } else { "" };
    format!("n = {least} seed{} of each arm{few}", if least == 1 { "" } else { "s" })
}

/// One line per arm.
#[must_use]
pub fn arms_table(results: &Results) -> Table {
    let names: &[&str] = if results.kind == "replay" {
        &[
            "votes_to_target",
            "votes_to_target_seen",
            "lenses_found",
            "completeness",
            "purity",
            "completeness_at_purity_30",
            "average_precision",
            "mean_completeness",
        ]
    } else {
        &[
            "votes",
            "lenses_found",
            "completeness",
            "purity",
            "average_precision_before",
            "average_precision",
            "tpr_at_fpr_1e2",
        ]
    };
    let known = results.names();
    let names: Vec<&str> = names.iter().copied().filter(|name| known.contains(name)).collect();
    let mut heads = vec!["Arm".to_owned(), "#Seeds".to_owned()];
    heads.extend(names.iter().map(|name| format!("#{}", capital(&words::title(name)))));
    let heads: Vec<&str> = heads.iter().map(String::as_str).collect();
    let caption = format!(
        "The arms at the end, mean and 95 % interval over seeds ({}; simulated)",
        seeds_words(results)
    );
    let mut table = Table::new(caption, &heads);
    for arm in results.means() {
        let mut cells = vec![arm.arm.clone(), arm.trials.to_string()];
        for name in &names {
            let mean = arm.numbers.get(*name).and_then(Option::as_ref);
            let cell = if name.starts_with("votes_to") {
                reached(results, &arm.arm, name)
            } else {
                words::level(name, mean)
            };
            cells.push(cell);
        }
        table.push(cells);
    }
    table
}

/// The arms for a terminal: fewer columns, short heads.
#[must_use]
pub fn short_table(results: &Results) -> Table {
    let columns: &[(&str, &str)] = if results.kind == "replay" {
        &[
            ("votes_to_target", "#Votes to 90 % at 30 %"),
            ("lenses_found", "#Found"),
            ("completeness", "#Completeness"),
            ("purity", "#Purity"),
            ("average_precision", "#AP"),
        ]
    } else {
        &[
            ("votes", "#Votes"),
            ("lenses_found", "#Found"),
            ("candidates", "#Candidates"),
            ("average_precision", "#AP"),
            ("tpr_at_fpr_1e2", "#TPR at FPR 1 %"),
        ]
    };
    let mut heads = vec!["Arm"];
    heads.extend(columns.iter().map(|(_, head)| *head));
    let caption = format!("Mean and 95 % interval over seeds, simulated ({})", seeds_words(results));
    let mut table = Table::new(caption, &heads);
    for arm in results.means() {
        let mut cells = vec![arm.arm.clone()];
        for (name, _) in columns {
            cells.push(if name.starts_with("votes_to") {
                reached(results, &arm.arm, name)
            } else {
                words::level(name, arm.numbers.get(*name).and_then(Option::as_ref))
            });
        }
        table.push(cells);
    }
    table
}

/// Votes to a target: the mean where every seed got there, else how many did.
fn reached(results: &Results, arm: &str, name: &str) -> String {
    let values: Vec<Option<f64>> = results.values(arm, name).into_iter().map(|(_, value)| value).collect();
    let there: Vec<f64> = values.iter().copied().flatten().collect();
    if there.len() == values.len() {
        return words::with_interval(name, mean(&there).map(|mean| mean.within(0.0, f64::INFINITY)).as_ref());
    }
    let votes = results.values(arm, "votes").into_iter().filter_map(|(_, votes)| votes).fold(0.0, f64::max);
    let more = format!("more than {}", count(votes as u64));
    if there.is_empty() {
        more
    } else {
        format!("{more}; {} of {} seeds got there", there.len(), values.len())
    }
}

/// What to say of the policies.
pub(super) fn findings(replays: &Replays) -> Vec<String> {
    let results = &replays.results;
    let arms = results.arms();
    let (complete, pure) = (100.0 * TARGET.0, 100.0 * TARGET.1);
    let mut said = Vec::new();
    if arms.is_empty() {
        return said;
    }
    let votes = replays.slots.iter().map(|slot| slot.trial.votes).max().unwrap_or(0);
    let got_there =
        |arm: &&str| results.values(arm, "votes_to_target").iter().any(|(_, value)| value.is_some());
    let (there, not): (Vec<&str>, Vec<&str>) = arms.iter().copied().partition(got_there);
    let mut told: Vec<String> =
        there.iter().map(|arm| format!("{arm} {}", reached(results, arm, "votes_to_target"))).collect();
    if there.is_empty() {
        told.push(format!("no arm got there within {} votes", count(votes)));
    } else if !not.is_empty() {
        told.push(format!("not within {} votes: {}", count(votes), not.join(", ")));
    }
    said.push(format!(
        "Votes until {complete:.0} % of the lenses lie in a ranking of {pure:.0} % purity: {}. At Space Warps' 25.6 votes a tile this pool would take {}.",
        told.join("; "),
        count((SPACE_WARPS_VOTES * largest_pool(replays)) as u64)
    ));
    let best = |name: &str| {
        let means = results.means();
        means
            .into_iter()
            .filter_map(|arm| Some((arm.arm, (*arm.numbers.get(name)?)?)))
            .max_by(|a, b| a.1.value.total_cmp(&b.1.value))
    };
    if let Some((arm, at)) = best("completeness") {
        said.push(format!(
            "After all votes, {arm} has found the most: completeness {} of the candidates ({}).",
            words::with_interval("completeness", Some(&at.within(0.0, 1.0))),
            seeds_words(results)
        ));
    }
    said
}

fn largest_pool(replays: &Replays) -> f64 {
    replays.pools.iter().map(|pool| pool.images as f64).fold(0.0, f64::max)
}

/// The curves.
pub(super) fn section(replays: &Replays) -> Section {
    let images = largest_pool(replays);
    let lenses = replays.pools.iter().map(|pool| pool.lenses).max().unwrap_or(0);
    let most_votes = replays.slots.iter().map(|slot| slot.trial.votes).max().unwrap_or(0) as f64;
    let counts = format!(
        "n = {} hidden lenses in {} images; {}; bands are 95 % intervals of the mean",
        count(lenses),
        count(images as u64),
        seeds_words(&replays.results)
    );
    let mut section = Section::new("policies", "Policies, vote by vote", "simulated");
    let mut skipped = replays.results.arms().len().saturating_sub(MOST_CURVES);
    let mut add = |figure: Figure| section.figures.push(figure);
    let found = Curves {
        x: Axis::upto("votes on survey images", most_votes),
        y: Axis::counts("lenses found", lenses),
        references: vec![Reference::Level(lenses as f64, "all hidden lenses".to_owned())],
        curves: curves(
            replays,
            |at| Some(at.lenses_found as f64),
            |at| at.votes as f64,
            (0.0, lenses as f64),
        ),
    };
    add(figure(
        "found",
        "Lenses found for the votes spent",
        found,
        (0, 1),
        &counts,
        &finding(replays, "lenses_found"),
    ));
    let share = |id: &str,
                 title: &str,
                 label: &str,
                 name: &str,
                 value: fn(&Checkpoint) -> Option<f64>,
                 level: Option<f64>| {
        let chart = Curves {
            x: Axis::upto("votes on survey images", most_votes),
            y: Axis::share(label),
            references: level
                .map(|level| Reference::Level(level, format!("{:.0} %", 100.0 * level)))
                .into_iter()
                .collect(),
            curves: curves(replays, value, |at| at.votes as f64, (0.0, 1.0)),
        };
        figure(id, title, chart, (0, 3), &counts, &finding(replays, name))
    };
    add(share(
        "at-purity",
        "Completeness at 30 % purity",
        "completeness at 30 % purity",
        "completeness_at_purity_30",
        |at| at.completeness_at_purity_30,
        Some(TARGET.0),
    ));
    let per_tile = Curves {
        x: Axis::log("votes per image of the pool", 0.01, SPACE_WARPS_VOTES * 1.2),
        y: Axis::share("completeness at 30 % purity"),
        references: vec![
            Reference::Upright(SPACE_WARPS_VOTES, "Space Warps: 25.6".to_owned()),
            Reference::Level(TARGET.0, format!("{:.0} %", 100.0 * TARGET.0)),
        ],
        curves: curves(replays, |at| at.seen_completeness_at_purity_30, |at| at.votes_per_tile, (0.0, 1.0)),
    };
    add(figure(
        "per-tile",
        "A catalogue of which every entry was looked at, against votes a tile",
        per_tile,
        (3, 3),
        &counts,
        &finding(replays, "seen_completeness_at_purity_30"),
    ));
    add(share("purity", "Purity of the candidates", "purity", "purity", |at| at.purity, None));
    add(share(
        "ap",
        "Average precision of the present ranking",
        "average precision",
        "average_precision",
        |at| at.average_precision,
        None,
    ));
    add(share(
        "tpr",
        "Lenses before a thousandth of the others",
        "TPR at FPR 0.1 %",
        "tpr_at_fpr_1e3",
        |at| at.tpr_at_fpr_1e3,
        None,
    ));
    section.figures.extend(targets(replays, &counts));
    if skipped > 0 {
        skipped = skipped.min(replays.results.arms().len());
        section.words.push(format!(
            "The charts show the first {MOST_CURVES} arms; the other {skipped} are in the tables."
        ));
    }
    section.tables.push(arms_table(&replays.results));
    section
}

/// Votes to the target, one interval an arm, as a share of Space Warps' votes.
fn targets(replays: &Replays, counts: &str) -> Option<Figure> {
    let results = &replays.results;
    let most = replays.slots.iter().map(|slot| slot.trial.votes).max()? as f64;
    let mut table = Table::new("Votes to 90 % completeness at 30 % purity", &["Arm", "#Votes"]);
    let mut rows = Vec::new();
    for arm in results.arms() {
        let values: Vec<Option<f64>> =
            results.values(arm, "votes_to_target").into_iter().map(|(_, v)| v).collect();
        table.push([arm.to_owned(), reached(results, arm, "votes_to_target")]);
        let there: Vec<f64> = values.iter().copied().flatten().collect();
        let Some(at) = mean(&there).map(|at| at.within(0.0, most)) else { continue };
        if there.len() == values.len() {
            rows.push(Line {
                name: arm.to_owned(),
                counts: format!("{} seeds, mean {} votes", there.len(), count(at.value as u64)),
                value: at.value / most,
                low: at.low / most,
                high: at.high / most,
            });
        }
    }
    if rows.is_empty() {
        return None;
    }
    let title = "Votes to reach 90 % completeness at 30 % purity";
    let label = format!("share of the {} votes of a trial", count(most as u64));
    let space_warps = SPACE_WARPS_VOTES * largest_pool(replays);
    let forest = Forest { label: &label, reference: 1.0, reference_name: "all votes", rows };
    Some(Figure {
        id: "to-target".to_owned(),
        title: title.to_owned(),
        finding: format!(
            "Arms that are not here did not get there with {} votes in every seed. Space Warps' 25.6 votes a tile would be {} votes, {:.0} times the axis.",
            count(most as u64),
            count(space_warps as u64),
            space_warps / most
        ),
        counts: counts.to_owned(),
        svg: forest.svg(title, "to-target"),
        table,
    })
}

/// One curve an arm, the mean over its seeds with its interval.
fn curves(
    replays: &Replays,
    value: impl Fn(&Checkpoint) -> Option<f64>,
    along: impl Fn(&Checkpoint) -> f64,
    (low, high): (f64, f64),
) -> Vec<Curve> {
    replays
        .results
        .arms()
        .into_iter()
        .take(MOST_CURVES)
        .map(|arm| {
            let trials: Vec<&KeptOutcome> = replays
                .slots
                .iter()
                .zip(&replays.outcomes)
                .filter(|(slot, _)| slot.arm == arm)
                .map(|(_, o)| o)
                .collect();
            let means = over_seeds(&trials, &value, &along);
            Curve {
                name: arm.to_owned(),
                points: means.iter().map(|(x, mean)| (*x, mean.value)).collect(),
                band: means.iter().map(|(_, mean)| mean.within(low, high)).map(|m| (m.low, m.high)).collect(),
                is_step: false,
            }
        })
        .collect()
}

/// Means at every number of votes at which some trial has a checkpoint; a trial whose images ran out
/// stays where it was.
pub(super) fn over_seeds(
    trials: &[&KeptOutcome],
    value: &impl Fn(&Checkpoint) -> Option<f64>,
    along: &impl Fn(&Checkpoint) -> f64,
) -> Vec<(f64, Mean)> {
    let mut grid: Vec<(u64, f64)> =
        trials.iter().flat_map(|trial| &trial.checkpoints).map(|at| (at.votes, along(at))).collect();
    grid.sort_by_key(|(votes, _)| *votes);
    grid.dedup_by_key(|(votes, _)| *votes);
    grid.into_iter()
        .filter_map(|(votes, x)| {
            let last =
                |trial: &&KeptOutcome| trial.checkpoints.iter().rfind(|at| at.votes <= votes).and_then(value);
            let values: Vec<f64> = trials.iter().filter_map(last).collect();
            // Where a seed has no number yet, the mean of the others would jump.
            (values.len() == trials.len()).then(|| mean(&values).map(|mean| (x, mean))).flatten()
        })
        .collect()
}

fn figure(
    id: &str,
    title: &str,
    chart: Curves,
    decimals: (usize, usize),
    counts: &str,
    finding: &str,
) -> Figure {
    Figure {
        id: id.to_owned(),
        title: title.to_owned(),
        finding: finding.to_owned(),
        counts: counts.to_owned(),
        svg: chart.svg(title, id),
        table: chart.twin(&format!("{title} (simulated)"), TABLE_POINTS, decimals),
    }
}

/// At the end, arm by arm.
fn finding(replays: &Replays, name: &str) -> String {
    let means = replays.results.means();
    let each: Vec<String> = means
        .iter()
        .take(MOST_CURVES)
        .map(|arm| {
            let mean = arm.numbers.get(name).and_then(Option::as_ref);
            format!("{} {}", arm.arm, mean.map_or_else(|| NONE.to_owned(), |m| words::number(name, m.value)))
        })
        .collect();
    format!("At the end: {}.", each.join(", "))
}

/// Every arm less random and less greedy.
pub(super) fn differences(replays: &Replays) -> Option<Section> {
    let results = &replays.results;
    let mut section = Section::new("differences", "Differences, seed by seed", "simulated");
    let names = [
        "lenses_found",
        "completeness_at_purity_30",
        "seen_completeness_at_purity_30",
        "average_precision",
        "mean_completeness",
        "votes_to_target",
    ];
    for base in ["random", "greedy"] {
        let heads: Vec<String> = std::iter::once("Arm".to_owned())
            .chain(names.iter().map(|name| format!("#{}", capital(&words::title(name)))))
            .collect();
        let heads: Vec<&str> = heads.iter().map(String::as_str).collect();
        let caption = format!(
            "Each arm less {base} of the same pool, crowd and threshold: mean difference, 95 % interval (paired t), and in how many seeds it is above"
        );
        let mut table = Table::new(caption, &heads);
        for arm in results.arms() {
            let Some(row) = results.rows.iter().find(|row| row.arm == arm) else { continue };
            let same = |other: &&crate::results::Row| {
                other.policy == base
                    && (&other.pool, &other.crowd, &other.cell) == (&row.pool, &row.crowd, &row.cell)
                    && other.threshold == row.threshold
            };
            let Some(other) = results.rows.iter().find(same) else { continue };
            if other.arm == arm {
                continue;
            }
            let mut cells = vec![arm.to_owned()];
            for name in names {
                cells.push(results.difference(arm, results, &other.arm, name).map_or_else(
                    || NONE.to_owned(),
                    |difference| {
                        let mark = if difference.mean.is_clear() { " *" } else { "" };
                        let (above, below, even) = difference.signs;
                        format!(
                            "{}{mark} ({above}/{})",
                            words::with_interval(name, Some(&difference.mean)),
                            above + below + even
                        )
                    },
                ));
            }
            table.push(cells);
        }
        if !table.rows.is_empty() {
            section.tables.push(table);
        }
    }
    if section.tables.is_empty() {
        return None;
    }
    section.words.push(
        "Both arms of a seed have the same people and the same sky, so their difference is steadier than either. \u{201c}*\u{201d}: the interval leaves 0 out. Fewer votes to the target are better; where an arm did not get there, the seed is left out of that column.".to_owned(),
    );
    Some(section)
}

pub(super) fn capital(text: &str) -> String {
    let mut chars = text.chars();
    chars.next().map_or_else(String::new, |first| first.to_uppercase().chain(chars).collect())
}
