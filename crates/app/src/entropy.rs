//! The one source of randomness and of ids: the machine's by default, seeded for the demo city and for tests.

use std::sync::{Arc, Mutex, PoisonError};

use jianjia_domain::ids::IdSequence;
use jiff::Timestamp;
use rand::{
    Rng, SeedableRng,
    rngs::{StdRng, SysRng},
};
use uuid::Uuid;

/// Random bytes and ids. Cheap to clone; clones share the source.
#[derive(Clone, Debug)]
pub struct Entropy(Arc<Mutex<Source>>);

#[derive(Debug)]
struct Source {
    random: StdRng,
    ids: IdSequence,
}

impl Entropy {
    /// Seeded by the machine.
    ///
    /// # Errors
    /// When the machine has no randomness to give.
    pub fn of_the_machine() -> anyhow::Result<Entropy> {
        Ok(Entropy::from(StdRng::try_from_rng(&mut SysRng)?))
    }

    /// The same numbers every time.
    pub fn seeded(seed: u64) -> Entropy {
        Entropy::from(StdRng::seed_from_u64(seed))
    }

    fn from(random: StdRng) -> Entropy {
        Entropy(Arc::new(Mutex::new(Source {
            random,
            ids: IdSequence::default(),
        })))
    }

    /// A fresh id; wrap it: `UnitId(app.entropy.id(now))`.
    pub fn id(&self, now: Timestamp) -> Uuid {
        let mut source = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let random = source.random.next_u64();
        source.ids.next(now, random)
    }

    /// Lets ids go on after one that another node made.
    pub fn follow(&self, id: &Uuid) {
        let mut source = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        source.ids.follow(id);
    }

    /// A random number, for an order that tells nothing.
    pub fn number(&self) -> u64 {
        let mut source = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        source.random.next_u64()
    }

    pub fn fill(&self, bytes: &mut [u8]) {
        self.0
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .random
            .fill_bytes(bytes);
    }
}
