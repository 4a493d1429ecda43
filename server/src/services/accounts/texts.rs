//! SMS texts: each names the act that it is about, in the language of whoever asked for it.

use std::fmt::Display;

use app::api::account::{CodePurpose, OutboxText};
use app::texts::{Language, t, t_with};
use app::visit::Visit;
use chrono::TimeDelta;
use leptos::prelude::use_context;
use rules::licence::Points;
use rules::money::Fen;
use rules::person::Phone;
use sqlx::AnyConnection;

use crate::db::outbox::{self, NewText};
use crate::db::{Fault, accounts::AccountRow};
use crate::state::State;

/// A notice is of use for a day.
const NOTICE_VALID: TimeDelta = TimeDelta::days(1);

/// The act that a code confirms.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Act {
    SignIn,
    Register,
    /// Registering in the name of the person whose phone gets the text; `phone` is that of whoever registers, masked.
    ProvePerson {
        phone: String,
    },
    PlaceOrder {
        plate: String,
        records: usize,
        fine: Fen,
        points: Points,
    },
    Dispute {
        plate: String,
    },
}

impl Act {
    pub fn purpose(&self) -> CodePurpose {
        match self {
            Self::SignIn => CodePurpose::SignIn,
            Self::Register => CodePurpose::Register,
            Self::ProvePerson { .. } => CodePurpose::ProvePerson,
            Self::PlaceOrder { .. } => CodePurpose::PlaceOrder,
            Self::Dispute { .. } => CodePurpose::Dispute,
        }
    }

    /// The text with its code. The last line lets phones fill in the code at this host alone.
    pub(super) fn text(&self, language: Language, code: &str, host: &str) -> String {
        let words = |key: &str, values: &[(&str, &dyn Display)]| {
            let code: [(&str, &dyn Display); 1] = [("code", &code)];
            t_with(language, key, &[values, &code].concat())
        };
        let words = match self {
            Self::SignIn => words("sms.sign-in", &[]),
            Self::Register => words("sms.register", &[]),
            Self::ProvePerson { phone } => words("sms.prove-person", &[("phone", phone)]),
            Self::PlaceOrder { plate, records, fine, points } => {
                let fine = fine.to_string();
                let fine = fine.strip_suffix(".00").unwrap_or(&fine);
                let values: [(&str, &dyn Display); 4] =
                    [("plate", plate), ("records", records), ("fine", &fine), ("points", &points.0)];
                words("sms.place-order", &values)
            }
            Self::Dispute { plate } => words("sms.dispute", &[("plate", plate)]),
        };
        format!("{words}\n@{host} #{code}")
    }
}

/// The language of whoever asks; Chinese where nobody does.
pub fn language() -> Language {
    use_context::<Visit>().map(|visit| visit.language()).unwrap_or_default()
}

/// Whether a text goes out. One that does not is stored all the same, so that an unknown person takes the same work.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Delivery {
    Sent,
    Unsent,
}

/// Puts the text into the outbox.
pub(super) async fn queue(
    connection: &mut AnyConnection,
    state: &State,
    delivery: Delivery,
    phone: &Phone,
    text: &str,
    valid: TimeDelta,
) -> Result<(), Fault> {
    let (id, now) = (state.clock.id().to_string(), state.clock.now());
    let seal =
        |part: &str, plain: &str| state.sealer.seal(&*state.clock, &format!("outbox:{id}:{part}"), plain);
    let (recipient, body) = (seal("recipient", phone.as_str()), seal("body", text));
    let row = NewText {
        id: &id,
        kind: if delivery == Delivery::Sent { "sms" } else { "unsent" },
        recipient: &recipient,
        body: &body,
        created_at: now,
        valid_until: now + valid,
    };
    Ok(outbox::insert_text(connection, &row).await?)
}

/// Tells the account's owner something; the key names a text without values.
pub(super) async fn notify(
    connection: &mut AnyConnection,
    state: &State,
    delivery: Delivery,
    phone: &Phone,
    key: &str,
) -> Result<(), Fault> {
    queue(connection, state, delivery, phone, &t(Language::Zh, key), NOTICE_VALID).await
}

/// The account's own phone.
pub(super) fn phone_of(state: &State, account: &AccountRow) -> Result<Phone, Fault> {
    let place = format!("accounts:{}:phone", account.id);
    let text = state.open_stored(&place, &account.phone)?;
    Phone::parse(&text).map_err(|error| Fault::corrupt(place, error))
}

/// The newest texts, sent or not; for development alone.
pub async fn newest(state: &State) -> Result<Vec<OutboxText>, Fault> {
    let mut connection = state.store.read().await?;
    let rows = outbox::newest_of_kind(&mut connection, "sms", 30).await?;
    rows.iter()
        .map(|row| {
            let open =
                |part: &str, sealed: &str| state.open_stored(&format!("outbox:{}:{part}", row.id), sealed);
            Ok(OutboxText {
                at: *row.created_at,
                phone: open("recipient", &row.recipient)?,
                text: open("body", &row.body)?,
            })
        })
        .collect()
}
