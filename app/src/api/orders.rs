//! Orders, from the chosen records to the receipt: service trait and data.

use async_trait::async_trait;
use leptos::server;
use rules::Moment;
use rules::families::camera::Selection;
use rules::hours::ClosedHours;
use rules::kernel::{CaseEvent, CaseState};
use rules::licence::Points;
use rules::money::Fen;
use rules::payment::PaymentChannel;
use rules::place::PlaceId;
use rules::plate::PlateNumber;

use super::account::CodeSent;
use super::violations::{Laws, PaperOffice, RecordCard, VehicleCard};
use super::{Sent, ServiceError, finish, services};

/// A selection as it would be decided now, for the notice and the check page.
#[derive(Clone, Debug, PartialEq)]
pub struct Proposal {
    pub vehicle: VehicleCard,
    /// The chosen records in the order of their verdicts in `selection`.
    pub records: Vec<RecordCard>,
    pub selection: Selection,
    pub place_zh: String,
    pub place_en: String,
    /// The channel that the place is paid through; none where nothing is to be paid or no channel serves the place.
    pub channel: Option<PaymentChannel>,
    /// How long the payment may take, and what stops that clock.
    pub window_minutes: i64,
    pub closed_hours: Option<ClosedHours>,
    /// When the order would lapse if it were placed now.
    pub pays_until: Moment,
    pub rulebook: rules::kernel::Version,
    /// The version of the notice that the person is asked to agree to.
    pub notice: String,
}

/// The sentences of the notice; its version follows from them.
pub const NOTICE_TEXTS: [&str; 8] = [
    "page.notice.place",
    "page.notice.window",
    "page.notice.pay-by",
    "page.notice.hours",
    "page.notice.delay",
    "page.notice.dispute",
    "page.notice.free",
    "page.notice.agree",
];

/// The person's agreement to the notice, as the forms carry it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Agreement {
    /// `yes`, or nothing where the box was not ticked.
    pub agreed: String,
    /// The version of the notice that was shown.
    pub notice: String,
}

impl Agreement {
    /// As the addresses of the steps after the notice carry it.
    pub fn query(&self) -> String {
        format!("agreed={}&notice={}", super::url_encode(&self.agreed), super::url_encode(&self.notice))
    }
}

/// What a selection comes to before an order.
#[derive(Clone, Debug, PartialEq)]
pub enum Proposed {
    /// One order takes it; it is judged as a whole.
    Whole(Box<Proposal>),
    Divided(Divided),
}

/// A selection that takes several orders: an order is of one place, and of so many records at most.
#[derive(Clone, Debug, PartialEq)]
pub struct Divided {
    pub vehicle: VehicleCard,
    pub parts: Vec<Part>,
}

/// The records of one such order.
#[derive(Clone, Debug, PartialEq)]
pub struct Part {
    pub place_zh: String,
    pub place_en: String,
    pub records: Vec<String>,
    /// The most of them that pass together.
    pub passing: Vec<String>,
    /// Fine and points of the passing records.
    pub fine: Fen,
    pub points: Points,
}

/// One record as the order took it: amounts stand as decided.
#[derive(Clone, Debug, PartialEq)]
pub struct OrderRecord {
    pub id: String,
    pub act_zh: String,
    pub act_en: String,
    pub location: String,
    pub violated_at: Moment,
    pub fine: Fen,
    pub points: Points,
    pub laws: Laws,
    /// The number of the penalty decision, once settled.
    pub decision: Option<String>,
}

/// A step of the order's life for its time line.
#[derive(Clone, Debug, PartialEq)]
pub struct OrderStep {
    pub at: Moment,
    pub event: Option<CaseEvent>,
    pub state: CaseState,
}

/// A payment, whole, on its way back.
#[derive(Clone, Debug, PartialEq)]
pub struct OrderRefund {
    pub amount: Fen,
    /// A text key.
    pub reason: String,
    pub asked_at: Moment,
    pub done_at: Option<Moment>,
}

#[derive(Clone, Debug, PartialEq)]
pub struct OrderView {
    pub id: String,
    /// What people read out on the phone.
    pub number: String,
    pub state: CaseState,
    pub place: PlaceId,
    pub place_zh: String,
    pub place_en: String,
    /// The channel that the place is paid through; none where nothing is to be paid.
    pub channel: Option<PaymentChannel>,
    /// Where the stamped receipt is given.
    pub receipt_offices: Vec<PaperOffice>,
    /// Where the stamped penalty decision is printed.
    pub decision_offices: Vec<PaperOffice>,
    pub vehicle_id: String,
    pub plate: PlateNumber,
    pub records: Vec<OrderRecord>,
    pub fine: Fen,
    pub points: Points,
    pub placed_at: Moment,
    pub pays_until: Moment,
    pub closed_hours: Option<ClosedHours>,
    pub steps: Vec<OrderStep>,
    /// The receipt's number, once there is one.
    pub receipt: Option<String>,
    /// Why the order ended though nobody cancelled it and its time was not over: a text key.
    pub refund_reason: Option<String>,
    /// Money that goes back or is back; a list of orders leaves them out.
    pub refunds: Vec<OrderRefund>,
    pub rulebook: String,
    /// Why this browser can't open the provider's page: a text key.
    pub not_payable_here: Option<String>,
}

