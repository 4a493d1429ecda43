//! Nothing is placed without agreement to the notice as it is now, and the agreement is kept.

use app::api::ServiceError;
use app::api::orders::Agreement;
use rstest::rstest;
use server::db::Engine::{self, Postgres, Sqlite};
use server::db::Fault;
use server::services::orders::application::OrderApplication;
use server::services::orders::notice;

use crate::support::{Placing, place};

use crate::support::world_on;

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn a_form_without_agreement_places_nothing_and_costs_no_code(
    #[values(Sqlite, Postgres)] engine: Engine,
) {
    if let Some(world) = world_on(engine).await {
        let chosen = world.chosen(&["r1"]);
        let code = world.code(&chosen).await;
        let good = world.placing("agreed", &chosen, &code);
        let notice = good.application.agreement.notice.clone();
        for (agreed, notice, error) in [
            ("", "", "error.notice.not-agreed"),
            ("yes", "", "error.notice.not-agreed"),
            ("", notice.as_str(), "error.notice.not-agreed"),
            ("no", notice.as_str(), "error.notice.not-agreed"),
            ("yes", "0123456789abcdef", "error.notice.changed"),
        ] {
            let agreement = Agreement { agreed: agreed.into(), notice: notice.into() };
            let placed = place(
                &world.state,
                Placing {
                    application: OrderApplication { agreement, ..good.application.clone() },
                    ..good.clone()
                },
            )
            .await;
            let Err(Fault::Service(ServiceError::Invalid(errors))) = placed else { panic!("{placed:?}") };
            assert_eq!((errors[0].text.as_str(), errors[0].field.as_str()), (error, "agreed"));
        }
        assert_eq!(world.number("select count(*) from cases").await, 0);
        assert!(place(&world.state, good).await.is_ok(), "the code is as good as new");
        let kept = world.number("select count(*) from cases where body like '%agreed_at_:' || cast(placed_at as text) || ',%'").await;
        assert_eq!(kept, 1);
        assert_eq!(world.text("select body from cases").await.map(|body| body.contains(&notice)), Some(true));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_version_of_the_notice_follows_the_rulebook() {
    let world = world_on(Sqlite).await.expect("a world on SQLite");
    let mut rulebook = (*world.state.rulebook).clone();
    let before = notice::version(&rulebook);
    assert_eq!(before, notice::version(&world.state.rulebook));
    rulebook.version = serde_json::from_value(serde_json::json!("another")).expect("a version");
    assert_ne!(before, notice::version(&rulebook));
}
