//! A run in other programs' forms: Parquet tables, TensorBoard's event files, an
//! MLflow file store, CSV. What is exported is read from the run's own files; none of
//! these is read back.

mod crc32c;
pub mod mlflow;
pub mod parquet;
pub mod tensorboard;
