//! The program as a process of its own: what it refuses to start with, and how it ends.

use std::net::TcpListener;
use std::path::Path;
use std::process::{Child, Command, Output, Stdio};
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, kill_process};
use tempfile::TempDir;
use tokio::io::AsyncWriteExt;
use tokio::net::TcpStream;

use crate::support::own_address;

const SITE: &str = "LEPTOS_SITE_ADDR";

/// The program with the settings alone that the test gives it.
fn program(folder: &Path, command: &str, settings: &[(&str, &str)]) -> Command {
    let mut program = Command::new(env!("CARGO_BIN_EXE_server"));
    program
        .arg(command)
        .env_clear()
        .env("DATABASE_URL", format!("sqlite://{}/test.db", folder.display()))
        .env("LUTONG_DATA", folder)
        .env("LEPTOS_OUTPUT_NAME", "lutong")
        .env(SITE, "127.0.0.1:0")
        .envs(settings.iter().copied())
        .current_dir(folder)
        .stdout(Stdio::null())
        .stderr(Stdio::piped());
    program
}

/// The end of a program that refuses to start.
fn refusal(folder: &Path, command: &str, settings: &[(&str, &str)]) -> String {
    let Output { status, stderr, .. } = program(folder, command, settings).output().expect("it runs");
    let told = String::from_utf8_lossy(&stderr).into_owned();
    assert_eq!(status.code(), Some(1), "{command} {settings:?}: {told}");
    told
}

fn is_empty(folder: &TempDir) -> bool {
    std::fs::read_dir(folder.path()).expect("the folder").next().is_none()
}

#[test]
fn production_refuses_to_start_and_names_everything_that_it_lacks() {
    let folder = tempfile::tempdir().expect("a folder");
    let told = refusal(folder.path(), "serve", &[]);
    for setting in [
        "LUTONG_ORIGIN",
        "LUTONG_SMS_URL",
        "LUTONG_SMS_TOKEN",
        "LUTONG_WECHAT_URL",
        "LUTONG_WECHAT_KEYS",
        "LUTONG_SEAL_KEYS",
        "receipts",
    ] {
        assert!(told.contains(setting), "{setting} is not in {told}");
    }
    assert!(!told.contains("LUTONG_NOW") && !told.contains("LUTONG_LIMITS"), "{told}");
    assert!(is_empty(&folder), "nothing was made");
    let unsafe_ones = [
        ("LUTONG_ORIGIN", "https://lutong.example"),
        ("LUTONG_SMS_URL", "http://sms.example"),
        ("LUTONG_WECHAT_URL", "https://api.mch.example"),
        ("LUTONG_NOW", "2026-11-18T02:00:00Z"),
        ("LUTONG_LIMITS", "generous"),
    ];
    let told = refusal(folder.path(), "serve", &unsafe_ones);
    for setting in ["LUTONG_SMS_URL", "LUTONG_NOW", "LUTONG_LIMITS"] {
        assert!(told.contains(setting), "{setting} is not in {told}");
    }
    assert!(!told.contains("LUTONG_ORIGIN") && !told.contains("LUTONG_WECHAT_URL"), "{told}");
    assert!(is_empty(&folder), "nothing was made");
}

#[test]
fn development_refuses_to_start_where_others_could_reach_it() {
    let folder = tempfile::tempdir().expect("a folder");
    let development = ("LUTONG_DEVELOPMENT", "true");
    for (setting, value) in
        [("LUTONG_ORIGIN", "https://lutong.example"), (SITE, "0.0.0.0:0"), (SITE, "[::]:0")]
    {
        let told = refusal(folder.path(), "serve", &[development, (setting, value)]);
        assert!(told.contains(setting), "{setting} is not in {told}");
    }
    assert!(is_empty(&folder), "nothing was made");
}

#[test]
fn what_is_for_development_does_not_run_outside_of_it() {
    let folder = tempfile::tempdir().expect("a folder");
    for command in ["demo", "sandbox"] {
        let told = refusal(folder.path(), command, &[]);
        assert!(told.contains("LUTONG_DEVELOPMENT"), "{command}: {told}");
    }
    let feed = folder.path().join("feed");
    std::fs::create_dir(&feed).expect("a folder");
    let mut import = program(folder.path(), "import", &[("LUTONG_NOW", "2026-11-18T02:00:00Z")]);
    let Output { status, stderr, .. } = import.arg(&feed).output().expect("it runs");
    assert_eq!(status.code(), Some(1));
    assert!(String::from_utf8_lossy(&stderr).contains("LUTONG_NOW"));
    assert!(!folder.path().join("test.db").exists(), "nothing was made");
}

#[test]
fn a_build_without_its_hash_file_refuses_to_start() {
    let folder = tempfile::tempdir().expect("a folder");
    let settings = [
        ("LUTONG_DEVELOPMENT", "true"),
        ("LEPTOS_HASH_FILES", "true"),
        ("LEPTOS_HASH_FILE_NAME", "hash-of-no-build.txt"),
    ];
    let told = refusal(folder.path(), "serve", &settings);
    assert!(told.contains("hash-of-no-build.txt"), "{told}");
    assert!(is_empty(&folder), "nothing was made");
}

/// An address on which nobody listens.
fn free_address() -> String {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    own_address(listener.local_addr().expect("an address").port()).to_string()
}

/// A running server, killed with the test.
struct Running {
    child: Child,
    address: String,
}

impl Running {
    async fn start(folder: &Path, settings: &[(&str, &str)]) -> Self {
        let address = free_address();
        let mut command = program(folder, "serve", settings);
        command.env("LUTONG_DEVELOPMENT", "true").env(SITE, &address).stderr(Stdio::null());
        let mut running = Self { child: command.spawn().expect("it starts"), address };
        for _ in 0..1_200 {
            if TcpStream::connect(&running.address).await.is_ok() {
                return running;
            }
            assert!(running.child.try_wait().expect("the child").is_none(), "it stays up");
            tokio::time::sleep(Duration::from_millis(25)).await;
        }
        panic!("it does not answer");
    }

    fn terminate(&self) {
        let id = i32::try_from(self.child.id()).ok().and_then(Pid::from_raw).expect("an id");
        kill_process(id, Signal::TERM).expect("it is told");
    }

    async fn ends_within(&mut self, limit: Duration) -> bool {
        let began = Instant::now();
        while began.elapsed() < limit {
            if let Some(status) = self.child.try_wait().expect("the child") {
                assert!(status.success(), "{status}");
                return true;
            }
            tokio::time::sleep(Duration::from_millis(25)).await;
        }
        false
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        drop(self.child.kill());
        drop(self.child.wait());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn half_a_header_does_not_keep_a_stopped_server_alive() {
    let folder = tempfile::tempdir().expect("a folder");
    let mut running = Running::start(folder.path(), &[("LUTONG_STOP_SECONDS", "2")]).await;
    let mut half = TcpStream::connect(&running.address).await.expect("a connection");
    half.write_all(b"GET / HTTP/1.1\r\nhost: a\r\nx-half: ").await.expect("it is open");
    tokio::time::sleep(Duration::from_millis(200)).await;
    running.terminate();
    assert!(running.ends_within(Duration::from_secs(15)).await, "it ends while the header is held");
    half.write_all(b"b").await.ok();
}
