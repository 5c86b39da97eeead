//! From an experiment's file to settings: read strictly, `--set` put over them, the
//! sweep unfolded, the arms that every comparison needs added. What comes out is
//! complete, and its digest names the run.

mod merge;
mod nearest;
mod plan;
mod strict;
mod sweep;

use std::path::Path;

use domain::Digest;
use serde::{Deserialize, Serialize};
use toml::{Table, Value};

pub use nearest::nearest;
pub use plan::{CrowdPlan, DemoPlan, PolicyPlan, PoolPlan, RealPlan, ReplayPlan};
pub use strict::strict;

use crate::LabError;

/// Strategies that are always among the arms.
const ALWAYS: [&str; 2] = ["random", "greedy"];
/// Most seeds, so that a slip does not ask for a million trials.
const MOST_SEEDS: usize = 1_000;

/// An experiment, ready to run.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Experiment {
    /// Short name, for files and addresses.
    pub name: String,
    /// One entry without a sweep, else one per combination.
    pub cells: Vec<ExperimentCell>,
}

/// One combination of a sweep.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ExperimentCell {
    /// Such as `votes=2000`; empty without a sweep.
    pub label: String,
    /// What is run.
    pub plan: Plan,
}

/// What is run.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Plan {
    /// Policies on stored pools.
    Replay(ReplayPlan),
    /// The demo with several seeds.
    Demo(DemoPlan),
}

impl Experiment {
    /// Reads an experiment's file and puts `KEY=VALUE` changes over it.
    ///
    /// # Errors
    /// Names the file, the key and the remedy.
    pub fn read(path: &Path, changes: &[String]) -> Result<Self, LabError> {
        let text = std::fs::read_to_string(path).map_err(|error| {
            let words = match error.kind() {
                std::io::ErrorKind::NotFound => {
                    "there is no such file; the shipped experiments lie in experiments/*.toml".to_owned()
                }
                _ => error.to_string(),
            };
            LabError::Plan { file: path.display().to_string(), problem: words }
        })?;
        let stem = path.file_stem().map_or_else(String::new, |stem| stem.to_string_lossy().into_owned());
        Self::parse(&path.display().to_string(), &stem, &text, changes)
    }

    /// The same from text; `file` is for errors, `stem` the name if the text gives none.
    ///
    /// # Errors
    /// As [`Experiment::read`].
    pub fn parse(file: &str, stem: &str, text: &str, changes: &[String]) -> Result<Self, LabError> {
        let wrong = |problem: String| LabError::Plan { file: file.to_owned(), problem };
        let mut table: Table =
            toml::from_str(text).map_err(|error| wrong(error.to_string().trim().to_owned()))?;
        for change in changes {
            let Some((key, value)) = change.split_once('=') else {
                return Err(wrong(format!("--set {change}: write KEY=VALUE, such as --set votes=2000")));
            };
            merge::put(&mut table, key.trim(), merge::value_of(value.trim()))
                .map_err(|why| wrong(format!("--set {change}: {why}")))?;
        }
        let name = match table.remove("name") {
            None => stem.to_owned(),
            Some(Value::String(name)) => name,
            Some(other) => return Err(wrong(format!("`name` cannot be {other}; give a word"))),
        };
        let fits = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.');
        if name.is_empty() || name.starts_with('.') || !name.chars().all(fits) {
            return Err(wrong(format!(
                "`name` cannot be \"{name}\": give letters, digits, - and _, because folders are called so"
            )));
        }
        let cells = sweep::cells(table).map_err(wrong)?;
        let cells = cells
            .into_iter()
            .map(|cell| Ok(ExperimentCell { label: cell.label, plan: plan(file, text, cell.settings)? }))
            .collect::<Result<Vec<_>, LabError>>()?;
        let is_demo = |cell: &ExperimentCell| matches!(cell.plan, Plan::Demo(_));
        if cells.iter().any(is_demo) && !cells.iter().all(is_demo) {
            return Err(wrong("a sweep over `kind` is two experiments; write two files".to_owned()));
        }
        Ok(Self { name, cells })
    }

    /// Over everything that is run; names the run.
    ///
    /// # Errors
    /// When the settings hold what JSON cannot (a NaN).
    pub fn digest(&self) -> Result<Digest, LabError> {
        let problem = |error: serde_json::Error| LabError::Plan {
            file: self.name.clone(),
            problem: format!("the settings cannot be written down: {error}"),
        };
        // Through a value, whose keys are sorted.
        let value = serde_json::to_value(self).map_err(problem)?;
        Ok(Digest::of(&serde_json::to_vec(&value).map_err(problem)?))
    }

    /// `name-` and the first eight letters of the digest.
    ///
    /// # Errors
    /// As [`Experiment::digest`].
    pub fn id(&self) -> Result<String, LabError> {
        Ok(format!("{}-{}", self.name, &self.digest()?.to_string()[..8]))
    }