/// Proof of payment, signed; its page shows the signature and how to verify it.
#[derive(Clone, Debug, PartialEq)]
pub struct Receipt {
    pub number: String,
    pub order: OrderView,
    pub paid_at: Moment,
    pub amount: Fen,
    pub payer: String,
    /// None where the fine is nothing.
    pub payment: Option<PaidThrough>,
    /// Ed25519 over the canonical text, base64.
    pub signature: String,
    pub canonical: String,
    /// The address of the page that verifies it, for a code that another device reads.
    pub verify_at: String,
}

/// Through whom the money came, and their number of it.
#[derive(Clone, Debug, PartialEq)]
pub struct PaidThrough {
    pub channel: String,
    pub transaction: String,
}

#[async_trait]
pub trait Orders: Send + Sync {
    /// Judges the chosen records as a whole, or divides them among orders, without holding anything.
    async fn propose(&self, vehicle: &str, records: &[String]) -> Result<Proposed, ServiceError>;
    /// Sends the code that confirms exactly this selection, to a person who has agreed to the notice.
    async fn send_code(
        &self,
        vehicle: &str,
        records: &[String],
        agreement: &Agreement,
    ) -> Result<(), ServiceError>;
    async fn code_sent(&self, vehicle: &str, records: &[String]) -> Result<CodeSent, ServiceError>;
    /// Places the order: decides again, holds records, fine and points at once. The same `key` gives the same order.
    /// A selection that is refused by now is not an error of the form: the order page is not reached and the check
    /// page shows the verdicts.
    async fn place(
        &self,
        key: &str,
        vehicle: &str,
        records: &[String],
        code: &str,
        agreement: &Agreement,
    ) -> Result<Placed, ServiceError>;
    /// Opens the payment and gives the provider's page. An order already paid gives its own page.
    async fn pay(&self, order: &str) -> Result<String, ServiceError>;
    async fn cancel(&self, order: &str) -> Result<(), ServiceError>;
    /// The order as it stands; an open payment is asked for at the provider first.
    async fn order(&self, order: &str) -> Result<OrderView, ServiceError>;
    /// Newest first.
    async fn orders(&self) -> Result<Vec<OrderView>, ServiceError>;
    async fn receipt(&self, number: &str) -> Result<Receipt, ServiceError>;
    async fn receipts(&self) -> Result<Vec<Receipt>, ServiceError>;
}

/// What placing came to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Placed {
    Order(String),
    /// By now the selection is refused; the check page shows why.
    Refused,
}

#[server(prefix = "/api", endpoint = "orders/code/send")]
pub async fn send_order_code(
    #[server(default)] vehicle: String,
    #[server(default)] records: Vec<String>,
    #[server(default)] agreed: String,
    #[server(default)] notice: String,
) -> Sent {
    let agreement = Agreement { agreed, notice };
    let sent = services().orders.send_code(&vehicle, &records, &agreement).await;
    let query = step_query(&records, &agreement);
    let confirm = format!("/vehicles/{vehicle}/confirm?{query}");
    let page = format!("/vehicles/{vehicle}/decision?{query}");
    finish_step(sent.map(|()| confirm), ("decision", page), &vehicle, &records)
}

fn step_query(records: &[String], agreement: &Agreement) -> String {
    format!("{}&{}", records_query(records), agreement.query())
}

/// Ends a step of placing: whoever has not agreed goes back to the notice.
fn finish_step(
    done: Result<String, ServiceError>,
    (form, page): (&str, String),
    vehicle: &str,
    records: &[String],
) -> Sent {
    match &done {
        Err(ServiceError::Invalid(errors)) if errors.iter().any(|error| error.field == "agreed") => {
            let notice = format!("/vehicles/{vehicle}/notice?{}", records_query(records));
            finish(done, "notice", &notice, &[])
        }
        _ => finish(done, form, &page, &[]),
    }
}

#[server(prefix = "/api", endpoint = "orders/place")]
pub async fn place(
    #[server(default)] key: String,
    #[server(default)] vehicle: String,
    #[server(default)] records: Vec<String>,
    #[server(default)] code: String,
    #[server(default)] agreed: String,
    #[server(default)] notice: String,
) -> Sent {
    let agreement = Agreement { agreed, notice };
    let query = step_query(&records, &agreement);
    let placed = services().orders.place(&key, &vehicle, &records, &code, &agreement).await;
    let done = placed.map(|placed| match placed {
        Placed::Order(order) => format!("/orders/{order}"),
        Placed::Refused => format!("/vehicles/{vehicle}/decision?{query}"),
    });
    let page = format!("/vehicles/{vehicle}/confirm?{query}");
    finish_step(done, ("confirm", page), &vehicle, &records)
}

#[server(prefix = "/api", endpoint = "orders/pay")]
pub async fn pay(#[server(default)] order: String) -> Sent {
    finish(services().orders.pay(&order).await, "pay", &format!("/orders/{order}"), &[])
}

#[server(prefix = "/api", endpoint = "orders/cancel")]
pub async fn cancel(#[server(default)] order: String) -> Sent {
    let page = format!("/orders/{order}");
    finish(services().orders.cancel(&order).await.map(|()| page.clone()), "cancel", &page, &[])
}

/// The chosen records as a query, in the form that the pages read.
pub fn records_query(records: &[String]) -> String {
    records
        .iter()
        .map(|record| format!("records={}", super::url_encode(record)))
        .collect::<Vec<_>>()
        .join("&")
}
