//! Passwords: argon2id, 8 to 128 characters, not easily guessed, without the person's own numbers. No rules of composition.

use std::sync::{Arc, LazyLock};

use app::api::ServiceError;
use app::visit::FieldError;
use argon2::password_hash::{PasswordHash, PasswordHasher, PasswordVerifier, SaltString};
use argon2::{Algorithm, Argon2, Params, Version};
use rules::person::Phone;
use tokio::sync::Semaphore;

use super::codes;
use super::texts::{self, Delivery};
use crate::clock::Clock;
use crate::db::Fault;
use crate::db::tries::{self, Slowing};
use crate::state::State;

fn hasher() -> Argon2<'static> {
    let params = Params::new(19 * 1024, 2, 1, None).expect("these parameters are allowed");
    Argon2::new(Algorithm::Argon2id, Version::V0x13, params)
}

/// A hash that nobody's password has, so that an unknown phone takes as long as a known one.
static NOBODY: LazyLock<String> = LazyLock::new(|| {
    let salt = SaltString::encode_b64(b"nobody's own salt").expect("a salt of this length");
    hasher().hash_password(b"nobody", &salt).expect("argon2id hashes any text").to_string()
});

/// Numbers and names of the person, and the site's; a password contains none of them.
#[derive(Clone, Debug, Default)]
pub struct Personal {
    pub phone: String,
    pub id_number: String,
    pub plates: Vec<String>,
    /// The first part of the site's host.
    pub host: String,
}

/// Digits in a row that give a number away.
const TELLING_DIGITS: usize = 6;
const SITE_NAMES: [&str; 2] = ["lutong", "路通"];
/// What Chinese lists of leaked passwords are full of, beside the words that the library knows.
const CHINESE_HABITS: [&str; 6] = ["woaini", "5201314", "1314520", "woaiwojia", "wodemima", "nihao"];

impl Personal {
    /// The text key of what the password contains.
    fn found_in(&self, password: &str) -> Option<&'static str> {
        let plain: String = password.to_lowercase().chars().filter(|c| c.is_alphanumeric()).collect();
        let tells = |number: &str| {
            let number = number.to_lowercase();
            let runs = number.as_bytes().windows(TELLING_DIGITS);
            runs.filter_map(|run| std::str::from_utf8(run).ok()).any(|run| plain.contains(run))
        };
        // The first character of a plate is its province, which people leave out.
        let of_plate = |plate: &String| {
            let rest: String = plate.to_lowercase().chars().skip(1).collect();
            rest.len() >= 6 && plain.contains(&rest)
        };
        let site = SITE_NAMES.iter().any(|name| plain.contains(name))
            || (self.host.len() >= 4 && plain.contains(&self.host.to_lowercase()));
        if tells(&self.phone) {
            Some("error.password.phone")
        } else if tells(&self.id_number) {
            Some("error.password.id-number")
        } else if self.plates.iter().any(of_plate) {
            Some("error.password.plate")
        } else if site {
            Some("error.password.site")
        } else {
            None
        }
    }
}

/// Checks that a million guesses in the order of guessers do not find the password: zxcvbn's lists hold the 30,000 most
/// common ones, names, dates and keyboard rows.
fn is_common(password: &str) -> bool {
    zxcvbn::zxcvbn(password, &CHINESE_HABITS).score() < zxcvbn::Score::Two
}

pub fn check(password: &str, personal: &Personal) -> Result<(), ServiceError> {
    let text = match password.chars().count() {
        0..8 => "error.password.short",
        8..=128 => match personal.found_in(password) {
            Some(text) => text,
            None if is_common(password) => "error.password.common",
            None => return Ok(()),
        },
        _ => "error.password.long",
    };
    Err(ServiceError::Invalid(vec![FieldError::new("password", text)]))
}

/// So many wrong passwords of a day are told to the account's owner, once.
const TOLD_AFTER: i64 = 10;
const FAILURES: Slowing =
    Slowing { free: i64::MAX, step: 0, longest: 0, forgotten_after: 24 * 60 * 60 * 1_000 };

/// Counts a wrong password, for an unknown phone with the same work as for a known one.
pub async fn note_failure(state: &State, phone: &Phone, has_account: bool) -> Result<(), Fault> {
    let (state, phone) = (state.clone(), phone.clone());
    let noted = state.store.write((state.clone(), phone), move |connection, (state, phone)| {
        Box::pin(async move {
            let now = state.clock.now();
            let day = rules::calendar::local(now).date();
            let subject = format!("password:{}:{day}", codes::phone_hash(&state, &phone));
            let failures = tries::take(connection, &subject, now, &FAILURES).await?;
            if failures == Some(TOLD_AFTER) {
                let delivery = if has_account { Delivery::Sent } else { Delivery::Unsent };
                texts::notify(connection, &state, delivery, &phone, "sms.wrong-passwords").await?;
            }
            Ok(())
        })
    });
    noted.await
}

/// One permit per core: more at once would be no faster, and each takes 19 MiB.
static CORES: LazyLock<Arc<Semaphore>> = LazyLock::new(|| Arc::new(Semaphore::new(cores())));

fn cores() -> usize {
    std::thread::available_parallelism().map_or(1, usize::from)
}

