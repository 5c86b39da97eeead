//! Simulated cutouts of the sky: clusters with arcs, clusters without, and
//! things that look like arcs. A [`Config`] and a seed give [`Record`]s; a record
//! alone gives its pixels; whole datasets go into a folder that `survey` reads.
//! The physics of lensing is `lensing`'s, the tile of the network `imaging`'s.

mod concentration;
mod config;
mod dataset;
mod dice;
mod draw;
mod error;
mod kind;
mod photometry;
mod plan;
mod record;
mod records;
mod render;

pub use config::{
    ClusterConfig, Config, ConfigError, CosmologyConfig, FieldConfig, Footprint, ImageConfig, LensConfig,
    LookAlikeConfig,
};
pub use dataset::{SurveyRequest, TrainingRequest, simulate_survey, simulate_training};
pub use draw::{DrawError, draw};
pub use error::SimulateError;
pub use kind::{Kind, LookAlike, UnknownKind};
pub use record::{
    CosmologyRecord, Cutout, FRAME, Feature, Galaxy, Halo, Member, Noise, Placement, Psf, PsfShape, Record,
    Results, SCHEMA_VERSION, Source, Star,
};
pub use records::Records;
pub use render::{ArcImage, RenderError, Seen, lens_model, render, render_noise_free};
