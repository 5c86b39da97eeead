//! Processor, kernels, backends, memory and disk.

use std::{collections::BTreeSet, path::Path};

use finder::{DeviceChoice, Kernel};

use super::{Check, Section};
use crate::{arguments::Place, command, failure::Failure, machine};

/// What a kernel needs, in the words of `/proc/cpuinfo`.
const NEEDS: [(Kernel, &[&str]); 4] = [
    (Kernel::AmxBf16, &["amx_tile", "amx_bf16", "avx512_bf16", "avx512f", "avx512bw", "avx512vl"]),
    (Kernel::Avx512Bf16, &["avx512_bf16", "avx512f", "avx512bw", "avx512vl"]),
    (Kernel::Avx512, &["avx512f", "avx512bw", "avx512vl"]),
    (Kernel::Avx2, &["avx2", "fma"]),
];

/// Free disk below which a warning is due: a pool of 370,000 images takes about this much.
const LITTLE_DISK_GIB: f64 = 12.0;

/// What the processor says it can, of what matters here; `None` where the system does not tell.
fn flags() -> Option<BTreeSet<String>> {
    let text = std::fs::read_to_string("/proc/cpuinfo").ok()?;
    let line = text.lines().find(|line| line.starts_with("flags"))?;
    Some(line.split_once(':')?.1.split_whitespace().map(str::to_owned).collect())
}

/// Its name and instructions.
pub fn processor() -> Section {
    let known: BTreeSet<&str> = NEEDS.iter().flat_map(|(_, needs)| needs.iter().copied()).collect();
    let instructions = match flags() {
        None => Check::absent("instructions", "this system does not list them"),
        Some(flags) => {
            let has: Vec<&str> = known.into_iter().filter(|flag| flags.contains(*flag)).collect();
            let has = if has.is_empty() { "none of those the kernels use".into() } else { has.join(" ") };
            Check::fine("instructions", has)
        }
    };
    Section { title: "Processor", checks: vec![Check::fine("machine", machine::line()), instructions] }
}

/// The scoring engine's kernels: which can be used, why not, and which would be.
pub fn kernels() -> Section {
    let usual = Kernel::available().find(|kernel| !kernel.is_half());
    let flags = flags();
    let checks = Kernel::ALL.into_iter().map(|kernel| {
        if kernel.is_available() {
            let bits = if kernel.is_half() { "16-bit floats" } else { "32-bit floats" };
            let note = match (Some(kernel) == usual, kernel.is_half()) {
                (true, _) => ", used unless --kernel names another",
                (false, true) => ", on request: rounds in the third digit",
                (false, false) => "",
            };
            return Check::fine(kernel.name(), format!("can be used ({bits}){note}"));
        }
        let needs = NEEDS.iter().find(|(of, _)| *of == kernel).map_or(&[] as &[&str], |(_, needs)| needs);
        let missing: Vec<&str> = match &flags {
            Some(flags) => needs.iter().copied().filter(|flag| !flags.contains(*flag)).collect(),
            None => needs.to_vec(),
        };
        let says = match &missing[..] {
            [] => "the processor has it, but the operating system does not allow it".to_owned(),
            missing => format!("this processor lacks {}", missing.join(" ")),
        };
        Check::absent(kernel.name(), says)
    });
    Section { title: "Kernels of the scoring engine", checks: checks.collect() }
}

/// The backends: which are in this program, and whether they work.
pub fn backends(asked: DeviceChoice) -> Section {
    let mut choices = DeviceChoice::ALL.to_vec();
    if !choices.contains(&asked) {
        choices.push(asked);
    }
    let checks = choices.into_iter().map(|choice| {
        let name = choice.to_string();
        let used = if choice == asked { ", used (--device)" } else { "" };
        match silently(|| choice.probe()) {
            Ok(()) => Check::fine(&name, format!("works{used}")),
            Err(error) if choice == asked => Check::wrong(&name, error.to_string()),
            Err(error) if choice.is_compiled() => {
                Check::absent(&name, format!("is in this program, but {error}"))
            }
            Err(_) => {
                let family = name.split(':').next().unwrap_or_default();
                let says = format!(
                    "is not in this program; `cargo build --release -p cli --features {family}` brings it"
                );
                Check::absent(&name, says)
            }
        }
    });
    Section { title: "Backends", checks: checks.collect() }
}

/// Does something without a panic's words on standard error; the caller says them better.
fn silently<T>(work: impl FnOnce() -> T) -> T {
    let usual = std::panic::take_hook();
    std::panic::set_hook(Box::new(|_| {}));
    let done = work();
    std::panic::set_hook(usual);
    done
}

/// Threads, memory and disk.
pub fn resources(workspace: &Path) -> Section {
    let threads = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
    let wanted = std::env::var("RAYON_NUM_THREADS").ok();
    let threads = match wanted {
        Some(wanted) => format!("{threads}; RAYON_NUM_THREADS asks for {wanted}"),
        None => threads.to_string(),
    };
    let memory = match (memory_gib("MemTotal"), memory_gib("MemAvailable")) {
        (Some(total), Some(free)) => Check::fine("memory", format!("{free:.1} of {total:.1} GiB free")),
        _ => Check::absent("memory", "this system does not tell"),
    };
    Section { title: "Resources", checks: vec![Check::fine("threads", threads), memory, disk(workspace)] }
}

fn memory_gib(field: &str) -> Option<f64> {
    let text = std::fs::read_to_string("/proc/meminfo").ok()?;
    let line = text.lines().find(|line| line.starts_with(field))?;
    line.split_whitespace().nth(1)?.parse::<f64>().ok().map(|kib| kib / (1024.0 * 1024.0))
}

/// Free space where the workspace is, or will be.
fn disk(workspace: &Path) -> Check {
    let absolute = std::path::absolute(workspace).unwrap_or_else(|_| workspace.to_owned());
    let Some(place) = absolute.ancestors().find(|folder| folder.is_dir()) else {
        return Check::wrong(
            "disk",
            format!("{} lies nowhere; name another --workspace", workspace.display()),
        );
    };
    match rustix::fs::statvfs(place) {
        Ok(told) => {
            let free = told.f_bavail as f64 * told.f_frsize as f64 / (1024.0 * 1024.0 * 1024.0);
            let little =
                if free < LITTLE_DISK_GIB { "; a pool of 370,000 images takes about 11" } else { "" };
            Check::fine("disk", format!("{free:.1} GiB free for {}{little}", workspace.display()))
        }
        Err(error) => Check::absent("disk", format!("{}: {error}", place.display())),
    }
}

/// Whether a model reads, and gives a number.
pub fn model(model: &Path, place: &Place) -> Section {
    let opened = command::model::folder_of(model, place)
        .map_err(|failure| match failure {
            Failure::Failed(report) => report.to_string(),
            _ => "stopped".to_owned(),
        })
        .and_then(|dir| finder::Model::load(&dir, place.device).map_err(|error| error.to_string()));
    let said = opened.and_then(|opened| {
        let tile = vec![128; opened.config().tile_spec.tile_bytes()];
        let outputs = opened.outputs(&tile).map_err(|error| error.to_string())?;
        match outputs.logits.first() {
            Some(logit) if logit.is_finite() => Ok(opened.digest()),
            other => Err(format!("a grey image gets the score {other:?}; train it again")),
        }
    });
    let name = model.display().to_string();
    let check = match said {
        Ok(digest) => Check::fine("model", format!("{name} reads and scores (digest {})", digest.short())),
        Err(problem) => Check::wrong("model", problem),
    };
    Section { title: "Model", checks: vec![check] }
}
