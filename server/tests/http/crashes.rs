//! The program is killed as `kill -9` does at each point of an order, a payment, a cancellation and a refund. The person
//! presses again what did not answer, and everything ends as if nothing had happened.

use rstest::rstest;
use std::os::unix::process::ExitStatusExt;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use http::Method;
use server::db::Engine::{self, Postgres, Sqlite};

use crate::form::{Form, forms};
use crate::support::{Answer, Browser, PASSWORD, Site, own_address, populated};
use crate::world::{NOTIFICATIONS, NOW, PHONE, SEAL_KEYS};

/// The program as a process of its own, on the world's store, where the sandbox expects it.
struct Program {
    child: Child,
    site: Site,
    /// The time by its clock when it starts.
    now: &'static str,
    /// How often it was killed.
    deaths: usize,
}

fn spawn(site: &Site, now: &str, crash_at: Option<&str>) -> Child {
    let mut command = Command::new(env!("CARGO_BIN_EXE_server"));
    command
        .arg("serve")
        .env("DATABASE_URL", &site.world.url)
        .env("LUTONG_DATA", site.world.folder.path())
        .env("LUTONG_SEAL_KEYS", SEAL_KEYS)
        .env("LUTONG_ORIGIN", "http://127.0.0.1:3000")
        .env("LUTONG_NOW", now)
        .env("LUTONG_LIMITS", "generous")
        .env("LUTONG_DEVELOPMENT", "true")
        .env("LUTONG_WECHAT_URL", &site.world.sandbox.origins.api)
        .env("LUTONG_WECHAT_PAGES", &site.world.sandbox.origins.pages)
        .env("LUTONG_WECHAT_NOTIFY_URL", format!("http://{}{NOTIFICATIONS}", site.address))
        .env("LEPTOS_OUTPUT_NAME", "lutong")
        .env("LEPTOS_SITE_ADDR", site.address.to_string())
        .env("RUST_LOG", "off")
        .stderr(Stdio::null());
    if let Some(point) = crash_at {
        command.env("LUTONG_CRASH_AT", point);
    }
    command.spawn().expect("the program starts")
}

impl Program {
    async fn start(site: Site) -> Self {
        let child = spawn(&site, NOW, None);
        let mut program = Self { child, site, now: NOW, deaths: 0 };
        program.answers().await;
        program
    }

    async fn answers(&mut self) {
        for _ in 0..400 {
            if tokio::net::TcpStream::connect(self.site.address).await.is_ok() {
                return;
            }
            assert!(self.child.try_wait().expect("the child").is_none(), "the program stays up");
            tokio::time::sleep(Duration::from_millis(25)).await;
        }
        panic!("the program does not answer");
    }

    fn stop(&mut self) {
        self.child.kill().expect("it is stopped");
        self.child.wait().expect("it has ended");
    }

    /// Starts again, to die at the point.
    async fn arm(&mut self, point: &str) {
        self.stop();
        self.child = spawn(&self.site, self.now, Some(point));
        // What the program does by itself may reach the point before anybody is answered.
        while self.child.try_wait().expect("the child").is_none() {
            if tokio::net::TcpStream::connect(self.site.address).await.is_ok() {
                return;
            }
            tokio::time::sleep(Duration::from_millis(25)).await;
        }
    }

    /// Starts again after a death, a minute later; a program that lives is left alone.
    async fn revive(&mut self) -> bool {
        let Some(status) = self.child.try_wait().expect("the child") else { return false };
        assert_eq!(status.signal(), Some(9), "killed and not failed: {status}");
        self.deaths += 1;
        let later = if self.now == NOW { "2026-11-18T02:01:00Z" } else { "2026-11-18T05:01:00Z" };
        self.child = spawn(&self.site, later, None);
        self.answers().await;
        true
    }

    /// Does it again, as a person would, until there is an answer.
    async fn insist(&mut self, mut act: impl AsyncFnMut() -> Option<Answer>) -> Answer {
        for _ in 0..3 {
            if let Some(answer) = act().await {
                return answer;
            }
            // The socket is gone a moment before the process is.
            for _ in 0..100 {
                if self.revive().await {
                    break;
                }
                tokio::time::sleep(Duration::from_millis(10)).await;
            }
        }
        panic!("no answer");
    }

