//! The network of each pool: ranking, calibration, completeness by size and brightness,
//! what fooled it, and how it does on real images.

use campaign::report::Measured;
use figures::{Axis, Curve, Curves, Figure, NONE, Plot, Point, Reference, Series, Table, count, interval};
use finder::metrics::{Outcome, Rate, TprAtFpr};

use super::{Card, Section, policies::capital};
use crate::{
    pool::{Example, NetworkReport, PoolReport},
    replays::Replays,
};

pub(super) fn findings(replays: &Replays) -> Vec<String> {
    replays
        .pools
        .iter()
        .filter_map(|pool| {
            let network = pool.network.as_ref()?;
            let auroc = network.summary.auroc.value()?;
            let ap = network.summary.average_precision.value()?;
            Some(format!(
                "The network of \u{201c}{}\u{201d} alone: AUROC {}, average precision {} where a random order has {:.3}; {} lenses among {} images of {}.",
                pool.name,
                interval(auroc.value, auroc.low, auroc.high),
                interval(ap.value, ap.low, ap.high),
                ap.positives as f64 / (ap.positives + ap.negatives).max(1) as f64,
                count(ap.positives),
                count(ap.positives + ap.negatives),
                network.measured_on
            ))
        })
        .collect()
}

pub(super) fn sections(number: usize, pool: &PoolReport) -> Vec<Section> {
    let tag = if pool.is_simulated { "simulated" } else { "" };
    let id = format!("network-{number}");
    let mut section = Section::new(&id, &format!("The network of \u{201c}{}\u{201d}", pool.name), tag);
    section.words.push(capital(&format!("{}.", pool.origin)));
    let Some(network) = &pool.network else {
        section.words.push("Only its scores are known.".to_owned());
        return vec![section];
    };
    let summary = &network.summary;
    let (lenses, others) = (summary.positives, summary.negatives);
    let counts =
        format!("n = {} lenses and {} others of {}", count(lenses), count(others), network.measured_on);
    let curves = &network.curves;
    if curves.roc.is_empty() {
        section.words.push(format!(
            "Nothing can be measured of the network: there are {lenses} lenses and {others} others to measure on, and both are needed."
        ));
    } else {
        section.figures.extend([
            roc(&id, network, &counts),
            precision_recall(&id, network, &counts),
            reliability(&id, network, &counts),
            histogram(&id, network, &counts),
            yields(&id, network, &counts),
        ]);
        section.figures.extend(completeness(&id, network, "theta_e_arcsec", "Einstein radius"));
        section.figures.extend(completeness(&id, network, "arc_sn", "signal to noise of the arcs"));
    }
    section.figures.extend(losses(&id, network));
    section.tables.push(numbers(network));
    let mut sections = vec![section];
    if !network.worst.is_empty() {
        sections.push(worst(number, pool, network, tag));
    }
    if let Some(realism) = &network.realism {
        sections.push(self::realism(number, pool, realism));
    }
    sections
}

fn chart(
    id: &str,
    what: &str,
    title: &str,
    finding: String,
    counts: &str,
    chart: Curves,
    decimals: (usize, usize),
) -> Figure {
    let id = format!("{id}-{what}");
    Figure {
        svg: chart.svg(title, &id),
        table: chart.twin(title, 24, decimals),
        id,
        title: title.to_owned(),
        finding,
        counts: counts.to_owned(),
    }
}

fn at_fpr(network: &NetworkReport, index: usize) -> Option<&TprAtFpr> {
    network.summary.tpr_at_fpr.get(index).and_then(Outcome::value)
}

