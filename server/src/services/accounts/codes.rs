//! SMS codes: six digits for one purpose, one phone and one thing to confirm, for ten minutes, once, five tries.

use app::api::ServiceError;
use app::api::account::{CodePurpose, CodeSent};
use app::texts::Language;
use app::visit::FieldError;
use chrono::TimeDelta;
use rules::person::Phone;
use sqlx::AnyConnection;
use subtle::ConstantTimeEq;

use super::budgets::{self, Ask, Asker, RESEND_INTERVAL, Taken};
use super::texts::{self, Act, Delivery};
use crate::caller::Person;
use crate::db::{Fault, accounts, sms_codes};
use crate::state::State;

/// A code is void after this, and its text of no use.
pub const VALID: TimeDelta = TimeDelta::minutes(10);

/// The result of checking a typed code. A wrong try is stored, so it is no fault.
pub enum Confirmation {
    Confirmed,
    Refused(ServiceError),
}

pub fn phone_hash(state: &State, phone: &Phone) -> String {
    state.sealer.look_up("phone", phone.as_str())
}

/// A code to be sent.
#[derive(Clone, Debug)]
pub struct Request {
    pub act: Act,
    pub phone: Phone,
    /// What exactly the code confirms.
    pub bound_to: String,
    pub asker: Asker,
    pub language: Language,
    /// A code that is not sent fits nothing that anybody types.
    pub delivery: Delivery,
}

/// Sends the code. Where one for the very same thing went out within the last minute, that one stays the code.
pub async fn send(state: &State, request: Request) -> Result<(), ServiceError> {
    let sent = state.store.write((state.clone(), request), move |connection, (state, request)| {
        Box::pin(async move { send_once(connection, &state, &request).await })
    });
    Ok(sent.await?)
}

async fn send_once(connection: &mut AnyConnection, state: &State, request: &Request) -> Result<(), Fault> {
    let (now, hash) = (state.clock.now(), phone_hash(state, &request.phone));
    let (purpose, bound_to) = (request.act.purpose(), &request.bound_to);
    let ask =
        Ask { asker: &request.asker, purpose, phone: request.phone.as_str(), phone_hash: &hash, bound_to };
    let delivery = match budgets::take(connection, state, &ask).await? {
        Taken::Yes => request.delivery,
        Taken::Early { seconds } => {
            let live = sms_codes::live_codes(connection, &hash, purpose.code(), bound_to, now).await?;
            if live.is_empty() {
                return Err(ServiceError::TooMany { retry_after_seconds: seconds }.into());
            }
            return Ok(());
        }
        // Who asks in another person's name does not learn how often others did.
        Taken::Spent(_) if purpose == CodePurpose::ProvePerson => Delivery::Unsent,
        Taken::Spent(error) => return Err(error.into()),
    };
    let code = format!("{:06}", u64::from_be_bytes(state.clock.random()) % 1_000_000);
    let id = state.clock.id().to_string();
    let fits = if delivery == Delivery::Sent { code.as_str() } else { "" };
    let row = sms_codes::NewCode {
        id: &id,
        purpose: purpose.code(),
        phone_hash: &hash,
        bound_to,
        code_hash: &code_hash(state, &id, fits),
        sent_at: now,
        valid_until: now + VALID,
    };
    sms_codes::insert_code(connection, &row).await?;
    let host = state.origin.split("://").nth(1).unwrap_or(&state.origin);
    let text = request.act.text(request.language, &code, host);
    texts::queue(connection, state, delivery, &request.phone, &text, VALID).await
}

fn code_hash(state: &State, id: &str, code: &str) -> String {
    state.sealer.look_up("sms-code", &format!("{id}:{code}"))
}

/// Full-width digits and spaces are what people type too.
fn digits(typed: &str) -> String {
    typed.chars().filter(|character| !character.is_whitespace()).map(rules::text::half_width).collect()
}

