//! Where to look: the edge of the light that makes a cutout what it is. Of a lens that is the arc
//! alone, never the cluster's galaxies; of a look-alike the thing that deceives.

use domain::LookAlike;
use lensing::zero_contours;

use super::{ArcImage, RenderError, canvas::Canvas, check, feature, floors, gaussian, psf, seen::Glare};
use crate::{
    kind::Kind,
    record::{Feature, Galaxy, Record},
};

/// Closed polygons in fractions of the image, x to the right and y down. What lies inside an odd
/// number of them is the thing; a ring is two.
pub type Outline = Vec<Vec<[f64; 2]>>;

/// Most polygons of an outline.
pub const MOST_POLYGONS: usize = 4;
/// Most points of a polygon.
pub const MOST_POINTS: usize = 60;

/// The edge lies where a pixel's light in the three bands together is as strong as the noise of the
/// sky: smooth light that covers many pixels is still seen at one σ in each.
const EDGE_SIGMA: f64 = 1.0;
/// Of faint things the edge lies at this share of the peak, or their outline would cross them.
const EDGE_OF_PEAK: f64 = 1.0 / 3.0;
/// Light that is fainter than this share of the brightest galaxy's at the same place is not seen.
const OVER_GLARE: f64 = 0.25;
/// Patches smaller than this many square arcsec are left out, unless there is nothing else.
const SMALLEST_ARCSEC2: f64 = 0.7;
/// Galaxies of a look-alike stand where its feature does, to the rounding of a record.
const SAME_PLACE_ARCSEC: f64 = 0.02;

/// The outline of what there is to see in a cutout; empty where there is nothing: a plain cluster, a
/// control, or light outside the field.
///
/// # Errors
/// When the record has another schema, a number out of range, or an arc that cannot be traced.
pub fn outline(record: &Record) -> Result<Outline, RenderError> {
    check(record)?;
    let mut canvas = Canvas::new(record.cutout);
    match (record.kind, &record.source) {
        (Kind::Lens, Some(source)) => {
            let wrong = |source| RenderError::Arc { id: record.mock_id.clone(), source };
            ArcImage::trace(record, source).map_err(wrong)?.add_to(&mut canvas);
        }
        (Kind::LookAlike(kind), _) => deceiving(kind, record, &mut canvas),
        _ => return Ok(Outline::new()),
    }
    Ok(edge(record, &canvas))
}

/// The light of the thing that is taken for an arc.
fn deceiving(kind: LookAlike, record: &Record, canvas: &mut Canvas) {
    let psf = psf::of(record);
    let faintest = floors(record);
    for feature in &record.features {
        feature::add(canvas, feature, record, &psf);
    }
    let galaxies: Vec<&Galaxy> = match kind {
        LookAlike::Spiral | LookAlike::Ring => {
            record.field.iter().filter(|galaxy| is_at_a_feature(record, galaxy.x, galaxy.y)).collect()
        }
        // Look-alikes are drawn last, so their galaxies are the last of the field.
        LookAlike::EdgeOnPair => record.field.iter().rev().take(3).take_while(|g| g.q <= 0.25).collect(),
        LookAlike::Merger => record.field.iter().rev().take(2).collect(),
        LookAlike::StarSpike | LookAlike::SatelliteTrail => Vec::new(),
    };
    for galaxy in galaxies {
        gaussian::add_galaxy(canvas, galaxy, &psf, faintest);
    }
    for star in record.stars.iter().filter(|star| is_at_a_feature(record, star.x, star.y)) {
        gaussian::add_star(canvas, star, &psf, faintest);
    }
}

fn is_at_a_feature(record: &Record, x: f64, y: f64) -> bool {
    record.features.iter().any(|feature| {
        let place = match *feature {
            Feature::Spiral { x, y, .. } | Feature::Ring { x, y, .. } | Feature::Spikes { x, y, .. } => {
                [x, y]
            }
            Feature::Tail { .. } | Feature::Trail { .. } => return false,
        };
        (place[0] - x).hypot(place[1] - y) < SAME_PLACE_ARCSEC
    })
}

