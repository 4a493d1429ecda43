//! The sandbox keeps what it took over restarts; keys are made once and are secret.

use std::io::Write;
use std::os::unix::fs::PermissionsExt;

use server::clock::FixedClock;
use server::gateways::payment::{PaymentProvider, ProviderPaymentState};
use server::gateways::wechat::keys::Keys;
use server::sandbox::Sandbox;

use super::support::{Counter, merchant, now, platform};

fn reopened(counter: &Counter) -> serde_json::Value {
    let clock = FixedClock::at(now(), 9);
    let sandbox = Sandbox::open(counter.folder.path(), clock, String::new(), String::new()).unwrap();
    let till = sandbox.till.lock().unwrap();
    serde_json::to_value(&*till).unwrap()
}

#[tokio::test]
async fn a_restart_forgets_nothing() {
    let counter = Counter::open().await;
    counter.opened_and("p1", 100, "pay").await;
    counter.opened_and("p2", 200, "pay").await;
    counter.opened_and("p3", 300, "decline").await;
    counter.give_back("p2", "r1", 200, 200).await.unwrap();
    assert_eq!(reopened(&counter), counter.state().await);
}

#[tokio::test]
async fn what_is_kept_after_a_torn_line_is_not_lost_with_it() {
    let counter = Counter::open().await;
    counter.opened_and("p1", 100, "pay").await;
    let path = counter.folder.path().join("till.ndjson");
    let mut journal = std::fs::OpenOptions::new().append(true).open(&path).unwrap();
    journal.write_all(br#"{"Payment":{"out_tr"#).unwrap();
    let restarted = reopened(&counter);
    assert_eq!(restarted["payments"].as_object().unwrap().len(), 1);
    counter.opened_and("p2", 200, "pay").await;
    assert_eq!(reopened(&counter), counter.state().await);
    assert_eq!(counter.client.query("p2").await.unwrap().state, ProviderPaymentState::Paid);
}

#[test]
fn both_sides_make_the_same_keys_once_and_nobody_else_reads_them() {
    let folder = tempfile::tempdir().unwrap();
    let clock = FixedClock::at(now(), 3);
    let (ours, theirs) = std::thread::scope(|scope| {
        let ours = scope.spawn(|| Keys::of_merchant(folder.path(), &*clock).unwrap());
        let theirs = scope.spawn(|| Keys::of_platform(folder.path(), &*clock).unwrap());
        (ours.join().unwrap(), theirs.join().unwrap())
    });
    assert!(theirs.verify(b"m", &ours.sign("m")) && ours.verify(b"m", &theirs.sign("m")));
    let signature = ours.sign("m");
    assert_eq!(merchant(folder.path()).sign("m"), signature);
    assert!(platform(folder.path()).verify(b"m", &signature));
    assert_eq!(
        ours.decrypt("abcdefghijkl", "a", &theirs.encrypt("abcdefghijkl", "a", "文")).as_deref(),
        Some("文")
    );
    for secret in ["merchant.key.pem", "platform.key.pem", "apiv3.key"] {
        let mode = std::fs::metadata(folder.path().join(secret)).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600, "{secret}");
    }
}
