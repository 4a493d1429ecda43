//! Rate limits by address, session and phone.

use std::collections::{HashMap, HashSet};
use std::num::NonZeroU32;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use app::api::ServiceError;
use governor::clock::{Clock, DefaultClock};
use governor::{DefaultKeyedRateLimiter, Quota, RateLimiter};

/// Behind one IPv4 address stand the thousands of a carrier's customers, behind a network of IPv6 one household.
const SHARED: u32 = 5;
/// Pages a minute that one address may ask for: more than thousands of people behind one address of a carrier need.
const PAGES: u32 = 3_000;
/// Phones behind one private address that are more than a household or an office has.
const MANY_PHONES: usize = 20;

pub struct Limits {
    pages: DefaultKeyedRateLimiter<String>,
    forms: Shared,
    api: Shared,
    passwords: Passwords,
    codes_a_day: i64,
    /// SMS codes that may go out a day to numbers of one range, and to all, on the word of unknown browsers.
    pub texts_of_range_a_day: i64,
    pub texts_a_day: i64,
    /// Phones seen at private addresses.
    phones: Mutex<HashMap<String, HashSet<String>>>,
}

/// One limit for addresses that many share, and a smaller one for the rest.
struct Shared {
    many: DefaultKeyedRateLimiter<String>,
    few: DefaultKeyedRateLimiter<String>,
}

/// Tries of passwords. Who guesses from one address uses up neither the owner's tries elsewhere nor those of browsers
/// that the owner has signed in with.
struct Passwords {
    at_address: DefaultKeyedRateLimiter<String>,
    of_strangers: DefaultKeyedRateLimiter<String>,
    of_known: DefaultKeyedRateLimiter<String>,
}

fn times(count: u32) -> NonZeroU32 {
    NonZeroU32::new(count).unwrap_or(NonZeroU32::MIN)
}

fn per_minute(count: u32) -> DefaultKeyedRateLimiter<String> {
    RateLimiter::keyed(Quota::per_minute(times(count)))
}

/// So many at once, and then one each so many seconds.
fn at_once(count: u32, seconds: u64) -> DefaultKeyedRateLimiter<String> {
    let quota = Quota::with_period(Duration::from_secs(seconds)).expect("a period is not nothing");
    RateLimiter::keyed(quota.allow_burst(times(count)))
}

impl Shared {
    fn per_minute(count: u32) -> Self {
        Self { many: per_minute(count), few: per_minute((count / SHARED).max(1)) }
    }

    fn check(&self, address: &str) -> Result<(), ServiceError> {
        check(if is_shared(address) { &self.many } else { &self.few }, address)
    }
}

/// Networks of IPv6 are written with colons.
fn is_shared(address: &str) -> bool {
    !address.contains(':')
}

impl Limits {
    /// Forms and API calls a minute and SMS codes a day for one IPv4 address, a fifth of that for one network of IPv6;
    /// wrong passwords at once for one phone from one address.
    pub fn new(forms: u32, api: u32, passwords: u32, codes_a_day: i64) -> Self {
        let passwords = Passwords {
            at_address: at_once(passwords, 180),
            of_strangers: at_once(passwords.saturating_mul(6), 120),
            of_known: at_once(passwords.saturating_mul(2), 60),
        };
        Self {
            pages: per_minute(PAGES),
            forms: Shared::per_minute(forms),
            api: Shared::per_minute(api),
            passwords,
            codes_a_day,
            texts_of_range_a_day: codes_a_day.saturating_mul(2),
            texts_a_day: codes_a_day.saturating_mul(100),
            phones: Mutex::default(),
        }
    }

    /// The same with another number of pages a minute for one address.
    pub fn pages(self, pages: u32) -> Self {
        Self { pages: per_minute(pages), ..self }
    }

    pub fn page(&self, address: &str) -> Result<(), ServiceError> {
        check(&self.pages, address)
    }

    /// A session has a limit of its own, so that no neighbour behind the address uses it up.
    pub fn form(&self, address: &str, session: Option<&str>) -> Result<(), ServiceError> {
        match session {
            Some(session) => check(&self.forms.few, session),
            None => self.forms.check(address),
        }
    }

    pub fn api(&self, address: &str) -> Result<(), ServiceError> {
        self.api.check(address)
    }

    /// SMS codes that may go out a day for one address.
    pub fn codes_a_day(&self, address: &str) -> i64 {
        if is_shared(address) { self.codes_a_day } else { (self.codes_a_day / i64::from(SHARED)).max(1) }
    }

    /// Counts for the phone; `known` of a browser that its owner has signed in with.
    pub fn password_try(&self, phone_hash: &str, address: &str, known: bool) -> Result<(), ServiceError> {
        if known {
            return check(&self.passwords.of_known, phone_hash);
        }
        check(&self.passwords.at_address, &format!("{phone_hash}:{address}"))?;
        check(&self.passwords.of_strangers, phone_hash)
    }

    /// Notes a phone at the address; true once, when there have been many.
    pub fn many_phones(&self, address: &str, phone_hash: &str) -> bool {
        let mut phones = self.phones.lock().unwrap_or_else(PoisonError::into_inner);
        let seen = phones.entry(address.to_owned()).or_default();
        seen.len() < MANY_PHONES && seen.insert(phone_hash.to_owned()) && seen.len() == MANY_PHONES
    }

    /// Forgets keys that have not asked for a while.
    pub fn forget_old(&self) {
        let Passwords { at_address, of_strangers, of_known } = &self.passwords;
        let (forms, api) = (&self.forms, &self.api);
        let shared = [&self.pages, &forms.many, &forms.few, &api.many, &api.few];
        for limiter in shared.into_iter().chain([at_address, of_strangers, of_known]) {
            limiter.retain_recent();
        }
    }
}

fn check(limiter: &DefaultKeyedRateLimiter<String>, key: &str) -> Result<(), ServiceError> {
    limiter.check_key(&key.to_owned()).map_err(|refused| {
        let wait = refused.wait_time_from(DefaultClock::default().now()).as_secs() + 1;
        ServiceError::TooMany { retry_after_seconds: u32::try_from(wait).unwrap_or(u32::MAX) }
    })
}
