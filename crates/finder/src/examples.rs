//! Labelled tiles to learn from or to judge by, held in memory.

use domain::{Label, Progress};
use survey::{Dataset, shard};

use crate::{Excluded, FinderError, Labels, LeftOut, LookAlike};

/// Tiles with soft targets and weights. 3,000 tiles of 96 pixels take 83 MB.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Examples {
    /// Side of a tile in pixels.
    pub size: usize,
    /// Tiles one after another, each `size`·`size`·3 bytes (rows, columns, bands).
    pub tiles: Vec<u8>,
    /// P(lens) of each tile, in [0, 1].
    pub targets: Vec<f32>,
    /// How much each tile counts, finite and at least 0.
    pub weights: Vec<f32>,
    /// Which look-alike each tile is, where that is known and it is no lens.
    pub kinds: Vec<Option<LookAlike>>,
}

impl Examples {
    /// No examples yet of tiles with this side.
    #[must_use]
    pub const fn empty(size: usize) -> Self {
        Self { size, tiles: Vec::new(), targets: Vec::new(), weights: Vec::new(), kinds: Vec::new() }
    }

    /// The labelled images of a dataset, each with weight 1; unlabelled ones are left out.
    ///
    /// # Errors
    /// When a shard cannot be read or somebody cancels.
    pub fn of_dataset(dataset: &Dataset, progress: &dyn Progress) -> Result<Self, FinderError> {
        Ok(Self::of_dataset_with(dataset, &Labels::default(), &Excluded::default(), progress)?.0)
    }

    /// As [`Examples::of_dataset`], with `labels` in place of the dataset's own and without the images of a
    /// list; also says how many of these there were.
    ///
    /// # Errors
    /// When a shard cannot be read or somebody cancels.
    pub fn of_dataset_with(
        dataset: &Dataset,
        labels: &Labels,
        excluded: &Excluded,
        progress: &dyn Progress,
    ) -> Result<(Self, LeftOut), FinderError> {
        let mut left_out = LeftOut::default();
        let wrong = |error: survey::SurveyError| FinderError::Dataset(Box::new(error));
        let mut examples = Self::empty(dataset.spec().size);
        let kinds = LookAlike::of_dataset(dataset.dir())?;
        progress.begin("reading examples", dataset.len());
        for info in dataset.shards() {
            for batch in shard::Reader::open(&dataset.dir().join(&info.file)).map_err(wrong)? {
                progress.check()?;
                let batch = batch.map_err(wrong)?;
                let tiles = batch.tiles.chunks_exact(dataset.spec().tile_bytes());
                for ((tile, label), id) in tiles.zip(&batch.labels).zip(&batch.ids) {
                    if excluded.contains(id) {
                        left_out.count(*label);
                        continue;
                    }
                    if let Some((target, weight)) = labels.get(id) {
                        examples.push(tile, target, weight)?;
                        continue;
                    }
                    match label {
                        Label::Lens => examples.push(tile, 1.0, 1.0)?,
                        Label::NonLens => {
                            examples.push(tile, 0.0, 1.0)?;
                            examples.name_last(kinds.get(id).copied());
                        }
                        Label::Unknown => {}
                    }
                }
                progress.advance(batch.labels.len() as u64);
            }
        }
        progress.end();
        Ok((examples, left_out))
    }

    /// Takes every `n`-th example out into a second set, for validation; the order stays.
    /// `n` below 2 is taken as 2.
    #[must_use]
    pub fn split_every(&self, n: usize) -> (Self, Self) {
        let n = n.max(2);
        let (mut kept, mut taken) = (Self::empty(self.size), Self::empty(self.size));
        for index in 0..self.len() {
            let into = if index % n == n - 1 { &mut taken } else { &mut kept };
            into.tiles.extend_from_slice(self.tile(index));
            into.targets.push(self.targets[index]);
            into.weights.push(self.weights[index]);
            into.kinds.push(self.kinds[index]);
        }
        (kept, taken)
    }

    /// How many there are.
    #[must_use]
    pub const fn len(&self) -> usize {
        self.targets.len()
    }

