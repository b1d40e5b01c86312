//! The only place that reads the machine's clock. The demo and the tests set it.

use std::sync::{
    Arc,
    atomic::{AtomicI64, Ordering},
};

use jianjia_domain::core::day;
use jiff::{Timestamp, civil::Date};

/// What time it is. Cheap to clone; clones share a set time.
#[derive(Clone, Debug)]
pub enum Clock {
    Real,
    /// Real time shifted by some seconds: the demo runs on from a chosen day.
    Shifted(Arc<AtomicI64>),
    /// Fixed until it is set: for tests and for generating the demo city. Microseconds since 1970.
    Set(Arc<AtomicI64>),
}

impl Clock {
    /// A clock that runs on from 9:00 on `day`.
    pub fn running_from(day: Date) -> Clock {
        let target = day::start_of(day).as_second() + 9 * 3600;
        Clock::Shifted(Arc::new(AtomicI64::new(target - real().as_second())))
    }

    /// A clock that runs on from one second after an instant.
    pub fn running_after(last: Timestamp) -> Clock {
        Clock::Shifted(Arc::new(AtomicI64::new(
            last.as_second() + 1 - real().as_second(),
        )))
    }

    /// A clock fixed at 9:00 on `day`.
    pub fn standing_at(day: Date) -> Clock {
        let clock = Clock::Set(Arc::new(AtomicI64::new(0)));
        clock.set(day);
        clock
    }

    /// Moves a fixed or shifted clock to 9:00 on `day`; the real clock can't be moved.
    pub fn set(&self, day: Date) {
        let target = day::start_of(day).as_second() + 9 * 3600;
        match self {
            Clock::Real => {}
            Clock::Shifted(shift) => shift.store(target - real().as_second(), Ordering::Relaxed),
            Clock::Set(microseconds) => microseconds.store(target * 1_000_000, Ordering::Relaxed),
        }
    }

    pub fn now(&self) -> Timestamp {
        match self {
            Clock::Real => real(),
            Clock::Shifted(shift) => {
                let now = real();
                Timestamp::new(
                    now.as_second() + shift.load(Ordering::Relaxed),
                    now.subsec_nanosecond(),
                )
                .unwrap_or(now)
            }
            Clock::Set(microseconds) => {
                Timestamp::from_microsecond(microseconds.load(Ordering::Relaxed))
                    .unwrap_or(Timestamp::UNIX_EPOCH)
            }
        }
    }

    /// What telephones take it for: the demo's shifted clock is no telephone's.
    pub fn of_telephones(&self) -> Timestamp {
        match self {
            Clock::Real | Clock::Shifted(_) => real(),
            Clock::Set(_) => self.now(),
        }
    }

    /// Whether time passes by itself. With a fixed clock nobody may wait for a deadline, which would never come.
    pub fn runs(&self) -> bool {
        !matches!(self, Clock::Set(_))
    }

    /// Today in China.
    pub fn today(&self) -> Date {
        day::day_of(self.now())
    }
}

#[expect(
    clippy::disallowed_methods,
    reason = "the one place that reads the machine's clock"
)]
fn real() -> Timestamp {
    Timestamp::now()
}
