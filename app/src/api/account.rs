//! Accounts, sign-in and sessions: service trait and data.

use async_trait::async_trait;
use leptos::server;
use rules::Moment;
use rules::person::IdentityLevel;
use serde::{Deserialize, Serialize};

use super::{Sent, ServiceError, finish, local_path, services};
use crate::visit::{FieldError, Preferences, Theme, visit};

/// A session unused for so many minutes is over.
pub const SESSION_IDLE_MINUTES: u32 = 30;

/// Whom the pages greet. Everything in it is masked already.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct AccountSummary {
    pub id: String,
    /// `*明`; none until the account is linked to a person of the registry.
    pub name: Option<String>,
    /// `138****5678`
    pub phone: String,
    /// `110***********001X`
    pub id_number: Option<String>,
    pub identity: IdentityLevel,
    /// The session ends then unless it is used again.
    pub session_until: Moment,
}

/// What an SMS code is good for. A code asked for one purpose never serves another.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum CodePurpose {
    SignIn,
    Register,
    /// Proves that somebody is the person whose phone the registry holds.
    ProvePerson,
    PlaceOrder,
    Dispute,
}

impl CodePurpose {
    pub fn code(self) -> &'static str {
        match self {
            Self::SignIn => "sign-in",
            Self::Register => "register",
            Self::ProvePerson => "prove-person",
            Self::PlaceOrder => "place-order",
            Self::Dispute => "dispute",
        }
    }
}

/// The number that a code went to, for the page that asks for it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CodeSent {
    pub phone: String,
    pub valid_until: Moment,
    pub again_at: Moment,
}

/// How identifying goes on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Identity {
    /// The phone that registers is the one that the registry holds for the person.
    Proved,
    /// A code to the registry's phone has to be typed.
    Asked,
}

/// One of the person's sessions, to be seen and ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SessionCard {
    pub id: String,
    pub began_at: Moment,
    pub seen_at: Moment,
    pub device: String,
    pub current: bool,
}

/// A text that would have gone out by SMS, in development.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OutboxText {
    pub at: Moment,
    pub phone: String,
    pub text: String,
}

/// The licence as its holder sees it.
#[derive(Clone, Debug, PartialEq)]
pub struct LicenceCard {
    pub file_number: String,
    pub classes: Vec<rules::licence::LicenceClass>,
    pub states: rules::licence::LicenceStates,
    pub first_issued: chrono::NaiveDate,
    pub valid_until: Option<chrono::NaiveDate>,
    pub cycle: rules::licence::ScoringCycle,
    pub cycle_points: rules::licence::Points,
    pub held_points: rules::licence::Points,
    pub entries: Vec<rules::licence::PointsEntry>,
}

/// Registration, sign-in, sessions. Known and unknown phones are answered alike, in words and in time.
#[async_trait]
pub trait Accounts: Send + Sync {
    /// Step 1 of registering and of signing in by code: a code to the phone, and a draft for the next step. Without a
    /// phone it goes to the draft's once more.
    async fn send_code(&self, purpose: CodePurpose, phone: Option<&str>) -> Result<(), ServiceError>;
    /// The draft's phone and times, for the page that asks for the code.
    async fn code_sent(&self, purpose: CodePurpose) -> Result<CodeSent, ServiceError>;
    async fn sign_in_with_code(&self, code: &str) -> Result<(), ServiceError>;
    async fn sign_in_with_password(&self, phone: &str, password: &str) -> Result<(), ServiceError>;
    /// Step 2 of registering: the code proves the phone.
    async fn confirm_phone(&self, code: &str) -> Result<(), ServiceError>;
    /// Step 3: who it is. `proof` is the licence file number or the number of an own plate.
    async fn identify(&self, id_number: &str, proof: &str) -> Result<Identity, ServiceError>;
    /// Step 4: the registry's phone of the person, masked. Nobody's looks alike.
    async fn person_code_sent(&self) -> Result<CodeSent, ServiceError>;
    /// Sends that code once more.
    async fn send_person_code(&self) -> Result<(), ServiceError>;
    async fn confirm_person(&self, code: &str) -> Result<(), ServiceError>;
    /// The phone, masked, of another account in the person's name, once the person is proved.
    async fn other_account(&self) -> Result<Option<String>, ServiceError>;
    /// Step 5: the password; the account exists from here on and is signed in. Another account in the person's name is
    /// frozen.
    async fn choose_password(&self, password: &str) -> Result<(), ServiceError>;
    async fn sign_out(&self) -> Result<(), ServiceError>;
    async fn sessions(&self) -> Result<Vec<SessionCard>, ServiceError>;
    async fn end_session(&self, id: &str) -> Result<(), ServiceError>;
    async fn licence(&self) -> Result<Option<LicenceCard>, ServiceError>;
    /// Keeps the choice in the browser's cookie.
    async fn prefer(&self, preferences: Preferences) -> Result<(), ServiceError>;
    /// The newest texts first; not found outside development.
    async fn outbox(&self) -> Result<Vec<OutboxText>, ServiceError>;
}

/// Ends a step before there is a session: when the earlier steps have lapsed, back to the first of them.
fn finish_step(
    outcome: Result<String, ServiceError>,
    form: &str,
    page: &str,
    values: &[(&str, &str)],
    (first_form, first_page): (&str, String),
) -> Sent {
    match outcome {
        Err(ServiceError::SignedOut) => {
            let lapsed = FieldError::new("", "error.steps-lapsed");
            finish(Err(ServiceError::Invalid(vec![lapsed])), first_form, &first_page, &[])
        }
        outcome => finish(outcome, form, page, values),
    }
}

