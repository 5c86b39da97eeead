//! What one vote of each volunteer tells, and a list of those a lead should look at. A flag is
//! a question, never a deletion: weighing by skill already makes an uninformative vote
//! weightless.

use domain::VolunteerId;
use serde::{Deserialize, Serialize};

use super::{MonitorSettings, VolunteerTrack};
use crate::methods::informativeness::confusion_bits;

/// The crowd's rates weigh so many votes in somebody's own.
const POOLING: f64 = 4.0;
/// Beyond these χ² with 1 and 2 degrees of freedom is chance one time in twenty.
const CHI2_AT_5_PERCENT: [f64; 2] = [3.841, 5.991];
/// Expected G for somebody like the crowd before "compatible with nothing" means anything: then
/// they would pass the test 95 times in a hundred (non-central χ², two degrees of freedom).
const ENOUGH: f64 = 15.4;

/// Why a volunteer should be looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum VolunteerFlag {
    /// What they say of known images is compatible with not looking, though they saw enough of
    /// them that somebody like the crowd would have shown.
    Uninformative,
    /// They say "lens" more often of non-lenses than of lenses, beyond chance.
    Inverted,
    /// Too fast for a look, and nearly always the same answer.
    FastAndMonotonous,
}

/// One volunteer.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct VolunteerMonitor {
    /// Who.
    pub volunteer: VolunteerId,
    /// Votes that count.
    pub votes: u32,
    /// Those on known images.
    pub known: u32,
    /// What one vote tells about an even question, in bits: mutual information of answer and
    /// truth, their own rates drawn towards the crowd's by four votes.
    pub informativeness_bits: f64,
    /// Entropy of their answers on images of unknown truth, in bits.
    pub answer_entropy_bits: f64,
    /// Median time per answer, where it is known.
    pub seconds_per_answer: Option<f64>,
    /// Why they should be looked at.
    pub flags: Vec<VolunteerFlag>,
}

/// Everybody together.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct VolunteersMonitor {
    /// Volunteers.
    pub volunteers: u64,
    /// Those with a flag.
    pub flagged: u64,
    /// What one vote of somebody with the crowd's rates tells, in bits.
    pub crowd_bits: f64,
    /// Informativeness that a tenth, half and nine tenths of the volunteers stay below.
    pub deciles_bits: [f64; 3],
    /// Entropy of all answers on images of unknown truth, in bits.
    pub crowd_entropy_bits: f64,
    /// Those with most votes and everybody with a flag, in the order of their ids.
    pub listed: Vec<VolunteerMonitor>,
}

/// Measures everybody.
#[must_use]
pub fn volunteers(tracks: &[VolunteerTrack], settings: &MonitorSettings) -> VolunteersMonitor {
    let mut known = [[0.0; 3]; 2];
    let mut survey = [0.0; 3];
    for track in tracks {
        for (sum, count) in known.iter_mut().flatten().zip(track.known.as_flattened()) {
            *sum += f64::from(*count);
        }
        for (sum, count) in survey.iter_mut().zip(track.survey) {
            *sum += f64::from(count);
        }
    }
    // One imagined answer of each kind, so that a crowd without votes has rates too.
    let crowd = known.map(|row| rates(row, [1.0 / 3.0; 3], 3.0));
    let crowd_entropy_bits = entropy_bits(survey);
    let mut all: Vec<VolunteerMonitor> =
        tracks.iter().map(|track| one(track, &crowd, crowd_entropy_bits, settings)).collect();
    let mut bits: Vec<f64> = all.iter().map(|one| one.informativeness_bits).collect();
    bits.sort_unstable_by(f64::total_cmp);
    let decile = |tenths: usize| bits.get(bits.len().saturating_sub(1) * tenths / 10).copied().unwrap_or(0.0);
    let (volunteers, flagged) = (all.len(), all.iter().filter(|one| !one.flags.is_empty()).count());
    all.sort_by_key(|one| (one.flags.is_empty(), std::cmp::Reverse(one.votes), one.volunteer));
    all.truncate(settings.listed_volunteers.max(flagged));
    all.sort_by_key(|one| one.volunteer);
    VolunteersMonitor {
        volunteers: volunteers as u64,
        flagged: flagged as u64,
        crowd_bits: even_bits(&crowd),
        deciles_bits: [decile(1), decile(5), decile(9)],
        crowd_entropy_bits,
        listed: all,
    }
}

