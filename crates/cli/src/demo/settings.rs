//! What the demo is set to do, and what follows from it: requests to the simulator,
//! the projects' specs, the head of the report.

use acquisition::HeadMode;
use campaign::{
    CampaignSpec, Selection, Workspace,
    report::{Pool, Report, SCHEMA_VERSION, Setting},
};
use domain::Seed;
use serde::{Deserialize, Serialize};
use simulate::{Config, FitsOutput, OutputConfig, SetsConfig, SetsRequest, SurveyRequest, TrainingRequest};

/// Controls made beside the training set, half of each kind: enough for ±0.06 in the area.
const CONTROLS: u64 = 200;

/// One way to choose what people are asked about; each gets the same votes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum DemoArm {
    /// The portfolio, and the live head follows the votes.
    Active,
    /// The portfolio; the head learns between rounds only.
    ActiveEachRound,
    /// The portfolio by the champion's scores alone.
    ActiveWithoutHead,
    /// Uniformly at random.
    Random,
}

impl DemoArm {
    /// Its name in files and reports.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Active => "active",
            Self::ActiveEachRound => "active-each-round",
            Self::ActiveWithoutHead => "active-without-head",
            Self::Random => "random",
        }
    }

    /// What it does, for the report.
    #[must_use]
    pub const fn what(self) -> &'static str {
        match self {
            Self::Active => {
                "asks about images that the network finds likely or is in doubt about, and about an audit sample; a last layer that learns from the votes as they come ranks all images anew"
            }
            Self::ActiveEachRound => "the same, but the last layer learns only between rounds",
            Self::ActiveWithoutHead => {
                "the same by the network's scores alone; nothing learns between two networks"
            }
            Self::Random => "asks about images drawn uniformly at random",
        }
    }

    /// The project's name in addresses; the first arm is the one that stays open.
    #[must_use]
    pub fn slug(self) -> String {
        match self {
            Self::Active => "demo".to_owned(),
            other => format!("demo-{}", other.name()),
        }
    }

    const fn selection(self) -> Selection {
        match self {
            Self::Random => Selection::Random,
            _ => Selection::Active,
        }
    }

    const fn head(self) -> HeadMode {
        match self {
            Self::Active => HeadMode::Live,
            Self::ActiveEachRound => HeadMode::EachRound,
            Self::ActiveWithoutHead | Self::Random => HeadMode::Off,
        }
    }
}

/// Settings of a demo run.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct DemoSettings {
    /// Root of the seed tree.
    pub seed: u64,
    /// Cutouts in the survey.
    pub cutouts: u64,
    /// Share of lenses hidden in it.
    pub lens_rate: f64,
    /// Share of look-alikes in it.
    pub look_alike_rate: f64,
    /// Mock lenses to learn from.
    pub mock_lenses: u64,
    /// Mock non-lenses to learn from.
    pub mock_non_lenses: u64,
    /// Rounds in which the crowd votes.
    pub rounds: u32,
    /// Subjects queued per round.
    pub subjects_per_round: usize,
    /// Votes on unknown subjects per round and arm.
    pub votes_per_round: u64,
    /// Simulated volunteers.
    pub volunteers: usize,
    /// Share of the sky held out for the report.
    pub held_out_fraction: f64,
    /// Who is compared, the most interesting first.
    pub arms: Vec<DemoArm>,
}

impl Default for DemoSettings {
    fn default() -> Self {
        Self {
            seed: 1,
            cutouts: 4000,
            lens_rate: 0.025,
            look_alike_rate: 0.2,
            mock_lenses: 1200,
            mock_non_lenses: 1200,
            rounds: 2,
            subjects_per_round: 300,
            votes_per_round: 1000,
            volunteers: 40,
            held_out_fraction: 0.3,
            arms: vec![DemoArm::Active, DemoArm::Random],
        }
    }
}

