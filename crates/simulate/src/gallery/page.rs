//! The frame around the cards: heading, legend, style.

use std::fmt::Write as _;

const STYLE: &str = include_str!("page.css");

/// The whole page.
pub fn page(name: &str, lenses: usize, over_real: bool, cards: &[String]) -> String {
    let shown = cards.len();
    let truth = if over_real {
        "The arcs are simulated, the images under them are real."
    } else {
        "Everything in them is simulated."
    };
    let name = escaped(name);
    let mut html = format!(
        r##"<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{name}: {shown} simulated lenses</title>
<style>{STYLE}</style>
</head>
<body>
<main>
<header>
<h1>Simulated lenses</h1>
<p>{shown} of {lenses} in the set “{name}”, spread evenly over it. {truth}
Left, the image in g, r, z as people see it; right, the same with what the lens does.
North is up, east is left.</p>
<ul class="legend">
<li><svg viewBox="0 0 28 10" aria-hidden="true"><path class="tangential" d="M1 5h26"/></svg>tangential critical curve, near which arcs form</li>
<li><svg viewBox="0 0 28 10" aria-hidden="true"><path class="radial" d="M1 5h26"/></svg>radial critical curve</li>
<li><svg viewBox="0 0 28 10" aria-hidden="true"><path class="caustic" d="M1 5h26"/></svg>caustics, in the source plane</li>
<li><svg viewBox="0 0 28 10" aria-hidden="true"><circle class="source" cx="14" cy="5" r="3.4"/></svg>the galaxy behind, unlensed, at its half-light radius</li>
</ul>
</header>
<div class="cards">
"##
    );
    for card in cards {
        let _ = writeln!(html, "{card}");
    }
    html.push_str("</div>\n</main>\n</body>\n</html>\n");
    html
}

/// Text that may stand in HTML and in attributes.
pub fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}
