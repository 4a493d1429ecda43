//! Commits commands in groups on the one connection that writes to SQLite, and answers each with its own outcome.

use std::panic::AssertUnwindSafe;

use futures::FutureExt;
use sqlx::any::AnyConnectOptions;
use sqlx::{AnyConnection, ConnectOptions, Connection, Executor};
use tokio::sync::mpsc;
use tokio::time::{Duration, sleep};

use super::{Command, Erased, Outcome};
use crate::db::{Engine, Fault, Work};

/// Commands that share one commit. Groups of 32 gave most of the gain where it was measured.
const GROUP: usize = 32;
/// The longest that a command waits for a busy database: shorter than a request waits for its answer.
const BUSY: Duration = Duration::from_secs(20);
/// Pause before a busy database is asked again.
const BUSY_PAUSE: Duration = Duration::from_millis(10);

pub(super) struct GroupWriter {
    options: AnyConnectOptions,
    /// None after a connection whose state is not known.
    connection: Option<AnyConnection>,
}

/// How a group ended.
enum Ended {
    /// Committed, with an outcome for each command.
    Committed(Vec<Outcome>),
    /// The command at this place took the whole transaction back; the others may begin again.
    TakenBack { at: usize, fault: Fault },
    /// Another process writes; nothing was begun.
    Busy,
    /// Nothing of the group stands.
    Failed(Fault),
}

/// How one command ended.
enum Ran {
    /// Its savepoint is released or taken back.
    Alone(Outcome),
    /// The transaction is gone with it.
    WithAll(Fault),
}

impl GroupWriter {
    /// Opens the existing database.
    pub(super) async fn open(url: &str) -> Result<Self, Fault> {
        let mut writer = Self { options: url.parse()?, connection: None };
        writer.connected().await?;
        Ok(writer)
    }

    async fn connected(&mut self) -> Result<&mut AnyConnection, Fault> {
        if self.connection.is_none() {
            let mut connection = self.options.connect().await?;
            Engine::Sqlite.prepare_writer(&mut connection).await?;
            self.connection = Some(connection);
        }
        self.connection.as_mut().ok_or_else(|| Fault::Internal("the writer has no connection".into()))
    }

    pub(super) async fn run(mut self, mut queue: mpsc::Receiver<Command>) {
        let mut group = Vec::with_capacity(GROUP);
        while queue.recv_many(&mut group, GROUP).await > 0 {
            self.write(&mut group).await;
        }
        self.disconnect().await;
    }

    /// Ends the connection and, with it, whatever it had begun.
    async fn disconnect(&mut self) {
        if let Some(connection) = self.connection.take()
            && let Err(error) = connection.close().await
        {
            tracing::warn!(%error, "the writing connection did not close in order");
        }
    }

    /// Answers every command of the group, and leaves the group empty.
    async fn write(&mut self, group: &mut Vec<Command>) {
        while !group.is_empty() {
            match self.commit(group).await {
                Ended::Committed(outcomes) => {
                    for (command, outcome) in group.drain(..).zip(outcomes) {
                        answer(command, outcome);
                    }
                }
                Ended::TakenBack { at, fault } => answer(group.remove(at), Err(fault)),
                Ended::Busy => {
                    for command in group.extract_if(.., |command| command.queued.elapsed() > BUSY) {
                        answer(command, Err(Fault::Internal(format!("the database was busy for {BUSY:?}"))));
                    }
                    sleep(BUSY_PAUSE).await;
                }
                Ended::Failed(fault) => {
                    tracing::error!(%fault, "a group of writes failed");
                    for command in group.drain(..) {
                        answer(command, Err(Fault::Internal(fault.to_string())));
                    }
                }
            }
        }
    }

    async fn commit(&mut self, group: &[Command]) -> Ended {
        let connection = match self.connected().await {
            Ok(connection) => connection,
            Err(fault) => return Ended::Failed(fault),
        };
        if let Err(error) = connection.execute(Engine::Sqlite.begin()).await {
            if Engine::Sqlite.may_retry(&error) {
                return Ended::Busy;
            }
            self.disconnect().await;
            return Ended::Failed(Fault::Internal(format!("beginning a group: {error}")));
        }
        let mut outcomes = Vec::with_capacity(group.len());
        for (at, Command { work, .. }) in group.iter().enumerate() {
            let running = AssertUnwindSafe(in_savepoint(connection, work)).catch_unwind();
            match running.await {
                Ok(Ran::Alone(outcome)) => outcomes.push(outcome),
                Ok(Ran::WithAll(fault)) => {
                    // SQLite has usually ended the transaction by itself: then there is nothing to roll back.
                    connection.execute("rollback").await.ok();
                    return Ended::TakenBack { at, fault };
                }
                Err(_) => {
                    self.disconnect().await;
                    return Ended::TakenBack { at, fault: Fault::Internal("a write panicked".into()) };
                }
            }
        }
        fail::fail_point!("writer.before-commit");
        if let Err(error) = connection.execute("commit").await {
            connection.execute("rollback").await.ok();
            return Ended::Failed(Fault::Internal(format!("the commit failed: {error}")));
        }
        Ended::Committed(outcomes)
    }
}

/// Whoever asked may have gone; the command stands all the same.
fn answer(command: Command, outcome: Outcome) {
    drop(command.reply.send(outcome));
}

/// A savepoint that cannot be ended is there no more: SQLite takes the whole transaction back by itself on a full disk or
/// an error of the file, and whatever ran after that would be committed statement by statement.
async fn in_savepoint(connection: &mut AnyConnection, work: &Work<Erased>) -> Ran {
    if let Err(error) = connection.execute("savepoint command").await {
        return Ran::WithAll(error.into());
    }
    let outcome = work(connection).await;
    let taken_back = match outcome {
        Ok(_) => Ok(()),
        Err(_) => connection.execute("rollback to command").await.map(drop),
    };
    let ended = match taken_back {
        Ok(()) => connection.execute("release command").await.map(drop),
        Err(error) => Err(error),
    };
    match (outcome, ended) {
        (outcome, Ok(())) => Ran::Alone(outcome),
        (Err(fault), Err(_)) => Ran::WithAll(fault),
        (Ok(_), Err(error)) => Ran::WithAll(error.into()),
    }
}
