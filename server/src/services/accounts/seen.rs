//! When sessions were last used. It is kept in memory until the store has it, so that no request waits for the write.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard};

use crate::db::{Fault, accounts};
use crate::state::State;

#[derive(Default)]
pub struct Seen(Mutex<Waiting>);

#[derive(Default)]
struct Waiting {
    /// Milliseconds, by the hash of the session's token.
    times: HashMap<String, i64>,
    /// One task at a time writes.
    writing: bool,
}

impl Seen {
    fn waiting(&self) -> MutexGuard<'_, Waiting> {
        self.0.lock().expect("no holder of the times panics")
    }

    /// The last use of the session in milliseconds, where it is still to be stored. Ask before the session is read: what
    /// is stored in between is then in one of the two.
    pub fn noted(&self, token_hash: &str) -> Option<i64> {
        self.waiting().times.get(token_hash).copied()
    }

    /// Notes that the session is used now, and stores it beside the request.
    pub fn note(state: &State, token_hash: String) {
        let mut waiting = state.seen.waiting();
        waiting.times.insert(token_hash, state.clock.now().timestamp_millis());
        if !std::mem::replace(&mut waiting.writing, true) {
            tokio::spawn(store_all(state.clone()));
        }
    }

    /// What is still to be stored; none when this was the last of it.
    fn next(&self) -> Option<Vec<(String, i64)>> {
        let mut waiting = self.waiting();
        waiting.writing = !waiting.times.is_empty();
        let times = waiting.times.iter().map(|(token_hash, time)| (token_hash.clone(), *time));
        waiting.writing.then(|| times.collect())
    }

    fn stored(&self, times: &[(String, i64)]) {
        let mut waiting = self.waiting();
        for (token_hash, time) in times {
            if waiting.times.get(token_hash) == Some(time) {
                waiting.times.remove(token_hash);
            }
        }
    }

    /// The next use of any session tries again; sessions that are over by then are forgotten.
    fn put_off(&self, over: i64) {
        let mut waiting = self.waiting();
        waiting.writing = false;
        waiting.times.retain(|_, time| *time >= over);
    }
}

async fn store_all(state: State) {
    while let Some(times) = state.seen.next() {
        match store(&state, times.clone()).await {
            Ok(()) => state.seen.stored(&times),
            Err(fault) => {
                tracing::warn!(%fault, "the last uses of sessions could not be stored");
                state.seen.put_off((state.clock.now() - super::IDLE).timestamp_millis());
                return;
            }
        }
    }
}

async fn store(state: &State, times: Vec<(String, i64)>) -> Result<(), Fault> {
    let stored = state.store.write(move |connection| {
        let times = times.clone();
        Box::pin(async move {
            for (token_hash, time) in times {
                accounts::seen(connection, &token_hash, time).await?;
            }
            Ok(())
        })
    });
    stored.await
}
