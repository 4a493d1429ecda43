//! The application as people see it: pages, islands and the interfaces that the server implements.

#[cfg(feature = "ssr")]
pub mod api;
#[cfg(feature = "ssr")]
pub mod components;
#[cfg(feature = "ssr")]
pub mod pages;
pub mod texts;
#[cfg(feature = "ssr")]
pub mod visit;
#[cfg(feature = "ssr")]
pub use visit::Visit;
