//! The feed's import on both engines: SQLite always, PostgreSQL when TEST_DATABASE_URL names a server.

#[path = "support/databases.rs"]
mod databases;
#[path = "feed/stage.rs"]
mod stage;

#[path = "feed/crashes.rs"]
mod crashes;
#[path = "feed/folder.rs"]
mod folder;
#[path = "feed/lines.rs"]
mod lines;
#[path = "feed/order.rs"]
mod order;
#[path = "feed/records.rs"]
mod records;
#[path = "feed/scope.rs"]
mod scope;
#[path = "feed/trust.rs"]
mod trust;
