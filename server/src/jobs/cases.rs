//! The job of cases: ends those that are overdue, polls the provider, sends refunds, ends orders whose records were
//! processed elsewhere.

use std::time::Duration;

use chrono::TimeDelta;
use futures::future::join_all;
use futures::stream::{self, StreamExt};
use tokio_util::sync::CancellationToken;

use super::every;
use super::outbox::{End, claim, settle};
use crate::db::Fault;
use crate::db::cases::{self, CaseKey};
use crate::db::outbox::{self, OutboxRow};
use crate::engine::end;
use crate::engine::payments::{reconcile, refund};
use crate::services::orders;
use crate::state::State;

/// Cases that lapse side by side; some connections are left for people.
const AT_ONCE: usize = 6;

/// What is due again and again. Within a step, what cannot be done for one case is logged and done for the others.
#[derive(Clone, Copy, Debug)]
enum Step {
    RegistryWasFaster,
    Lapse,
    AskForPayments,
    Refund,
}

const STEPS: [Step; 4] = [Step::RegistryWasFaster, Step::Lapse, Step::AskForPayments, Step::Refund];

impl Step {
    async fn once(self, state: &State) -> Result<(), Fault> {
        match self {
            Self::RegistryWasFaster => registry_was_faster(state).await,
            Self::Lapse => lapse_overdue(state).await,
            Self::AskForPayments => reconcile::ask_open(state).await,
            Self::Refund => refund::send_open(state).await,
        }
    }
}

/// Runs until told to stop. The steps go side by side: a provider that hangs keeps nobody's lapse waiting, and a step is
/// left half done when told to stop, because every step may be repeated.
pub async fn run(state: State, stop: CancellationToken) {
    let every_second = STEPS.map(async |step| {
        let name = format!("{step:?}");
        let steps = every(Duration::from_secs(1), &stop, &name, || step.once(&state));
        stop.run_until_cancelled(steps).await;
    });
    join_all(every_second).await;
}

/// Everything that is due now, once.
pub async fn once(state: &State) -> Result<(), Fault> {
    join_all(STEPS.map(|step| step.once(state))).await.into_iter().collect()
}

async fn lapse_overdue(state: &State) -> Result<(), Fault> {
    let due = {
        let mut connection = state.store.read().await?;
        cases::overdue(&mut connection, state.clock.now()).await?
    };
    // Side by side: a case whose rows somebody keeps locked holds up no other.
    let lapsing = stream::iter(due).for_each_concurrent(AT_ONCE, |key| async move {
        if let Err(fault) = end::lapse(state, &key).await {
            tracing::error!(%fault, case = %key.id, "the overdue case could not be ended");
        }
    });
    lapsing.await;
    Ok(())
}

#[derive(serde::Deserialize)]
struct ProcessedElsewhere {
    person: String,
    order: String,
}

async fn registry_was_faster(state: &State) -> Result<(), Fault> {
    let told = {
        let mut connection = state.store.read().await?;
        outbox::open_of_kind(&mut connection, "record-processed-elsewhere").await?
    };
    for row in told {
        if let Err(fault) = end_for_registry(state, &row).await {
            tracing::error!(%fault, row = %row.id, "the order of a record that was processed elsewhere could not be ended");
        }
    }
    Ok(())
}

async fn end_for_registry(state: &State, row: &OutboxRow) -> Result<(), Fault> {
    if !claim(state, row, state.clock.now(), TimeDelta::zero()).await? {
        return Ok(());
    }
    let body: ProcessedElsewhere = serde_json::from_str(&row.body)
        .map_err(|error| Fault::corrupt(format!("outbox:{}:body", row.id), error))?;
    orders::processed_elsewhere(state, &CaseKey { person_id: body.person, id: body.order }).await?;
    settle(state, row, End::Done).await
}
