//! Kills the program at a named point, for the tests of what a crash leaves behind. Without the failpoints of a test
//! build it does nothing.

/// Where to die, as `NAME` or `NAME:N` for the N-th time it is reached.
const VARIABLE: &str = "LUTONG_CRASH_AT";

/// Reads the variable and arms the point.
pub fn arm() {
    let Ok(point) = std::env::var(VARIABLE) else { return };
    if !fail::has_failpoints() {
        tracing::warn!("{VARIABLE} is set, but this build has no failpoints");
        return;
    }
    let (name, times) = point.split_once(':').unwrap_or((&point, "1"));
    let left = std::sync::atomic::AtomicU32::new(times.parse().unwrap_or(1));
    let armed = fail::cfg_callback(name, move || {
        if left.fetch_sub(1, std::sync::atomic::Ordering::SeqCst) == 1 {
            kill_self();
        }
    });
    if let Err(error) = armed {
        tracing::error!(%error, "the crash point could not be armed");
    }
}

/// As `kill -9` does: nothing is flushed, nothing unwinds.
fn kill_self() {
    let me = rustix::process::getpid();
    if rustix::process::kill_process(me, rustix::process::Signal::KILL).is_err() {
        std::process::abort();
    }
}
