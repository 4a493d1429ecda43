//! Where writes go. On SQLite one task owns the only writing connection and commits what is queued in groups, each
//! command in a savepoint with a verdict of its own; PostgreSQL has its own group commit, so there each command is
//! a transaction of its pool.

mod group;

use std::any::Any as Boxed;
use std::sync::Arc;

use futures::future::BoxFuture;
use sqlx::any::{AnyConnectOptions, AnyPoolOptions};
use sqlx::{AnyPool, ConnectOptions, Connection};
use tokio::sync::{mpsc, oneshot};
use tokio::time::{Duration, Instant};

use self::group::GroupWriter;
use super::{Engine, Fault, Work};

/// Conflicts in a row before a command is given up.
const TRIES: u32 = 12;

static MIGRATIONS: sqlx::migrate::Migrator = sqlx::migrate!("./migrations");

type Erased = Box<dyn Boxed + Send>;
type Outcome = Result<Erased, Fault>;

struct Command {
    work: Work<Erased>,
    reply: oneshot::Sender<Outcome>,
    queued: Instant,
}

#[derive(Clone)]
pub struct Writer(Way);

#[derive(Clone)]
enum Way {
    Queue(mpsc::Sender<Command>),
    Pool(AnyPool),
}

impl Writer {
    pub async fn start(engine: Engine, url: &str) -> Result<Self, Fault> {
        migrate(engine, url).await?;
        match engine {
            Engine::Sqlite => {
                let (sender, receiver) = mpsc::channel(1024);
                tokio::spawn(GroupWriter::open(url).await?.run(receiver));
                Ok(Self(Way::Queue(sender)))
            }
            Engine::Postgres => {
                let pool = AnyPoolOptions::new()
                    .max_connections(engine.writers())
                    .acquire_timeout(Duration::from_secs(5))
                    .after_connect(move |connection, _| {
                        Box::pin(async move { engine.prepare(connection).await })
                    })
                    .connect(url)
                    .await?;
                Ok(Self(Way::Pool(pool)))
            }
        }
    }

    pub async fn write<T: Send + 'static>(&self, work: Work<T>) -> Result<T, Fault> {
        match &self.0 {
            Way::Queue(sender) => {
                let erased: Work<Erased> = Arc::new(move |connection| {
                    let running = work(connection);
                    Box::pin(async move { Ok(Box::new(running.await?) as Erased) }) as BoxFuture<'_, Outcome>
                });
                let (reply, answer) = oneshot::channel();
                let closed = || Fault::Internal("the writer has stopped".into());
                let command = Command { work: erased, reply, queued: Instant::now() };
                sender.send(command).await.map_err(|_| closed())?;
                let done = answer.await.map_err(|_| closed())??;
                Ok(*done.downcast().expect("the work's own type comes back"))
            }
            Way::Pool(pool) => write_alone(pool, &work).await,
        }
    }
}

/// Brings the schema up to date on a connection of its own, whose statements may take their time.
async fn migrate(engine: Engine, url: &str) -> Result<(), Fault> {
    let options: AnyConnectOptions = engine.creating(url).parse()?;
    let mut connection = options.connect().await?;
    if engine == Engine::Sqlite {
        engine.prepare(&mut connection).await?;
    }
    let migrated = MIGRATIONS.run(&mut connection).await;
    migrated.map_err(|error| Fault::Internal(format!("migrating: {error}")))?;
    Ok(connection.close().await?)
}

async fn write_alone<T>(pool: &AnyPool, work: &Work<T>) -> Result<T, Fault> {
    let engine = Engine::Postgres;
    let mut tries = 0;
    loop {
        let mut transaction = pool.begin().await?;
        let outcome = match work(&mut transaction).await {
            Ok(done) => transaction.commit().await.map(|()| done).map_err(Fault::from),
            Err(fault) => {
                transaction.rollback().await.ok();
                Err(fault)
            }
        };
        match outcome {
            Err(Fault::Database(error)) if engine.may_retry(&error) && tries < TRIES => {
                tries += 1;
                tokio::time::sleep(Duration::from_millis(2 << tries.min(6))).await;
            }
            outcome => return outcome,
        }
    }
}
