//! SMS codes: six digits for one purpose, one phone and one thing to confirm, for ten minutes, once, five tries.

use app::api::ServiceError;
use app::api::account::{CodePurpose, CodeSent};
use app::visit::FieldError;
use chrono::TimeDelta;
use rules::Moment;
use rules::person::Phone;
use sqlx::AnyConnection;
use subtle::ConstantTimeEq;

use crate::db::{Fault, accounts, outbox, sms_codes};
use crate::http::current::Person;
use crate::services::violations::facts::moment;
use crate::state::State;

/// A code is void after this, and its text of no use.
pub const VALID: TimeDelta = TimeDelta::minutes(10);
const GAP: TimeDelta = TimeDelta::seconds(60);
/// To one number, for whatever purposes.
const A_DAY: i64 = 10;

/// What came of a code that a person typed. A wrong try is an outcome that is stored, not a fault that is taken back.
pub enum Confirmation {
    Confirmed,
    Refused(ServiceError),
}

pub fn phone_hash(state: &State, phone: &Phone) -> String {
    state.sealer.look_up("phone", phone.as_str())
}

/// Sends a code that confirms exactly `bound_to`.
pub async fn send(
    state: &State,
    purpose: CodePurpose,
    phone: &Phone,
    bound_to: &str,
    address: &str,
) -> Result<(), ServiceError> {
    let (work_state, phone, bound_to) = (state.clone(), phone.clone(), bound_to.to_owned());
    let address = address.to_owned();
    let sent = state.store.write(move |connection| {
        let (state, phone, bound_to, address) =
            (work_state.clone(), phone.clone(), bound_to.clone(), address.clone());
        Box::pin(async move { send_once(connection, &state, purpose, &phone, &bound_to, &address).await })
    });
    Ok(sent.await?)
}

async fn send_once(
    connection: &mut AnyConnection,
    state: &State,
    purpose: CodePurpose,
    phone: &Phone,
    bound_to: &str,
    address: &str,
) -> Result<(), Fault> {
    let now = state.clock.now();
    let (millis, hash) = (now.timestamp_millis(), phone_hash(state, phone));
    allow(connection, state, purpose, &hash, address).await?;
    let code = format!("{:06}", u64::from_be_bytes(state.clock.random()) % 1_000_000);
    let id = state.clock.id().to_string();
    let row = sms_codes::NewCode {
        id: &id,
        purpose: purpose.code(),
        phone_hash: &hash,
        bound_to,
        code_hash: &code_hash(state, &id, &code),
        sent_at: millis,
        valid_until: (now + VALID).timestamp_millis(),
    };
    sms_codes::insert_code(connection, &row).await?;
    let host = state.origin.split("://").nth(1).unwrap_or(&state.origin);
    let text = format!(
        "【路通】验证码 {code},10分钟内有效。不是您本人操作?不要告诉任何人。\nYour Lutong code is {code}. Tell nobody.\n@{host} #{code}"
    );
    let outbox_id = state.clock.id().to_string();
    let recipient =
        state.sealer.seal(&*state.clock, &format!("outbox:{outbox_id}:recipient"), phone.as_str());
    let body = state.sealer.seal(&*state.clock, &format!("outbox:{outbox_id}:body"), &text);
    Ok(outbox::insert(connection, &outbox_id, "sms", &recipient, &body, millis).await?)
}

