//! Makes one dataset: plans, draws and renders in parallel, and writes shards in
//! order. Finished cutouts are kept in small units until their shard is whole,
//! so an interrupted run loses seconds of work; the bytes do not depend on the
//! number of threads or on interruptions. Memory holds one unit.

use std::{
    fs,
    path::{Path, PathBuf},
};

use domain::{Digest, Label, Progress, Seed};
use imaging::TileSpec;
use rayon::prelude::*;
use serde_json::json;
use survey::{Dataset, DatasetWriter, NewRow};

use crate::{
    config::{Config, OutputConfig},
    error::SimulateError,
    images,
    plan::{Counts, Planned, plan},
    record::Record,
    records,
    rejected_table::RejectedOf,
    scene::Scenes,
    stretch, summary,
    unit::{self, Kept},
    whole_file,
};

/// Cutouts made together; also how often a request to stop is heard.
const UNIT: usize = 64;

/// Folder of what is only needed until the dataset is whole.
pub const MAKING: &str = "making";

/// One dataset to be made.
pub struct Job<'a> {
    pub config: &'a Config,
    pub seed: Seed,
    pub dir: &'a Path,
    pub name: &'a str,
    pub rows_per_shard: usize,
    /// First letter of the ids.
    pub prefix: &'static str,
    pub counts: Counts,
    /// Whether labels say what is what, or all are unknown.
    pub labelled: bool,
    /// Image files beside the records, for mocks and controls.
    pub output: Option<OutputConfig>,
    pub scenes: &'a Scenes,
}

/// A dataset, and how many of its cutouts this run made.
pub struct Done {
    pub dataset: Dataset,
    pub made: u64,
}

