//! What the simulated crowd is told to make its mistakes from: the hidden truth of every
//! image it may be shown, by the digest in the image's address.

use campaign::{Context, Project, hidden_truth};
use replay::crowd::TruthEntry;
use simulate::Kind;

use crate::{
    crowd::{Truth, look_alike},
    failure::Failure,
};

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
                truth.insert(image.digest, entry(hidden));
            }
        }
    }
}

fn entry(hidden: &hidden_truth::Truth) -> TruthEntry {
    match hidden.kind {
        Kind::Lens => {
            TruthEntry::lens(hidden.theta_e_arcsec.unwrap_or_default(), hidden.arc_sn.unwrap_or_default())
        }
        Kind::LookAlike(kind) => look_alike(kind),
        Kind::Plain | Kind::Control(_) => TruthEntry::plain(),
    }
}