/// One code a minute for each purpose: whoever signed in by SMS goes on to confirm an order within the minute, and whoever
/// learns that the phone has no account goes on to register. Ten a day for one number, whatever they are for.
async fn allow(
    connection: &mut AnyConnection,
    state: &State,
    purpose: CodePurpose,
    phone_hash: &str,
    address: &str,
) -> Result<(), Fault> {
    let now = state.clock.now();
    let (millis, gap) = (now.timestamp_millis(), (now - GAP).timestamp_millis());
    let day = rules::calendar::local(now).date().to_string();
    let for_purpose = format!("{phone_hash}:{}", purpose.code());
    if !sms_codes::allow(connection, &for_purpose, &day, millis, gap, i64::MAX).await? {
        let last = sms_codes::last_sent(connection, &for_purpose).await?.unwrap_or(millis);
        let wait = (last + GAP.num_milliseconds() - millis).max(1_000) / 1_000;
        return Err(ServiceError::TooMany { retry_after_seconds: u32::try_from(wait).unwrap_or(60) }.into());
    }
    let address = state.sealer.look_up("address", address);
    for (subject, a_day) in [(phone_hash, A_DAY), (&address, state.limits.codes_a_day)] {
        if !sms_codes::allow(connection, subject, &day, millis, i64::MAX, a_day).await? {
            return Err(ServiceError::Invalid(vec![FieldError::new("", "error.code.day")]).into());
        }
    }
    Ok(())
}

fn code_hash(state: &State, id: &str, code: &str) -> String {
    state.sealer.look_up("sms-code", &format!("{id}:{code}"))
}

/// Full-width digits and spaces are what people type too.
fn digits(typed: &str) -> String {
    typed
        .chars()
        .filter(|character| !character.is_whitespace())
        .map(|character| match character {
            '０'..='９' => char::from_u32(u32::from(character) - 0xFEE0).unwrap_or(character),
            other => other,
        })
        .collect()
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
    let now = state.clock.now().timestamp_millis();
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

async fn own_phone(connection: &mut AnyConnection, state: &State, account: &str) -> Result<Phone, Fault> {
    let row = accounts::find_account(connection, account).await?.ok_or(ServiceError::SignedOut)?;
    let text = state.sealer.open(&format!("accounts:{}:phone", row.id), &row.phone);
    let text = text.map_err(|error| Fault::stored("phone", error))?;
    Phone::parse(&text).map_err(|error| Fault::stored("phone", error))
}

/// A code to the person's own phone, for placing the order of this selection.
pub async fn send_to_person(
    state: &State,
    person: &Person,
    bound_to: &str,
    address: &str,
) -> Result<(), ServiceError> {
    let phone = {
        let mut connection = state.store.read().await.map_err(ServiceError::from)?;
        own_phone(&mut connection, state, &person.account_id).await?
    };
    send(state, CodePurpose::PlaceOrder, &phone, bound_to, address).await
}

/// When that code was sent and how long it is good.
pub async fn sent_to_person(
    state: &State,
    person: &Person,
    bound_to: &str,
) -> Result<CodeSent, ServiceError> {
    Ok(find_sent(state, person, bound_to).await?)
}

async fn find_sent(state: &State, person: &Person, bound_to: &str) -> Result<CodeSent, Fault> {
    let mut connection = state.store.read().await?;
    let phone = own_phone(&mut connection, state, &person.account_id).await?;
    sent(&mut connection, state, CodePurpose::PlaceOrder, &phone, bound_to).await
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
    let codes =
        sms_codes::live_codes(connection, &hash, purpose.code(), bound_to, now.timestamp_millis()).await?;
    let times: Option<(Moment, Moment)> = match codes.first() {
        Some(code) => Some((moment(code.sent_at)?, moment(code.valid_until)?)),
        None => None,
    };
    let (sent_at, valid_until) = times.unwrap_or((now - GAP, now));
    Ok(CodeSent { phone: phone.masked(), valid_until, again_at: sent_at + GAP })
}

/// Checks the code of the person's order, within the order's own transaction.
pub async fn confirm(
    connection: &mut AnyConnection,
    state: &State,
    person: &Person,
    bound_to: &str,
    typed: &str,
) -> Result<Confirmation, Fault> {
    let phone = own_phone(connection, state, &person.account_id).await?;
    check(connection, state, CodePurpose::PlaceOrder, &phone_hash(state, &phone), bound_to, typed).await
}
