//! A number for each open position, reckoned once and on all cores.

use rayon::prelude::*;

use crate::{Pool, selector::ALONE};

/// Values by position in the pool; those not open have none.
pub(crate) struct Located<T> {
    values: Vec<T>,
    /// Where in `values` a position is; `None` when every position is open, in order.
    places: Option<Vec<u32>>,
}

impl<T: Copy + Send> Located<T> {
    /// Asks `value` once for each open position.
    pub fn of(pool: &Pool<'_>, open: &[usize], value: impl Fn(usize) -> T + Sync) -> Self {
        let values: Vec<T> = open.par_iter().with_min_len(ALONE / 2).map(|&i| value(i)).collect();
        let everything = open.len() == pool.len() && open.iter().enumerate().all(|(at, &i)| at == i);
        let places = (!everything).then(|| {
            let mut places = vec![u32::MAX; pool.len()];
            for (at, &i) in open.iter().enumerate() {
                places[i] = at as u32;
            }
            places
        });
        Self { values, places }
    }

    /// The value of an open position.
    pub fn at(&self, index: usize) -> T {
        self.values[self.places.as_ref().map_or(index, |places| places[index] as usize)]
    }
}
