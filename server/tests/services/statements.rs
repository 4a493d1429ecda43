//! Every SQL text means something to both engines.

use rstest::rstest;
use server::db::Engine::{self, Postgres, Sqlite};
use server::db::{
    accounts, bills, case_events, cases, feed, holds, keys, orders, outbox, payments, refunds, registry,
    retention, sms_codes, tries,
};
use server::invariants;

use crate::support::world_on;

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn every_statement_is_understood_by_both_engines(#[values(Sqlite, Postgres)] engine: Engine) {
    if let Some(world) = world_on(engine).await {
        let mut connection = world.state.store.read().await.unwrap();
        let all = [
            accounts::STATEMENTS,
            bills::STATEMENTS,
            feed::STATEMENTS,
            keys::STATEMENTS,
            case_events::STATEMENTS,
            cases::STATEMENTS,
            holds::STATEMENTS,
            orders::STATEMENTS,
            outbox::STATEMENTS,
            payments::STATEMENTS,
            refunds::STATEMENTS,
            registry::STATEMENTS,
            retention::STATEMENTS,
            sms_codes::STATEMENTS,
            tries::STATEMENTS,
            invariants::STATEMENTS,
        ];
        let own = world.state.procedures.iter().flat_map(|procedure| procedure.invariants());
        for (name, statement) in all.concat().iter().chain(own) {
            let checked = world.engine().check(&mut connection, statement).await;
            assert!(checked.is_ok(), "{:?} {name}: {checked:?}", world.engine());
        }
    }
}
