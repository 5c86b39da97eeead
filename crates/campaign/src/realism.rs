//! Which images are compared with which to see how real a training set looks:
//! mocks with survey images, controls with their backgrounds. How they are
//! compared is `finder::realism`'s part.

use std::{cell::Cell, collections::HashMap};

use domain::{Label, Progress};
use finder::{
    Model, Realism,
    realism::{Sample, Seen, compare},
};
use simulate::{Control, Kind};
use survey::{Dataset, ManifestRow};

use crate::{CampaignError, hidden_truth};

/// Images of a side, at most: ±0.03 in the area, and seconds on a laptop.
pub const MOST: usize = 600;

/// With fewer real images the note says that they are few.
const FEW: usize = 200;

/// With fewer backgrounds in a part of a dataset, all of the dataset are taken.
const FEW_BACKGROUNDS: usize = 100;

/// A part of a dataset.
#[derive(Clone, Copy)]
pub struct Part<'a> {
    /// The dataset.
    pub dataset: &'a Dataset,
    /// Which of its images.
    pub keep: &'a dyn Fn(&ManifestRow) -> bool,
}

impl<'a> Part<'a> {
    /// All of a dataset.
    #[must_use]
    pub fn all(dataset: &'a Dataset) -> Self {
        Self { dataset, keep: &|_| true }
    }
}

/// What is compared.
#[derive(Clone, Copy)]
pub struct Wish<'a> {
    /// The training set, best the part the network was not trained on. Its truth may be read.
    pub mocks: Part<'a>,
    /// What stands for real images; lenses among them, where labelled, are left out. Its hidden truth
    /// is never read.
    pub real: &'a [Part<'a>],
    /// Controls and the images they were made from, beside those the mocks hold themselves. Lenses and
    /// look-alikes among the images are left out.
    pub controls: Option<(&'a Dataset, Part<'a>)>,
    /// Images of a side, at most.
    pub most: usize,
}

/// Compares all that is there.
///
/// # Errors
/// When a dataset cannot be read or its tiles do not fit the model, or the person asks to stop.
pub fn measure(model: &Model, wish: &Wish<'_>, progress: &dyn Progress) -> Result<Realism, CampaignError> {
    let look = Look { model, most: wish.most, progress };
    let kinds = kinds(wish.mocks.dataset)?;
    let kind = |row: &ManifestRow| kinds.as_ref().and_then(|kinds| kinds.get(&row.id)).copied();
    let is_control = |row: &ManifestRow| matches!(kind(row), Some(Kind::Control(_)));
    let of_mocks = |what: &str, label: Label| {
        let keep = |row: &ManifestRow| (wish.mocks.keep)(row) && row.label == label && !is_control(row);
        look.at(what, Part { dataset: wish.mocks.dataset, keep: &keep })
    };
    // Whatever people labelled on the sky is no mock.
    let ours = if is_simulated(wish.mocks.dataset) { "mocks" } else { "training images" };
    progress.begin(&format!("comparing {ours} with survey images"), wish.real.len() as u64 + 1);
    let sides = [
        of_mocks(&format!("{ours} without a lens"), Label::NonLens)?,
        of_mocks(&format!("{ours} with a lens"), Label::Lens)?,
        of_mocks(ours, Label::Unknown)?,
    ];
    let mut out = Realism::default();
    let mut notes = Vec::new();
    for part in wish.real {
        let name = part.dataset.name();
        let simulated = is_simulated(part.dataset);
        let what = format!("{name}, {}", if simulated { "simulated" } else { "real" });
        let all = Cell::new(0);
        let keep = |row: &ManifestRow| {
            let kept = (part.keep)(row) && row.label != Label::Lens;
            all.set(all.get() + usize::from(kept));
            kept
        };
        let real = look.at(&what, Part { dataset: part.dataset, keep: &keep })?;
        if simulated {
            notes.push(format!(
                "{name} is simulated too: 0.5 against it says that both come from one simulator, not that either looks like the sky."
            ));
        } else {
            notes.extend(differences((ours, wish.mocks.dataset), part.dataset, all.get())?);
        }
        out.comparisons.extend(sides.iter().filter(|side| !side.is_empty()).map(|side| compare(side, &real)));
        progress.advance(1);
    }
    if wish.real.is_empty() {
        notes.push(format!("No survey images were given: nothing says how the {ours} compare with the sky."));
    } else if !sides[0].is_empty() && !sides[1].is_empty() {
        notes.push(format!(
            "Arcs alone tell {ours} with a lens apart; how real the {ours} look is in the line without."
        ));
    } else if !sides[1].is_empty() {
        notes.push(format!("These {ours} all hold arcs: nothing here says how real they look."));
    }
    let mut plain_are_backgrounds = false;
    for control in Control::ALL {
        let wanted = Kind::Control(control);
        let of_kind = |row: &ManifestRow| (wish.mocks.keep)(row) && kind(row) == Some(wanted);
        let plain = |row: &ManifestRow| (wish.mocks.keep)(row) && kind(row) == Some(Kind::Plain);
        let own = look.at(name(control), Part { dataset: wish.mocks.dataset, keep: &of_kind })?;
        if !own.is_empty() {
            let background =
                look.at("mocks of plain clusters", Part { dataset: wish.mocks.dataset, keep: &plain })?;
            out.comparisons.push(compare(&own, &background));
            plain_are_backgrounds = true;
        }
    }
    if let Some((controls, backgrounds)) = wish.controls {
        out.comparisons.extend(look.controls(controls, backgrounds)?);
        plain_are_backgrounds |= is_simulated(controls) && is_simulated(backgrounds.dataset);
    }
    if plain_are_backgrounds {
        notes.push(
            "Backgrounds here are clusters drawn without the condition that they lens; controls are drawn like lenses, so the two differ by the clusters' masses too, not only by how an arc is put in."
                .to_owned(),
        );
    }
    progress.end();
    out.note = notes.join(" ");
    Ok(out)
}

