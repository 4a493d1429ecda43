//! Every SQL text means something to both engines.

use server::db::{
    accounts, bills, feed, keys, order_events, orders, outbox, payments, refunds, registry, retention,
    sms_codes, tries,
};
use server::invariants;

use crate::support::worlds;

#[tokio::test(flavor = "multi_thread")]
async fn every_statement_is_understood_by_both_engines() {
    for world in worlds().await {
        let mut connection = world.state.store.read().await.unwrap();
        let all = [
            accounts::STATEMENTS,
            bills::STATEMENTS,
            feed::STATEMENTS,
            keys::STATEMENTS,
            order_events::STATEMENTS,
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
        for (name, statement) in all.concat() {
            let checked = world.engine().check(&mut connection, statement).await;
            assert!(checked.is_ok(), "{:?} {name}: {checked:?}", world.engine());
        }
    }
}
