//! The callers of services.

use rules::person::IdentityLevel;

/// A person of the registry, through the account whose holder proved to be that person.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Person {
    /// The person's key in the registry.
    pub id: String,
    pub account_id: String,
    pub identity: IdentityLevel,
}

/// A session that a browser has begun.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Session {
    pub id: String,
    pub person: Person,
}

/// A browser in which somebody signs in or registers.
#[derive(Clone, Debug)]
pub struct Visitor {
    /// Ties drafts and codes to the browser.
    pub visit_id: String,
    /// The address that limits count by.
    pub address: String,
    /// Browser and system as a person knows them; empty where they are not known.
    pub device: String,
    /// Hashes of the phones whose owners have signed in with this browser.
    pub known_phones: Vec<String>,
    /// The browser's session, which the next one replaces.
    pub session: Option<Session>,
}

/// A member of the police who decides about cases.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Officer {
    /// As the events of cases name them.
    pub id: String,
}
