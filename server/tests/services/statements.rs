//! Every SQL text means something to both engines.

use rstest::rstest;
use rules::kernel::{CaseEvent, CaseState};
use server::db::Engine::{self, Postgres, Sqlite};
use server::db::{
    accounts, bills, case_events, cases, feed, holds, keys, orders, outbox, payments, refunds, registry,
    retention, sms_codes, tries,
};
use server::engine::Procedure;
use server::invariants;
use server::services::procedures;

use crate::support::world_on;
use crate::trial::Courses;

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

/// The states between quotes that the statement names.
fn states(statement: &str) -> Vec<CaseState> {
    statement.split('\'').filter_map(CaseState::from_code).collect()
}

#[test]
fn every_state_from_which_a_case_may_lapse_is_looked_for() {
    let (_, overdue) = cases::STATEMENTS.iter().find(|(name, _)| *name == "overdue").expect("the statement");
    for procedure in procedures().iter().chain([&Courses as &dyn Procedure]) {
        let may_lapse = |state: &CaseState| procedure.machine().next(*state, CaseEvent::Lapse).is_ok();
        for state in procedure.machine().states().into_iter().filter(may_lapse) {
            assert!(states(overdue).contains(&state), "{} in {}", state.code(), procedure.kind());
        }
    }
}

#[test]
fn every_state_of_a_case_is_checked_for_its_holds() {
    let checked = |name: &str| {
        let found = invariants::STATEMENTS.iter().find(|(known, _)| *known == name);
        states(found.expect("the statement").1)
    };
    let mut all = [checked("ENDED_STILL_HOLDING"), checked("OPEN_WITHOUT_ITS_HOLDS")].concat();
    all.sort();
    assert_eq!(all, CaseState::ALL);
}
