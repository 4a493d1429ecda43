//! A store of its own for each test, files beside it, and a look at everything the feed wrote.

use std::ops::ControlFlow;
use std::path::PathBuf;
use std::sync::Arc;

use chrono::{DateTime, NaiveDate, Utc};
use server::clock::{Clock, FixedClock};
use server::db::Engine;
use server::db::Store;
use server::demo::population::Population;
use server::feed::counts::Counts;
use server::feed::write::to_line;
use server::feed::{Desk, ImportError, Importer};
use server::sealing::Sealer;
use sqlx::{AssertSqlSafe, Executor, Row};
use tempfile::TempDir;

use crate::databases;

pub const KEYS: &str = "k1:000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f";

/// A Wednesday morning in Kunming.
pub fn now() -> DateTime<Utc> {
    "2026-11-18T02:00:00Z".parse().unwrap()
}

/// What the feed writes, by table; sealed columns are opened for the comparison.
const TABLES: &[(&str, &[&str], &[&str])] = &[
    ("persons", &["id", "updated_at"], &["name", "id_number", "phone"]),
    ("organisations", &["id", "name", "updated_at"], &[]),
    (
        "licences",
        &[
            "person_id",
            "file_hash",
            "classes",
            "states",
            "first_issued",
            "valid_until",
            "full_marks",
            "updated_at",
        ],
        &["file_number"],
    ),
    ("points_entries", &["person_id", "id", "occurred_on", "points", "fine_paid", "updated_at"], &[]),
    ("vehicles", &["id", "plate", "kind", "usage", "states", "owner_kind", "owner_id", "updated_at"], &[]),
    ("bindings", &["person_id", "id", "vehicle_id", "since", "until", "updated_at"], &[]),
    ("leases", &["vehicle_id", "id", "registered_at", "starts_at", "ends_at", "updated_at"], &[]),
    ("lease_drivers", &["person_id", "vehicle_id", "lease_id", "role"], &[]),
    (
        "camera_records",
        &[
            "vehicle_id",
            "id",
            "code",
            "location",
            "region",
            "violated_at",
            "capture",
            "penalty",
            "fine",
            "points",
            "evidence",
            "registry_state",
            "registry_disputed",
            "updated_at",
            "state",
            "disputed",
        ],
        &[],
    ),
    ("synchronisation", &["synced_at"], &[]),
];

pub struct Stage {
    pub folder: TempDir,
    pub url: String,
    pub importer: Importer,
}

impl Stage {
    async fn at(url: String, folder: TempDir) -> Self {
        let sealer = Arc::new(Sealer::from_keys(KEYS).unwrap());
        let clock: Arc<dyn Clock> = FixedClock::at(now(), 1);
        let desk = Desk::open(folder.path(), Vec::new(), true).unwrap();
        let store = Store::open(&url).await.unwrap();
        Self { importer: Importer { store, sealer, clock, desk }, folder, url }
    }

    pub fn write(&self, name: &str, text: impl AsRef<[u8]>) -> PathBuf {
        let path = self.folder.path().join(name);
        std::fs::write(&path, text).unwrap();
        path
    }

    pub fn side(&self, name: &str) -> String {
        let found =
            std::fs::read_dir(self.importer.desk.reports()).unwrap().map(|entry| entry.unwrap().path());
        let of =
            |path: &PathBuf| path.file_name().unwrap().to_string_lossy().starts_with(&format!("{name}."));
        found.filter(of).map(|path| std::fs::read_to_string(path).unwrap()).collect()
    }

    pub async fn import(&self, path: &std::path::Path) -> Counts {
        self.importer.import_file(path, |_| ControlFlow::Continue(())).await.unwrap()
    }

    /// Imports a text as a file of its own.
    pub async fn import_text(&self, name: &str, text: &str) -> Counts {
        let path = self.write(name, text);
        self.import(&path).await
    }

    /// Imports until so many batches are written.
    pub async fn import_batches(
        &self,
        path: &std::path::Path,
        batches: usize,
    ) -> Result<Counts, ImportError> {
        let mut seen = 0;
        let stop = move |_| {
            seen += 1;
            if seen == batches { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
        };
        self.importer.import_file(path, stop).await
    }

    pub async fn run(&self, sql: &str) {
        let sql = sql.to_owned();
        let ran = self.importer.store.write(sql, move |connection, sql| {
            Box::pin(async move {
                connection.execute(AssertSqlSafe(sql)).await?;
                Ok(())
            })
        });
        ran.await.unwrap();
    }

    /// Rows of texts.
    pub async fn rows(&self, sql: &str) -> Vec<Vec<Option<String>>> {
        let mut connection = self.importer.store.read().await.unwrap();
        let rows = sqlx::query(AssertSqlSafe(sql.to_owned())).fetch_all(&mut *connection).await.unwrap();
        rows.iter().map(|row| (0..row.len()).map(|at| row.get(at)).collect()).collect()
    }

    /// Everything that the feed wrote, in one order.
    pub async fn registry(&self) -> Vec<String> {
        let mut all = Vec::new();
        for (table, plain, sealed) in TABLES {
            let columns: Vec<_> =
                plain.iter().chain(*sealed).map(|column| format!("cast({column} as text)")).collect();
            let rows = self.rows(&format!("select {} from {table}", columns.join(", "))).await;
            let mut lines: Vec<_> =
                rows.into_iter().map(|row| self.opened(table, plain.len(), sealed, row)).collect();
            lines.sort();
            all.extend(lines);
        }
        all
    }

    fn opened(&self, table: &str, plain: usize, sealed: &[&str], mut row: Vec<Option<String>>) -> String {
        let id = row[0].clone().unwrap_or_default();
        for (column, cell) in sealed.iter().zip(&mut row[plain..]) {
            let place = format!("{table}:{id}:{column}");
            *cell = cell.take().map(|text| self.importer.sealer.open(&place, &text).unwrap());
        }
        format!("{table} {row:?}")
    }
}

/// A stage on each engine that there is.
pub async fn stage_on(engine: Engine) -> Option<Stage> {
    let folder = TempDir::new().unwrap();
    let url = databases::fresh(engine, folder.path()).await?;
    Some(Stage::at(url, folder).await)
}

/// The lines of so many unnamed people.
pub fn registry_of(households: u64) -> String {
    let today = NaiveDate::from_ymd_opt(2026, 11, 18).unwrap();
    let population = Population { seed: 7, today };
    let facts = (0..households).flat_map(|number| population.facts(number));
    facts.map(|fact| to_line(&fact, now())).collect()
}

/// A valid line of each kind, by the fact's time and what distinguishes it.
pub fn person(at: &str, name: &str) -> String {
    format!(
        "{{\"kind\":\"person\",\"at\":\"{at}\",\"id_number\":\"53010219880412901X\",\"name\":\"{name}\"}}\n"
    )
}

pub fn record(at: &str, id: &str, rest: &str) -> String {
    format!(
        "{{\"kind\":\"camera-record\",\"at\":\"{at}\",\"id\":\"{id}\",\"vehicle\":\"V1\",\"code\":\"1345\",\
         \"location\":\"人民中路\",\"region\":\"530102\",\"violated_at\":\"2026-10-17T08:12:00+08:00\",\
         \"capture\":\"device\",\"penalty\":\"fine\",\"fine\":10000,\"points\":1{rest}}}\n"
    )
}
