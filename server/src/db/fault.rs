//! Why a piece of work ended without its result.

use app::api::ServiceError;

use crate::reference::Reference;

#[derive(Debug, thiserror::Error)]
pub enum Fault {
    /// The database; the person learns nothing of it but a reference.
    #[error("database: {0}")]
    Database(#[from] sqlx::Error),
    /// The answer is known and is not success.
    #[error(transparent)]
    Service(#[from] ServiceError),
    /// A row that the work was based on has changed since it was read. Nothing of the work is stored.
    #[error("a row changed after it was read")]
    Changed,
    /// A stored value or an own promise is broken.
    #[error("{0}")]
    Internal(String),
}

impl Fault {
    /// A stored value that its own type does not accept: the store is damaged or older than the code.
    pub fn stored(what: &str, error: impl std::fmt::Display) -> Self {
        Self::Internal(format!("stored {what}: {error}"))
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
