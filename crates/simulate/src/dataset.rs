//! Simulates whole datasets: plans, draws and renders in parallel, and writes
//! shards in order. Each shard's records are on disk before the shard counts as
//! finished, so an interrupted run goes on where it stopped, and the bytes do
//! not depend on the number of threads.

use std::{
    fmt::Write as _,
    fs,
    path::{Path, PathBuf},
};

use domain::{Digest, Label, Progress, Seed};
use imaging::{Tile, TileSpec, tile};
use rayon::prelude::*;
use serde_json::json;
use survey::{Dataset, DatasetWriter, NewRow};

use crate::{
    config::Config,
    draw::draw,
    error::SimulateError,
    plan::{Planned, plan},
    record::Record,
    records,
    render::render,
};

/// Cutouts rendered together before their rows are written; also how often a request to stop is heard.
const BATCH: usize = 64;

/// A survey whose lenses are hidden: all labels unknown, the truth in `truth.csv`.
#[derive(Debug, Clone, PartialEq)]
pub struct SurveyRequest {
    /// What is simulated.
    pub config: Config,
    /// Root of all random numbers.
    pub seed: Seed,
    /// Folder of the dataset.
    pub out_dir: PathBuf,
    /// Number of cutouts.
    pub count: u64,
    /// Share of lenses.
    pub lens_rate: f64,
    /// Share of look-alikes.
    pub look_alike_rate: f64,
    /// Cutouts in a shard.
    pub rows_per_shard: usize,
    /// Name of the dataset.
    pub name: String,
}

impl SurveyRequest {
    /// 4,000 cutouts like the Legacy Surveys', 2.5 % lenses and 20 % look-alikes.
    #[must_use]
    pub fn new(out_dir: &Path, seed: Seed) -> Self {
        Self {
            config: Config::default(),
            seed,
            out_dir: out_dir.to_owned(),
            count: 4000,
            lens_rate: 0.025,
            look_alike_rate: 0.2,
            rows_per_shard: 1024,
            name: "survey".to_owned(),
        }
    }
}

/// Examples to learn from, labelled.
#[derive(Debug, Clone, PartialEq)]
pub struct TrainingRequest {
    /// What is simulated; [`Config::training`] has clear lenses.
    pub config: Config,
    /// Root of all random numbers.
    pub seed: Seed,
    /// Folder of the dataset.
    pub out_dir: PathBuf,
    /// Number of lenses.
    pub positives: u64,
    /// Number of others.
    pub negatives: u64,
    /// Share of look-alikes among the others.
    pub look_alike_share: f64,
    /// Cutouts in a shard.
    pub rows_per_shard: usize,
    /// Name of the dataset.
    pub name: String,
}

impl TrainingRequest {
    /// 1,500 clear lenses and as many clusters without, 5 % of them with a look-alike.
    #[must_use]
    pub fn new(out_dir: &Path, seed: Seed) -> Self {
        Self {
            config: Config::training(),
            seed,
            out_dir: out_dir.to_owned(),
            positives: 1500,
            negatives: 1500,
            look_alike_share: 0.05,
            rows_per_shard: 1024,
            name: "training".to_owned(),
        }
    }
}

/// Simulates a survey. A finished one is returned as it is; an interrupted one is continued.
///
/// # Errors
/// When the request cannot be fulfilled, the disk is full, or the person asked to stop.
pub fn simulate_survey(request: &SurveyRequest, progress: &dyn Progress) -> Result<Dataset, SimulateError> {
    share("lens_rate", request.lens_rate)?;
    share("look_alike_rate", request.look_alike_rate)?;
    share("lens_rate + look_alike_rate", request.lens_rate + request.look_alike_rate)?;
    let part = |rate: f64| (request.count as f64 * rate).round() as u64;
    let lenses = part(request.lens_rate);
    let look_alikes = part(request.look_alike_rate).min(request.count - lenses);
    let job = Job {
        config: &request.config,
        seed: request.seed,
        dir: &request.out_dir,
        name: &request.name,
        rows_per_shard: request.rows_per_shard,
        prefix: "s",
        counts: [lenses, look_alikes, request.count - lenses - look_alikes],
        labelled: false,
    };
    job.run(progress)
}

