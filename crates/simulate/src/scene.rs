//! From a planned cutout to its record and pixels, over the simulated sky or over
//! a real cutout; and from a record back to the same pixels.

use domain::{Digest, Progress, Seed};
use imaging::Cube;
use rayon::prelude::*;

use crate::{
    backgrounds::{BackgroundCutout, Backgrounds},
    config::{BackgroundConfig, Config},
    draw::{DrawError, Drawn, draw},
    error::SimulateError,
    plan::{self, Planned},
    record::Record,
    render::{render, render_over},
};

/// Real cutouts tried for one lens: many clusters are too light to make one.
const TRIES: u64 = 100;
/// Cutouts chosen together.
const BATCH: usize = 64;

/// Where cutouts lie: on simulated sky, or on real cutouts of a dataset.
pub struct Scenes(Option<Backgrounds>);

impl Scenes {
    /// Everything is simulated.
    pub const fn simulated() -> Self {
        Self(None)
    }

    /// As the settings say.
    pub fn open(config: &BackgroundConfig) -> Result<Self, SimulateError> {
        Ok(Self(config.dataset.as_deref().map(Backgrounds::open).transpose()?))
    }

    /// Digest of the dataset of real cutouts.
    pub fn digest(&self) -> Option<Digest> {
        self.0.as_ref().map(Backgrounds::digest)
    }

    /// Gives each planned cutout the real one that will lie under it, and its place on the sky. A
    /// cluster that can make no lens is passed over for the next one.
    pub fn choose(
        &self,
        config: &Config,
        seed: Seed,
        planned: &mut [Planned],
        progress: &dyn Progress,
    ) -> Result<(), SimulateError> {
        let Some(backgrounds) = &self.0 else { return Ok(()) };
        progress.begin("choosing real cutouts", planned.len() as u64);
        for batch in planned.chunks_mut(BATCH) {
            progress.check()?;
            batch.par_iter_mut().try_for_each(|item| choose_one(backgrounds, config, seed, item))?;
            progress.advance(batch.len() as u64);
        }
        progress.end();
        plan::sort(planned);
        Ok(())
    }

    /// Draws and renders a cutout; `seed` is the dataset's.
    pub fn make(&self, config: &Config, seed: Seed, item: &Planned) -> Result<(Drawn, Cube), SimulateError> {
        let background = match (&self.0, item.background) {
            (Some(backgrounds), Some(index)) => backgrounds.get(index).transpose()?,
            _ => None,
        };
        let drawn = drawn(config, seed, item, background.as_ref())?;
        let cube = match &background {
            Some(background) => render_over(&drawn.record, &background.cube)?,
            None => render(&drawn.record)?,
        };
        Ok((drawn, cube))
    }

    /// Renders a record again.
    pub fn again(&self, record: &Record) -> Result<Cube, SimulateError> {
        match (&record.background, &self.0) {
            (Some(background), Some(backgrounds)) => Ok(render_over(record, &backgrounds.load(background)?)?),
            // Without the dataset the renderer says which cutout is missing.
            _ => Ok(render(record)?),
        }
    }
}

fn drawn(
    config: &Config,
    seed: Seed,
    item: &Planned,
    background: Option<&BackgroundCutout>,
) -> Result<Drawn, DrawError> {
    let seed = seed.child("cutout").index(item.index);
    let mut drawn = draw(config, seed, &item.id, item.kind, item.sky, background)?;
    if background.is_none() {
        drawn.record.cluster_id = i64::try_from(item.index).ok();
    }
    Ok(drawn)
}

fn choose_one(
    backgrounds: &Backgrounds,
    config: &Config,
    seed: Seed,
    item: &mut Planned,
) -> Result<(), SimulateError> {
    let seeds = seed.child("background").index(item.index);
    let mut last = None;
    for attempt in 0..TRIES {
        let index = (seeds.index(attempt).to_u64() % backgrounds.len() as u64) as usize;
        let Some(background) = backgrounds.get(index).transpose()? else { continue };
        if let Some(reason) = background.unusable(config.source.z[1]) {
            last = Some(DrawError::Background { id: background.id.clone(), reason });
            continue;
        }
        match drawn(config, seed, item, Some(&background)) {
            Ok(_) => {
                item.background = Some(index);
                item.sky = backgrounds.position(index).unwrap_or(item.sky);
                return Ok(());
            }
            Err(error @ DrawError::NoLens { .. }) => last = Some(error),
            Err(error) => return Err(error.into()),
        }
    }
    Err(last.map_or_else(
        || SimulateError::Request { field: "background.dataset", problem: "has no cutout".to_owned() },
        SimulateError::from,
    ))
}
