//! From the project's state to the plain slices that the monitors are computed from.

use std::collections::{BTreeMap, HashMap, HashSet};

use consensus::{
    live::{Engine, LiveMethod, TruthKind},
    monitors::{Believed, KnownClaim, KnownNonLens, MonitorInput, Reviewed, SubjectTally, VolunteerTrack},
};
use domain::{ClassificationId, Label, Tally, VolunteerId, logit, sigmoid};
use serde_json::Value;
use store::LogSeq;
use tokio_stream::StreamExt as _;
use uuid::Uuid;

use super::Seen;
use crate::{
    CampaignError,
    labels::LabelRow,
    review,
    runner::{Context, Project},
};

/// Strategies that draw by chance alone: only they speak for more than what they drew.
const BY_CHANCE: [&str; 2] = ["audit", "random"];
/// Where the database asks about a retired image again.
pub(super) const RETEST: &str = "retest";

/// How votes came about: what the log itself does not hold.
#[derive(Debug, Default)]
pub(super) struct Impressions {
    /// Every volunteer, by pseudonym.
    pub tracks: BTreeMap<String, Track>,
    /// Images drawn by chance, by name: the chance, and the round of that draw.
    pub by_chance: HashMap<String, (f64, Option<u32>)>,
    /// Votes on images that were retired when they were asked about.
    pub retests: HashSet<ClassificationId>,
}

/// One volunteer's answers.
#[derive(Debug, Default)]
pub(super) struct Track {
    pub known: [[u32; 3]; 2],
    pub survey: [u32; 3],
    seconds: Vec<f64>,
}

impl Track {
    /// Decided answers on known images, and the right ones among them.
    pub fn decided(&self) -> (u32, u32) {
        let [[no_right, _, lens_wrong], [no_wrong, _, lens_right]] = self.known;
        (no_right + lens_wrong + no_wrong + lens_right, no_right + lens_right)
    }

    fn median_seconds(&self) -> Option<f64> {
        let mut sorted = self.seconds.clone();
        sorted.sort_unstable_by(f64::total_cmp);
        sorted.get(sorted.len() / 2).copied()
    }
}

impl Impressions {
    /// Reads every vote that stands up to the mark.
    pub async fn of(context: &Context, project: &Project, mark: LogSeq) -> Result<Self, CampaignError> {
        let mut all = Self::default();
        // Numbers in the place of names: there may be millions of votes.
        let (mut subjects, mut people) = (Numbers::default(), Numbers::default());
        let mut counted: HashSet<(u32, u32)> = HashSet::new();
        let mut rows = context.store.vote_rows(project.id, mark, project.pseudonyms);
        while let Some(row) = rows.next().await {
            let row = row?;
            let pair = (subjects.of(&row.external_id), people.of(&row.volunteer));
            let track = all.tracks.entry(row.volunteer).or_default();
            if row.retracted || !counted.insert(pair) {
                continue;
            }
            let column = row.answer.code() as usize;
            match row.label {
                _ if !row.role.is_training() => track.survey[column] += 1,
                Label::Lens => track.known[1][column] += 1,
                Label::NonLens => track.known[0][column] += 1,
                Label::Unknown => {}
            }
            track.seconds.extend(row.seconds);
            if row.role.is_training() {
                continue;
            }
            if row.strategy == RETEST {
                all.retests.insert(row.id);
            }
            if let Some(chance) = row.inclusion_probability
                && BY_CHANCE.contains(&row.strategy.as_str())
            {
                all.by_chance.entry(row.external_id).or_insert((chance, row.round));
            }
        }
        Ok(all)
    }
}

/// Names as numbers, in the order in which they are met.
#[derive(Debug, Default)]
struct Numbers(HashMap<String, u32>);

impl Numbers {
    fn of(&mut self, name: &str) -> u32 {
        if let Some(number) = self.0.get(name) {
            return *number;
        }
        let number = self.0.len() as u32;
        self.0.insert(name.to_owned(), number);
        number
    }
}

/// A pseudonym in the shape of a volunteer's id: the monitors ask for one, and a person's own must
/// not be written down.
fn id_of(pseudonym: &str) -> VolunteerId {
    VolunteerId(Uuid::from_u64_pair(u64::from_str_radix(pseudonym, 16).unwrap_or_default(), 0))
}

/// Back from [`id_of`].
pub(super) fn pseudonym_of(id: VolunteerId) -> String {
    format!("{:016x}", id.0.as_u64_pair().0)
}

/// Writes pseudonyms as exports do.
pub(super) fn name_by_pseudonym(numbers: &mut Value) {
    let listed = numbers["volunteers"]["listed"].as_array_mut().into_iter().flatten();
    for volunteer in listed {
        if let Some(id) = volunteer["volunteer"].as_str().and_then(|text| text.parse::<Uuid>().ok()) {
            volunteer["volunteer"] = pseudonym_of(VolunteerId(id)).into();
        }
    }
}

