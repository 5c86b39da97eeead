//! A simulated lens crowd, judged by majority, SWAP, SWAP with the network as prior, and the house
//! model: `cargo run --release -p consensus --example lens_crowd -- OUT_FOLDER [SEEDS]`.
//!
//! Offline: all votes are there, each method gives its posteriors. Sequential: images are retired by
//! the live engine as votes arrive. `OUT_FOLDER` gets the raw numbers of each seed (CSV), the means
//! with intervals (JSON) and both tables (Markdown). The simulator has look-alikes, which favours a
//! model that has a state for them.

mod crowd;
mod measures;
mod offline;
mod report;
mod sequential;

use std::{env, error::Error, path::PathBuf};

use crowd::{Plan, World};
use domain::Seed;
use measures::Measures;
use report::Line;

fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = env::args().skip(1);
    let folder = PathBuf::from(arguments.next().ok_or("give a folder for the results")?);
    let seeds: u64 = arguments.next().map_or(Ok(5), |seeds| seeds.parse())?;
    std::fs::create_dir_all(&folder)?;
    let (mut offline, mut sequential) = (Vec::new(), Vec::new());
    for prevalence in [0.01, 0.001] {
        let plan = Plan::at(prevalence);
        for seed in 0..seeds {
            let root = Seed::root(seed).child("lens crowd");
            let world = World::draw(root, &plan);
            for row in offline::rows(&world, prevalence, &mut root.child("reviews").rng())? {
                let values = row.measures.values().to_vec();
                offline.push(Line { prevalence, seed, method: row.method, values });
            }
            for row in sequential::rows(&world, &plan, root)? {
                let values = row.values.to_vec();
                sequential.push(Line { prevalence, seed, method: row.method, values });
            }
            eprintln!("{} % lenses, seed {seed}: done", prevalence * 100.0);
        }
    }
    let (offline_json, offline_table) = report::write(&folder, "offline", &Measures::NAMES, &offline)?;
    let (sequential_json, sequential_table) =
        report::write(&folder, "sequential", &sequential::NAMES, &sequential)?;
    let text = format!(
        "All votes cast (mean ± half of the 95 % interval over {seeds} seeds):\n{offline_table}\n\
         Retired as votes arrive:\n{sequential_table}"
    );
    let summary = serde_json::json!({"seeds": seeds, "offline": offline_json, "sequential": sequential_json});
    report::put(&folder.join("summary.json"), &format!("{}\n", serde_json::to_string_pretty(&summary)?))?;
    report::put(&folder.join("tables.md"), &text)?;
    println!("{text}");
    Ok(())
}
