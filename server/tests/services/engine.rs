//! The engine with a procedure that it does not know: placed twice, raced for, killed, expired, reviewed, replayed.

use std::sync::Arc;

use app::api::ServiceError;
use chrono::TimeDelta;
use rstest::rstest;
use rules::kernel::CaseState;
use rules::person::IdentityLevel;
use server::caller::{Officer, Person};
use server::db::Engine::{self, Postgres, Sqlite};
use server::db::Fault;
use server::db::cases::CaseKey;
use server::engine::place::{Placed, place};
use server::engine::review::{Finding, Reviewed, review};
use server::engine::{Procedures, end, payments};
use server::jobs;
use server::services::orders::procedure::CameraOrders;

use crate::support::{payer, world_on};
use crate::trial::{CourseApplication, Courses, OPEN_FOR, PLACES};
use crate::world::World;

async fn with_courses(engine: Engine) -> Option<World> {
    let mut world = world_on(engine).await?;
    world.state.procedures = Procedures::new(vec![Box::new(CameraOrders), Box::new(Courses)]);
    Some(world)
}

fn officer() -> Officer {
    Officer { id: "desk:007".into() }
}

async fn applies(world: &World, person: &Person, key: &str, course: &str) -> Result<Placed, Fault> {
    let application = CourseApplication { course: course.into() };
    place(&world.state, person.clone(), format!("{key:0>20}"), application).await
}

async fn placed(world: &World, key: &str) -> CaseKey {
    match applies(world, &world.driver, key, "c1").await {
        Ok(Placed::Case(case)) => case,
        other => panic!("{other:?}"),
    }
}

/// The error's texts.
fn texts<T: std::fmt::Debug>(outcome: Result<T, Fault>) -> Vec<String> {
    match outcome {
        Err(Fault::Service(ServiceError::Invalid(errors))) => {
            errors.into_iter().map(|error| error.text).collect()
        }
        other => panic!("{other:?}"),
    }
}

async fn held(world: &World) -> i64 {
    world.number("select count(*) from holds where kind = 'course-place' and held = 1").await
}

