//! Refunds, and when the provider is asked about them. Each write is guarded by what it saw.

use rules::Moment;
use rules::money::Fen;
use sqlx::FromRow;

use super::cases::CaseKey;
use super::column::Timestamp;
use super::queries;

#[derive(Clone, Debug, FromRow)]
pub struct RefundRow {
    pub person_id: String,
    pub case_id: String,
    pub out_trade_no: String,
    pub out_refund_no: String,
    #[sqlx(try_from = "i64")]
    pub amount: Fen,
    pub reason: String,
    pub requested_at: Timestamp,
    pub done_at: Option<Timestamp>,
    /// How often the provider was told or asked of it under this number.
    pub asks: i64,
    /// How many numbers it has had.
    pub tries: i64,
    /// The provider's number of the payment.
    pub transaction_id: Option<String>,
}

impl RefundRow {
    pub fn case(&self) -> CaseKey {
        CaseKey { person_id: self.person_id.clone(), id: self.case_id.clone() }
    }
}

/// The columns of [`RefundRow`].
macro_rules! refund_columns {
    () => {
        "person_id, case_id, out_trade_no, out_refund_no, amount, reason, requested_at, done_at, \
         asks, tries, (select p.transaction_id from payments p where p.out_trade_no = \
         refunds.out_trade_no) as transaction_id"
    };
}

queries! {
    pub fn refunds_of_case(case: &CaseKey) -> all RefundRow =
        concat!("select ", refund_columns!(), " from refunds where person_id = $1 and case_id = $2 order by requested_at, out_trade_no");

    /// Asks for the refund of a payment; asking twice is asking once.
    pub fn insert_refund(refund: &RefundRow) [
        &refund.person_id, &refund.case_id, &refund.out_trade_no, &refund.out_refund_no, refund.amount,
        &refund.reason, refund.requested_at
    ] -> run =
        "insert into refunds (person_id, case_id, out_trade_no, out_refund_no, amount, state, reason, \
        requested_at) values ($1, $2, $3, $4, $5, 'requested', $6, $7) on conflict (out_trade_no) do nothing";

    /// Notes that the money is back; false when it was noted before.
    pub fn refund_done(out_refund_no: &str, at: Moment) -> changed =
        "update refunds set state = 'done', done_at = $2 where out_refund_no = $1 and state <> 'done'";

    /// Notes that the provider cannot give it back by itself; false when it was noted before.
    pub fn refund_abnormal(out_refund_no: &str) -> changed =
        "update refunds set state = 'abnormal' where out_refund_no = $1 and state = 'requested'";

    /// The provider closed the refund, and its number is spent: it is asked for under another one. False when it has
    /// moved on since.
    pub fn refund_renumbered(out_refund_no: &str, next: &str, next_ask_at: Moment) -> changed =
        "update refunds set out_refund_no = $2, state = 'requested', asks = 0, tries = tries + 1, \
        next_ask_at = $3 where out_refund_no = $1 and state <> 'done'";

    pub fn find_refund(out_refund_no: &str) -> first RefundRow =
        concat!("select ", refund_columns!(), " from refunds where out_refund_no = $1");

    /// Refunds that are to be asked for or about by now, the longest due first; 100 at most.
    pub fn refunds_to_ask(now: Moment) -> all RefundRow =
        concat!("select ", refund_columns!(), " from refunds where state <> 'done' and next_ask_at <= $1 order by next_ask_at limit 100");

    /// Asking is ours alone; false where somebody asked since.
    pub fn claim_asking(refund: &RefundRow, next_ask_at: Moment) [
        &refund.out_refund_no, refund.asks, next_ask_at
    ] -> changed =
        "update refunds set asks = asks + 1, next_ask_at = $3 \
        where out_refund_no = $1 and asks = $2 and state <> 'done'";

    pub fn undone_refunds_of_case(case: &CaseKey) -> scalar i64 =
        "select count(*) from refunds where person_id = $1 and case_id = $2 and state <> 'done'";
}
