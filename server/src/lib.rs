//! HTTP server, persistence and external gateways.

pub mod address;
pub mod api;
pub mod bill;
pub mod caller;
pub mod clock;
pub mod config;
pub mod crash;
pub mod db;
pub mod demo;
pub mod engine;
pub mod feed;
pub mod files;
pub mod gateways;
pub mod http;
pub mod invariants;
pub mod jobs;
pub mod keys;
pub mod last_uses;
pub mod limits;
pub mod monitoring;
pub mod reference;
pub mod sandbox;
pub mod sealing;
pub mod serve;
pub mod services;
pub mod settings;
pub mod signing;
pub mod state;

/// Passwords take much memory for a moment: this allocator gives it back, and is quicker under load.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;
