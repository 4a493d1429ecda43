//! Last uses of sessions that are not stored yet.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard};

use rules::Moment;

/// No request waits for the write of its own use.
#[derive(Default)]
pub struct LastUses(Mutex<Waiting>);

#[derive(Default)]
struct Waiting {
    /// By the hash of the session's token.
    times: HashMap<String, Moment>,
    /// One task at a time writes.
    writing: bool,
}

impl LastUses {
    fn waiting(&self) -> MutexGuard<'_, Waiting> {
        self.0.lock().expect("no holder of the times panics")
    }

    /// The last use of the session, where it is still to be stored. Ask before the session is read: what
    /// is stored in between is then in one of the two.
    pub fn noted(&self, token_hash: &str) -> Option<Moment> {
        self.waiting().times.get(token_hash).copied()
    }

    /// Notes a use. True where the caller has to store what waits, because nobody does.
    pub fn note(&self, token_hash: String, at: Moment) -> bool {
        let mut waiting = self.waiting();
        waiting.times.insert(token_hash, at);
        !std::mem::replace(&mut waiting.writing, true)
    }

    /// The uses that are still to be stored. Without any the caller may stop.
    pub fn next(&self) -> Option<Vec<(String, Moment)>> {
        let mut waiting = self.waiting();
        waiting.writing = !waiting.times.is_empty();
        let times = waiting.times.iter().map(|(token_hash, time)| (token_hash.clone(), *time));
        waiting.writing.then(|| times.collect())
    }

    pub fn stored(&self, times: &[(String, Moment)]) {
        let mut waiting = self.waiting();
        for (token_hash, time) in times {
            if waiting.times.get(token_hash) == Some(time) {
                waiting.times.remove(token_hash);
            }
        }
    }

    /// The next use of any session tries again; sessions that are over by then are forgotten.
    pub fn put_off(&self, over: Moment) {
        let mut waiting = self.waiting();
        waiting.writing = false;
        waiting.times.retain(|_, time| *time >= over);
    }
}
