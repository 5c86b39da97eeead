//! How good a volunteer's eye is known to be in one project, as far as the training schedule needs it.

use domain::{ProjectId, VolunteerId};

use crate::{problem::Problem, state::AppState, training::Skill};

/// What the project's votes say about this volunteer; nothing is known of a newcomer.
pub(crate) async fn of(
    state: &AppState,
    project: ProjectId,
    volunteer: VolunteerId,
) -> Result<Skill, Problem> {
    let Some(record) = state.store.volunteer_record(project, volunteer).await? else {
        return Ok(Skill::default());
    };
    let rules = state.store.rules(project).await?;
    Ok(Skill { known: record.n_known, bits: rules.engine.informativeness_bits(&record) })
}
