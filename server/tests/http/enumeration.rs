//! Whether a phone has an account is told to nobody who does not hold the phone.

use crate::form::forms;
use crate::journal;
use crate::support::{Answer, Browser, DRIVERS_PLATE, NEW_ID_NUMBER, PASSWORD, Site, site_on};
use crate::world::{ID_NUMBER, PHONE};
use rstest::rstest;
use server::db::Engine::{self, Postgres, Sqlite};

/// No account, and the same masked number as the driver's.
const UNKNOWN: &str = "13811110001";

/// The answer and the page that it leads to, without what differs between any two answers.
async fn plain(browser: &Browser, answer: &Answer, phone: &str) -> Vec<String> {
    let mut cookies: Vec<_> = answer.headers.get_all("set-cookie").iter().collect();
    cookies.sort();
    let cookies = cookies.into_iter().map(|line| {
        let (name, rest) = line.to_str().expect("plain").split_once('=').expect("a cookie");
        let (value, attributes) = rest.split_once(';').expect("attributes");
        // Three characters of the line stand for one of the value where it is escaped.
        let length = value.len() - 2 * value.matches('%').count();
        format!("{name} of {length} characters;{attributes}")
    });
    let mut names: Vec<_> = answer.headers.keys().map(ToString::to_string).collect();
    names.sort();
    let page = browser.get(answer.location()).await;
    let policy = page.header("content-security-policy");
    let nonce = policy.split("'nonce-").nth(1).and_then(|rest| rest.split('\'').next()).expect("a nonce");
    let body = without_tokens(&page.body).replace(nonce, "NONCE").replace(phone, "PHONE");
    let mut parts = vec![answer.status.to_string(), answer.location().to_owned(), names.join(" ")];
    parts.extend(cookies);
    parts.extend([answer.body.clone(), page.status.to_string(), body]);
    parts
}

/// The page without the masked tokens of its forms, which differ each time.
fn without_tokens(page: &str) -> String {
    let forms = forms(page);
    let tokens = forms.iter().filter_map(|form| form.value("csrf"));
    tokens.fold(page.to_owned(), |page, token| page.replace(token, "TOKEN"))
}

