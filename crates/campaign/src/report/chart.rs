//! The figures of the page: which numbers go into which chart. Drawing is left
//! to `figures`.

use figures::{Axis, Figure, Forest, Plot, Point, Row, Series, Table};

use super::{
    data::{Arm, Measured, Report, Round},
    findings,
    format::{count, interval},
};

/// Added to the counts of charts with intervals.
const BARS: &str = "; bars are 95 % intervals";

/// Every chart there are numbers for.
pub fn figures(report: &Report) -> Vec<Figure> {
    let pool = report.pool;
    let in_pool = format!("n = {} hidden lenses in {} images", count(pool.lenses), count(pool.images));
    let held_out = format!(
        "n = {} lenses in {} images of the held-out sky",
        count(pool.held_out_lenses),
        count(pool.held_out_images)
    );
    let completeness = |round: &Round| round.completeness.map(|rate| (rate.value, rate.low, rate.high));
    let purity = |round: &Round| round.purity.map(|rate| (rate.value, rate.low, rate.high));
    let ap = |round: &Round| value(&round.average_precision, |area| (area.value, area.low, area.high));
    let tpr_1e2 = |round: &Round| value(&round.tpr_at_fpr_1e2, |at| (at.tpr.value, at.tpr.low, at.tpr.high));
    let tpr_1e3 = |round: &Round| value(&round.tpr_at_fpr_1e3, |at| (at.tpr.value, at.tpr.low, at.tpr.high));

    let mut figures = vec![found(report, in_pool.clone())];
    let mut add = |id: &str, title: &str, finding: String, counts: &str, y: &str, number: &Number<'_>| {
        figures.extend(by_round(report, id, title, finding, counts, y, number));
    };
    add(
        "completeness",
        "Completeness by round",
        findings::completeness(report),
        &in_pool,
        "completeness",
        &completeness,
    );
    let candidates = "n = the candidates of each round, in the table";
    add(
        "purity",
        "Purity of the candidates by round",
        findings::purity(report),
        candidates,
        "purity",
        &purity,
    );
    add(
        "ap",
        "Average precision by round",
        findings::average_precision(report),
        &held_out,
        "average precision",
        &ap,
    );
    add(
        "tpr-1e2",
        "Lenses found at a false-positive rate of 1 %",
        findings::tpr_at_1e2(report),
        &held_out,
        "true-positive rate",
        &tpr_1e2,
    );
    add(
        "tpr-1e3",
        "Lenses found at a false-positive rate of 0.1 %",
        findings::tpr_at_1e3(report),
        &held_out,
        "true-positive rate",
        &tpr_1e3,
    );
    figures.extend(audit(report, &in_pool));
    figures
}

/// The chart of the real images, for its own section.
pub fn real(report: &Report) -> Option<Figure> {
    let finding = findings::real(report)?;
    let mut table = Table::new("AUROC on real images", &["Set", "#Positives", "#Negatives", "#AUROC"]);
    let mut rows = Vec::new();
    for set in &report.real {
        let Some(area) = set.auroc.value() else { continue };
        let counts = [count(set.n_pos), count(set.n_neg)];
        rows.push(Row {
            name: set.set.clone(),
            counts: format!("{} + {}", counts[0], counts[1]),
            value: area.value,
            low: area.low,
            high: area.high,
        });
        let [positives, negatives] = counts;
        table.push([set.set.clone(), positives, negatives, interval(area.value, area.low, area.high)]);
    }
    let title = "Real images told apart by a network trained on simulations".to_owned();
    let forest = Forest { label: "AUROC (no unit)", reference: 0.5, reference_name: "a coin", rows };
    let counts = format!("n = positives + negatives, beside each name{BARS}");
    Some(Figure { id: "real".to_owned(), svg: forest.svg(&title, "real"), title, finding, counts, table })
}

type Number<'a> = dyn Fn(&Round) -> Option<(f64, f64, f64)> + 'a;

