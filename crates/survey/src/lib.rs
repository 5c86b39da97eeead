//! Images as data: the dataset folder (Parquet shards of network tiles, an
//! index, what was refused and why), the way real files get into it, catalogues
//! of clusters and known lenses, and the split of the sky into folds with its
//! audit. What a pixel means is `imaging`'s, what a mass means `lensing`'s.

mod atomic;
mod brick;
mod brick_table;
pub mod catalogue;
mod conditions;
mod cross_match;
mod dataset;
mod error;
mod footprint;
mod guard;
mod index;
mod ingest;
mod manifest;
pub mod shard;
pub mod sky;
mod sky_index;
mod source;
mod split_audit;
mod writer;

pub use brick::{BrickCut, BrickCutout, BrickFolder};
pub use brick_table::{Brick, BrickError, BrickTable, depth_mag};
pub use conditions::{CONDITION_BANDS, Conditions};
pub use cross_match::{
    DEFAULT_RADIUS_ARCSEC, KnownLenses, LensMatch, MATCH_COLUMNS, Subject, cross_match, read_matches,
    write_matches,
};
pub use dataset::{Dataset, ShardInfo};
pub use error::SurveyError;
pub use footprint::Footprint;
pub use index::ManifestReader;
pub use ingest::{
    ASTROMETRY_FILE, Astrometric, AstrometricState, Astrometry, AstrometrySummary, IngestInput, IngestReport,
    IngestRequest, Plate, image_files, ingest, ingest_looking,
};
pub use manifest::{ManifestRow, NewRow, Rejected};
pub use sky::{CELL_DEPTH, Fold, SkySplit, SkySplitError, cell_of};
pub use sky_index::{SkyIndex, cells_within};
pub use source::{Source, SourceError, SourceOptions, SourceParseError};
pub use split_audit::{
    AuditInput, AuditReport, AuditRow, AuditSettings, BufferError, CUTOUT_DIAGONAL_ARCSEC, Finding,
    FoldCounts, Leak, Member, NearPair, split_audit,
};
pub use writer::DatasetWriter;
