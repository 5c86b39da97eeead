//! The image files of a cutout: a FITS cube with a header that says where, how
//! sharp and which record, and a PNG as people see it. The same record gives the
//! same bytes, which is how `verify` finds out what was touched.

use domain::Digest;
use imaging::{
    Cube,
    fits::{self, Compression},
    lupton, preview,
};

use crate::{
    config::{FitsOutput, OutputConfig},
    error::SimulateError,
    record::Record,
};

/// Folder of the images inside a dataset's folder; one folder per shard in it.
pub const FOLDER: &str = "images";

/// Path of the FITS file relative to the dataset's folder, when there is one.
pub fn fits_path(output: &OutputConfig, shard: usize, id: &str) -> Option<String> {
    let ending = match output.fits {
        FitsOutput::None => return None,
        FitsOutput::Float => "fits",
        FitsOutput::Rice => "fits.fz",
    };
    Some(format!("{FOLDER}/{shard:05}/{id}.{ending}"))
}

/// Path of the PNG relative to the dataset's folder, when there is one.
pub fn png_path(output: &OutputConfig, shard: usize, id: &str) -> Option<String> {
    output.png.then(|| format!("{FOLDER}/{shard:05}/{id}.png"))
}

/// The bytes of the FITS file; `digest` is that of the record's JSON.
pub fn fits_bytes(
    output: &OutputConfig,
    cube: &Cube,
    record: &Record,
    digest: Digest,
) -> Result<Vec<u8>, SimulateError> {
    let compression = match output.fits {
        FitsOutput::Rice => Compression::Rice { step_nmgy: output.rice_step_nmgy },
        FitsOutput::None | FitsOutput::Float => Compression::None,
    };
    let psf = record.psf.fwhm_arcsec;
    let sky = record.noise.sky_sigma_nmgy;
    let numbers = [
        ("PSFFWHMG", psf[0]),
        ("PSFFWHMR", psf[1]),
        ("PSFFWHMZ", psf[2]),
        ("SKYSIGG", sky[0]),
        ("SKYSIGR", sky[1]),
        ("SKYSIGZ", sky[2]),
        ("ZCLUSTER", record.z_cluster),
    ];
    let (digest, kind) = (digest.to_string(), record.kind.to_string());
    let texts = [
        ("MOCKID", record.mock_id.as_str()),
        ("KIND", kind.as_str()),
        ("SIMUL", "simulated, not observed"),
        ("RECSHA", digest.as_str()),
    ];
    fits::write_described(cube, compression, &numbers, &texts).map_err(|error| image(record, &error))
}

/// The bytes of the PNG.
pub fn png_bytes(cube: &Cube, record: &Record) -> Result<Vec<u8>, SimulateError> {
    let picture = lupton::composite(cube).map_err(|error| image(record, &error))?;
    preview::png(&picture).map_err(|error| image(record, &error))
}

fn image(record: &Record, error: &dyn std::fmt::Display) -> SimulateError {
    SimulateError::Image { id: record.mock_id.clone(), reason: error.to_string() }
}
