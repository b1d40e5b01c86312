//! The only source of randomness and ids: the operating system by default, seeded for the demo city and for tests.

use std::sync::{Arc, Mutex, PoisonError};

use jianjia_domain::core::ids::IdSequence;
use jiff::Timestamp;
use rand::{
    Rng, SeedableRng, TryRng,
    rngs::{StdRng, SysRng},
};
use uuid::Uuid;

/// Random bytes and ids. Cheap to clone; clones share the source.
#[derive(Clone, Debug)]
pub struct Entropy(Arc<Source>);

#[derive(Debug)]
struct Source {
    random: Random,
    ids: Mutex<IdSequence>,
}

/// The operating system is asked each time: the state of a generator of our own would reveal everything it ever produced, every key included.
#[derive(Debug)]
enum Random {
    Machine,
    Seeded(Box<Mutex<StdRng>>),
}

impl Entropy {
    /// The operating system's source.
    ///
    /// # Errors
    /// If the operating system has no randomness to give.
    pub fn of_the_machine() -> anyhow::Result<Entropy> {
        SysRng.try_next_u64()?;
        Ok(Entropy::from(Random::Machine))
    }

    /// A deterministic source.
    pub fn seeded(seed: u64) -> Entropy {
        let random = StdRng::seed_from_u64(seed);
        Entropy::from(Random::Seeded(Box::new(Mutex::new(random))))
    }

    fn from(random: Random) -> Entropy {
        Entropy(Arc::new(Source {
            random,
            ids: Mutex::default(),
        }))
    }

    /// A fresh id; wrap it: `UnitId(app.entropy.id(now))`.
    pub fn id(&self, now: Timestamp) -> Uuid {
        let random = self.number();
        let mut ids = self.0.ids.lock().unwrap_or_else(PoisonError::into_inner);
        ids.next(now, random)
    }

    /// Makes the next ids greater than one that another node made.
    pub fn follow(&self, id: &Uuid) {
        let mut ids = self.0.ids.lock().unwrap_or_else(PoisonError::into_inner);
        ids.follow(id);
    }

    /// A random number, for an order that reveals nothing.
    pub fn number(&self) -> u64 {
        let mut bytes = [0; 8];
        self.fill(&mut bytes);
        u64::from_le_bytes(bytes)
    }

    /// # Panics
    /// If the operating system, which had randomness at the start, has none any more: nothing that needs a key may go on then.
    pub fn fill(&self, bytes: &mut [u8]) {
        match &self.0.random {
            Random::Machine => SysRng
                .try_fill_bytes(bytes)
                .expect("the machine gives randomness"),
            Random::Seeded(random) => random
                .lock()
                .unwrap_or_else(PoisonError::into_inner)
                .fill_bytes(bytes),
        }
    }
}
