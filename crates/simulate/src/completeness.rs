//! `completeness.csv`: which share of the arcs that were tried met the limits of
//! a visible lens, against lensed magnitude, signal over noise and Einstein
//! radius. It is the simulation's own curve: of arcs drawn from its priors,
//! judged by its limits, and says nothing of what people or a network find.

use std::fmt::Write as _;

use crate::{draw::Rejected, record::Results};

/// Name of the file in a dataset's folder.
pub const FILE: &str = "completeness.csv";

/// Edges of the bins of lensed g magnitude.
const MAGNITUDE: [f64; 15] =
    [17.0, 18.0, 19.0, 19.5, 20.0, 20.5, 21.0, 21.5, 22.0, 22.5, 23.0, 23.5, 24.0, 25.0, 27.0];
/// Edges of the bins of signal over noise in the better of g and r.
const SIGNAL: [f64; 13] = [0.0, 5.0, 10.0, 15.0, 20.0, 25.0, 30.0, 40.0, 60.0, 100.0, 200.0, 500.0, 10_000.0];
/// Edges of the bins of Einstein radius, arcsec.
const RADIUS: [f64; 11] = [0.0, 2.0, 4.0, 6.0, 8.0, 10.0, 12.5, 15.0, 20.0, 30.0, 60.0];

/// One quantity's counts.
struct Curve {
    name: &'static str,
    edges: &'static [f64],
    /// Tried and visible.
    counts: Vec<[u64; 2]>,
}

/// Counts arcs as they come.
pub struct Completeness([Curve; 3]);

impl Completeness {
    pub fn new() -> Self {
        let curve =
            |name, edges: &'static [f64]| Curve { name, edges, counts: vec![[0; 2]; edges.len() - 1] };
        Self([
            curve("magnified_mag_g", &MAGNITUDE),
            curve("arc_sn", &SIGNAL),
            curve("theta_e_arcsec", &RADIUS),
        ])
    }

    /// A lens that was kept.
    pub fn visible(&mut self, results: &Results) {
        let sn = results.arc_sn[0].max(results.arc_sn[1]);
        self.count([results.lensed_mag[0], sn, results.theta_e_arcsec], true);
    }

    /// An arc that was left out.
    pub fn invisible(&mut self, arc: &Rejected) {
        self.count([arc.lensed_mag[0], arc.arc_sn[0].max(arc.arc_sn[1]), arc.theta_e_arcsec], false);
    }

    fn count(&mut self, values: [f64; 3], visible: bool) {
        for (curve, value) in self.0.iter_mut().zip(values) {
            let inside = |w: &[f64]| (w[0]..w[1]).contains(&value);
            if let Some(bin) = curve.edges.windows(2).position(inside) {
                curve.counts[bin][0] += 1;
                curve.counts[bin][1] += u64::from(visible);
            }
        }
    }

    /// The table as CSV; empty bins are left out.
    pub fn csv(&self) -> String {
        let mut text = "data,quantity,from,to,tried,visible,share,share_low95,share_high95\n".to_owned();
        for curve in &self.0 {
            for (edges, &[tried, visible]) in curve.edges.windows(2).zip(&curve.counts) {
                if tried > 0 {
                    let [low, high] = wilson(visible, tried);
                    let share = visible as f64 / tried as f64;
                    let (name, from, to) = (curve.name, edges[0], edges[1]);
                    let _ = writeln!(
                        text,
                        "simulated,{name},{from},{to},{tried},{visible},{share:.4},{low:.4},{high:.4}"
                    );
                }
            }
        }
        text
    }
}

/// Wilson's 95 % interval of a share; anything is possible where nothing was tried.
fn wilson(successes: u64, trials: u64) -> [f64; 2] {
    domain::wilson(successes, trials).unwrap_or([0.0, 1.0])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_interval_agrees_with_a_textbook_case() {
        // 7 of 20: Wilson's 95 % interval is 18.1 % to 56.7 %.
        let [low, high] = wilson(7, 20);
        assert!((low - 0.1812).abs() < 5e-5 && (high - 0.5671).abs() < 5e-5, "{low} {high}");
        assert_eq!(wilson(0, 5)[0], 0.0);
        assert_eq!(wilson(5, 5)[1], 1.0);
    }

    #[test]
    fn says_that_it_is_simulated_and_counts_each_arc_once_per_quantity() {
        let mut curves = Completeness::new();
        curves.count([20.2, 30.0, 7.0], true);
        curves.count([20.3, 12.0, 7.5], false);
        let csv = curves.csv();
        assert!(csv.contains("simulated,magnified_mag_g,20,20.5,2,1,0.5000,"), "{csv}");
        assert!(csv.contains("simulated,arc_sn,30,40,1,1,1.0000,"), "{csv}");
        assert!(csv.contains("simulated,theta_e_arcsec,6,8,2,1,"), "{csv}");
        assert_eq!(csv.lines().count(), 1 + 1 + 2 + 1);
    }
}
