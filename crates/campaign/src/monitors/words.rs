//! The monitors in words: each number beside what it should be, and what an alarm means to a lead.

use consensus::{
    calibration::Calibration,
    monitors::{AlarmKind, MonitorSettings, Monitors, VolunteerFlag},
};
use finder::metrics::wilson;

use super::{
    Retests,
    input::{Impressions, pseudonym_of},
};
use crate::report::{Claim, MonitorLine, MonitorReport, Suspect};

const NOT_YET: &str = "not measured yet";

/// Everything, in the order in which it should be read.
pub(super) fn report(
    round: u32,
    monitors: &Monitors,
    retests: &Retests,
    impressions: &Impressions,
    settings: &MonitorSettings,
    in_force: &Calibration,
) -> MonitorReport {
    let mut lines = vec![
        calibration(monitors, settings),
        confirmed(monitors, settings, in_force),
        dispersion(monitors, settings),
        entropy(monitors, settings),
        drift(monitors, settings),
        people(monitors),
        retested(retests),
    ];
    for line in &mut lines {
        line.alarm &= line.value != NOT_YET;
    }
    MonitorReport {
        round,
        lines,
        reliability: reliability(monitors),
        suspects: suspects(monitors, impressions),
    }
}

fn line(
    monitors: &Monitors,
    kind: AlarmKind,
    name: &str,
    value: Option<String>,
    wanted: String,
    meaning: &str,
) -> MonitorLine {
    MonitorLine {
        name: name.to_owned(),
        value: value.unwrap_or_else(|| NOT_YET.to_owned()),
        wanted,
        alarm: monitors.alarms.iter().any(|alarm| alarm.kind == kind),
        meaning: meaning.to_owned(),
    }
}

fn calibration(monitors: &Monitors, settings: &MonitorSettings) -> MonitorLine {
    let value = monitors.known.as_ref().map(|known| {
        let parts = &known.equal_parts;
        format!("ECE {:.3} (n = {})", parts.ece, parts.images)
    });
    let chance = monitors.known.as_ref().map_or(0.0, |known| known.error_by_chance);
    line(
        monitors,
        AlarmKind::Calibration,
        "Claims on training images",
        value,
        format!("at most {:.3}", chance + settings.calibration_error),
        "On images whose truth is known, the votes claim more or less than there is. Do not read the posteriors as probabilities yet: draw images for experts (`lensfinder review draw`) and import their grades; from then on the posteriors are corrected by them.",
    )
}

fn confirmed(monitors: &Monitors, settings: &MonitorSettings, calibration: &Calibration) -> MonitorLine {
    let totals = &monitors.totals;
    let value = match totals.reviewed {
        None => format!("ΣP {:.1} over {} images; none reviewed", totals.sum_p, totals.images),
        Some(reviewed) if calibration.reviews().0 == 0 => format!(
            "{:.1} claimed, not corrected; {:.1} ± {:.1} confirmed (n = {})",
            reviewed.claimed, reviewed.confirmed, reviewed.standard_error, reviewed.images
        ),
        Some(reviewed) => format!(
            "{:.1} claimed before correction, {:.1} after (calibration {}); {:.1} ± {:.1} confirmed (n = {})",
            reviewed.claimed,
            reviewed.corrected,
            calibration.id(),
            reviewed.confirmed,
            reviewed.corrected_error,
            reviewed.images
        ),
    };
    line(
        monitors,
        AlarmKind::Confirmed,
        "Lenses claimed and confirmed",
        Some(value),
        format!("within {} σ, with the correction in force", settings.standard_errors),
        "Experts confirm another number of lenses than the posteriors in force add up to. If fewer: purity is overstated; have more images graded, so that posteriors can be corrected (a correction holds from the round that learnt it on), or raise `detect_above`. If more: lenses are being rejected; lower `reject_below` or ask for more votes. A correction was learnt from these same grades: that it agrees with them is no proof, new grades are.",
    )
}

fn dispersion(monitors: &Monitors, settings: &MonitorSettings) -> MonitorLine {
    let value =
        monitors.dispersion.map(|d| format!("{:.2} ± {:.2} (n = {})", d.ratio, d.ratio_by_chance, d.images));
    line(
        monitors,
        AlarmKind::Dispersion,
        "Over-dispersion of false positives",
        value,
        format!("at most {}", settings.dispersion),
        "The same non-lenses fool many people: further votes on such an image say less than they seem to. Let reviewed false positives join the training images, ask experts about the candidates, and lower `tempering` if claims are too high as well.",
    )
}

