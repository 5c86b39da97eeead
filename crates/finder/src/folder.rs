//! The folder of one model: config, weights, calibration, metrics, card, and
//! the digest that is written last and makes it a finished model.

use std::path::Path;

use domain::Digest;
use serde::{Deserialize, Serialize};

use crate::{
    Calibration, FinderError, Realism, card, files, metrics::Summary, model::ModelConfig,
    training::EpochReport,
};

const CONFIG: &str = "config.json";
const WEIGHTS: &str = "weights.bpk";
const CALIBRATION: &str = "calibration.json";
const METRICS: &str = "metrics.json";
const CARD: &str = "MODEL_CARD.md";
const DIGEST: &str = "digest.json";

/// A model about to be written.
pub(crate) struct Finished {
    pub config: ModelConfig,
    pub weights: Vec<u8>,
    pub calibration: Calibration,
    pub epochs: Vec<EpochReport>,
    pub validation: Option<Summary>,
    pub request: Digest,
}

/// A model as it lies in its folder, digests checked.
pub(crate) struct Stored {
    pub digest: Digest,
    pub config: ModelConfig,
    pub weights: Vec<u8>,
    pub calibration: Calibration,
}

/// `metrics.json`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct Metrics {
    pub schema_version: u64,
    /// Whether these numbers are on simulated images only.
    pub simulated: bool,
    pub epochs: Vec<EpochReport>,
    pub validation: Option<Summary>,
    /// How real its examples look; added after training.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub realism: Option<Realism>,
}

/// `digest.json`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct Seal {
    pub schema_version: u64,
    /// Over configuration, weights and calibration: the name of the model.
    pub digest: Digest,
    /// Over everything that was asked for.
    pub request: Digest,
    pub config: Digest,
    pub weights: Digest,
    pub calibration: Digest,
}

/// Creates the folder.
pub(crate) fn prepare(dir: &Path) -> Result<(), FinderError> {
    files::create_dir(dir)
}

/// Writes everything, the digest last. Interrupted, it is simply done again.
pub(crate) fn publish(dir: &Path, model: &Finished) -> Result<Digest, FinderError> {
    files::write(&dir.join(WEIGHTS), &model.weights)?;
    let config = files::write_json(&dir.join(CONFIG), &model.config)?;
    let calibration = files::write_json(&dir.join(CALIBRATION), &model.calibration)?;
    let metrics = Metrics {
        schema_version: ModelConfig::SCHEMA_VERSION,
        simulated: model.config.simulated,
        epochs: model.epochs.clone(),
        validation: model.validation.clone(),
        realism: None,
    };
    files::write_json(&dir.join(METRICS), &metrics)?;
    let digest = Digest::of_parts([&config, &model.weights, &calibration]);
    files::write(&dir.join(CARD), card::text(dir, digest, model, None).as_bytes())?;
    let seal = Seal {
        schema_version: ModelConfig::SCHEMA_VERSION,
        digest,
        request: model.request,
        config: Digest::of(&config),
        weights: Digest::of(&model.weights),
        calibration: Digest::of(&calibration),
    };
    files::write_json(&dir.join(DIGEST), &seal)?;
    Ok(digest)
}

/// Adds how real the examples look to the metrics and the card of a finished model.
pub(crate) fn add_realism(dir: &Path, realism: &Realism) -> Result<(), FinderError> {
    let (stored, seal, mut metrics) = (read(dir)?, seal(dir)?, read_metrics(dir)?);
    metrics.realism = Some(realism.clone());
    files::write_json(&dir.join(METRICS), &metrics)?;
    let model = Finished {
        config: stored.config,
        weights: stored.weights,
        calibration: stored.calibration,
        epochs: metrics.epochs,
        validation: metrics.validation,
        request: seal.request,
    };
    files::write(&dir.join(CARD), card::text(dir, stored.digest, &model, Some(realism)).as_bytes())?;
    Ok(())
}

/// The seal of a finished model; `None` while there is none.
pub(crate) fn finished(dir: &Path) -> Result<Option<Seal>, FinderError> {
    match seal(dir) {
        Ok(seal) => {
            read(dir)?;
            Ok(Some(seal))
        }
        Err(FinderError::MissingFile { .. }) => Ok(None),
        Err(error) => Err(error),
    }
}

/// Reads a finished model and checks every digest.
pub(crate) fn read(dir: &Path) -> Result<Stored, FinderError> {
    let seal = seal(dir)?;
    let checked = |name: &str, expected: Digest| {
        let path = dir.join(name);
        let bytes = files::read_required(&path)?;
        let found = Digest::of(&bytes);
        if found == expected { Ok(bytes) } else { Err(FinderError::WrongDigest { path, expected, found }) }
    };
    let config = checked(CONFIG, seal.config)?;
    let weights = checked(WEIGHTS, seal.weights)?;
    let calibration = checked(CALIBRATION, seal.calibration)?;
    let found = Digest::of_parts([&config, &weights, &calibration]);
    if found != seal.digest {
        return Err(FinderError::WrongDigest { path: dir.join(DIGEST), expected: seal.digest, found });
    }
    Ok(Stored {
        digest: seal.digest,
        config: parse(&dir.join(CONFIG), &config)?,
        calibration: serde_json::from_slice(&calibration)
            .map_err(|e| FinderError::malformed(&dir.join(CALIBRATION), e))?,
        weights,
    })
}

/// Reads the metrics of a finished model.
pub(crate) fn read_metrics(dir: &Path) -> Result<Metrics, FinderError> {
    let path = dir.join(METRICS);
    parse(&path, &files::read_required(&path)?)
}

fn seal(dir: &Path) -> Result<Seal, FinderError> {
    let path = dir.join(DIGEST);
    parse(&path, &files::read_required(&path)?)
}

/// Reads JSON after its schema version: an older file then says so instead of naming a field.
fn parse<T: serde::de::DeserializeOwned>(path: &Path, bytes: &[u8]) -> Result<T, FinderError> {
    let value: serde_json::Value =
        serde_json::from_slice(bytes).map_err(|e| FinderError::malformed(path, e))?;
    let expected = ModelConfig::SCHEMA_VERSION;
    match value.get("schema_version").and_then(serde_json::Value::as_u64) {
        Some(found) if found == expected => {}
        Some(found) => return Err(FinderError::SchemaVersion { path: path.to_owned(), found, expected }),
        None => return Err(FinderError::malformed(path, "has no number `schema_version`")),
    }
    serde_json::from_value(value).map_err(|e| FinderError::malformed(path, e))
}