    /// `replay` or `demo`.
    #[must_use]
    pub fn kind(&self) -> &'static str {
        match self.cells.first().map(|cell| &cell.plan) {
            Some(Plan::Demo(_)) => "demo",
            _ => "replay",
        }
    }

    /// The question, if the file asks one.
    #[must_use]
    pub fn question(&self) -> &str {
        match self.cells.first().map(|cell| &cell.plan) {
            Some(Plan::Replay(plan)) => &plan.question,
            Some(Plan::Demo(plan)) => &plan.question,
            None => "",
        }
    }
}

/// One cell's settings as a plan.
fn plan(file: &str, text: &str, mut table: Table) -> Result<Plan, LabError> {
    let wrong = |problem: String| LabError::Plan { file: file.to_owned(), problem };
    let usual = if table.contains_key("demo") { "demo" } else { "replay" };
    let kind = match table.remove("kind") {
        None => usual.to_owned(),
        Some(Value::String(kind)) => kind,
        Some(other) => return Err(wrong(format!("`kind` cannot be {other}; it is \"replay\" or \"demo\""))),
    };
    unfold_seeds(&mut table).map_err(wrong)?;
    match kind.as_str() {
        "demo" => {
            let plan: DemoPlan = strict(file, text, Value::Table(table))?;
            Ok(Plan::Demo(plan))
        }
        "replay" => {
            unfold(&mut table).map_err(wrong)?;
            let mut plan: ReplayPlan = strict(file, text, Value::Table(table))?;
            check(&plan).map_err(wrong)?;
            for pool in &mut plan.pools {
                // One number for both, and the network is told it.
                pool.training.base_rate = pool.base_rate;
            }
            Ok(Plan::Replay(plan))
        }
        other => {
            let meant = nearest(other, ["replay", "demo"])
                .map_or_else(String::new, |right| format!("; did you mean \"{right}\"?"));
            Err(wrong(format!("`kind` cannot be \"{other}\"{meant} Known: replay, demo")))
        }
    }
}

/// `seeds = 5` stands for 1 to 5.
fn unfold_seeds(table: &mut Table) -> Result<(), String> {
    let seeds = match table.get("seeds") {
        None => return Ok(()),
        Some(Value::Integer(many)) => {
            let many = u64::try_from(*many).unwrap_or(0);
            if many as usize > MOST_SEEDS {
                return Err(format!(
                    "`seeds` asks for {many} trials of everything; give at most {MOST_SEEDS}"
                ));
            }
            (1..=many).map(|seed| Value::Integer(seed.cast_signed())).collect()
        }
        Some(Value::Array(seeds)) => seeds.clone(),
        Some(other) => return Err(format!("`seeds` cannot be {other}; give a number or a list")),
    };
    if seeds.is_empty() {
        return Err("`seeds` is empty; give at least one, or leave it out for the usual five".to_owned());
    }
    for (at, seed) in seeds.iter().enumerate() {
        if seeds[..at].contains(seed) {
            return Err(format!("`seeds` holds {seed} twice; the second would repeat the first"));
        }
    }
    table.insert("seeds".to_owned(), Value::Array(seeds));
    Ok(())
}

/// `[pool]` and `[policy]` are what every pool and policy starts from; random and greedy are added.
fn unfold(table: &mut Table) -> Result<(), String> {
    let pools = entries(table, "pool", "pools")?;
    let pools = if pools.is_empty() { vec![base(table, "pool")?] } else { pools };
    table.remove("pool");
    table.insert("pools".to_owned(), Value::Array(pools.into_iter().map(Value::Table).collect()));

    let mut policies = entries(table, "policy", "policies")?;
    for always in ALWAYS {
        let is_it = |policy: &Table| strategy_name(policy) == Some(always);
        if !policies.iter().any(is_it) {
            let mut policy = base(table, "policy")?;
            policy.insert("name".to_owned(), Value::String(always.to_owned()));
            policy.insert("strategy".to_owned(), Value::String(always.to_owned()));
            policies.push(policy);
        }
    }
    for (at, policy) in policies.iter_mut().enumerate() {
        let Some(strategy) = policy.get_mut("strategy") else {
            return Err(format!(
                "policies[{at}] has no `strategy`; write strategy = \"greedy\", for instance"
            ));
        };
        if let Value::String(name) = strategy {
            let mut table = Table::new();
            table.insert("name".to_owned(), Value::String(name.clone()));
            *strategy = Value::Table(table);
        }
        if !policy.contains_key("name") {
            let name = strategy_name(policy).unwrap_or("policy").to_owned();
            policy.insert("name".to_owned(), Value::String(name));
        }
    }
    let mut only = match table.remove("only") {
        Some(Value::Table(only)) => only,
        _ => Table::new(),
    };
    for policy in &mut policies {
        if let Some(pools) = policy.remove("pools") {
            let name = policy.get("name").and_then(Value::as_str).unwrap_or_default().to_owned();
            only.insert(name, pools);
        }
    }
    if !only.is_empty() {
        table.insert("only".to_owned(), Value::Table(only));
    }
    table.remove("policy");
    table.insert("policies".to_owned(), Value::Array(policies.into_iter().map(Value::Table).collect()));
    Ok(())
}