fn one(
    track: &VolunteerTrack,
    crowd: &[[f64; 3]; 2],
    crowd_entropy: f64,
    settings: &MonitorSettings,
) -> VolunteerMonitor {
    let known = track.known.map(|row| row.map(f64::from));
    let own = [0, 1].map(|truth| rates(known[truth], crowd[truth], POOLING));
    let seen: u32 = track.known.iter().flatten().sum();
    let survey: u32 = track.survey.iter().sum();
    let answer_entropy_bits = entropy_bits(track.survey.map(f64::from));
    let mut flags = Vec::new();
    if seen >= settings.least_votes {
        let (g, freedom) = independence(&known);
        let is_chance = freedom == 0 || g <= CHI2_AT_5_PERCENT[freedom - 1];
        let said_lens = |truth: usize| known[truth][2] / known[truth].iter().sum::<f64>().max(1.0);
        if is_chance && expected_g(&known, crowd) >= ENOUGH {
            flags.push(VolunteerFlag::Uninformative);
        } else if !is_chance && said_lens(1) < said_lens(0) {
            flags.push(VolunteerFlag::Inverted);
        }
    }
    let fast = track.seconds_per_answer.is_some_and(|seconds| seconds < settings.too_fast_seconds);
    let monotonous = answer_entropy_bits < settings.low_entropy * crowd_entropy;
    if fast && monotonous && survey >= settings.least_votes {
        flags.push(VolunteerFlag::FastAndMonotonous);
    }
    VolunteerMonitor {
        volunteer: track.volunteer,
        votes: seen + survey,
        known: seen,
        informativeness_bits: even_bits(&own),
        answer_entropy_bits,
        seconds_per_answer: track.seconds_per_answer,
        flags,
    }
}

/// Shares of the answers, drawn towards `towards` by so many imagined votes.
fn rates(counts: [f64; 3], towards: [f64; 3], weight: f64) -> [f64; 3] {
    let total: f64 = counts.iter().sum::<f64>() + weight;
    [0, 1, 2].map(|answer| (counts[answer] + weight * towards[answer]) / total)
}

fn even_bits(rates: &[[f64; 3]; 2]) -> f64 {
    confusion_bits(rates.as_flattened(), &[0.5, 0.5], 3)
}

fn entropy_bits(counts: [f64; 3]) -> f64 {
    let total: f64 = counts.iter().sum();
    let term = |count: f64| if count > 0.0 { -(count / total) * (count / total).log2() } else { 0.0 };
    counts.into_iter().map(term).sum()
}

/// G = 2 N ln 2 × mutual information of truth and answer in the table of counts, which is χ² with
/// (answers used − 1) degrees of freedom if they are independent; and these degrees (0 where a
/// truth was never seen).
fn independence(known: &[[f64; 3]; 2]) -> (f64, usize) {
    let seen = known.map(|row| row.iter().sum::<f64>());
    let total = seen[0] + seen[1];
    if seen[0] == 0.0 || seen[1] == 0.0 {
        return (0.0, 0);
    }
    let used = (0..3).filter(|answer| known[0][*answer] + known[1][*answer] > 0.0).count();
    let shares = [0, 1].map(|truth| known[truth].map(|count| count / seen[truth]));
    let bits = confusion_bits(shares.as_flattened(), &seen.map(|n| n / total), 3);
    (2.0 * std::f64::consts::LN_2 * total * bits, used - 1)
}

/// What G would be about for somebody with the crowd's rates who saw the same images.
fn expected_g(known: &[[f64; 3]; 2], crowd: &[[f64; 3]; 2]) -> f64 {
    let seen = known.map(|row| row.iter().sum::<f64>());
    independence(&[0, 1].map(|truth| crowd[truth].map(|rate| rate * seen[truth]))).0
}
