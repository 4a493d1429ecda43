//! What truly differs between the engines.

use sqlx::AnyConnection;
use sqlx::{AssertSqlSafe, Executor, Row};

use super::Fault;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Engine {
    Sqlite,
    Postgres,
}

impl Engine {
    pub fn of(url: &str) -> Result<Self, Fault> {
        match url.split(':').next() {
            Some("sqlite") => Ok(Self::Sqlite),
            Some("postgres" | "postgresql") => Ok(Self::Postgres),
            _ => Err(Fault::Internal(
                "DATABASE_URL must begin with sqlite: or postgres:, for example sqlite://data/lutong.db"
                    .into(),
            )),
        }
    }

    pub fn name(self) -> &'static str {
        match self {
            Self::Sqlite => "sqlite",
            Self::Postgres => "postgres",
        }
    }

    /// Connections kept for reading.
    pub fn readers(self) -> u32 {
        match self {
            Self::Sqlite => 4,
            Self::Postgres => 10,
        }
    }

    /// Connections that write at the same time.
    pub fn writers(self) -> u32 {
        match self {
            Self::Sqlite => 1,
            Self::Postgres => 10,
        }
    }

    /// The URL with what the engine needs to create its file.
    pub fn creating(self, url: &str) -> String {
        match self {
            Self::Sqlite if !url.contains("mode=") => {
                format!("{url}{}mode=rwc", if url.contains('?') { '&' } else { '?' })
            }
            _ => url.to_owned(),
        }
    }

    /// Settings of each new connection.
    pub async fn prepare(self, connection: &mut AnyConnection) -> sqlx::Result<()> {
        let statements: &[&'static str] = match self {
            Self::Sqlite => &[
                "pragma busy_timeout = 10000",
                "pragma journal_mode = wal",
                "pragma synchronous = full",
                "pragma cache_size = -8000",
            ],
            // A lock is waited for shorter than a person waits for an answer.
            Self::Postgres => &[
                "set statement_timeout = '10s'",
                "set lock_timeout = '4s'",
                "set idle_in_transaction_session_timeout = '30s'",
            ],
        };
        for statement in statements {
            connection.execute(*statement).await?;
        }
        Ok(())
    }

    /// Settings of the connection that writes on SQLite: the writer waits by itself, in short steps.
    pub async fn prepare_writer(self, connection: &mut AnyConnection) -> sqlx::Result<()> {
        self.prepare(connection).await?;
        if self == Self::Sqlite {
            connection.execute("pragma busy_timeout = 500").await?;
        }
        Ok(())
    }

    /// Begins a transaction that reads one state of the database for as long as it takes.
    pub fn begin_snapshot(self) -> &'static str {
        match self {
            Self::Sqlite => "begin",
            Self::Postgres => "begin isolation level repeatable read, read only",
        }
    }

    /// Lifts the limits of the transaction's statements.
    pub async fn take_time(self, connection: &mut AnyConnection) -> sqlx::Result<()> {
        if self == Self::Postgres {
            connection.execute("set local statement_timeout = 0").await?;
        }
        Ok(())
    }

    /// How a write transaction begins.
    pub fn begin(self) -> &'static str {
        match self {
            Self::Sqlite => "begin immediate",
            Self::Postgres => "begin",
        }
    }

    /// True for an error after which the transaction may simply run again: it lost a race, or the database is busy.
    pub fn may_retry(self, error: &sqlx::Error) -> bool {
        let code = error.as_database_error().and_then(|error| error.code());
        match self {
            Self::Sqlite => matches!(code.as_deref(), Some("5" | "6" | "261" | "517")),
            Self::Postgres => matches!(code.as_deref(), Some("40001" | "40P01")),
        }
    }

    /// Asks the engine to understand the statement, without running it.
    pub async fn check(self, connection: &mut AnyConnection, statement: &'static str) -> sqlx::Result<()> {
        match self {
            Self::Sqlite => {
                let explained = format!("explain {statement}");
                sqlx::query(AssertSqlSafe(explained)).fetch_all(connection).await?.first().map(Row::len);
                Ok(())
            }
            Self::Postgres => connection.prepare(sqlx::SqlStr::from_static(statement)).await.map(drop),
        }
    }
}
