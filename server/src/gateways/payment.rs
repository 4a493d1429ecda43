//! The questions that the program asks a payment provider, whichever it is.

use std::net::IpAddr;

use async_trait::async_trait;
use chrono::NaiveDate;
use rules::Moment;
use rules::money::Fen;

#[derive(Clone, Debug)]
pub struct PaymentRequest {
    /// Our number of the payment; asking again with the same number and amount is asking once.
    pub out_trade_no: String,
    pub description: String,
    pub amount: Fen,
    pub expires_at: Moment,
    /// Where the person comes back to.
    pub return_url: String,
    /// The address of the person's browser; the provider compares it with what it sees.
    pub payer_ip: IpAddr,
}

/// The provider's page that takes the money.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PaymentPage {
    pub url: String,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ProviderPaymentState {
    Unpaid,
    /// The person's bank said no; until it is closed, another try may succeed.
    Failed,
    Paid,
    Closed,
    Refunded,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ProviderPayment {
    pub state: ProviderPaymentState,
    /// The order's total as the provider knows it.
    pub amount: Option<Fen>,
    /// The part of it that the person paid.
    pub payer_amount: Option<Fen>,
    pub transaction_id: Option<String>,
    pub paid_at: Option<Moment>,
}

#[derive(Clone, Debug)]
pub struct RefundRequest {
    pub out_trade_no: String,
    /// The provider's number of the payment.
    pub transaction_id: Option<String>,
    /// Our number of the refund; asking again is asking once.
    pub out_refund_no: String,
    pub amount: Fen,
    /// What was paid.
    pub total: Fen,
    pub reason: String,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ProviderRefundState {
    Processing,
    Succeeded,
    /// It comes to nothing: another number must be used.
    Closed,
    /// The provider cannot give it back by itself.
    Abnormal,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ProviderRefund {
    pub state: ProviderRefundState,
    pub refund_id: String,
}

/// Why the provider gave no answer that counts.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ProviderError {
    /// Nobody knows whether it was done: ask again.
    #[error("no answer: {0}")]
    NoAnswer(String),
    /// The provider says no.
    #[error("refused with {code}: {message}")]
    Refused { code: String, message: String },
    /// Not the provider's own signature: as good as no answer.
    #[error("the answer is not signed by the provider")]
    Forged,
    /// Signed by the provider, but about something else than was asked.
    #[error("the answer does not fit the question: {0}")]
    Mismatch(String),
}

impl ProviderError {
    /// The provider says that it never saw the number.
    pub fn is_unknown_number(&self) -> bool {
        let unknown = ["ORDER_NOT_EXIST", "RESOURCE_NOT_EXISTS"];
        matches!(self, Self::Refused { code, .. } if unknown.contains(&code.as_str()))
    }
}

/// What a notification says, after its signature was found good.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Notice {
    Paid {
        out_trade_no: String,
        transaction_id: String,
        amount: Fen,
        payer_amount: Fen,
        paid_at: Moment,
    },
    Refunded(RefundNotice),
    /// Something that we do not act on.
    Other,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RefundNotice {
    pub out_trade_no: String,
    pub transaction_id: String,
    pub out_refund_no: String,
    pub state: ProviderRefundState,
    pub amount: Fen,
    /// The total of the payment.
    pub total: Fen,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Notification {
    /// The provider's own number of it, the same on every delivery.
    pub id: String,
    /// New on every delivery: a nonce that came before is a replay.
    pub nonce: String,
    pub notice: Notice,
}

#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NotificationError {
    #[error("a header of the signature is missing")]
    Header,
    #[error("signed too long ago or ahead of time")]
    Time,
    #[error("not signed by the provider")]
    Signature,
    #[error("signed, but not readable: {0}")]
    Body(String),
    #[error("signed, but not about us: {0}")]
    Mismatch(String),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum BillKind {
    Payment,
    Refund,
}

/// One payment or refund as the provider's bill lists it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BillLine {
    pub kind: BillKind,
    /// Our number of the payment or refund.
    pub number: String,
    pub amount: Fen,
}

/// The provider's bill of one day. The text fits the hash that the provider signed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Bill {
    pub text: String,
    pub hash: String,
    pub lines: Vec<BillLine>,
}

#[async_trait]
pub trait PaymentProvider: Send + Sync {
    fn name(&self) -> &'static str;
    async fn open(&self, request: PaymentRequest) -> Result<PaymentPage, ProviderError>;
    async fn query(&self, out_trade_no: &str) -> Result<ProviderPayment, ProviderError>;
    /// After this no money can come.
    async fn close(&self, out_trade_no: &str) -> Result<(), ProviderError>;
    async fn refund(&self, request: RefundRequest) -> Result<ProviderRefund, ProviderError>;
    async fn query_refund(&self, request: &RefundRequest) -> Result<ProviderRefund, ProviderError>;
    /// The bill of the day; none while the provider has none.
    async fn bill(&self, day: NaiveDate) -> Result<Option<Bill>, ProviderError>;
    /// Checks the signature over the raw bytes before anything of them is read.
    fn read_notification(
        &self,
        headers: &http::HeaderMap,
        body: &[u8],
    ) -> Result<Notification, NotificationError>;
}
