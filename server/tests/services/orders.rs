//! Placing orders: once, whole, and never beyond the rules, whoever else tries.

use crate::support::place;
use app::api::ServiceError;
use app::api::orders::Placed;
use rstest::rstest;
use rules::kernel::CaseState;
use server::db::Engine::{self, Postgres, Sqlite};
use server::db::Fault;
use server::engine::end;
use server::services::orders;

use crate::support::{later, world_on};

fn errors(fault: Fault) -> Vec<String> {
    match fault {
        Fault::Service(ServiceError::Invalid(errors)) => errors.into_iter().map(|error| error.text).collect(),
        other => panic!("{other}"),
    }
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn placing_holds_records_fine_and_points_at_once(#[values(Sqlite, Postgres)] engine: Engine) {
    if let Some(world) = world_on(engine).await {
        let order = world.placed(&["r1", "r2"]).await;
        assert_eq!(world.order_state(&order).await, CaseState::Placed);
        assert_eq!(world.number("select count(*) from camera_records where state = 'held'").await, 2);
        assert_eq!(world.number("select cast(sum(points) as bigint) from order_records").await, 6);
        assert_eq!(world.number("select price from cases").await, 40_000);
        world.every_promise_holds().await;
    }
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn the_same_form_sent_twice_is_one_order_and_another_form_under_its_key_is_refused(
    #[values(Sqlite, Postgres)] engine: Engine,
) {
    if let Some(world) = world_on(engine).await {
        let chosen = world.chosen(&["r1"]);
        let code = world.code(&chosen).await;
        let placing = world.placing("twice", &chosen, &code);
        let first = place(&world.state, placing.clone()).await.unwrap();
        let again = place(&world.state, placing).await.unwrap();
        assert_eq!(first, again);
        let other = world.placing("twice", &world.chosen(&["r2"]), &code);
        assert_eq!(errors(place(&world.state, other).await.unwrap_err()), ["error.form-key-reused"]);
        assert_eq!(world.number("select count(*) from cases").await, 1);
    }
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn two_hundred_at_one_record_make_one_order(#[values(Sqlite, Postgres)] engine: Engine) {
    if let Some(world) = world_on(engine).await {
        let chosen = world.chosen(&["r1"]);
        let code = world.code(&chosen).await;
        let racing = (0..200).map(|number| {
            let placing = world.placing(&number.to_string(), &chosen, &code);
            let state = world.state.clone();
            tokio::spawn(async move { place(&state, placing).await })
        });
        let outcomes = futures::future::join_all(racing).await;
        let placed =
            outcomes.into_iter().filter(|outcome| matches!(outcome, Ok(Ok(Placed::Order(_))))).count();
        assert_eq!(placed, 1, "{:?}", world.engine());
        assert_eq!(world.number("select count(*) from cases").await, 1);
        world.every_promise_holds().await;
    }
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn points_of_an_open_order_count_against_the_next(#[values(Sqlite, Postgres)] engine: Engine) {
    if let Some(world) = world_on(engine).await {
        world.placed(&["r1", "r2", "r3"]).await;
        let chosen = world.chosen(&["r4"]);
        let code = world.code(&chosen).await;
        let refused = place(&world.state, world.placing("next", &chosen, &code)).await.unwrap();
        assert_eq!(refused, Placed::Refused, "9 held and 3 more make 12");
        let chosen = world.chosen(&["r5"]);
        let code = world.code(&chosen).await;
        let placed = place(&world.state, world.placing("zero", &chosen, &code)).await.unwrap();
        assert!(matches!(placed, Placed::Order(_)), "a record without points passes");
    }
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn a_wrong_code_is_counted_and_five_void_it(#[values(Sqlite, Postgres)] engine: Engine) {
    if let Some(world) = world_on(engine).await {
        let chosen = world.chosen(&["r1"]);
        let code = world.code(&chosen).await;
        let wrong = if code == "000000" { "000001" } else { "000000" };
        for left in ["wrong", "wrong", "wrong", "wrong", "void"] {
            let tried = place(&world.state, world.placing("wrong", &chosen, wrong)).await;
            assert_eq!(errors(tried.unwrap_err()), [format!("error.code.{left}")]);
        }
        let tried = place(&world.state, world.placing("right", &chosen, &code)).await;
        assert_eq!(errors(tried.unwrap_err()), ["error.code.void"]);
        assert_eq!(world.number("select count(*) from cases").await, 0);
    }
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn a_code_confirms_its_own_selection_alone_for_ten_minutes_and_once(
    #[values(Sqlite, Postgres)] engine: Engine,
) {
    if let Some(world) = world_on(engine).await {
        let chosen = world.chosen(&["r1"]);
        let code = world.code(&chosen).await;
        let other = world.chosen(&["r2"]);
        let tried = place(&world.state, world.placing("other", &other, &code)).await;
        assert_eq!(errors(tried.unwrap_err()), ["error.code.void"]);
        world.clock.advance(chrono::TimeDelta::minutes(10));
        let tried = place(&world.state, world.placing("late", &chosen, &code)).await;
        assert_eq!(errors(tried.unwrap_err()), ["error.code.void"]);
    }
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn an_order_unpaid_after_two_hours_gives_its_records_back(#[values(Sqlite, Postgres)] engine: Engine) {
    if let Some(world) = world_on(engine).await {
        let order = world.placed(&["r1", "r2"]).await;
        let placed = world.number("select placed_at from cases").await;
        let ends = world.number("select deadline_at from cases").await;
        assert_eq!(ends - placed, 2 * 3_600_000);
        world.clock.set(later(0) + chrono::TimeDelta::milliseconds(ends - later(0).timestamp_millis() - 1));
        assert!(!end::lapse(&world.state, &order).await.unwrap(), "a millisecond early");
        world.clock.advance(chrono::TimeDelta::milliseconds(1));
        assert!(end::lapse(&world.state, &order).await.unwrap());
        assert!(!end::lapse(&world.state, &order).await.unwrap(), "once is enough");
        assert_eq!(world.number("select count(*) from camera_records where state = 'unprocessed'").await, 5);
        world.every_promise_holds().await;
        world.placed(&["r1", "r2", "r3"]).await;
    }
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn a_record_processed_elsewhere_ends_the_order_that_holds_it(
    #[values(Sqlite, Postgres)] engine: Engine,
) {
    if let Some(world) = world_on(engine).await {
        let order = world.placed(&["r1", "r2"]).await;
        world
            .run("update camera_records set registry_state = 'processed-elsewhere' where id = 'r1'".into())
            .await;
        orders::processed_elsewhere(&world.state, &order).await.unwrap();
        assert_eq!(world.order_state(&order).await, CaseState::Cancelled);
        let state = world.text("select state from camera_records where id = 'r1'").await;
        assert_eq!(state.as_deref(), Some("processed-elsewhere"));
        let state = world.text("select state from camera_records where id = 'r2'").await;
        assert_eq!(state.as_deref(), Some("unprocessed"));
        world.every_promise_holds().await;
    }
}
