//! The house model beside our other methods on 21 kinds of simulated crowds: what its defaults
//! were chosen on. `cargo run --release -p consensus --example house_defaults [-- SEEDS [FIRST_SEED]]`.
//!
//! Seeds from 7100 and 7200 chose the defaults; take others to check. Prints
//! accuracy (ties shared) and log-loss of each method, means over tasks and seeds, and the house's accuracy
//! minus that of the best other, with two standard errors over tasks; `!` where that is below zero.

mod kinds;

use std::error::Error;

use consensus::{
    Fit, Method,
    house::House,
    methods::{DawidSkene, Glad, Majority, OneCoin, Wawa},
};

/// Per task.
#[derive(Default)]
struct Scores {
    right: Vec<f64>,
    loss: Vec<f64>,
}

impl Scores {
    fn add(&mut self, fit: &Fit, truths: &[usize]) {
        for (task, truth) in truths.iter().enumerate() {
            let row = fit.posterior(task);
            let most = row.iter().fold(0.0_f64, |a, b| a.max(*b)) - 1e-9;
            let ties = row.iter().filter(|p| **p >= most).count() as f64;
            self.right.push(if row[*truth] >= most { 1.0 / ties } else { 0.0 });
            self.loss.push(-row[*truth].max(1e-6).ln());
        }
    }
}

fn mean(values: &[f64]) -> f64 {
    values.iter().sum::<f64>() / values.len() as f64
}

/// Mean of the differences and two standard errors.
fn difference(ours: &[f64], other: &[f64]) -> (f64, f64) {
    let gaps: Vec<f64> = ours.iter().zip(other).map(|(a, b)| a - b).collect();
    let middle = mean(&gaps);
    let squares: f64 = gaps.iter().map(|gap| (gap - middle).powi(2)).sum();
    (middle, 2.0 * squares.sqrt() / gaps.len() as f64)
}

fn main() -> Result<(), Box<dyn Error>> {
    let numbers: Result<Vec<u64>, _> = std::env::args().skip(1).map(|word| word.parse()).collect();
    let numbers = numbers?;
    let (seeds, first) = (numbers.first().copied().unwrap_or(3), numbers.get(1).copied().unwrap_or(7_100));
    let methods: [Box<dyn Method>; 6] = [
        Box::new(House::default()),
        Box::new(Majority::default()),
        Box::new(Wawa::default()),
        Box::new(OneCoin::default()),
        Box::new(DawidSkene::default()),
        Box::new(Glad::default()),
    ];
    print!("{:<16}", "");
    methods.iter().for_each(|method| print!(" {:>13}", method.name()));
    println!("   house - best other");
    for kind in &kinds::KINDS {
        let mut scores: [Scores; 6] = Default::default();
        for seed in first..first + seeds {
            let (crowd, truths) = kinds::draw(kind, seed);
            for (method, scores) in methods.iter().zip(&mut scores) {
                scores.add(&method.fit(&crowd), &truths);
            }
        }
        print!("{:<16}", kind.name);
        scores.iter().for_each(|one| print!("   {:.3} {:.3}", mean(&one.right), mean(&one.loss)));
        let [house, others @ ..] = &scores;
        let mut best = &others[0];
        for other in others {
            if mean(&other.right) > mean(&best.right) {
                best = other;
            }
        }
        let (by, noise) = difference(&house.right, &best.right);
        println!("   {by:+.3} ± {noise:.3}{}", if by < -noise { " !" } else { "" });
    }
    Ok(())
}
