//! What an order for camera records does on the engine.

use app::api::ServiceError;
use app::visit::FieldError;
use async_trait::async_trait;
use rules::Moment;
use rules::calendar;
use rules::families::camera::{MACHINE, Request};
use rules::kernel::{Machine, Verdict};
use rules::payment::PaymentChannels;
use rules::rulebook::Rulebook;
use sqlx::AnyConnection;

use super::order::{KIND, Order, OrderBody};
use super::receipt;
use super::selection::{self, Chosen, Loaded, cases_of, judge};
use crate::caller::Person;
use crate::db::cases::{CaseKey, CaseRow};
use crate::db::orders::{self, OrderRecordRow};
use crate::db::registry::{self, StoredState};
use crate::db::{Fault, accounts};
use crate::engine::{Again, Body, PaymentTerms, Procedure, Resource, Tx};
use crate::services::violations::facts::Asking;
use crate::state::State;

const NO_LONGER_ELIGIBLE: &str = "refund.no-longer-eligible";

/// Orders for camera records.
pub struct CameraOrders;

/// Somebody else was faster.
pub fn taken() -> ServiceError {
    ServiceError::Invalid(vec![FieldError::new("records", "error.records.taken")])
}

#[async_trait]
impl Procedure for CameraOrders {
    fn kind(&self) -> &'static str {
        KIND
    }

    fn machine(&self) -> &'static Machine {
        &MACHINE
    }

    async fn resources(&self, tx: &mut Tx<'_>, case: &CaseRow) -> Result<Vec<Resource>, Fault> {
        let records = orders::records_of_order(tx.connection, &case.case_key()).await?;
        let resource = |record: OrderRecordRow| Resource {
            kind: "camera-record",
            // Numbers of the registry have no slash.
            name: format!("{}/{}", record.vehicle_id, record.record_id),
            places: 1,
        };
        Ok(records.into_iter().map(resource).collect())
    }

    fn taken(&self) -> ServiceError {
        taken()
    }

    /// The request was made when the order was placed: that day's parameters and hours count, with today's facts. The
    /// person agreed to amounts: a record that has others by now is not settled with them.
    async fn decide_again(&self, tx: &mut Tx<'_>, case: &CaseRow) -> Result<Again, Fault> {
        let nothing = Again::GoesBack { reason: NO_LONGER_ELIGIBLE, decision: None };
        let Some(account) = accounts::find_account(tx.connection, &case.account_id).await? else {
            return Ok(nothing);
        };
        let person = Person {
            id: case.person_id.clone(),
            account_id: case.account_id.clone(),
            identity: account.identity,
        };
        let (state, key, body) = (tx.state, case.case_key(), OrderBody::of(case)?);
        orders::lock_records(tx.connection, &key, &body.vehicle).await?;
        fail::fail_point!("order.records-locked");
        let records = orders::records_of_order(tx.connection, &key).await?;
        let numbers = records.iter().map(|record| record.record_id.clone()).collect();
        let chosen = Chosen { vehicle: body.vehicle, records: numbers };
        // The order was placed and paid through the place's channel, whatever gateways are configured since.
        let request = Request { now: *case.placed_at, channels: PaymentChannels::all() };
        let asking = Asking { order: &case.id };
        let loaded = match selection::load(tx.connection, &person, &chosen, request, asking).await {
            Ok(loaded) => loaded,
            Err(Fault::Service(ServiceError::NotFound)) => return Ok(nothing),
            Err(fault) => return Err(fault),
        };
        let decision = loaded.decision(&state.rulebook)?;
        let ineligible = (!decision.passes()).then_some(NO_LONGER_ELIGIBLE);
        Ok(match changed(&records, &loaded).or(ineligible) {
            Some(reason) => Again::GoesBack { reason, decision: Some(decision) },
            None => Again::Settles(decision),
        })
    }

    async fn settle(&self, tx: &mut Tx<'_>, case: &CaseRow) -> Result<(), Fault> {
        let (key, order) = (case.case_key(), Order::of(case.clone())?);
        let records = orders::records_of_order(tx.connection, &key).await?;
        let settled = orders::settle_records(tx.connection, &key, &order.body.vehicle).await?;
        if usize::try_from(settled) != Ok(records.len()) {
            return Err(Fault::Internal(format!("order {} lost a record that it held", case.number)));
        }
        fail::fail_point!("order.settle.records");
        for record in &records {
            let decision = format!("{}-{:02}", case.number, record.position + 1);
            orders::name_decision(tx.connection, &key, record.position, &decision).await?;
        }
        receipt::issue(tx, &order).await
    }

    async fn give_back(&self, tx: &mut Tx<'_>, case: &CaseRow) -> Result<(), Fault> {
        let vehicle = OrderBody::of(case)?.vehicle;
        Ok(orders::give_back_records(tx.connection, &case.case_key(), &vehicle).await?)
    }

    /// A payment after the lapse settles if all its records are still free.
    async fn take_again(&self, tx: &mut Tx<'_>, case: &CaseRow) -> Result<Option<&'static str>, Fault> {
        let key = case.case_key();
        for record in orders::records_of_order(tx.connection, &key).await? {
            let seen = registry::find_record(tx.connection, &record.vehicle_id, &record.record_id).await?;
            let free = match seen {
                Some(seen) => orders::hold_record(tx.connection, &key, &seen).await?,
                None => false,
            };
            if !free {
                return Ok(Some("refund.records-taken"));
            }
        }
        Ok(None)
    }

    async fn forget(&self, tx: &mut Tx<'_>, case: &CaseKey) -> Result<(), Fault> {
        Ok(orders::forget_records(tx.connection, case).await?)
    }

    fn payment_terms(&self, state: &State, case: &CaseRow, now: Moment) -> Result<PaymentTerms, Fault> {
        let parameters = state.rulebook.parameters(Some(&case.place), calendar::local(now).date());
        Ok(PaymentTerms {
            description: format!("交通违法罚款 {}", case.number),
            page: format!("/orders/{}", case.id),
            channel: parameters.channel(state.channels()),
            closed_hours: parameters.closed_hours(),
        })
    }

    fn replay(&self, facts: &str, rulebook: &Rulebook) -> Result<Vec<Verdict>, serde_json::Error> {
        Ok(judge(&cases_of(facts)?, rulebook))
    }

    /// The order's records have the fines and points that the settling decision saw.
    async fn fits(&self, connection: &mut AnyConnection, case: &CaseKey, facts: &str) -> Result<bool, Fault> {
        let accepted = orders::records_of_order(connection, case).await?;
        let accepted = accepted.iter().map(|record| (record.fine, record.points));
        let place = || format!("case_events:{}:facts", case.id);
        let cases = cases_of(facts).map_err(|error| Fault::corrupt(place(), error))?;
        Ok(accepted.eq(cases.iter().map(|case| (case.record.fine, case.record.points))))
    }

    fn check_body(&self, case: &CaseRow) -> Result<(), Fault> {
        OrderBody::of(case).map(drop)
    }

    fn invariants(&self) -> &'static [(&'static str, &'static str)] {
        INVARIANTS
    }
}