fn roc(id: &str, network: &NetworkReport, counts: &str) -> Figure {
    let curves = &network.curves;
    let least = 1.0 / curves.others.max(1) as f64;
    // No false positive at all is drawn at the left edge.
    let points = curves.roc.iter().map(|(fpr, tpr)| (fpr.max(least / 2.0), *tpr)).collect();
    let said = at_fpr(network, 0).map_or_else(String::new, |at| {
        format!("At one false positive in a hundred, {} of the lenses are found.", rate(&at.tpr))
    });
    let random: Vec<(f64, f64)> = (0..=24)
        .map(|k| (least / 2.0) * (2.0 / least).powf(f64::from(k) / 24.0))
        .map(|fpr| (fpr, fpr.min(1.0)))
        .collect();
    let drawn = Curves {
        x: Axis::log("false-positive rate", least / 2.0, 1.0),
        y: Axis::share("true-positive rate"),
        references: vec![
            Reference::Upright(0.01, "1 %".to_owned()),
            Reference::Upright(0.001, "0.1 %".to_owned()),
        ]
        .into_iter()
        .filter(|reference| matches!(reference, Reference::Upright(at, _) if *at >= least / 2.0))
        .collect(),
        curves: vec![
            Curve { name: "network".to_owned(), points, band: Vec::new(), is_step: true },
            Curve { name: "a coin".to_owned(), points: random, band: Vec::new(), is_step: false },
        ],
    };
    chart(id, "roc", "Lenses found against false positives (ROC, logarithmic)", said, counts, drawn, (5, 3))
}

fn precision_recall(id: &str, network: &NetworkReport, counts: &str) -> Figure {
    let curves = &network.curves;
    let prevalence = curves.lenses as f64 / (curves.lenses + curves.others).max(1) as f64;
    let drawn = Curves {
        x: Axis::share("completeness (recall)"),
        y: Axis::share("purity (precision)"),
        references: vec![Reference::Level(prevalence, format!("random order: {prevalence:.3}"))],
        curves: vec![Curve {
            name: "network".to_owned(),
            points: curves.precision_recall.clone(),
            band: Vec::new(),
            is_step: false,
        }],
    };
    let said = network.summary.average_precision.value().map_or_else(String::new, |area| {
        format!(
            "Average precision {}, {:.0} times a random order's.",
            interval(area.value, area.low, area.high),
            area.value / prevalence.max(1e-9)
        )
    });
    chart(id, "pr", "Purity against completeness", said, counts, drawn, (3, 3))
}

fn reliability(id: &str, network: &NetworkReport, counts: &str) -> Figure {
    let bins = &network.curves.reliability;
    let low = bins.iter().map(|bin| bin.mean_probability).filter(|p| *p > 0.0).fold(1.0, f64::min).max(1e-6);
    let floor = 1.0 / network.curves.others.max(10) as f64;
    let bottom = low.min(floor).max(1e-6);
    let drawn = Curves {
        x: Axis::log("claimed probability", bottom, 1.0),
        y: Axis::log("share of lenses", bottom, 1.0),
        references: vec![Reference::Diagonal("honest".to_owned())],
        curves: vec![Curve {
            name: "network, bins of equal count".to_owned(),
            points: bins
                .iter()
                .map(|bin| (bin.mean_probability.max(bottom), bin.rate.value.max(bottom)))
                .collect(),
            band: bins.iter().map(|bin| (bin.rate.low.max(bottom), bin.rate.high)).collect(),
            is_step: false,
        }],
    };
    let said = network.summary.ece.value().map_or_else(String::new, |error| {
        format!("Claims miss the truth by {:.3} on average (ECE). The network is corrected to a guessed base rate, so a constant offset is expected.", error.value)
    });
    let mut figure =
        chart(id, "reliability", "Do its probabilities mean what they say?", said, counts, drawn, (5, 5));
    let mut table =
        Table::new("Claimed and actual", &["#Mean claim", "#Lenses", "#Images", "#Share of lenses"]);
    for bin in bins {
        table.push([
            format!("{:.5}", bin.mean_probability),
            count(bin.rate.successes),
            count(bin.rate.trials),
            format!("{:.4} [{:.4}, {:.4}]", bin.rate.value, bin.rate.low, bin.rate.high),
        ]);
    }
    figure.table = table;
    figure
}

