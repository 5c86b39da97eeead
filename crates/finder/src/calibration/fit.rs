//! Fits a calibration, chooses among the methods by cross-validation, and measures what it gains.

use domain::logit;

use super::{CalibrationChoice, Check, Line, Method, Row, Sample, isotonic, judged};

/// Folds of the cross-validation.
const FOLDS: usize = 5;
/// Lenses and others a sigmoid needs before it may be chosen over a temperature.
const FOR_PLATT: usize = 10;
/// Lenses and others a rising line needs.
const FOR_ISOTONIC: usize = 100;

/// The method and its line, or why there is none.
pub(super) fn fit(
    sample: &Sample<'_>,
    choice: CalibrationChoice,
    training_prevalence: f64,
) -> Result<(Method, Line), String> {
    let rows = sample.rows();
    let [others, lenses] = counts(&rows);
    if rows.is_empty() {
        return Err("there were no images to fit on".into());
    }
    if sample.logits.len() != sample.labels.len() || rows.iter().any(|row| !row.x.is_finite()) {
        return Err("the logits are not finite".into());
    }
    if others == 0 || lenses == 0 {
        return Err(format!("of {lenses} lenses and {others} others to fit on, both are needed"));
    }
    let candidates = match choice {
        CalibrationChoice::Temperature => vec![Method::Temperature],
        CalibrationChoice::Platt => vec![Method::Platt],
        CalibrationChoice::Isotonic => vec![Method::Isotonic],
        CalibrationChoice::Auto => {
            let fewest = others.min(lenses);
            let needed =
                [(Method::Temperature, 0), (Method::Platt, FOR_PLATT), (Method::Isotonic, FOR_ISOTONIC)];
            needed.into_iter().filter(|(_, least)| fewest >= *least).map(|(method, _)| method).collect()
        }
    };
    let mut best: Option<(f64, Method)> = None;
    let mut reason = String::new();
    for method in candidates {
        match line(&rows, &method, training_prevalence) {
            Err(why) => reason = why,
            Ok(_) => {
                let loss = cross_fitted(&rows, &method, training_prevalence)
                    .map_or(f64::INFINITY, |log_odds| judged(&rows, &log_odds).0);
                // The simpler one stands unless a later one is better.
                if best.as_ref().is_none_or(|(least, _)| loss < *least) {
                    best = Some((loss, method));
                }
            }
        }
    }
    let (_, method) = best.ok_or(reason)?;
    let line = line(&rows, &method, training_prevalence)?;
    Ok((method, line))
}

/// What the method gains on images its fits did not see; `None` with too few for five folds.
pub(super) fn check(sample: &Sample<'_>, method: &Method, training_prevalence: f64) -> Option<Check> {
    let rows = sample.rows();
    let shift = shift(&rows, training_prevalence);
    let before: Vec<f64> = rows.iter().map(|row| row.x + shift).collect();
    let after = cross_fitted(&rows, method, training_prevalence)?;
    let ((log_loss_before, error_before), (log_loss_after, error_after)) =
        (judged(&rows, &before), judged(&rows, &after));
    Some(Check { log_loss_before, log_loss_after, error_before, error_after })
}

/// Log-odds of each image by a line fitted on the other folds.
fn cross_fitted(rows: &[Row], method: &Method, training_prevalence: f64) -> Option<Vec<f64>> {
    let lines = (0..FOLDS).map(|fold| {
        let others = rows.iter().enumerate().filter(|(index, _)| index % FOLDS != fold);
        line(&others.map(|(_, row)| *row).collect::<Vec<_>>(), method, training_prevalence).ok()
    });
    let lines: Vec<Line> = lines.collect::<Option<_>>()?;
    Some(rows.iter().enumerate().map(|(index, row)| lines[index % FOLDS].at(row.x)).collect())
}

fn line(rows: &[Row], method: &Method, training_prevalence: f64) -> Result<Line, String> {
    let [others, lenses] = counts(rows);
    if others == 0 || lenses == 0 {
        return Err(format!("of {lenses} lenses and {others} others to fit on, both are needed"));
    }
    match method {
        Method::Platt => sigmoid_line(rows, None),
        Method::Isotonic => isotonic::knots(rows).map(|knots| Line { slope: 1.0, intercept: 0.0, knots }),
        Method::Temperature | Method::Uncalibrated { .. } => {
            sigmoid_line(rows, Some(shift(rows, training_prevalence)))
        }
    }
}

/// Non-lenses and lenses.
fn counts(rows: &[Row]) -> [usize; 2] {
    let lenses = rows.iter().filter(|row| row.y).count();
    [rows.len() - lenses, lenses]
}

/// What the share of lenses of these images adds to the log-odds of a network trained at another.
fn shift(rows: &[Row], training_prevalence: f64) -> f64 {
    let (lenses, all) =
        rows.iter().fold((0.0, 0.0), |(l, a), row| (if row.y { l + row.w } else { l }, a + row.w));
    logit((lenses / all).clamp(1e-6, 1.0 - 1e-6)) - logit(training_prevalence)
}

/// Slope and intercept (or the slope alone) that maximise the weighted likelihood, by Newton's method with
/// Platt's targets (Platt 1999; Lin, Lin & Weng 2007), which keep the slope finite where the classes
/// do not overlap.
fn sigmoid_line(rows: &[Row], intercept: Option<f64>) -> Result<Line, String> {
    let [others, lenses] = counts(rows);
    let (yes, no) = ((lenses as f64 + 1.0) / (lenses as f64 + 2.0), 1.0 / (others as f64 + 2.0));
    let total: f64 = rows.iter().map(|row| row.w).sum();
    let loss = |a: f64, b: f64| {
        let each = rows.iter().map(|row| {
            let (z, t) = (a * row.x + b, if row.y { yes } else { no });
            row.w * (z.max(0.0) - t * z + (-z.abs()).exp().ln_1p())
        });
        each.sum::<f64>() / total
    };
    let (mut a, mut b) = (1.0, intercept.unwrap_or(0.0));
    let mut now = loss(a, b);
    for _ in 0..100 {
        let (mut ga, mut gb, mut haa, mut hab, mut hbb) = (0.0, 0.0, 1e-10, 0.0, 1e-10);
        for row in rows {
            let p = domain::sigmoid(a * row.x + b);
            let (d, h) = (row.w * (p - if row.y { yes } else { no }), row.w * p * (1.0 - p));
            (ga, gb) = (ga + d * row.x, gb + d);
            (haa, hab, hbb) = (haa + h * row.x * row.x, hab + h * row.x, hbb + h);
        }
        let (da, db) = if intercept.is_some() {
            (ga / haa, 0.0)
        } else {
            let determinant = haa * hbb - hab * hab;
            ((hbb * ga - hab * gb) / determinant, (haa * gb - hab * ga) / determinant)
        };
        // Half the step until it helps.
        let step = (0..40).map(|halvings| 0.5f64.powi(halvings)).find(|step| {
            let next = loss(a - step * da, b - step * db);
            next.is_finite() && next < now
        });
        let Some(step) = step else { break };
        (a, b) = (a - step * da, b - step * db);
        let next = loss(a, b);
        let is_done = now - next < 1e-12;
        now = next;
        if is_done {
            break;
        }
    }
    if a > 0.0 && a.is_finite() && b.is_finite() {
        Ok(Line { slope: a, intercept: b, knots: Vec::new() })
    } else {
        Err(format!("the fitted slope is {a}, so higher logits would mean fewer lenses"))
    }
}
