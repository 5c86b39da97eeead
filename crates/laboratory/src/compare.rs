//! Two or more runs side by side: their arms, what their settings differ by, and the
//! differences seed by seed.

use std::collections::BTreeMap;

use figures::{NONE, Table};
use serde::Serialize;

use crate::{
    LabError, Run,
    report::{self, Page, Section},
    results::Results,
    statistics::Paired,
};

/// A comparison.
#[derive(Debug, Clone, Serialize)]
pub struct Comparison {
    /// The runs, the first being what others are compared with.
    pub runs: Vec<Compared>,
    /// Keys of the settings that differ, with each run's value.
    pub settings: Vec<(String, Vec<Option<String>>)>,
    /// Arms of a later run less arms of the first.
    pub differences: Vec<Difference>,
}

/// One run.
#[derive(Debug, Clone, Serialize)]
pub struct Compared {
    /// Its id.
    pub id: String,
    /// Its results.
    pub results: Results,
}

/// One arm less another.
#[derive(Debug, Clone, Serialize)]
pub struct Difference {
    /// The later run and its arm.
    pub arm: (String, String),
    /// The first run and its arm.
    pub less: (String, String),
    /// By number; `None` where no seed has both.
    pub numbers: BTreeMap<String, Option<Paired>>,
}

/// The numbers a comparison shows, those there are.
const SHOWN: [&str; 9] = [
    "votes_to_target",
    "votes_to_target_seen",
    "lenses_found",
    "completeness",
    "purity",
    "completeness_at_purity_30",
    "average_precision",
    "mean_completeness",
    "tpr_at_fpr_1e2",
];

impl Comparison {
    /// Compares runs with the first of them. Arms of one name are compared with each other; an arm that
    /// the first has not is compared with its random and its first arm.
    ///
    /// # Errors
    /// When a run is not finished, or the runs are of different kinds.
    pub fn of(runs: &[Run]) -> Result<Self, LabError> {
        let compared = runs
            .iter()
            .map(|run| Ok(Compared { id: run.file.id.clone(), results: run.results()? }))
            .collect::<Result<Vec<_>, LabError>>()?;
        let Some((first, others)) = compared.split_first() else {
            return Err(LabError::Run("give at least one run to compare".to_owned()));
        };
        if let Some(other) = others.iter().find(|other| other.results.kind != first.results.kind) {
            return Err(LabError::Run(format!(
                "{} is a {} and {} a {}; their numbers are not of one kind",
                first.id, first.results.kind, other.id, other.results.kind
            )));
        }
        let mut differences = Vec::new();
        let known = first.results.arms();
        let fallback: Vec<&str> =
            known.iter().copied().filter(|arm| *arm == "random").chain(known.first().copied()).collect();
        for other in others {
            for arm in other.results.arms() {
                let mut bases: Vec<&str> = known.iter().copied().filter(|base| *base == arm).collect();
                if bases.is_empty() {
                    bases.clone_from(&fallback);
                    bases.dedup();
                }
                for base in bases {
                    differences.push(difference(
                        (&other.id, &other.results, arm),
                        (&first.id, &first.results, base),
                    ));
                }
            }
        }
        if others.is_empty() {
            // One run: its arms with each other.
            for base in fallback.iter().take(1) {
                for arm in known.iter().filter(|arm| *arm != base) {
                    differences.push(difference(
                        (&first.id, &first.results, arm),
                        (&first.id, &first.results, base),
                    ));
                }
            }
        }
        Ok(Self { settings: settings(runs), runs: compared, differences })
    }

    /// The tables, for terminal and page.
    #[must_use]
    pub fn tables(&self) -> Vec<Table> {
        let mut tables = Vec::new();
        for run in &self.runs {
            let mut table = report::arms_table(&run.results);
            table.caption = format!("{}: {}", run.id, table.caption);
            tables.push(table);
        }
        if !self.settings.is_empty() {
            let mut heads = vec!["Setting"];
            heads.extend(self.runs.iter().map(|run| run.id.as_str()));
            let mut table = Table::new("Settings that differ", &heads);
            for (key, values) in &self.settings {
                let mut cells = vec![key.clone()];
                cells.extend(values.iter().map(|value| value.clone().unwrap_or_else(|| NONE.to_owned())));
                table.push(cells);
            }
            tables.push(table);
        }
        if !self.differences.is_empty() {
            let names: Vec<&str> = SHOWN
                .into_iter()
                .filter(|name| {
                    self.differences.iter().any(|d| d.numbers.get(*name).is_some_and(Option::is_some))
                })
                .collect();
            let mut heads = vec!["Difference".to_owned(), "#Seeds".to_owned()];
            heads.extend(names.iter().map(|name| format!("#{}", report::title(name))));
            let heads: Vec<&str> = heads.iter().map(String::as_str).collect();
            let mut table = Table::new(
                "Differences seed by seed: mean, 95 % interval (paired t), * where it leaves 0 out (simulated)",
                &heads,
            );
            for difference in &self.differences {
                let name = |(run, arm): &(String, String)| {
                    if self.runs.len() > 1 { format!("{arm} ({run})") } else { arm.clone() }
                };
                let seeds = difference.numbers.values().flatten().map(|d| d.mean.seeds).max().unwrap_or(0);
                let mut cells = vec![
                    format!("{} less {}", name(&difference.arm), name(&difference.less)),
                    seeds.to_string(),
                ];
                for number in &names {
                    let cell = difference.numbers.get(*number).and_then(Option::as_ref);
                    cells.push(cell.map_or_else(
                        || NONE.to_owned(),
                        |d| {
                            let mark = if d.mean.is_clear() { " *" } else { "" };
                            format!("{}{mark}", report::with_interval(number, Some(&d.mean)))
                        },
                    ));
                }
                table.push(cells);
            }
            tables.push(table);
        }
        tables
    }

