//! The simulated crowds on which the house model's defaults are judged. None is drawn from the model:
//! what a person says depends on how the one image looks to everybody.

use consensus::{Crowd, Shape, Vote};
use domain::{Rng, Seed};
use rand::RngExt as _;
use rand_distr::{Beta, Distribution, LogNormal, Normal};

/// One kind of crowd.
#[derive(Clone, Copy)]
pub struct Kind {
    pub name: &'static str,
    pub classes: usize,
    pub tasks: usize,
    pub people: usize,
    /// Votes per task.
    pub votes: usize,
    /// How often somebody is right about the class's typical image, for a mean of the crowd, and how
    /// different people are (pseudo-votes: few is different).
    pub right: f64,
    pub alike: f64,
    /// Standard deviation of how clear an image is, in log-odds, shared by all who see it.
    pub hard: f64,
    /// Share of images that look like another class to everybody.
    pub look_alikes: f64,
    /// Share of people who answer without looking.
    pub spammers: f64,
    /// Standard deviation of people's own leaning towards each class, in log-odds.
    pub leaning: f64,
    /// How far an image also looks like its class's partner (0 with 1, 2 with 3 …) to everybody, in log-odds.
    pub partner: f64,
    /// Standard deviation of everybody's common leaning towards each class, in log-odds.
    pub common: f64,
    /// Share of the last class; the rest is shared unevenly.
    pub last: f64,
    /// Whether some say "unsure".
    pub unsure: bool,
}

const PLAIN: Kind = Kind {
    name: "plain",
    classes: 2,
    tasks: 1200,
    people: 80,
    votes: 5,
    right: 0.8,
    alike: 8.0,
    hard: 0.0,
    look_alikes: 0.0,
    spammers: 0.08,
    leaning: 0.4,
    partner: 0.0,
    common: 0.0,
    last: 0.5,
    unsure: false,
};

pub const KINDS: [Kind; 21] = [
    PLAIN,
    Kind { name: "many-votes", votes: 12, tasks: 500, right: 0.72, leaning: 0.7, ..PLAIN },
    Kind { name: "few", votes: 3, people: 600, tasks: 900, last: 0.4, ..PLAIN },
    Kind { name: "few-busy", votes: 3, people: 60, tasks: 900, last: 0.35, hard: 0.6, ..PLAIN },
    Kind { name: "few-rare", votes: 3, people: 300, tasks: 2000, last: 0.12, hard: 0.5, ..PLAIN },
    Kind { name: "rare", tasks: 2000, last: 0.12, ..PLAIN },
    Kind { name: "rare-alike", tasks: 2000, last: 0.12, votes: 6, hard: 1.0, look_alikes: 0.06, ..PLAIN },
    Kind {
        name: "rare-alike-more",
        tasks: 2000,
        last: 0.12,
        votes: 6,
        hard: 0.8,
        look_alikes: 0.1,
        leaning: 0.6,
        ..PLAIN
    },
    Kind {
        name: "rare-unsure",
        tasks: 2000,
        last: 0.12,
        votes: 6,
        hard: 1.0,
        look_alikes: 0.06,
        unsure: true,
        ..PLAIN
    },
    Kind { name: "half-hard", tasks: 800, votes: 8, hard: 1.2, look_alikes: 0.08, ..PLAIN },
    Kind { name: "third", tasks: 1000, last: 0.3, hard: 1.0, look_alikes: 0.05, ..PLAIN },
    Kind {
        name: "breeds",
        classes: 4,
        tasks: 800,
        people: 110,
        votes: 10,
        hard: 1.2,
        look_alikes: 0.12,
        right: 0.7,
        last: 0.25,
        ..PLAIN
    },
    Kind {
        name: "breeds-few",
        classes: 4,
        tasks: 800,
        people: 200,
        votes: 3,
        hard: 0.8,
        look_alikes: 0.06,
        last: 0.2,
        ..PLAIN
    },
    Kind {
        name: "six",
        classes: 6,
        tasks: 1000,
        people: 120,
        votes: 5,
        hard: 0.8,
        look_alikes: 0.05,
        last: 0.04,
        ..PLAIN
    },
    Kind {
        name: "five-sparse",
        classes: 5,
        tasks: 300,
        people: 250,
        votes: 8,
        hard: 1.0,
        look_alikes: 0.05,
        last: 0.06,
        ..PLAIN
    },
    Kind { name: "spam", classes: 3, tasks: 800, votes: 7, spammers: 0.4, last: 0.3, hard: 0.4, ..PLAIN },
    Kind {
        name: "pairs-4",
        classes: 4,
        tasks: 800,
        people: 110,
        votes: 10,
        right: 0.75,
        hard: 0.8,
        look_alikes: 0.05,
        partner: 1.2,
        common: 0.6,
        last: 0.25,
        ..PLAIN
    },
    Kind {
        name: "pairs-6",
        classes: 6,
        tasks: 800,
        people: 110,
        votes: 7,
        right: 0.75,
        hard: 0.8,
        look_alikes: 0.05,
        partner: 1.2,
        common: 0.6,
        last: 0.15,
        ..PLAIN
    },
    Kind {
        name: "common-2",
        tasks: 800,
        people: 110,
        votes: 8,
        right: 0.72,
        hard: 0.6,
        look_alikes: 0.05,
        common: 0.8,
        last: 0.4,
        ..PLAIN
    },
    Kind {
        name: "common-3",
        classes: 3,
        tasks: 800,
        people: 110,
        votes: 8,
        right: 0.7,
        hard: 0.6,
        look_alikes: 0.05,
        common: 0.8,
        last: 0.3,
        ..PLAIN
    },
    Kind {
        name: "small-dense",
        tasks: 110,
        people: 40,
        votes: 30,
        right: 0.65,
        hard: 0.8,
        look_alikes: 0.08,
        leaning: 0.9,
        common: 0.3,
        last: 0.45,
        ..PLAIN
    },
];

