//! The whole program over HTTP, on both engines: what it lets in, what it keeps to itself, what it answers.

mod form;
mod sessions;
mod support;
#[path = "../support/world.rs"]
mod world;