    /// For a terminal: fewer columns, and only what differs.
    #[must_use]
    pub fn text(&self) -> String {
        let mut tables: Vec<Table> = self
            .runs
            .iter()
            .map(|run| {
                let mut table = report::short_table(&run.results);
                table.caption = format!("{}: {}", run.id, table.caption);
                table
            })
            .collect();
        tables.extend(self.tables().into_iter().filter(|table| table.caption.starts_with("Settings")));
        let heads = ["Arm", "Less", "Number", "#Difference, 95 % interval", "#Above", "#Below", "#Even"];
        let mut table = Table::new(
            "Differences seed by seed (paired t; * where the interval leaves 0 out; simulated)",
            &heads,
        );
        for difference in &self.differences {
            let name = |(run, arm): &(String, String)| {
                if self.runs.len() > 1 { format!("{arm} ({run})") } else { arm.clone() }
            };
            let (arm, less) = (name(&difference.arm), name(&difference.less));
            let shown = SHOWN.into_iter().filter_map(|number| {
                let paired = difference.numbers.get(number)?.as_ref()?;
                (paired.signs.0 + paired.signs.1 > 0).then_some((number, paired))
            });
            let before = table.rows.len();
            for (number, paired) in shown {
                let mark = if paired.mean.is_clear() { " *" } else { "" };
                let (above, below, even) = paired.signs;
                table.push([
                    arm.clone(),
                    less.clone(),
                    report::title(number),
                    format!("{}{mark}", report::with_interval(number, Some(&paired.mean))),
                    above.to_string(),
                    below.to_string(),
                    even.to_string(),
                ]);
            }
            if table.rows.len() == before {
                let same = "the same in every seed".to_owned();
                table.push([
                    arm,
                    less,
                    same,
                    NONE.to_owned(),
                    NONE.to_owned(),
                    NONE.to_owned(),
                    NONE.to_owned(),
                ]);
            }
        }
        if !table.rows.is_empty() {
            tables.push(table);
        }
        tables.iter().map(Table::text).collect::<Vec<_>>().join("\n")
    }

    /// As a page.
    #[must_use]
    pub fn page(&self) -> Page {
        let ids: Vec<&str> = self.runs.iter().map(|run| run.id.as_str()).collect();
        let section =
            Section { tables: self.tables(), ..Section::new("runs", "Runs side by side", "simulated") };
        let clear = self
            .differences
            .iter()
            .flat_map(|d| {
                d.numbers.iter().filter_map(|(name, paired)| {
                    let paired = paired.as_ref().filter(|paired| paired.mean.is_clear())?;
                    SHOWN.contains(&name.as_str()).then(|| {
                        format!(
                            "{}, {} less {}: {} ({} seeds).",
                            report::title(name),
                            d.arm.1,
                            d.less.1,
                            report::with_interval(name, Some(&paired.mean)),
                            paired.mean.seeds
                        )
                    })
                })
            })
            .collect::<Vec<_>>();
        let findings = if clear.is_empty() {
            vec!["No difference is told from 0 with these seeds.".to_owned()]
        } else {
            clear
        };
        Page {
            title: "Experiments compared".to_owned(),
            question: String::new(),
            simulated:
                "The volunteers of all runs are simulated, and so is every number that depends on votes."
                    .to_owned(),
            line: format!("Runs {}", ids.join(", ")),
            findings,
            sections: vec![section],
        }
    }
}

fn difference(
    (id, results, arm): (&str, &Results, &str),
    (base_id, base_results, base): (&str, &Results, &str),
) -> Difference {
    let numbers = results
        .names()
        .into_iter()
        .map(|name| (name.to_owned(), results.difference(arm, base_results, base, name)))
        .collect();
    Difference { arm: (id.to_owned(), arm.to_owned()), less: (base_id.to_owned(), base.to_owned()), numbers }
}

/// Dotted keys whose values are not the same everywhere.
fn settings(runs: &[Run]) -> Vec<(String, Vec<Option<String>>)> {
    let maps: Vec<BTreeMap<String, String>> =
        runs.iter().map(|run| report::flat(&run.file.experiment).into_iter().collect()).collect();
    let keys: std::collections::BTreeSet<&String> = maps.iter().flat_map(BTreeMap::keys).collect();
    keys.into_iter()
        .filter_map(|key| {
            let values: Vec<Option<String>> = maps.iter().map(|map| map.get(key).cloned()).collect();
            values.iter().any(|value| *value != values[0]).then(|| (key.clone(), values))
        })
        .collect()
}
