//! One crowd through every method: `cargo run --release -p consensus --example crowd_methods -- VOTES.csv OUT_FOLDER [GOLD.csv [UNSURE]]`.
//!
//! Reads `task,worker,label`, writes one `METHOD.csv` per method as `lensfinder aggregate` does, and the
//! seconds of each fit to `ours.json`. Labels equal to UNSURE are answers, never truths.

use std::{
    collections::{BTreeMap, BTreeSet},
    error::Error,
    fmt::Write as _,
    path::PathBuf,
    time::Instant,
};

use consensus::{
    Crowd, Fit, Method, OfflineSwap, Shape, Vote,
    house::House,
    methods::{DawidSkene, Glad, Majority, OneCoin, Wawa},
};

type Rows = Vec<Vec<String>>;

fn rows(path: &str) -> Result<Rows, Box<dyn Error>> {
    let mut reader = csv::Reader::from_path(path)?;
    let rows: Result<Rows, _> =
        reader.records().map(|row| Ok::<_, csv::Error>(row?.iter().map(str::to_owned).collect())).collect();
    Ok(rows?)
}

fn numbers<'a>(names: impl Iterator<Item = &'a String>) -> BTreeMap<&'a str, usize> {
    let sorted: BTreeSet<&str> = names.map(String::as_str).collect();
    sorted.into_iter().zip(0..).collect()
}

fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [votes_file, out, rest @ ..] = arguments.as_slice() else {
        return Err("give VOTES.csv OUT_FOLDER [GOLD.csv [UNSURE]]".into());
    };
    let out = PathBuf::from(out);
    std::fs::create_dir_all(&out)?;
    let unsure = rest.get(1).map_or("", String::as_str);
    let votes = rows(votes_file)?;
    let (tasks, workers) = (numbers(votes.iter().map(|r| &r[0])), numbers(votes.iter().map(|r| &r[1])));
    let mut labels = numbers(votes.iter().map(|r| &r[2]).filter(|label| *label != unsure));
    let classes: Vec<String> = labels.keys().map(|&label| label.to_owned()).collect();
    labels.insert(unsure, classes.len());
    let mut gold = vec![None; tasks.len()];
    if let Some(path) = rest.first().filter(|path| !path.is_empty()) {
        for row in &rows(path)? {
            if let (Some(task), Some(class)) = (tasks.get(row[0].as_str()), labels.get(row[1].as_str())) {
                gold[*task] = Some(*class as u16);
            }
        }
    }
    let dense = votes.iter().map(|row| Vote {
        task: tasks[row[0].as_str()] as u32,
        worker: workers[row[1].as_str()] as u32,
        answer: labels[row[2].as_str()] as u16,
    });
    let (classes_n, answers) = (classes.len(), classes.len() + 1);
    let answers = if votes.iter().any(|row| row[2] == unsure) { answers } else { classes_n };
    let shape = Shape { tasks: tasks.len(), workers: workers.len(), classes: classes_n, answers };
    let crowd = Crowd::new(shape, dense.collect(), gold)?;

    let methods: [Box<dyn Method>; 7] = [
        Box::new(Majority::default()),
        Box::new(Wawa::default()),
        Box::new(OneCoin::default()),
        Box::new(DawidSkene::default()),
        Box::new(Glad::default()),
        Box::new(OfflineSwap::default()),
        Box::new(House::default()),
    ];
    let mut seconds = BTreeMap::new();
    for method in &methods {
        let (mut took, mut fit) = (f64::INFINITY, None);
        for _ in 0..3 {
            #[expect(clippy::disallowed_methods, reason = "this measures")]
            let started = Instant::now();
            fit = Some(method.fit(&crowd));
            took = took.min(started.elapsed().as_secs_f64());
        }
        let fit = fit.ok_or("no fit")?;
        #[expect(clippy::disallowed_methods, reason = "this measures")]
        let started = Instant::now();
        let mut follow = method.follow(shape);
        for vote in crowd.votes() {
            follow.update(*vote, crowd.gold()[vote.task as usize]);
        }
        let followed_in = started.elapsed().as_secs_f64();
        let followed: Vec<f64> = (0..shape.tasks as u32).flat_map(|task| follow.posterior(task)).collect();
        let followed = Fit { posteriors: followed, ..fit.clone() };
        std::fs::write(out.join(format!("{}.csv", method.name())), table(&fit, &tasks, &classes)?)?;
        std::fs::write(
            out.join(format!("{}-online.csv", method.name())),
            table(&followed, &tasks, &classes)?,
        )?;
        eprintln!(
            "{:<12} {took:.4} s, {} sweeps{}, {:.1} M votes/s and sweep",
            method.name(),
            fit.sweeps,
            if fit.converged { "" } else { " (not converged)" },
            crowd.votes().len() as f64 * f64::from(fit.sweeps) / took / 1e6,
        );
        seconds.insert(method.name().to_owned(), took);
        seconds.insert(format!("{}-online", method.name()), followed_in);
    }
    std::fs::write(
        out.join("ours.json"),
        serde_json::to_string_pretty(&serde_json::json!({ "seconds": seconds }))?,
    )?;
    Ok(())
}

fn table(fit: &Fit, tasks: &BTreeMap<&str, usize>, classes: &[String]) -> Result<String, std::fmt::Error> {
    let mut text = String::from("task,label");
    for class in classes {
        write!(text, ",p_{class}")?;
    }
    text.push('\n');
    for (name, task) in tasks {
        write!(text, "{name},{}", classes[usize::from(fit.label(*task))])?;
        for p in fit.posterior(*task) {
            write!(text, ",{p}")?;
        }
        text.push('\n');
    }
    Ok(text)
}
