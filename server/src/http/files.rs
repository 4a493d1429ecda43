//! Files of the build: hashed ones for good, the worker with the names of this very build, evidence pictures.

use std::path::{Path, PathBuf};

use axum::Router;
use axum::extract::State as Extracted;
use axum::response::IntoResponse;
use axum::routing::get;
use http::header::{CACHE_CONTROL, CONTENT_TYPE, HeaderValue};
use leptos::prelude::LeptosOptions;
use tower_http::services::ServeDir;
use tower_http::set_header::SetResponseHeaderLayer;

use crate::state::State;

/// `/pkg`, the worker, and what lies beside them.
pub fn router(options: &LeptosOptions, state: State) -> Router {
    let root = PathBuf::from(&*options.site_root);
    let package = root.join(&*options.site_pkg_dir);
    let worker = worker(&root, &package, &options.site_pkg_dir);
    let for_good = HeaderValue::from_static("public, max-age=31536000, immutable");
    let hashed = tower::ServiceBuilder::new()
        .layer(SetResponseHeaderLayer::overriding(CACHE_CONTROL, for_good))
        .service(ServeDir::new(&package).precompressed_br().precompressed_gzip());
    let path = format!("/{}", options.site_pkg_dir);
    Router::new()
        .route("/service-worker.js", get(move || worker_answer(worker.clone())))
        .route("/metrics", get(metrics))
        .with_state(state)
        .nest_service(&path, hashed)
}

async fn worker_answer(text: String) -> impl IntoResponse {
    let plain = [(CONTENT_TYPE, "text/javascript; charset=utf-8"), (CACHE_CONTROL, "no-cache")];
    // The worker fetches for the pages: its own policy is what it may connect to.
    let policy = [(http::header::CONTENT_SECURITY_POLICY, "default-src 'none'; connect-src 'self'")];
    (plain, policy, text)
}

async fn metrics(Extracted(_): Extracted<State>) -> impl IntoResponse {
    crate::serve::metrics_text()
}

/// The worker with the files of this build to keep and a version that changes with them.
fn worker(root: &Path, package: &Path, folder: &str) -> String {
    let source = std::fs::read_to_string(root.join("service-worker.js")).unwrap_or_default();
    let mut names: Vec<String> = std::fs::read_dir(package)
        .map(|entries| entries.flatten().map(|entry| entry.file_name().to_string_lossy().into_owned()).collect())
        .unwrap_or_default();
    names.retain(|name| [".css", ".js", ".wasm"].iter().any(|ending| name.ends_with(ending)));
    names.sort();
    let list: Vec<String> = names.iter().map(|name| format!("\"/{folder}/{name}\"")).collect();
    let version = crate::db::digest(&(list.join(",") + &source));
    source.replace("__VERSION__", &version).replace("__FILES__", &list.join(","))
}
