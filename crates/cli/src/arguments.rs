//! The command line, designed as a whole: verbs, the options they share, and help
//! with examples.

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueEnum};
use finder::DeviceChoice;

use crate::command::{
    account, aggregate, audit, catalogue, doctor, download, evaluate, index, ingest, lens, model, realism,
    review, score, simulate, solve, train,
};
use crate::experiment::ExperimentArgs;

/// Finds galaxy clusters that bend light, by people and a network together.
#[derive(Debug, Parser)]
#[command(
    name = "lensfinder",
    version,
    max_term_width = 100,
    after_help = "Examples:\n  \
        lensfinder demo                              the whole loop on a simulated survey, then a web app\n  \
        lensfinder ingest cutouts/ --out ds          real images into a dataset\n  \
        lensfinder score --model M --images DIR --out scores.csv\n  \
        lensfinder serve --workspace W               the web app of a workspace\n\n\
        Exit codes: 0 done, 1 failed, 2 wrong command line, 130 stopped on request (run again to go on)."
)]
pub struct Arguments {
    /// What to do.
    #[command(subcommand)]
    pub command: Command,
    /// Where state is kept.
    #[command(flatten)]
    pub place: Place,
    /// Results as JSON on standard output, progress as JSON lines on standard error
    #[arg(long, global = true)]
    pub json: bool,
    /// No progress
    #[arg(long, short, global = true)]
    pub quiet: bool,
    /// Log what happens
    #[arg(long, short, global = true)]
    pub verbose: bool,
}

/// Where state is kept.
#[derive(Debug, Clone, Args)]
pub struct Place {
    /// Folder with datasets, models, scores, pictures and (unless --database) the database
    #[arg(long, global = true, default_value = "workspace", env = "LENSFINDER_WORKSPACE")]
    pub workspace: PathBuf,
    /// `sqlite:FILE` or `postgres://…`; default: an SQLite file in the workspace
    #[arg(long, global = true, env = "LENSFINDER_DATABASE", hide_env_values = true)]
    pub database: Option<String>,
    /// Where the network runs: flex (CPU), wgpu, cuda or tch, if compiled in
    #[arg(long, global = true, default_value = "flex")]
    pub device: DeviceChoice,
}

/// The verbs.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Run the whole loop on a simulated survey with a simulated crowd, then serve it
    Demo(Demo),
    /// Simulate mock lenses, surveys, training sets and controls
    Simulate(simulate::Simulate),
    /// Bring tables of clusters and lenses into one form, and match them
    Catalogue(catalogue::Catalogue),
    /// Check that nothing stands on both sides of the split of the sky
    Audit(audit::Audit),
    /// Fetch cutouts of a catalogue's clusters from the Legacy Surveys, or cut them out of coadds
    Download(download::Download),
    /// Build index files for plate solving from a star catalogue, and look into them
    Index(index::Index),
    /// Take real images (FITS, PNG, JPEG, WebP) into a dataset
    Ingest(ingest::Ingest),
    /// Deflections, critical curves and the agreement report of the lensing library
    Lens(lens::Lens),
    /// Say where on the sky images lie, by their stars
    Solve(solve::Solve),
    /// Train a network on a labelled dataset
    Train(train::Train),
    /// Measure a model on labelled images, every number with its interval
    Evaluate(evaluate::Evaluate),
    /// Tell whether mocks can be told from survey images, by a network and by bare pixels
    Realism(realism::RealismArgs),
    /// Score a dataset, or a plain folder of images
    Score(score::Score),
    /// Names for trained models: list, show, alias, promote, roll back, verify
    Model(model::Model),
    /// Say what this machine and this program can do, and what is wrong
    Doctor(doctor::Doctor),
    /// Set up or list projects
    Project(Project),
    /// Draw images for experts to grade, and take their grades in
    Review(review::Review),
    /// Run a project's loop; waits for votes until stopped
    Run(Run),
    /// Serve the web app
    Serve(Serve),
    /// List people with an account, give roles, make the first admin
    Account(account::Account),
    /// Let a simulated crowd vote in a project whose survey is simulated, through the HTTP API
    Crowd(Crowd),
    /// Weigh votes in files: of Zooniverse, Label Studio, crowd-kit, Parquet or SWAP
    Aggregate(aggregate::Aggregate),
    /// Write votes or what is believed as CSV
    Export(Export),
    /// Compare policies on a replayed survey, or the demo's arms, with several seeds
    Experiment(ExperimentArgs),
}

/// `lensfinder demo`.
#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  lensfinder demo\n  lensfinder demo --dir /tmp/d --seed 2 --no-serve --json\n\nStopped at any point, the same command goes on."
)]
pub struct Demo {
    /// Folder of the demo (made if missing; delete it to start over)
    #[arg(long, default_value = "demo")]
    pub dir: PathBuf,
    /// Root of all randomness
    #[arg(long, default_value_t = 1)]
    pub seed: u64,
    /// Simulated cutouts in the survey
    #[arg(long, default_value_t = 4000)]
    pub cutouts: u64,
    /// Rounds in which the crowd votes
    #[arg(long, default_value_t = 2)]
    pub rounds: u32,
    /// Votes on unknown images per round and arm
    #[arg(long, default_value_t = 1000)]
    pub votes: u64,
    /// End after the report instead of serving
    #[arg(long)]
    pub no_serve: bool,
    /// Port of the web app on 127.0.0.1
    #[arg(long, default_value_t = 8080)]
    pub port: u16,
    /// Folder of real test images; default: `../shared/data/images` if it is there
    #[arg(long, conflicts_with = "no_real")]
    pub real: Option<PathBuf>,
    /// Leave real images out
    #[arg(long)]
    pub no_real: bool,
}

