//! Implements the service traits of the pages: takes the caller from the request, calls a service, and sets cookies.

mod accounts;
mod orders;
mod portal;
mod violations;

use std::sync::Arc;

use app::api::Services;

use crate::state::State;

/// The services behind the pages.
pub fn services(state: &State) -> Services {
    Services {
        accounts: Arc::new(accounts::AccountPages(state.clone())),
        violations: Arc::new(violations::ViolationPages(state.clone())),
        orders: Arc::new(orders::OrderPages(state.clone())),
        portal: Arc::new(portal::PortalPages(state.clone())),
    }
}
