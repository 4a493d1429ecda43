//! When sessions were last used. It is kept in memory until the store has it, so that no request waits for the write.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard};

use crate::db::{Fault, accounts};
use crate::state::State;

#[derive(Default)]
pub struct Seen(Mutex<Waiting>);

#[derive(Default)]
struct Waiting {
    /// Milliseconds, by session.
    times: HashMap<String, i64>,
    /// One task at a time writes.
    writing: bool,
}

impl Seen {
    fn waiting(&self) -> MutexGuard<'_, Waiting> {
        self.0.lock().expect("no holder of the times panics")
    }

    /// The last use of the session: the stored one, or a later one that is still to be stored.
    pub fn latest(&self, session: &str, stored: i64) -> i64 {
        self.waiting().times.get(session).map_or(stored, |noted| stored.max(*noted))
    }

    /// Notes that the session is used now, and stores it beside the request.
    pub fn note(state: &State, session: &str) {
        let mut waiting = state.seen.waiting();
        waiting.times.insert(session.to_owned(), state.clock.now().timestamp_millis());
        if !std::mem::replace(&mut waiting.writing, true) {
            tokio::spawn(store_all(state.clone()));
        }
    }

    /// What is still to be stored; none when this was the last of it.
    fn next(&self) -> Option<Vec<(String, i64)>> {
        let mut waiting = self.waiting();
        waiting.writing = !waiting.times.is_empty();
        let times = waiting.times.iter().map(|(session, time)| (session.clone(), *time));
        waiting.writing.then(|| times.collect())
    }

    fn stored(&self, times: &[(String, i64)]) {
        let mut waiting = self.waiting();
        for (session, time) in times {
            if waiting.times.get(session) == Some(time) {
                waiting.times.remove(session);
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
            for (session, time) in times {
                accounts::seen(connection, &session, time).await?;
            }
            Ok(())
        })
    });
    stored.await
}
