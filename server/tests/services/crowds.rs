//! Different people at one record: whoever is first holds it, and the others are told.

use app::api::ServiceError;
use app::api::orders::Placed;
use rstest::rstest;
use rules::person::IdentityLevel;
use server::caller::Person;
use server::db::Engine::{self, Postgres, Sqlite};
use server::db::Fault;
use server::services::accounts::codes;
use server::services::orders::application::OrderApplication;

use crate::support::{Placing, place};
use server::state::State;

use crate::support::{order_of, world_on};
use crate::world::World;

const DRIVERS: usize = 199;

/// Drivers with a licence, an account and a binding to the vehicle from long before.
async fn bound_drivers(world: &World) -> Vec<Person> {
    let state = &world.state;
    let since = state.clock.now().timestamp_millis() - 90 * 86_400_000;
    let people: Vec<Person> = (0..DRIVERS)
        .map(|number| Person {
            id: format!("driver-{number}"),
            account_id: format!("b{number}"),
            identity: IdentityLevel::RealPerson,
        })
        .collect();
    let (mut accounts, mut licences, mut bindings) = (Vec::new(), Vec::new(), Vec::new());
    for (number, Person { id, account_id, .. }) in people.iter().enumerate() {
        let phone = format!("139{number:08}");
        let sealed = state.sealer.seal(&*state.clock, &format!("accounts:{account_id}:phone"), &phone);
        let hash = state.sealer.look_up("phone", &phone);
        accounts.push(format!("('{account_id}', '{hash}', '{sealed}', '{id}', '-', 'real-person', 0)"));
        licences.push(format!("('{id}', '-', '-', 'C1', 'normal', '2015-03-01', '2031-03-01', '', 0)"));
        bindings.push(format!("('{id}', 'b', 'v1', {since}, null, 0)"));
    }
    let account = "accounts (id, phone_hash, phone, person_id, password, identity, created_at)";
    for (table, rows) in [(account, accounts), ("licences", licences), ("bindings", bindings)] {
        world.run(format!("insert into {table} values {}", rows.join(", "))).await;
    }
    people
}

/// Who waits in vain for a connection to the database is asked to try again, and does.
async fn place_when_there_is_room(state: State, placing: Placing) -> Result<Placed, Fault> {
    loop {
        match place(&state, placing.clone()).await {
            Err(Fault::Database(sqlx::Error::PoolTimedOut)) => {}
            outcome => return outcome,
        }
    }
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn two_hundred_people_who_may_all_handle_one_record_make_one_order(
    #[values(Sqlite, Postgres)] engine: Engine,
) {
    if let Some(world) = world_on(engine).await {
        // Chongqing lets drivers with a binding handle what happened since.
        world.run("update camera_records set region = '500108'".into()).await;
        world.run("update vehicles set plate = '渝A12345'".into()).await;
        let mut people = bound_drivers(&world).await;
        people.push(world.driver.clone());
        let chosen = world.chosen(&["r1"]);
        let mut racing = Vec::new();
        for (number, person) in people.into_iter().enumerate() {
            world.clock.advance(chrono::TimeDelta::seconds(1));
            codes::send_to_person(&world.state, &person, order_of(1), &chosen.digest())
                .await
                .expect("a code");
            let code = world.newest_code().await;
            let (key, chosen) = (format!("{number:020}"), chosen.clone());
            let agreement = world.agreement();
            racing.push(Placing { person, key, application: OrderApplication { chosen, code, agreement } });
        }
        let racing = racing
            .into_iter()
            .map(|placing| tokio::spawn(place_when_there_is_room(world.state.clone(), placing)));
        let outcomes = futures::future::join_all(racing).await;
        let mut placed = 0;
        for outcome in outcomes {
            match outcome.expect("no panic") {
                Ok(Placed::Order(_)) => placed += 1,
                Ok(Placed::Refused) => {}
                Err(Fault::Service(ServiceError::Invalid(errors))) => {
                    assert_eq!(errors[0].text, "error.records.taken");
                }
                Err(fault) => panic!("{:?}: {fault}", world.engine()),
            }
        }
        assert_eq!(placed, 1, "{:?}", world.engine());
        assert_eq!(world.number("select count(*) from cases").await, 1);
        assert_eq!(world.number("select count(*) from holds where held = 1").await, 1);
        assert_eq!(world.number("select count(*) from camera_records where state = 'held'").await, 1);
        // Who came too late keeps the code.
        assert_eq!(world.number("select count(*) from sms_codes where used_at is not null").await, 1);
        world.every_promise_holds().await;
    }
}
