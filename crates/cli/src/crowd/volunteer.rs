//! One simulated person: an account, a habit, a skill.

use domain::Seed;
use rand::{Rng as _, RngExt as _};
use replay::crowd::{Kind, Skill};
use uuid::Uuid;

use super::config::CrowdConfig;

/// A person.
pub struct Volunteer {
    pub kind: Kind,
    pub skill: Skill,
    /// Where all randomness of this person comes from.
    pub seed: Seed,
    pub email: String,
    pub display_name: String,
    pub password: String,
    /// How many images this person asks for at a time.
    pub batch: u32,
    /// `name=value` of the session cookie, once signed in.
    pub session: Option<String>,
}

impl Volunteer {
    /// The id of this person's vote on an assignment: the same after a restart, so that a vote whose
    /// receipt was lost is recognised.
    pub fn vote_id(&self, assignment: Uuid) -> Uuid {
        let mut bytes = [0; 16];
        self.seed.child("vote").child(&assignment.to_string()).rng().fill_bytes(&mut bytes);
        uuid::Builder::from_random_bytes(bytes).into_uuid()
    }
}

/// Everybody, in the order of their turns. Kinds are mixed; names and addresses tell nothing of the
/// kind.
pub fn gather(config: &CrowdConfig, seed: Seed) -> Vec<Volunteer> {
    let mut kinds: Vec<Kind> = Vec::with_capacity(config.volunteers);
    for (kind, count) in config.counts() {
        kinds.extend(std::iter::repeat_n(kind, count));
    }
    let mut rng = seed.child("order").rng();
    for last in (1..kinds.len()).rev() {
        kinds.swap(last, rng.random_range(0..=last));
    }
    let person = |(index, kind): (usize, Kind)| {
        let seed = seed.child("person").index(index as u64);
        let mut rng = seed.child("habits").rng();
        let number = index + 1;
        let secret = [(); 4].map(|()| format!("{:08x}", rng.random::<u32>()));
        Volunteer {
            kind,
            skill: Skill::of(kind, seed),
            seed,
            email: format!("simulated-{:08x}-{number:03}@{}.invalid", seed.to_u64() >> 32, config.accounts),
            display_name: format!("Simulated volunteer {number:03}"),
            password: secret.join("-"),
            batch: rng.random_range(1..=config.largest_batch),
            session: None,
        }
    };
    kinds.into_iter().enumerate().map(person).collect()
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn the_same_seed_gathers_the_same_people() {
        let describe = |seed| -> Vec<_> {
            let people = gather(&CrowdConfig::default(), Seed::root(seed));
            people
                .into_iter()
                .map(|person| (person.email, person.password, person.kind, person.batch))
                .collect()
        };
        assert_eq!(describe(7), describe(7));
        assert_ne!(describe(7), describe(8));
        let addresses: BTreeSet<_> = describe(7).into_iter().map(|person| person.0).collect();
        assert_eq!(addresses.len(), 40);
    }

    #[test]
    fn the_same_people_can_sign_up_under_another_name() {
        let people = |accounts: &str| {
            let config = CrowdConfig { accounts: accounts.to_owned(), ..CrowdConfig::default() };
            gather(&config, Seed::root(7))
        };
        for (a, b) in people("active").iter().zip(&people("random")) {
            assert_ne!(a.email, b.email);
            assert_eq!((a.kind, a.skill, a.seed), (b.kind, b.skill, b.seed));
        }
    }

    #[test]
    fn a_vote_has_one_id_for_each_person_and_assignment() {
        let people = gather(&CrowdConfig::default(), Seed::root(7));
        let [a, b] = [1, 2].map(Uuid::from_u128);
        assert_eq!(people[0].vote_id(a), people[0].vote_id(a));
        let ids = BTreeSet::from([people[0].vote_id(a), people[0].vote_id(b), people[1].vote_id(a)]);
        assert_eq!(ids.len(), 3);
        assert_eq!(people[0].vote_id(a).get_version_num(), 4);
    }
}