    async fn until(&mut self, state: &str) {
        for _ in 0..800 {
            self.revive().await;
            if self.site.world.text("select state from cases").await.as_deref() == Some(state) {
                return;
            }
            tokio::time::sleep(Duration::from_millis(25)).await;
        }
        panic!("not {state} but {:?}", self.site.world.text("select state from cases").await);
    }
}

impl Program {
    /// Waits for the death that is due: what it did last may be seen in the store a moment before.
    async fn dies(&mut self) {
        for _ in 0..800 {
            if self.deaths > 0 || self.revive().await {
                return;
            }
            tokio::time::sleep(Duration::from_millis(25)).await;
        }
    }

    async fn until_closed(&mut self) {
        for _ in 0..800 {
            if self.site.world.text("select state from payments").await.as_deref() == Some("closed") {
                return;
            }
            tokio::time::sleep(Duration::from_millis(25)).await;
        }
        panic!("the payment stays open");
    }

    /// Starts again where the time to pay is over, to die at the point: the job may reach it before anybody is answered.
    async fn arm_too_late(&mut self, point: &str) {
        self.stop();
        self.now = "2026-11-18T05:00:00Z";
        self.child = spawn(&self.site, self.now, Some(point));
        self.dies().await;
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        drop(self.child.kill());
        drop(self.child.wait());
    }
}

async fn try_post(browser: &Browser, form: &Form) -> Option<Answer> {
    browser.try_send(browser.request(Method::POST, &form.action).form(&form.pairs())).await
}

async fn try_submit(browser: &Browser, page: &str, action: &str, fields: &[(&str, &str)]) -> Option<Answer> {
    let shown = browser.try_send(browser.request(Method::GET, page)).await?;
    let form = forms(&shown.body).into_iter().find(|form| form.action == action);
    let form = form.unwrap_or_else(|| panic!("{page} has no form {action}: {}", shown.body));
    try_post(browser, &form.with(fields)).await
}

/// Cancels as the form on the page of the question does, which is not shown while the provider's answer may come.
async fn try_cancel(browser: &Browser, page: &str, order: &str) -> Option<Answer> {
    let shown = browser.try_send(browser.request(Method::GET, page)).await?;
    let any = forms(&shown.body).into_iter().find_map(|form| form.value("csrf").map(str::to_owned));
    let csrf = any.unwrap_or_else(|| panic!("{page} has no form: {}", shown.body));
    let fields = vec![("csrf".to_owned(), csrf), ("order".to_owned(), order.to_owned())];
    try_post(browser, &Form { action: "/api/orders/cancel".into(), fields }).await
}

/// What the person does after the order.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Then {
    Pays,
    Cancels,
    /// Pays for a record that was disputed in the meantime.
    PaysInVain,
    /// Cancels with the provider's page open.
    LeavesAndCancels,
    /// Does nothing until the window is over.
    Forgets,
}

async fn site_on(engine: Engine) -> Option<Site> {
    let (world, listener) = populated(engine).await?;
    let port = listener.local_addr().expect("an address").port();
    Some(Site { address: own_address(port), world })
}

/// Whether the point was reached; whether or not, everything ended as it should.
async fn killed_at(site: Site, point: &str, then: Then) -> bool {
    let mut program = Program::start(site).await;
    let browser = program.site.browser();
    let signed_in = browser.sign_in(PHONE, PASSWORD).await;
    assert_eq!(signed_in.location(), "/", "{}", signed_in.body);
    let form = browser.order_form_now(&program.site, "v1", "r1").await;
    if then != Then::Forgets {
        program.arm(point).await;
    }
    let placed = program.insist(async || try_post(&browser, &form).await).await;
    let order = placed.location().to_owned();
    let id =
        order.strip_prefix("/orders/").unwrap_or_else(|| panic!("{point}: no order but {order}")).to_owned();
    let fields = [("order", id.as_str())];
    if then == Then::Forgets {
        program.arm_too_late(point).await;
        program.until("lapsed").await;
    } else if matches!(then, Then::Cancels | Then::LeavesAndCancels) {
        if then == Then::LeavesAndCancels {
            let sent = try_submit(&browser, &order, "/api/orders/pay", &fields).await.expect("a page");
            assert!(sent.location().contains("prepay_id="), "{}", sent.location());
        }
        let cancelled = async || try_cancel(&browser, &order, &id).await;
        let first = cancelled().await;
        if first.is_none() {
            program.insist(async || browser.try_send(browser.request(Method::GET, &order)).await).await;
            if program.site.world.text("select state from cases").await.as_deref() == Some("placed") {
                program.insist(cancelled).await;
            }
        }
        program.until("cancelled").await;
    } else {
        let pay = async || try_submit(&browser, &order, "/api/orders/pay", &fields).await;
        let sent = program.insist(pay).await;
        if then == Then::PaysInVain {
            program.site.world.run("update camera_records set disputed = 1 where id = 'r1'".into()).await;
        }
        program.site.world.press(sent.location(), "pay").await;
        program.until(if then == Then::Pays { "settled" } else { "refunded" }).await;
    }
    program.dies().await;
    if then == Then::LeavesAndCancels {
        program.until_closed().await;
    }
    ended_once(&program.site, point, then).await;
    program.deaths == 1
}

