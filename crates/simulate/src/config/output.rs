//! The part of the settings that says how much is made and in which files; the
//! physics stands in [`crate::Config`]'s other tables.

use std::path::PathBuf;

use serde::{Deserialize, Serialize};

use super::{ConfigError, number};

/// How many cutouts each set has; a set of 0 is not made. Each is a dataset folder of its own.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct SetsConfig {
    /// Lenses with their records, images and index, for a network or for statistics.
    pub mocks: u64,
    /// A survey whose lenses are hidden.
    pub survey: u64,
    /// Examples to learn from, half of them clear lenses.
    pub training: u64,
    /// Cutouts without an arc that went the mocks' way, half empty, half with an unlensed galaxy.
    pub controls: u64,
    /// Share of lenses in the survey.
    pub lens_rate: f64,
    /// Share of look-alikes in the survey.
    pub look_alike_rate: f64,
    /// Share of look-alikes among the training set's clusters without a lens.
    pub training_look_alike_share: f64,
    /// Share of controls among the same: clusters that could lens as the lenses do, half without an arc,
    /// half with a galaxy of an arc's flux beside them. Not written out while it is 0.
    #[serde(skip_serializing_if = "super::is_zero")]
    pub training_control_share: f64,
}

impl Default for SetsConfig {
    fn default() -> Self {
        Self {
            mocks: 1000,
            survey: 0,
            training: 0,
            controls: 0,
            lens_rate: 0.025,
            look_alike_rate: 0.2,
            training_look_alike_share: 0.05,
            training_control_share: 0.0,
        }
    }
}

impl SetsConfig {
    /// Names of the sets, which are also their folders, with their counts.
    #[must_use]
    pub const fn named(&self) -> [(&'static str, u64); 4] {
        [
            ("mocks", self.mocks),
            ("controls", self.controls),
            ("training", self.training),
            ("survey", self.survey),
        ]
    }

    /// Cutouts in all sets.
    #[must_use]
    pub const fn total(&self) -> u64 {
        self.mocks.saturating_add(self.survey).saturating_add(self.training).saturating_add(self.controls)
    }

    /// The same sets with `total` cutouts in all, shared in proportion; what rounding leaves goes to the
    /// sets that lost most by it, so that the sum is exact.
    #[must_use]
    pub fn scaled_to(&self, total: u64) -> Self {
        let before = [self.mocks, self.survey, self.training, self.controls];
        let sum: u128 = before.iter().map(|&n| u128::from(n)).sum::<u128>().max(1);
        let exact = before.map(|n| u128::from(n) * u128::from(total));
        let mut after = exact.map(|n| u64::try_from(n / sum).unwrap_or(u64::MAX));
        let mut order = [0, 1, 2, 3];
        order.sort_by_key(|&i| std::cmp::Reverse(exact[i] % sum));
        let left = total.saturating_sub(after.iter().sum());
        for i in order
            .into_iter()
            .filter(|&i| before[i] > 0)
            .cycle()
            .take(left as usize * usize::from(self.total() > 0))
        {
            after[i] += 1;
        }
        let [mocks, survey, training, controls] = after;
        Self { mocks, survey, training, controls, ..*self }
    }

    pub(super) fn check(&self) -> Result<(), ConfigError> {
        let fields = [
            ("sets.mocks", self.mocks),
            ("sets.survey", self.survey),
            ("sets.training", self.training),
            ("sets.controls", self.controls),
        ];
        for (field, count) in fields {
            number(field, count as f64, 0.0, 1e8)?;
        }
        number("sets.lens_rate", self.lens_rate, 0.0, 1.0)?;
        number("sets.look_alike_rate", self.look_alike_rate, 0.0, 1.0 - self.lens_rate)?;
        let look_alikes = self.training_look_alike_share;
        number("sets.training_look_alike_share", look_alikes, 0.0, 1.0)?;
        number("sets.training_control_share", self.training_control_share, 0.0, 1.0 - look_alikes)?;
        if self.total() > 0 {
            return Ok(());
        }
        let problem = "no set has a cutout; give at least one of mocks, survey, training, controls a count";
        Err(ConfigError::Field { field: "sets", problem: problem.to_owned() })
    }
}

/// How the science image of a mock is stored.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum FitsOutput {
    /// Not at all; its record makes it again.
    None,
    /// 32-bit floats, exactly.
    #[default]
    Float,
    /// RICE-compressed with a step of [`OutputConfig::rice_step_nmgy`]: a quarter of the bytes.
    Rice,
}

/// Which files a set of mocks or controls has beside its tiles and records.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct OutputConfig {
    /// FITS: `none`, `float` or `rice`.
    pub fits: FitsOutput,
    /// Distance of neighbouring values in a RICE file, nanomaggies.
    pub rice_step_nmgy: f64,
    /// A PNG as people see it.
    pub png: bool,
    /// Sources tried on the way whose arc nobody would see are kept in `rejected.parquet`.
    pub rejected: bool,
    /// The training set has image files, too. Not written out while it is false.
    #[serde(skip_serializing_if = "super::is_false")]
    pub training: bool,
}

impl Default for OutputConfig {
    fn default() -> Self {
        Self { fits: FitsOutput::Float, rice_step_nmgy: 1e-4, png: true, rejected: true, training: false }
    }
}

impl OutputConfig {
    pub(super) fn check(&self) -> Result<(), ConfigError> {
        number("output.rice_step_nmgy", self.rice_step_nmgy, 1e-9, 1e3)
    }
}

/// What lies under the arcs of mocks and controls.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct BackgroundConfig {
    /// Folder of a dataset of real cutouts (`lensfinder ingest`); without it the sky is simulated.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub dataset: Option<PathBuf>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_total_is_shared_in_proportion_and_none_is_lost() {
        let sets = SetsConfig { mocks: 5000, survey: 20_000, ..SetsConfig::default() };
        let small = sets.scaled_to(50);
        assert_eq!((small.mocks, small.survey, small.training, small.controls), (10, 40, 0, 0));
        for total in [1, 2, 7, 101] {
            let sets = SetsConfig { mocks: 3, survey: 5, training: 2, controls: 1, ..SetsConfig::default() };
            assert_eq!(sets.scaled_to(total).total(), total);
        }
    }
}
