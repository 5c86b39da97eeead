//! One sentence per chart: what the numbers say, arm by arm, with counts and
//! intervals. Nothing is judged here beyond what an interval shows.

use super::{
    data::{Arm, Report, Round},
    format::{NONE, area, count, interval, rate, tpr},
};

/// The sentences of the summary.
pub fn all(report: &Report) -> Vec<String> {
    let mut sentences = vec![found(report), purity(report), average_precision(report), tpr_at_1e2(report)];
    sentences.extend(real(report));
    sentences.retain(|sentence| !sentence.is_empty());
    sentences
}

/// Lenses found for the votes spent.
pub fn found(report: &Report) -> String {
    per_arm(report, "Lenses found", |_, last| {
        format!(
            "{} of {} after {} votes",
            count(last.lenses_found),
            count(last.lenses_in_pool),
            count(last.votes_total)
        )
    })
}

/// Completeness at the end.
pub fn completeness(report: &Report) -> String {
    per_arm(report, "Completeness at the end", |_, last| rate(last.completeness.as_ref()))
}

/// Purity at the end.
pub fn purity(report: &Report) -> String {
    per_arm(report, "Purity at the end", |_, last| match &last.purity {
        Some(purity) => format!("{} of {} candidates", rate(Some(purity)), count(last.candidates)),
        None => "no candidates".to_owned(),
    })
}

/// Average precision from start to end.
pub fn average_precision(report: &Report) -> String {
    change(report, "Average precision on the held-out sky", |round| area(&round.average_precision))
}

/// True-positive rate at 1 % from start to end.
pub fn tpr_at_1e2(report: &Report) -> String {
    change(report, "TPR at FPR 1 % on the held-out sky", |round| tpr(&round.tpr_at_fpr_1e2))
}

/// True-positive rate at 0.1 % from start to end.
pub fn tpr_at_1e3(report: &Report) -> String {
    change(report, "TPR at FPR 0.1 % on the held-out sky", |round| tpr(&round.tpr_at_fpr_1e3))
}

/// The audit at the end.
pub fn audit(report: &Report) -> Option<String> {
    let has_audit = report.arms.iter().any(|arm| arm.rounds.last().is_some_and(|last| last.audit.is_some()));
    has_audit.then(|| {
        per_arm(report, "Lenses in the pool by the last audit", |_, last| {
            last.audit.map_or_else(
                || "no audit".to_owned(),
                |audit| {
                    let truth = count(audit.truth);
                    let acquisition::Interval { estimate, low, high } = audit.lenses;
                    format!("{estimate:.0} [{low:.0}, {high:.0}], in truth {truth}")
                },
            )
        })
    })
}

/// The best and the worst of the real sets.
pub fn real(report: &Report) -> Option<String> {
    let mut measured: Vec<_> = report.real.iter().filter_map(|set| Some((set, set.auroc.value()?))).collect();
    measured.sort_by(|a, b| b.1.value.total_cmp(&a.1.value));
    let say = |(set, area): &(&super::data::RealSet, &finder::metrics::Area)| {
        let numbers = interval(area.value, area.low, area.high);
        format!("{numbers} on {} (n = {} + {})", set.set, count(set.n_pos), count(set.n_neg))
    };
    match &measured[..] {
        [] => None,
        [only] => Some(format!("Real images, AUROC: {}.", say(only))),
        [best, .., worst] => Some(format!("Real images, AUROC: from {} to {}.", say(worst), say(best))),
    }
}

fn change(report: &Report, subject: &str, number: impl Fn(&Round) -> String) -> String {
    per_arm(report, subject, |first, last| {
        let (from, to) = (number(first), number(last));
        if from == to || first.round == last.round || from == NONE {
            to
        } else {
            format!("{to}, from {from}")
        }
    })
}

/// `Subject: active …; random ….`; empty without rounds.
fn per_arm(report: &Report, subject: &str, say: impl Fn(&Round, &Round) -> String) -> String {
    let part = |arm: &Arm| Some(format!("{} {}", arm.name, say(arm.rounds.first()?, arm.rounds.last()?)));
    let parts: Vec<String> = report.arms.iter().filter_map(part).collect();
    if parts.is_empty() { String::new() } else { format!("{subject}: {}.", parts.join("; ")) }
}