fn histogram(id: &str, network: &NetworkReport, counts: &str) -> Figure {
    let histogram = &network.curves.histogram;
    let most = histogram.lenses.iter().chain(&histogram.others).copied().max().unwrap_or(1);
    let high = histogram.width.mul_add(histogram.lenses.len() as f64, histogram.low);
    let bars = |values: &[u64]| {
        let mut points: Vec<(f64, f64)> = values
            .iter()
            .enumerate()
            .map(|(bin, many)| (histogram.width.mul_add(bin as f64, histogram.low), (*many as f64).max(0.5)))
            .collect();
        points.push((high, points.last().map_or(0.5, |point| point.1)));
        points
    };
    let drawn = Curves {
        x: Axis::between("logit", histogram.low, high),
        y: Axis::log("images in a bin", 0.5, most as f64),
        references: Vec::new(),
        curves: vec![
            Curve {
                name: "lenses".to_owned(),
                points: bars(&histogram.lenses),
                band: Vec::new(),
                is_step: true,
            },
            Curve {
                name: "others".to_owned(),
                points: bars(&histogram.others),
                band: Vec::new(),
                is_step: true,
            },
        ],
    };
    let mut figure = chart(
        id,
        "histogram",
        "Scores of lenses and others",
        "Where both overlap, only people can tell.".to_owned(),
        counts,
        drawn,
        (2, 0),
    );
    let mut table = Table::new("Images by logit", &["#Logit from", "#Lenses", "#Others"]);
    for (bin, (lenses, others)) in histogram.lenses.iter().zip(&histogram.others).enumerate() {
        let from = histogram.width.mul_add(bin as f64, histogram.low);
        table.push([format!("{from:.2}"), count(*lenses), count(*others)]);
    }
    figure.table = table;
    figure
}

fn yields(id: &str, network: &NetworkReport, counts: &str) -> Figure {
    let points = &network.curves.yields;
    let all = (network.curves.lenses + network.curves.others) as f64;
    let lenses = network.curves.lenses as f64;
    let random: Vec<(f64, f64)> =
        points.iter().map(|point| (point.inspected as f64, point.inspected as f64 / all)).collect();
    let drawn = Curves {
        x: Axis::log("images looked at, the likeliest first", 10.0, all.max(100.0)),
        y: Axis::share("completeness"),
        references: vec![Reference::Upright(lenses.max(1.0), "as many as lenses".to_owned())],
        curves: vec![
            Curve {
                name: "network".to_owned(),
                points: points
                    .iter()
                    .map(|point| (point.inspected as f64, point.completeness.value))
                    .collect(),
                band: points.iter().map(|point| (point.completeness.low, point.completeness.high)).collect(),
                is_step: false,
            },
            Curve { name: "random order".to_owned(), points: random, band: Vec::new(), is_step: false },
        ],
    };
    let said = points.iter().find(|point| point.inspected >= 100).map_or_else(String::new, |point| {
        format!("The first {} images hold {} of the lenses.", point.inspected, rate(&point.completeness))
    });
    chart(id, "yield", "Yield: lenses found against images looked at", said, counts, drawn, (0, 3))
}

fn completeness(id: &str, network: &NetworkReport, of: &str, what: &str) -> Option<Figure> {
    let bins: Vec<_> = network.completeness.iter().filter(|bin| bin.of == of).collect();
    if bins.is_empty() {
        return None;
    }
    let unit = if of == "theta_e_arcsec" { "″" } else { "" };
    let points = bins
        .iter()
        .enumerate()
        .map(|(at, bin)| Point {
            x: at as f64,
            y: bin.found.value,
            interval: Some((bin.found.low, bin.found.high)),
        })
        .collect();
    let names: Vec<(f64, String)> = bins
        .iter()
        .enumerate()
        .map(|(at, bin)| (at as f64, format!("{}–{}{unit}", bin.from, bin.to)))
        .collect();
    let plot = Plot {
        x: Axis::named(&format!("{what} ({})", if unit.is_empty() { "no unit" } else { "arcsec" }), names),
        y: Axis::share("completeness"),
        reference: None,
        series: vec![Series { name: "network, 1 false positive in 100".to_owned(), points }],
        is_joined: false,
    };
    let title = format!("Completeness by {what}");
    let id = format!("{id}-{of}");
    let mut table = Table::new(title.clone(), &["#From", "#To", "#Found", "#Lenses", "#Completeness"]);
    for bin in &bins {
        table.push([
            bin.from.to_string(),
            bin.to.to_string(),
            count(bin.found.successes),
            count(bin.found.trials),
            rate(&bin.found),
        ]);
    }
    let lenses: u64 = bins.iter().map(|bin| bin.found.trials).sum();
    Some(Figure {
        svg: plot.svg(&title, &id),
        id,
        title,
        finding: "The network alone, at one false positive in a hundred.".to_owned(),
        counts: format!("n = {} lenses; bars are 95 % intervals", count(lenses)),
        table,
    })
}

