//! `lensfinder lens curves`: critical curves and caustics of a model.

use std::fmt::Write as _;

use lensing::{CriticalCurve, critical_curves, magnified_areas};
use serde::Serialize;

use super::{Curves, model, write};
use crate::{command::tell, failure::Failure};

/// Magnifications whose source area is told.
const LEVELS: [f64; 4] = [5.0, 10.0, 20.0, 50.0];
/// Steps along the field's side at most.
const MOST_STEPS: f64 = 4096.0;

/// A loop of a critical curve.
#[derive(Debug, Serialize)]
struct Loop {
    critical_area_arcsec2: f64,
    caustic_area_arcsec2: f64,
    theta_e_arcsec: f64,
}

/// The source area above a magnification.
#[derive(Debug, Serialize)]
struct Magnified {
    above: f64,
    source_area_arcsec2: f64,
}

/// What the command found.
#[derive(Debug, Serialize)]
struct Found {
    theta_e_eff_arcsec: f64,
    tangential: Vec<Loop>,
    radial: Vec<Loop>,
    magnified: Vec<Magnified>,
    contours_cut_off_by_the_field: usize,
    half_width_arcsec: f64,
    step_arcsec: f64,
}

/// Runs the command.
pub fn run(wish: &Curves, json: bool) -> Result<(), Failure> {
    let lens = model(&wish.model)?;
    let (half_width, step) = (wish.half_width, wish.step);
    let steps = 2.0 * half_width / step;
    if !(half_width > 0.0 && half_width <= 1e4 && step > 0.0 && (2.0..=MOST_STEPS).contains(&steps)) {
        return Err(Failure::words(format!(
            "--half-width {half_width} and --step {step} make {steps} steps along a side; both must be positive \
             and the steps 2 to {MOST_STEPS}"
        )));
    }
    let curves = critical_curves(&lens, half_width, step);
    if let Some(path) = &wish.points {
        let kinds = [("tangential", &curves.tangential), ("radial", &curves.radial)];
        let mut text = String::from("kind,loop,x,y,source_x,source_y\n");
        for (kind, list) in kinds {
            for (number, curve) in list.iter().enumerate() {
                for (image, source) in curve.image.iter().zip(&curve.caustic) {
                    let fields = [image[0], image[1], source[0], source[1]].map(|v| format!("{v:.9}"));
                    let _ = writeln!(text, "{kind},{},{}", number + 1, fields.join(","));
                }
            }
        }
        write(path, text.as_bytes())?;
    }
    let areas = magnified_areas(&lens, half_width, step, &LEVELS);
    let magnified = LEVELS.into_iter().zip(areas);
    let found = Found {
        theta_e_eff_arcsec: curves.theta_e_arcsec(),
        tangential: curves.tangential.iter().map(loop_of).collect(),
        radial: curves.radial.iter().map(loop_of).collect(),
        magnified: magnified
            .map(|(above, source_area_arcsec2)| Magnified { above, source_area_arcsec2 })
            .collect(),
        contours_cut_off_by_the_field: curves.cut_off,
        half_width_arcsec: half_width,
        step_arcsec: step,
    };
    tell(json, &found, &words(&found))
}

fn loop_of(curve: &CriticalCurve) -> Loop {
    Loop {
        critical_area_arcsec2: curve.area_arcsec2(),
        caustic_area_arcsec2: curve.caustic_area_arcsec2(),
        theta_e_arcsec: curve.theta_e_arcsec(),
    }
}

fn words(found: &Found) -> String {
    let mut text = format!("Effective Einstein radius: {:.4} arcsec\n", found.theta_e_eff_arcsec);
    for (name, loops) in [("tangential", &found.tangential), ("radial", &found.radial)] {
        let total = loops.iter().fold(0.0, |sum, it| sum + it.critical_area_arcsec2);
        let _ = writeln!(text, "\n{} {name} critical curves, {total:.4} arcsec² together", loops.len());
        for (number, it) in loops.iter().enumerate() {
            let _ = writeln!(
                text,
                "  {:>3}  critical {:>12.4} arcsec²   caustic {:>11.4} arcsec²   radius {:>9.4} arcsec",
                number + 1,
                it.critical_area_arcsec2,
                it.caustic_area_arcsec2,
                it.theta_e_arcsec
            );
        }
    }
    text += "\nSource plane magnified, all images together\n";
    for it in &found.magnified {
        let _ = writeln!(text, "  above {:>3}  {:>12.4} arcsec²", it.above, it.source_area_arcsec2);
    }
    if found.contours_cut_off_by_the_field > 0 {
        let _ = writeln!(
            text,
            "\nContours that the field cuts off and that are left out: {}. Use a larger --half-width.",
            found.contours_cut_off_by_the_field
        );
    }
    text += "Loops of less than 3.14 arcsec² are left out beside a larger one.";
    text
}