/// Why the records are no longer those that the person accepted.
fn changed(accepted: &[OrderRecordRow], loaded: &Loaded) -> Option<&'static str> {
    accepted.iter().zip(loaded.rows.iter().zip(&loaded.facts)).find_map(|(accepted, (row, facts))| {
        let amounts = (accepted.fine, accepted.points) != (facts.fine, facts.points);
        if row.registry_state != StoredState::Unprocessed {
            Some("refund.processed-elsewhere")
        } else if row.disputed != 0 {
            Some("refund.disputed")
        } else if amounts {
            Some("refund.amount-changed")
        } else if accepted.code != row.code {
            Some("refund.record-changed")
        } else {
            None
        }
    })
}

const INVARIANTS: &[(&str, &str)] = &[
    (
        "SETTLED_RECORD_UNPROCESSED",
        "select o.number from cases o \
        join order_records r on r.person_id = o.person_id and r.case_id = o.id \
        join camera_records c on c.vehicle_id = r.vehicle_id and c.id = r.record_id \
        where o.state = 'settled' and (c.state <> 'processed' or c.held_order <> o.id or r.decision is null)",
    ),
    (
        "ORDER_UNLIKE_ITS_RECORDS",
        "select o.number from cases o where o.kind = 'camera-order' and o.price <> ( \
        select coalesce(sum(r.fine), 0) from order_records r where r.person_id = o.person_id and r.case_id = o.id)",
    ),
    (
        "HELD_WITHOUT_ORDER",
        "select c.id from camera_records c where c.state = 'held' and not exists ( \
        select 1 from cases o where o.person_id = c.held_person and o.id = c.held_order \
            and o.state in ('placed', 'paying', 'paid'))",
    ),
    (
        "OPEN_WITHOUT_RECORDS",
        "select o.number from cases o \
        join order_records r on r.person_id = o.person_id and r.case_id = o.id \
        join camera_records c on c.vehicle_id = r.vehicle_id and c.id = r.record_id \
        where o.state in ('placed', 'paying', 'paid') and (c.state <> 'held' or c.held_order <> o.id)",
    ),
    (
        "RECORD_WITHOUT_HOLD",
        "select o.number from cases o \
        join order_records r on r.person_id = o.person_id and r.case_id = o.id \
        where o.state in ('placed', 'paying', 'paid', 'settled') and not exists ( \
            select 1 from holds h where h.person_id = r.person_id and h.case_id = r.case_id \
            and h.kind = 'camera-record' and h.name = r.vehicle_id || '/' || r.record_id and h.held = 1)",
    ),
    (
        "RECEIPT_WITHOUT_SETTLEMENT",
        "select o.number from cases o where o.kind = 'camera-order' and \
        (select count(*) from receipts r where r.person_id = o.person_id and r.case_id = o.id) \
            <> case when o.state = 'settled' then 1 else 0 end",
    ),
];
