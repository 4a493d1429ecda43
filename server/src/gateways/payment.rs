//! What the program asks of a payment provider, whichever it is.

use async_trait::async_trait;
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
    pub amount: Option<Fen>,
    pub transaction_id: Option<String>,
    pub paid_at: Option<Moment>,
}

#[derive(Clone, Debug)]
pub struct RefundRequest {
    pub out_trade_no: String,
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
        paid_at: Moment,
    },
    Refunded {
        out_refund_no: String,
        state: ProviderRefundState,
    },
    /// Something that we do not act on.
    Other,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Notification {
    /// The provider's own number of it.
    pub id: String,
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
}

#[async_trait]
pub trait PaymentProvider: Send + Sync {
    fn name(&self) -> &'static str;
    async fn open(&self, request: PaymentRequest) -> Result<PaymentPage, ProviderError>;
    async fn query(&self, out_trade_no: &str) -> Result<ProviderPayment, ProviderError>;
    /// After this no money can come.
    async fn close(&self, out_trade_no: &str) -> Result<(), ProviderError>;
    async fn refund(&self, request: RefundRequest) -> Result<ProviderRefund, ProviderError>;
    async fn query_refund(&self, out_refund_no: &str) -> Result<ProviderRefund, ProviderError>;
    /// Checks the signature over the raw bytes before anything of them is read.
    fn read_notification(
        &self,
        headers: &http::HeaderMap,
        body: &[u8],
    ) -> Result<Notification, NotificationError>;
}
