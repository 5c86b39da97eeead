//! All monitors together, and the alarms they raise.

use serde::{Deserialize, Serialize};

use super::{
    Dispersion, Drift, KnownClaim, MonitorInput, MonitorSettings, Reliability, Totals, VolunteersMonitor,
    VoteEntropy, dispersion, drift, reliability, reliability_in_equal_parts, totals, volunteers,
    vote_entropy,
};

/// Calibration on known images.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct KnownCalibration {
    /// In ranges of equal width.
    pub equal_width: Reliability,
    /// In ranges that hold equally many images, for claims that crowd at the ends.
    pub equal_parts: Reliability,
    /// The calibration error (of the equal parts) that honest claims would show by chance.
    pub error_by_chance: f64,
}

/// What is wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AlarmKind {
    /// Claims on known images are not what they say.
    Calibration,
    /// Experts confirm another number than was claimed.
    Confirmed,
    /// The same non-lenses fool everybody.
    Dispersion,
    /// The believed share of lenses moved.
    Drift,
    /// Volunteers should be looked at.
    Volunteers,
    /// Votes on one image agree more, or less, than the model says.
    VoteEntropy,
}

/// One alarm.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Alarm {
    /// What is wrong.
    pub kind: AlarmKind,
    /// The numbers, in a sentence.
    pub message: String,
}

/// Everything a lead watches, as it is stored.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Monitors {
    /// Calibration on known images, if any has votes.
    pub known: Option<KnownCalibration>,
    /// ΣP, and what was confirmed.
    pub totals: Totals,
    /// Over-dispersion of false positives.
    pub dispersion: Option<Dispersion>,
    /// Drift of the believed share of lenses.
    pub drift: Option<Drift>,
    /// Informativeness and flags.
    pub volunteers: VolunteersMonitor,
    /// The posterior predictive check.
    pub vote_entropy: Option<VoteEntropy>,
    /// What is wrong, in the order of the fields.
    pub alarms: Vec<Alarm>,
}

/// Computes everything the input has something for.
#[must_use]
pub fn watch(input: &MonitorInput, settings: &MonitorSettings) -> Monitors {
    let mut monitors = Monitors {
        known: known_calibration(&input.known, settings.bins),
        totals: totals(&input.believed, &input.reviewed),
        dispersion: dispersion(&input.known_non_lenses),
        drift: drift(&input.believed),
        volunteers: volunteers(&input.volunteers, settings),
        vote_entropy: vote_entropy(&input.tallies, &input.answer_rates),
        alarms: Vec::new(),
    };
    monitors.alarms = alarms(&monitors, settings);
    monitors
}

fn known_calibration(known: &[KnownClaim], bins: usize) -> Option<KnownCalibration> {
    let pairs = || known.iter().map(|claim| (claim.p, claim.lens));
    let equal_parts = reliability_in_equal_parts(pairs(), bins);
    (equal_parts.images > 0).then(|| KnownCalibration {
        equal_width: reliability(pairs(), bins),
        error_by_chance: equal_parts.error_by_chance(),
        equal_parts,
    })
}

fn alarms(monitors: &Monitors, settings: &MonitorSettings) -> Vec<Alarm> {
    let mut alarms = Vec::new();
    let mut raise = |kind, message| alarms.push(Alarm { kind, message });
    let enough = |images: u64| images >= settings.least_images as u64;
    let beyond = |z: f64| z.abs() > settings.standard_errors;
    if let Some(known) = &monitors.known {
        let (ece, chance) = (known.equal_parts.ece, known.error_by_chance);
        if enough(known.equal_parts.images) && ece > chance + settings.calibration_error {
            raise(
                AlarmKind::Calibration,
                format!("calibration error {ece:.3} on known images, {chance:.3} by chance"),
            );
        }
    }
    if let Some(reviewed) = monitors.totals.reviewed
        && enough(reviewed.images)
        && beyond(reviewed.z_corrected())
    {
        let (claimed, corrected, confirmed) = (reviewed.claimed, reviewed.corrected, reviewed.confirmed);
        let error = reviewed.corrected_error;
        raise(
            AlarmKind::Confirmed,
            format!(
                "{corrected:.1} lenses claimed ({claimed:.1} before correction), {confirmed:.1} confirmed (± {error:.1})"
            ),
        );
    }
    if let Some(dispersion) = monitors.dispersion
        && enough(dispersion.images)
        && dispersion.ratio > settings.dispersion
    {
        let (ratio, chance) = (dispersion.ratio, dispersion.ratio_by_chance);
        raise(
            AlarmKind::Dispersion,
            format!(
                "false positives vary {ratio:.2} times as independent votes would (± {chance:.2} by chance)"
            ),
        );
    }
    if let Some(drift) = monitors.drift
        && enough(drift.before.images.min(drift.recent.images))
        && beyond(drift.z)
    {
        let (before, recent, z) = (drift.before.share, drift.recent.share, drift.z);
        raise(
            AlarmKind::Drift,
            format!(
                "believed share of lenses {before:.2e} before, {recent:.2e} now ({z:+.1} standard errors)"
            ),
        );
    }
    if monitors.volunteers.flagged > 0 {
        let (flagged, all) = (monitors.volunteers.flagged, monitors.volunteers.volunteers);
        raise(AlarmKind::Volunteers, format!("{flagged} of {all} volunteers should be looked at"));
    }
    if let Some(entropy) = monitors.vote_entropy
        && enough(entropy.images)
        && beyond(entropy.z())
    {
        let (observed, expected) = (entropy.observed_bits, entropy.expected_bits);
        raise(
            AlarmKind::VoteEntropy,
            format!("votes on one image have {observed:.3} bits of entropy, the model says {expected:.3}"),
        );
    }
    alarms
}