/// Sends the form for both phones from one browser and compares all that can be seen.
async fn alike(site: &Site, page: &str, action: &str, fields: &[(&str, &str)]) {
    let browser = site.browser();
    let mut seen = Vec::new();
    for phone in [PHONE, UNKNOWN] {
        let mut fields = fields.to_vec();
        fields.push(("phone", phone));
        let answer = browser.submit(page, action, &fields).await;
        seen.push(plain(&browser, &answer, phone).await);
    }
    assert_eq!(seen[0], seen[1], "{action}");
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn a_code_is_sent_alike_to_known_and_unknown_phones(#[values(Sqlite, Postgres)] engine: Engine) {
    if let Some(site) = site_on(engine).await {
        alike(&site, "/sign-in", "/api/sign-in/code/send", &[]).await;
        alike(&site, "/register", "/api/register/code/send", &[]).await;
        // Within the minute both are refused alike too.
        alike(&site, "/sign-in", "/api/sign-in/code/send", &[]).await;
        alike(&site, "/register", "/api/register/code/send", &[]).await;
        assert_eq!(site.world.number("select count(*) from sms_codes").await, 4);
    }
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn a_wrong_password_and_an_unknown_phone_are_answered_alike(
    #[values(Sqlite, Postgres)] engine: Engine,
) {
    if let Some(site) = site_on(engine).await {
        let fields = [("password", "not-the-password")];
        alike(&site, "/sign-in/password", "/api/sign-in/password", &fields).await;
        let answer = site.browser().sign_in(UNKNOWN, PASSWORD).await;
        assert_eq!(answer.location(), "/sign-in/password");
        assert_eq!(answer.set_cookie("__Host-session"), None);
    }
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn a_wrong_code_is_answered_alike_for_known_and_unknown_phones(
    #[values(Sqlite, Postgres)] engine: Engine,
) {
    if let Some(site) = site_on(engine).await {
        for (page, send, code) in [
            ("/sign-in", "/api/sign-in/code/send", "/api/sign-in/code"),
            ("/register", "/api/register/code/send", "/api/register/code"),
        ] {
            let browser = site.browser();
            let mut seen = Vec::new();
            for phone in [PHONE, UNKNOWN] {
                let sent = browser.submit(page, send, &[("phone", phone)]).await;
                let wrong = if site.world.newest_code().await == "000000" { "000001" } else { "000000" };
                let answer = browser.submit(sent.location(), code, &[("code", wrong)]).await;
                seen.push(plain(&browser, &answer, phone).await);
            }
            assert_eq!(seen[0], seen[1], "{code}");
        }
    }
}

/// What answering the form costs: every statement to the store, and passwords hashed. A statement is noted when the
/// connection lets go of it, so two of one request may be noted in either order.
async fn cost(browser: &Browser, page: &str, action: &str, fields: &[(&str, &str)]) -> (Vec<String>, usize) {
    let form = browser.form(page, action).await.with(fields);
    journal::take_statements();
    let hashed = journal::text().matches(HASHED).count();
    browser.post(action, &form.pairs()).await;
    // A new connection of the pool begins with its settings, whoever asks.
    let mut statements = journal::take_statements();
    statements.retain(|statement| !statement.starts_with("set "));
    statements.sort_unstable();
    (statements, journal::text().matches(HASHED).count() - hashed)
}

const HASHED: &str = "a password is compared with a hash";

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn known_and_unknown_phones_take_the_same_work(#[values(Sqlite, Postgres)] engine: Engine) {
    journal::start();
    if let Some(site) = site_on(engine).await {
        let browser = site.browser();
        for (page, action) in
            [("/sign-in", "/api/sign-in/code/send"), ("/register", "/api/register/code/send")]
        {
            let known = cost(&browser, page, action, &[("phone", PHONE)]).await;
            let unknown = cost(&browser, page, action, &[("phone", UNKNOWN)]).await;
            assert!(known.0.iter().any(|statement| statement.contains("insert into outbox")), "{known:?}");
            assert_eq!(known, unknown, "{action}");
        }
        let (page, action) = ("/sign-in/password", "/api/sign-in/password");
        // The tenth of a day is told to the owner of a known phone.
        for number in 1..=11 {
            let wrong = |phone| [("phone", phone), ("password", "not-the-password")];
            let known = cost(&browser, page, action, &wrong(PHONE)).await;
            let unknown = cost(&browser, page, action, &wrong(UNKNOWN)).await;
            assert_eq!(known, unknown, "password {number}");
            assert_eq!(known.1, 1, "password {number}");
            let told = known.0.iter().any(|statement| statement.contains("insert into outbox"));
            assert_eq!(told, number == 10, "password {number}");
        }
    }
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn known_and_unknown_id_numbers_are_answered_alike_with_the_same_work(
    #[values(Sqlite, Postgres)] engine: Engine,
) {
    journal::start();
    let (page, action) = ("/register/identity", "/api/register/identity");
    if let Some(site) = site_on(engine).await {
        let browser = site.browser();
        browser.prove_phone(&site, UNKNOWN).await;
        let (mut seen, mut costs) = (Vec::new(), Vec::new());
        // A person with the right plate, one with another's, and nobody.
        for (id_number, proof) in
            [(ID_NUMBER, DRIVERS_PLATE), (NEW_ID_NUMBER, DRIVERS_PLATE), ("530102197001010002", "云A33333")]
        {
            let fields = [("id_number", id_number), ("proof", proof)];
            costs.push(cost(&browser, page, action, &fields).await);
            let shown = browser.get("/register/identity/code").await;
            let policy = shown.header("content-security-policy").to_owned();
            let nonce = policy.split("'nonce-").nth(1).and_then(|rest| rest.split('\'').next());
            let body = without_tokens(&shown.body).replace(nonce.expect("a nonce"), "NONCE");
            let at = body.find("****").expect("a masked phone");
            seen.push((shown.status, body.replace(&body[at - 3..at + 8], "PHONE")));
        }
        assert!(costs[0].0.iter().any(|statement| statement.contains("insert into outbox")), "{costs:?}");
        assert_eq!((&seen[0], &costs[0]), (&seen[1], &costs[1]), "{:?}", site.world.engine());
        assert_eq!((&seen[0], &costs[0]), (&seen[2], &costs[2]), "{:?}", site.world.engine());
    }
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn a_made_up_phone_stays_the_same_and_differs_with_every_entry(
    #[values(Sqlite, Postgres)] engine: Engine,
) {
    if let Some(site) = site_on(engine).await {
        let browser = site.browser();
        browser.prove_phone(&site, UNKNOWN).await;
        let mut phones = Vec::new();
        for proof in ["云A00001", "云A00002", "云A00001"] {
            assert_eq!(browser.identify("530102197001010002", proof).await, "/register/identity/code");
            let body = browser.get("/register/identity/code").await.body;
            let at = body.find("****").expect("a masked phone");
            phones.push(body[at - 3..at + 8].to_owned());
        }
        assert_eq!(phones[0], phones[2]);
        assert_ne!(phones[0], phones[1]);
    }
}