async fn suspend(world: &World) {
    world.run("update licences set states = 'suspended'".into()).await;
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn an_application_placed_twice_is_one_case(#[values(Sqlite, Postgres)] engine: Engine) {
    if let Some(world) = with_courses(engine).await {
        let case = placed(&world, "1").await;
        assert_eq!(placed(&world, "1").await, case);
        let other = applies(&world, &world.driver, "1", "c2").await;
        assert_eq!(texts(other), ["error.form-key-reused"]);
        let order = world.placing("1", &world.chosen(&["r1"]), "000000");
        assert_eq!(texts(crate::support::place(&world.state, order).await), ["error.form-key-reused"]);
        assert_eq!(texts(applies(&world, &world.driver, "2", "c1").await), ["error.records.taken"]);
        assert_eq!(world.number("select count(*) from cases").await, 1);
        assert_eq!(world.order_state(&case).await, CaseState::UnderReview);
        assert_eq!(held(&world).await, 1);
        world.every_promise_holds().await;
    }
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn what_a_rule_refuses_opens_no_case(#[values(Sqlite, Postgres)] engine: Engine) {
    if let Some(world) = with_courses(engine).await {
        suspend(&world).await;
        let Ok(Placed::Refused(decision)) = applies(&world, &world.driver, "1", "c1").await else {
            panic!("not refused")
        };
        assert_eq!(decision.verdicts[0].refusals.len(), 1);
        assert_eq!(world.number("select count(*) from cases").await + held(&world).await, 0);
    }
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn two_hundred_people_take_as_many_places_as_there_are(#[values(Sqlite, Postgres)] engine: Engine) {
    if let Some(world) = with_courses(engine).await {
        let world = Arc::new(world);
        let racing = (0..200).map(|number| {
            let world = Arc::clone(&world);
            tokio::spawn(async move {
                let id = format!("p{number}");
                let person = Person { account_id: id.clone(), id, identity: IdentityLevel::RealPerson };
                loop {
                    match applies(&world, &person, &number.to_string(), "c1").await {
                        // Whoever waits in vain for a connection is asked to try again, and does.
                        Err(Fault::Database(sqlx::Error::PoolTimedOut)) => {}
                        outcome => return outcome,
                    }
                }
            })
        });
        let mut taken = 0;
        for outcome in futures::future::join_all(racing).await {
            match outcome.expect("no panic") {
                Ok(Placed::Case(_)) => taken += 1,
                outcome => assert_eq!(texts(outcome), ["error.records.taken"]),
            }
        }
        assert_eq!(taken, i64::from(PLACES), "{:?}", world.engine());
        assert_eq!(held(&world).await, taken);
        assert_eq!(world.number("select count(*) from cases").await, taken);
        world.every_promise_holds().await;
    }
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn a_case_lapses_at_its_deadline_and_its_place_is_free_again(
    #[values(Sqlite, Postgres)] engine: Engine,
) {
    if let Some(world) = with_courses(engine).await {
        let case = placed(&world, "1").await;
        world.clock.advance(OPEN_FOR - TimeDelta::milliseconds(1));
        jobs::cases::once(&world.state).await.unwrap();
        assert!(!end::lapse(&world.state, &case).await.unwrap(), "a millisecond early");
        assert_eq!(world.order_state(&case).await, CaseState::UnderReview);
        world.clock.advance(TimeDelta::milliseconds(1));
        jobs::cases::once(&world.state).await.unwrap();
        assert_eq!(world.order_state(&case).await, CaseState::Lapsed);
        assert_eq!(held(&world).await, 0);
        placed(&world, "2").await;
        assert_eq!(held(&world).await, 1);
        world.every_promise_holds().await;
    }
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn an_officer_decides_once_and_gives_a_reason(#[values(Sqlite, Postgres)] engine: Engine) {
    for (finding, reviewed, state, places) in [
        (Finding::Approve, Reviewed::Settled, CaseState::Settled, 1),
        (Finding::Decline, Reviewed::Declined, CaseState::Declined, 0),
    ] {
        if let Some(world) = with_courses(engine).await {
            let case = placed(&world, "1").await;
            let desk = officer();
            for (reason, error) in [(" ", "no-reason"), (&*"长".repeat(501), "long-reason")] {
                let refused = review(&world.state, &desk, &case, finding, reason).await;
                assert_eq!(texts(refused), [format!("error.review.{error}")]);
            }
            assert_eq!(world.order_state(&case).await, CaseState::UnderReview);
            let done = review(&world.state, &desk, &case, finding, " 材料齐全 ").await.unwrap();
            assert_eq!((done, world.order_state(&case).await), (reviewed, state));
            assert_eq!(held(&world).await, places);
            let again = review(&world.state, &desk, &case, finding, "再次").await;
            assert_eq!(texts(again), ["error.review.decided-already"]);
            let kept = "select reason from case_events where actor = 'desk:007' and reason is not null";
            assert_eq!(world.text(kept).await.as_deref(), Some("材料齐全"));
            let page = payments::open::open(&world.state, &case, &payer()).await.unwrap();
            assert_eq!(page, format!("/courses/{}", case.id), "there is nothing to pay");
            world.every_promise_holds().await;
        }
    }
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn what_is_approved_is_decided_again_by_the_facts_of_then(#[values(Sqlite, Postgres)] engine: Engine) {
    if let Some(world) = with_courses(engine).await {
        let case = placed(&world, "1").await;
        suspend(&world).await;
        let done = review(&world.state, &officer(), &case, Finding::Approve, "同意").await.unwrap();
        assert_eq!(done, Reviewed::Refused("refund.no-longer-eligible"));
        assert_eq!(world.order_state(&case).await, CaseState::Declined);
        assert_eq!(held(&world).await, 0);
        world.every_promise_holds().await;
    }
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn a_decision_that_was_changed_afterwards_is_found_by_replay(
    #[values(Sqlite, Postgres)] engine: Engine,
) {
    if let Some(world) = with_courses(engine).await {
        let case = placed(&world, "1").await;
        review(&world.state, &officer(), &case, Finding::Approve, "同意").await.unwrap();
        let forged =
            "update case_events set facts = '{\"licence_states\":[\"suspended\"]}' where event = 'settle'";
        world.run(forged.into()).await;
        let broken = server::invariants::broken(&world.state.store, &world.state.procedures).await.unwrap();
        assert_eq!(broken, [format!("DECISION_CHANGED: case {} event 3", case.id)]);
    }
}

/// Runs the work with the program dying at the point; gives whether it died. The writer of SQLite survives what it runs
/// and answers with a fault.
async fn dies_at(point: &str, work: impl Future<Output = Result<(), Fault>> + Send + 'static) -> bool {
    fail::cfg(point, "panic").expect("a failpoint");
    let died = !matches!(tokio::spawn(work).await, Ok(Ok(())));
    fail::remove(point);
    died
}

/// How a case ends, and the points on the way at which the program dies.
#[derive(Clone, Copy)]
enum Ending {
    Approved,
    Declined,
    Cancelled,
}

impl Ending {
    fn points(self) -> &'static [&'static str] {
        match self {
            Self::Approved => &["case.review.approved", "case.settle.carried-out", "case.reviewed"],
            Self::Declined => &["case.review.given-back", "case.reviewed"],
            Self::Cancelled => &["case.end.given-back", "case.ended"],
        }
    }

    fn state(self) -> CaseState {
        match self {
            Self::Approved => CaseState::Settled,
            Self::Declined => CaseState::Declined,
            Self::Cancelled => CaseState::Cancelled,
        }
    }

    async fn act(self, world: Arc<World>, case: CaseKey) -> Result<(), Fault> {
        let reviewed =
            async |finding| review(&world.state, &officer(), &case, finding, "同意").await.map(drop);
        match self {
            Self::Approved => reviewed(Finding::Approve).await,
            Self::Declined => reviewed(Finding::Decline).await,
            Self::Cancelled => end::cancel(&world.state, &case, "a1").await,
        }
    }
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn a_program_that_dies_at_any_point_leaves_nothing_half(#[values(Sqlite, Postgres)] engine: Engine) {
    if let Some(world) = with_courses(engine).await {
        let world = Arc::new(world);
        for (point, ending) in [
            ("case.place.loaded", Ending::Approved),
            ("case.place.inserted", Ending::Declined),
            ("case.place.held", Ending::Cancelled),
            ("case.placed", Ending::Approved),
        ] {
            let (dying, key) = (Arc::clone(&world), point.replace('.', "-"));
            let placing = {
                let key = key.clone();
                async move { applies(&dying, &dying.driver, &key, &key).await.map(drop) }
            };
            assert!(dies_at(point, placing).await, "{point} was reached");
            world.every_promise_holds().await;
            let Ok(Placed::Case(case)) = applies(&world, &world.driver, &key, &key).await else {
                panic!("not placed after {point}")
            };
            let count = format!("select count(*) from cases where digest = '{key}'");
            assert_eq!(world.number(&count).await, 1, "{point}");
            for point in ending.points() {
                let acting = ending.act(Arc::clone(&world), case.clone());
                assert!(dies_at(point, acting).await, "{point} was reached");
                world.every_promise_holds().await;
            }
            assert_eq!(
                world.order_state(&case).await,
                ending.state(),
                "the last point is after the transaction"
            );
        }
    }
}
