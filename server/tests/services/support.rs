//! The shared world, with the hands that these tests need: choosing, placing, paying, waiting.

use std::net::{IpAddr, Ipv4Addr};
use std::time::Duration;

use app::api::orders::{Agreement, Placed};
use axum::Router;
use axum::routing::post;
use rules::Moment;
use rules::kernel::CaseState;
use rules::licence::Points;
use rules::money::Fen;
use server::caller::Person;
use server::db::cases::CaseKey;
use server::db::{Engine, Fault};
use server::engine::Payer;
use server::engine::payments::open;
use server::http::notifications;
use server::services::accounts::codes;
use server::services::accounts::texts::Act;
use server::services::orders::application::{self, OrderApplication};
use server::services::orders::notice;
use server::services::orders::selection::Chosen;
use server::state::State;

use crate::world::{self, NOTIFICATIONS, NOW, World};

/// A world on the engine; notifications come to the service itself. None where there is no server of the engine.
pub async fn world_on(engine: Engine) -> Option<World> {
    let (world, listener) = world::opened(engine).await?;
    let listening = world.state.clone();
    let heard = Router::new().route(NOTIFICATIONS, post(notifications::notification).with_state(listening));
    tokio::spawn(axum::serve(listener, heard).into_future());
    Some(world)
}

impl World {
    /// Every text column of the store, by table.
    pub async fn text_columns(&self) -> Vec<(String, String)> {
        let sql = match self.engine() {
            Engine::Sqlite => {
                "select m.name, c.name from sqlite_master m join pragma_table_info(m.name) c \
                 where m.type = 'table' and lower(c.type) = 'text' and m.name not like '\\_%' escape '\\'"
            }
            Engine::Postgres => {
                "select table_name::text, column_name::text from information_schema.columns \
                 where table_schema = 'public' and data_type = 'text' and table_name not like '\\_%'"
            }
        };
        let mut connection = self.state.store.read().await.expect("a connection");
        sqlx::query_as(sql).fetch_all(&mut *connection).await.expect("the query runs")
    }

    pub fn chosen(&self, records: &[&str]) -> Chosen {
        let records: Vec<String> = records.iter().map(|record| (*record).to_owned()).collect();
        Chosen::parse("v1", &records).expect("a selection")
    }

    /// Sends a code for the selection and reads it from the outbox.
    pub async fn code(&self, chosen: &Chosen) -> String {
        self.clock.advance(chrono::TimeDelta::seconds(61));
        codes::send_to_person(&self.state, &self.driver, order_of(1), &chosen.digest())
            .await
            .expect("a code goes out");
        self.newest_code().await
    }

    pub fn placing(&self, key: &str, chosen: &Chosen, code: &str) -> Placing {
        let (person, chosen) = (self.driver.clone(), chosen.clone());
        let (key, code) = (format!("{key:0>20}"), code.to_owned());
        Placing { person, key, application: OrderApplication { chosen, code, agreement: self.agreement() } }
    }

    /// The agreement to the notice as it is now.
    pub fn agreement(&self) -> Agreement {
        Agreement { agreed: "yes".into(), notice: notice::version(&self.state.rulebook) }
    }

    pub async fn placed(&self, records: &[&str]) -> CaseKey {
        let chosen = self.chosen(records);
        let code = self.code(&chosen).await;
        let placing = self.placing(&records.concat(), &chosen, &code);
        match place(&self.state, placing).await.expect("an order") {
            app::api::orders::Placed::Order(id) => CaseKey { person_id: self.driver.id.clone(), id },
            app::api::orders::Placed::Refused => panic!("the selection was refused"),
        }
    }

    pub async fn open_payment(&self, order: &CaseKey) -> String {
        open::open(&self.state, order, &payer()).await.expect("the payment opens")
    }

    pub async fn order_state(&self, order: &CaseKey) -> CaseState {
        let text = self.text(&format!("select state from cases where id = '{}'", order.id)).await;
        CaseState::from_code(&text.expect("the order")).expect("a state")
    }

    /// Waits until the order is in the state: notifications take their time.
    pub async fn until(&self, order: &CaseKey, state: CaseState) {
        for _ in 0..200 {
            if self.order_state(order).await == state {
                return;
            }
            tokio::time::sleep(Duration::from_millis(25)).await;
        }
        panic!("{:?}: {:?} instead of {state:?}", self.engine(), self.order_state(order).await);
    }
}

/// An order that a person places under the form's own key.
#[derive(Clone)]
pub struct Placing {
    pub person: Person,
    pub key: String,
    pub application: OrderApplication,
}

pub async fn place(state: &State, placing: Placing) -> Result<Placed, Fault> {
    application::place(state, placing.person, placing.key, placing.application).await
}

/// What the text of a code for so many records names.
pub fn order_of(records: usize) -> Act {
    Act::PlaceOrder { plate: "云A12345".into(), records, fine: Fen::yuan(200), points: Points(3) }
}

/// The driver at a browser on this machine.
pub fn payer() -> Payer {
    Payer { account_id: "a1".into(), ip: IpAddr::V4(Ipv4Addr::LOCALHOST) }
}

/// So far in the future from the test's beginning.
pub fn later(minutes: i64) -> Moment {
    NOW.parse::<Moment>().expect("a moment") + chrono::TimeDelta::minutes(minutes)
}
