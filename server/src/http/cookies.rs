//! The cookies: session, visit, draft, flash, known phones and preferences. What people must not read or change is sealed.

use app::api::FlashKeeper;
use app::texts::Language;
use app::visit::{Flash, Preferences, Theme};
use cookie::{Cookie, SameSite};
use http::HeaderMap;
use http::header::{COOKIE, HeaderValue, SET_COOKIE};
use leptos::prelude::expect_context;
use leptos_axum::ResponseOptions;

use super::current::current;
use crate::services::accounts::Draft;
use crate::state::State;

pub const SESSION: &str = "__Host-session";
pub const VISIT: &str = "__Host-visit";
pub const DRAFT: &str = "__Host-draft";
pub const FLASH: &str = "__Host-flash";
pub const KNOWN: &str = "__Host-known";
pub const PREFERENCES: &str = "__Host-preferences";

/// The value of the request's cookie.
pub fn read(headers: &HeaderMap, name: &str) -> Option<String> {
    headers
        .get_all(COOKIE)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|line| Cookie::split_parse_encoded(line.to_owned()))
        .filter_map(Result::ok)
        .find(|cookie| cookie.name() == name)
        .map(|cookie| cookie.value().to_owned())
}

fn build(name: &'static str, value: String, seconds: Option<i64>) -> HeaderValue {
    let mut cookie = Cookie::new(name, value);
    cookie.set_path("/");
    cookie.set_secure(true);
    cookie.set_http_only(true);
    cookie.set_same_site(SameSite::Lax);
    if let Some(seconds) = seconds {
        cookie.set_max_age(cookie::time::Duration::seconds(seconds));
    }
    HeaderValue::from_str(&cookie.encoded().to_string()).expect("an encoded cookie is plain text")
}

/// A header that sets the cookie for the browser's session.
pub fn set(name: &'static str, value: String) -> HeaderValue {
    build(name, value, None)
}

/// A header that removes the cookie.
pub fn remove(name: &'static str) -> HeaderValue {
    build(name, String::new(), Some(0))
}

fn answer_with(header: HeaderValue) {
    expect_context::<ResponseOptions>().append_header(SET_COOKIE, header);
}

/// The session ends with the browser's own: who closes the browser of a shared machine is signed out.
pub fn keep_session(token: &str) {
    answer_with(set(SESSION, token.to_owned()));
}

pub fn forget_session() {
    answer_with(remove(SESSION));
}

fn draft_place(visit: &str) -> String {
    format!("draft:{visit}")
}

/// The draft of this browser; none when it is old, missing or another browser's.
pub fn draft(state: &State) -> Option<Draft> {
    let current = current();
    let text = state.sealer.open(&draft_place(&current.visit_id), &current.draft?).ok()?;
    let (until, json) = text.split_once('|')?;
    let fresh = until.parse::<i64>().ok()? > state.clock.now().timestamp();
    if fresh { serde_json::from_str(json).ok() } else { None }
}

pub fn keep_draft(state: &State, draft: &Draft) {
    let until = state.clock.now().timestamp() + 15 * 60;
    let json = serde_json::to_string(draft).expect("a draft is JSON");
    let place = draft_place(&current().visit_id);
    let sealed = state.sealer.seal(&*state.clock, &place, &format!("{until}|{json}"));
    answer_with(build(DRAFT, sealed, Some(15 * 60)));
}

pub fn forget_draft() {
    answer_with(remove(DRAFT));
}

/// Phones whose owners have signed in with a browser, the last one first: so many are remembered, for so long.
const KNOWN_PHONES: usize = 3;
const KNOWN_SECONDS: i64 = 180 * 24 * 3600;
const KNOWN_PLACE: &str = "known-phones";

/// Hashes of the phones whose owners have signed in with this browser.
pub fn known(state: &State) -> Vec<String> {
    let Some(sealed) = current().known else { return Vec::new() };
    let Ok(text) = state.sealer.open(KNOWN_PLACE, &sealed) else { return Vec::new() };
    let (until, phones) = text.split_once('|').unwrap_or_default();
    let fresh = until.parse::<i64>().is_ok_and(|until| until > state.clock.now().timestamp());
    if fresh { phones.split(' ').map(str::to_owned).collect() } else { Vec::new() }
}

/// From now on the browser is known for one of the phone's owner.
pub fn remember(state: &State, phone_hash: &str) {
    let mut phones = known(state);
    phones.retain(|phone| phone != phone_hash);
    phones.insert(0, phone_hash.to_owned());
    phones.truncate(KNOWN_PHONES);
    let until = state.clock.now().timestamp() + KNOWN_SECONDS;
    let sealed = state.sealer.seal(&*state.clock, KNOWN_PLACE, &format!("{until}|{}", phones.join(" ")));
    answer_with(build(KNOWN, sealed, Some(KNOWN_SECONDS)));
}

/// `zh.normal.auto`, as the cookie says it.
fn written(preferences: Preferences) -> String {
    let size = if preferences.large_type { "large" } else { "normal" };
    format!("{}.{size}.{}", preferences.language.code(), preferences.theme.code())
}

pub fn keep_preferences(preferences: Preferences) {
    answer_with(build(PREFERENCES, written(preferences), Some(365 * 24 * 3600)));
}

/// What the cookie says, or the browser's own language.
pub fn preferences(headers: &HeaderMap) -> Preferences {
    let chosen = read(headers, PREFERENCES).unwrap_or_default();
    let mut parts = chosen.split('.');
    let asked = headers.get(http::header::ACCEPT_LANGUAGE).and_then(|value| value.to_str().ok());
    let english = asked.is_some_and(|asked| asked.trim_start().to_ascii_lowercase().starts_with("en"));
    let first = if english { Language::En } else { Language::Zh };
    Preferences {
        language: parts.next().and_then(Language::from_code).unwrap_or(first),
        large_type: parts.next() == Some("large"),
        theme: parts.next().and_then(Theme::from_code).unwrap_or_default(),
    }
}

/// Carries a flash to the next page, sealed.
pub struct SealedFlash(pub State);

impl FlashKeeper for SealedFlash {
    fn keep(&self, flash: &Flash) {
        let json = serde_json::to_string(flash).expect("a flash is JSON");
        let place = format!("flash:{}", current().visit_id);
        answer_with(build(FLASH, self.0.sealer.seal(&*self.0.clock, &place, &json), Some(120)));
    }
}

/// The flash that this browser carries.
pub fn flash(state: &State, visit: &str, headers: &HeaderMap) -> Option<Flash> {
    let sealed = read(headers, FLASH)?;
    serde_json::from_str(&state.sealer.open(&format!("flash:{visit}"), &sealed).ok()?).ok()
}
