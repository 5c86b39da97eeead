//! `lensfinder realism`: whether a linear probe can tell mocks from survey images,
//! and controls from what they were made of.

use std::{path::PathBuf, sync::Arc};

use campaign::realism::{self, Part, Wish};
use clap::Args;
use finder::{Model, Realism};
use imaging::TileSpec;
use survey::Dataset;

use super::{heavy, tell};
use crate::{arguments::Place, failure::Failure, terminal::Terminal};

/// What mocks are compared with.
#[derive(Debug, Clone, Args)]
pub struct Compared {
    /// A dataset of survey images to compare the mocks with; may be given again
    #[arg(long, value_name = "DIR")]
    pub real: Vec<PathBuf>,
    /// A dataset of controls (no arc, but treated as if there were one)
    #[arg(long, value_name = "DIR", requires = "backgrounds")]
    pub controls: Option<PathBuf>,
    /// The dataset of images the controls were made from
    #[arg(long, value_name = "DIR", requires = "controls")]
    pub backgrounds: Option<PathBuf>,
    /// Images of a side, at most
    #[arg(long, value_name = "N", default_value_t = realism::MOST)]
    pub compare_at_most: usize,
}

/// `lensfinder realism`.
#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  \
        lensfinder realism --model M --mocks workspace/datasets/training --real workspace/datasets/dr10\n  \
        lensfinder realism --model M --mocks mocks --real dr10 --controls controls --backgrounds dr10 --json\n\n\
        The numbers are areas under the ROC curve, by the network's embeddings and by nine statistics of\n\
        the bare pixels; each image is judged by a probe fitted on other sky cells. 0.5: the two sets\n\
        cannot be told apart. Far above: the network may learn that difference instead of arcs; if the\n\
        bare statistics reach as high, the difference is a trivial one (noise, sharpness, brightness).")]
pub struct RealismArgs {
    /// Folder of a model
    #[arg(long)]
    pub model: PathBuf,
    /// A dataset of mocks, best one the model was not trained on
    #[arg(long, value_name = "DIR")]
    pub mocks: PathBuf,
    /// What they are compared with.
    #[command(flatten)]
    pub compared: Compared,
    /// Keep the numbers in the model's metrics.json and MODEL_CARD.md
    #[arg(long)]
    pub record: bool,
}

/// Runs the command.
pub async fn run(
    wish: RealismArgs,
    place: Place,
    terminal: Arc<Terminal>,
    json: bool,
) -> Result<(), Failure> {
    let realism = heavy(move || {
        let model = Model::load(&wish.model, place.device)?;
        let mocks = Dataset::open(&wish.mocks)?;
        let compared = wish.compared.open(mocks.spec())?;
        let realism = compared.measure(&model, Part::all(&mocks), &terminal)?;
        if wish.record {
            finder::realism::record(&wish.model, &realism)?;
        }
        Ok(realism)
    })
    .await?;
    tell(json, &realism, &realism.text())
}

/// What mocks are compared with, open.
pub struct Opened {
    real: Vec<Dataset>,
    controls: Option<(Dataset, Dataset)>,
    most: usize,
}

impl Compared {
    /// Opens what is to be compared and checks that its tiles are made by this recipe, before anything
    /// that takes long.
    pub fn open(&self, recipe: &TileSpec) -> Result<Opened, Failure> {
        if self.compare_at_most == 0 {
            return Err(Failure::words("--compare-at-most is 0; give at least 10"));
        }
        let open = |dir: &PathBuf| {
            let dataset = Dataset::open(dir)?;
            if dataset.spec() == recipe {
                return Ok(dataset);
            }
            let (dir, spec) = (dir.display(), dataset.spec());
            Err(Failure::words(format!(
                "tiles of {dir} are made as {spec:?}, those of the training images as {recipe:?}; make the tiles again with that recipe"
            )))
        };
        let real = self.real.iter().map(open).collect::<Result<_, _>>()?;
        let controls = match (&self.controls, &self.backgrounds) {
            (Some(controls), Some(backgrounds)) => Some((open(controls)?, open(backgrounds)?)),
            _ => None,
        };
        Ok(Opened { real, controls, most: self.compare_at_most })
    }
}

impl Opened {
    /// Compares.
    pub fn measure(&self, model: &Model, mocks: Part<'_>, terminal: &Terminal) -> Result<Realism, Failure> {
        let real: Vec<Part<'_>> = self.real.iter().map(Part::all).collect();
        let controls = self.controls.as_ref().map(|(controls, behind)| (controls, Part::all(behind)));
        Ok(realism::measure(model, &Wish { mocks, real: &real, controls, most: self.most }, terminal)?)
    }
}
