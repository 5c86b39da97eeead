//! How good a volunteer's eye is known to be in one project, as far as the training schedule needs it.

use store::Standing;

use crate::training::Skill;

/// What the project's votes say about this volunteer; nothing is known of a newcomer.
pub(crate) fn of(standing: &Standing) -> Skill {
    standing.record.as_ref().map_or_else(Skill::default, |record| Skill {
        known: record.n_known,
        bits: standing.rules.engine.informativeness_bits(record),
    })
}
