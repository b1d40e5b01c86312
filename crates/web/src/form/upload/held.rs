//! How much memory the forms take that are being read or answered, all together.

use std::sync::atomic::{AtomicUsize, Ordering};

/// The most bytes of all forms that are in memory at once.
const HELD_LIMIT: usize = 512 * 1024 * 1024;

/// Bytes of the forms that are in memory now, whoever sent them.
static HELD: AtomicUsize = AtomicUsize::new(0);

/// How many of the bytes in memory are this form's; subtracted when it is dropped.
#[derive(Debug)]
pub(super) struct Held {
    all: &'static AtomicUsize,
    bytes: usize,
}

impl Default for Held {
    fn default() -> Held {
        Held {
            all: &HELD,
            bytes: 0,
        }
    }
}

impl Held {
    /// Whether there is room for so many bytes more.
    pub(super) fn grow(&mut self, bytes: usize) -> bool {
        let before = self.all.fetch_add(bytes, Ordering::Relaxed);
        if before + bytes > HELD_LIMIT {
            self.all.fetch_sub(bytes, Ordering::Relaxed);
            return false;
        }
        self.bytes += bytes;
        true
    }
}

impl Drop for Held {
    fn drop(&mut self) {
        self.all.fetch_sub(self.bytes, Ordering::Relaxed);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_forms_together_have_a_bound_and_give_back_what_they_held() {
        static ALL: AtomicUsize = AtomicUsize::new(0);
        let held = || Held {
            all: &ALL,
            bytes: 0,
        };
        let (mut first, mut second) = (held(), held());
        assert!(first.grow(HELD_LIMIT - 1_000));
        assert!(!second.grow(1_000_000));
        drop(first);
        assert!(second.grow(1_000_000));
    }
}
