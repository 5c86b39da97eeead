//! Images a second of three networks on every kernel, 64 at a time, random weights.
//! `cargo bench -p inference --profile release --bench networks`

#![expect(clippy::disallowed_methods, reason = "this program measures time")]

use std::time::Instant;

use inference::{Engine, InferenceError, Kernel};

#[path = "../examples/shapes/mod.rs"]
mod shapes;

fn main() -> Result<(), InferenceError> {
    for (name, network) in shapes::networks() {
        let (weights, products) = shapes::weights(&network)?;
        let tiles: Vec<u8> = (0..64 * network.tile_bytes()).map(|i| (i * 7919 % 251) as u8).collect();
        for kernel in Kernel::available() {
            let engine = Engine::new(network.clone(), &weights, kernel)?;
            engine.run(&tiles)?;
            let mut best = f64::INFINITY;
            let start = Instant::now();
            while start.elapsed().as_secs_f64() < 2.0 {
                let begin = Instant::now();
                engine.run(&tiles)?;
                best = best.min(begin.elapsed().as_secs_f64());
            }
            let rate = 64.0 / best;
            println!(
                "{name:14} {:12} {rate:8.0} images/s {:7.0} GF/s",
                kernel.name(),
                rate * products * 2e-9
            );
        }
    }
    Ok(())
}
