//! The few parts of pages that run in the browser. Their words come as props, so that texts stay on the server.

mod once;
mod selection;
mod worker;

pub use once::Once;
pub use selection::{SelectionBar, SelectionFacts, SelectionWords};
pub use worker::{ForgetCopies, ServiceWorker};
