//! The methods by name, with their usual settings.

use clap::ValueEnum;
use consensus::{
    Method, OfflineSwap,
    house::House,
    methods::{DawidSkene, Glad, Majority, OneCoin, Wawa},
};

/// How votes are weighed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum MethodName {
    /// Every vote counts the same
    Majority,
    /// Votes weighted by how often a worker agrees with the majority
    Wawa,
    /// A confusion matrix per worker (maximum a posteriori)
    DawidSkene,
    /// One number per worker: how often they are right
    OneCoin,
    /// A skill per worker and a difficulty per task
    Glad,
    /// One skill per worker and truth; on logs and with --preset exactly as Space Warps
    Swap,
    /// The house model: confusion rows pooled towards the crowd's mean, votes tempered (usual)
    House,
}

impl MethodName {
    /// The method for a crowd.
    pub fn build(self) -> Box<dyn Method> {
        match self {
            Self::Majority => Box::new(Majority::default()),
            Self::Wawa => Box::new(Wawa::default()),
            Self::DawidSkene => Box::new(DawidSkene::default()),
            Self::OneCoin => Box::new(OneCoin::default()),
            Self::Glad => Box::new(Glad::default()),
            Self::Swap => Box::new(OfflineSwap::default()),
            Self::House => Box::new(House::default()),
        }
    }

    /// How many tables it holds at once at most: (tasks × labels, workers × labels × answers), with
    /// what it hands back; counted in the code of the methods.
    pub const fn tables(self) -> (u64, u64) {
        match self {
            Self::Majority => (2, 0),
            Self::Wawa | Self::Glad => (3, 0),
            Self::OneCoin | Self::Swap => (3, 1),
            Self::DawidSkene => (2, 3),
            Self::House => (4, 5),
        }
    }

    /// Its name on the command line.
    pub fn name(self) -> &'static str {
        self.build().name()
    }
}
