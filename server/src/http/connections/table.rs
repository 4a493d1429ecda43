//! The open connections: how many there are, of which address, and what each is doing since when.

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::{Arc, Mutex, MutexGuard};

use tokio::sync::Notify;
use tokio::time::Instant;

use super::ConnectionLimits;
use crate::address::{Proxies, key};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Phase {
    /// Between two requests.
    Idle,
    /// No request yet, or a part of its headers.
    Header,
    /// A request is being answered.
    Exchange,
    /// The answer is complete and on its way.
    Flush,
}

/// One connection, as the table and the connection itself know it.
pub struct Watched {
    /// The address that limits count by; none for a trusted proxy.
    address: Option<String>,
    phase: Mutex<(Phase, Instant)>,
    closed: Notify,
}

impl Watched {
    fn phase(&self) -> MutexGuard<'_, (Phase, Instant)> {
        self.phase.lock().expect("no holder of a phase panics")
    }

    fn enter(&self, phase: Phase) {
        *self.phase() = (phase, Instant::now());
    }

    pub fn bytes_came(&self) {
        if self.phase().0 == Phase::Idle {
            self.enter(Phase::Header);
        }
    }

    pub fn headers_came(&self) {
        self.enter(Phase::Exchange);
    }

    /// The time of the exchange goes on until the answer is flushed.
    pub fn answered(&self) {
        self.phase().0 = Phase::Flush;
    }

    pub fn flushed(&self) {
        if self.phase().0 == Phase::Flush {
            self.enter(Phase::Idle);
        }
    }

    /// Waits until the table closes the connection.
    pub async fn closed(&self) {
        self.closed.notified().await;
    }

    fn is_overdue(&self, now: Instant, limits: &ConnectionLimits) -> bool {
        let (phase, since) = *self.phase();
        let limit = match phase {
            Phase::Idle => limits.idle,
            Phase::Header => limits.header,
            Phase::Exchange | Phase::Flush => limits.exchange,
        };
        now - since > limit
    }

    /// Since when the connection waits for a request; none while it has one.
    fn waits_since(&self) -> Option<Instant> {
        let (phase, since) = *self.phase();
        matches!(phase, Phase::Idle | Phase::Header).then_some(since)
    }
}

#[derive(Default)]
struct Open {
    next: u64,
    connections: HashMap<u64, Arc<Watched>>,
    per_address: HashMap<String, usize>,
}

impl Open {
    fn remove(&mut self, id: u64) -> Option<Arc<Watched>> {
        let watched = self.connections.remove(&id)?;
        if let Some(address) = &watched.address
            && let Some(count) = self.per_address.get_mut(address)
        {
            *count -= 1;
            if *count == 0 {
                self.per_address.remove(address);
            }
        }
        Some(watched)
    }

    fn close(&mut self, id: u64) {
        if let Some(watched) = self.remove(id) {
            watched.closed.notify_one();
        }
    }

    /// Closes the connection that has waited longest for a request, of the address or of all. False when none waits.
    fn close_longest_waiting(&mut self, address: Option<&str>) -> bool {
        let of_address = |watched: &Watched| address.is_none() || watched.address.as_deref() == address;
        let waiting = self.connections.iter().filter(|(_, watched)| of_address(watched));
        let waiting = waiting.filter_map(|(id, watched)| watched.waits_since().map(|since| (since, *id)));
        let Some((_, id)) = waiting.min() else { return false };
        self.close(id);
        true
    }
}

pub struct Table {
    limits: ConnectionLimits,
    proxies: Proxies,
    open: Mutex<Open>,
}

impl Table {
    pub fn new(limits: ConnectionLimits, proxies: Proxies) -> Self {
        Self { limits, proxies, open: Mutex::default() }
    }

    fn open(&self) -> MutexGuard<'_, Open> {
        self.open.lock().expect("no holder of the table panics")
    }

    /// A place for a new connection. Where there is none left, the one that waits longest for a request makes room;
    /// where all are answering, the new one is refused.
    pub fn admit(table: &Arc<Self>, peer: IpAddr) -> Option<Slot> {
        let peer = peer.to_canonical();
        let address = (!table.proxies.trusts(&peer)).then(|| key(peer));
        let mut open = table.open();
        if let Some(address) = &address
            && open.per_address.get(address).is_some_and(|count| *count >= table.limits.per_address)
            && !open.close_longest_waiting(Some(address))
        {
            metrics::counter!("http_connections_refused_total", "reason" => "address").increment(1);
            return None;
        }
        if open.connections.len() >= table.limits.total && !open.close_longest_waiting(None) {
            metrics::counter!("http_connections_refused_total", "reason" => "total").increment(1);
            return None;
        }
        if let Some(address) = &address {
            *open.per_address.entry(address.clone()).or_default() += 1;
        }
        let id = open.next;
        open.next += 1;
        let phase = Mutex::new((Phase::Header, Instant::now()));
        let watched = Arc::new(Watched { address, phase, closed: Notify::new() });
        open.connections.insert(id, Arc::clone(&watched));
        drop(open);
        Some(Slot { table: Arc::clone(table), id, watched })
    }

    /// Closes the connection that has waited longest for a request.
    pub fn make_room(&self) {
        self.open().close_longest_waiting(None);
    }

    /// Closes every connection that is over its time.
    pub fn close_overdue(&self) {
        let now = Instant::now();
        let mut open = self.open();
        let overdue = open.connections.iter().filter(|(_, watched)| watched.is_overdue(now, &self.limits));
        let overdue: Vec<_> = overdue.map(|(id, _)| *id).collect();
        for id in overdue {
            open.close(id);
        }
    }
}

/// The place of one connection in the table; dropping it frees the place.
pub struct Slot {
    table: Arc<Table>,
    id: u64,
    watched: Arc<Watched>,
}

impl Slot {
    pub fn watched(&self) -> Arc<Watched> {
        Arc::clone(&self.watched)
    }
}

impl Drop for Slot {
    fn drop(&mut self) {
        self.table.open().remove(self.id);
    }
}