/// Where the light on this canvas ends for an eye.
fn edge(record: &Record, canvas: &Canvas) -> Outline {
    let (size, pixels) = (canvas.size, canvas.size * canvas.size);
    let sigma = record.noise.sky_sigma_nmgy;
    let together =
        |light: [f64; 3]| light.iter().zip(sigma).map(|(f, sigma)| (f / sigma).powi(2)).sum::<f64>().sqrt();
    let strength: Vec<f64> = (0..pixels)
        .map(|at| together([0, 1, 2].map(|band| f64::from(canvas.data[band * pixels + at]))))
        .collect();
    let glare = Glare::of(record);
    let glare: Vec<f64> =
        (0..pixels).map(|at| together([0, 1, 2].map(|band| glare.at(at % size, at / size, band)))).collect();
    let seen = |at: usize| strength[at] - OVER_GLARE * glare[at];
    let peak = (0..pixels).filter(|&at| seen(at) > 0.0).map(|at| strength[at]).fold(0.0, f64::max);
    let level = EDGE_SIGMA.min(EDGE_OF_PEAK * peak);
    if level <= 0.0 {
        return Outline::new();
    }
    // Negative inside; the frame around the image is outside, so that every edge closes.
    let excess = |column: i64, row: i64| match (usize::try_from(column), usize::try_from(row)) {
        (Ok(x), Ok(y)) if x < size && y < size => {
            let at = y * size + x;
            (level - strength[at]).max(-seen(at))
        }
        _ => level,
    };
    let half = 0.5 * (size as f64 + 1.0);
    let loops = zero_contours(half, 1.0, |x, y| {
        let (u, v) = (x + half - 1.0, y + half - 1.0);
        let (column, row) = ((u + 1e-9).floor(), (v + 1e-9).floor());
        let (s, t) = ((u - column).max(0.0), (v - row).max(0.0));
        let (column, row) = (column as i64, row as i64);
        let lower = (1.0 - s) * excess(column, row) + s * excess(column + 1, row);
        let upper = (1.0 - s) * excess(column, row + 1) + s * excess(column + 1, row + 1);
        (1.0 - t) * lower + t * upper
    });
    let least = SMALLEST_ARCSEC2 / record.cutout.pixel_scale_arcsec.powi(2);
    let mut loops: Vec<(f64, Vec<[f64; 2]>)> = loops.into_iter().map(|l| (area(&l), l)).collect();
    loops.sort_by(|a, b| b.0.total_cmp(&a.0));
    let large = loops.iter().filter(|(area, _)| *area >= least).count().max(1);
    let fraction = |value: f64| (1e4 * value).round() / 1e4;
    let place =
        |[x, y]: [f64; 2]| [x, -y].map(|offset| fraction((offset / size as f64 + 0.5).clamp(0.0, 1.0)));
    loops
        .into_iter()
        .take(large.min(MOST_POLYGONS))
        .map(|(_, points)| simplified(points).into_iter().map(place).collect())
        .collect()
}

fn area(points: &[[f64; 2]]) -> f64 {
    let next = points.iter().cycle().skip(1);
    0.5 * points.iter().zip(next).map(|(a, b)| a[0] * b[1] - a[1] * b[0]).sum::<f64>().abs()
}

/// Leaves the points out, one by one, that change the polygon's area least (Visvalingam and Whyatt).
fn simplified(mut points: Vec<[f64; 2]>) -> Vec<[f64; 2]> {
    while points.len() > MOST_POINTS {
        let count = points.len();
        let triangle =
            |i: usize| area(&[points[(i + count - 1) % count], points[i], points[(i + 1) % count]]);
        let least = (0..count).map(|i| (i, triangle(i))).min_by(|a, b| a.1.total_cmp(&b.1));
        let Some((least, _)) = least else { break };
        points.remove(least);
    }
    points
}

/// Share of the arc's light that lies inside an outline, and the outline, for tests of it.
#[cfg(test)]
pub fn share_inside(light: &Canvas, outline: &Outline) -> f64 {
    let size = light.size;
    let (mut inside, mut all) = (0.0, 0.0);
    for at in 0..size * size {
        let flux: f64 = (0..3).map(|band| f64::from(light.data[band * size * size + at])).sum();
        let at = [(at % size) as f64 + 0.5, size as f64 - (at / size) as f64 - 0.5].map(|v| v / size as f64);
        all += flux;
        inside += if is_inside(outline, at) { flux } else { 0.0 };
    }
    inside / all
}

/// Whether a point lies inside an odd number of the polygons.
#[cfg(test)]
pub fn is_inside(outline: &Outline, [x, y]: [f64; 2]) -> bool {
    let crosses = |a: &[f64; 2], b: &[f64; 2]| {
        (a[1] > y) != (b[1] > y) && x < a[0] + (y - a[1]) / (b[1] - a[1]) * (b[0] - a[0])
    };
    let edges = outline.iter().flat_map(|points| points.iter().zip(points.iter().cycle().skip(1)));
    edges.filter(|(a, b)| crosses(a, b)).count() % 2 == 1
}

#[cfg(test)]
mod tests {
    use domain::{Seed, SkyCoord};

    use super::*;
    use crate::{Config, draw};

