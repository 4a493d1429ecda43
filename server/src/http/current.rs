//! The session and browser of the current request, for `page_services`.

use std::net::IpAddr;

use app::api::ServiceError;
use leptos::prelude::use_context;

use crate::caller::{Person, Session};

/// The session behind the request; provided as context to every page and form target.
#[derive(Clone, Debug)]
pub struct Current {
    /// Ties forms and drafts to this browser, signed in or not.
    pub visit_id: String,
    /// The address that limits count by.
    pub address: String,
    /// The address of the browser itself.
    pub ip: IpAddr,
    /// Browser and system as a person knows them; nothing where they are not known.
    pub device: String,
    /// The sealed draft of a sign-in or registration.
    pub draft: Option<String>,
    /// The sealed list of phones whose owners have signed in with this browser.
    pub known: Option<String>,
    pub session: Option<Session>,
}

impl Current {
    /// The person, or signed out.
    pub fn person(self) -> Result<Person, ServiceError> {
        self.session.map(|session| session.person).ok_or(ServiceError::SignedOut)
    }
}

pub fn current() -> Current {
    use_context::<Current>().expect("the server provides the session to every page and form target")
}

/// The session, or signed out.
pub fn session() -> Result<Session, ServiceError> {
    current().session.ok_or(ServiceError::SignedOut)
}

/// The person, or signed out.
pub fn person() -> Result<Person, ServiceError> {
    current().person()
}
