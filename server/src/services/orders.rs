//! Orders from the chosen records to the receipt. The provider's part with the money is in `payments`.

pub mod events;
pub mod notice;
pub mod place;
pub mod selection;
pub mod views;

use app::api::ServiceError;
use app::api::account::{CodePurpose, CodeSent};
use app::api::orders::{Agreement, Divided, OrderView, Orders, Part, Placed, Proposal, Proposed, Receipt};
use app::visit::FieldError;
use async_trait::async_trait;
use rules::calendar;
use rules::camera::RecordFacts;
use rules::money::Fen;
use rules::order::{OrderState, payment_deadline};
use rules::rulebook::Rulebook;

use self::selection::{Chosen, Loaded};
use crate::db::orders::OrderKey;
use crate::db::{Fault, payments as stored};
use crate::http::current::{Person, current, person};
use crate::http::devices;
use crate::services::accounts::codes;
use crate::services::accounts::texts::Act;
use crate::services::payments;
use crate::services::payments::open::Payer;
use crate::services::violations::facts::Asking;
use crate::services::violations::{card_of, region};
use crate::state::State;

pub struct OrderService(pub State);

fn key(person: &Person, order: &str) -> OrderKey {
    OrderKey { person_id: person.id.clone(), id: order.to_owned() }
}

/// The order that waits for the person's payment, if there is one.
pub async fn unpaid(state: &State, person: &str) -> Result<Option<String>, Fault> {
    let mut connection = state.store.read().await?;
    Ok(crate::db::orders::unpaid_of(&mut connection, person).await?)
}

/// True as long as the outcome of the order's payment is not known; the provider is asked first.
pub async fn is_pending(state: &State, person: &Person, order: &str) -> Result<bool, Fault> {
    let key = key(person, order);
    ask_provider(state, &key).await;
    let mut connection = state.store.read().await?;
    let order = events::load(&mut connection, &key).await?;
    Ok(matches!(events::state_of(&order)?, OrderState::Paying | OrderState::Paid))
}

/// A provider that does not answer is no reason to hide the order: its stored state is shown.
async fn ask_provider(state: &State, key: &OrderKey) {
    if let Err(fault) = payments::reconcile::ask_provider(state, key).await {
        tracing::error!(%fault, order = %key.id, "the provider could not be asked");
    }
}

#[async_trait]
impl Orders for OrderService {
    async fn propose(&self, vehicle: &str, records: &[String]) -> Result<Proposed, ServiceError> {
        let person = person()?;
        Ok(propose(&self.0, &person, &Chosen::ticked(vehicle, records)?).await?)
    }

    async fn send_code(
        &self,
        vehicle: &str,
        records: &[String],
        agreement: &Agreement,
    ) -> Result<(), ServiceError> {
        let person = person()?;
        let chosen = Chosen::parse(vehicle, records)?;
        let Proposed::Whole(proposal) = propose(&self.0, &person, &chosen).await? else {
            return Err(ServiceError::Invalid(vec![FieldError::new("", "error.records.one-place")]));
        };
        notice::check(agreement, &self.0.rulebook)?;
        let act = Act::PlaceOrder {
            plate: proposal.vehicle.plate.to_string(),
            records: proposal.records.len(),
            fine: proposal.selection.fine,
            points: proposal.selection.points,
        };
        codes::send_to_person(&self.0, &person, act, &chosen.digest()).await
    }

    async fn code_sent(&self, vehicle: &str, records: &[String]) -> Result<CodeSent, ServiceError> {
        let person = person()?;
        let digest = Chosen::parse(vehicle, records)?.digest();
        codes::sent_to_person(&self.0, &person, CodePurpose::PlaceOrder, &digest).await
    }

    async fn place(
        &self,
        key: &str,
        vehicle: &str,
        records: &[String],
        code: &str,
        agreement: &Agreement,
    ) -> Result<Placed, ServiceError> {
        let placing = place::Placing {
            person: person()?,
            key: key.to_owned(),
            chosen: Chosen::parse(vehicle, records)?,
            code: code.to_owned(),
            agreement: agreement.clone(),
        };
        Ok(place::place(&self.0, placing).await?)
    }

    async fn pay(&self, order: &str) -> Result<String, ServiceError> {
        let person = person()?;
        if let Some(text) = not_payable_here() {
            return Err(ServiceError::Invalid(vec![FieldError::new("", text)]));
        }
        let key = key(&person, order);
        let payer = Payer { account_id: person.account_id, ip: current().ip };
        Ok(payments::open::open(&self.0, &key, &payer).await?)
    }

    async fn cancel(&self, order: &str) -> Result<(), ServiceError> {
        let person = person()?;
        Ok(payments::release::cancel(&self.0, &key(&person, order), &person.account_id).await?)
    }

