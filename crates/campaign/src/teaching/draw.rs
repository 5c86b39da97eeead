//! Which images become questions, practice and gallery: a balanced choice of clear lenses of several
//! kinds, look-alikes and plain clusters, each image for one purpose only.

use std::collections::{BTreeMap, HashMap, VecDeque};

use domain::{Label, Seed};
use simulate::{Kind, LookAlike, Placement, Record, Records};
use store::Purpose;
use survey::ManifestRow;

use super::outlines;
use crate::{CampaignError, QuizSettings};

/// How many quiz images there are for each question of an attempt, so that a retake asks about others.
const POOL: usize = 3;
/// Lenses, look-alikes and plain clusters, of ten.
const QUIZ_SHARES: [usize; 3] = [5, 3, 2];
const PRACTICE_SHARES: [usize; 3] = [4, 4, 2];
/// Images of each kind in the gallery.
const OF_EACH_KIND: usize = 3;
/// An arc at least this long is called one; shorter ones are arclets.
const LONG_ARC_ARCSEC: f64 = 7.0;
/// What is shorter than this is a spot; two of them are repeated images.
const SHORT_ARC_ARCSEC: f64 = 4.0;
/// The clearer part of the lenses teaches.
const CLEAR_SHARE: f64 = 0.5;

/// A labelled image that could teach.
#[derive(Debug, Clone)]
pub(super) struct Candidate {
    pub row: ManifestRow,
    pub kind: String,
    pub simulated: bool,
    /// Of a simulated lens, how strongly its arc stands out.
    clarity: f64,
}

/// A candidate and what it is for.
#[derive(Debug, Clone)]
pub(super) struct Drawn {
    pub purpose: Purpose,
    pub candidate: Candidate,
}

impl Candidate {
    pub fn of(row: ManifestRow, kinds: &HashMap<String, Kind>, records: Option<&Records>) -> Self {
        let record = records.and_then(|records| outlines::record(records, &row));
        let simulated = row.provenance.contains("simulated");
        let drawn = record.as_ref().map(|record| record.kind).or_else(|| kinds.get(&row.id).copied());
        let (kind, clarity) = match (drawn, row.label) {
            (Some(Kind::Lens), _) => record.as_ref().map_or(("lens", 0.0), lens),
            (Some(Kind::LookAlike(kind)), _) => (look_alike(kind), 0.0),
            (Some(Kind::Plain | Kind::Control(_)), _) => ("plain", 0.0),
            (None, Label::Lens) => ("lens", 0.0),
            (None, _) => ("no_lens", 0.0),
        };
        Self { row, kind: kind.to_owned(), simulated, clarity }
    }

    /// Lens, look-alike or nothing special.
    fn group(&self) -> usize {
        match (self.row.label, self.kind.as_str()) {
            (Label::Lens, _) => 0,
            (_, "plain" | "no_lens") => 2,
            _ => 1,
        }
    }
}

/// What a simulated lens shows, and how clearly.
fn lens(record: &Record) -> (&'static str, f64) {
    let Some(results) = &record.results else { return ("lens", 0.0) };
    let is_ring = record.source.as_ref().is_some_and(|source| source.placement == Placement::Ring);
    let kind = if is_ring {
        "ring"
    } else if results.arc_length_arcsec >= LONG_ARC_ARCSEC {
        "arc"
    } else if results.arc_length_arcsec < SHORT_ARC_ARCSEC && results.n_images >= 2 {
        "images"
    } else {
        "small_arc"
    };
    let stands_out = results.arc_sn[0].max(results.arc_sn[1]) * results.arc_peak_sigma.min(20.0);
    (kind, stands_out * results.arc_length_arcsec.sqrt())
}

const fn look_alike(kind: LookAlike) -> &'static str {
    match kind {
        LookAlike::Spiral => "spiral",
        LookAlike::Ring => "ring_galaxy",
        LookAlike::EdgeOnPair => "edge_on",
        LookAlike::Merger => "merger",
        LookAlike::StarSpike => "star",
        LookAlike::SatelliteTrail => "trail",
    }
}

