//! From a catalogue to an index: the brightest stars of each cell, quads, codes,
//! both trees. The same catalogue and settings give the same index, whatever the
//! number of threads.

mod error;
mod settings;

use domain::Progress;
use rayon::prelude::*;

use crate::{
    catalogue::Catalogue,
    code::{Frame, TangentPlane},
    index::{Index, IndexMeta, Tree},
    kdtree,
    quads::{self, Rules},
    uniformize::uniformize,
    vector::{Vec3, angle_to_chord},
};
pub use error::BuildError;
pub use settings::BuildSettings;

/// Smallest coordinate of a code: that of a circle around the unit square.
pub const CODE_LOW: f64 = 0.5 - std::f64::consts::FRAC_1_SQRT_2;
/// Stored units per unit of a code.
pub const CODE_SCALE: f64 = 65_535.0 / std::f64::consts::SQRT_2;
/// Stored units per unit of a star's vector.
pub const STAR_SCALE: f64 = u32::MAX as f64 / 2.0;

/// Builds an index.
///
/// # Errors
/// When the settings contradict themselves or the catalogue, when no quad fits, or on request.
pub fn build(
    catalogue: &Catalogue,
    settings: &BuildSettings,
    progress: &dyn Progress,
) -> Result<Index<'static>, BuildError> {
    settings.check()?;
    let grid = settings.grid(settings.nside)?;
    let cut = settings.grid(settings.cut_nside.unwrap_or(settings.nside))?;
    let (years, epoch) = settings.years(catalogue)?;

    let chosen = settings.between_magnitudes(catalogue.stars());
    progress.begin("taking the brightest stars", chosen.len() as u64);
    // The solver asks for signed numbers of points.
    if chosen.len() > i32::MAX as usize {
        return Err(BuildError::TooMany { what: "stars", count: chosen.len() });
    }
    let dedup = angle_to_chord((settings.dedup_arcsec / 3600.0).to_radians());
    let direction = |star: usize| chosen[star].direction_after(years);
    let uniform = uniformize(chosen.len(), direction, cut, settings.sweeps, dedup);
    progress.advance(chosen.len() as u64);
    progress.end();
    progress.check()?;
    if uniform.stars.len() < settings.dim_quads {
        return Err(BuildError::TooFewStars { stars: uniform.stars.len(), needed: settings.dim_quads });
    }

    let points: Vec<[u32; 3]> =
        uniform.directions.par_iter().map(|direction| direction.map(stored_star)).collect();
    let kdtree::Built { tree: stars, order: rank } = kdtree::build(&points, -1.0, STAR_SCALE);
    // Quads are made of the stars as the index holds them.
    let places: Vec<Vec3> =
        stars.data.par_chunks_exact(3).map(|p| [p[0], p[1], p[2]].map(star_coordinate)).collect();
    let cells = settings.cells(grid, &places)?;
    let rules = Rules {
        dim: settings.dim_quads,
        chord: [settings.scale_low_rad, settings.scale_high_rad].map(angle_to_chord),
        passes: settings.passes,
        reuse: [settings.reuse, settings.reuse_loosened.max(settings.reuse)],
        block: if settings.sequential { 1 } else { 4096 },
    };
    let found = quads::choose(&places, &rank, grid, &cells, &rules, progress)?;
    if found.is_empty() {
        return Err(BuildError::NoQuads { stars: places.len() });
    }
    if found.len() / settings.dim_quads > i32::MAX as usize {
        return Err(BuildError::TooMany { what: "quads", count: found.len() / settings.dim_quads });
    }
    progress.check()?;

    progress.begin("codes and their tree", 0);
    let (quads, codes) = match settings.dim_quads {
        3 => coded::<3, 2>(&found, &places),
        4 => coded::<4, 4>(&found, &places),
        _ => coded::<5, 6>(&found, &places),
    };
    progress.end();

    let stars_of = |rank: &u32| &chosen[uniform.stars[*rank as usize] as usize];
    let milli = |value: f32, unit: f32| (value * unit).round().clamp(-32_767.0, 32_767.0) as i16;
    let magnitude: Vec<i16> = rank.iter().map(|rank| milli(stars_of(rank).magnitude, 1000.0)).collect();
    let motion: Option<Vec<i16>> = catalogue.has_motion().then(|| {
        let of = |rank| stars_of(rank).motion.unwrap_or_default().map(|mas| milli(mas, 1.0));
        rank.iter().flat_map(of).collect()
    });
    let count = rank.len() as u64;
    let sweep: Vec<u8> = rank.iter().map(|&rank| (256 * u64::from(rank) / count) as u8).collect();
    Ok(Index {
        meta: IndexMeta {
            id: settings.id,
            dim_quads: settings.dim_quads,
            scale_low_rad: settings.scale_low_rad,
            scale_high_rad: settings.scale_high_rad,
            healpix: -1,
            healpix_nside: 0,
            cut_nside: cut.nside(),
            sweeps: u32::from(settings.sweeps),
            jitter_arcsec: settings.jitter_arcsec,
            epoch,
            catalogue: catalogue.name().to_owned(),
        },
        quads: quads.into(),
        codes,
        stars,
        sweep: sweep.into(),
        magnitude: Some(magnitude.into()),
        motion: motion.map(Into::into),
    })
}