impl Job<'_> {
    pub fn run(&self, progress: &dyn Progress) -> Result<Done, SimulateError> {
        self.config.check()?;
        let total = self.counts.total();
        if total == 0 || total > 100_000_000 {
            let problem = format!("{total} cutouts cannot be made; ask for 1 to 100 million");
            return Err(SimulateError::Request { field: "count", problem });
        }
        if self.rows_per_shard == 0 {
            let problem = "0 cutouts per shard; give at least 1".to_owned();
            return Err(SimulateError::Request { field: "rows_per_shard", problem });
        }
        let origin = self.origin()?;
        if self.dir.join("dataset.json").exists() {
            let dataset = Dataset::open(self.dir)?;
            if dataset.origin() != &origin {
                return Err(self.other_dataset());
            }
            self.clear()?;
            return Ok(Done { dataset, made: 0 });
        }
        let fingerprint = Digest::of(origin.to_string().as_bytes());
        let mut planned = plan(self.config, self.seed, self.prefix, self.counts);
        self.scenes.choose(self.config, self.seed, &mut planned, progress)?;
        for folder in [records::FOLDER, MAKING] {
            let folder = self.dir.join(folder);
            fs::create_dir_all(&folder).map_err(SimulateError::io("cannot create the folder", &folder))?;
        }
        let spec = TileSpec::default();
        let mut writer =
            DatasetWriter::resume(self.dir, self.name, spec.clone(), self.rows_per_shard, fingerprint)?;
        writer.set_origin(origin);

        progress.begin(&format!("simulating {}", self.name), total);
        let done = writer.inputs_done() as usize;
        progress.advance(done as u64);
        // The last shard may be a short one and yet be finished.
        let first = done.div_ceil(self.rows_per_shard);
        let mut made = 0;
        for (shard, items) in planned.chunks(self.rows_per_shard).enumerate().skip(first) {
            made += self.shard(shard, items, &spec, fingerprint, &mut writer, progress)?;
        }
        progress.end();
        let shards = planned.len().div_ceil(self.rows_per_shard);
        summary::write(self.dir, shards, self.output.as_ref())?;
        let dataset = writer.finish()?;
        self.clear()?;
        Ok(Done { dataset, made })
    }

    /// Makes and writes the cutouts of one shard; gives how many were made now.
    fn shard(
        &self,
        shard: usize,
        items: &[Planned],
        spec: &TileSpec,
        fingerprint: Digest,
        writer: &mut DatasetWriter,
        progress: &dyn Progress,
    ) -> Result<u64, SimulateError> {
        let (mut lines, mut rejected) = (Vec::new(), Vec::new());
        let mut waiting = None;
        let mut made = 0;
        let units: Vec<PathBuf> =
            (0..items.len().div_ceil(UNIT)).map(|number| self.unit_path(shard, number)).collect();
        if self.output.is_some() {
            let folder = self.dir.join(images::FOLDER).join(format!("{shard:05}"));
            fs::create_dir_all(&folder).map_err(SimulateError::io("cannot create the folder", &folder))?;
        }
        for (batch, path) in items.chunks(UNIT).zip(&units) {
            progress.check()?;
            let kept = match unit::read(path, fingerprint, batch.len()) {
                Some(kept) => kept,
                None => {
                    let kept: Vec<Kept> = batch
                        .par_iter()
                        .map(|item| self.make(shard, item, spec))
                        .collect::<Result<_, SimulateError>>()?;
                    unit::write(path, fingerprint, &kept)?;
                    made += kept.len() as u64;
                    kept
                }
            };
            for (item, kept) in batch.iter().zip(kept) {
                let row = self.row(item, &kept)?;
                for arc in kept.rejected {
                    self.line(&mut rejected, &RejectedOf { mock_id: item.id.clone(), arc })?;
                }
                lines.extend_from_slice(&kept.json);
                lines.push(b'\n');
                // The last row finishes the shard; everything else must be on disk before.
                if let Some((row, tile)) = waiting.replace((row, kept.tile)) {
                    writer.push(row, &tile)?;
                }
            }
            progress.advance(batch.len() as u64);
        }
        whole_file::write(&self.dir.join(records::FOLDER).join(records::file_name(shard)), &lines)?;
        whole_file::write(&summary::rejected_part(self.dir, shard), &rejected)?;
        if let Some((row, tile)) = waiting {
            writer.push(row, &tile)?;
        }
        for path in units {
            // What is left is removed with its folder.
            let _ = fs::remove_file(path);
        }
        Ok(made)
    }

    /// Draws, renders and packs one cutout, and writes its images.
    fn make(&self, shard: usize, item: &Planned, spec: &TileSpec) -> Result<Kept, SimulateError> {
        let (drawn, cube) = self.scenes.make(self.config, self.seed, item)?;
        let record = drawn.record;
        let mut json = Vec::new();
        serde_json::to_writer(&mut json, &record).map_err(|error| self.unwritable(&error))?;
        if let Some(output) = &self.output {
            if let Some(path) = images::fits_path(output, shard, &item.id) {
                let bytes = images::fits_bytes(output, &cube, &record, Digest::of(&json))?;
                whole_file::write_quickly(&self.dir.join(path), &bytes)?;
            }
            if let Some(path) = images::png_path(output, shard, &item.id) {
                whole_file::write_quickly(&self.dir.join(path), &images::png_bytes(&cube, &record)?)?;
            }
        }
        let keep = self.output.is_some_and(|output| output.rejected);
        let rejected = if keep { drawn.rejected } else { Vec::new() };
        Ok(Kept { json, rejected, tile: stretch::tile_of(&record, &cube, spec)? })
    }

    /// The row of the dataset's index.
    fn row(&self, item: &Planned, kept: &Kept) -> Result<NewRow, SimulateError> {
        let record: Record = serde_json::from_slice(&kept.json).map_err(|error| self.unwritable(&error))?;
        let depth = record.noise.sky_sigma_nmgy.map(|sigma| Some(sigma).filter(|s| *s > 0.0));
        let psf = record.psf.fwhm_arcsec;
        let conditions = survey::Conditions {
            psf_fwhm_arcsec: psf.map(Some),
            depth_mag: [0, 1, 2].map(|band| {
                depth[band].map(|sigma| point_depth(sigma, psf[band], record.cutout.pixel_scale_arcsec))
            }),
            cluster_id: record.cluster_id,
            z_cluster: Some(record.z_cluster),
            m200_msun: Some(record.halo.m200_msun),
            ..Default::default()
        };
        Ok(NewRow {
            id: item.id.clone(),
            source: format!("record:{}", item.id),
            digest: Digest::of(&kept.json),
            bands: "grz".to_owned(),
            pixel_scale_arcsec: Some(record.cutout.pixel_scale_arcsec),
            width: record.cutout.size_px,
            height: record.cutout.size_px,
            position: Some(item.sky),
            label: if self.labelled { item.kind.label() } else { Label::Unknown },
            provenance: "simulated".to_owned(),
            conditions,
        })
    }

    /// What decides every byte of the dataset.
    fn origin(&self) -> Result<serde_json::Value, SimulateError> {
        let Counts { lenses, look_alikes, plain, controls } = self.counts;
        let mut origin = json!({
            "simulated_by": concat!("simulate ", env!("CARGO_PKG_VERSION")),
            "config": self.config.physics(),
            "seed": self.seed.to_u64(),
            "lenses": lenses,
            "look_alikes": look_alikes,
            "plain": plain,
            "controls": controls,
            "labelled": self.labelled,
            "output": self.output,
            "background": self.scenes.digest(),
        });
        let files = self.config.files();
        if !files.is_empty() {
            let digest = |path: &Path| {
                let bytes = fs::read(path).map_err(SimulateError::io("cannot read", path))?;
                Ok::<_, SimulateError>(Digest::of(&bytes).to_string())
            };
            origin["files"] = files.into_iter().map(digest).collect::<Result<_, _>>()?;
        }
        Ok(origin)
    }

    fn line(&self, lines: &mut Vec<u8>, row: &impl serde::Serialize) -> Result<(), SimulateError> {
        serde_json::to_writer(&mut *lines, row).map_err(|error| self.unwritable(&error))?;
        lines.push(b'\n');
        Ok(())
    }

    fn unwritable(&self, error: &serde_json::Error) -> SimulateError {
        SimulateError::Format { path: self.dir.to_owned(), reason: format!("a record: {error}") }
    }

    fn unit_path(&self, shard: usize, number: usize) -> PathBuf {
        self.dir.join(MAKING).join(format!("{shard:05}-{number:03}.unit"))
    }

    fn clear(&self) -> Result<(), SimulateError> {
        let folder = self.dir.join(MAKING);
        match fs::remove_dir_all(&folder) {
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
                Err(SimulateError::io("cannot remove", &folder)(error))
            }
            _ => Ok(()),
        }
    }

    fn other_dataset(&self) -> SimulateError {
        let problem = format!(
            "{} already holds a dataset made with other settings; choose another folder or remove it",
            self.dir.display()
        );
        SimulateError::Request { field: "out_dir", problem }
    }
}

/// 5σ magnitude of a point source in uncorrelated noise of σ a pixel: its light is weighed over the
/// 4πs² arcsec² that a Gaussian of standard deviation s fills.
fn point_depth(sigma_nmgy: f64, fwhm_arcsec: f64, pixel_scale_arcsec: f64) -> f64 {
    let spread = fwhm_arcsec / (2.0 * (2.0 * std::f64::consts::LN_2).sqrt());
    let pixels = 4.0 * std::f64::consts::PI * (spread / pixel_scale_arcsec).powi(2);
    crate::dice::round(crate::photometry::magnitude(5.0 * sigma_nmgy * pixels.sqrt()), 3)
}