/// Draws from candidates in the order they are given, questions chosen by hand first.
///
/// # Errors
/// When one of these is not among the candidates.
pub(super) fn draw(
    candidates: Vec<Candidate>,
    quiz: &QuizSettings,
    seed: Seed,
) -> Result<Vec<Drawn>, CampaignError> {
    let (mut chosen, others): (Vec<_>, Vec<_>) =
        candidates.into_iter().partition(|candidate| quiz.is_chosen(&candidate.row.id));
    if let Some(lost) = quiz.chosen.iter().find(|one| chosen.iter().all(|here| here.row.id != one.id)) {
        let reason = format!("the training set has no labelled image {:?}", lost.id);
        return Err(CampaignError::Setting { field: "quiz.chosen", reason });
    }
    let mut pool = Pool::of(clear(others));
    let mut drawn = Vec::new();
    let mut put = |purpose, candidates: Vec<Candidate>| {
        drawn.extend(candidates.into_iter().map(|candidate| Drawn { purpose, candidate }));
    };
    if quiz.chosen.is_empty() {
        chosen = pool.take(POOL * quiz.questions, QUIZ_SHARES);
    }
    put(Purpose::Quiz, chosen);
    put(Purpose::Gallery, pool.take_of_each_kind(OF_EACH_KIND));
    let mut practice = pool.take(quiz.practice_images, PRACTICE_SHARES);
    // Mixed: what comes next must not follow from what came before.
    practice.sort_by_key(|candidate| seed.child("practice").child(&candidate.row.id).to_u64());
    put(Purpose::Practice, practice);
    Ok(drawn)
}

/// Leaves the fainter lenses out, as far as it is known which these are.
fn clear(candidates: Vec<Candidate>) -> Vec<Candidate> {
    let mut clarities: Vec<f64> =
        candidates.iter().filter(|one| one.group() == 0).map(|one| one.clarity).collect();
    clarities.sort_by(|a, b| b.total_cmp(a));
    let last = (CLEAR_SHARE * clarities.len() as f64) as usize;
    let least = clarities.get(last).copied().unwrap_or(0.0);
    candidates.into_iter().filter(|one| one.group() != 0 || one.clarity >= least).collect()
}

/// Candidates by group and kind, each in its order.
struct Pool([BTreeMap<String, VecDeque<Candidate>>; 3]);

impl Pool {
    fn of(candidates: Vec<Candidate>) -> Self {
        let mut groups: [BTreeMap<String, VecDeque<Candidate>>; 3] = Default::default();
        for candidate in candidates {
            groups[candidate.group()].entry(candidate.kind.clone()).or_default().push_back(candidate);
        }
        Self(groups)
    }

    /// `count` images with these shares of the groups; where one runs out the others do not fill in,
    /// or a set of lenses alone would be a quiz whose every answer is "lens".
    fn take(&mut self, count: usize, shares: [usize; 3]) -> Vec<Candidate> {
        let whole: usize = shares.iter().sum();
        let mut taken = Vec::new();
        for (group, share) in self.0.iter_mut().zip(shares) {
            taken.extend(in_turn(group, (count * share).div_ceil(whole)));
        }
        taken
    }

    fn take_of_each_kind(&mut self, count: usize) -> Vec<Candidate> {
        let kinds = self.0.iter_mut().flat_map(BTreeMap::values_mut);
        kinds.flat_map(|kind| kind.drain(..count.min(kind.len() / 2)).collect::<Vec<_>>()).collect()
    }
}

