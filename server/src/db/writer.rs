//! Where writes go. On SQLite one task owns the only writing connection and commits what is queued in groups, each
//! command in a savepoint with a verdict of its own; PostgreSQL has its own group commit, so there each command is
//! a transaction of its pool.

use std::any::Any as Boxed;
use std::sync::Arc;

use futures::future::BoxFuture;
use sqlx::any::{AnyConnectOptions, AnyPoolOptions};
use sqlx::{AnyConnection, AnyPool, ConnectOptions, Connection, Executor};
use tokio::sync::{mpsc, oneshot};
use tokio::time::Duration;

use super::{Engine, Fault, Work};

/// Commands that share one commit. Groups of 32 gave most of the gain where it was measured.
const GROUP: usize = 32;
/// Conflicts in a row before a command is given up.
const TRIES: u32 = 12;

static MIGRATIONS: sqlx::migrate::Migrator = sqlx::migrate!("./migrations");

type Erased = Box<dyn Boxed + Send>;
type Outcome = Result<Erased, Fault>;

struct Command {
    work: Work<Erased>,
    reply: oneshot::Sender<Outcome>,
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
        let creating = engine.creating(url);
        match engine {
            Engine::Sqlite => {
                let options: AnyConnectOptions = creating.parse()?;
                let mut connection = options.connect().await?;
                engine.prepare(&mut connection).await?;
                migrate(&mut connection).await?;
                let (sender, receiver) = mpsc::channel(1024);
                tokio::spawn(serve(connection, receiver));
                Ok(Self(Way::Queue(sender)))
            }
            Engine::Postgres => {
                let pool = AnyPoolOptions::new()
                    .max_connections(engine.writers())
                    .acquire_timeout(Duration::from_secs(5))
                    .connect(&creating)
                    .await?;
                migrate(&mut *pool.acquire().await?).await?;
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
                sender.send(Command { work: erased, reply }).await.map_err(|_| closed())?;
                let done = answer.await.map_err(|_| closed())??;
                Ok(*done.downcast().expect("the work's own type comes back"))
            }
            Way::Pool(pool) => write_alone(pool, &work).await,
        }
    }
}

async fn migrate(connection: &mut AnyConnection) -> Result<(), Fault> {
    MIGRATIONS.run(connection).await.map_err(|error| Fault::Internal(format!("migrating: {error}")))
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

async fn serve(mut connection: AnyConnection, mut queue: mpsc::Receiver<Command>) {
    let mut group = Vec::with_capacity(GROUP);
    while queue.recv_many(&mut group, GROUP).await > 0 {
        let mut replies = Vec::with_capacity(group.len());
        let committed = commit_together(&mut connection, group.drain(..), &mut replies).await;
        for (reply, outcome) in replies {
            let outcome = match (&committed, outcome) {
                (Ok(()), outcome) => outcome,
                (Err(error), Ok(_)) => Err(Fault::Internal(format!("the commit failed: {error}"))),
                (Err(_), Err(fault)) => Err(fault),
            };
            // Whoever asked may have gone; the command stands all the same.
            drop(reply.send(outcome));
        }
    }
    connection.close().await.ok();
}

async fn commit_together(
    connection: &mut AnyConnection,
    group: impl Iterator<Item = Command>,
    replies: &mut Vec<(oneshot::Sender<Outcome>, Outcome)>,
) -> sqlx::Result<()> {
    let begun = connection.execute(Engine::Sqlite.begin()).await;
    for Command { work, reply } in group {
        let outcome = match &begun {
            Ok(_) => in_savepoint(connection, &work).await,
            Err(error) => Err(Fault::Internal(format!("beginning a group: {error}"))),
        };
        replies.push((reply, outcome));
    }
    begun?;
    fail::fail_point!("writer.before-commit");
    if let Err(error) = connection.execute("commit").await {
        connection.execute("rollback").await.ok();
        return Err(error);
    }
    Ok(())
}

async fn in_savepoint(connection: &mut AnyConnection, work: &Work<Erased>) -> Outcome {
    connection.execute("savepoint command").await?;
    match work(connection).await {
        Ok(done) => {
            connection.execute("release command").await?;
            Ok(done)
        }
        Err(fault) => {
            connection.execute("rollback to command").await?;
            connection.execute("release command").await?;
            Err(fault)
        }
    }
}
