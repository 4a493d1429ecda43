//! Limits of SMS texts by asker. A stranger never uses up the budget of a session or a known browser.

use app::api::ServiceError;
use app::api::account::CodePurpose;
use app::visit::FieldError;
use chrono::TimeDelta;
use rules::Moment;
use sqlx::AnyConnection;

use crate::address;
use crate::db::{Fault, sms_codes};
use crate::state::State;

/// Between two codes for one thing.
pub const RESEND_INTERVAL: TimeDelta = TimeDelta::seconds(60);
/// To one number, on the word of browsers that nobody signed in with before.
const NUMBER_A_DAY: i64 = 10;
/// Of these, on the word of one browser, or of one address.
const NUMBER_A_DAY_FROM_ONE: i64 = 6;
/// To one number, on the word of browsers in which its owner has signed in.
const KNOWN_A_DAY: i64 = 10;
/// For one account, within its sessions.
const ACCOUNT_A_DAY: i64 = 30;
/// The first digits of a number name the range that a carrier was given.
const RANGE_DIGITS: usize = 7;

/// Who asks for a code.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Asker {
    /// Nobody is signed in.
    Visitor {
        address: String,
        browser: String,
        /// The number's owner has signed in with this browser before.
        known: bool,
    },
    /// A session of the account.
    Account(String),
}

/// What a budget was asked for.
pub struct Ask<'a> {
    pub asker: &'a Asker,
    pub purpose: CodePurpose,
    pub phone: &'a str,
    pub phone_hash: &'a str,
    pub bound_to: &'a str,
}

/// What became of it.
pub enum Taken {
    Yes,
    /// The last code went out too recently.
    Early {
        seconds: u32,
    },
    /// The day's are used up.
    Spent(ServiceError),
}

impl Ask<'_> {
    fn gap_subject(&self) -> String {
        let Self { purpose, phone_hash, bound_to, .. } = self;
        let purpose = purpose.code();
        match self.asker {
            Asker::Account(account) => format!("account:{account}:{purpose}:{bound_to}"),
            Asker::Visitor { known: true, .. } => format!("{phone_hash}:{purpose}:known"),
            // Who asks does not own the number, and learns nothing from what others ask of it.
            Asker::Visitor { .. } if self.purpose == CodePurpose::ProvePerson => {
                format!("{phone_hash}:{purpose}:{bound_to}")
            }
            Asker::Visitor { .. } => format!("{phone_hash}:{purpose}"),
        }
    }

    /// Subjects with what each has a day, in one order for everybody.
    fn day_subjects(&self, state: &State) -> Vec<(String, i64, &'static str)> {
        let number = self.phone_hash;
        let (own, all) = ("error.code.day", "error.code.busy");
        match self.asker {
            Asker::Account(account) => vec![(format!("account:{account}"), ACCOUNT_A_DAY, own)],
            Asker::Visitor { known: true, .. } => vec![(format!("{number}:known"), KNOWN_A_DAY, own)],
            Asker::Visitor { address, browser, .. } => {
                let hashed = state.sealer.look_up("address", address);
                let range = &self.phone[..RANGE_DIGITS.min(self.phone.len())];
                let limits = &state.limits;
                vec![
                    (number.to_owned(), NUMBER_A_DAY, own),
                    (format!("{number}:{hashed}"), NUMBER_A_DAY_FROM_ONE, own),
                    (format!("{number}:{browser}"), NUMBER_A_DAY_FROM_ONE, own),
                    (hashed, limits.codes_a_day(address), own),
                    (format!("range:{range}"), limits.texts_of_range_a_day, all),
                    ("all".to_owned(), limits.texts_a_day, all),
                ]
            }
        }
    }
}

/// Takes one text from every budget that the asker spends. The rows themselves guard: of ten at once, one gets it.
pub async fn take(connection: &mut AnyConnection, state: &State, ask: &Ask<'_>) -> Result<Taken, Fault> {
    let now = state.clock.now();
    let gap = now - RESEND_INTERVAL;
    let day = rules::calendar::local(now).date().to_string();
    let subject = ask.gap_subject();
    if !sms_codes::allow(connection, &subject, &day, now, gap, i64::MAX).await? {
        let last = sms_codes::last_sent(connection, &subject).await?.map_or(now, |last| *last);
        let wait = (last + RESEND_INTERVAL - now).clamp(TimeDelta::seconds(1), RESEND_INTERVAL).num_seconds();
        return Ok(Taken::Early { seconds: u32::try_from(wait).unwrap_or(60) });
    }
    if let Asker::Visitor { address, .. } = ask.asker {
        warn_of_one_address(state, address, ask.phone_hash);
    }
    for (subject, a_day, error) in ask.day_subjects(state) {
        if !sms_codes::allow(connection, &subject, &day, now, Moment::MAX_UTC, a_day).await? {
            if error == "error.code.busy" {
                tracing::error!(subject, a_day, "the day's budget of SMS to numbers of strangers is used up");
            }
            return Ok(Taken::Spent(ServiceError::Invalid(vec![FieldError::new("", error)])));
        }
    }
    Ok(Taken::Yes)
}

/// Many people at one address of a private network are behind a proxy that the settings do not name.
fn warn_of_one_address(state: &State, address: &str, phone_hash: &str) {
    if address::is_private(address) && state.limits.many_phones(address, phone_hash) {
        tracing::warn!(
            address,
            "many phones ask for codes from one private address, so that they share its limits: \
             LUTONG_TRUSTED_PROXIES must name the proxies in front of this program"
        );
    }
}