/// Takes from each kind in turn.
fn in_turn(kinds: &mut BTreeMap<String, VecDeque<Candidate>>, count: usize) -> Vec<Candidate> {
    let mut taken = Vec::new();
    while taken.len() < count {
        let before = taken.len();
        for kind in kinds.values_mut() {
            if taken.len() < count {
                taken.extend(kind.pop_front());
            }
        }
        if taken.len() == before {
            break;
        }
    }
    taken
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use domain::Digest;
    use survey::NewRow;

    use super::*;
    use crate::ChosenQuestion;

    fn candidate(number: usize, kind: &str, label: Label, clarity: f64) -> Candidate {
        let image = NewRow {
            id: format!("{kind}-{number}"),
            source: String::new(),
            digest: Digest::of(b""),
            bands: "grz".to_owned(),
            pixel_scale_arcsec: None,
            width: 1,
            height: 1,
            position: None,
            label,
            provenance: "simulated".to_owned(),
            conditions: survey::Conditions::default(),
        };
        let row = ManifestRow { image, cell: None, shard: 0, row: number };
        Candidate { row, kind: kind.to_owned(), simulated: true, clarity }
    }

    fn many() -> Vec<Candidate> {
        let lenses = ["arc", "ring", "images"].map(|kind| (kind, Label::Lens));
        let others = ["spiral", "star", "plain"].map(|kind| (kind, Label::NonLens));
        let kinds = lenses.into_iter().chain(others);
        kinds.flat_map(|(kind, label)| (0..30).map(move |n| candidate(n, kind, label, n as f64))).collect()
    }

    fn count(drawn: &[Drawn], purpose: Purpose, kind: &str) -> usize {
        drawn.iter().filter(|one| one.purpose == purpose && one.candidate.kind == kind).count()
    }

    #[test]
    fn a_quiz_is_half_lenses_of_every_kind_and_no_image_teaches_twice() {
        let drawn = draw(many(), &QuizSettings::default(), Seed::root(1)).unwrap();
        let kinds = ["arc", "ring", "images", "spiral", "star", "plain"];
        assert_eq!(kinds.map(|kind| count(&drawn, Purpose::Quiz, kind)), [5, 5, 5, 5, 4, 6]);
        assert_eq!(kinds.map(|kind| count(&drawn, Purpose::Gallery, kind)), [3; 6]);
        assert_eq!(drawn.iter().filter(|one| one.purpose == Purpose::Practice).count(), 40);
        let names: BTreeSet<&str> = drawn.iter().map(|one| one.candidate.row.id.as_str()).collect();
        assert_eq!(names.len(), drawn.len());
    }

    #[test]
    fn only_the_clearer_lenses_teach() {
        let drawn = draw(many(), &QuizSettings::default(), Seed::root(1)).unwrap();
        let lenses = drawn.iter().filter(|one| one.candidate.row.label == Label::Lens);
        assert!(lenses.clone().count() > 20 && lenses.into_iter().all(|one| one.candidate.clarity >= 14.0));
    }

    #[test]
    fn questions_chosen_by_hand_are_all_there_and_alone() {
        let question = |id: &str| ChosenQuestion { id: id.to_owned(), en: None, zh: None };
        let chosen = vec![question("arc-0"), question("plain-3")];
        let quiz = QuizSettings { questions: 2, pass_mark: 1, chosen, ..QuizSettings::default() };
        let drawn = draw(many(), &quiz, Seed::root(1)).unwrap();
        let asked = drawn.iter().filter(|one| one.purpose == Purpose::Quiz);
        assert_eq!(asked.map(|one| one.candidate.row.id.clone()).collect::<Vec<_>>(), ["arc-0", "plain-3"]);
        let lost = QuizSettings { chosen: vec![question("arc-0"), question("nowhere")], ..quiz };
        assert!(draw(many(), &lost, Seed::root(1)).unwrap_err().to_string().contains("nowhere"));
    }

    #[test]
    fn a_small_set_gives_what_it_has() {
        let few = vec![candidate(0, "arc", Label::Lens, 1.0), candidate(1, "plain", Label::NonLens, 0.0)];
        let drawn = draw(few, &QuizSettings::default(), Seed::root(1)).unwrap();
        assert_eq!(drawn.iter().map(|one| one.purpose).collect::<Vec<_>>(), [Purpose::Quiz; 2]);
    }
}
