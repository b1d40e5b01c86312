//! The table of open connections, counted in all and by address: it enforces their limits, and when it is full closes those that have waited longest
//! for their client.

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
pub struct Table {
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

/// A connection's place in the table, given back when this is dropped.
pub struct Slot {
    table: Arc<Table>,
    number: u64,
}

impl Drop for Slot {
    fn drop(&mut self) {
        self.table.open().remove(self.number);
    }
}

/// One in so many connections is closed at a time, so that a flood does not cost a scan of the table for each new connection.
const PART: usize = 16;

/// A connection that has waited for less than this many milliseconds is closed only when none has waited longer: most clients send their request at
/// once.
const JUST_COME: u64 = 1_000;

impl Table {
    pub fn new(limits: Limits) -> Table {
        Table {
            limits,
            begun: Instant::now(),
            clock: Arc::new(Clock::new()),
            open: Mutex::default(),
        }
    }

    fn open(&self) -> MutexGuard<'_, Open> {
        self.open.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Adds a connection. None when every place is taken by a request that is being handled.
    pub fn insert(self: &Arc<Table>, from: IpAddr) -> Option<(Arc<Connection>, Slot)> {
        let address = subscriber(from);
        let now = self.clock.now();
        let mut open = self.open();
        let theirs = open.by_address.get(&address).copied().unwrap_or(0);
        if theirs >= self.limits.from_one_address && open.evict(now, theirs, Some(address)) == 0 {
            return None;
        }
        if open.connections.len() >= self.limits.connections
            && open.evict(now, self.limits.connections, None) == 0
        {
            return None;
        }
        let number = open.next;
        open.next += 1;
        let connection = Arc::new(Connection::new(address, self.clock.clone()));
        open.connections.insert(number, connection.clone());
        *open.by_address.entry(address).or_default() += 1;
        drop(open);
        let table = self.clone();
        Some((connection, Slot { table, number }))
    }

    /// Closes some of those that wait for their client; gives how many.
    pub fn evict(&self) -> usize {
        let mut open = self.open();
        let all = open.connections.len();
        open.evict(self.clock.now(), all, None)
    }

    /// Sets the clock and closes the connections that have taken longer than they may.
    pub fn sweep(&self) {
        let now = self.begun.elapsed().as_millis() as u64;
        self.clock.set(now);
        for connection in self.open().connections.values() {
            connection.enforce(&self.limits, now);
        }
    }

    /// Closes every connection without a request; gives how many are left.
    pub fn close_idle(&self) -> usize {
        self.close(|connection| connection.has_no_request());
        self.open().connections.len()
    }

    /// Closes every connection; gives how many.
    pub fn close_all(&self) -> usize {
        self.close(|_| true)
    }

    fn close(&self, is_closed: impl Fn(&Connection) -> bool) -> usize {
        let mut open = self.open();
        let closed: Vec<u64> = open
            .connections
            .iter()
            .filter(|(_, connection)| is_closed(connection))
            .map(|(number, _)| *number)
            .collect();
        for number in &closed {
            open.close(*number);
        }
        closed.len()
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

    fn close(&mut self, number: u64) {
        if let Some(connection) = self.remove(number) {
            connection.close();
        }
    }

    /// Closes a part of `all` connections, of one address or of any: of the address that has most, those that have waited longest for their client.
    /// Gives how many.
    fn evict(&mut self, now: u64, all: usize, of: Option<IpAddr>) -> usize {
        let mut waiting: Vec<_> = self
            .connections
            .iter()
            .filter(|(_, connection)| of.is_none_or(|address| connection.address == address))
            .filter_map(|(number, connection)| {
                let since = connection.waiting_since()?;
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
            self.close(*number);
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