/// The phone that was typed; none where the code goes once more to the one before.
fn typed(phone: &str, again: bool) -> Option<&str> {
    if again { None } else { Some(phone) }
}

fn register() -> (&'static str, String) {
    ("register", "/register".into())
}

#[server(prefix = "/api", endpoint = "sign-in/code/send")]
pub async fn send_sign_in_code(
    #[server(default)] phone: String,
    #[server(default)] again: bool,
    #[server(default)] next: String,
) -> Sent {
    let sent = services().accounts.send_code(CodePurpose::SignIn, typed(&phone, again)).await;
    let next = local_path(&next);
    let code_page = with_next("/sign-in/code", next);
    let done = sent.map(|()| code_page.clone());
    let first = ("sign-in", with_next("/sign-in", next));
    match again {
        true => finish_step(done, "sign-in-code", &code_page, &[], first),
        false => finish(done, first.0, &first.1, &[("phone", &phone)]),
    }
}

#[server(prefix = "/api", endpoint = "sign-in/code")]
pub async fn sign_in_with_code(#[server(default)] code: String, #[server(default)] next: String) -> Sent {
    let signed_in = services().accounts.sign_in_with_code(&code).await;
    let next = local_path(&next);
    let page = with_next("/sign-in/code", next);
    let begin = ("sign-in", with_next("/sign-in", next));
    finish_step(signed_in.map(|()| next.to_owned()), "sign-in-code", &page, &[], begin)
}

#[server(prefix = "/api", endpoint = "sign-in/password")]
pub async fn sign_in_with_password(
    #[server(default)] phone: String,
    #[server(default)] password: String,
    #[server(default)] next: String,
) -> Sent {
    let signed_in = services().accounts.sign_in_with_password(&phone, &password).await;
    let next = local_path(&next);
    let page = with_next("/sign-in/password", next);
    finish(signed_in.map(|()| next.to_owned()), "sign-in-password", &page, &[("phone", &phone)])
}

#[server(prefix = "/api", endpoint = "register/code/send")]
pub async fn send_register_code(#[server(default)] phone: String, #[server(default)] again: bool) -> Sent {
    let sent = services().accounts.send_code(CodePurpose::Register, typed(&phone, again)).await;
    let done = sent.map(|()| "/register/code".into());
    match again {
        true => finish_step(done, "register-code", "/register/code", &[], register()),
        false => finish(done, "register", "/register", &[("phone", &phone)]),
    }
}

#[server(prefix = "/api", endpoint = "register/code")]
pub async fn confirm_phone(#[server(default)] code: String) -> Sent {
    let confirmed = services().accounts.confirm_phone(&code).await;
    let done = confirmed.map(|()| "/register/identity".into());
    finish_step(done, "register-code", "/register/code", &[], register())
}

#[server(prefix = "/api", endpoint = "register/identity")]
pub async fn identify(#[server(default)] id_number: String, #[server(default)] proof: String) -> Sent {
    let identified = services().accounts.identify(&id_number, &proof).await;
    let done = identified.map(|identity| match identity {
        Identity::Proved => "/register/password".into(),
        Identity::Asked => "/register/identity/code".into(),
    });
    let values = [("id_number", id_number.as_str()), ("proof", &proof)];
    finish_step(done, "register-identity", "/register/identity", &values, register())
}

#[server(prefix = "/api", endpoint = "register/identity/code/send")]
pub async fn send_person_code() -> Sent {
    let page = "/register/identity/code";
    let sent = services().accounts.send_person_code().await;
    finish_step(sent.map(|()| page.into()), "register-person", page, &[], register())
}

#[server(prefix = "/api", endpoint = "register/identity/code")]
pub async fn confirm_person(#[server(default)] code: String) -> Sent {
    let confirmed = services().accounts.confirm_person(&code).await;
    let done = confirmed.map(|()| "/register/password".into());
    finish_step(done, "register-person", "/register/identity/code", &[], register())
}

#[server(prefix = "/api", endpoint = "register/password")]
pub async fn choose_password(#[server(default)] password: String) -> Sent {
    let chosen = services().accounts.choose_password(&password).await;
    let done = chosen.map(|()| "/register/done".into());
    finish_step(done, "register-password", "/register/password", &[], register())
}

#[server(prefix = "/api", endpoint = "sign-out")]
pub async fn sign_out() -> Sent {
    let out = services().accounts.sign_out().await;
    finish(out.map(|()| "/signed-out".into()), "sign-out", "/me", &[])
}

#[server(prefix = "/api", endpoint = "sessions/end")]
pub async fn end_session(#[server(default)] session: String) -> Sent {
    let ended = services().accounts.end_session(&session).await;
    finish(ended.map(|()| "/me/sessions".into()), "sessions", "/me/sessions", &[])
}

/// Language, type size and theme; a field left out stays as it is.
#[server(prefix = "/api", endpoint = "settings")]
pub async fn settings(
    #[server(default)] language: String,
    #[server(default)] size: String,
    #[server(default)] theme: String,
    #[server(default)] next: String,
) -> Sent {
    let mut preferences = visit().preferences;
    if let Some(language) = crate::texts::Language::from_code(&language) {
        preferences.language = language;
    }
    if !size.is_empty() {
        preferences.large_type = size == "large";
    }
    if let Some(theme) = Theme::from_code(&theme) {
        preferences.theme = theme;
    }
    let kept = services().accounts.prefer(preferences).await;
    finish(kept.map(|()| local_path(&next).to_owned()), "settings", "/settings", &[])
}

/// A page that goes on to `next` afterwards; home needs no mention.
pub fn with_next(page: &str, next: &str) -> String {
    if next == "/" { page.to_owned() } else { format!("{page}?next={}", super::url_encode(next)) }
}
