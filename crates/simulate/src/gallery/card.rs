//! One mock: its picture twice, once alone and once with the curves of its lens,
//! and a caption.

use std::fmt::Write as _;

use base64::{Engine as _, engine::general_purpose::STANDARD};
use imaging::{Crop, Cube, lupton, preview};
use lensing::{CriticalCurve, CseTable, critical_curves};

use super::page::escaped;
use crate::{
    error::SimulateError,
    record::{Record, Results, Source},
    render::lens_model,
};

/// Spacing of the grid the curves are searched on, over the Einstein radius.
const GRID: f64 = 0.03;

/// The figure of a lens.
pub fn card(record: &Record, cube: &Cube) -> Result<String, SimulateError> {
    let (Some(source), Some(results)) = (&record.source, &record.results) else {
        return Err(wrong(record, &"it has no lens to show"));
    };
    let half = half_width(record, results);
    let image = picture(record, cube, half)?;
    let id = escaped(&record.mock_id);
    let view = format!("{:.3} {:.3} {:.3} {:.3}", -half, -half, 2.0 * half, 2.0 * half);
    let place =
        format!(r#"x="{:.3}" y="{:.3}" width="{:.3}" height="{:.3}""#, -half, -half, 2.0 * half, 2.0 * half);
    let scale = scale_bar(half);
    let said = described(record, results);
    let curves = curves(record, source, results)?;
    let (theta, z, z_source) = (results.theta_e_arcsec, record.z_cluster, source.z);
    let sn = results.arc_sn[0].max(results.arc_sn[1]);
    let (mu, length, g) = (results.mu_total, results.arc_length_arcsec, results.lensed_mag[0]);
    let mass = record.halo.m200_msun / 1e14;
    let placement = source.placement.name();
    Ok(format!(
        r##"<figure>
<div class="pair">
<svg viewBox="{view}" role="img" aria-label="{said}"><image id="{id}" {place} href="data:image/png;base64,{image}"/>{scale}</svg>
<svg viewBox="{view}" role="img" aria-label="The same image with the critical curves and caustics of {id}"><use href="#{id}"/><rect class="veil" {place}/>{curves}</svg>
</div>
<figcaption><span class="theta">θ<sub>E</sub> {theta:.1}″</span><strong>{id}</strong>
<dl><div><dt>cluster z</dt><dd>{z:.2}</dd></div><div><dt>source z</dt><dd>{z_source:.2}</dd></div><div><dt>M200c</dt><dd>{mass:.1}×10¹⁴ M☉</dd></div><div><dt>arc g</dt><dd>{g:.1}</dd></div><div><dt>μ</dt><dd>{mu:.0}</dd></div><div><dt>S/N</dt><dd>{sn:.0}</dd></div><div><dt>length</dt><dd>{length:.0}″</dd></div><div><dt>placed by</dt><dd>{placement}</dd></div></dl></figcaption>
</figure>"##
    ))
}

/// Half the side of what is shown, arcsec: the arcs with room around them, inside the image.
fn half_width(record: &Record, results: &Results) -> f64 {
    let field = 0.5 * record.cutout.size_px as f64 * record.cutout.pixel_scale_arcsec;
    (1.9 * results.theta_e_arcsec + 4.0).min(field)
}

/// The middle of the picture, as base64 of a PNG; its outer edge is `half` arcsec from the centre.
fn picture(record: &Record, cube: &Cube, half: f64) -> Result<String, SimulateError> {
    let whole = lupton::composite(cube).map_err(|error| wrong(record, &error))?;
    let wanted = (2.0 * half / record.cutout.pixel_scale_arcsec).round() as usize;
    // The same parity as the image, so that centre stays on centre.
    let side = wanted + (wanted + whole.width) % 2;
    let cropped = if side < whole.width {
        whole.cropped(Crop::Pixels(side)).map_err(|e| wrong(record, &e))?
    } else {
        whole
    };
    let png = preview::png(&cropped).map_err(|error| wrong(record, &error))?;
    Ok(STANDARD.encode(png))
}

/// Words for those who do not see the picture.
fn described(record: &Record, results: &Results) -> String {
    let many = match results.n_images {
        1 => "one visible arc".to_owned(),
        n => format!("{n} visible arcs or images"),
    };
    escaped(&format!(
        "Simulated cluster {} with {many} around an Einstein radius of {:.1} arcseconds, the longest {:.0} arcseconds long",
        record.mock_id, results.theta_e_arcsec, results.arc_length_arcsec
    ))
}

/// Critical curves, caustics and the source, in arcsec with y down as SVG has it.
fn curves(record: &Record, source: &Source, results: &Results) -> Result<String, SimulateError> {
    let lens = lens_model(record, source.z, CseTable::Accurate).map_err(|error| wrong(record, &error))?;
    let reach = 2.5 * results.theta_e_arcsec + 5.0;
    let step = (GRID * results.theta_e_arcsec).clamp(0.1, 0.4);
    let all = critical_curves(&lens, reach, step);
    let mut svg = String::new();
    let mut draw = |class: &str, curves: &[CriticalCurve], of: fn(&CriticalCurve) -> &[[f64; 2]]| {
        for curve in curves {
            let _ = write!(svg, r#"<path class="{class}" d="{}"/>"#, path(of(curve)));
        }
    };
    draw("caustic", &all.radial, |curve| &curve.caustic);
    draw("caustic", &all.tangential, |curve| &curve.caustic);
    draw("radial", &all.radial, |curve| &curve.image);
    draw("tangential", &all.tangential, |curve| &curve.image);
    if let Some(main) = source.components.first() {
        // Position angles run from +y towards −x; SVG's y points down.
        let (major, minor) = (main.r_e / main.q.sqrt(), main.r_e * main.q.sqrt());
        let _ = write!(
            svg,
            r#"<ellipse class="source" rx="{minor:.3}" ry="{major:.3}" transform="translate({:.3} {:.3}) rotate({:.1})"/>"#,
            main.x, -main.y, -main.pa
        );
    }
    Ok(svg)
}

/// A closed polygon as a path.
fn path(points: &[[f64; 2]]) -> String {
    let mut d = String::with_capacity(points.len() * 14);
    for (number, [x, y]) in points.iter().enumerate() {
        let _ = write!(d, "{}{x:.2} {:.2}", if number == 0 { 'M' } else { 'L' }, -y);
    }
    d.push('Z');
    d
}

/// A bar of a round length in the lower left corner.
fn scale_bar(half: f64) -> String {
    let length = [1.0, 2.0, 5.0, 10.0, 20.0].into_iter().rev().find(|l| *l <= 0.5 * half).unwrap_or(1.0);
    let (x, y, font) = (-0.93 * half, 0.92 * half, 0.085 * half);
    let middle = x + 0.5 * length;
    let above = y - 0.035 * half;
    let label = format!("{length:.0}″");
    format!(
        r#"<path class="bar" d="M{x:.3} {y:.3}h{length}"/><text class="scale" x="{middle:.3}" y="{above:.3}" font-size="{font:.3}" stroke-width="{:.3}">{label}</text>"#,
        0.15 * font
    )
}

fn wrong(record: &Record, error: &dyn std::fmt::Display) -> SimulateError {
    SimulateError::Image { id: record.mock_id.clone(), reason: error.to_string() }
}
