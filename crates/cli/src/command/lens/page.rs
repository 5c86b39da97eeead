//! The physics report as one HTML page without scripts or outside files.

use std::{collections::BTreeMap, fmt::Write as _};

use lensing::{
    CseTable, Ellipse, EllipticalNfw, Mass as _, ParameterError,
    agreement::{Row, Verdict},
    sersic_b,
};

use super::figure;

const STYLE: &str = "
:root { color-scheme: light dark; --ink: #1b1f24; --faint: #57606a; --paper: #fff; --line: #d0d7de; --band: #f6f8fa;
  --good: #116329; --bad: #a40e26; --one: #0550ae; --two: #a63d00; }
@media (prefers-color-scheme: dark) { :root { --ink: #e6edf3; --faint: #9aa4af; --paper: #0d1117; --line: #30363d;
  --band: #161b22; --good: #56d364; --bad: #ff7b72; --one: #79c0ff; --two: #ffa657; } }
body { font: 16px/1.55 system-ui, sans-serif; color: var(--ink); background: var(--paper); margin: 0 auto;
  max-width: 68rem; padding: 2rem 1.25rem 4rem; }
h1 { font-size: 1.9rem; line-height: 1.2; margin: 0 0 .5rem; } h2 { margin: 2.6rem 0 .6rem; font-size: 1.3rem; }
p, li { max-width: 44rem; } .lead { color: var(--faint); font-size: 1.08rem; }
.wide { overflow-x: auto; } .wide:focus-visible, a:focus-visible { outline: 3px solid var(--one); outline-offset: 2px; }
table { border-collapse: collapse; width: 100%; font-size: .9rem; margin: .4rem 0 1rem; }
caption { text-align: left; color: var(--faint); padding: .3rem 0; }
th, td { text-align: left; padding: .32rem .6rem; border-bottom: 1px solid var(--line); vertical-align: top; }
thead th { background: var(--band); } tbody th { font-weight: 600; }
td.number, th.number { text-align: right; font-variant-numeric: tabular-nums; white-space: nowrap; }
.group th { padding-top: 1rem; } .good, .bad { white-space: nowrap; } .place { overflow-wrap: anywhere; color: var(--faint); }
table.small { width: auto; min-width: 26rem; }
.good { color: var(--good); font-weight: 600; } .bad { color: var(--bad); font-weight: 700; }
dl { display: grid; grid-template-columns: max-content 1fr; gap: .35rem 1.2rem; max-width: 60rem; }
dt { font-weight: 600; } dd { margin: 0; }
@media (max-width: 40rem) { dl { grid-template-columns: 1fr; } dd { margin-bottom: .5rem; } }
code, pre { font: .88rem/1.5 ui-monospace, monospace; } pre { background: var(--band); padding: .8rem; overflow-x: auto; }
figure { margin: 1rem 0; } svg { width: 100%; height: auto; }
svg text { fill: var(--ink); font: 13px system-ui, sans-serif; } svg text.title { font-size: 15px; font-weight: 600; }
svg text.tick { fill: var(--faint); font-size: 11px; } .frame { fill: none; stroke: var(--faint); }
.grid { stroke: var(--line); stroke-width: .6; fill: none; } .tangential, .radial { fill: none; stroke-width: 1.8; }
.tangential { stroke: var(--one); } .radial { stroke: var(--two); stroke-dasharray: 5 3; }
";

/// The page about these comparisons.
pub fn page(rows: &[Row]) -> String {
    let count = |verdict: fn(&Verdict) -> bool| rows.iter().filter(|row| verdict(&row.verdict)).count();
    let passed = count(|verdict| *verdict == Verdict::Passes);
    let failed = count(|verdict| *verdict == Verdict::Fails);
    let left = rows.len() - passed - failed;
    let verdict = if failed == 0 {
        format!("<span class=\"good\">All {passed} comparisons agree</span>")
    } else {
        format!("<span class=\"bad\">{failed} of {} comparisons disagree</span>", passed + failed)
    };
    let mut html = format!(
        "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
         <title>Lensfinder: lensing physics against reference tables</title>\n<style>{STYLE}</style>\n</head>\n<body>\n\
         <header>\n<h1>Lensing physics against reference tables</h1>\n\
         <p class=\"lead\">{verdict}; {left} tables are of something else and say why below. \
         Lensfinder {version}.</p>\n</header>\n<main>\n",
        version = env!("CARGO_PKG_VERSION")
    );
    html += &failures(rows);
    html += &agreement(rows);
    html += &not_compared(rows);
    html += &approximation();
    html += &half_light();
    html += CONVENTIONS;
    html += &example();
    html + "</main>\n</body>\n</html>\n"
}

fn failures(rows: &[Row]) -> String {
    let failed: Vec<&Row> = rows.iter().filter(|row| row.verdict == Verdict::Fails).collect();
    if failed.is_empty() {
        return String::new();
    }
    let items: String = failed
        .iter()
        .map(|row| {
            format!(
                "<li><strong>{}</strong>, {}: {:.2e} {} off, {:.0e} allowed; {}</li>\n",
                escape(&row.table),
                escape(&row.quantity),
                row.worst,
                row.unit,
                row.tolerance,
                escape(&row.location)
            )
        })
        .collect();
    format!(
        "<section aria-labelledby=\"failed\">\n<h2 id=\"failed\">What disagrees</h2>\n<ul>\n{items}</ul>\n</section>\n"
    )
}

fn agreement(rows: &[Row]) -> String {
    let mut tables: BTreeMap<&str, Vec<&Row>> = BTreeMap::new();
    for row in rows.iter().filter(|row| !matches!(row.verdict, Verdict::NotOurs(_))) {
        tables.entry(&row.table).or_default().push(row);
    }
    let mut html = String::from(
        "<section aria-labelledby=\"agreement\">\n<h2 id=\"agreement\">Agreement</h2>\n\
         <p>Each row is the largest difference over all points of a table. <code>exact_*</code> are integrals of \
         the mass done without lensing code, <code>lens_*</code> and <code>light_*</code> come from lenstronomy, \
         distances from astropy, concentrations from colossus.</p>\n\
         <div class=\"wide\" tabindex=\"0\" role=\"region\" aria-labelledby=\"agreement\">\n<table>\n<thead><tr>\
         <th scope=\"col\">Quantity</th><th scope=\"col\" class=\"number\">Points</th>\
         <th scope=\"col\" class=\"number\">Worst</th><th scope=\"col\" class=\"number\">Allowed</th>\
         <th scope=\"col\">Unit</th><th scope=\"col\">Result</th><th scope=\"col\">Worst at</th></tr></thead>\n",
    );
    for (name, rows) in tables {
        let _ = writeln!(
            html,
            "<tbody>\n<tr class=\"group\"><th scope=\"rowgroup\" colspan=\"7\">{}</th></tr>",
            escape(name)
        );
        for row in rows {
            let (class, word) = if row.passes() { ("good", "✓ agrees") } else { ("bad", "✗ disagrees") };
            let _ = writeln!(
                html,
                "<tr><td>{}</td><td class=\"number\">{}</td><td class=\"number\">{:.1e}</td>\
                 <td class=\"number\">{:.0e}</td><td>{}</td><td class=\"{class}\">{word}</td><td class=\"place\">{}</td></tr>",
                escape(&row.quantity),
                row.points,
                row.worst,
                row.tolerance,
                row.unit,
                escape(&row.location)
            );
        }
        html += "</tbody>\n";
    }
    html + "</table>\n</div>\n</section>\n"
}

fn not_compared(rows: &[Row]) -> String {
    let items: String = rows
        .iter()
        .filter_map(|row| match &row.verdict {
            Verdict::NotOurs(reason) => {
                Some(format!("<li><strong>{}</strong>: {}</li>\n", escape(&row.table), escape(reason)))
            }
            _ => None,
        })
        .collect();
    if items.is_empty() {
        return items;
    }
    format!(
        "<section aria-labelledby=\"left\">\n<h2 id=\"left\">Not compared, and why</h2>\n<ul>\n{items}</ul>\n</section>\n"
    )
}

/// Sixteen ellipsoids against forty-four.
fn approximation() -> String {
    let mut html = String::from(
        "<section aria-labelledby=\"terms\">\n<h2 id=\"terms\">Sixteen ellipsoids instead of forty-four</h2>\n\
         <p>The NFW halo elliptical in mass is a sum of cored steep ellipsoids (Oguri 2021). Caustics use 44, \
         pixels of 0.262 arcsec 16. Largest differences over 60 arcsec around a halo of scale radius 39.5 arcsec \
         and deflection 17.7 arcsec there:</p>\n<table class=\"small\">\n<thead><tr><th scope=\"col\">Axis ratio</th>\
         <th scope=\"col\" class=\"number\">Deflection, arcsec</th>\
         <th scope=\"col\" class=\"number\">Convergence, relative</th></tr></thead>\n<tbody>\n",
    );
    for q in [0.9, 0.6, 0.3] {
        if let Ok([alpha, kappa]) = terms_differ(q) {
            let _ = writeln!(
                html,
                "<tr><th scope=\"row\">{q}</th><td class=\"number\">{alpha:.3}</td>\
                 <td class=\"number\">{kappa:.2e}</td></tr>"
            );
        }
    }
    html + "</tbody>\n</table>\n</section>\n"
}

/// Largest difference in deflection and, relative, in convergence.
fn terms_differ(q: f64) -> Result<[f64; 2], ParameterError> {
    let make = |table| EllipticalNfw::new(Ellipse::new(0.0, 0.0, q, 0.2)?, 39.5, 17.7, table);
    let (fine, fast) = (make(CseTable::Accurate)?, make(CseTable::Fast)?);
    let (mut alpha, mut kappa) = (0.0_f64, 0.0_f64);
    for i in -60..=60 {
        for j in -60..=60 {
            let (x, y) = (f64::from(i) + 0.25, f64::from(j) + 0.25);
            let ([a, b], [c, d]) = (fine.deflection(x, y), fast.deflection(x, y));
            alpha = alpha.max((a - c).hypot(b - d));
            kappa = kappa.max((fast.convergence(x, y) / fine.convergence(x, y) - 1.0).abs());
        }
    }
    Ok([alpha, kappa])
}

/// b_n here and in lenstronomy.
fn half_light() -> String {
    let mut html = String::from(
        "<section aria-labelledby=\"bn\">\n<h2 id=\"bn\">b<sub>n</sub> of the Sérsic profile</h2>\n\
         <p>Here R<sub>e</sub> holds half the light: γ(2n, b) = Γ(2n)/2, solved to the last digit. lenstronomy \
         uses 1.9992 n − 0.3271; the tables above are compared with that value.</p>\n<table class=\"small\">\n<thead><tr>\
         <th scope=\"col\">n</th><th scope=\"col\" class=\"number\">exact</th>\
         <th scope=\"col\" class=\"number\">lenstronomy</th><th scope=\"col\" class=\"number\">difference</th>\
         </tr></thead>\n<tbody>\n",
    );
    for n in [0.5, 1.0, 1.5, 2.0, 4.0, 6.0] {
        let (exact, theirs) = (sersic_b(n), 1.9992 * n - 0.3271);
        let off = 100.0 * (theirs / exact - 1.0);
        let _ = writeln!(
            html,
            "<tr><th scope=\"row\">{n}</th><td class=\"number\">{exact:.9}</td>\
             <td class=\"number\">{theirs:.4}</td><td class=\"number\">{off:+.3} %</td></tr>"
        );
    }
    html + "</tbody>\n</table>\n</section>\n"
}

const CONVENTIONS: &str = "<section aria-labelledby=\"conventions\">\n<h2 id=\"conventions\">Conventions</h2>\n<dl>\n\
<dt>Frame</dt><dd>Arcsec from the middle of the field, x right, y up. Position angles count from north to east; \
with north up and east left that is from +y towards −x.</dd>\n\
<dt>Ellipticity</dt><dd>Of the mass, not of the potential; R² = q x² + y²/q along the axes, so a change of q keeps \
the area. e₁, e₂ = (1 − q)/(1 + q) (cos 2φ, sin 2φ), φ counter-clockwise from +x.</dd>\n\
<dt>Deflection</dt><dd>Scaled to the source: β = θ − α(θ). Magnification is signed: negative between the tangential and the radial \
critical curve.</dd>\n\
<dt>NFW</dt><dd>M<sub>200</sub> within 200 times the critical density; α(R<sub>s</sub>) is that of the round \
halo.</dd>\n\
<dt>Truncated galaxies</dt><dd>dPIE = isothermal ellipsoid with the core less one with the cut. σ is that of the \
singular isothermal sphere; Lenstool's is smaller by √1.5.</dd>\n\
<dt>Distances</dt><dd>Flat ΛCDM without radiation.</dd>\n\
<dt>Constants</dt><dd>CODATA 2018 G, IAU 2015 GM☉ and parsec, as in astropy. lenstronomy's older ones make its \
critical surface density 2.8 × 10⁻⁴ smaller.</dd>\n\
<dt>Critical curves</dt><dd>From analytic second derivatives; loops below π arcsec² are left out. Caustic areas \
count what a curve goes around twice once.</dd>\n</dl>\n</section>\n";

/// The figure and the model behind it.
fn example() -> String {
    let Ok(curves) = figure::curves() else { return String::new() };
    let caustic = curves.tangential.first().map_or(0.0, lensing::CriticalCurve::caustic_area_arcsec2);
    format!(
        "<section aria-labelledby=\"example\">\n<h2 id=\"example\">Critical curves and caustics of an example</h2>\n\
         <figure>\n{}<figcaption>A halo, its brightest galaxy, three members and shear. Tangential curves are \
         solid, radial ones dashed. Effective Einstein radius {:.2} arcsec; the largest tangential caustic \
         encloses {:.2} arcsec².</figcaption>\n</figure>\n<details><summary>The model</summary>\n<pre>{}</pre>\n\
         </details>\n</section>\n",
        figure::figure(&curves),
        curves.theta_e_arcsec(),
        caustic,
        escape(figure::EXAMPLE)
    )
}

fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}
