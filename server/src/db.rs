//! The one store with its two engines: SQLite and PostgreSQL, one SQL text per query.
//! Services say what is read and written together.

pub mod accounts;
pub mod bills;
pub mod case_events;
pub mod cases;
pub mod column;
pub mod engine;
pub mod fault;
pub mod feed;
pub mod holds;
pub mod keys;
pub mod orders;
pub mod outbox;
pub mod payments;
mod query;
pub mod refunds;
pub mod registry;
pub mod retention;
pub mod sms_codes;
pub mod tries;
pub mod writer;

use std::sync::Arc;

use futures::future::BoxFuture;
use sqlx::any::AnyPoolOptions;
use sqlx::pool::PoolConnection;
use sqlx::{Any, AnyConnection, AnyPool, Transaction};
use tokio::time::Duration;

pub use engine::Engine;
pub use fault::Fault;
pub(crate) use query::queries;

/// A piece of work within one transaction. It may run again after a conflict, so it is pure but for the connection.
pub type Work<T> =
    Arc<dyn for<'c> Fn(&'c mut AnyConnection) -> BoxFuture<'c, Result<T, Fault>> + Send + Sync>;

#[derive(Clone)]
pub struct Store {
    engine: Engine,
    readers: AnyPool,
    writer: writer::Writer,
}

impl Store {
    /// Opens the database of the URL, brings its schema up to date and starts the writer.
    pub async fn open(url: &str) -> Result<Self, Fault> {
        sqlx::any::install_default_drivers();
        let engine = Engine::of(url)?;
        let writer = writer::Writer::start(engine, url).await?;
        let readers = AnyPoolOptions::new()
            .max_connections(engine.readers())
            .acquire_timeout(Duration::from_secs(5))
            .after_connect(move |connection, _| Box::pin(async move { engine.prepare(connection).await }))
            .connect_lazy(url)?;
        Ok(Self { engine, readers, writer })
    }

    pub fn engine(&self) -> Engine {
        self.engine
    }

    /// A connection to read from. What it reads may be old by the time it is shown; writes check again.
    pub async fn read(&self) -> Result<PoolConnection<Any>, Fault> {
        Ok(self.readers.acquire().await?)
    }

    /// One state of the whole database, to be read for as long as it takes.
    pub async fn snapshot(&self) -> Result<Transaction<'static, Any>, Fault> {
        let mut transaction = self.readers.begin_with(self.engine.begin_snapshot()).await?;
        self.engine.take_time(&mut transaction).await?;
        Ok(transaction)
    }

    /// Runs the work in a transaction, durable when this returns. A fault takes all of it back. The work may run again
    /// after a conflict, each time with the arguments anew.
    pub async fn write<A, T, F>(&self, arguments: A, work: F) -> Result<T, Fault>
    where
        A: Clone + Send + Sync + 'static,
        T: Send + 'static,
        F: for<'c> Fn(&'c mut AnyConnection, A) -> BoxFuture<'c, Result<T, Fault>> + Send + Sync + 'static,
    {
        self.writer.write(Arc::new(move |connection| work(connection, arguments.clone()))).await
    }
}

/// The first 16 hex digits of the text's SHA-256, to tell versions apart.
pub fn digest(text: &str) -> String {
    use sha2::Digest;
    hex::encode(&sha2::Sha256::digest(text)[..8])
}
