//! Public data.

use rules::Moment;
use sqlx::AnyConnection;

use crate::db::{Fault, registry};

/// The registry's newest fact's own time; none before the first feed.
pub async fn synced_at(connection: &mut AnyConnection) -> Result<Option<Moment>, Fault> {
    Ok(registry::synced_at(connection).await?.map(|at| *at))
}
