//! Tries that grow slower: one row per subject counts them and says when the next may come.

use chrono::TimeDelta;
use rules::Moment;

use super::column::Timestamp;
use super::queries;

/// How tries of one kind slow down; times are in milliseconds.
#[derive(Clone, Copy, Debug)]
pub struct Slowing {
    /// Tries without a wait.
    pub free: i64,
    /// The wait after the first try beyond them.
    pub step: i64,
    pub longest: i64,
    /// A pause so long forgets the tries before it.
    pub forgotten_after: i64,
}

queries! {
    /// Takes a try and gives how many there were; none while the subject has to wait. Tries at once count one by one.
    // After the free tries the next waits the square of the tries beyond them, in steps. A wait longer than the longest
    // was written before the clock was set back, and counts for nothing.
    pub fn take(subject: &str, now: Moment, slowing: &Slowing) [
        subject, now, now - TimeDelta::milliseconds(slowing.forgotten_after), slowing.free, slowing.step, slowing.longest
    ] -> value i64 =
        "insert into tries (subject, tries, last_at, next_at) values ($1, 1, $2, $2) \
        on conflict (subject) do update set \
            tries = case when tries.last_at < $3 then 1 else tries.tries + 1 end, \
            last_at = $2, \
            next_at = $2 + case \
                when tries.last_at < $3 or tries.tries < $4 then 0 \
                when (tries.tries + 1 - $4) * (tries.tries + 1 - $4) * $5 > $6 then $6 \
                else (tries.tries + 1 - $4) * (tries.tries + 1 - $4) * $5 end \
        where tries.next_at <= $2 or tries.next_at > $2 + $6 \
        returning tries";

    /// When the subject's next try may come.
    pub fn next_at(subject: &str) -> value Timestamp =
        "select next_at from tries where subject = $1";

    /// Deletes subjects that have not tried since then.
    pub fn purge(before: Moment) -> run =
        "delete from tries where last_at < $1";
}
