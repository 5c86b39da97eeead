//! The engine as one side of experiments/inference: answers commands, one a line, with one line of JSON.
//!
//! ```text
//! rounds networks FOLDER          writes the networks with random weights, NAME.safetensors
//! rounds onnx FILE.safetensors    writes FILE.onnx beside it
//! rounds serve FOLDER             says what it has, then waits for
//!     logits NETWORK KERNEL           of every tile of FOLDER/tiles.bin
//!     every NETWORK KERNEL            logits, embeddings and maps of the first 64
//!     round NETWORK KERNEL SECONDS    seconds of every batch of 64 in so long
//!     peak SECONDS                    products and sums a second of the processor, in registers alone
//! ```
//! Threads are rayon's: RAYON_NUM_THREADS.

#![expect(clippy::disallowed_methods, reason = "this program measures time")]

use std::{
    collections::HashMap,
    error::Error,
    fs,
    io::{self, BufRead as _, Write as _},
    path::Path,
    time::Instant,
};

use inference::{Engine, Kernel, export, import};
use serde_json::{Value, json};

#[path = "rounds/peak.rs"]
mod peak;
mod shapes;

/// Tiles of a batch.
const BATCH: usize = 64;

type Failure = Box<dyn Error>;

fn main() -> Result<(), Failure> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    match arguments.iter().map(String::as_str).collect::<Vec<_>>()[..] {
        ["networks", folder] => {
            for (name, network) in shapes::networks() {
                let (weights, products) = shapes::weights(&network)?;
                fs::write(
                    Path::new(folder).join(name).with_extension("safetensors"),
                    export::safetensors(&network, &weights)?,
                )?;
                println!("{}", json!({ "network": name, "products": products }));
            }
            Ok(())
        }
        ["onnx", file] => {
            let (network, weights) = import::safetensors(&fs::read(file)?)?;
            Ok(fs::write(Path::new(file).with_extension("onnx"), export::onnx(&network, &weights)?)?)
        }
        ["serve", folder] => serve(Path::new(folder)),
        _ => Err("usage: rounds networks FOLDER | onnx FILE | serve FOLDER".into()),
    }
}

fn serve(folder: &Path) -> Result<(), Failure> {
    let tiles = fs::read(folder.join("tiles.bin"))?;
    let kernels: Vec<_> = Kernel::available().map(Kernel::name).collect();
    let threads = rayon::current_num_threads();
    say(&json!({ "variants": kernels, "version": env!("CARGO_PKG_VERSION"), "threads": threads }))?;
    let mut engines = HashMap::new();
    for line in io::stdin().lock().lines() {
        let line = line?;
        let words: Vec<_> = line.split_whitespace().collect();
        if let ["peak", seconds] = words[..] {
            say(&peak::measure(seconds.parse()?))?;
            continue;
        }
        let [command, network, kernel, ..] = words[..] else {
            return Err(format!("what does {line:?} mean?").into());
        };
        let key = (network.to_owned(), kernel.to_owned());
        if !engines.contains_key(&key) {
            let file = folder.join(network).with_extension("safetensors");
            let (network, weights) = import::safetensors(&fs::read(file)?)?;
            let bytes = BATCH * network.tile_bytes();
            engines.insert(key.clone(), (Engine::new(network, &weights, Kernel::named(kernel)?)?, bytes));
        }
        let (engine, batch) = &engines[&key];
        say(&match command {
            "logits" => json!({ "logits": engine.run(&tiles)?.logits }),
            "every" => {
                let outputs = engine.run(&tiles[..*batch])?;
                json!({ "logit": outputs.logits, "embedding": outputs.embeddings, "map": outputs.maps })
            }
            _ => {
                let seconds: f64 = words.get(3).ok_or("for how many seconds?")?.parse()?;
                let mut took = Vec::new();
                engine.run(&tiles[..*batch])?;
                let start = Instant::now();
                for batch in tiles.chunks_exact(*batch).cycle() {
                    let begin = Instant::now();
                    engine.run(batch)?;
                    took.push(begin.elapsed().as_secs_f64());
                    if start.elapsed().as_secs_f64() > seconds {
                        break;
                    }
                }
                json!({ "seconds": took })
            }
        })?;
    }
    Ok(())
}

fn say(answer: &Value) -> io::Result<()> {
    let mut out = io::stdout().lock();
    writeln!(out, "{answer}")?;
    out.flush()
}