impl DemoSettings {
    /// What the simulator is asked for.
    #[must_use]
    pub fn requests(&self, workspace: &Workspace) -> (SurveyRequest, TrainingRequest) {
        let seed = Seed::root(self.seed);
        let survey = SurveyRequest {
            count: self.cutouts,
            lens_rate: self.lens_rate,
            look_alike_rate: self.look_alike_rate,
            ..SurveyRequest::new(&workspace.dataset("survey"), seed.child("survey"))
        };
        let training = TrainingRequest {
            positives: self.mock_lenses,
            negatives: self.mock_non_lenses,
            ..TrainingRequest::new(&workspace.dataset("training"), seed.child("training"))
        };
        (survey, training)
    }

    /// Controls to hold beside the training set, as dataset `controls`.
    #[must_use]
    pub fn controls(&self, workspace: &Workspace) -> SetsRequest {
        let config = Config {
            sets: SetsConfig { mocks: 0, controls: CONTROLS, ..SetsConfig::default() },
            output: OutputConfig { fits: FitsOutput::None, png: false, ..OutputConfig::default() },
            ..Config::training()
        };
        let seed = Seed::root(self.seed).child("training-controls");
        SetsRequest::new(config, seed, workspace.root().join("datasets"))
    }

    /// The loop's settings for one arm. Its base rate is a guess a lead would make, not the truth.
    #[must_use]
    pub fn spec(&self, arm: DemoArm, real_set: Option<&str>) -> CampaignSpec {
        let mut spec = CampaignSpec::usual(self.seed, "survey", "training");
        spec.selection = arm.selection();
        spec.live.head = arm.head();
        spec.subjects_per_round = self.subjects_per_round;
        spec.votes_per_round = self.votes_per_round;
        spec.portfolio.rounds = self.rounds as usize;
        spec.held_out_fraction = self.held_out_fraction;
        spec.show_scale = true;
        // Nobody sees many training images in so few votes.
        spec.consensus.experts.min_known = 8;
        spec.controls = Some("controls".to_owned());
        spec.real_sets = real_set.map(str::to_owned).into_iter().collect();
        spec
    }

    /// A report without results.
    #[must_use]
    pub fn blank_report(&self, machine: String) -> Report {
        let setting = |name: &str, value: String| Setting { name: name.to_owned(), value };
        Report {
            schema_version: SCHEMA_VERSION,
            title: "Lensfinder demo".to_owned(),
            version: env!("CARGO_PKG_VERSION").to_owned(),
            finished_at: None,
            seed: self.seed,
            machine,
            settings: vec![
                setting("Simulated cutouts of 100″", self.cutouts.to_string()),
                setting("Lenses hidden among them", format!("{:.1} %", 100.0 * self.lens_rate)),
                setting("Look-alikes among them", format!("{:.1} %", 100.0 * self.look_alike_rate)),
                setting("Mocks to learn from", format!("{} lenses, {} others", self.mock_lenses, self.mock_non_lenses)),
                setting("Rounds of votes", self.rounds.to_string()),
                setting("Votes per round and arm", self.votes_per_round.to_string()),
                setting("Subjects queued per round", self.subjects_per_round.to_string()),
                setting("Votes become belief by", consensus_words(&self.spec(DemoArm::Active, None))),
                setting("Simulated volunteers", self.volunteers.to_string()),
            ],
            wall_times: Vec::new(),
            pool: Pool::default(),
            arms: Vec::new(),
            real: Vec::new(),
            realism: None,
            monitors: None,
            caveats: vec![
                "The survey, its lenses and the volunteers are simulated. What these numbers show is that the loop works, not how well it finds real lenses.".to_owned(),
                "Lenses are far more frequent here than on the sky (about 1 in 1,000), so that a small survey holds enough of them to count; purity on the sky would be lower.".to_owned(),
                "The crowd's mistakes follow assumed rates and difficulties; real volunteers' may not.".to_owned(),
            ],
        }
    }
}

/// The method and the test, in one line.
fn consensus_words(spec: &CampaignSpec) -> String {
    let test = &spec.consensus.retirement;
    format!(
        "{}; rejected below {} after {} votes, detected above {} after {}; experts only after {}",
        spec.consensus.method.name(),
        test.reject_below,
        test.min_votes,
        test.detect_above,
        test.min_votes_to_detect,
        test.max_votes
    )
}
