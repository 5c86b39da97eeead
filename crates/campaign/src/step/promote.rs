//! Promote: makes an accepted challenger the champion, by compare-and-set, so that
//! a lead who rolled back meanwhile is not overruled. The database decides; the aliases of the
//! models' registry follow.

use finder::registry::Note;
use serde::{Deserialize, Serialize};
use store::Promotion;

use super::{gate, heavy};
use crate::{
    CampaignError,
    runner::{Context, Project, Round},
};

/// Who is champion now.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Output {
    /// The champion's version.
    pub champion: String,
    /// Whether it changed in this round.
    pub changed: bool,
}

/// Promotes if the gate accepted.
pub(crate) async fn run(
    context: &Context,
    project: &Project,
    round: &Round,
) -> Result<Output, CampaignError> {
    let verdict: gate::Output = round.output("gate")?;
    if let (false, Some(champion)) = (verdict.accepted, &verdict.champion) {
        return Ok(Output { champion: champion.clone(), changed: false });
    }
    let promotion =
        context.store.promote_model(project.id, verdict.champion.as_deref(), &verdict.challenger).await?;
    match promotion {
        Promotion::Promoted | Promotion::AlreadyActive => {
            let note = Note {
                who: format!("project {}, round {}", project.slug, round.number),
                why: verdict.reason,
                at: context.clock.now(),
            };
            let (registry, name) = (context.workspace.registry(), project.spec.model_name.clone());
            let version = verdict.challenger.clone();
            heavy(move || registry.promote(&name, &version, note).map_err(CampaignError::from)).await?;
            Ok(Output { champion: verdict.challenger, changed: true })
        }
        Promotion::Lost { active } => {
            let active = active.unwrap_or_else(|| "none".into());
            let reason = format!(
                "the champion was changed by hand to {active} while the round ran; the challenger {} was not promoted",
                verdict.challenger
            );
            Err(CampaignError::Inconsistent { round: round.number, step: "promote".into(), reason })
        }
    }
}
