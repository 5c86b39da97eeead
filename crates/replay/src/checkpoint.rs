//! Where a replay stands after so many votes: what a real campaign could say of itself (estimates), beside
//! what is true (everything else).

use serde::{Deserialize, Serialize};

/// Figures after so many votes. Rates are `None` where there is nothing to divide by.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Checkpoint {
    /// Votes on survey images so far.
    pub votes: u64,
    /// Votes on training images so far, on top.
    pub training_votes: u64,
    /// Votes on survey images by the number of images in the pool.
    pub votes_per_tile: f64,
    /// The round, counted from 0.
    pub round: u32,
    /// Fits of the head so far.
    pub head_version: u32,
    /// Images with at least one vote.
    pub images_seen: u64,
    /// Images of which the crowd is asked no more: detected, rejected or contested.
    pub images_settled: u64,
    /// Lenses with at least one vote.
    pub lenses_seen: u64,
    /// Lenses among the settled images, whatever was decided of them.
    #[serde(default)]
    pub lenses_settled: u64,
    /// Lenses among the candidates.
    pub lenses_found: u64,
    /// Images with a vote and `p_joint` at or above the threshold.
    pub candidates: u64,
    /// Lenses in the pool.
    pub lenses_total: u64,
    /// `lenses_found / lenses_total`.
    pub completeness: Option<f64>,
    /// `lenses_found / candidates`.
    pub purity: Option<f64>,
    /// Share of the lenses in the longest beginning of the ranking in which 30 % are lenses. The ranking is
    /// of the whole pool: `p_joint` where people voted, the head (without one the champion) elsewhere.
    pub completeness_at_purity_30: Option<f64>,
    /// The same at 50 %.
    pub completeness_at_purity_50: Option<f64>,
    /// The same at 30 % in the ranking of those images only that people voted on: what a catalogue holds
    /// of which every entry was looked at.
    pub seen_completeness_at_purity_30: Option<f64>,
    /// Average precision of the ranking of the whole pool.
    pub average_precision: Option<f64>,
    /// Share of the lenses that the ranking puts before a thousandth of the others.
    pub tpr_at_fpr_1e3: Option<f64>,
    /// How many lenses the pool holds by the audits of the rounds that are over; `None` without an audit.
    /// Lenses that people look at and refuse are not among them: no vote tells of these.
    pub audit: Option<Estimate>,
    /// Lenses left, and votes until the target, as forecast now; `None` before it can be made.
    pub forecast: Option<Forecast>,
}

/// A number with its 95 % interval.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Estimate {
    /// Best guess.
    pub value: f64,
    /// Lower end.
    pub low: f64,
    /// Upper end.
    pub high: f64,
}

/// What a campaign would say of the way before it.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Forecast {
    /// Lenses among the images that are still open.
    pub lenses_left: Estimate,
    /// Votes until people have judged `target` of the lenses; `None` where that is out of reach.
    pub votes_to_target: Option<Estimate>,
    /// The completeness aimed at.
    pub target: f64,
}
