//! What is told of one image, as JSON.

use std::path::Path;

use serde::Serialize;

use super::Placed;

/// One object an image. Numbers are null where there is no place.
#[derive(Debug, Default, Serialize)]
pub struct Answer {
    pub image: String,
    pub solved: bool,
    /// Middle of the image.
    pub ra_deg: Option<f64>,
    pub dec_deg: Option<f64>,
    pub scale_arcsec_per_px: Option<f64>,
    /// Sign of the determinant of CD.
    pub parity: Option<i8>,
    /// Position angle of rising rows, from north to east.
    pub rotation_deg: Option<f64>,
    pub log_odds: Option<f64>,
    /// Logarithm of the number of places that were looked at.
    pub ln_trials: Option<f64>,
    /// Processor time: decoding, finding sources, searching.
    pub read_cpu_s: f64,
    pub extract_cpu_s: f64,
    pub solve_cpu_s: f64,
    /// Why there is no place.
    pub reason: Option<String>,
    pub width: u32,
    pub height: u32,
    pub sources: usize,
    pub matched_stars: Option<usize>,
    pub rms_px: Option<f64>,
    /// Highest order of the distortion; 0 for none.
    pub sip_order: Option<usize>,
    /// Corners, degrees: first pixel, end of the first row, last pixel, beginning of the last row.
    pub footprint: Option<[[f64; 2]; 4]>,
    pub index: Option<String>,
    pub clusters: Vec<Object>,
    pub candidates: Vec<Object>,
    pub files: Vec<String>,
}

/// A cluster or candidate in the image.
#[derive(Debug, Serialize)]
pub struct Object {
    pub name: String,
    pub list: String,
    pub ra_deg: f64,
    pub dec_deg: f64,
    /// Pixel, counted from 1.
    pub pixel: Option<[f64; 2]>,
    pub separation_arcmin: f64,
    pub z: Option<f64>,
}

impl Answer {
    pub fn new(path: &Path) -> Self {
        Self { image: path.display().to_string(), ..Self::default() }
    }

    pub(super) fn placed(&mut self, placed: &Placed, index: &str) {
        let solution = &placed.solution;
        self.solved = true;
        self.ra_deg = Some(solution.centre.ra_deg);
        self.dec_deg = Some(solution.centre.dec_deg);
        self.scale_arcsec_per_px = Some(solution.scale_arcsec);
        self.parity = Some(solution.parity);
        self.rotation_deg = Some(solution.rotation_deg);
        self.log_odds = Some(solution.log_odds);
        self.ln_trials = Some(solution.ln_trials);
        self.matched_stars = Some(solution.matches.len());
        let squares = solution.matches.iter().map(|pair| pair.residual_px.map(|r| r * r).iter().sum::<f64>());
        self.rms_px = Some((squares.sum::<f64>() / solution.matches.len().max(1) as f64).sqrt());
        self.sip_order = Some(if solution.wcs.is_distorted() { solution.wcs.a.order() } else { 0 });
        self.footprint = Some(solution.footprint.map(|corner| [corner.ra_deg, corner.dec_deg]));
        self.index = Some(index.to_owned());
        for object in &placed.matched {
            let list = if object.kind == plates::matched::ListKind::Cluster {
                &mut self.clusters
            } else {
                &mut self.candidates
            };
            list.push(Object {
                name: object.name.clone(),
                list: object.list.clone(),
                ra_deg: object.position.ra_deg,
                dec_deg: object.position.dec_deg,
                pixel: object.pixel,
                separation_arcmin: object.separation_arcmin,
                z: object.z,
            });
        }
        self.files = placed.files.iter().map(|path| path.display().to_string()).collect();
    }
}
