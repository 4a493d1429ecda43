//! The services on both engines, against the payment sandbox on a real socket.

mod agreement;
mod amounts;
mod asking;
mod bills;
mod commands;
mod crowds;
mod engine;
mod jobs;
mod keys;
mod migrations;
mod money;
mod notices;
mod orders;
mod provider;
mod races;
mod refunds;
mod statements;
mod support;
mod trial;
mod upkeep;
mod walks;
#[expect(dead_code, reason = "only the tests over HTTP start the program as a process")]
#[path = "../support/world.rs"]
mod world;
mod writer;