async fn ended_once(site: &Site, point: &str, then: Then) {
    let world = &site.world;
    let engine = world.engine();
    let (captured, receipts, processed) = match then {
        Then::Pays => (1, 1, 1),
        Then::Cancels | Then::LeavesAndCancels | Then::Forgets => (0, 0, 0),
        Then::PaysInVain => (1, 0, 0),
    };
    for (query, count) in [
        ("select count(*) from cases", 1),
        ("select count(*) from payments where state = 'captured'", captured),
        ("select count(*) from receipts", receipts),
        ("select count(*) from camera_records where state = 'processed'", processed),
        ("select count(*) from camera_records where state = 'held'", 0),
    ] {
        assert_eq!(world.number(query).await, count, "{engine:?} {point}: {query}");
    }
    let refunds = world.sandbox.till.lock().expect("the till").refunds.len();
    assert_eq!(refunds, usize::from(then == Then::PaysInVain), "{engine:?} {point}");
    world.every_promise_holds().await;
}

async fn killed_at_each(engine: Engine, points: &[&str], then: Then) {
    for point in points {
        if let Some(site) = site_on(engine).await {
            assert!(killed_at(site, point, then).await, "{point} was reached");
        }
    }
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn killed_while_placing_there_is_one_order(#[values(Sqlite, Postgres)] engine: Engine) {
    killed_at_each(engine, &["case.place.inserted", "case.place.held", "case.placed"], Then::Pays).await;
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn killed_while_opening_the_payment_there_is_one_capture(#[values(Sqlite, Postgres)] engine: Engine) {
    killed_at_each(engine, &["payment.started", "payment.opened-outside"], Then::Pays).await;
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn killed_while_the_payment_is_noted_it_settles_once(#[values(Sqlite, Postgres)] engine: Engine) {
    let points = [
        "notification.read",
        "payment.capture.noted",
        "order.settle.records",
        "case.settle.carried-out",
        "payment.noted",
    ];
    killed_at_each(engine, &points, Then::Pays).await;
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn killed_while_cancelling_everything_is_given_back(#[values(Sqlite, Postgres)] engine: Engine) {
    killed_at_each(engine, &["case.end.given-back", "case.ended"], Then::Cancels).await;
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn killed_while_closing_the_payment_no_money_can_come(#[values(Sqlite, Postgres)] engine: Engine) {
    killed_at_each(engine, &["payment.closed-outside"], Then::LeavesAndCancels).await;
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn killed_while_the_order_lapses_everything_is_given_back(#[values(Sqlite, Postgres)] engine: Engine) {
    killed_at_each(engine, &["case.end.given-back", "case.ended"], Then::Forgets).await;
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn killed_while_refunding_the_money_comes_back_once(#[values(Sqlite, Postgres)] engine: Engine) {
    killed_at_each(engine, &["refund.sent", "refund.noted", "refund.note.done"], Then::PaysInVain).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn killed_before_each_commit_of_the_writer_the_order_settles_once() {
    // Commands that come together share a commit, so that how many there are differs from run to run.
    for commit in 1.. {
        let site = site_on(Sqlite).await.expect("a site on SQLite");
        if !killed_at(site, &format!("writer.before-commit:{commit}"), Then::Pays).await {
            assert!(commit > 4, "only {commit} commits from placing to the receipt");
            return;
        }
    }
}
