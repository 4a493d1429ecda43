//! Payments, what the provider told us, and the double-entry ledger. Each write is guarded by what it saw.

use rules::Moment;
use rules::money::Fen;
use rules::set::coded;
use sqlx::AnyConnection;
use sqlx::FromRow;

use super::cases::CaseKey;
use super::column::Timestamp;
use super::queries;

coded! {
    /// Where a payment stands.
    PaymentState {
        /// Stored, and the provider may not know of it yet.
        Opening = "opening",
        /// The provider takes the money.
        Open = "open",
        /// No money can come any more.
        Closed = "closed",
        Captured = "captured",
        /// The provider has an amount that was not asked for: it goes back.
        OtherAmount = "other-amount",
    }
}

#[derive(Clone, Debug, FromRow)]
pub struct PaymentRow {
    pub person_id: String,
    pub case_id: String,
    pub provider: String,
    pub out_trade_no: String,
    pub transaction_id: Option<String>,
    #[sqlx(try_from = "i64")]
    pub amount: Fen,
    #[sqlx(try_from = "String")]
    pub state: PaymentState,
    pub url: String,
    pub opened_at: Timestamp,
    pub captured_at: Option<Timestamp>,
    /// When the provider was asked about it last; 1970 before that.
    pub asked_at: Timestamp,
    pub asks: i64,
    /// Until when the provider takes the money.
    pub expires_at: Timestamp,
}

impl PaymentRow {
    /// Whether it has no outcome yet.
    pub fn is_open(&self) -> bool {
        matches!(self.state, PaymentState::Opening | PaymentState::Open)
    }

    pub fn case(&self) -> CaseKey {
        CaseKey { person_id: self.person_id.clone(), id: self.case_id.clone() }
    }
}

#[derive(Clone, Debug, FromRow)]
pub struct ReceiptRow {
    pub person_id: String,
    pub number: String,
    pub case_id: String,
    pub issued_at: Timestamp,
    pub canonical: String,
    pub signature: String,
}

/// A payment before the provider knows of it.
pub struct NewPayment<'a> {
    pub case: &'a CaseKey,
    pub provider: &'a str,
    pub out_trade_no: &'a str,
    pub amount: Fen,
    pub opened_at: Moment,
    pub next_ask_at: Moment,
    pub expires_at: Moment,
}

/// Money that the provider has.
pub struct Capture<'a> {
    /// Captured, or of another amount than the payment's.
    pub state: PaymentState,
    pub transaction_id: &'a str,
    pub at: Moment,
    pub amount: Fen,
}

/// The columns of [`PaymentRow`].
macro_rules! payment_columns {
    () => {
        "person_id, case_id, provider, out_trade_no, transaction_id, amount, state, url, opened_at, \
         captured_at, asked_at, asks, expires_at"
    };
}

