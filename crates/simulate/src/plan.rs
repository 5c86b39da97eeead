//! Which cutouts a dataset has: an id, a kind and a place on the sky for each,
//! before anything is drawn. Kinds are dealt at random over the ids, so that
//! neither id nor order tells them apart.

use domain::{LookAlike, Seed, SkyCoord};

use crate::{
    config::Config,
    dice::{Dice, round},
    kind::{Control, Kind},
};

/// One cutout to be made.
#[derive(Debug, Clone, PartialEq)]
pub struct Planned {
    /// Number within the dataset; decides the seed.
    pub index: u64,
    /// Id.
    pub id: String,
    /// What it shows.
    pub kind: Kind,
    /// Where.
    pub sky: SkyCoord,
    /// The real cutout under it, by its number in its dataset.
    pub background: Option<usize>,
}

/// How many of each a dataset has.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Counts {
    /// Lenses.
    pub lenses: u64,
    /// Look-alikes.
    pub look_alikes: u64,
    /// Clusters without.
    pub plain: u64,
    /// Controls, half of either kind.
    pub controls: u64,
}

impl Counts {
    /// All together.
    pub const fn total(&self) -> u64 {
        self.lenses + self.look_alikes + self.plain + self.controls
    }
}

/// Plans a dataset, ordered by sky cell, then id.
pub fn plan(config: &Config, seed: Seed, prefix: &str, counts: Counts) -> Vec<Planned> {
    let Counts { lenses, look_alikes, plain, controls } = counts;
    let mut dice = Dice::new(seed.child("plan"));
    let weights = config.look_alike.weights();
    let mut kinds: Vec<Kind> = Vec::new();
    kinds.extend((0..lenses).map(|_| Kind::Lens));
    kinds.extend((0..look_alikes).map(|_| Kind::LookAlike(LookAlike::ALL[dice.choose(&weights)])));
    kinds.extend((0..plain).map(|_| Kind::Plain));
    kinds.extend((0..controls).map(|i| Kind::Control(Control::ALL[(i % 2) as usize])));
    dice.shuffle(&mut kinds);
    let mut planned: Vec<Planned> = kinds
        .into_iter()
        .zip(0..)
        .map(|(kind, index)| Planned {
            index,
            id: format!("{prefix}-{index:07}"),
            kind,
            sky: place(config, &mut Dice::new(seed.child("sky").index(index))),
            background: None,
        })
        .collect();
    sort(&mut planned);
    planned
}

/// Orders by sky cell, then id, as a dataset's rows are.
pub fn sort(planned: &mut [Planned]) {
    planned.sort_by_cached_key(|item| (survey::cell_of(item.sky), item.id.clone()));
}

/// A place in the footprint, evenly by area.
fn place(config: &Config, dice: &mut Dice) -> SkyCoord {
    let [ra, dec] = [config.footprint.ra_deg, config.footprint.dec_deg];
    let sin = |deg: f64| deg.to_radians().sin();
    let ra_deg = dice.uniform(ra[0], ra[1]).rem_euclid(360.0);
    let dec_deg = dice.uniform(sin(dec[0]), sin(dec[1])).asin().to_degrees();
    SkyCoord { ra_deg: round(ra_deg, 7), dec_deg: round(dec_deg, 7) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn has_exactly_the_kinds_asked_for_and_hides_them_among_the_ids() {
        let planned = plan(
            &Config::default(),
            Seed::root(1),
            "s",
            Counts { lenses: 50, look_alikes: 200, plain: 750, ..Counts::default() },
        );
        let lenses: Vec<u64> = planned.iter().filter(|p| p.kind == Kind::Lens).map(|p| p.index).collect();
        assert_eq!((planned.len(), lenses.len()), (1000, 50));
        assert_eq!(planned.iter().filter(|p| p.kind == Kind::Plain).count(), 750);
        let mean = lenses.iter().sum::<u64>() as f64 / 50.0;
        assert!((mean - 500.0).abs() < 150.0, "lenses crowd around index {mean}");
    }

    #[test]
    fn is_ordered_by_cell_and_stays_in_the_footprint() {
        let planned = plan(
            &Config::default(),
            Seed::root(2),
            "s",
            Counts { lenses: 5, look_alikes: 5, plain: 490, ..Counts::default() },
        );
        let cells: Vec<u64> = planned.iter().map(|p| survey::cell_of(p.sky)).collect();
        assert!(cells.is_sorted());
        assert!(planned.iter().all(|p| (130.0..=230.0).contains(&p.sky.ra_deg)));
        assert!(planned.iter().all(|p| (0.0..=30.0).contains(&p.sky.dec_deg)));
    }
}
