//! The engine with a procedure that it does not know: placed twice, raced for, killed, expired, reviewed, replayed.

use std::time::Duration;

use app::api::ServiceError;
use chrono::TimeDelta;
use rules::kernel::CaseState;
use rules::person::IdentityLevel;
use server::caller::{Officer, Person};
use server::db::Fault;
use server::db::cases::CaseKey;
use server::engine::place::{Placed, place};
use server::engine::review::{Finding, Reviewed, review};
use server::engine::{Procedures, end, payments};
use server::jobs;
use server::services::orders::procedure::CameraOrders;

use crate::support::{payer, worlds};
use crate::trial::{CourseApplication, Courses, KIND, OPEN_FOR, PLACES};
use crate::world::World;

async fn with_courses() -> Vec<World> {
    let mut worlds = worlds().await;
    for world in &mut worlds {
        world.state.procedures = Procedures::new(vec![Box::new(CameraOrders), Box::new(Courses)]);
    }
    worlds
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

#[tokio::test(flavor = "multi_thread")]
async fn an_application_placed_twice_is_one_case() {
    for world in with_courses().await {
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

#[tokio::test(flavor = "multi_thread")]
async fn what_a_rule_refuses_opens_no_case() {
    for world in with_courses().await {
        suspend(&world).await;
        let Ok(Placed::Refused(decision)) = applies(&world, &world.driver, "1", "c1").await else {
            panic!("not refused")
        };
        assert_eq!(decision.verdicts[0].refusals.len(), 1);
        assert_eq!(world.number("select count(*) from cases").await + held(&world).await, 0);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn two_hundred_people_take_as_many_places_as_there_are() {
    for world in with_courses().await {
        let world = std::sync::Arc::new(world);
        let racing = (0..200).map(|number| {
            let world = std::sync::Arc::clone(&world);
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

#[tokio::test(flavor = "multi_thread")]
async fn a_case_lapses_at_its_deadline_and_its_place_is_free_again() {
    for world in with_courses().await {
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

#[tokio::test(flavor = "multi_thread")]
async fn an_officer_decides_once_and_gives_a_reason() {
    for (finding, reviewed, state, places) in [
        (Finding::Approve, Reviewed::Settled, CaseState::Settled, 1),
        (Finding::Decline, Reviewed::Declined, CaseState::Declined, 0),
    ] {
        for world in with_courses().await {
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

#[tokio::test(flavor = "multi_thread")]
async fn what_is_approved_is_decided_again_by_the_facts_of_then() {
    for world in with_courses().await {
        let case = placed(&world, "1").await;
        suspend(&world).await;
        let done = review(&world.state, &officer(), &case, Finding::Approve, "同意").await.unwrap();
        assert_eq!(done, Reviewed::Refused("refund.no-longer-eligible"));
        assert_eq!(world.order_state(&case).await, CaseState::Declined);
        assert_eq!(held(&world).await, 0);
        world.every_promise_holds().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_decision_that_was_changed_afterwards_is_found_by_replay() {
    for world in with_courses().await {
        let case = placed(&world, "1").await;
        review(&world.state, &officer(), &case, Finding::Approve, "同意").await.unwrap();
        let forged =
            "update case_events set facts = '{\"licence_states\":\"suspended\"}' where event = 'settle'";
        world.run(forged.into()).await;
        let broken = server::invariants::broken(&world.state.store, &world.state.procedures).await.unwrap();
        assert_eq!(broken, [format!("DECISION_CHANGED: case {} event 3", case.id)]);
    }
}

/// Runs the work with the program dying at the point; gives whether it died.
async fn dies_at<T: Send + 'static>(point: &str, work: impl Future<Output = T> + Send + 'static) -> bool {
    fail::cfg(point, "panic").expect("a failpoint");
    let died = tokio::spawn(work).await.is_err();
    fail::remove(point);
    died
}

#[tokio::test(flavor = "multi_thread")]
async fn a_program_that_dies_at_any_point_leaves_nothing_half() {
    for world in with_courses().await {
        let world = std::sync::Arc::new(world);
        for (number, point) in
            ["case.place.loaded", "case.place.inserted", "case.place.held", "case.placed"].iter().enumerate()
        {
            let (dying, key) = (std::sync::Arc::clone(&world), number.to_string());
            let course = format!("c{number}");
            let tried = dies_at(point, {
                let course = course.clone();
                async move { applies(&dying, &dying.driver, &key, &course).await.unwrap() }
            });
            assert!(tried.await, "{point} was reached");
            world.every_promise_holds().await;
            let again = applies(&world, &world.driver, &number.to_string(), &course).await.unwrap();
            let Placed::Case(case) = again else { panic!("{point}: refused") };
            let count = format!("select count(*) from cases where digest = '{course}'");
            assert_eq!(world.number(&count).await, 1, "{point}");
            settles_or_ends(&world, case, number).await;
        }
        world.every_promise_holds().await;
        assert_eq!(world.number("select count(*) from cases where state = 'under-review'").await, 0);
        let kinds = format!("select count(*) from cases where kind = '{KIND}'");
        assert_eq!(world.number(&kinds).await, 4);
    }
}

/// Brings the case to an end, dying at each point on the way.
async fn settles_or_ends(world: &std::sync::Arc<World>, case: CaseKey, number: usize) {
    let approves = ["case.review.approved", "case.settle.carried-out", "case.reviewed"].as_slice();
    let declines = ["case.review.given-back", "case.reviewed"].as_slice();
    let cancels = ["case.end.given-back", "case.ended"].as_slice();
    let (points, end) = match number % 3 {
        0 => (approves, CaseState::Settled),
        1 => (declines, CaseState::Declined),
        _ => (cancels, CaseState::Cancelled),
    };
    for point in points {
        let (dying, key) = (std::sync::Arc::clone(world), case.clone());
        let acting = async move {
            let finding = if number % 3 == 0 { Finding::Approve } else { Finding::Decline };
            if number % 3 == 2 {
                end::cancel(&dying.state, &key, "a1").await.unwrap();
            } else {
                review(&dying.state, &officer(), &key, finding, "同意").await.unwrap();
            }
        };
        assert!(dies_at(point, acting).await, "{point} was reached");
        tokio::time::sleep(Duration::from_millis(50)).await;
        world.every_promise_holds().await;
    }
    assert_eq!(world.order_state(&case).await, end, "the last point is after the transaction");
}