    /// Whether there are none.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.targets.is_empty()
    }

    /// Adds one.
    ///
    /// # Errors
    /// When the tile has the wrong length or a number is out of range.
    pub fn push(&mut self, tile: &[u8], target: f32, weight: f32) -> Result<(), FinderError> {
        check_numbers(self.len(), target, weight)?;
        if tile.len() != self.size * self.size * 3 {
            let expected = self.size * self.size * 3;
            return Err(FinderError::Examples(format!("tile has {} bytes, expected {expected}", tile.len())));
        }
        self.tiles.extend_from_slice(tile);
        self.targets.push(target);
        self.weights.push(weight);
        self.kinds.push(None);
        Ok(())
    }

    /// Says which look-alike the last one is.
    pub fn name_last(&mut self, kind: Option<LookAlike>) {
        if let Some(last) = self.kinds.last_mut() {
            *last = kind;
        }
    }

    /// Adds all of `other`.
    ///
    /// # Errors
    /// When the sides differ.
    pub fn append(&mut self, other: &Self) -> Result<(), FinderError> {
        if self.size != other.size {
            let problem = format!("tiles of {} pixels cannot join tiles of {}", other.size, self.size);
            return Err(FinderError::Examples(problem));
        }
        self.tiles.extend_from_slice(&other.tiles);
        self.targets.extend_from_slice(&other.targets);
        self.weights.extend_from_slice(&other.weights);
        self.kinds.extend_from_slice(&other.kinds);
        Ok(())
    }

    /// One tile.
    #[must_use]
    pub fn tile(&self, index: usize) -> &[u8] {
        let bytes = self.size * self.size * 3;
        &self.tiles[index * bytes..(index + 1) * bytes]
    }

    /// The targets as yes and no, at one half.
    #[must_use]
    pub fn labels(&self) -> Vec<bool> {
        self.targets.iter().map(|&target| target >= 0.5).collect()
    }

    /// Σ weight·target / Σ weight: the prevalence the network is taught.
    #[must_use]
    pub fn prevalence(&self) -> f64 {
        let (positive, total) = self
            .targets
            .iter()
            .zip(&self.weights)
            .fold((0.0, 0.0), |(p, t), (&y, &w)| (p + f64::from(y) * f64::from(w), t + f64::from(w)));
        positive / total
    }

    /// Checks lengths and ranges, and that there is something to learn from.
    ///
    /// # Errors
    /// When anything is wrong; the message names the example.
    pub fn check(&self) -> Result<(), FinderError> {
        let wrong = |problem: String| Err(FinderError::Examples(problem));
        let bytes = self.size * self.size * 3;
        let counts = [self.weights.len(), self.kinds.len()];
        if counts != [self.targets.len(); 2] || self.tiles.len() != self.targets.len() * bytes {
            return wrong(format!(
                "{} targets, {} weights and {} bytes of tiles of {bytes} do not fit together",
                self.targets.len(),
                self.weights.len(),
                self.tiles.len()
            ));
        }
        for (index, (&target, &weight)) in self.targets.iter().zip(&self.weights).enumerate() {
            check_numbers(index, target, weight)?;
        }
        if self.is_empty() || self.weights.iter().all(|&weight| weight == 0.0) {
            return wrong(
                "there are none (or all weights are 0); give at least one lens and one non-lens".into(),
            );
        }
        Ok(())
    }
}

fn check_numbers(index: usize, target: f32, weight: f32) -> Result<(), FinderError> {
    if !(0.0..=1.0).contains(&target) {
        return Err(FinderError::Examples(format!("target of example {index} is {target}, not in [0, 1]")));
    }
    if !weight.is_finite() || weight < 0.0 {
        return Err(FinderError::Examples(format!(
            "weight of example {index} is {weight}, not finite and ≥ 0"
        )));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn wrong_numbers_name_the_example() {
        let mut examples = Examples::empty(16);
        let tile = vec![0; 768];
        examples.push(&tile, 1.0, 1.0).unwrap();
        assert!(examples.push(&tile, 1.5, 1.0).unwrap_err().to_string().contains("example 1"));
        assert!(examples.push(&tile, 1.0, f32::NAN).unwrap_err().to_string().contains("example 1"));
        assert!(examples.push(&tile[1..], 1.0, 1.0).unwrap_err().to_string().contains("767"));
        assert!(examples.check().is_ok());
        examples.weights.pop();
        assert!(examples.check().is_err());
        assert!(Examples::empty(16).check().is_err());
    }

    #[test]
    fn prevalence_follows_the_weights() {
        let mut examples = Examples::empty(4);
        examples.push(&[0; 48], 1.0, 1.0).unwrap();
        examples.push(&[0; 48], 0.5, 2.0).unwrap();
        examples.push(&[0; 48], 0.0, 1.0).unwrap();
        assert!((examples.prevalence() - 0.5).abs() < 1e-12);
        assert_eq!(examples.labels(), [true, true, false]);
    }
}