    async fn order(&self, order: &str) -> Result<OrderView, ServiceError> {
        let person = person()?;
        let key = key(&person, order);
        ask_provider(&self.0, &key).await;
        let view = self.view(&key).await?;
        Ok(OrderView { not_payable_here: not_payable_here().map(Into::into), ..view })
    }

    async fn orders(&self) -> Result<Vec<OrderView>, ServiceError> {
        let person = person()?;
        let mut connection = self.0.store.read().await.map_err(ServiceError::from)?;
        Ok(views::all(&self.0, &mut connection, &person.id).await?)
    }

    async fn receipt(&self, number: &str) -> Result<Receipt, ServiceError> {
        let person = person()?;
        Ok(self.find_receipt(&person, number).await?)
    }

    async fn receipts(&self) -> Result<Vec<Receipt>, ServiceError> {
        let person = person()?;
        Ok(self.list_receipts(&person).await?)
    }
}

impl OrderService {
    async fn view(&self, key: &OrderKey) -> Result<OrderView, Fault> {
        let mut connection = self.0.store.read().await?;
        views::order(&self.0, &mut connection, key).await
    }

    async fn find_receipt(&self, person: &Person, number: &str) -> Result<Receipt, Fault> {
        let mut connection = self.0.store.read().await?;
        let row = stored::find_receipt(&mut connection, &person.id, number).await?;
        views::receipt(&self.0, &mut connection, &row.ok_or(ServiceError::NotFound)?).await
    }

    async fn list_receipts(&self, person: &Person) -> Result<Vec<Receipt>, Fault> {
        let mut connection = self.0.store.read().await?;
        views::receipts(&self.0, &mut connection, &person.id).await
    }
}

async fn propose(state: &State, person: &Person, chosen: &Chosen) -> Result<Proposed, Fault> {
    let now = state.clock.now();
    let mut connection = state.store.read().await?;
    let loaded =
        selection::load(&mut connection, person, chosen, state.request_at(now), Asking::default()).await?;
    let rulebook = &state.rulebook;
    let parts = selection::parts(&loaded, rulebook);
    if parts.len() > 1 {
        let parts = parts.iter().map(|part| part_of(&loaded, part, rulebook)).collect();
        return Ok(Proposed::Divided(Divided { vehicle: card_of(&loaded.judged), parts }));
    }
    let place = loaded.facts.first().and_then(|record| rulebook.place_of(&record.region));
    let parameters = rulebook.camera_parameters(place.map(|place| &place.id), calendar::local(now).date());
    let (place_zh, place_en) = names(loaded.facts.first(), rulebook);
    let selection = loaded.selection(rulebook);
    let records = loaded.rows.iter().zip(&loaded.facts);
    let records: Result<_, _> =
        records.map(|(row, facts)| loaded.judged.card(row, facts.clone(), &person.id, state)).collect();
    Ok(Proposed::Whole(Box::new(Proposal {
        vehicle: card_of(&loaded.judged),
        records: records?,
        channel: parameters.channel(state.channels()).filter(|_| selection.fine > Fen::ZERO),
        selection,
        place_zh,
        place_en,
        window_minutes: parameters.payment_window_minutes(),
        closed_hours: parameters.closed_hours(),
        pays_until: payment_deadline(now, parameters.payment_window_minutes(), parameters.closed_hours()),
        rulebook: rulebook.version.clone(),
        phone: person.phone_masked.clone(),
        notice: notice::version(rulebook),
    })))
}

/// Inside WeChat's own browser its payment page for other browsers can't be opened.
fn not_payable_here() -> Option<&'static str> {
    current().device.starts_with(devices::WECHAT).then_some("error.payment.inside-wechat")
}

/// The names of the place that the record's rules come from; of its city where the place is not served.
fn names(record: Option<&RecordFacts>, rulebook: &Rulebook) -> (String, String) {
    let Some(record) = record else { return Default::default() };
    match rulebook.place_of(&record.region) {
        Some(place) => (place.name.zh.clone(), place.name.en.clone()),
        None => (region::city(&record.region), region::city(&record.region)),
    }
}

fn part_of(loaded: &Loaded, part: &[usize], rulebook: &Rulebook) -> Part {
    let (place_zh, place_en) = names(part.first().map(|index| &loaded.facts[*index]), rulebook);
    let passing = loaded.most_that_pass(part, rulebook);
    let ids = |part: &[usize]| part.iter().map(|index| loaded.rows[*index].id.clone()).collect();
    Part {
        place_zh,
        place_en,
        records: ids(part),
        passing: ids(&passing),
        fine: passing.iter().map(|index| loaded.facts[*index].fine).sum(),
        points: passing.iter().map(|index| loaded.facts[*index].points).sum(),
    }
}
