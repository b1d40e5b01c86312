//! What areas keep in memory beside the database: queues and caches, one of each type, shared by all requests.

use std::{
    any::{Any, TypeId},
    collections::HashMap,
    sync::{Arc, PoisonError, RwLock},
};

type Kept = HashMap<TypeId, Arc<dyn Any + Send + Sync>>;

/// Cheap to clone; clones share it.
#[derive(Clone, Default)]
pub struct Memory(Arc<RwLock<Kept>>);

impl Memory {
    /// The one of this type, made when it is asked for first.
    pub fn of<T: Default + Send + Sync + 'static>(&self) -> Arc<T> {
        let key = TypeId::of::<T>();
        let known = {
            let kept = self.0.read().unwrap_or_else(PoisonError::into_inner);
            kept.get(&key).cloned()
        };
        let found = known.unwrap_or_else(|| {
            let mut kept = self.0.write().unwrap_or_else(PoisonError::into_inner);
            let one = kept.entry(key);
            Arc::clone(one.or_insert_with(|| Arc::new(T::default())))
        });
        found
            .downcast()
            .unwrap_or_else(|_| unreachable!("kept under its own type"))
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Mutex;

    use super::*;

    #[test]
    fn all_clones_share_one_of_each_type() {
        let memory = Memory::default();
        *memory.of::<Mutex<i64>>().lock().unwrap() = 7;
        *memory.of::<Mutex<String>>().lock().unwrap() = "seven".to_owned();
        assert_eq!(*memory.clone().of::<Mutex<i64>>().lock().unwrap(), 7);
        assert_eq!(*Memory::default().of::<Mutex<i64>>().lock().unwrap(), 0);
    }
}
