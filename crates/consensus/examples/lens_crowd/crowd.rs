//! A made-up crowd on a made-up survey. What a volunteer answers depends on their skill, their
//! habits and on how the image looks, which all of them see alike: errors on one image are shared.

use std::collections::HashSet;

use consensus::Vote;
use domain::{Rng, Seed};
use rand::RngExt as _;
use rand_distr::{Distribution as _, LogNormal, Normal};

/// Answers as in `domain::Answer::code`.
pub const NO: u16 = 0;
pub const UNSURE: u16 = 1;
pub const LENS: u16 = 2;

/// What an image is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    Lens,
    Plain,
    LookAlike,
}

/// The settings that differ between runs.
#[derive(Debug, Clone, Copy)]
pub struct Plan {
    /// Images of unknown truth.
    pub images: usize,
    /// Share of lenses among them.
    pub prevalence: f64,
    /// Share of look-alikes among them.
    pub look_alikes: f64,
    /// Known images (training).
    pub known: usize,
    /// Volunteers.
    pub people: usize,
    /// Votes altogether.
    pub votes: usize,
}

impl Plan {
    /// The plan of the experiment at this rate of lenses.
    pub const fn at(prevalence: f64) -> Self {
        Self { images: 18_000, prevalence, look_alikes: 0.03, known: 2_000, people: 300, votes: 158_000 }
    }
}

/// One image.
#[derive(Debug, Clone, Copy)]
pub struct Image {
    pub kind: Kind,
    /// How much it looks like a lens to everybody.
    pub look: f64,
    /// The network's calibrated probability of a lens.
    pub network: f64,
    /// Whether the volunteers are trained on it.
    pub known: bool,
}

/// One volunteer.
#[derive(Debug, Clone, Copy)]
pub struct Person {
    /// How well they see how an image looks; 0 for one who answers without looking.
    pub skill: f64,
    /// Inclination to say "lens".
    pub bias: f64,
    /// How readily they say "unsure".
    pub unsure: f64,
}

/// Everything there is.
pub struct World {
    pub images: Vec<Image>,
    pub people: Vec<Person>,
    /// In the order in which they were cast; nobody votes twice on one image.
    pub votes: Vec<Vote>,
    /// Activity of each volunteer, summed up.
    upto: Vec<f64>,
}

fn normal(rng: &mut Rng, mean: f64, deviation: f64) -> f64 {
    Normal::new(mean, deviation).expect("deviations here are positive").sample(rng)
}

/// Density of a normal of deviation 1, up to a constant.
fn density(x: f64, mean: f64) -> f64 {
    (-0.5 * (x - mean) * (x - mean)).exp()
}

/// Mean of the network's raw score.
const fn score_mean(kind: Kind) -> f64 {
    match kind {
        Kind::Lens => 2.2,
        Kind::Plain => 0.0,
        Kind::LookAlike => 1.2,
    }
}

fn image(rng: &mut Rng, kind: Kind, known: bool, plan: &Plan) -> Image {
    // Mocks are cleaner than lenses of the sky, and empty fields chosen for training emptier.
    let look = match (kind, known) {
        (Kind::Lens, false) => normal(rng, 1.8, 0.8),
        (Kind::Lens, true) => normal(rng, 1.9, 0.8),
        (Kind::Plain, false) => normal(rng, -1.9, 0.7),
        (Kind::Plain, true) => normal(rng, -2.4, 0.6),
        (Kind::LookAlike, _) => normal(rng, 0.3, 0.6),
    };
    let score = normal(rng, score_mean(kind), 1.0);
    let lens = plan.prevalence * density(score, score_mean(Kind::Lens));
    let rest = (1.0 - plan.prevalence - plan.look_alikes) * density(score, score_mean(Kind::Plain))
        + plan.look_alikes * density(score, score_mean(Kind::LookAlike));
    Image { kind, look, network: lens / (lens + rest), known }
}

fn person(rng: &mut Rng) -> Person {
    match rng.random::<f64>() {
        // One in twelve answers without looking: always no, mostly yes, or at random.
        u if u < 0.03 => Person { skill: 0.0, bias: -4.0, unsure: 0.005 },
        u if u < 0.05 => Person { skill: 0.0, bias: 2.0, unsure: 0.005 },
        u if u < 0.08 => Person { skill: 0.0, bias: 0.0, unsure: 0.10 },
        _ => Person {
            skill: normal(rng, 1.2, 0.4).max(0.1),
            bias: normal(rng, -0.2, 0.6),
            unsure: LogNormal::new(-2.5_f64, 0.8).expect("deviation is positive").sample(rng).min(0.4),
        },
    }
}

impl Person {
    /// P(answer) about an image.
    pub fn chances(&self, image: &Image) -> [f64; 3] {
        let leaning = self.skill * image.look + self.bias;
        let yes = 1.0 / (1.0 + (-1.3 * leaning).exp());
        // Doubt is where the image says little.
        let unsure = (self.unsure * (0.5 + 2.0 * (-leaning * leaning).exp())).min(0.8);
        [(1.0 - unsure) * (1.0 - yes), unsure, (1.0 - unsure) * yes]
    }

    /// An answer about an image.
    pub fn answer(&self, image: &Image, rng: &mut Rng) -> u16 {
        let chances = self.chances(image);
        match rng.random::<f64>() {
            u if u < chances[0] => NO,
            u if u < chances[0] + chances[1] => UNSURE,
            _ => LENS,
        }
    }
}

impl World {
    /// Draws one.
    pub fn draw(seed: Seed, plan: &Plan) -> Self {
        let mut rng = seed.child("images").rng();
        let mut images = Vec::with_capacity(plan.images + plan.known);
        for _ in 0..plan.images {
            let kind = match rng.random::<f64>() {
                u if u < plan.prevalence => Kind::Lens,
                u if u < plan.prevalence + plan.look_alikes => Kind::LookAlike,
                _ => Kind::Plain,
            };
            images.push(image(&mut rng, kind, false, plan));
        }
        for at in 0..plan.known {
            // Half mocks, four tenths easy empty fields, one tenth reviewed false positives.
            let kind = match at % 10 {
                0..5 => Kind::Lens,
                5 => Kind::LookAlike,
                _ => Kind::Plain,
            };
            images.push(image(&mut rng, kind, true, plan));
        }
        let mut rng = seed.child("people").rng();
        let people: Vec<Person> = (0..plan.people).map(|_| person(&mut rng)).collect();
        let activity = LogNormal::new(0.0, 1.5).expect("deviation is positive");
        let mut upto = Vec::with_capacity(people.len());
        let mut sum = 0.0;
        for _ in &people {
            sum += activity.sample(&mut rng);
            upto.push(sum);
        }
        let mut world = Self { images, people, votes: Vec::new(), upto };
        let mut rng = seed.child("votes").rng();
        let mut seen = HashSet::new();
        while world.votes.len() < plan.votes {
            let worker = world.somebody(&mut rng);
            let task = rng.random_range(0..world.images.len() as u32);
            // The busiest have seen nearly everything; then somebody else comes.
            if seen.insert((task, worker)) {
                let answer = world.people[worker as usize].answer(&world.images[task as usize], &mut rng);
                world.votes.push(Vote { task, worker, answer });
            }
        }
        world
    }

    /// Whoever comes next, by activity.
    pub fn somebody(&self, rng: &mut Rng) -> u32 {
        let at = rng.random::<f64>() * self.upto.last().copied().unwrap_or(0.0);
        self.upto.partition_point(|end| *end < at).min(self.people.len() - 1) as u32
    }
}