queries! {
    /// One side of a movement of the case's money.
    pub fn insert_entry(case: &CaseKey, movement: &str, account: &str, amount: Fen, now: Moment) -> run =
        "insert into ledger (person_id, case_id, movement, account, amount, at) values ($1, $2, $3, $4, $5, $6)";

    pub fn insert_payment(payment: &NewPayment<'_>) [
        payment.case, payment.provider, payment.out_trade_no, payment.amount,
        payment.opened_at, payment.next_ask_at, payment.expires_at
    ] -> run =
        "insert into payments (person_id, case_id, provider, out_trade_no, amount, state, url, opened_at, \
        next_ask_at, expires_at) values ($1, $2, $3, $4, $5, 'opening', '', $6, $7, $8)";

    pub fn payment_opened(out_trade_no: &str, url: &str) -> changed =
        "update payments set state = 'open', url = $2 where out_trade_no = $1 and state = 'opening'";

    pub fn payment_closed(out_trade_no: &str) -> changed =
        "update payments set state = 'closed' where out_trade_no = $1 and state in ('opening', 'open')";

    /// Notes the capture; false when it was noted before.
    pub fn payment_captured(out_trade_no: &str, capture: &Capture<'_>) [
        out_trade_no, capture.state, capture.transaction_id, capture.at, capture.amount
    ] -> changed =
        "update payments set state = $2, transaction_id = $3, captured_at = $4, captured_amount = $5 \
        where out_trade_no = $1 and state not in ('captured', 'other-amount')";

    pub fn find_payment(out_trade_no: &str) -> first PaymentRow =
        concat!("select ", payment_columns!(), " from payments where out_trade_no = $1");

    pub fn payments_of_case(case: &CaseKey) -> all PaymentRow =
        concat!("select ", payment_columns!(), " from payments where person_id = $1 and case_id = $2 order by opened_at, out_trade_no");

    /// The payment that stays, of all that were captured for the case.
    pub fn settled_payment(case: &CaseKey) -> first PaymentRow =
        concat!("select ", payment_columns!(), " from payments where person_id = $1 and case_id = $2 and state = 'captured' and not exists (select 1 \
            from refunds r where r.out_trade_no = payments.out_trade_no)");

    /// Payments without an outcome that the provider is to be asked about by now, the longest due first; 100 at most.
    pub fn payments_to_ask(now: Moment) -> all PaymentRow =
        concat!("select ", payment_columns!(), " from payments where state in ('opening', 'open') and next_ask_at <= $1 order by next_ask_at limit \
            100");

    /// Asking about the payment is ours alone; false where somebody asked after that moment, or nothing is open any more.
    pub fn claim_asking(out_trade_no: &str, now: Moment, next_ask_at: Moment, asked_by: Moment) -> changed =
        "update payments set asked_at = $2, next_ask_at = $3, asks = asks + 1 \
        where out_trade_no = $1 and state in ('opening', 'open') and asked_at <= $4";

    /// Something happened to the case: its open payments are asked about at once.
    pub fn ask_soon(case: &CaseKey, now: Moment) -> run =
        "update payments set next_ask_at = $3, asks = 0 \
        where person_id = $1 and case_id = $2 and state in ('opening', 'open')";

    /// Remembers the notification by the provider's own number; false when it came before.
    pub fn remember_notification(provider: &str, id: &str, out_trade_no: &str, kind: &str, now: Moment)
        -> changed =
        "insert into notifications (provider, id, out_trade_no, kind, received_at) \
        values ($1, $2, $3, $4, $5) on conflict (provider, id) do nothing";

    /// Remembers the nonce of a notification; false when it came before.
    pub fn remember_nonce(provider: &str, nonce: &str, now: Moment) -> changed =
        "insert into notification_nonces (provider, nonce, received_at) values ($1, $2, $3) \
        on conflict (provider, nonce) do nothing";

    /// The notification could not be noted: the same delivery may come again.
    pub fn forget_nonce(provider: &str, nonce: &str) -> run =
        "delete from notification_nonces where provider = $1 and nonce = $2";

    /// Forgets nonces from before that moment.
    pub fn purge_nonces(before: Moment) -> run =
        "delete from notification_nonces where received_at < $1";

    pub fn insert_receipt(receipt: &ReceiptRow) [
        &receipt.person_id, &receipt.number, &receipt.case_id, receipt.issued_at, &receipt.canonical,
        &receipt.signature
    ] -> run =
        "insert into receipts (person_id, number, case_id, issued_at, canonical, signature) \
        values ($1, $2, $3, $4, $5, $6)";

    pub fn find_receipt(person: &str, number: &str) -> first ReceiptRow =
        "select person_id, number, case_id, issued_at, canonical, signature from receipts \
        where person_id = $1 and number = $2";

    pub fn receipt_of_case(case: &CaseKey) -> first ReceiptRow =
        "select person_id, number, case_id, issued_at, canonical, signature from receipts \
        where person_id = $1 and case_id = $2";

    pub fn receipts_of(person: &str) -> all ReceiptRow =
        "select person_id, number, case_id, issued_at, canonical, signature from receipts \
        where person_id = $1 order by issued_at desc, number desc limit 200";

    /// The payments that settled the person's cases.
    pub fn settled_payments_of(person: &str) -> all PaymentRow =
        concat!("select ", payment_columns!(), " from payments where person_id = $1 and state = 'captured' and not exists (select 1 from refunds r \
            where r.out_trade_no = payments.out_trade_no)");
}

/// Books one movement of the case's money from one account to another.
pub async fn book(
    connection: &mut AnyConnection,
    case: &CaseKey,
    movement: &str,
    (from, to): (&str, &str),
    amount: Fen,
    now: Moment,
) -> sqlx::Result<()> {
    for (account, amount) in [(from, Fen::new(-amount.fen())), (to, amount)] {
        insert_entry(connection, case, movement, account, amount, now).await?;
    }
    Ok(())
}