fn losses(id: &str, network: &NetworkReport) -> Option<Figure> {
    if network.losses.len() < 2 {
        return None;
    }
    let last = network.losses.last()?;
    let top =
        network.losses.iter().map(|(_, loss, other)| loss.max(other.unwrap_or(0.0))).fold(0.0, f64::max);
    let training = network.losses.iter().map(|(pass, loss, _)| (*pass as f64, *loss)).collect();
    let gate: Vec<(f64, f64)> =
        network.losses.iter().filter_map(|(pass, _, loss)| Some((*pass as f64, (*loss)?))).collect();
    let mut curves =
        vec![Curve { name: "training".to_owned(), points: training, band: Vec::new(), is_step: false }];
    if !gate.is_empty() {
        curves.push(Curve {
            name: "images kept aside".to_owned(),
            points: gate,
            band: Vec::new(),
            is_step: false,
        });
    }
    let drawn = Curves {
        x: Axis::upto("pass over the mocks", last.0 as f64),
        y: Axis::upto("cross-entropy, nats", top),
        references: Vec::new(),
        curves,
    };
    Some(chart(
        id,
        "loss",
        "Training",
        format!("Loss {:.3} at the end.", last.1),
        "One training",
        drawn,
        (0, 4),
    ))
}

fn rate(rate: &Rate) -> String {
    interval(rate.value, rate.low, rate.high)
}

/// The usual numbers.
fn numbers(network: &NetworkReport) -> Table {
    let summary = &network.summary;
    let heads = ["Number", "#Value, 95 % interval", "Note"];
    let mut table = Table::new(format!("The network on {}", network.measured_on), &heads);
    let mut add =
        |name: &str, value: String, note: &str| table.push([name.to_owned(), value, note.to_owned()]);
    let missing = |reason: &str| (NONE.to_owned(), reason.to_owned());
    let (value, note) = match &summary.auroc {
        Outcome::Measured(area) => (interval(area.value, area.low, area.high), String::new()),
        Outcome::Missing { reason } => missing(reason),
    };
    add("AUROC", value, &note);
    let (value, note) = match &summary.average_precision {
        Outcome::Measured(area) => (interval(area.value, area.low, area.high), String::new()),
        Outcome::Missing { reason } => missing(reason),
    };
    add("Average precision", value, &note);
    for at in &summary.tpr_at_fpr {
        if let Outcome::Measured(at) = at {
            let note = if at.resolved { "" } else { "a lower bound: too few others for one false positive" };
            add(&format!("TPR at FPR {}", at.fpr), rate(&at.tpr), note);
        }
    }
    for (name, at) in
        ["TPR at no false positive", "TPR at ten false positives"].iter().zip(&summary.tpr_at_count)
    {
        if let Outcome::Measured(at) = at {
            add(name, rate(&at.tpr), "");
        }
    }
    for at in &summary.precision_at {
        add(&format!("Purity of the first {}", at.trials), rate(at), "");
    }
    if let Outcome::Measured(f1) = &summary.f1_max {
        add("Best F1", format!("{:.2}", f1.value), "chosen on these images, so on the high side");
    }
    if let Outcome::Measured(error) = &summary.ece {
        add("ECE", format!("{:.3}", error.value), "");
    }
    if let Outcome::Measured(brier) = &summary.brier {
        add("Brier score", format!("{:.4} [{:.4}, {:.4}]", brier.value, brier.low, brier.high), "");
    }
    if let Outcome::Measured(loss) = &summary.log_loss {
        add("Log loss, nats", format!("{:.4} [{:.4}, {:.4}]", loss.value, loss.low, loss.high), "");
    }
    table
}

