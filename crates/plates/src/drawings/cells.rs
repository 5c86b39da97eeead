//! The grid, the brightest stars of its cells, and quads of them.

use std::collections::HashMap;

use platesolve::{healpix::Grid, vector};

use super::{
    Example,
    canvas::{Canvas, Ink},
    sky::{self, Chart},
};

const WIDTH: f64 = 720.0;
const HEIGHT: f64 = 460.0;
const DEGREES: f64 = 21.0;
const FAINTEST: f32 = 7.6;
/// Of the stars that an index leaves out.
const FAINTEST_REST: f32 = 8.8;

fn chart(example: &Example<'_>) -> (Chart, Option<Grid>) {
    let chart = Chart::new(example, [1.0, 1.0, WIDTH - 2.0, HEIGHT - 2.0], DEGREES);
    (chart, Grid::new(example.index.meta.cut_nside))
}

fn draw_grid(canvas: &mut Canvas, chart: &Chart, grid: Grid, ink: Ink, width: f64) {
    canvas.strokes(ink, width);
    canvas.shapes(&chart.cells(grid));
    canvas.end();
}

/// Stars and the cells over them.
pub(super) fn grid(example: &Example<'_>) -> Option<String> {
    let (chart, grid) = chart(example);
    let mut canvas =
        Canvas::new("grid", WIDTH, HEIGHT, "HEALPix", "Stars of the Great Bear; equal cells over them.");
    chart.open(&mut canvas);
    draw_grid(&mut canvas, &chart, grid?, Ink::Accent, 1.4);
    canvas.fills(Ink::Plain(1.0));
    for (place, magnitude, _) in chart.stars(example, FAINTEST) {
        canvas.circle(place, sky::radius(magnitude));
    }
    canvas.end();
    chart.close(&mut canvas);
    Some(canvas.close())
}

/// The same with the stars that an index keeps of every cell.
pub(super) fn brightest(example: &Example<'_>) -> Option<String> {
    let (chart, grid) = chart(example);
    let grid = grid?;
    let most = example.index.meta.sweeps.max(1);
    let mut taken: HashMap<u64, u32> = HashMap::new();
    let (mut kept, mut rest) = (Vec::new(), Vec::new());
    // Stars come brightest first; those outside the window are in cells of their own or cut by it.
    for star in example.catalogue.stars().iter().take_while(|star| star.magnitude <= FAINTEST_REST) {
        let direction = vector::from_sky(star.position);
        let Some(place) = chart.place(direction).filter(|&place| chart.shows(place, 200.0)) else { continue };
        let count = taken.entry(grid.cell_of(direction)).or_default();
        *count += 1;
        let list = if *count <= most { &mut kept } else { &mut rest };
        if chart.shows(place, 4.0) {
            list.push((place, star.magnitude));
        }
    }
    let mut canvas = Canvas::new(
        "brightest",
        WIDTH,
        HEIGHT,
        "10 / HEALPix",
        "The brightest stars of every cell are marked.",
    );
    chart.open(&mut canvas);
    draw_grid(&mut canvas, &chart, grid, Ink::Plain(0.35), 1.0);
    let rest: Vec<_> = rest.into_iter().map(|(place, _)| place).collect();
    canvas.dots(&rest, Ink::Plain(0.45), 2.0);
    canvas.fills(Ink::Plain(1.0));
    kept.iter().for_each(|(place, magnitude)| canvas.circle(*place, sky::radius(*magnitude)));
    canvas.end();
    canvas.strokes(Ink::Warm, 1.6);
    kept.iter().for_each(|(place, magnitude)| canvas.circle(*place, sky::radius(*magnitude) + 3.0));
    canvas.end();
    chart.close(&mut canvas);
    Some(canvas.close())
}

/// Some quads, one of them with letters: the one that was recognised.
pub(super) fn quads(example: &Example<'_>) -> Option<String> {
    let (chart, grid) = chart(example);
    let main: Vec<_> = example.recognised()?.iter().map(|&s| chart.place(s)).collect::<Option<_>>()?;
    let mut canvas =
        Canvas::new("quads", WIDTH, HEIGHT, "A B C D", "Quads of bright stars with their circles.");
    chart.open(&mut canvas);
    draw_grid(&mut canvas, &chart, grid?, Ink::Plain(0.18), 1.0);
    canvas.fills(Ink::Plain(0.75));
    for (place, magnitude, _) in chart.stars(example, FAINTEST - 0.6) {
        canvas.circle(place, sky::radius(magnitude));
    }
    canvas.end();
    let mut drawn = vec![middle(&main)];
    for number in 0..example.index.quad_count() {
        if drawn.len() > 5 {
            break;
        }
        let places = example.quad(number)?.iter().map(|&s| chart.place(s)).collect::<Option<Vec<_>>>();
        let Some(places) = places.filter(|p| p.iter().all(|&place| chart.shows(place, -14.0))) else {
            continue;
        };
        let at = middle(&places);
        if drawn.iter().all(|other| (other.0 - at.0).hypot(other.1 - at.1) > 130.0) {
            sky::quad(&mut canvas, &places, Ink::Plain(0.5), false);
            drawn.push(at);
        }
    }
    sky::quad(&mut canvas, &main, Ink::Accent, true);
    chart.close(&mut canvas);
    Some(canvas.close())
}

fn middle(places: &[(f64, f64)]) -> (f64, f64) {
    match places {
        [a, b, ..] => ((a.0 + b.0) / 2.0, (a.1 + b.1) / 2.0),
        _ => (0.0, 0.0),
    }
}
