//! Why a piece of work ended without its result.

use app::api::ServiceError;

use crate::reference::Reference;

#[derive(Debug, thiserror::Error)]
pub enum Fault {
    /// The database; the person learns nothing of it but a reference.
    #[error("database: {0}")]
    Database(sqlx::Error),
    /// A stored value that its type does not accept: the store is damaged or older than the code. Nothing is decided on
    /// it, and nothing stands in for it.
    #[error("corrupt value in {place}: {problem}")]
    Corrupt {
        /// The column, with its table and the row's key where they are known.
        place: String,
        problem: String,
    },
    /// The answer is known and is not success.
    #[error(transparent)]
    Service(#[from] ServiceError),
    /// A row that the work was based on has changed since it was read. Nothing of the work is stored.
    #[error("a row changed after it was read")]
    Changed,
    /// An own promise is broken.
    #[error("{0}")]
    Internal(String),
}

impl Fault {
    /// A stored value that its own type does not accept, counted for the alarm.
    pub fn corrupt(place: impl Into<String>, problem: impl std::fmt::Display) -> Self {
        metrics::counter!("corrupt_values_total").increment(1);
        Self::Corrupt { place: place.into(), problem: problem.to_string() }
    }
}

impl From<sqlx::Error> for Fault {
    fn from(error: sqlx::Error) -> Self {
        match error {
            sqlx::Error::ColumnDecode { index, source } => Self::corrupt(format!("column {index}"), source),
            error => Self::Database(error),
        }
    }
}

/// Towards people: the log gets the context, the page a reference to it.
impl From<Fault> for ServiceError {
    fn from(fault: Fault) -> Self {
        match fault {
            Fault::Service(error) => error,
            fault => {
                let reference = Reference::current();
                tracing::error!(%reference, error = %fault, "a request failed");
                Self::Unavailable { reference: reference.to_string() }
            }
        }
    }
}
