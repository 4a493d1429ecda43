//! The sandbox keeps what it took over restarts; keys are made once and are secret.

use std::io::Write;
use std::os::unix::fs::PermissionsExt;

use server::clock::FixedClock;
use server::gateways::payment::{PaymentProvider, ProviderPaymentState};
use server::gateways::wechat::Client;
use server::gateways::wechat::keys::{PLATFORM, PRIVATE_KEY, SECRET, VerifyingKeys};
use server::sandbox::Sandbox;
use server::sandbox::keys::{FIRST, PUBLIC_KEY, SECOND, make_missing};

use super::support::{Counter, Platform, keys_folder, merchant, merchant_key, merchant_secret, now};

fn reopened(counter: &Counter) -> serde_json::Value {
    let clock = FixedClock::at(now(), 9);
    let sandbox = Sandbox::open(counter.folder.path(), clock, counter.origins.clone()).unwrap();
    let till = sandbox.till.lock().unwrap();
    serde_json::to_value(&*till).unwrap()
}

#[tokio::test]
async fn a_restart_forgets_nothing() {
    let counter = Counter::open().await;
    counter.opened_and("trade-1", 100, "pay").await;
    counter.opened_and("trade-2", 200, "pay").await;
    counter.opened_and("trade-3", 300, "decline").await;
    counter.give_back("trade-2", "refund-1", 200, 200).await.unwrap();
    assert_eq!(reopened(&counter), counter.state().await);
}

#[tokio::test]
async fn what_is_kept_after_a_torn_line_is_not_lost_with_it() {
    let counter = Counter::open().await;
    counter.opened_and("trade-1", 100, "pay").await;
    let path = server::sandbox::keys::journal(counter.folder.path());
    let mut journal = std::fs::OpenOptions::new().append(true).open(&path).unwrap();
    journal.write_all(br#"{"Payment":{"out_tr"#).unwrap();
    let restarted = reopened(&counter);
    assert_eq!(restarted["payments"].as_object().unwrap().len(), 1);
    counter.opened_and("trade-2", 200, "pay").await;
    assert_eq!(reopened(&counter), counter.state().await);
    assert_eq!(counter.client.query("trade-2").await.unwrap().state, ProviderPaymentState::Paid);
}

#[test]
fn both_sides_find_the_same_keys_made_once_and_nobody_else_reads_them() {
    let parent = tempfile::tempdir().unwrap();
    let folder = parent.path().join("wechat");
    let clock = FixedClock::at(now(), 3);
    std::thread::scope(|scope| {
        for making in [(); 2].map(|()| scope.spawn(|| make_missing(&folder, &*clock))) {
            making.join().unwrap().unwrap();
        }
    });
    let entries = std::fs::read_dir(parent.path()).unwrap().count();
    assert_eq!(entries, 1, "nothing is left over");
    let (ours, theirs) = (merchant_key(&folder), Platform::of(&folder));
    let platform = VerifyingKeys::from_folder(&folder.join(PLATFORM)).unwrap();
    for serial in [FIRST, SECOND, PUBLIC_KEY] {
        let key = theirs.named(serial);
        assert!(platform.verify(serial, b"m", &key.sign(b"m")), "{serial}");
        assert!(!platform.verify(serial, b"n", &key.sign(b"m")), "{serial}");
        assert!(!platform.verify("00", b"m", &key.sign(b"m")), "{serial} under another number");
    }
    assert!(!platform.verify(FIRST, b"m", &ours.sign(b"m")), "our own key is not the platform's");
    let sealed = theirs.secret().encrypt("abcdefghijkl", "a", "文");
    let secret = merchant_secret(&folder);
    assert_eq!(secret.decrypt("abcdefghijkl", "a", &sealed).as_deref(), Some("文"));
    assert_eq!(secret.decrypt("abcdefghijkl", "b", &sealed), None);
    for file in [PRIVATE_KEY.to_owned(), SECRET.to_owned(), format!("sandbox/{FIRST}.key.pem")] {
        let mode = std::fs::metadata(folder.join(&file)).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600, "{file}");
    }
}

#[test]
fn keys_that_are_missing_or_no_keys_are_named() {
    let folder = keys_folder();
    let client = || {
        let merchant = merchant(folder.path(), "http://127.0.0.1:9", "http://127.0.0.1:9", "");
        Client::new(merchant, FixedClock::at(now(), 1)).map(drop).map_err(|error| error.to_string())
    };
    assert_eq!(client(), Ok(()));
    std::fs::write(folder.path().join(SECRET), "5a".repeat(32)).unwrap();
    assert!(client().unwrap_err().contains("32 characters"));
    std::fs::write(folder.path().join(SECRET), "5a".repeat(16)).unwrap();
    std::fs::write(folder.path().join(PLATFORM).join("00.pem"), "-----BEGIN").unwrap();
    assert!(client().unwrap_err().contains("00.pem"));
    std::fs::remove_dir_all(folder.path().join(PLATFORM)).unwrap();
    std::fs::create_dir(folder.path().join(PLATFORM)).unwrap();
    assert!(client().unwrap_err().contains("holds no SERIAL.pem"));
}
