//! The services on both engines, against the payment sandbox on a real socket.

mod money;
mod orders;
mod statements;
mod support;
#[path = "../support/world.rs"]
mod world;
