//! An empty database: on SQLite always, on PostgreSQL where TEST_DATABASE_URL names a server. Both are copies of one that
//! has the tables already.

use std::path::Path;

use server::clock::{Clock, SystemClock};
use server::db::Engine;
use sha2::{Digest, Sha256};
use sqlx::migrate::Migrator;
use sqlx::{AnyConnection, AssertSqlSafe, Connection, Executor};

static MIGRATIONS: Migrator = sqlx::migrate!("./migrations");

/// The URL; none where there is no server of the engine. The folder holds the file of SQLite.
pub async fn fresh(engine: Engine, folder: &Path) -> Option<String> {
    sqlx::any::install_default_drivers();
    match engine {
        Engine::Sqlite => Some(on_sqlite(&folder.join("test.db")).await),
        Engine::Postgres => Some(on_postgres(&std::env::var("TEST_DATABASE_URL").ok()?).await),
    }
}

async fn on_sqlite(file: &Path) -> String {
    let template = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("{}.db", template()));
    if !template.exists() {
        let made = template.with_extension(random());
        migrate(&format!("sqlite://{}?mode=rwc", made.display())).await;
        std::fs::rename(made, &template).expect("a file");
    }
    std::fs::copy(&template, file).expect("a file");
    format!("sqlite://{}", file.display())
}

async fn on_postgres(server: &str) -> String {
    let base = server.rsplit_once('/').expect("a URL with a database").0;
    let (template, name) = (template(), format!("test_{}", random()));
    let mut admin = AnyConnection::connect(server).await.expect("the PostgreSQL server answers");
    admin.execute("select pg_advisory_lock(1)").await.expect("the lock");
    let known = sqlx::query("select 1 from pg_database where datname = $1").bind(&template);
    if known.fetch_optional(&mut admin).await.expect("the query runs").is_none() {
        run(&mut admin, format!("create database {name}")).await;
        migrate(&format!("{base}/{name}")).await;
        run(&mut admin, format!("alter database {name} rename to {template}")).await;
    }
    admin.execute("select pg_advisory_unlock(1)").await.expect("the lock");
    run(&mut admin, format!("create database {name} template {template}")).await;
    format!("{base}/{name}")
}

async fn run(admin: &mut AnyConnection, statement: String) {
    admin.execute(AssertSqlSafe(statement)).await.expect("the statement runs");
}

async fn migrate(url: &str) {
    let mut connection = AnyConnection::connect(url).await.expect("a connection");
    MIGRATIONS.run(&mut connection).await.expect("the tables");
    connection.close().await.expect("closed");
}

/// Named after what the migrations say.
fn template() -> String {
    let mut digest = Sha256::new();
    MIGRATIONS.iter().for_each(|migration| digest.update(&migration.checksum));
    format!("template_{}", hex::encode(&digest.finalize()[..8]))
}

fn random() -> String {
    let clock: &dyn Clock = &SystemClock;
    hex::encode(clock.random::<8>())
}
