//! An MLflow file store: `mlruns/<experiment>/<run>/{meta.yaml,params,metrics,tags}`,
//! as `mlflow ui --backend-store-uri` reads it and Weights & Biases imports it.

use std::{
    collections::BTreeMap,
    fmt::Write as _,
    path::{Path, PathBuf},
};

use domain::Digest;

use crate::LabError;

/// An experiment of the store.
#[derive(Debug, Clone)]
pub struct Store {
    folder: PathBuf,
    id: String,
    created_ms: i64,
}

/// One run.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Run {
    /// What people call it.
    pub name: String,
    /// Settings, as words.
    pub params: BTreeMap<String, String>,
    /// Curves: (milliseconds since 1970, value, step).
    pub metrics: BTreeMap<String, Vec<(i64, f64, u64)>>,
    /// Words about it.
    pub tags: BTreeMap<String, String>,
    /// When it began and ended, milliseconds since 1970.
    pub time_ms: (i64, i64),
}

impl Store {
    /// Makes the store's folder with one experiment.
    ///
    /// # Errors
    /// When the disk refuses.
    pub fn create(folder: &Path, name: &str, created_ms: i64) -> Result<Self, LabError> {
        // 18 digits, as MLflow's own.
        let Digest(bytes) = Digest::of(name.as_bytes());
        let number = u64::from_le_bytes(std::array::from_fn(|at| bytes[at]));
        let id = format!("{:018}", 100_000_000_000_000_000 + number % 900_000_000_000_000_000);
        let experiment = folder.join(&id);
        let meta = format!(
            "artifact_location: {}\ncreation_time: {created_ms}\nexperiment_id: '{id}'\nlast_update_time: {created_ms}\nlifecycle_stage: active\nname: {}\n",
            quoted(&address(&experiment)),
            quoted(name),
        );
        campaign::write_atomically(&experiment.join("meta.yaml"), meta.as_bytes())?;
        // The store's first experiment, which MLflow makes where it is missing.
        let default = folder.join("0");
        let meta = format!(
            "artifact_location: {}\ncreation_time: {created_ms}\nexperiment_id: '0'\nlast_update_time: {created_ms}\nlifecycle_stage: active\nname: Default\n",
            quoted(&address(&default)),
        );
        campaign::write_atomically(&default.join("meta.yaml"), meta.as_bytes())?;
        Ok(Self { folder: experiment, id, created_ms })
    }

    /// Adds a run; `key` decides its id, so that writing it again is the same run. Artifacts are copied.
    ///
    /// # Errors
    /// When the disk refuses.
    pub fn add(&self, key: &str, run: &Run, artifacts: &[&Path]) -> Result<(), LabError> {
        let id = &Digest::of(key.as_bytes()).to_string()[..32];
        let folder = self.folder.join(id);
        let artifact_folder = folder.join("artifacts");
        std::fs::create_dir_all(&artifact_folder).map_err(LabError::file(&artifact_folder))?;
        let meta = format!(
            "artifact_uri: {}\nend_time: {}\nentry_point_name: ''\nexperiment_id: '{}'\nlifecycle_stage: active\nrun_id: {id}\nrun_name: {}\nrun_uuid: {id}\nsource_name: ''\nsource_type: 4\nsource_version: ''\nstart_time: {}\nstatus: 3\ntags: []\nuser_id: lensfinder\n",
            quoted(&address(&artifact_folder)),
            run.time_ms.1,
            self.id,
            quoted(&run.name),
            run.time_ms.0,
        );
        campaign::write_atomically(&folder.join("meta.yaml"), meta.as_bytes())?;
        for (name, value) in &run.params {
            campaign::write_atomically(&folder.join("params").join(fit(name)), value.as_bytes())?;
        }
        let mut tags = run.tags.clone();
        tags.insert("mlflow.runName".to_owned(), run.name.clone());
        tags.insert("mlflow.user".to_owned(), "lensfinder".to_owned());
        tags.insert("mlflow.source.name".to_owned(), "lensfinder experiment".to_owned());
        tags.insert("mlflow.source.type".to_owned(), "LOCAL".to_owned());
        for (name, value) in &tags {
            campaign::write_atomically(&folder.join("tags").join(fit(name)), value.as_bytes())?;
        }
        for (name, points) in &run.metrics {
            let mut lines = String::new();
            for (at, value, step) in points {
                let _ = writeln!(lines, "{at} {value} {step}");
            }
            campaign::write_atomically(&folder.join("metrics").join(fit(name)), lines.as_bytes())?;
        }
        for artifact in artifacts {
            let Some(name) = artifact.file_name() else { continue };
            let bytes = std::fs::read(artifact).map_err(LabError::file(artifact))?;
            campaign::write_atomically(&artifact_folder.join(name), &bytes)?;
        }
        Ok(())
    }

    /// When the experiment was made.
    #[must_use]
    pub const fn created_ms(&self) -> i64 {
        self.created_ms
    }
}

/// A file's address.
fn address(path: &Path) -> String {
    let whole = std::path::absolute(path).unwrap_or_else(|_| path.to_owned());
    let mut out = String::from("file://");
    for byte in whole.to_string_lossy().bytes() {
        if byte.is_ascii_alphanumeric() || b"/-._~".contains(&byte) {
            out.push(char::from(byte));
        } else {
            let _ = write!(out, "%{byte:02X}");
        }
    }
    out
}

/// A YAML string in single quotes.
fn quoted(text: &str) -> String {
    let text: String = text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
    format!("'{}'", text.replace('\'', "''"))
}

/// A name as MLflow takes it: letters, digits, `_-. /` and no step out of the folder.
fn fit(name: &str) -> String {
    let fits = |c: char| c.is_ascii_alphanumeric() || "_-. /".contains(c);
    let name: String = name.chars().map(|c| if fits(c) { c } else { '_' }).collect();
    name.split('/').filter(|part| !part.chars().all(|c| c == '.' || c == ' ')).collect::<Vec<_>>().join("/")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_run_lies_where_mlflow_looks_for_it() {
        let folder = tempfile::tempdir().expect("a folder");
        let store = Store::create(folder.path(), "it's a name", 1_700_000_000_000).expect("a store");
        let run = Run {
            name: "greedy, seed 1".to_owned(),
            params: [("policy/head".to_owned(), "live".to_owned())].into(),
            metrics: [("completeness".to_owned(), vec![(1_700_000_000_000, 0.5, 300)])].into(),
            tags: BTreeMap::new(),
            time_ms: (1_700_000_000_000, 1_700_000_001_000),
        };
        store.add("key", &run, &[]).expect("written");
        let id = &Digest::of(b"key").to_string()[..32];
        let at = |name: &str| std::fs::read_to_string(store.folder.join(id).join(name)).expect(name);
        assert_eq!(at("metrics/completeness"), "1700000000000 0.5 300\n");
        assert_eq!(at("params/policy/head"), "live");
        assert!(
            at("meta.yaml").contains("status: 3") && at("meta.yaml").contains("run_name: 'greedy, seed 1'")
        );
        let experiment = std::fs::read_to_string(store.folder.join("meta.yaml")).expect("meta");
        assert!(experiment.contains("name: 'it''s a name'"));
    }

    #[test]
    fn names_stay_inside_the_folder() {
        assert_eq!(fit("../../etc/passwd"), "etc/passwd");
        assert_eq!(fit("tpr@1e-3"), "tpr_1e-3");
    }
}