fn value<T>(measured: &Measured<T>, number: impl Fn(&T) -> (f64, f64, f64)) -> Option<(f64, f64, f64)> {
    measured.value().map(number)
}

fn found(report: &Report, counts: String) -> Figure {
    let most_votes = rounds(report).map(|round| round.votes_total).max().unwrap_or(0);
    let point = |round: &Round| {
        Some(Point { x: round.votes_total as f64, y: round.lenses_found as f64, interval: None })
    };
    let plot = Plot {
        x: Axis::counts("votes since the start", most_votes),
        y: Axis::counts("lenses found", report.pool.lenses),
        reference: Some((report.pool.lenses as f64, "all hidden lenses".to_owned())),
        series: series(report, &point),
        is_joined: true,
    };
    let title = "Lenses found for the votes spent".to_owned();
    let table = plot.twin(&title, |y, _| format!("{y:.0}"));
    Figure {
        id: "found".to_owned(),
        svg: plot.svg(&title, "found"),
        finding: findings::found(report),
        title,
        counts,
        table,
    }
}

/// A rate between 0 and 1 with its interval against the rounds; `None` if it was never measured.
fn by_round(
    report: &Report,
    id: &str,
    title: &str,
    finding: String,
    counts: &str,
    y: &str,
    number: &Number<'_>,
) -> Option<Figure> {
    let point = |round: &Round| {
        let (y, low, high) = number(round)?;
        Some(Point { x: f64::from(round.round), y, interval: Some((low, high)) })
    };
    let series = series(report, &point);
    if series.iter().all(|series| series.points.is_empty()) {
        return None;
    }
    let last = rounds(report).map(|round| round.round).max().unwrap_or(0);
    let plot = Plot { x: Axis::rounds(last), y: Axis::share(y), reference: None, series, is_joined: true };
    let table =
        plot.twin(title, |y, ends| ends.map_or_else(String::new, |(low, high)| interval(y, low, high)));
    let svg = plot.svg(title, id);
    Some(Figure {
        id: id.to_owned(),
        title: title.to_owned(),
        finding,
        counts: format!("{counts}{BARS}"),
        svg,
        table,
    })
}

fn audit(report: &Report, counts: &str) -> Option<Figure> {
    let finding = findings::audit(report)?;
    let point = |round: &Round| {
        let audit = round.audit?;
        Some(Point {
            x: f64::from(round.round),
            y: audit.lenses.estimate,
            interval: Some((audit.lenses.low, audit.lenses.high)),
        })
    };
    let series = series(report, &point);
    let ends = series.iter().flat_map(|series| &series.points).filter_map(|point| point.interval);
    let most = ends.map(|(_, high)| high).fold(report.pool.lenses as f64, f64::max);
    let last = rounds(report).map(|round| round.round).max().unwrap_or(0);
    let plot = Plot {
        x: Axis::rounds(last),
        y: Axis::counts("lenses in the pool", most.ceil() as u64),
        reference: Some((report.pool.lenses as f64, "truth".to_owned())),
        series,
        is_joined: true,
    };
    let title = "How many lenses the audit says there are".to_owned();
    let table = plot.twin(&title, |y, ends| {
        ends.map_or_else(String::new, |(low, high)| format!("{y:.0} [{low:.0}, {high:.0}]"))
    });
    let svg = plot.svg(&title, "audit");
    Some(Figure { id: "audit".to_owned(), title, finding, counts: format!("{counts}{BARS}"), svg, table })
}

fn rounds(report: &Report) -> impl Iterator<Item = &Round> {
    report.arms.iter().flat_map(|arm| &arm.rounds)
}

fn series(report: &Report, point: &dyn Fn(&Round) -> Option<Point>) -> Vec<Series> {
    let of_arm =
        |arm: &Arm| Series { name: arm.name.clone(), points: arm.rounds.iter().filter_map(point).collect() };
    report.arms.iter().map(of_arm).collect()
}