/// Simulates a training set. A finished one is returned as it is; an interrupted one is continued.
///
/// # Errors
/// As [`simulate_survey`].
pub fn simulate_training(
    request: &TrainingRequest,
    progress: &dyn Progress,
) -> Result<Dataset, SimulateError> {
    share("look_alike_share", request.look_alike_share)?;
    let look_alikes = (request.negatives as f64 * request.look_alike_share).round() as u64;
    let job = Job {
        config: &request.config,
        seed: request.seed,
        dir: &request.out_dir,
        name: &request.name,
        rows_per_shard: request.rows_per_shard,
        prefix: "t",
        counts: [request.positives, look_alikes, request.negatives - look_alikes],
        labelled: true,
    };
    job.run(progress)
}

fn share(field: &'static str, value: f64) -> Result<(), SimulateError> {
    if (0.0..=1.0).contains(&value) {
        return Ok(());
    }
    Err(SimulateError::Request { field, problem: format!("{value} is no share; give a number from 0 to 1") })
}

/// What both kinds of dataset have in common.
struct Job<'a> {
    config: &'a Config,
    seed: Seed,
    dir: &'a Path,
    name: &'a str,
    rows_per_shard: usize,
    prefix: &'static str,
    /// Lenses, look-alikes, plain clusters.
    counts: [u64; 3],
    labelled: bool,
}

/// A finished cutout.
struct Made {
    json: Vec<u8>,
    row: NewRow,
    tile: Tile,
    truth: String,
}

