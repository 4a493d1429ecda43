//! What the program writes while it runs, kept for reading: its log as in operation, and the queries it asks. Every
//! test runs in a process of its own, so what is read here is of the test that reads.

use std::io::Write;
use std::sync::{Mutex, OnceLock};

use tracing::Subscriber;
use tracing::field::{Field, Visit};
use tracing_subscriber::layer::{Context, Layer, SubscriberExt};
use tracing_subscriber::{EnvFilter, Registry, fmt};

static LINES: Mutex<Vec<u8>> = Mutex::new(Vec::new());
static QUERIES: Mutex<Vec<String>> = Mutex::new(Vec::new());
static STATEMENTS: Mutex<Vec<String>> = Mutex::new(Vec::new());
static STARTED: OnceLock<()> = OnceLock::new();

struct Kept;

impl Write for Kept {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        LINES.lock().expect("the lines").extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

/// Keeps the text of every statement, and of every query that reads.
struct Queries;

struct Statement(String);

impl Visit for Statement {
    fn record_str(&mut self, field: &Field, value: &str) {
        // Long texts stand in the statement, short ones in the summary alone.
        if matches!(field.name(), "summary" | "db.statement") && value.len() > self.0.len() {
            self.0 = value.to_owned();
        }
    }

    fn record_debug(&mut self, field: &Field, value: &dyn std::fmt::Debug) {
        self.record_str(field, &format!("{value:?}"));
    }
}

impl<S: Subscriber> Layer<S> for Queries {
    fn on_event(&self, event: &tracing::Event<'_>, _: Context<'_, S>) {
        let mut statement = Statement(String::new());
        event.record(&mut statement);
        let text = statement.0.trim_start().to_ascii_lowercase();
        // Connections are opened as they are needed, and set up with pragmas.
        if !text.starts_with("pragma") {
            STATEMENTS.lock().expect("the statements").push(statement.0.clone());
        }
        if text.starts_with("select") || text.starts_with("with") {
            QUERIES.lock().expect("the queries").push(statement.0);
        }
    }
}

/// Begins to keep what is written: our own lines down to the finest, of others what operation sees.
pub fn start() {
    STARTED.get_or_init(|| {
        let log = EnvFilter::new("info,server=trace,app=trace,leptos=debug,sqlx=warn");
        let lines = fmt::layer().json().with_writer(|| Kept).with_filter(log);
        let queries = Queries.with_filter(EnvFilter::new("off,sqlx::query=debug"));
        let all = Registry::default().with(lines).with(queries);
        tracing::subscriber::set_global_default(all).expect("the only subscriber of this process");
    });
}

/// The log so far.
pub fn text() -> String {
    String::from_utf8(LINES.lock().expect("the lines").clone()).expect("the log is UTF-8")
}

/// The statements since the last look, reading or writing.
pub fn take_statements() -> Vec<String> {
    std::mem::take(&mut *STATEMENTS.lock().expect("the statements"))
}

/// The queries since the last look.
pub fn take_queries() -> Vec<String> {
    std::mem::take(&mut *QUERIES.lock().expect("the queries"))
}
