//! How much one address or one phone may ask for in a time.

use std::num::NonZeroU32;

use app::api::ServiceError;
use governor::clock::{Clock, DefaultClock};
use governor::{DefaultKeyedRateLimiter, Quota, RateLimiter};

/// Pages a minute that one address may ask for: more than thousands of people behind one address of a carrier need.
const PAGES: u32 = 3_000;

pub struct Limits {
    pages: DefaultKeyedRateLimiter<String>,
    forms: DefaultKeyedRateLimiter<String>,
    api: DefaultKeyedRateLimiter<String>,
    passwords: DefaultKeyedRateLimiter<String>,
    /// SMS codes that may go out a day for one address.
    pub codes_a_day: i64,
}

fn per_minute(count: u32) -> DefaultKeyedRateLimiter<String> {
    RateLimiter::keyed(Quota::per_minute(NonZeroU32::new(count).unwrap_or(NonZeroU32::MIN)))
}

impl Limits {
    /// Forms and API calls a minute for one address, wrong passwords a minute for one phone.
    pub fn new(forms: u32, api: u32, passwords: u32, codes_a_day: i64) -> Self {
        Self {
            pages: per_minute(PAGES),
            forms: per_minute(forms),
            api: per_minute(api),
            passwords: per_minute(passwords),
            codes_a_day,
        }
    }

    /// The same with another number of pages a minute for one address.
    pub fn pages(self, pages: u32) -> Self {
        Self { pages: per_minute(pages), ..self }
    }

    pub fn page(&self, address: &str) -> Result<(), ServiceError> {
        check(&self.pages, address)
    }

    pub fn form(&self, address: &str) -> Result<(), ServiceError> {
        check(&self.forms, address)
    }

    pub fn api(&self, address: &str) -> Result<(), ServiceError> {
        check(&self.api, address)
    }

    /// Counts for the phone and for the address.
    pub fn password_try(&self, phone_hash: &str, address: &str) -> Result<(), ServiceError> {
        check(&self.passwords, phone_hash)?;
        check(&self.forms, address)
    }

    /// Forgets keys that have not asked for a while.
    pub fn forget_old(&self) {
        for limiter in [&self.pages, &self.forms, &self.api, &self.passwords] {
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
