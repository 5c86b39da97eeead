//! What an experiment's file holds, once read: two kinds of experiment, and the
//! pools of a replay.

use std::{collections::BTreeMap, path::PathBuf};

use finder::TrainingConfig;
use replay::{CrowdMix, Policy};
use serde::{Deserialize, Serialize};
use toml::Table;

/// A replay: policies on stored pools, with simulated people.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ReplayPlan {
    /// What is asked, for the top of the report.
    #[serde(default)]
    pub question: String,
    /// One trial of each policy per seed.
    #[serde(default = "seeds")]
    pub seeds: Vec<u64>,
    /// Votes on survey images in each trial.
    #[serde(default = "votes")]
    pub votes: u64,
    /// Votes between two points of a curve; default: about forty points.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub checkpoint_votes: Option<u64>,
    /// What is searched; each pool with every policy.
    pub pools: Vec<PoolPlan>,
    /// What is compared.
    pub policies: Vec<PolicyPlan>,
    /// Policies that run on these pools only; written as `pools` in the policy's own table.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub only: BTreeMap<String, Vec<String>>,
    /// `p_joint` from which an image counts as a candidate.
    #[serde(default = "thresholds")]
    pub thresholds: Vec<f64>,
    /// Who looks.
    #[serde(default = "crowds")]
    pub crowds: Vec<CrowdPlan>,
    /// Real images the pools' networks are measured on, beside simulated ones.
    #[serde(default, skip_serializing_if = "RealPlan::is_empty")]
    pub real: RealPlan,
}

/// A policy and the pools it runs on.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct PolicyPlan(pub Policy);

/// People with a name.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CrowdPlan {
    /// What the report calls them.
    pub name: String,
    /// Who they are.
    #[serde(default)]
    pub people: CrowdMix,
}

/// Where a pool comes from. Without `workspace` and `table` it is simulated, and its network trained, by
/// the run itself.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct PoolPlan {
    /// What the report calls it.
    pub name: String,
    /// Root of the simulated sky, and of the split of any sky.
    pub seed: u64,
    /// Cutouts in the simulated survey.
    pub cutouts: u64,
    /// Share of lenses hidden in it.
    pub lens_rate: f64,
    /// Share of look-alikes in it.
    pub look_alike_rate: f64,
    /// Mock lenses to learn from.
    pub mock_lenses: u64,
    /// Mock non-lenses to learn from.
    pub mock_non_lenses: u64,
    /// Share of look-alikes among the mock non-lenses.
    pub mock_look_alike_share: f64,
    /// Share of the survey's sky on which the network is measured; nobody votes there.
    pub held_out_fraction: f64,
    /// Share of lenses the network is corrected to: what a lead would guess, not the truth.
    pub base_rate: f64,
    /// How the network is trained.
    pub training: TrainingConfig,
    /// A workspace that holds a survey with its truth and a network, instead of simulating.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub workspace: Option<PathBuf>,
    /// The survey's dataset in that workspace.
    pub survey: String,
    /// The network in that workspace: `name/version` or `name@alias`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub model: Option<String>,
    /// A table instead of all that: CSV with the columns id, probability, is_lens, and if known
    /// theta_e_arcsec, arc_sn and cell.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub table: Option<PathBuf>,
}

impl Default for PoolPlan {
    fn default() -> Self {
        Self {
            name: "survey".to_owned(),
            seed: 1,
            cutouts: 4000,
            lens_rate: 0.025,
            look_alike_rate: 0.2,
            mock_lenses: 1200,
            mock_non_lenses: 1200,
            mock_look_alike_share: 0.05,
            held_out_fraction: 0.3,
            base_rate: 0.01,
            training: TrainingConfig::default(),
            workspace: None,
            survey: "survey".to_owned(),
            model: None,
            table: None,
        }
    }
}

/// Real images to measure on.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct RealPlan {
    /// A folder of published images, as `lensfinder demo --real` takes it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub images: Option<PathBuf>,
    /// Labelled datasets of real images (folders).
    pub datasets: Vec<PathBuf>,
}

impl RealPlan {
    /// Whether there is nothing real.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.images.is_none() && self.datasets.is_empty()
    }
}

/// The demo with several seeds: what its arms differ by.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DemoPlan {
    /// What is asked, for the top of the report.
    #[serde(default)]
    pub question: String,
    /// One run per seed.
    #[serde(default = "seeds")]
    pub seeds: Vec<u64>,
    /// The demo's settings, its arms among them, read by the demo; `seed` in them is not used.
    #[serde(default)]
    pub demo: Table,
}

fn seeds() -> Vec<u64> {
    (1..=5).collect()
}

const fn votes() -> u64 {
    6_000
}

fn thresholds() -> Vec<f64> {
    vec![0.5]
}

fn crowds() -> Vec<CrowdPlan> {
    vec![CrowdPlan { name: "usual".to_owned(), people: CrowdMix::default() }]
}
