//! Every method on the same votes, all of them cast: what each believes of the images of unknown
//! truth.

use consensus::{
    Vote,
    calibration::{self, Calibration, CalibrationConfig, CalibrationError, Review},
    house::{HouseConfig, StateInput, fit_states},
    space_warps::{LogVote, SpaceWarps, SwapRules},
};
use domain::{Label, Rng, logit, sigmoid};
use rand::seq::SliceRandom as _;

use crate::{
    crowd::{Kind, LENS, NO, UNSURE, World},
    measures::{Measures, measure},
};

/// One row of the table.
pub struct Row {
    pub method: &'static str,
    pub measures: Measures,
}

/// Reviews in the last rows.
pub const REVIEWS: usize = 200;

/// All methods on one world.
pub fn rows(world: &World, prevalence: f64, rng: &mut Rng) -> Result<Vec<Row>, String> {
    let network: Vec<f64> = world.images.iter().map(|image| image.network).collect();
    let flat = vec![prevalence; network.len()];
    let swap = swap(world, prevalence).map_err(|e| e.to_string())?;
    let swap_network: Vec<f64> =
        swap.iter().zip(&network).map(|(p, n)| sigmoid(logit(*p) - logit(prevalence) + logit(*n))).collect();
    let house_people = house(world, &flat)?;
    let house = house(world, &network)?;
    let mut rows = Vec::new();
    let mut row = |method, p: &[f64]| {
        let unknown = world.images.iter().zip(p).filter(|(image, _)| !image.known);
        let measures = measure(unknown.map(|(image, p)| (*p, image.kind == Kind::Lens, 1.0)));
        rows.push(Row { method, measures });
    };
    row("network alone", &network);
    row("majority", &majority(world));
    row("SWAP", &swap);
    row("SWAP + network", &swap_network);
    row("house without network", &house_people);
    row("house", &house);
    for (method, p) in [("SWAP + network + reviews", &swap_network), ("house + reviews", &house)] {
        // Where the sample has too few lenses to learn from, claims stand as they are, below 0.99.
        let (calibration, weights) = reviewed(world, p, rng);
        let calibration = match calibration {
            Ok(calibration) => calibration,
            Err(CalibrationError::OneKind { .. } | CalibrationError::TooFew { .. }) => {
                Calibration::identity()
            }
            Err(other) => return Err(other.to_string()),
        };
        let pairs = (0..p.len())
            .filter(|at| !world.images[*at].known)
            .map(|at| (calibration.apply(p[at]), world.images[at].kind == Kind::Lens, weights[at]));
        // Reviewed images are left out and the others of their stratum stand for them; the ranking
        // is measured on all, because a curve does not change it.
        let all =
            rows.iter().find(|row| method.starts_with(row.method) && row.method.len() + 10 == method.len());
        let ap = all.map_or(f64::NAN, |row| row.measures.ap);
        rows.push(Row { method, measures: Measures { ap, ..measure(pairs) } });
    }
    Ok(rows)
}

fn majority(world: &World) -> Vec<f64> {
    let mut said = vec![(0.0, 0.0); world.images.len()];
    for vote in &world.votes {
        let (sum, count) = &mut said[vote.task as usize];
        *sum += match vote.answer {
            LENS => 1.0,
            UNSURE => 0.5,
            _ => 0.0,
        };
        *count += 1.0;
    }
    said.iter().map(|(sum, count)| if *count > 0.0 { sum / count } else { 0.0 }).collect()
}

/// SWAP as published, supervised, in the order of the votes; its prior is the true share of lenses
/// and nothing is frozen, so that it is judged at its best.
fn swap(world: &World, prevalence: f64) -> Result<Vec<f64>, consensus::ConfigError> {
    let rules = SwapRules {
        prior: prevalence,
        hasty: false,
        rejected_below: 1e-12,
        least_posterior: 1e-13,
        ..SwapRules::default()
    };
    let mut swap = SpaceWarps::new(consensus::space_warps::SpaceWarpsConfig::Swap(rules))?;
    for Vote { task, worker, answer } in &world.votes {
        let image = &world.images[*task as usize];
        let truth = match (image.known, image.kind) {
            (false, _) => Label::Unknown,
            (true, Kind::Lens) => Label::Lens,
            (true, _) => Label::NonLens,
        };
        let said_lens = match *answer {
            NO => Some(false),
            LENS => Some(true),
            _ => None,
        };
        swap.update(&LogVote { subject: *task, agent: *worker, said_lens, truth });
    }
    let of = |task| swap.subject(task).map_or(prevalence, |subject| subject.posterior);
    Ok((0..world.images.len() as u32).map(of).collect())
}

/// The house model with its defaults; `prior` is each image's probability of a lens beforehand.
fn house(world: &World, prior: &[f64]) -> Result<Vec<f64>, String> {
    let config = HouseConfig::lens();
    config.check(3, 3).map_err(|e| e.to_string())?;
    // What experts know of training images: a mock is a lens, a reviewed false positive looks like
    // one, a field taken to be empty is no lens of either kind.
    let mask = |image: &crate::crowd::Image| match (image.known, image.kind) {
        (false, _) => 0b111,
        (true, Kind::Lens) => 0b001,
        (true, Kind::LookAlike) => 0b100,
        (true, Kind::Plain) => 0b110,
    };
    let allowed: Vec<u64> = world.images.iter().map(mask).collect();
    const LOOK_ALIKES: f64 = 0.15;
    let log_prior: Vec<f64> = prior
        .iter()
        .flat_map(|p| [p.ln(), ((1.0 - p) * (1.0 - LOOK_ALIKES)).ln(), ((1.0 - p) * LOOK_ALIKES).ln()])
        .collect();
    let fit = fit_states(
        &StateInput {
            votes: &world.votes,
            tasks: world.images.len(),
            workers: world.people.len(),
            states: 3,
            responses: 3,
            allowed: &allowed,
            log_prior: &log_prior,
        },
        &config,
    );
    Ok(fit.posterior.chunks(3).map(|q| q[0]).collect())
}

/// A calibration from experts' grades of a sample drawn by strata of the claim, at most half of
/// each; and what each image that was not drawn stands for in a measure (0 for those drawn).
fn reviewed(world: &World, p: &[f64], rng: &mut Rng) -> (Result<Calibration, CalibrationError>, Vec<f64>) {
    const EDGES: [f64; 6] = [0.001, 0.01, 0.1, 0.5, 0.9, 1.0];
    let mut strata: Vec<Vec<usize>> = vec![Vec::new(); EDGES.len()];
    for at in (0..p.len()).filter(|at| !world.images[*at].known) {
        strata[EDGES.partition_point(|edge| *edge < p[at]).min(EDGES.len() - 1)].push(at);
    }
    strata.sort_by_key(Vec::len);
    let (mut reviews, mut weights) = (Vec::new(), vec![0.0; p.len()]);
    for (at, stratum) in strata.iter_mut().enumerate() {
        stratum.shuffle(rng);
        let share = (REVIEWS - reviews.len()) / (EDGES.len() - at);
        let drawn = share.min(stratum.len() / 2);
        let inclusion = drawn as f64 / stratum.len().max(1) as f64;
        for image in &stratum[..drawn] {
            let lens = world.images[*image].kind == Kind::Lens;
            reviews.push(Review { claimed: p[*image], lens, inclusion });
        }
        for image in &stratum[drawn..] {
            weights[*image] = 1.0 / (1.0 - inclusion);
        }
    }
    (calibration::fit(&reviews, &CalibrationConfig::default()), weights)
}
