//! Who is signed in during this request, for the services that the pages call.

use std::net::IpAddr;

use app::api::ServiceError;
use leptos::prelude::use_context;
use rules::person::IdentityLevel;

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

#[derive(Clone, Debug)]
pub struct Session {
    pub id: String,
    pub account_id: String,
    pub phone_masked: String,
    pub identity: IdentityLevel,
    /// The person of the registry whom the account's holder has proved to be.
    pub person_id: String,
}

/// A signed-in account that is linked to a person of the registry.
#[derive(Clone, Debug)]
pub struct Person {
    pub id: String,
    pub account_id: String,
    pub identity: IdentityLevel,
    pub phone_masked: String,
}

impl Current {
    /// The person, or signed out.
    pub fn person(self) -> Result<Person, ServiceError> {
        let session = self.session.ok_or(ServiceError::SignedOut)?;
        Ok(Person {
            id: session.person_id,
            account_id: session.account_id,
            identity: session.identity,
            phone_masked: session.phone_masked,
        })
    }
}

pub fn current() -> Current {
    use_context::<Current>().expect("the server provides the session to every page and form target")
}

/// The address that the request came from; none outside of requests.
pub fn address() -> String {
    use_context::<Current>().map(|current| current.address).unwrap_or_default()
}

/// The session, or signed out.
pub fn session() -> Result<Session, ServiceError> {
    current().session.ok_or(ServiceError::SignedOut)
}

/// The person, or signed out.
pub fn person() -> Result<Person, ServiceError> {
    current().person()
}