/// `lensfinder project`.
#[derive(Debug, Args)]
pub struct Project {
    /// What to do
    #[command(subcommand)]
    pub what: ProjectWhat,
}

/// What `project` does.
#[derive(Debug, Subcommand)]
pub enum ProjectWhat {
    /// Set a project up from datasets in the workspace
    #[command(after_help = "Examples:\n  \
            lensfinder project create dr10 --survey dr10 --training training --workspace W\n  \
            lensfinder project create dr10 --survey dr10 --training training --spec dr10.toml\n\n\
            How votes become belief is `[consensus]` in the settings, for instance:\n  \
            [consensus.retirement]\n  \
            reject_below = 1e-3     # retired below, after min_votes\n  \
            detect_above = 0.95     # a candidate above, after min_votes_to_detect\n  \
            max_votes = 12          # then experts are asked, expert_votes at most\n  \
            [consensus.method]\n  \
            name = \"house\"          # or \"swap\", \"majority\"")]
    Create {
        /// Short name, used in addresses
        slug: String,
        /// Name for people; default: the short name
        #[arg(long)]
        name: Option<String>,
        /// Dataset that people are asked about
        #[arg(long)]
        survey: String,
        /// Labelled dataset the network starts from
        #[arg(long)]
        training: String,
        /// Root of all randomness
        #[arg(long, default_value_t = 1)]
        seed: u64,
        /// Settings (TOML) that differ from the usual ones
        #[arg(long)]
        spec: Option<PathBuf>,
    },
    /// List projects
    List,
}

/// `lensfinder run`.
#[derive(Debug, Args)]
pub struct Run {
    /// The project
    pub slug: String,
    /// Do what can be done now and end instead of waiting for votes
    #[arg(long)]
    pub once: bool,
}

/// `lensfinder serve`.
#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  lensfinder serve --workspace W\n  \
        LENSFINDER_SMTP=smtps://lens:secret@mail.example.org:465 lensfinder serve --workspace W --https \\\n      \
        --public-url https://lens.example.org --mail-from 'Lensfinder <lens@example.org>'\n\n\
        While nobody can give roles, a link is shown at the start that makes whoever opens it the first admin\n\
        (see `lensfinder account claim`).")]
pub struct Serve {
    /// Address to listen on
    #[arg(long, default_value = "127.0.0.1:8080", env = "LENSFINDER_LISTEN")]
    pub listen: std::net::SocketAddr,
    /// Served behind https: cookies for https only
    #[arg(long)]
    pub https: bool,
    /// Where people find the site, for links in letters; default: the address listened on
    #[arg(long, value_name = "URL", env = "LENSFINDER_PUBLIC_URL")]
    pub public_url: Option<String>,
    /// Mail server: smtps://user:password@host:465, or smtp://user:password@host:587?tls=required.
    /// Others on this machine can read the command line: rather set the variable. Without it, letters
    /// go into the workspace's folder `mail` if only this machine can reach the site, else nowhere
    #[arg(long, value_name = "URL", env = "LENSFINDER_SMTP", hide_env_values = true)]
    pub smtp: Option<String>,
    /// Sender of letters
    #[arg(
        long,
        value_name = "ADDRESS",
        env = "LENSFINDER_MAIL_FROM",
        default_value = "Lensfinder <lensfinder@localhost>"
    )]
    pub mail_from: String,
    /// Show letters that lie in the workspace's folder `mail` at /dev/mail, links included, to browsers on
    /// this machine; not behind a proxy, through which everybody would be on this machine
    #[arg(long)]
    pub show_letters: bool,
    /// No limits on sign-ups and votes per address (for tests with a simulated crowd on this machine)
    #[arg(long)]
    pub no_rate_limits: bool,
    /// Hand images out without the entry quiz (for a simulated crowd, or people who were taught elsewhere)
    #[arg(long)]
    pub no_quiz: bool,
    /// TOML file: when training images come and which stay silent (docs/training-images.md)
    #[arg(long, value_name = "FILE")]
    pub training: Option<PathBuf>,
    /// Also run the loops of these projects
    #[arg(long, value_name = "PROJECT")]
    pub run: Vec<String>,
}

/// `lensfinder crowd`.
#[derive(Debug, Args)]
pub struct Crowd {
    /// The project
    pub slug: String,
    /// Address of the server, on this machine
    #[arg(long, default_value = "http://127.0.0.1:8080")]
    pub url: String,
    /// How many people
    #[arg(long, default_value_t = 40)]
    pub volunteers: usize,
    /// Stop after so many votes
    #[arg(long)]
    pub votes: Option<u64>,
    /// Root of their randomness
    #[arg(long, default_value_t = 1)]
    pub seed: u64,
}

/// `lensfinder export`.
#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  lensfinder export dr10 votes --workspace W > votes.csv\n  lensfinder export dr10 candidates --out candidates.csv"
)]
pub struct Export {
    /// The project
    pub slug: String,
    /// What to write
    #[arg(value_enum)]
    pub what: ExportWhat,
    /// File; default: standard output
    #[arg(long, short)]
    pub out: Option<PathBuf>,
}

/// What `export` writes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum ExportWhat {
    /// Every vote, with pseudonyms
    Votes,
    /// What is believed of every image people looked at
    Consensus,
    /// The likeliest lenses first
    Candidates,
}