/// Runs work that takes tens of milliseconds of one core beside the requests, in its turn. The permit stays with the work,
/// which goes on when the request is given up.
async fn in_turn<T: Send + 'static>(
    cores: &Arc<Semaphore>,
    work: impl FnOnce() -> T + Send + 'static,
) -> Result<T, Fault> {
    let permit = Arc::clone(cores).acquire_owned().await;
    let permit = permit.map_err(|error| Fault::Internal(error.to_string()))?;
    let done = tokio::task::spawn_blocking(move || {
        let done = work();
        drop(permit);
        done
    });
    done.await.map_err(|error| Fault::Internal(error.to_string()))
}

pub async fn hash(clock: &dyn Clock, password: &str) -> Result<String, Fault> {
    let salt = SaltString::encode_b64(&clock.random::<16>());
    let salt = salt.map_err(|error| Fault::Internal(format!("a salt: {error}")))?;
    let password = password.to_owned();
    let hashed = in_turn(&CORES, move || {
        hasher().hash_password(password.as_bytes(), &salt).map(|hash| hash.to_string())
    });
    hashed.await?.map_err(|error| Fault::Internal(format!("hashing: {error}")))
}

/// Whether the password is the one of the hash; without a hash it takes as long and is wrong.
pub async fn verify(stored: Option<&str>, password: &str) -> Result<bool, Fault> {
    let (known, stored) = (stored.is_some(), stored.map_or_else(|| NOBODY.clone(), str::to_owned));
    let password = password.to_owned();
    let verified = in_turn(&CORES, move || {
        tracing::trace!("a password is compared with a hash");
        PasswordHash::new(&stored)
            .is_ok_and(|hash| hasher().verify_password(password.as_bytes(), &hash).is_ok())
    });
    Ok(verified.await? && known)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refused(password: &str, personal: &Personal) -> Option<String> {
        match check(password, personal) {
            Ok(()) => None,
            Err(ServiceError::Invalid(errors)) => Some(errors[0].text.clone()),
            Err(error) => panic!("{error}"),
        }
    }

    #[test]
    fn a_password_is_long_enough_and_not_easily_guessed() {
        let nobody = Personal::default();
        for (password, error) in [
            ("1234567", Some("short")),
            ("12345678", Some("common")),
            ("aaaaaaaa", Some("common")),
            ("hgfedcba", Some("common")),
            ("19900101", Some("common")),
            ("Password1", Some("common")),
            ("password123", Some("common")),
            ("qwerty123", Some("common")),
            ("1qaz2wsx", Some("common")),
            ("iloveyou1", Some("common")),
            ("football1", Some("common")),
            ("woaini1314", Some("common")),
            ("woaini5201314", Some("common")),
            ("a123456789", Some("common")),
            ("a quiet road at dawn", None),
            ("雨后山路有一点滑", None),
            (&"x1".repeat(65), Some("long")),
        ] {
            let error = error.map(|error| format!("error.password.{error}"));
            assert_eq!(refused(password, &nobody), error, "{password}");
        }
    }

    #[test]
    fn a_password_contains_none_of_the_persons_numbers_and_not_the_sites_name() {
        let personal = Personal {
            phone: "13700000009".into(),
            id_number: "53010219880412901X".into(),
            plates: vec!["云A5K8L2".into(), "云ADL1026".into()],
            host: "gongan".into(),
        };
        for (password, error) in [
            ("13700000009", "phone"),
            ("my-1370-0000-009", "phone"),
            ("19880412-blue-kite", "id-number"),
            ("blue-kite-412901x", "id-number"),
            ("A5K8L2 drives far", "plate"),
            ("adl1026 drives far", "plate"),
            ("LuTong-demo-2026", "site"),
            ("路通就是好用又方便", "site"),
            ("gongan.kite.blue", "site"),
        ] {
            assert_eq!(refused(password, &personal), Some(format!("error.password.{error}")), "{password}");
        }
        assert_eq!(refused("blue kite, 1988, A5K8", &personal), None);
    }

    #[tokio::test]
    async fn no_more_work_runs_at_once_than_there_are_permits() {
        use std::sync::atomic::{AtomicUsize, Ordering::SeqCst};
        let (cores, running) = (Arc::new(Semaphore::new(2)), Arc::new(AtomicUsize::new(0)));
        let works = (0..8).map(|_| {
            let running = Arc::clone(&running);
            in_turn(&cores, move || {
                let at_once = running.fetch_add(1, SeqCst) + 1;
                std::thread::sleep(std::time::Duration::from_millis(10));
                running.fetch_sub(1, SeqCst);
                at_once
            })
        });
        let at_once = futures::future::join_all(works).await;
        assert_eq!(at_once.into_iter().map(|at_once| at_once.unwrap()).max(), Some(2));
    }

    #[tokio::test]
    async fn hashing_and_verifying_wait_for_a_core() {
        let all = CORES.acquire_many(u32::try_from(cores()).unwrap()).await.unwrap();
        let waiting = std::time::Duration::from_millis(300);
        assert!(tokio::time::timeout(waiting, verify(None, "nobody")).await.is_err());
        let hashing = hash(&crate::clock::SystemClock, "lutong-demo");
        assert!(tokio::time::timeout(waiting, hashing).await.is_err());
        drop(all);
        assert!(!verify(None, "nobody").await.unwrap());
    }

    #[tokio::test]
    async fn a_password_verifies_against_its_own_hash_alone() {
        let stored = hash(&crate::clock::SystemClock, "lutong-demo").await.unwrap();
        assert!(stored.starts_with("$argon2id$"));
        assert!(verify(Some(&stored), "lutong-demo").await.unwrap());
        assert!(!verify(Some(&stored), "lutong-Demo").await.unwrap());
        assert!(!verify(None, "nobody").await.unwrap());
    }
}