/// A crowd of this kind and the truths.
pub fn draw(kind: &Kind, seed: u64) -> (Crowd, Vec<usize>) {
    let rng = &mut Seed::root(seed).child(kind.name).rng();
    let Kind { classes, tasks, people, .. } = *kind;
    let mut shares: Vec<f64> = (0..classes - 1).map(|_| rng.random_range(0.5..1.5)).collect();
    let sum: f64 = shares.iter().sum();
    shares.iter_mut().for_each(|share| *share *= (1.0 - kind.last) / sum);
    shares.push(kind.last);
    let alike = if kind.look_alikes > 0.0 { kind.look_alikes } else { 0.0 };

    let skill = Beta::new(kind.right * kind.alike, (1.0 - kind.right) * kind.alike).expect("positive");
    let busy = LogNormal::new(0.0, 1.1).expect("finite");
    let leaning = |sd: f64, rng: &mut Rng| Normal::new(0.0, sd).expect("finite").sample(rng);
    let crowd: Vec<Person> = (0..people)
        .map(|_| {
            let lazy = rng.random::<f64>() < kind.spammers;
            let right: f64 = skill.sample(rng).clamp(0.05, 0.98);
            let pull = if lazy { 0.0 } else { (right * (classes - 1) as f64 / (1.0 - right)).ln() };
            let sd = if lazy { 2.0 } else { kind.leaning };
            Person {
                pull,
                leaning: (0..classes).map(|_| leaning(sd, rng)).collect(),
                doubt: if kind.unsure { rng.random_range(0.0..0.5) } else { 0.0 },
                busy: busy.sample(rng),
            }
        })
        .collect();

    let common: Vec<f64> = (0..classes).map(|_| leaning(kind.common, rng)).collect();
    let (mut truths, mut votes) = (Vec::new(), Vec::new());
    for task in 0..tasks {
        let truth = pick(&shares, rng);
        let clear = leaning(kind.hard, rng);
        // What it looks like besides: for a look-alike that is stronger than what it is.
        let other = (truth + 1 + rng.random_range(0..classes - 1)) % classes;
        let astray = if rng.random::<f64>() < alike { rng.random_range(1.0..4.0) } else { 0.0 };
        let alike_partner = kind.partner + leaning(kind.partner / 2.0, rng);
        let mut left: Vec<f64> = crowd.iter().map(|person| person.busy).collect();
        for _ in 0..kind.votes {
            let who = pick(&left, rng);
            left[who] = 0.0;
            let person = &crowd[who];
            let mut odds: Vec<f64> = person.leaning.clone();
            if person.pull != 0.0 {
                odds[truth] += person.pull + clear;
                odds[other] += astray;
                let partner = (truth ^ 1).min(classes - 1);
                if kind.partner > 0.0 && partner != truth {
                    odds[partner] += alike_partner;
                }
                odds.iter_mut().zip(&common).for_each(|(odd, pull)| *odd += pull);
            }
            odds.iter_mut().for_each(|odd| *odd = odd.exp());
            let sum: f64 = odds.iter().sum();
            let clearest = odds.iter().fold(0.0_f64, |a, b| a.max(*b)) / sum;
            let answer = if rng.random::<f64>() < person.doubt * 2.0 * (1.0 - clearest) {
                classes
            } else {
                pick(&odds, rng)
            };
            votes.push(Vote { task: task as u32, worker: who as u32, answer: answer as u16 });
        }
        truths.push(truth);
    }
    let answers = classes + usize::from(kind.unsure);
    let shape = Shape { tasks, workers: people, classes, answers };
    (Crowd::new(shape, votes, Vec::new()).expect("inside its shape"), truths)
}

struct Person {
    pull: f64,
    leaning: Vec<f64>,
    doubt: f64,
    busy: f64,
}

fn pick(weights: &[f64], rng: &mut Rng) -> usize {
    let mut at = rng.random::<f64>() * weights.iter().sum::<f64>();
    for (index, weight) in weights.iter().enumerate() {
        if at < *weight {
            return index;
        }
        at -= weight;
    }
    weights.iter().rposition(|weight| *weight > 0.0).unwrap_or(0)
}
