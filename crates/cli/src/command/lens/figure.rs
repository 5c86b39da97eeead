//! The figure of the physics report: critical curves in the image plane and caustics in
//! the source plane of one example cluster, as SVG.

use std::fmt::Write as _;

use lensing::{CriticalCurve, CriticalCurves, LensModel, ModelError, critical_curves};

/// The example: a halo, its brightest galaxy, three members and shear.
pub const EXAMPLE: &str = r#"[
  {"type": "nfw_ellipse", "r_s": 39.5, "alpha_rs": 17.7, "q": 0.8, "phi_deg": 20},
  {"type": "dpie", "theta_e": 3, "core": 0.1, "cut": 15, "q": 0.75, "phi_deg": 35},
  {"type": "dpie", "theta_e": 1.3, "core": 0.05, "cut": 10, "q": 0.8, "phi_deg": 100, "x": 13, "y": 9},
  {"type": "dpie", "theta_e": 0.9, "core": 0.05, "cut": 8, "q": 0.7, "phi_deg": 60, "x": -16, "y": 4},
  {"type": "dpie", "theta_e": 2.2, "core": 0.05, "cut": 12, "q": 0.9, "phi_deg": 0, "x": 30, "y": -21},
  {"type": "shear", "gamma1": 0.03, "gamma2": -0.02}
]"#;

/// A panel's side, and the space around, in pixels of the drawing.
const SIDE: f64 = 420.0;
const MARGIN: f64 = 44.0;

/// The example's curves.
pub fn curves() -> Result<CriticalCurves, ModelError> {
    Ok(critical_curves(&LensModel::from_json(EXAMPLE)?, 45.0, 0.1))
}

/// Two panels side by side.
pub fn figure(curves: &CriticalCurves) -> String {
    let width = 2.0 * (SIDE + MARGIN) + MARGIN;
    let height = SIDE + 2.0 * MARGIN;
    let mut svg = format!(
        "<svg viewBox=\"0 0 {width} {height}\" role=\"img\" aria-labelledby=\"figure-title figure-text\">\n\
         <title id=\"figure-title\">Critical curves and caustics of the example lens</title>\n\
         <desc id=\"figure-text\">Left, image plane: {} tangential and {} radial critical curves, the largest of \
         effective radius {:.1} arcsec. Right, source plane: the caustics they map to.</desc>\n",
        curves.tangential.len(),
        curves.radial.len(),
        curves.theta_e_arcsec()
    );
    let both = |pick: fn(&CriticalCurve) -> &Vec<[f64; 2]>| -> Vec<(&'static str, &Vec<[f64; 2]>)> {
        let tangential = curves.tangential.iter().map(|curve| ("tangential", pick(curve)));
        tangential.chain(curves.radial.iter().map(|curve| ("radial", pick(curve)))).collect()
    };
    svg += &panel("Image plane", MARGIN, &both(|curve| &curve.image));
    svg += &panel("Source plane", SIDE + 2.0 * MARGIN, &both(|curve| &curve.caustic));
    svg + "</svg>\n"
}

/// One panel, its field just large enough.
fn panel(title: &str, left: f64, lines: &[(&str, &Vec<[f64; 2]>)]) -> String {
    let largest =
        lines.iter().flat_map(|(_, points)| points.iter().flatten()).fold(0.0_f64, |a, b| a.max(b.abs()));
    let step = [1.0, 2.0, 5.0, 10.0, 20.0].into_iter().find(|step| largest / step < 5.0).unwrap_or(50.0);
    let half = (1.05 * largest).max(step);
    let scale = 0.5 * SIDE / half;
    let place = |x: f64, y: f64| (left + 0.5 * SIDE + x * scale, MARGIN + 0.5 * SIDE - y * scale);
    let mut svg = format!(
        "<g><text class=\"title\" x=\"{:.1}\" y=\"{:.1}\">{title}, arcsec</text>\n\
         <rect class=\"frame\" x=\"{left:.1}\" y=\"{MARGIN:.1}\" width=\"{SIDE}\" height=\"{SIDE}\"/>\n",
        left,
        MARGIN - 14.0
    );
    let ticks = (half / step) as i32;
    for tick in -ticks..=ticks {
        let value = f64::from(tick) * step;
        let (x, y) = place(value, value);
        let bottom = MARGIN + SIDE;
        let _ = writeln!(
            svg,
            "<path class=\"grid\" d=\"M{x:.1} {MARGIN:.1}V{bottom:.1}M{left:.1} {y:.1}H{:.1}\"/>\
             <text class=\"tick\" x=\"{x:.1}\" y=\"{:.1}\" text-anchor=\"middle\">{value}</text>\
             <text class=\"tick\" x=\"{:.1}\" y=\"{:.1}\" text-anchor=\"end\">{value}</text>",
            left + SIDE,
            bottom + 16.0,
            left - 6.0,
            y + 4.0
        );
    }
    for (kind, points) in lines {
        let mut path = String::new();
        for (i, &[x, y]) in points.iter().enumerate() {
            let (x, y) = place(x, y);
            let _ = write!(path, "{}{x:.2} {y:.2}", if i == 0 { "M" } else { "L" });
        }
        let _ = writeln!(svg, "<path class=\"{kind}\" d=\"{path}Z\"/>");
    }
    svg + "</g>\n"
}
