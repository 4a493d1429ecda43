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
        if self == Self::Sqlite {
            for pragma in [
                "pragma busy_timeout = 10000",
                "pragma journal_mode = wal",
                "pragma synchronous = full",
                "pragma cache_size = -8000",
            ] {
                connection.execute(pragma).await?;
            }
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

    /// Whether the transaction lost a race and may simply run again.
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
