//! What people say of the images that chance chose: each round draws some of the pool with a known
//! probability, whatever the network thinks. They calibrate and judge networks, and so none
//! learns from them.

use std::collections::HashMap;

use crate::{
    CampaignError, labels,
    runner::{Context, Project},
    selection_log::{Chosen, read_csv},
};

/// Posteriors of people beyond these count as their no and yes when networks are judged.
pub(crate) const SURE: (f64, f64) = (0.2, 0.8);

/// One if people are sure of a lens, zero if of none.
pub(crate) fn verdict(p_votes: f64) -> Option<f32> {
    match p_votes {
        p if p < SURE.0 => Some(0.0),
        p if p > SURE.1 => Some(1.0),
        _ => None,
    }
}

/// One over the probability with which each audited subject of the rounds before this one was drawn.
/// Each round's audit speaks for what nobody had judged by then, nearly the whole pool.
pub(crate) fn drawn(
    context: &Context,
    project: &Project,
    round: u32,
) -> Result<HashMap<String, f32>, CampaignError> {
    let mut weights = HashMap::new();
    for earlier in 0..round {
        let path = context.workspace.round(&project.slug, earlier).join("selection.csv");
        if !path.exists() {
            continue;
        }
        let rows: Vec<Chosen> = read_csv(&path)?;
        let audited = rows.into_iter().filter(|row| row.strategy == "audit");
        weights.extend(audited.map(|row| (row.id, (1.0 / row.inclusion_probability) as f32)));
    }
    Ok(weights)
}

/// Target (0 or 1) and weight of every audited subject that people are sure of.
pub(crate) fn judged(
    context: &Context,
    project: &Project,
    round: u32,
) -> Result<HashMap<String, (f32, f32)>, CampaignError> {
    let drawn = drawn(context, project, round)?;
    if drawn.is_empty() {
        return Ok(HashMap::new());
    }
    let rows = labels::read(context, project, round)?.into_iter().filter(|row| row.target.is_some());
    Ok(rows
        .filter_map(|row| {
            let weight = *drawn.get(&row.id)?;
            Some((row.id, (verdict(row.p_votes)?, weight)))
        })
        .collect())
}