/// Uses a live code up, or counts a wrong try against all of them.
pub async fn check(
    connection: &mut AnyConnection,
    state: &State,
    purpose: CodePurpose,
    hash: &str,
    bound_to: &str,
    typed: &str,
) -> Result<Confirmation, Fault> {
    let invalid =
        |text: &str| Confirmation::Refused(ServiceError::Invalid(vec![FieldError::new("code", text)]));
    let typed = digits(typed);
    if typed.len() != 6 || !typed.bytes().all(|byte| byte.is_ascii_digit()) {
        return Ok(invalid("error.code.form"));
    }
    let now = state.clock.now();
    let codes = sms_codes::live_codes(connection, hash, purpose.code(), bound_to, now).await?;
    for code in &codes {
        let given = code_hash(state, &code.id, &typed);
        let right: bool = given.as_bytes().ct_eq(code.code_hash.as_bytes()).into();
        if right && sms_codes::use_code(connection, &code.id, now).await? {
            return Ok(Confirmation::Confirmed);
        }
    }
    for code in &codes {
        sms_codes::wrong_try(connection, &code.id).await?;
    }
    let left = codes.first().map_or(0, |code| code.tries_left - 1);
    if left > 0 {
        let error = FieldError::new("code", "error.code.wrong").with("left", left);
        return Ok(Confirmation::Refused(ServiceError::Invalid(vec![error])));
    }
    Ok(invalid("error.code.void"))
}

/// The phone of the person's account; signed out where the account is frozen by now.
async fn own_phone(connection: &mut AnyConnection, state: &State, person: &Person) -> Result<Phone, Fault> {
    let row = accounts::find_account(connection, &person.account_id).await?;
    let own = row.filter(|row| row.frozen_at.is_none() && row.person_id.as_ref() == Some(&person.id));
    texts::phone_of(state, &own.ok_or(ServiceError::SignedOut)?)
}

/// A code to the person's own phone, for an act within the session.
pub async fn send_to_person(
    state: &State,
    person: &Person,
    act: Act,
    bound_to: &str,
) -> Result<(), ServiceError> {
    let phone = {
        let mut connection = state.store.read().await.map_err(ServiceError::from)?;
        own_phone(&mut connection, state, person).await?
    };
    let request = Request {
        act,
        phone,
        bound_to: bound_to.to_owned(),
        asker: Asker::Account(person.account_id.clone()),
        language: texts::language(),
        delivery: Delivery::Sent,
    };
    send(state, request).await
}

/// When that code was sent and how long it is good.
pub async fn sent_to_person(
    state: &State,
    person: &Person,
    purpose: CodePurpose,
    bound_to: &str,
) -> Result<CodeSent, ServiceError> {
    let found = async {
        let mut connection = state.store.read().await?;
        let phone = own_phone(&mut connection, state, person).await?;
        sent(&mut connection, state, purpose, &phone, bound_to).await
    };
    Ok(found.await?)
}

/// The times of the newest live code; a code never sent or over is told by times in the past.
pub async fn sent(
    connection: &mut AnyConnection,
    state: &State,
    purpose: CodePurpose,
    phone: &Phone,
    bound_to: &str,
) -> Result<CodeSent, Fault> {
    let now = state.clock.now();
    let hash = phone_hash(state, phone);
    let codes = sms_codes::live_codes(connection, &hash, purpose.code(), bound_to, now).await?;
    let times = codes.first().map(|code| (*code.sent_at, *code.valid_until));
    let (sent_at, valid_until) = times.unwrap_or((now - RESEND_INTERVAL, now));
    Ok(CodeSent { phone: phone.masked(), valid_until, again_at: sent_at + RESEND_INTERVAL })
}

/// Checks the code of the person's act, within the act's own transaction.
pub async fn confirm(
    connection: &mut AnyConnection,
    state: &State,
    person: &Person,
    purpose: CodePurpose,
    bound_to: &str,
    typed: &str,
) -> Result<Confirmation, Fault> {
    let phone = own_phone(connection, state, person).await?;
    check(connection, state, purpose, &phone_hash(state, &phone), bound_to, typed).await
}