/// Everything the monitors are computed from.
pub(super) fn fill(
    project: &Project,
    round: u32,
    seen: &Seen<'_>,
    impressions: &Impressions,
) -> MonitorInput {
    let engine = &seen.refit.engine;
    let claims: Vec<(&str, f64)> = seen
        .labels
        .iter()
        .map(|(_, row)| (row.id.as_str(), row.uncalibrated(engine, project.spec.base_rate)))
        .collect();
    let calibration = &engine.anchor().calibration;
    let reviewed = review::decided(seen.reviews, &claims)
        .into_iter()
        .map(|one| Reviewed {
            p: one.claimed,
            corrected: calibration.apply(one.claimed),
            lens: one.lens,
            weight: 1.0 / one.inclusion,
        })
        .collect();
    let is_house = matches!(engine.settings().method, LiveMethod::House(_));
    MonitorInput {
        known: known_claims(seen),
        known_non_lenses: known(seen)
            .filter(|(kind, _, _)| !kind.is_lens())
            .map(|(kind, _, tally)| KnownNonLens {
                votes: tally.total(),
                said_lens: tally.lens,
                look_alike: kind == TruthKind::LookAlike,
            })
            .collect(),
        believed: seen
            .labels
            .iter()
            .map(|(_, row)| {
                let drawn = impressions.by_chance.get(&row.id);
                Believed {
                    p: row.p_joint,
                    // Only what chance alone chose can be compared: the rest weighs nothing there.
                    weight: drawn.map_or(0.0, |(chance, _)| 1.0 / chance),
                    // By the round of that draw: later votes, of a re-test for instance, move nothing.
                    recent: drawn.is_some_and(|(_, of)| of.is_some_and(|of| of + 1 == round)),
                }
            })
            .collect(),
        reviewed,
        volunteers: impressions
            .tracks
            .iter()
            .map(|(pseudonym, track)| VolunteerTrack {
                volunteer: id_of(pseudonym),
                known: track.known,
                survey: track.survey,
                seconds_per_answer: track.median_seconds(),
            })
            .collect(),
        tallies: seen
            .labels
            .iter()
            .filter(|_| is_house)
            .map(|(_, row)| SubjectTally {
                answers: [row.no_lens, row.unsure, row.lens],
                states: states(engine, row).to_vec(),
            })
            .collect(),
        answer_rates: if is_house { engine.anchor().mean.to_vec() } else { Vec::new() },
    }
}

/// Known images that somebody voted on.
fn known<'a>(
    seen: &'a Seen<'_>,
) -> impl Iterator<Item = (TruthKind, &'a consensus::live::Evidence, Tally)> + 'a {
    seen.refit
        .subjects
        .iter()
        .filter_map(|(id, (evidence, tally))| Some((*seen.subjects.known.get(id)?, evidence, *tally)))
}

/// What the votes claim of known images, from the share of lenses among them: people see that
/// share, and the prior of the survey says nothing about it. (The fit weighs a vote on a known
/// image by its author's record without that image.)
fn known_claims(seen: &Seen<'_>) -> Vec<KnownClaim> {
    let engine = &seen.refit.engine;
    let (mut lenses, mut all) = (0.0, 0.0);
    for (kind, _, _) in known(seen) {
        lenses += f64::from(u8::from(kind.is_lens()));
        all += 1.0;
    }
    let prior = logit((lenses + 0.5) / (all + 1.0));
    known(seen)
        .map(|(kind, evidence, _)| KnownClaim {
            p: sigmoid(prior + engine.log_likelihood_ratio(*evidence)),
            lens: kind.is_lens(),
        })
        .collect()
}

/// Probability of each state: lens, plain, look-alike.
fn states(engine: &Engine, row: &LabelRow) -> [f64; 3] {
    let [_, plain, look_alike] = row.evidence().nats();
    let share = sigmoid(logit(engine.anchor().look_alike_share) + look_alike - plain);
    let rest = 1.0 - row.p_joint;
    [row.p_joint, rest * (1.0 - share), rest * share]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pseudonym_survives_the_shape_of_an_id() {
        for pseudonym in ["00000000000000ff", "5c1e9a0012345678"] {
            assert_eq!(pseudonym_of(id_of(pseudonym)), pseudonym);
        }
        let id = id_of("5c1e9a0012345678");
        let mut numbers = serde_json::json!({"volunteers": {"listed": [{"volunteer": id}]}});
        name_by_pseudonym(&mut numbers);
        assert_eq!(numbers["volunteers"]["listed"][0]["volunteer"], "5c1e9a0012345678");
    }

    #[test]
    fn right_answers_are_no_to_a_non_lens_and_yes_to_a_lens() {
        let track = Track { known: [[5, 1, 2], [3, 1, 7]], ..Track::default() };
        assert_eq!(track.decided(), (17, 12));
    }
}
