//! Orders from the chosen records to the receipt. What they have in common with other cases is in `engine`.

pub mod application;
pub mod notice;
pub mod order;
pub mod procedure;
mod receipt;
pub mod selection;
pub mod views;

use std::net::IpAddr;

use app::api::ServiceError;
use app::api::orders::{Agreement, Divided, OrderView, Part, Proposal, Proposed, Receipt};
use app::visit::FieldError;
use rules::calendar;
use rules::families::camera::RecordFacts;
use rules::hours::payment_deadline;
use rules::money::Fen;
use rules::rulebook::{Jurisdiction, Rulebook};

use self::selection::{Chosen, Loaded};
use crate::caller::Person;
use crate::db::cases::{CaseKey, CaseRow};
use crate::db::{Fault, payments as stored};
use crate::engine::{self, Payer};
use crate::services::accounts::codes;
use crate::services::accounts::texts::Act;
use crate::services::violations::facts::Asking;
use crate::services::violations::{card_of, region};
use crate::state::State;

fn key(person: &Person, order: &str) -> CaseKey {
    CaseKey { person_id: person.id.clone(), id: order.to_owned() }
}

/// The place to which the order is paid.
fn jurisdiction<'a>(state: &'a State, case: &CaseRow) -> Result<&'a Jurisdiction, Fault> {
    let unknown = || Fault::corrupt(format!("cases:{}:place", case.id), &case.place);
    state.rulebook.jurisdiction(&case.place).ok_or_else(unknown)
}

/// True as long as the outcome of the order's payment is not known; the provider is asked first.
pub async fn is_pending(state: &State, person: &Person, order: &str) -> Result<bool, Fault> {
    engine::is_pending(state, &key(person, order)).await
}

/// A record that the order holds was processed elsewhere: the order ends before it is paid. A payment on its way
/// comes back.
pub async fn processed_elsewhere(state: &State, order: &CaseKey) -> Result<bool, Fault> {
    engine::end::overtaken(state, order, "registry", "refund.processed-elsewhere").await
}

/// Sends the code that confirms the selection.
pub async fn send_code(
    state: &State,
    person: &Person,
    chosen: &Chosen,
    agreement: &Agreement,
) -> Result<(), ServiceError> {
    let Proposed::Whole(proposal) = propose(state, person, chosen).await? else {
        return Err(ServiceError::Invalid(vec![FieldError::new("", "error.records.one-place")]));
    };
    notice::check(agreement, &state.rulebook)?;
    let act = Act::PlaceOrder {
        plate: proposal.vehicle.plate.to_string(),
        records: proposal.records.len(),
        fine: proposal.selection.fine,
        points: proposal.selection.points,
    };
    codes::send_to_person(state, person, act, &chosen.digest()).await
}

/// Opens the payment of the order; gives the address of the provider's page.
pub async fn pay(state: &State, person: Person, ip: IpAddr, order: &str) -> Result<String, Fault> {
    let key = key(&person, order);
    engine::payments::open::open(state, &key, &Payer { account_id: person.account_id, ip }).await
}

pub async fn cancel(state: &State, person: &Person, order: &str) -> Result<(), Fault> {
    engine::end::cancel(state, &key(person, order), &person.account_id).await
}

/// The order as it stands after the provider was asked about it.
pub async fn find(state: &State, person: &Person, order: &str) -> Result<OrderView, Fault> {
    let key = key(person, order);
    engine::ask_provider(state, &key).await;
    let mut connection = state.store.read().await?;
    views::order(state, &mut connection, &key).await
}

pub async fn all(state: &State, person: &Person) -> Result<Vec<OrderView>, Fault> {
    let mut connection = state.store.read().await?;
    views::all(state, &mut connection, &person.id).await
}

pub async fn receipt(state: &State, person: &Person, number: &str) -> Result<Receipt, Fault> {
    let mut connection = state.store.read().await?;
    let row = stored::find_receipt(&mut connection, &person.id, number).await?;
    views::receipt(state, &mut connection, &row.ok_or(ServiceError::NotFound)?).await
}

pub async fn receipts(state: &State, person: &Person) -> Result<Vec<Receipt>, Fault> {
    let mut connection = state.store.read().await?;
    views::receipts(state, &mut connection, &person.id).await
}

/// Computes fine, points and verdicts of the chosen records before an order is placed.
pub async fn propose(state: &State, person: &Person, chosen: &Chosen) -> Result<Proposed, Fault> {
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
    let parameters = rulebook.parameters(place.map(|place| &place.id), calendar::local(now).date());
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
        notice: notice::version(rulebook),
    })))
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
