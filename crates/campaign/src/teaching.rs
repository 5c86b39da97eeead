//! Images that teach people before they are asked: the entry quiz, practice, and a gallery. They come
//! from the training set like the training images of the stream, but are never the same images, since
//! everybody may know their truth. What the pages say about each kind is not decided here.

mod draw;
mod known;
mod outlines;

use std::collections::{BTreeMap, BTreeSet};

use domain::{Label, Seed};
use store::{ImageRef, Outline, Purpose, QuizRules, TeachingImage};
use survey::{Dataset, Fold, ManifestRow};

use crate::{
    CampaignError, QuizSettings,
    preview::{self, materialise},
    runner::{Context, Project},
    setup::training_name,
    step::heavy,
    tiles::fold_of,
};
use draw::{Candidate, Drawn};

/// Labelled rows that are looked at; more add nothing to a few dozen images.
const MOST_ROWS: usize = 3_000;

/// Draws the teaching images of a project and puts its quiz in force; gives the training images of the
/// stream (`gold`) their outlines. Can be repeated.
///
/// # Errors
/// When a dataset cannot be read, a question chosen by hand is not there, or the database fails.
pub(crate) async fn fill(
    context: &Context,
    project: &Project,
    gold: Vec<ManifestRow>,
) -> Result<(), CampaignError> {
    let (job, spec) = (context.clone(), project.spec.clone());
    let (gold, made, known) = heavy(move || {
        let training = Dataset::open(&job.workspace.dataset(&spec.training_set))?;
        let split = spec.validation()?;
        let seed = Seed::root(spec.seed).child("teaching-images");
        let taken: BTreeSet<&str> = gold.iter().map(|row| row.id.as_str()).collect();
        let mut rows = training.rows()?;
        rows.retain(|row| {
            row.label != Label::Unknown && !taken.contains(row.id.as_str()) && {
                spec.quiz.is_chosen(&row.id) || fold_of(&split, row.cell, &row.id) != Fold::HeldOut
            }
        });
        rows.sort_by_key(|row| (!spec.quiz.is_chosen(&row.id), seed.child(&row.id).to_u64()));
        rows.truncate(MOST_ROWS);
        let records = outlines::records(&training)?;
        let kinds = crate::setup::drawn_kinds(&training)?;
        let candidates = rows.into_iter().map(|row| Candidate::of(row, &kinds, records.as_ref())).collect();
        let drawn = draw::draw(candidates, &spec.quiz, seed)?;
        let rows: Vec<ManifestRow> = drawn.iter().map(|one| one.candidate.row.clone()).collect();
        let shown = (preview::encoding(&job.workspace, &spec)?, spec.show_scale);
        let images = materialise(&job.workspace, &training, &rows, shown, job.progress.as_ref())?;
        let outlines = outlines::of(records.as_ref(), &rows, job.progress.as_ref())?;
        let gold = outlines::of(records.as_ref(), &gold, job.progress.as_ref())?;
        Ok((gold, teaching_images(drawn, images, &outlines, &spec.quiz), known::gallery(&job, &spec)?))
    })
    .await?;
    let names = gold.keys().map(|name| training_name(name)).collect();
    let ids = context.store.subject_ids(project.id, names).await?;
    let gold =
        gold.into_iter().filter_map(|(name, found)| Some((*ids.get(&training_name(&name))?, found.outline)));
    context.store.set_outlines(project.id, gold.collect()).await?;

    let mut questions = 0;
    for purpose in [Purpose::Quiz, Purpose::Practice, Purpose::Gallery] {
        let own = made.iter().filter(|(one, _)| *one == purpose).map(|(_, image)| image.clone());
        // Real objects come first in the gallery, and simulated ones where there are none.
        let real = known.iter().filter(|_| purpose == Purpose::Gallery).cloned();
        let numbered = (0..).zip(real.chain(own)).map(|(place, image)| TeachingImage { place, ..image });
        let count = context.store.set_teaching(project.id, purpose, numbered.collect()).await?;
        if purpose == Purpose::Quiz {
            questions = u32::try_from(count).unwrap_or(u32::MAX);
        }
    }
    context.store.set_quiz(project.id, rules(&project.spec.quiz, questions)).await?;
    Ok(())
}

/// The quiz as far as there are images for it: the same share of fewer questions must be right.
fn rules(quiz: &QuizSettings, available: u32) -> Option<QuizRules> {
    let wanted = u32::try_from(quiz.questions).unwrap_or(u32::MAX);
    let questions = wanted.min(available);
    if questions == 0 {
        return None;
    }
    let pass_mark = u32::try_from(quiz.pass_mark).unwrap_or(u32::MAX);
    Some(QuizRules { questions, pass_mark: (pass_mark * questions).div_ceil(wanted).clamp(1, questions) })
}

fn teaching_images(
    drawn: Vec<Drawn>,
    images: Vec<(String, ImageRef)>,
    outlines: &BTreeMap<String, outlines::Found>,
    quiz: &QuizSettings,
) -> Vec<(Purpose, TeachingImage)> {
    let images: BTreeMap<String, ImageRef> = images.into_iter().collect();
    let one = |Drawn { purpose, candidate }: Drawn| {
        let Candidate { row, kind, simulated, .. } = candidate;
        let found = outlines.get(&row.id);
        let chosen = quiz.chosen.iter().find(|question| purpose == Purpose::Quiz && question.id == row.id);
        let image = TeachingImage {
            place: 0,
            image: *images.get(&row.id)?,
            truth: row.label,
            kind: found.and_then(|found| found.kind(&kind)).unwrap_or(kind),
            simulated,
            outline: found.map(|found| found.outline.clone()).filter(|outline: &Outline| !outline.is_empty()),
            words: chosen.map_or([None, None], |question| [question.en.clone(), question.zh.clone()]),
            about: store::About::default(),
            name: row.image.id,
        };
        Some((purpose, image))
    };
    drawn.into_iter().filter_map(one).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn where_images_are_few_the_quiz_is_shorter_and_as_strict() {
        let quiz = QuizSettings::default();
        assert_eq!(rules(&quiz, 30), Some(QuizRules { questions: 10, pass_mark: 7 }));
        assert_eq!(rules(&quiz, 4), Some(QuizRules { questions: 4, pass_mark: 3 }));
        assert_eq!(rules(&quiz, 0), None);
        assert_eq!(rules(&QuizSettings { questions: 0, ..quiz }, 30), None);
    }
}