/// Whether a dataset says that it was simulated.
#[must_use]
pub fn is_simulated(dataset: &Dataset) -> bool {
    dataset.origin().get("simulated_by").is_some()
}

/// What sets images apart from `ours` before anything is measured, as sentences; `images` of the real
/// set may be compared.
fn differences(
    (called, mocks): (&str, &Dataset),
    real: &Dataset,
    images: usize,
) -> Result<Vec<String>, CampaignError> {
    let (name, mut notes) = (real.name(), Vec::new());
    if images < FEW {
        notes.push(format!("{name} has only {images} images that are not labelled lenses."));
    }
    let (ours, theirs) = (Kin::of(mocks)?, Kin::of(real)?);
    if theirs.pictures > 0 {
        let (some, all) = (theirs.pictures, theirs.images);
        notes.push(format!(
            "{some} of the {all} images of {name} are rendered pictures, not calibrated pixels."
        ));
    }
    match (ours.field_arcsec, theirs.field_arcsec) {
        (Some(ours), Some(theirs)) if (theirs / ours - 1.0).abs() > 0.1 => notes.push(format!(
            "Images of {name} cover {theirs:.0}″, the {called} {ours:.0}″; scale alone tells them apart."
        )),
        (Some(_), None) => notes.push(format!("Nobody knows what field the images of {name} cover.")),
        _ => {}
    }
    Ok(notes)
}

/// What a dataset's index says of its images.
struct Kin {
    images: usize,
    /// Read from a picture file instead of FITS.
    pictures: usize,
    /// Median side of the field.
    field_arcsec: Option<f64>,
}

impl Kin {
    fn of(dataset: &Dataset) -> Result<Self, CampaignError> {
        let (mut fields, mut images, mut pictures) = (Vec::new(), 0, 0);
        for row in dataset.manifest()? {
            let row = row?;
            images += 1;
            let ending = row.source.rsplit('.').next().unwrap_or_default().to_ascii_lowercase();
            pictures += usize::from(["png", "jpg", "jpeg", "webp"].contains(&ending.as_str()));
            fields.extend(row.pixel_scale_arcsec.map(|scale| scale * row.width as f64));
        }
        fields.sort_by(f64::total_cmp);
        Ok(Self { images, pictures, field_arcsec: fields.get(fields.len() / 2).copied() })
    }
}

/// How samples are taken and shown.
struct Look<'a> {
    model: &'a Model,
    most: usize,
    progress: &'a dyn Progress,
}

impl Look<'_> {
    fn at(&self, what: &str, part: Part<'_>) -> Result<Seen, CampaignError> {
        let sample = Sample::of_dataset(part.dataset, what, self.most, part.keep, self.progress)
            .map_err(CampaignError::from_finder)?;
        Seen::by(self.model, &sample, self.progress).map_err(CampaignError::from_finder)
    }

    /// Each kind of control against the backgrounds; all of them together where nobody says which.
    fn controls(
        &self,
        controls: &Dataset,
        backgrounds: Part<'_>,
    ) -> Result<Vec<finder::realism::Comparison>, CampaignError> {
        let (kinds, behind) = (kinds(controls)?, kinds(backgrounds.dataset)?);
        let plain = |row: &ManifestRow| match behind.as_ref().and_then(|kinds| kinds.get(&row.id)) {
            Some(kind) => *kind == Kind::Plain,
            None => row.label != Label::Lens,
        };
        let dataset = backgrounds.dataset;
        let (aside, rest) = (Cell::new(0), Cell::new(0));
        let keep = |row: &ManifestRow| {
            let (kept, plain) = ((backgrounds.keep)(row), plain(row));
            aside.set(aside.get() + usize::from(kept && plain));
            rest.set(rest.get() + usize::from(!kept && plain));
            kept && plain
        };
        let what = format!("backgrounds ({})", dataset.name());
        let mut background = self.at(&what, Part { dataset, keep: &keep })?;
        if aside.get() < FEW_BACKGROUNDS && rest.get() > 0 {
            let what = format!("backgrounds ({}, also those learned from)", dataset.name());
            background = self.at(&what, Part { dataset, keep: &plain })?;
        }
        let Some(kinds) = kinds else {
            let all = self.at(&format!("controls ({})", controls.name()), Part::all(controls))?;
            return Ok(vec![compare(&all, &background)]);
        };
        let mut out = Vec::new();
        for control in Control::ALL {
            let of_kind = |row: &ManifestRow| kinds.get(&row.id) == Some(&Kind::Control(control));
            let seen = self.at(name(control), Part { dataset: controls, keep: &of_kind })?;
            if !seen.is_empty() {
                out.push(compare(&seen, &background));
            }
        }
        Ok(out)
    }
}

const fn name(control: Control) -> &'static str {
    match control {
        Control::Empty => "controls with an arc of no light",
        Control::Unlensed => "controls with an unlensed source",
    }
}

/// What each image of a simulated dataset shows; `None` where nobody wrote it down.
fn kinds(dataset: &Dataset) -> Result<Option<HashMap<String, Kind>>, CampaignError> {
    if !dataset.dir().join("truth.csv").exists() {
        return Ok(None);
    }
    let truth = hidden_truth::read(dataset.dir())?;
    Ok(Some(truth.into_iter().map(|(id, truth)| (id, truth.kind)).collect()))
}
