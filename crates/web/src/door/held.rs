//! The connections that are open, counted in all and by address, and which of them make room for others.

use std::{
    cmp::Reverse,
    collections::HashMap,
    net::{IpAddr, Ipv6Addr},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Instant,
};

use crate::door::{
    Limits,
    connection::{Clock, Connection},
};

#[derive(Debug)]
pub struct Held {
    limits: Limits,
    begun: Instant,
    clock: Arc<Clock>,
    open: Mutex<Open>,
}

#[derive(Debug, Default)]
struct Open {
    next: u64,
    connections: HashMap<u64, Arc<Connection>>,
    by_address: HashMap<IpAddr, usize>,
}

/// A connection's place, given back when this is dropped.
pub struct Entered {
    held: Arc<Held>,
    number: u64,
}

impl Drop for Entered {
    fn drop(&mut self) {
        self.held.open().remove(self.number);
    }
}

/// One part of all places is freed at a time, so that a flood does not look through all connections for each of its own.
const PART: usize = 16;

/// Who waits for less than this many milliseconds makes room only when nobody waits longer: a request mostly follows its connection at once.
const JUST_COME: u64 = 1_000;

impl Held {
    pub fn new(limits: Limits) -> Held {
        Held {
            limits,
            begun: Instant::now(),
            clock: Arc::new(Clock::new()),
            open: Mutex::default(),
        }
    }

    fn open(&self) -> MutexGuard<'_, Open> {
        self.open.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Takes a connection in. None when all places are taken by requests that are worked on.
    pub fn enter(self: &Arc<Held>, from: IpAddr) -> Option<(Arc<Connection>, Entered)> {
        let address = subscriber(from);
        let now = self.clock.now();
        let mut open = self.open();
        let theirs = open.by_address.get(&address).copied().unwrap_or(0);
        if theirs >= self.limits.from_one_address && open.make_room(now, theirs, Some(address)) == 0
        {
            return None;
        }
        if open.connections.len() >= self.limits.connections
            && open.make_room(now, self.limits.connections, None) == 0
        {
            return None;
        }
        let number = open.next;
        open.next += 1;
        let connection = Arc::new(Connection::new(address, self.clock.clone()));
        open.connections.insert(number, connection.clone());
        *open.by_address.entry(address).or_default() += 1;
        drop(open);
        let held = self.clone();
        Some((connection, Entered { held, number }))
    }

    /// Ends some of those that wait for their client; gives how many.
    pub fn make_room(&self) -> usize {
        let mut open = self.open();
        let all = open.connections.len();
        open.make_room(self.clock.now(), all, None)
    }

    /// Moves the clock and ends whoever takes longer than it may.
    pub fn look(&self) {
        let now = self.begun.elapsed().as_millis() as u64;
        self.clock.set(now);
        for connection in self.open().connections.values() {
            connection.look(&self.limits, now);
        }
    }

    /// Ends every connection that stands for no request; gives how many are left.
    pub fn end_waiting(&self) -> usize {
        self.end(|connection| connection.is_between());
        self.open().connections.len()
    }

    /// Ends every connection; gives how many.
    pub fn end_all(&self) -> usize {
        self.end(|_| true)
    }

    fn end(&self, goes: impl Fn(&Connection) -> bool) -> usize {
        let mut open = self.open();
        let going: Vec<u64> = open
            .connections
            .iter()
            .filter(|(_, connection)| goes(connection))
            .map(|(number, _)| *number)
            .collect();
        for number in &going {
            open.end(*number);
        }
        going.len()
    }
}

impl Open {
    fn remove(&mut self, number: u64) -> Option<Arc<Connection>> {
        let connection = self.connections.remove(&number)?;
        if let Some(theirs) = self.by_address.get_mut(&connection.address) {
            *theirs -= 1;
            if *theirs == 0 {
                self.by_address.remove(&connection.address);
            }
        }
        Some(connection)
    }

    fn end(&mut self, number: u64) {
        if let Some(connection) = self.remove(number) {
            connection.end();
        }
    }

    /// Ends a part of `all` connections, of one address or of any: from where most come, those that wait longest for their client. Gives how many.
    fn make_room(&mut self, now: u64, all: usize, of: Option<IpAddr>) -> usize {
        let mut waiting: Vec<_> = self
            .connections
            .iter()
            .filter(|(_, connection)| of.is_none_or(|address| connection.address == address))
            .filter_map(|(number, connection)| {
                let since = connection.waits_since()?;
                let crowd = self.by_address.get(&connection.address);
                let has_just_come = now.saturating_sub(since) < JUST_COME;
                Some((has_just_come, Reverse(crowd.copied()), since, *number))
            })
            .collect();
        let part = (all / PART).max(1).min(waiting.len());
        if part == 0 {
            return 0;
        }
        waiting.select_nth_unstable(part - 1);
        for (.., number) in &waiting[..part] {
            self.end(*number);
        }
        part
    }
}

/// An IPv4 address, or the /64 of an IPv6 one, in which one subscriber has all addresses.
fn subscriber(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V4(address) => address.into(),
        IpAddr::V6(address) => Ipv6Addr::from(u128::from(address) & (u128::MAX << 64)).into(),
    }
}
