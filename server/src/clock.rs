//! Time, chance and new identifiers, as an argument. Nothing else in the program asks the machine for them.

use std::sync::{Arc, Mutex};

use chrono::{DateTime, Utc};
use rand::{RngCore, SeedableRng, rngs::StdRng};
use uuid::{Builder, Uuid};

/// What a service needs of the world to decide when, and to make things up.
pub trait Clock: Send + Sync {
    fn now(&self) -> DateTime<Utc>;
    /// Fills the buffer with bytes that nobody can foresee.
    fn fill(&self, bytes: &mut [u8]);
}

impl dyn Clock + '_ {
    pub fn random<const N: usize>(&self) -> [u8; N] {
        let mut bytes = [0; N];
        self.fill(&mut bytes);
        bytes
    }

    /// A time-ordered identifier (UUID version 7).
    pub fn id(&self) -> Uuid {
        let millis = u64::try_from(self.now().timestamp_millis()).unwrap_or_default();
        Builder::from_unix_timestamp_millis(millis, &self.random()).into_uuid()
    }
}

/// The machine's own clock and generator.
pub struct SystemClock;

impl Clock for SystemClock {
    #[expect(clippy::disallowed_methods, reason = "the one place that may ask")]
    fn now(&self) -> DateTime<Utc> {
        Utc::now()
    }

    #[expect(clippy::disallowed_methods, reason = "the one place that may ask")]
    fn fill(&self, bytes: &mut [u8]) {
        rand::rng().fill_bytes(bytes);
    }
}

/// The machine's clock, shifted: starts at the given moment and goes on from there, for demonstrations and browser
/// tests of hours and dates.
pub struct ShiftedClock(chrono::TimeDelta);

impl ShiftedClock {
    pub fn starting_at(moment: DateTime<Utc>) -> Self {
        Self(moment - SystemClock.now())
    }
}

impl Clock for ShiftedClock {
    fn now(&self) -> DateTime<Utc> {
        SystemClock.now() + self.0
    }

    fn fill(&self, bytes: &mut [u8]) {
        SystemClock.fill(bytes);
    }
}

/// A clock for tests and for the demo registry: it stands until moved, and its chance follows from a seed.
pub struct FixedClock {
    now: Mutex<DateTime<Utc>>,
    chance: Mutex<StdRng>,
}

impl FixedClock {
    pub fn at(now: DateTime<Utc>, seed: u64) -> Arc<Self> {
        Arc::new(Self { now: Mutex::new(now), chance: Mutex::new(StdRng::seed_from_u64(seed)) })
    }

    pub fn set(&self, now: DateTime<Utc>) {
        *self.now.lock().expect("no holder of the clock panics") = now;
    }

    pub fn advance(&self, by: chrono::TimeDelta) {
        *self.now.lock().expect("no holder of the clock panics") += by;
    }
}

impl Clock for FixedClock {
    fn now(&self) -> DateTime<Utc> {
        *self.now.lock().expect("no holder of the clock panics")
    }

    fn fill(&self, bytes: &mut [u8]) {
        self.chance.lock().expect("no holder of the clock panics").fill_bytes(bytes);
    }
}
