//! Passwords: argon2id, 8 to 128 characters, not among the common ones. No other rules of composition.

use std::sync::{Arc, LazyLock};

use app::api::ServiceError;
use app::visit::FieldError;
use argon2::password_hash::{PasswordHash, PasswordHasher, PasswordVerifier, SaltString};
use argon2::{Algorithm, Argon2, Params, Version};
use tokio::sync::Semaphore;

use crate::clock::Clock;
use crate::db::Fault;

fn hasher() -> Argon2<'static> {
    let params = Params::new(19 * 1024, 2, 1, None).expect("these parameters are allowed");
    Argon2::new(Algorithm::Argon2id, Version::V0x13, params)
}

/// A hash that nobody's password has, so that an unknown phone takes as long as a known one.
static NOBODY: LazyLock<String> = LazyLock::new(|| {
    let salt = SaltString::encode_b64(b"nobody's own salt").expect("a salt of this length");
    hasher().hash_password(b"nobody", &salt).expect("argon2id hashes any text").to_string()
});

/// Patterns that most guessed passwords follow; all of one character, runs and keyboard rows among them.
fn is_common(password: &str) -> bool {
    const COMMON: [&str; 24] = [
        "password",
        "passw0rd",
        "password1",
        "12345678",
        "123456789",
        "1234567890",
        "87654321",
        "11223344",
        "qwertyui",
        "qwerty123",
        "1qaz2wsx",
        "asdfghjk",
        "iloveyou",
        "woaini1314",
        "woaini520",
        "5201314520",
        "abc12345",
        "abcd1234",
        "a1234567",
        "a12345678",
        "aa123456",
        "admin123",
        "00000000",
        "letmein1",
    ];
    let lower = password.to_lowercase();
    let bytes = lower.as_bytes();
    let same = bytes.windows(2).all(|pair| pair[0] == pair[1]);
    let run = |step: i16| bytes.windows(2).all(|pair| i16::from(pair[1]) - i16::from(pair[0]) == step);
    let birthday = bytes.len() == 8
        && lower.bytes().all(|byte| byte.is_ascii_digit())
        && chrono::NaiveDate::parse_from_str(&lower, "%Y%m%d").is_ok();
    COMMON.contains(&lower.as_str()) || same || run(1) || run(-1) || birthday
}

pub fn check(password: &str) -> Result<(), ServiceError> {
    let text = match password.chars().count() {
        0..8 => "error.password.short",
        8..=128 if is_common(password) => "error.password.common",
        8..=128 => return Ok(()),
        _ => "error.password.long",
    };
    Err(ServiceError::Invalid(vec![FieldError::new("password", text)]))
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
        PasswordHash::new(&stored)
            .is_ok_and(|hash| hasher().verify_password(password.as_bytes(), &hash).is_ok())
    });
    Ok(verified.await? && known)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn length_and_commonness_are_all_that_is_asked() {
        for (password, fits) in [
            ("1234567", false),
            ("12345678", false),
            ("aaaaaaaa", false),
            ("hgfedcba", false),
            ("19900101", false),
            ("Password1", false),
            ("lutong-demo", true),
            ("八个汉字就是密码", true),
            (&"x1".repeat(64), true),
            (&"x1".repeat(65), false),
        ] {
            assert_eq!(check(password).is_ok(), fits, "{password}");
        }
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