/// The entries of list `many`, each over what table `one` says of all.
fn entries(table: &Table, one: &str, many: &str) -> Result<Vec<Table>, String> {
    let base = base(table, one)?;
    let list = match table.get(many) {
        None => return Ok(Vec::new()),
        Some(Value::Array(list)) => list,
        Some(_) => return Err(format!("`{many}` is a list: write [[{many}]]")),
    };
    list.iter()
        .map(|entry| match entry {
            Value::Table(changes) => {
                let mut whole = base.clone();
                // `strategy = "greedy"` over a strategy with settings is another strategy.
                if let Some(Value::String(_)) = changes.get("strategy") {
                    whole.remove("strategy");
                }
                merge::merge(&mut whole, changes.clone());
                Ok(whole)
            }
            _ => Err(format!("`{many}` holds something that is no table: write [[{many}]]")),
        })
        .collect()
}

fn base(table: &Table, one: &str) -> Result<Table, String> {
    match table.get(one) {
        None => Ok(Table::new()),
        Some(Value::Table(base)) => Ok(base.clone()),
        Some(_) => Err(format!("`{one}` is a table: write [{one}]")),
    }
}

fn strategy_name(policy: &Table) -> Option<&str> {
    match policy.get("strategy")? {
        Value::String(name) => Some(name),
        Value::Table(strategy) => strategy.get("name")?.as_str(),
        _ => None,
    }
}

/// What serde cannot see.
fn check(plan: &ReplayPlan) -> Result<(), String> {
    if plan.thresholds.is_empty() {
        return Err("`thresholds` is empty; give at least one, such as [0.5]".to_owned());
    }
    if plan.crowds.is_empty() {
        return Err("`crowds` is empty; leave it out for the usual crowd".to_owned());
    }
    if plan.votes == 0 {
        return Err("`votes` is 0; give at least one".to_owned());
    }
    let twice = |what: &str, names: Vec<&str>| {
        let again = names.iter().enumerate().find(|(at, name)| names[..*at].contains(name));
        again.map_or(Ok(()), |(_, name)| Err(format!("two {what} are called \"{name}\"; rename one")))
    };
    twice("pools", plan.pools.iter().map(|pool| pool.name.as_str()).collect())?;
    twice("policies", plan.policies.iter().map(|policy| policy.0.name.as_str()).collect())?;
    twice("crowds", plan.crowds.iter().map(|crowd| crowd.name.as_str()).collect())?;
    for (policy, pools) in &plan.only {
        let known: Vec<&str> = plan.pools.iter().map(|pool| pool.name.as_str()).collect();
        if let Some(missing) = pools.iter().find(|pool| !known.contains(&pool.as_str())) {
            return Err(format!(
                "policy \"{policy}\": `pools` names \"{missing}\"; there are: {}",
                known.join(", ")
            ));
        }
    }
    let share = |key: &str, value: f64| {
        let fits = (0.0..1.0).contains(&value);
        if fits { Ok(()) } else { Err(format!("`{key}` is {value}; give a share of at least 0 and below 1")) }
    };
    for pool in &plan.pools {
        share("pool.held_out_fraction", pool.held_out_fraction)?;
        share("pool.lens_rate", pool.lens_rate)?;
        share("pool.look_alike_rate", pool.look_alike_rate)?;
        share("pool.mock_look_alike_share", pool.mock_look_alike_share)?;
        if !(pool.base_rate > 0.0 && pool.base_rate < 1.0) {
            return Err(format!("`pool.base_rate` is {}; give a share between 0 and 1", pool.base_rate));
        }
        if pool.workspace.is_some() && pool.table.is_some() {
            return Err(format!("pool \"{}\" has both `workspace` and `table`; keep one", pool.name));
        }
        if pool.workspace.is_some() && pool.model.is_none() {
            return Err(format!(
                "pool \"{}\" has a `workspace` but no `model`; name one, such as model = \"lensnet-s@champion\"",
                pool.name
            ));
        }
        if pool.workspace.is_none() && pool.model.is_some() {
            return Err(format!("pool \"{}\" has a `model` but no `workspace` to find it in", pool.name));
        }
        pool.training.check().map_err(|error| format!("`pool.training`: {error}"))?;
    }
    for policy in &plan.policies {
        policy.0.check().map_err(|error| error.to_string())?;
    }
    for crowd in &plan.crowds {
        crowd.people.check().map_err(|error| error.to_string())?;
    }
    Ok(())
}

#[cfg(test)]
mod tests;
