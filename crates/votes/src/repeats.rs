//! The same worker on the same task counts once: the earliest vote, by time, then by the vote's
//! own number, then by its place in the file.

use serde::Serialize;

use crate::{VoteLog, log::Entry};

/// Examples kept.
const EXAMPLES: usize = 10;

/// A vote that does not count.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Repeat {
    /// Its line or row.
    pub at: String,
    /// That of the vote which counts.
    pub counted_at: String,
    /// The task.
    pub task: String,
    /// The worker.
    pub worker: String,
    /// What it says.
    pub label: String,
    /// What the vote says which counts.
    pub counted_label: String,
}

/// All that do not count.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Repeats {
    /// They say the same once more.
    pub same: u64,
    /// They say something else.
    pub changed: u64,
    /// The first of them in the file.
    pub examples: Vec<Repeat>,
}

impl Repeats {
    /// Both kinds.
    #[must_use]
    pub const fn total(&self) -> u64 {
        self.same + self.changed
    }
}

/// Positions of the votes that count, in the order in which they were cast, and what is left out.
pub(crate) fn counting(log: &VoteLog) -> (Vec<u32>, Repeats) {
    let entries = log.entries();
    let mut order = by_task(entries, log.tasks.len());
    let rank = |position: u32| {
        let position = position as usize;
        // Without a time it comes last.
        (log.time(position).unwrap_or(i64::MAX), log.id(position).unwrap_or(i64::MAX), position)
    };
    let mut keep = vec![true; entries.len()];
    let mut dropped: Vec<(u32, u32)> = Vec::new();
    let mut start = 0;
    while start < order.len() {
        let task = entries[order[start] as usize].task;
        let length = order[start..].iter().take_while(|&&p| entries[p as usize].task == task).count();
        let group = &mut order[start..start + length];
        group.sort_unstable_by_key(|&position| (entries[position as usize].worker, rank(position)));
        let mut first = group[0];
        for &position in &group[1..] {
            if entries[position as usize].worker == entries[first as usize].worker {
                keep[position as usize] = false;
                dropped.push((position, first));
            } else {
                first = position;
            }
        }
        start += length;
    }
    let mut repeats = Repeats::default();
    dropped.sort_unstable();
    for &(position, first) in &dropped {
        let (entry, counted) = (entries[position as usize], entries[first as usize]);
        if entry.label == counted.label {
            repeats.same += 1;
        } else {
            repeats.changed += 1;
        }
        if repeats.examples.len() < EXAMPLES {
            repeats.examples.push(Repeat {
                at: log.at(entry.place.into()),
                counted_at: log.at(counted.place.into()),
                task: log.tasks.name(entry.task).to_owned(),
                worker: log.workers.name(entry.worker).to_owned(),
                label: log.labels.name(entry.label.into()).to_owned(),
                counted_label: log.labels.name(counted.label.into()).to_owned(),
            });
        }
    }
    order.clear();
    order.extend((0..entries.len() as u32).filter(|&position| keep[position as usize]));
    if log.has_times() {
        order.sort_unstable_by_key(|&position| rank(position));
    }
    (order, repeats)
}

/// Positions grouped by task, in the order of the file within each: by counting, as ten million are many to sort.
pub(crate) fn by_task(entries: &[Entry], tasks: usize) -> Vec<u32> {
    let mut next = vec![0_u32; tasks + 1];
    for entry in entries {
        next[entry.task as usize + 1] += 1;
    }
    for task in 0..tasks {
        next[task + 1] += next[task];
    }
    let mut order = vec![0; entries.len()];
    for (position, entry) in entries.iter().enumerate() {
        let slot = &mut next[entry.task as usize];
        order[*slot as usize] = position as u32;
        *slot += 1;
    }
    order
}