/// Codes of quads, and both in the order of the tree of codes.
fn coded<const Q: usize, const D: usize>(found: &[u32], stars: &[Vec3]) -> (Vec<u32>, Tree<'static, u16>) {
    let made: Vec<([u32; Q], [u16; D])> = found.par_chunks_exact(Q).map(|ids| code(ids, stars)).collect();
    let points: Vec<[u16; D]> = made.iter().map(|(_, code)| *code).collect();
    let kdtree::Built { tree, order } = kdtree::build(&points, CODE_LOW, CODE_SCALE);
    (order.iter().flat_map(|&at| made[at as usize].0).collect(), tree)
}

/// Brings a quad into its normal form: the inner stars nearer to A than to B on the whole, in the order
/// of their first coordinate.
fn code<const Q: usize, const D: usize>(ids: &[u32], stars: &[Vec3]) -> ([u32; Q], [u16; D]) {
    let star = |id: u32| stars[id as usize];
    let (mut a, mut b) = (ids[0], ids[1]);
    let plane = TangentPlane::between(star(a), star(b));
    let frame = Frame::new(plane.project(star(a)), plane.project(star(b)));
    let mut inner: Vec<(u32, [f64; 2])> =
        ids[2..].iter().map(|&id| (id, frame.place(plane.project(star(id))))).collect();
    let mean = inner.iter().map(|(_, [x, _])| x).sum::<f64>() / inner.len() as f64;
    if mean > 0.5 {
        std::mem::swap(&mut a, &mut b);
        for (_, place) in &mut inner {
            *place = place.map(|v| 1.0 - v);
        }
    }
    inner.sort_by(|(_, [x, _]), (_, [other, _])| x.total_cmp(other));
    let mut quad = [a; Q];
    let mut code = [0; D];
    quad[1] = b;
    for (i, (id, place)) in inner.into_iter().enumerate() {
        quad[i + 2] = id;
        code[2 * i] = stored_code(place[0]);
        code[2 * i + 1] = stored_code(place[1]);
    }
    (quad, code)
}

fn stored_code(value: f64) -> u16 {
    ((value - CODE_LOW) * CODE_SCALE).round().clamp(0.0, 65_535.0) as u16
}

fn stored_star(value: f64) -> u32 {
    ((value + 1.0) * STAR_SCALE).round().clamp(0.0, f64::from(u32::MAX)) as u32
}

fn star_coordinate(stored: u32) -> f64 {
    f64::from(stored) / STAR_SCALE - 1.0
}