fn worst(number: usize, pool: &PoolReport, network: &NetworkReport, tag: &str) -> Section {
    let id = format!("worst-{number}");
    let mut section =
        Section::new(&id, &format!("What fooled the network of \u{201c}{}\u{201d}", pool.name), tag);
    section.words.push(
        "Left what the network sees (brightened), right the same in grey with the network's map over it: orange where it says \u{201c}lens\u{201d} most, on a scale of each image's own. First the others it likes most, then the lenses it likes least.".to_owned(),
    );
    let card = |example: &Example| {
        let side = if example.is_lens { "Missed" } else { "False alarm" };
        let beaten = if example.is_lens {
            format!("{:.1} % of the others rank above it", 100.0 * example.wrong_side_of)
        } else {
            format!("it ranks above {:.1} % of the lenses", 100.0 * example.wrong_side_of)
        };
        Card {
            title: format!("{side}: {}", example.what),
            alt: format!("{}; claimed probability {:.4}", example.what, example.probability),
            words: format!("{}, claimed {:.4}; {beaten}", example.id, example.probability),
            tile_png: example.tile_png.clone(),
            map_png: example.map_png.clone(),
        }
    };
    section.gallery = network.worst.iter().map(card).collect();
    section
}

fn realism(number: usize, pool: &PoolReport, realism: &finder::Realism) -> Section {
    let id = format!("realism-{number}");
    let mut section =
        Section::new(&id, &format!("How real the mocks of \u{201c}{}\u{201d} look", pool.name), "");
    section.words.push(
        "A linear probe tries to tell two sets of images apart, by what the network sees in them and by nine numbers of their bare pixels. One half is what we want.".to_owned(),
    );
    if !realism.note.is_empty() {
        section.words.push(realism.note.clone());
    }
    let mut table = Table::new(
        "AUROC of a probe, 95 % interval",
        &["First", "#Images", "Second", "#Images", "#By embeddings", "#By bare pixels"],
    );
    let area = |outcome: &Outcome<finder::metrics::Area>| {
        outcome.value().map_or_else(|| NONE.to_owned(), |area| interval(area.value, area.low, area.high))
    };
    for comparison in &realism.comparisons {
        table.push([
            comparison.first.what.clone(),
            count(comparison.first.images),
            comparison.second.what.clone(),
            count(comparison.second.images),
            area(&comparison.embeddings),
            area(&comparison.statistics),
        ]);
    }
    section.tables.push(table);
    section
}

/// Simulated beside real, with counts; or that there was nothing real.
pub(super) fn real(replays: &Replays) -> Section {
    let mut section = Section::new("real-images", "Real images beside simulated ones", "real");
    let mut table = Table::new(
        "AUROC of the same networks, 95 % interval",
        &["Pool's network", "Images", "What against what", "Kind", "#Lenses", "#Others", "#AUROC", "Note"],
    );
    let mut any = false;
    for pool in &replays.pools {
        let Some(network) = &pool.network else { continue };
        let summary = &network.summary;
        let kind = if pool.is_simulated { "simulated" } else { "the pool's own" };
        table.push([
            pool.name.clone(),
            network.measured_on.clone(),
            "lenses against all others".to_owned(),
            kind.to_owned(),
            count(summary.positives),
            count(summary.negatives),
            summary.auroc.value().map_or_else(|| NONE.to_owned(), |a| interval(a.value, a.low, a.high)),
            String::new(),
        ]);
        for real in &network.real {
            any = true;
            let set = &real.set;
            let (value, reason) = match &set.auroc {
                Measured::Value(area) => (interval(area.value, area.low, area.high), String::new()),
                Measured::Missing(reason) => (NONE.to_owned(), reason.clone()),
            };
            let note = [set.note.as_str(), reason.as_str()]
                .into_iter()
                .filter(|n| !n.is_empty())
                .collect::<Vec<_>>()
                .join("; ");
            table.push([
                pool.name.clone(),
                set.set.clone(),
                set.what.clone(),
                "real".to_owned(),
                count(set.n_pos),
                count(set.n_neg),
                value,
                note,
            ]);
        }
    }
    if any {
        section.words.push("The networks learned from mocks alone. These are the same networks on real images, of other surveys and other renderings.".to_owned());
    } else {
        section.words.push(
            "None given: nothing on this page was measured on real images. Give a folder of published images (`[real] images = \"shared/data/images\"`) or labelled datasets (`[real] datasets = [\"…\"]`) to see the same networks on them.".to_owned(),
        );
    }
    section.tables.push(table);
    section
}
