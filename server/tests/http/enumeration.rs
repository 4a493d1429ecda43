//! Whether a phone has an account is told to nobody who does not hold the phone.

use crate::form::forms;
use crate::support::{
    Answer, Browser, DRIVERS_PLATE, NEW_ID_NUMBER, NEW_PHONE, NEW_PLATE, PASSWORD, Site, sites,
};
use crate::world::{ID_NUMBER, PHONE};

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
    let mut body = page.body.replace(nonce, "NONCE").replace(phone, "PHONE");
    for form in forms(&page.body) {
        body = form.value("csrf").map_or(body.clone(), |token| body.replace(token, "TOKEN"));
    }
    let mut parts = vec![answer.status.to_string(), answer.location().to_owned(), names.join(" ")];
    parts.extend(cookies);
    parts.extend([answer.body.clone(), page.status.to_string(), body]);
    parts
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

#[tokio::test(flavor = "multi_thread")]
async fn a_code_is_sent_alike_to_known_and_unknown_phones() {
    for site in sites().await {
        alike(&site, "/sign-in", "/api/sign-in/code/send", &[]).await;
        alike(&site, "/register", "/api/register/code/send", &[]).await;
        // Within the minute both are refused alike too.
        alike(&site, "/sign-in", "/api/sign-in/code/send", &[]).await;
        alike(&site, "/register", "/api/register/code/send", &[]).await;
        assert_eq!(site.world.number("select count(*) from sms_codes").await, 4);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_wrong_password_and_an_unknown_phone_are_answered_alike() {
    for site in sites().await {
        let fields = [("password", "not-the-password")];
        alike(&site, "/sign-in/password", "/api/sign-in/password", &fields).await;
        let answer = site.browser().sign_in(UNKNOWN, PASSWORD).await;
        assert_eq!(answer.location(), "/sign-in/password");
        assert_eq!(answer.set_cookie("__Host-session"), None);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_wrong_code_is_answered_alike_for_known_and_unknown_phones() {
    for site in sites().await {
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

/// Proves the phone, in a browser of its own.
async fn proven(site: &Site, phone: &str) -> Browser {
    site.seconds_pass(1);
    let browser = site.browser();
    let sent = browser.submit("/register", "/api/register/code/send", &[("phone", phone)]).await;
    let code = site.world.newest_code().await;
    let next = browser.submit(sent.location(), "/api/register/code", &[("code", &code)]).await;
    assert_eq!(next.location(), "/register/identity");
    browser
}

async fn identify(browser: &Browser, id_number: &str, proof: &str) -> String {
    let fields = [("id_number", id_number), ("proof", proof)];
    let sent = browser.submit("/register/identity", "/api/register/identity", &fields).await;
    sent.location().to_owned()
}

#[tokio::test(flavor = "multi_thread")]
async fn five_tries_a_day_to_be_recognised_for_one_phone_and_for_one_id_number() {
    let again = "/register/identity";
    for site in sites().await {
        let phone = proven(&site, "13911110001").await;
        for number in 0..5 {
            let nobody = format!("53010219700101{number:03}");
            let nobody = format!("{nobody}{}", check_digit(&nobody));
            assert_eq!(identify(&phone, &nobody, NEW_PLATE).await, again);
        }
        assert_eq!(identify(&phone, NEW_ID_NUMBER, NEW_PLATE).await, again, "the phone's sixth");
        assert!(phone.get(again).await.body.contains("对不上"), "in the words of a wrong entry");
        for number in 0..5 {
            let guesser = proven(&site, &format!("1391111002{number}")).await;
            let guessed = identify(&guesser, NEW_ID_NUMBER, &format!("云A0000{number}")).await;
            assert_eq!(guessed, again);
        }
        let owner = proven(&site, NEW_PHONE).await;
        assert_eq!(identify(&owner, NEW_ID_NUMBER, NEW_PLATE).await, again, "the number's sixth");
        site.minutes_pass(24 * 60);
        let owner = proven(&site, NEW_PHONE).await;
        assert_eq!(identify(&owner, NEW_ID_NUMBER, NEW_PLATE).await, "/register/password", "the next day");
    }
}

fn check_digit(digits: &str) -> char {
    const WEIGHTS: [u32; 17] = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2];
    let sum: u32 =
        digits.chars().filter_map(|digit| digit.to_digit(10)).zip(WEIGHTS).map(|(d, w)| d * w).sum();
    ['1', '0', 'X', '9', '8', '7', '6', '5', '4', '3', '2'][sum as usize % 11]
}

#[tokio::test(flavor = "multi_thread")]
async fn an_id_number_of_nobody_and_one_that_does_not_fit_the_plate_are_answered_alike() {
    for site in sites().await {
        let browser = site.browser();
        let sent = browser.submit("/register", "/api/register/code/send", &[("phone", NEW_PHONE)]).await;
        let code = site.world.newest_code().await;
        let next = browser.submit(sent.location(), "/api/register/code", &[("code", &code)]).await;
        assert_eq!(next.location(), "/register/identity");
        let mut seen = Vec::new();
        // Nobody, a person whose plate it is not, a person who has an account already.
        for (id_number, proof) in [
            ("530102197001010002", "云A33333"),
            ("530102199505053056", "云A22222"),
            (ID_NUMBER, DRIVERS_PLATE),
        ] {
            let fields = [("id_number", id_number), ("proof", proof)];
            let answer = browser.submit("/register/identity", "/api/register/identity", &fields).await;
            assert_eq!(answer.location(), "/register/identity", "{id_number}");
            let page = browser.get(answer.location()).await;
            let policy = page.header("content-security-policy").to_owned();
            let nonce = policy.split("'nonce-").nth(1).and_then(|rest| rest.split('\'').next());
            let body = page.body.replace(nonce.expect("a nonce"), "NONCE");
            seen.push(body.replace(id_number, "NUMBER").replace(proof, "PROOF"));
        }
        assert_eq!(seen[0], seen[1]);
        assert_eq!(seen[0], seen[2]);
    }
}
