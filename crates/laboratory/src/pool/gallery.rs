//! The images that fooled the network: what it saw, and where it saw it.

use base64::{Engine as _, engine::general_purpose::STANDARD};
use finder::Model;
use imaging::{Rgb8, preview};
use survey::Dataset;

use super::{evaluate::Judged, report::Example};
use crate::LabError;

/// Images of each kind.
const MOST: usize = 6;

/// The non-lenses it likes most and the lenses it likes least.
///
/// # Errors
/// When the tiles cannot be read.
pub fn worst(model: &Model, dataset: &Dataset, judged: &Judged) -> Result<Vec<Example>, LabError> {
    let mut order: Vec<usize> = (0..judged.ids.len()).collect();
    // Ids decide between equals, so that the same run shows the same images.
    order.sort_by(|&a, &b| {
        judged.logits[b].total_cmp(&judged.logits[a]).then_with(|| judged.ids[a].cmp(&judged.ids[b]))
    });
    let is_lens = |at: &usize| judged.truth[*at].is_lens;
    let false_positives: Vec<usize> = order.iter().copied().filter(|at| !is_lens(at)).take(MOST).collect();
    let false_negatives: Vec<usize> = order.iter().rev().copied().filter(is_lens).take(MOST).collect();
    let chosen: Vec<usize> = false_positives.into_iter().chain(false_negatives).collect();
    let places: Vec<(usize, usize)> = chosen.iter().map(|at| judged.places[*at]).collect();
    let tiles = dataset.tiles(&places)?;
    let all: Vec<u8> = tiles.iter().flat_map(|tile| tile.data.iter().copied()).collect();
    let outputs = model.outputs(&all)?;
    let side = outputs.map_side;
    let mut examples = Vec::with_capacity(chosen.len());
    for (k, (&at, tile)) in chosen.iter().zip(&tiles).enumerate() {
        let map = outputs.maps.get(k * side * side..(k + 1) * side * side).unwrap_or_default();
        let truth = &judged.truth[at];
        let beaten = (0..judged.ids.len())
            .filter(|&other| judged.truth[other].is_lens != truth.is_lens)
            .map(|other| {
                let above = judged.logits[other] > judged.logits[at];
                u64::from(above == truth.is_lens)
            })
            .collect::<Vec<_>>();
        let what = match (truth.is_lens, truth.look_alike) {
            (true, _) => {
                let number = |value: Option<f64>, unit: &str| {
                    value.map_or_else(String::new, |value| format!("{value:.1}{unit}"))
                };
                format!(
                    "lens, Einstein radius {}, arc S/N {}",
                    number(truth.theta_e_arcsec, "″"),
                    number(truth.arc_sn, "")
                )
            }
            (false, Some(kind)) => format!("no lens: {}", words(kind)),
            (false, None) => "no lens: nothing that resembles one".to_owned(),
        };
        examples.push(Example {
            id: judged.ids[at].clone(),
            is_lens: truth.is_lens,
            what,
            probability: judged.probabilities[at],
            wrong_side_of: beaten.iter().sum::<u64>() as f64 / beaten.len().max(1) as f64,
            tile_png: encode(&picture(&tile.data), tile.size)?,
            map_png: encode(&tinted(&tile.data, tile.size, map, side), tile.size)?,
        });
    }
    Ok(examples)
}

fn words(kind: domain::LookAlike) -> &'static str {
    use domain::LookAlike as L;
    match kind {
        L::Spiral => "a spiral galaxy",
        L::Ring => "a ring galaxy",
        L::EdgeOnPair => "galaxies seen edge-on",
        L::Merger => "galaxies that merge",
        L::StarSpike => "a star's spikes",
        L::SatelliteTrail => "a satellite's trail",
    }
}

/// What the network sees, brightened for people: the sky is dark in its bytes.
fn picture(tile: &[u8]) -> Vec<u8> {
    let brighter = |byte: &u8| {
        let level = (f64::from(*byte) / 255.0 - 0.18).max(0.0) / 0.62;
        (255.0 * level.min(1.0).powf(0.8)).round() as u8
    };
    tile.iter().map(brighter).collect()
}

/// The same in grey with the map over it in orange: the more, the more the place says "lens".
fn tinted(tile: &[u8], size: usize, map: &[f32], side: usize) -> Vec<u8> {
    let grey = picture(tile);
    let low = map.iter().copied().fold(f32::INFINITY, f32::min);
    let high = map.iter().copied().fold(f32::NEG_INFINITY, f32::max);
    let range = f64::from(high - low).max(1e-6);
    let at = |x: usize, y: usize| {
        map.get(y.min(side - 1) * side + x.min(side - 1)).map_or(0.0, |v| f64::from(v - low) / range)
    };
    let mut out = Vec::with_capacity(tile.len());
    for (pixel, rgb) in grey.chunks_exact(3).enumerate() {
        let (x, y) = (pixel % size, pixel / size);
        let light = f64::from(rgb[0]) * 0.3 + f64::from(rgb[1]) * 0.4 + f64::from(rgb[2]) * 0.3;
        let heat = if side == 0 {
            0.0
        } else {
            let place = |v: usize| ((v as f64 + 0.5) / size as f64 * side as f64 - 0.5).max(0.0);
            let (u, v) = (place(x), place(y));
            let (i, j) = (u as usize, v as usize);
            let (a, b) = (u - i as f64, v - j as f64);
            let top = at(i, j) * (1.0 - a) + at(i + 1, j) * a;
            let bottom = at(i, j + 1) * (1.0 - a) + at(i + 1, j + 1) * a;
            (top * (1.0 - b) + bottom * b).powi(2)
        };
        let tint = [255.0, 140.0, 0.0];
        out.extend(
            tint.map(|colour: f64| (light * (1.0 - 0.75 * heat) + colour * 0.75 * heat).round() as u8),
        );
    }
    out
}

fn encode(pixels: &[u8], size: usize) -> Result<String, LabError> {
    let problem =
        || LabError::Run("a picture of the gallery cannot be made: its bytes do not fit".to_owned());
    let picture = Rgb8::new(size, size, pixels.to_vec()).ok_or_else(problem)?;
    Ok(STANDARD.encode(preview::png(&picture).map_err(|_| problem())?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_map_tints_the_place_it_is_high_at() {
        let tile = vec![120; 8 * 8 * 3];
        let mut map = vec![0.0; 16];
        map[0] = 5.0;
        let tinted = tinted(&tile, 8, &map, 4);
        assert!(tinted[0] > tinted[tinted.len() - 3], "the corner is warmer");
        assert_eq!(tinted.len(), tile.len());
    }

    #[test]
    fn a_network_without_maps_leaves_the_picture_grey() {
        let tinted = tinted(&[10, 20, 30], 1, &[], 0);
        assert_eq!(tinted.len(), 3);
    }
}