fn entropy(monitors: &Monitors, settings: &MonitorSettings) -> MonitorLine {
    let value = monitors
        .vote_entropy
        .map(|e| format!("{:.3} bits, model {:.3} ({:+.1} σ)", e.observed_bits, e.expected_bits, e.z()));
    line(
        monitors,
        AlarmKind::VoteEntropy,
        "Agreement of votes on one image",
        value,
        format!("within {} σ", settings.standard_errors),
        "Votes on one image agree more (or less) than the model expects. More: some images are easy or hard for everybody, and posteriors get too sure too soon; review candidates before quoting numbers. Less: people differ more than the model knows, or somebody answers at random.",
    )
}

fn drift(monitors: &Monitors, settings: &MonitorSettings) -> MonitorLine {
    let value = monitors
        .drift
        .map(|d| format!("{:.4} before, {:.4} now ({:+.1} σ)", d.before.share, d.recent.share, d.z));
    line(
        monitors,
        AlarmKind::Drift,
        "Share of lenses, images drawn by chance",
        value,
        format!("within {} σ", settings.standard_errors),
        "Images drawn by chance in the last round, against those of all rounds before. After the first round such draws leave out what people have judged already, so some fall is expected as lenses and easy images leave. What is more than that is for a person to find out: the network, the crowd, or the kind of image has changed.",
    )
}

fn people(monitors: &Monitors) -> MonitorLine {
    let all = &monitors.volunteers;
    let [_, median, _] = all.deciles_bits;
    line(
        monitors,
        AlarmKind::Volunteers,
        "What one answer tells",
        (all.volunteers > 0)
            .then(|| format!("median {median:.2} bits, {} of {} flagged", all.flagged, all.volunteers)),
        "nobody flagged".to_owned(),
        "The answers of these people tell next to nothing, or the opposite of what they say. Their votes weigh accordingly already, and nobody is removed: look at the list, write to them, or show them more training images with feedback.",
    )
}

/// Re-tests raise an alarm when more than one in ten rejected images does not stay rejected, beyond
/// chance. This is no proof that the first verdict was wrong: one answer to the contrary may reopen an
/// image, and the next ones reject it again.
fn retested(retests: &Retests) -> MonitorLine {
    let rate = wilson(retests.rejected_changed, retests.rejected);
    let rejected = rate.map(|rate| {
        let (changed, all) = (retests.rejected_changed, retests.rejected);
        format!("{changed} of {all} rejected changed [{:.2}, {:.2}]", rate.low, rate.high)
    });
    let detected = (retests.detected > 0)
        .then(|| format!("{} of {} detected changed", retests.detected_changed, retests.detected));
    let parts: Vec<String> = rejected.into_iter().chain(detected).collect();
    let value = (!parts.is_empty()).then(|| parts.join(", "));
    MonitorLine {
        name: "Retired images asked about again".to_owned(),
        value: value.unwrap_or_else(|| NOT_YET.to_owned()),
        wanted: "at most 0.10 of the rejected".to_owned(),
        alarm: rate.is_some_and(|rate| rate.low > 0.1),
        meaning: "More than one in ten rejected images does not stay rejected when asked about again: verdicts hang on a vote or two. Not all of them were wrong; an image that one answer reopens may be rejected again. Look at them, and lower `reject_below` or raise `min_votes` in `[consensus.retirement]`.".to_owned(),
    }
}

fn reliability(monitors: &Monitors) -> Vec<Claim> {
    let bins = monitors.known.iter().flat_map(|known| &known.equal_width.bins);
    bins.map(|bin| Claim {
        low: bin.low,
        high: bin.high,
        images: bin.images,
        claimed: bin.mean_claimed,
        lenses: bin.lenses,
    })
    .collect()
}

fn suspects(monitors: &Monitors, impressions: &Impressions) -> Vec<Suspect> {
    let flagged = monitors.volunteers.listed.iter().filter(|one| !one.flags.is_empty());
    flagged
        .map(|one| {
            let volunteer = pseudonym_of(one.volunteer);
            let (known, right) = impressions.tracks.get(&volunteer).map_or((0, 0), |track| track.decided());
            let why: Vec<&str> = one.flags.iter().map(|flag| why(*flag)).collect();
            Suspect {
                votes: u64::from(one.votes),
                known: u64::from(known),
                right: u64::from(right),
                bits: one.informativeness_bits,
                why: why.join("; "),
                volunteer,
            }
        })
        .collect()
}

const fn why(flag: VolunteerFlag) -> &'static str {
    match flag {
        VolunteerFlag::Uninformative => "answers as if not looking",
        VolunteerFlag::Inverted => "says the opposite of the truth",
        VolunteerFlag::FastAndMonotonous => "too fast, nearly always the same answer",
    }
}
