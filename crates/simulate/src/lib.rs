//! Simulated cutouts of the sky: clusters with arcs, clusters without, and
//! things that look like arcs. A [`Config`] and a seed give [`Record`]s; a record
//! alone gives its pixels; whole datasets go into a folder that `survey` reads.
//! The physics of lensing is `lensing`'s, the tile of the network `imaging`'s.

mod backgrounds;
mod completeness;
mod concentration;
mod config;
mod dataset;
mod dice;
mod draw;
mod error;
mod gallery;
mod images;
mod job;
mod kind;
mod mock_index;
mod photometry;
mod pictures;
mod plan;
mod record;
mod records;
mod rejected_table;
mod remake;
mod render;
mod scene;
mod sets;
mod stretch;
mod summary;
mod table;
mod threads;
mod unit;
mod verify;
mod whole_file;

pub use backgrounds::{BackgroundCutout, BackgroundError, Backgrounds, Seen as SeenGalaxy};
pub use config::{
    BackgroundConfig, CentralLight, ClusterConfig, Config, ConfigError, CosmologyConfig, FieldConfig,
    FitsOutput, Footprint, ImageConfig, LensConfig, LookAlikeConfig, OutputConfig, SetsConfig, SizeRelation,
    SourceConfig, StampConfig, StretchConfig,
};
pub use dataset::{SurveyRequest, TrainingRequest, simulate_survey, simulate_training};
pub use domain::LookAlike;
pub use draw::{DrawError, Drawn, Missed, Rejected, draw};
pub use error::SimulateError;
pub use gallery::gallery;
pub use kind::{Control, Kind, UnknownKind};
pub use pictures::PictureError;
pub use record::{
    Background, CosmologyRecord, Cutout, FRAME, Feature, Galaxy, Halo, ImageOfSource, Member, Noise, Picture,
    Placement, Psf, PsfShape, Record, Results, SCHEMA_VERSION, Source, Star, Stretch,
};
pub use records::Records;
pub use remake::Remake;
pub use render::{
    ArcError, ArcImage, ArcScene, Knot, Outline, RenderError, Seen, Work, lens_model, outline, render,
    render_noise_free, render_over,
};
pub use sets::{SetDone, SetsRequest, simulate_sets};
pub use threads::on_threads;
pub use verify::{Difference, Verified, verify};
