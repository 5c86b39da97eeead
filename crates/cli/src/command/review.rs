//! `lensfinder review`: draws images for experts to grade, and takes their grades in.

use std::{path::PathBuf, sync::Arc};

use campaign::{
    review::{self, Allocation, Wish},
    setup,
};
use clap::{Args, Subcommand, ValueEnum};

use super::tell;
use crate::{arguments::Place, failure::Failure, opening::open, terminal::Terminal};

/// `lensfinder review`.
#[derive(Debug, Args)]
#[command(
    after_help = "The grades calibrate what is believed: some 200 images, drawn over all strata, are enough. Hide what the\n\
        crowd and the network think from whoever grades; the file does not say it.\n\n\
        Examples:\n  \
        lensfinder review draw dr10 --count 200 --out to-grade.csv\n  \
        lensfinder review import dr10 graded.csv\n  \
        lensfinder review import dr10 graded.csv --json"
)]
pub struct Review {
    /// What to do
    #[command(subcommand)]
    what: What,
}

#[derive(Debug, Subcommand)]
enum What {
    /// Draw images that people judged, stratified by the log-odds of what is believed of them
    #[command(
        after_help = "Writes subject, ra_deg, dec_deg, image (path of the picture in the workspace), stratum and\n\
        inclusion_probability, with empty columns `reviewer` and `grade` to fill in: lens or no_lens. For a\n\
        second reviewer repeat the line. Images that are reviewed already are not drawn again.\n\n\
        Example:\n  lensfinder review draw dr10 --count 200 --allocation equal --seed 7 --out to-grade.csv"
    )]
    Draw {
        /// The project
        project: String,
        /// Images to draw
        #[arg(long, value_name = "N")]
        count: usize,
        /// How they are shared out among the strata
        #[arg(long, value_enum, default_value_t = Shares::Neyman)]
        allocation: Shares,
        /// Root of the luck; the same seed on the same state draws the same images
        #[arg(long, default_value_t = 1)]
        seed: u64,
        /// The file for the experts (CSV)
        #[arg(long, value_name = "FILE.csv")]
        out: PathBuf,
    },
    /// Take a file of grades in; all of it or none, and the same file again changes nothing
    #[command(
        after_help = "Needs the columns subject, reviewer, grade (lens or no_lens, empty where not graded), stratum and\n\
        inclusion_probability; others are passed over. A later grade by the same reviewer replaces the earlier.\n\n\
        Example:\n  lensfinder review import dr10 graded.csv"
    )]
    Import {
        /// The project
        project: String,
        /// The graded file (CSV)
        #[arg(value_name = "FILE.csv")]
        file: PathBuf,
    },
}

/// How a sample is shared out.
#[derive(Debug, Clone, Copy, ValueEnum)]
enum Shares {
    /// Most where many images are in doubt
    Neyman,
    /// As many from each stratum
    Equal,
}

/// Runs the command.
pub async fn run(wish: Review, place: Place, terminal: Arc<Terminal>, json: bool) -> Result<(), Failure> {
    let context = open(&place, terminal).await?;
    match wish.what {
        What::Draw { project, count, allocation, seed, out } => {
            let project = setup::open(&context, &project).await?;
            let allocation = match allocation {
                Shares::Neyman => Allocation::Neyman,
                Shares::Equal => Allocation::Equal,
            };
            let report =
                review::draw_for_experts(&context, &project, &Wish { count, allocation, seed }, &out).await?;
            tell(json, &report, &drawn_words(&report, &out))
        }
        What::Import { project, file } => {
            let project = setup::open(&context, &project).await?;
            let done = review::import(&context, &project, &file).await?;
            let words = format!(
                "{} new grades, {} changed, {} known before, {} lines not graded; the project has {} grades. \
                 They count from the next round on.",
                done.new, done.changed, done.known, done.not_graded, done.total
            );
            tell(json, &done, &words)
        }
    }
}

fn drawn_words(report: &review::DrawReport, out: &std::path::Path) -> String {
    let mut words = format!(
        "{} of {} images drawn into {} ({} are reviewed already)",
        report.drawn.len(),
        report.population,
        out.display(),
        report.reviewed
    );
    words.push_str("\n\n  stratum  claimed log-odds  images   drawn  chance");
    for stratum in &report.strata {
        let edge = |edge: Option<f64>, open: &str| edge.map_or(open.to_owned(), |edge| format!("{edge:+}"));
        let range = format!("{} to {}", edge(stratum.from_logit, "−∞"), edge(stratum.to_logit, "+∞"));
        words.push_str(&format!(
            "\n  {:<7}  {range:<16}  {:>6}  {:>6}  {:.4}",
            stratum.name, stratum.images, stratum.drawn, stratum.inclusion_probability
        ));
    }
    words
}
