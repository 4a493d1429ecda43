//! The whole program over HTTP, on both engines: what it lets in, what it keeps to itself, what it answers.

mod api;
mod codes;
mod connections;
mod crashes;
mod crowds;
mod disputes;
mod enumeration;
mod forgery;
mod form;
mod headers;
mod journal;
mod leases;
mod limits;
mod monitoring;
mod openapi;
mod orders;
mod outages;
mod owners;
mod places;
mod placing;
mod privacy;
mod processes;
mod registering;
mod routes;
mod rulebook;
mod selections;
mod sessions;
mod steps;
mod strangers;
mod support;
mod verifying;
#[path = "../support/world.rs"]
mod world;