    const SKY: SkyCoord = SkyCoord { ra_deg: 150.0, dec_deg: 20.0 };

    fn drawn(kind: Kind, number: u64) -> Record {
        draw(&Config::training(), Seed::root(77).index(number), "o", kind, SKY, None).unwrap().record
    }

    fn fraction(record: &Record, x: f64, y: f64) -> [f64; 2] {
        let field = record.cutout.size_px as f64 * record.cutout.pixel_scale_arcsec;
        [0.5 + x / field, 0.5 - y / field]
    }

    #[test]
    fn an_arcs_outline_holds_most_of_its_light_and_not_the_cluster() {
        let (mut held, mut bcgs) = (Vec::new(), 0);
        for number in 0..10 {
            let record = drawn(Kind::Lens, number);
            let found = outline(&record).unwrap();
            assert!(!found.is_empty() && found.len() <= MOST_POLYGONS, "{number}: {} polygons", found.len());
            assert!(found.iter().all(|points| (3..=MOST_POINTS).contains(&points.len())), "{number}");
            let places = found.iter().flatten().flatten();
            assert!(places.clone().all(|place| (0.0..=1.0).contains(place)), "{number}");
            let mut arc = Canvas::new(record.cutout);
            ArcImage::trace(&record, record.source.as_ref().unwrap()).unwrap().add_to(&mut arc);
            held.push(share_inside(&arc, &found));
            let bcg = &record.bcg.light;
            bcgs += usize::from(is_inside(&found, fraction(&record, bcg.x, bcg.y)));
            // Of the cluster's light next to nothing.
            let mut cluster = Canvas::new(record.cutout);
            let psf = psf::of(&record);
            for galaxy in std::iter::once(&record.bcg).chain(&record.members).map(|member| &member.light) {
                gaussian::add_galaxy(&mut cluster, galaxy, &psf, floors(&record));
            }
            let share = share_inside(&cluster, &found);
            assert!(share < 0.15, "{number}: {share:.2} of the cluster's light is inside");
        }
        println!("{held:.2?}, {bcgs} BCGs");
        assert!(held.iter().all(|share| *share > 0.5), "{held:.2?}");
        assert!(held.iter().sum::<f64>() / held.len() as f64 > 0.7, "{held:.2?}");
        assert_eq!(bcgs, 0, "the brightest galaxy is no arc");
    }

    #[test]
    fn a_look_alikes_outline_is_around_what_deceives() {
        for (kind, number) in LookAlike::ALL.into_iter().zip(20..) {
            let record = drawn(Kind::LookAlike(kind), number);
            let found = outline(&record).unwrap();
            // A feature may lie behind the edge of the field or in the glare; these do not.
            assert!(!found.is_empty(), "{kind:?}");
            let inside = |x: f64, y: f64| is_inside(&found, fraction(&record, x, y));
            match (kind, &record.features[..]) {
                (LookAlike::Spiral, [Feature::Spiral { x, y, .. }])
                | (LookAlike::StarSpike, [Feature::Spikes { x, y, .. }]) => {
                    assert!(inside(*x, *y), "{kind:?}");
                }
                (LookAlike::EdgeOnPair, []) => {
                    let last = record.field.last().unwrap();
                    assert!(inside(last.x, last.y), "{kind:?}");
                }
                _ => {}
            }
            let bcg = &record.bcg.light;
            let far = |feature: &Feature| match *feature {
                Feature::Spiral { x, y, .. } | Feature::Ring { x, y, .. } => {
                    (x - bcg.x).hypot(y - bcg.y) > 10.0
                }
                _ => false,
            };
            if record.features.iter().all(far) {
                assert!(!inside(bcg.x, bcg.y), "{kind:?}");
            }
        }
    }

    #[test]
    fn a_plain_cluster_has_nothing_to_outline() {
        assert!(outline(&drawn(Kind::Plain, 40)).unwrap().is_empty());
    }

    /// The brightest thing of the sky far from the middle: is it where the outline says, the right way up?
    #[test]
    fn an_outline_is_the_right_way_up() {
        let mut record = drawn(Kind::LookAlike(LookAlike::StarSpike), 50);
        let Some(Feature::Spikes { x, y, .. }) = record.features.first_mut() else { panic!("no spikes") };
        (*x, *y) = (15.0, 30.0);
        let star = record.stars.last_mut().unwrap();
        (star.x, star.y) = (15.0, 30.0);
        let found = outline(&record).unwrap();
        let [x, y] = fraction(&record, 15.0, 30.0);
        assert!(x > 0.5 && y < 0.5, "to the right and up");
        assert!(is_inside(&found, [x, y]) && !is_inside(&found, [x, 1.0 - y]));
    }
}
