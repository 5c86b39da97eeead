//! What the simulated crowd is told to make its mistakes from: the hidden truth of every
//! image it may be shown, by the digest in the image's address.

use campaign::{Context, Project, hidden_truth};
use laboratory::pool::truth_entry;

use crate::{crowd::Truth, failure::Failure};

/// Subjects read at a time.
const PAGE: u32 = 10_000;

/// The truth of all images of a project that have a picture.
///
/// # Errors
/// When the project's survey or training set is not a simulated one.
pub async fn crowd_truth(context: &Context, project: &Project) -> Result<Truth, Failure> {
    let survey = hidden_truth::read(&context.workspace.dataset(&project.spec.survey))?;
    let training = hidden_truth::read(&context.workspace.dataset(&project.spec.training_set))?;
    let mut truth = Truth::default();
    let mut after = None;
    loop {
        let page = context.store.subjects(project.id, after, PAGE).await?;
        let Some(last) = page.last() else { return Ok(truth) };
        after = Some(last.id);
        for subject in &page {
            let Some(image) = subject.image else { continue };
            let hidden = match subject.external_id.strip_prefix("training:") {
                Some(id) => training.get(id),
                None => survey.get(&subject.external_id),
            };
            if let Some(hidden) = hidden {
                truth.insert(image.digest, truth_entry(hidden));
            }
        }
    }
}
