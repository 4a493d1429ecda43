//! Files of the build: hashed ones and icons for good, the worker with the names of this very build, evidence pictures.

use std::path::{Path, PathBuf};

use axum::extract::{Path as UrlPath, State as Extracted};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use axum::{Extension, Router};
use http::StatusCode;
use http::header::{CACHE_CONTROL, CONTENT_TYPE, HeaderValue};
use leptos::prelude::LeptosOptions;
use tower_http::services::ServeDir;
use tower_http::set_header::SetResponseHeaderLayer;

use super::current::Current;
use crate::services::violations;
use crate::state::State;

/// `/pkg`, the worker, and what lies beside them.
pub fn router(options: &LeptosOptions) -> Router {
    let root = PathBuf::from(&*options.site_root);
    let package = root.join(&*options.site_pkg_dir);
    let worker = worker(&root, &package, &options.site_pkg_dir);
    let for_good = HeaderValue::from_static("public, max-age=31536000, immutable");
    let kept = tower::ServiceBuilder::new()
        .layer(SetResponseHeaderLayer::overriding(CACHE_CONTROL, for_good));
    let hashed = kept.clone().service(ServeDir::new(&package).precompressed_br().precompressed_gzip());
    let icons = kept.service(ServeDir::new(root.join("icons")));
    let path = format!("/{}", options.site_pkg_dir);
    Router::new()
        .route("/service-worker.js", get(move || worker_answer(worker.clone())))
        .nest_service(&path, hashed)
        .nest_service("/icons", icons)
}

/// The picture of a record, for those who may see the record; others find nothing.
pub async fn evidence(
    Extracted(state): Extracted<State>,
    Extension(current): Extension<Current>,
    UrlPath((vehicle, record)): UrlPath<(String, String)>,
) -> Response {
    let person = current.person();
    let name = match person {
        Ok(person) => violations::evidence(&state, &person, &vehicle, &record).await,
        Err(error) => Err(error.into()),
    };
    let read = match name {
        Ok(name) => tokio::fs::read(state.evidence.join(&name)).await.map(|bytes| (name, bytes)),
        Err(_) => return StatusCode::NOT_FOUND.into_response(),
    };
    match read {
        Ok((name, bytes)) => {
            let kind = if name.ends_with(".png") { "image/png" } else { "image/jpeg" };
            ([(CONTENT_TYPE, kind), (CACHE_CONTROL, "no-store")], bytes).into_response()
        }
        Err(_) => StatusCode::NOT_FOUND.into_response(),
    }
}

async fn worker_answer(text: String) -> impl IntoResponse {
    let plain = [(CONTENT_TYPE, "text/javascript; charset=utf-8"), (CACHE_CONTROL, "no-cache")];
    // The worker fetches for the pages: its own policy is what it may connect to.
    let policy = "default-src 'none'; connect-src 'self'; frame-ancestors 'none'; base-uri 'none'";
    (plain, [(http::header::CONTENT_SECURITY_POLICY, policy)], text)
}

/// The worker with the files of this build to keep and a version that changes with them.
fn worker(root: &Path, package: &Path, folder: &str) -> String {
    let source = std::fs::read_to_string(root.join("service-worker.js")).unwrap_or_default();
    let mut names: Vec<String> = std::fs::read_dir(package)
        .map(|entries| {
            entries.flatten().map(|entry| entry.file_name().to_string_lossy().into_owned()).collect()
        })
        .unwrap_or_default();
    names.retain(|name| [".css", ".js", ".wasm"].iter().any(|ending| name.ends_with(ending)));
    names.sort();
    let list: Vec<String> = names.iter().map(|name| format!("\"/{folder}/{name}\"")).collect();
    let version = crate::db::digest(&(list.join(",") + &source));
    source.replace("__VERSION__", &version).replace("__FILES__", &list.join(","))
}