impl Job<'_> {
    fn run(&self, progress: &dyn Progress) -> Result<Dataset, SimulateError> {
        self.config.check()?;
        let total: u64 = self.counts.iter().sum();
        if total == 0 || total > 100_000_000 {
            let problem = format!("{total} cutouts cannot be made; ask for 1 to 100 million");
            return Err(SimulateError::Request { field: "count", problem });
        }
        if self.rows_per_shard == 0 {
            let problem = "0 cutouts per shard; give at least 1".to_owned();
            return Err(SimulateError::Request { field: "rows_per_shard", problem });
        }
        let origin = self.origin();
        if self.dir.join("dataset.json").exists() {
            let dataset = Dataset::open(self.dir)?;
            return if dataset.origin() == &origin { Ok(dataset) } else { Err(self.other_dataset()) };
        }
        let spec = TileSpec::default();
        let fingerprint = Digest::of(origin.to_string().as_bytes());
        let [lenses, look_alikes, plain] = self.counts;
        let planned = plan(self.config, self.seed, self.prefix, lenses, look_alikes, plain);
        let folder = self.dir.join(records::FOLDER);
        fs::create_dir_all(&folder).map_err(SimulateError::io("cannot create the folder", &folder))?;
        let mut writer =
            DatasetWriter::resume(self.dir, self.name, spec.clone(), self.rows_per_shard, fingerprint)?;
        writer.set_origin(origin);

        progress.begin("simulating", total);
        let done = writer.inputs_done() as usize;
        progress.advance(done as u64);
        // The last shard may be a short one and yet be finished.
        let first = done.div_ceil(self.rows_per_shard);
        for (shard, items) in planned.chunks(self.rows_per_shard).enumerate().skip(first) {
            self.shard(shard, items, &spec, &mut writer, progress)?;
        }
        let shards = planned.len().div_ceil(self.rows_per_shard);
        self.join_lists(shards)?;
        let dataset = writer.finish()?;
        for part in (0..shards).flat_map(|shard| ["index", "truth"].map(|kind| format!("{shard:05}.{kind}")))
        {
            let path = folder.join(part);
            fs::remove_file(&path).map_err(SimulateError::io("cannot remove", &path))?;
        }
        progress.end();
        Ok(dataset)
    }

    /// Draws, renders and writes the rows of one shard.
    fn shard(
        &self,
        shard: usize,
        items: &[Planned],
        spec: &TileSpec,
        writer: &mut DatasetWriter,
        progress: &dyn Progress,
    ) -> Result<(), SimulateError> {
        let (mut lines, mut index, mut truth) = (Vec::new(), String::new(), String::new());
        let mut waiting = None;
        for batch in items.chunks(BATCH) {
            progress.check()?;
            let made: Vec<Made> =
                batch.par_iter().map(|item| self.make(item, spec)).collect::<Result<_, SimulateError>>()?;
            for made in made {
                let (offset, length) = (lines.len(), made.json.len());
                let _ = writeln!(index, "{},{shard},{offset},{length}", made.row.id);
                truth.push_str(&made.truth);
                lines.extend_from_slice(&made.json);
                lines.push(b'\n');
                // The last row finishes the shard; everything else must be on disk before.
                if let Some((row, tile)) = waiting.replace((made.row, made.tile)) {
                    writer.push(row, &tile)?;
                }
            }
            progress.advance(batch.len() as u64);
        }
        let folder = self.dir.join(records::FOLDER);
        write_whole(&folder.join(records::file_name(shard)), &lines)?;
        write_whole(&folder.join(format!("{shard:05}.index")), index.as_bytes())?;
        write_whole(&folder.join(format!("{shard:05}.truth")), truth.as_bytes())?;
        if let Some((row, tile)) = waiting {
            writer.push(row, &tile)?;
        }
        Ok(())
    }

    fn make(&self, item: &Planned, spec: &TileSpec) -> Result<Made, SimulateError> {
        let record =
            draw(self.config, self.seed.child("cutout").index(item.index), &item.id, item.kind, item.sky)?;
        let cube = render(&record)?;
        let tile = tile::tile(&cube, spec)?;
        let json = serde_json::to_vec(&record).map_err(|error| SimulateError::Format {
            path: self.dir.to_owned(),
            reason: format!("record {}: {error}", item.id),
        })?;
        let label = if self.labelled { item.kind.label() } else { Label::Unknown };
        let row = NewRow {
            id: item.id.clone(),
            source: format!("record:{}", item.id),
            digest: Digest::of(&json),
            bands: "grz".to_owned(),
            pixel_scale_arcsec: Some(record.cutout.pixel_scale_arcsec),
            width: cube.width,
            height: cube.height,
            position: Some(item.sky),
            label,
            provenance: "simulated".to_owned(),
        };
        Ok(Made { truth: truth_line(&record), json, row, tile })
    }

    /// What decides every byte of the dataset.
    fn origin(&self) -> serde_json::Value {
        let [lenses, look_alikes, plain] = self.counts;
        json!({
            "simulated_by": concat!("simulate ", env!("CARGO_PKG_VERSION")),
            "config": self.config,
            "seed": self.seed.to_u64(),
            "lenses": lenses,
            "look_alikes": look_alikes,
            "plain": plain,
            "labelled": self.labelled,
        })
    }

    fn other_dataset(&self) -> SimulateError {
        let problem = format!(
            "{} already holds a dataset made with other settings; choose another folder or remove it",
            self.dir.display()
        );
        SimulateError::Request { field: "out_dir", problem }
    }

    /// Joins the shards' lists to `truth.csv` and the index of the records.
    fn join_lists(&self, shards: usize) -> Result<(), SimulateError> {
        let folder = self.dir.join(records::FOLDER);
        let join = |kind: &str, header: &str| {
            let mut all = format!("{header}\n");
            for shard in 0..shards {
                let path = folder.join(format!("{shard:05}.{kind}"));
                all.push_str(&fs::read_to_string(&path).map_err(SimulateError::io("cannot read", &path))?);
            }
            Ok::<_, SimulateError>(all)
        };
        let index = join("index", "id,file,offset,length")?;
        let truth = join("truth", "id,kind,label,theta_e_arcsec,arc_sn")?;
        write_whole(&folder.join(records::INDEX), index.as_bytes())?;
        write_whole(&self.dir.join("truth.csv"), truth.as_bytes())
    }
}

/// One line of `truth.csv`; the last two columns are empty without a lens.
fn truth_line(record: &Record) -> String {
    let lens = record
        .results
        .as_ref()
        .map_or_else(|| ",".to_owned(), |r| format!("{},{}", r.theta_e_arcsec, r.arc_sn[0].max(r.arc_sn[1])));
    format!("{},{},{},{lens}\n", record.mock_id, record.kind, record.kind.label().code())
}

/// Writes beside the place, then renames, so that no half file has a final name.
fn write_whole(path: &Path, bytes: &[u8]) -> Result<(), SimulateError> {
    let part = path.with_extension("part");
    let write = || {
        let mut file = fs::File::create(&part)?;
        std::io::Write::write_all(&mut file, bytes)?;
        file.sync_all()?;
        fs::rename(&part, path)
    };
    write().map_err(SimulateError::io("cannot write", path))
}
