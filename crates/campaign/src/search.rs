//! How complete the search is: what the audits of all rounds say of the number of lenses, of those
//! still out there, and of the votes they cost. Each round's selection writes `audit.json` (what the
//! draw was made over, what was drawn); the estimate reads them all and what is believed now.

use std::path::PathBuf;

use acquisition::{
    AuditRound, Audited, Estimate, Forecast, Frame, Interval, Known, Pace, Reranked, Selected, Strategy,
    Survey, estimate_total, forecast,
};
use consensus::live::Outcome;
use domain::Seed;
use serde::{Deserialize, Serialize};

use crate::{
    CampaignError,
    runner::{Context, Project},
    scored_pool::{ScoredPool, Standing, from_selection},
    workspace::{read_json, write_json},
};

/// The share of all lenses that the forecast is about.
const TARGET: f64 = 0.95;

/// How complete the search is, with 95 % intervals.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Search {
    /// Votes on survey images behind it, in whole hundreds: more would tell, vote by vote, which images are
    /// training images.
    pub as_of_votes: u64,
    /// Images that chance drew, whatever the network thinks.
    pub audited: u64,
    /// Images more likely a lens than the project's threshold for candidates.
    pub found: u64,
    /// The share of lenses that `votes_to_target` is about.
    pub target: f64,
    /// Lenses in the survey, as far as people recognise them.
    pub lenses: Interval,
    /// The same by Horvitz and Thompson: by the probabilities of the draws alone, whatever the network is worth.
    pub by_draws: Option<Interval>,
    /// Lenses among the images people have looked at, each counted as far as it is believed, of all.
    pub completeness: Option<Interval>,
    /// Lenses among the others.
    pub left: Interval,
    /// More votes until `target` is reached.
    pub votes_to_target: Option<Interval>,
}

/// What one round's audit was drawn from.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
struct Draw {
    /// What was open.
    frame: Frame,
    /// What people had judged before.
    judged: Vec<String>,
    /// What was drawn.
    drawn: Vec<Drawn>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
struct Drawn {
    id: String,
    probability: f64,
    inclusion_probability: f64,
}

fn path(context: &Context, project: &Project, round: u32) -> PathBuf {
    context.workspace.round(&project.slug, round).join("audit.json")
}

/// Keeps what a round's audit was drawn from; nothing where none was drawn.
///
/// # Errors
/// When the disk refuses.
pub(crate) fn keep(
    context: &Context,
    project: &Project,
    round: u32,
    pool: &ScoredPool,
    ranked: &Reranked,
    standing: &[Standing],
    selected: &[Selected],
) -> Result<(), CampaignError> {
    let audit = selected.iter().filter(|row| row.strategy == Strategy::Audit);
    let drawn: Vec<Drawn> = audit
        .map(|row| Drawn {
            id: pool.rows[row.index].id.clone(),
            probability: row.score,
            inclusion_probability: row.inclusion_probability,
        })
        .collect();
    if drawn.is_empty() {
        return Ok(());
    }
    let judged: Vec<String> = standing
        .iter()
        .filter(|one| one.outcome != Outcome::Open)
        .map(|one| pool.rows[one.place].id.clone())
        .collect();
    let judged_places = standing.iter().filter(|one| one.outcome != Outcome::Open).map(|one| one.place);
    let frame = frame(&believed(ranked, standing), judged_places);
    write_json(&path(context, project, round), &Draw { frame, judged, drawn }).map(drop)
}

/// The estimate after `round`'s selection; `None` without any audit.
///
/// # Errors
/// When a file of a round cannot be read.
pub(crate) fn measure(
    context: &Context,
    project: &Project,
    round: u32,
    pool: &ScoredPool,
    ranked: &Reranked,
    standing: &[Standing],
) -> Result<Option<Search>, CampaignError> {
    let believed = believed(ranked, standing);
    let now = |id: &String| Some(believed[pool.place(id)?]);
    let mut rounds = Vec::new();
    for number in 0..=round {
        let path = path(context, project, number);
        if !path.exists() {
            continue;
        }
        let draw: Draw = read_json(&path)?;
        let audited = |row: &Drawn| {
            let Drawn { probability, inclusion_probability, .. } = *row;
            Some(Audited { probability, inclusion_probability, value: now(&row.id)? })
        };
        rounds.push(AuditRound {
            drawn: draw.drawn.iter().filter_map(audited).collect(),
            known: Known::of(draw.judged.iter().filter_map(now)),
            frame: draw.frame,
        });
    }
    if rounds.is_empty() {
        return Ok(None);
    }
    // What people have begun to look at is counted with its doubt: most lenses are found long before the
    // sequential test is sure of them.
    let looked_at: Vec<&Standing> = standing.iter().filter(|one| one.votes > 0).collect();
    let open = frame(&believed, looked_at.iter().map(|one| one.place));
    let survey =
        Survey { rounds: &rounds, judged: Known::of(looked_at.iter().map(|one| one.p_joint)), open: &open };
    let spec = &project.spec;
    let seed = Seed::root(spec.seed).child("search");
    let Estimate { total, left, completeness, horvitz_thompson, audited, .. } = estimate_total(&survey, seed);
    let votes: u64 = standing.iter().map(|one| u64::from(one.votes)).sum();
    let portfolio = acquisition::Portfolio::new(spec.portfolio.clone()).map_err(from_selection)?;
    let shares = portfolio.shares(round as usize);
    let pace = Pace {
        votes_per_image: if looked_at.is_empty() {
            Pace::default().votes_per_image
        } else {
            (votes as f64 / looked_at.len() as f64).max(1.0)
        },
        // Exploration finds some of what it looks at: half of it is taken to go by rank.
        share_by_rank: (1.0 - shares.audit - shares.explore / 2.0).max(0.1),
    };
    let Forecast { votes_to_target, target, .. } =
        forecast(&survey, TARGET, pace, seed).map_err(from_selection)?;
    Ok(Some(Search {
        as_of_votes: votes / 100 * 100,
        audited: audited as u64,
        found: standing.iter().filter(|one| one.p_joint >= spec.candidate_threshold).count() as u64,
        target,
        lenses: total,
        by_draws: horvitz_thompson,
        completeness: (votes > 0).then_some(completeness),
        left,
        votes_to_target: votes_to_target.filter(|_| votes > 0),
    }))
}

/// What is believed of every image of the pool.
fn believed(ranked: &Reranked, standing: &[Standing]) -> Vec<f64> {
    let mut believed = ranked.probabilities.clone();
    for one in standing {
        believed[one.place] = one.p_joint;
    }
    believed
}

/// All images but these.
fn frame(believed: &[f64], but: impl Iterator<Item = usize>) -> Frame {
    let mut is_in = vec![true; believed.len()];
    but.for_each(|place| is_in[place] = false);
    Frame::of(believed.iter().zip(is_in).filter(|(_, is_in)| *is_in).map(|(p, _)| *p))
}
