//! Whether the tables of a method fit into memory, before any is made: with thousands of labels (often the
//! wrong column, such as free text) a table per worker is larger than any machine.

use consensus::Shape;

use super::choice::{Chosen, Plan};
use crate::failure::Failure;

const GIB: f64 = (1_u64 << 30) as f64;

/// Refuses a shape whose tables would be larger than allowed.
pub fn check(plan: &Plan, shape: Shape) -> Result<(), Failure> {
    let needed = gib(plan.tables(), shape);
    // One label only is not weighed at all, and SWAP vote by vote refuses more than two itself.
    if shape.classes == 1 || matches!(plan.method, Chosen::Online(_)) || needed <= plan.max_memory {
        return Ok(());
    }
    let Shape { tasks, workers, classes, answers } = shape;
    let light = if plan.tables().1 > 0 { "; majority, wawa and glad keep no table per worker" } else { "" };
    Err(Failure::words(format!(
        "{}: {answers} different answers on {tasks} tasks by {workers} workers need about {needed:.1} GiB with {} \
         ({classes} can be true), more than --max-memory {}. Is the column of labels the right one (--label-column)? \
         Else merge rare labels{light}, or allow more",
        plan.votes.display(),
        plan.method_name,
        plan.max_memory,
    )))
}

/// What tables of 8-byte numbers take: so many of tasks × labels, so many of workers × labels × answers.
fn gib((by_task, by_worker): (u64, u64), shape: Shape) -> f64 {
    let [tasks, workers, classes, answers] =
        [shape.tasks, shape.workers, shape.classes, shape.answers].map(|n| n as f64);
    8.0 * classes * (by_task as f64 * tasks + by_worker as f64 * workers * answers) / GIB
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tables_per_worker_are_what_grows() {
        let large = Shape { tasks: 1_000_000, workers: 50_000, classes: 3, answers: 3 };
        assert!(gib((4, 5), large) < 0.15, "the ten million votes of docs/votes.md are no trouble");
        let text = Shape { tasks: 10_000, workers: 1000, classes: 8000, answers: 8000 };
        assert!(gib((2, 3), text) > 1000.0 && gib((2, 0), text) < 1.3);
    }
}
