//! The image of a cutout of a simulated dataset, made again from its record,
//! whether its sky is simulated or real.

use std::path::Path;

use imaging::Cube;
use survey::Dataset;

use crate::{
    config::BackgroundConfig, error::SimulateError, record::Record, records::Records, scene::Scenes,
};

/// A simulated dataset whose images can be made again.
pub struct Remake {
    records: Records,
    scenes: Scenes,
    over_real: bool,
}

impl Remake {
    /// Opens a dataset folder, and the dataset of real cutouts its images lie over, if they do.
    ///
    /// # Errors
    /// When it is no simulated dataset, or the real cutouts are not where they were.
    pub fn open(dataset_dir: &Path) -> Result<Self, SimulateError> {
        Self::of(&Dataset::open(dataset_dir)?)
    }

    pub(crate) fn of(dataset: &Dataset) -> Result<Self, SimulateError> {
        let records = Records::open(dataset.dir())?;
        // Only sets that lie over real cutouts note a digest of theirs.
        let over_real = dataset.origin().get("background").is_some_and(|digest| !digest.is_null());
        let settings = dataset.origin().pointer("/config/background").filter(|_| over_real);
        let settings: BackgroundConfig = settings
            .map(|value| serde_json::from_value(value.clone()))
            .transpose()
            .map_err(|error| SimulateError::Format {
                path: dataset.dir().join("dataset.json"),
                reason: format!("origin.config.background: {error}"),
            })?
            .unwrap_or_default();
        Ok(Self { records, scenes: Scenes::open(&settings)?, over_real })
    }

    /// The records.
    #[must_use]
    pub const fn records(&self) -> &Records {
        &self.records
    }

    /// Whether the images lie over real cutouts.
    #[must_use]
    pub const fn over_real(&self) -> bool {
        self.over_real
    }

    /// The image of this id: g, r, z in nanomaggies.
    ///
    /// # Errors
    /// When there is no such record, it is damaged, or its real cutout changed.
    pub fn image(&self, id: &str) -> Result<Cube, SimulateError> {
        self.image_of(&self.records.get(id)?)
    }

    /// The image of a record of this dataset.
    ///
    /// # Errors
    /// As [`Remake::image`].
    pub fn image_of(&self, record: &Record) -> Result<Cube, SimulateError> {
        self.scenes.again(record)
    }
}
