//! Images as data: the dataset folder (Parquet shards of network tiles, a
//! manifest, what was refused and why), the way real files get into it, and
//! the split of the sky into folds. What a pixel means is `imaging`'s.

mod atomic;
mod dataset;
mod error;
mod ingest;
mod manifest;
pub mod shard;
pub mod sky;
mod source;
mod writer;

pub use dataset::{Dataset, ShardInfo};
pub use error::SurveyError;
pub use ingest::{IngestInput, IngestReport, IngestRequest, ingest};
pub use manifest::{ManifestReader, ManifestRow, NewRow, Rejected};
pub use sky::{CELL_DEPTH, Fold, SkySplit, SkySplitError, cell_of};
pub use source::{Source, SourceError, SourceOptions, SourceParseError};
pub use writer::DatasetWriter;
