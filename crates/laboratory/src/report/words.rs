//! Numbers as people read them, and what the words mean.

use figures::{NONE, Table, count};

use super::Section;
use crate::statistics::Mean;

/// A number of this name: counts whole, shares with three digits.
#[must_use]
pub fn number(name: &str, value: f64) -> String {
    if !value.is_finite() {
        return NONE.to_owned();
    }
    if is_count(name) {
        let whole = value.round();
        let sign = if whole < 0.0 { "−" } else { "" };
        return format!("{sign}{}", count(whole.abs() as u64));
    }
    format!("{value:.3}").replace('-', "−")
}

/// A mean with its interval; with one seed the number alone.
#[must_use]
pub fn with_interval(name: &str, mean: Option<&Mean>) -> String {
    let Some(mean) = mean else { return NONE.to_owned() };
    if mean.seeds < 2 || mean.low == mean.high {
        return number(name, mean.value);
    }
    format!("{} [{}, {}]", number(name, mean.value), number(name, mean.low), number(name, mean.high))
}

/// The same for a number that is never below 0, and never above 1 unless it is counted.
#[must_use]
pub fn level(name: &str, mean: Option<&Mean>) -> String {
    let high = if is_count(name) { f64::INFINITY } else { 1.0 };
    with_interval(name, mean.map(|mean| mean.within(0.0, high)).as_ref())
}

/// Whether a number is counted.
#[must_use]
pub fn is_count(name: &str) -> bool {
    const COUNTS: [&str; 12] = [
        "votes",
        "training_votes",
        "images_seen",
        "images_settled",
        "lenses_seen",
        "lenses_found",
        "candidates",
        "votes_to_target",
        "votes_to_target_seen",
        "votes_to_half_found",
        "audit_estimate",
        "lenses_in_pool",
    ];
    COUNTS.contains(&name)
}

/// A number's name for people.
#[must_use]
pub fn title(name: &str) -> String {
    let known = match name {
        "completeness_at_purity_30" => "completeness at 30 % purity",
        "completeness_at_purity_50" => "completeness at 50 % purity",
        "seen_completeness_at_purity_30" => "completeness at 30 % purity, images with votes only",
        "average_precision" => "average precision of the ranking",
        "average_precision_before" => "average precision before any vote",
        "tpr_at_fpr_1e3" => "TPR at FPR 0.1 %",
        "tpr_at_fpr_1e2" => "TPR at FPR 1 %",
        "votes_to_target" => "votes to 90 % completeness at 30 % purity",
        "votes_to_target_seen" => "votes to 90 % completeness at 30 % purity, images with votes only",
        "votes_to_half_found" => "votes until half of the lenses are found",
        "mean_completeness" => "completeness, mean over the votes",
        other => return other.replace('_', " "),
    };
    known.to_owned()
}

/// What the words mean.
#[must_use]
pub fn section() -> Section {
    let mut table = Table::new("Words of this page", &["Word", "Meaning"]);
    let mut add = |word: &str, meaning: &str| table.push([word.to_owned(), meaning.to_owned()]);
    add(
        "Replay",
        "A campaign that did not happen: a policy asks simulated people about a stored pool, vote by vote. The network is not trained again within a replay; what learns is the head over its embeddings.",
    );
    add(
        "Candidate",
        "An image that people looked at and that is a likely lens by their votes and the network together, above the threshold.",
    );
    add("Completeness", "Lenses among the candidates as a share of the lenses in the pool.");
    add("Purity", "Lenses among the candidates as a share of the candidates.");
    add(
        "Completeness at 30 % purity",
        "Share of the lenses in the longest beginning of the ranking of the whole pool in which 30 % are lenses. Images nobody looked at are ranked by the network; \u{201c}images with votes only\u{201d} leaves them out.",
    );
    add(
        "Vote",
        "One answer of one simulated person to one image of the pool. Answers to training images come on top and are in the tables.",
    );
    add(
        "Band, interval",
        "95 % interval of the mean over seeds (Student's t). A difference is taken seed by seed, since both arms of a seed have the same people.",
    );
    add(
        "Audit",
        "A sample drawn with known probabilities in every round; from it the number of lenses is estimated without knowing the truth.",
    );
    add(
        "Forecast",
        "What a campaign would say at that moment of the lenses still to be found, from its votes and its network alone.",
    );
    add(
        "Space Warps",
        "25.6 votes on each tile: what the search of the CFHTLS spent (Marshall et al. 2016; More et al. 2016). Another survey and other people; a yardstick, not a rival in the same race.",
    );
    Section { tables: vec![table], ..Section::new("words", "What the words mean", "") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_are_whole_and_shares_are_not() {
        assert_eq!(number("votes_to_target", 1234.4), "1,234");
        assert_eq!(number("votes", -12.0), "−12");
        assert_eq!(number("purity", 0.25), "0.250");
        assert_eq!(number("purity", f64::NAN), NONE);
    }
}
