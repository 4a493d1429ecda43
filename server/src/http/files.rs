//! Static assets, the service worker and evidence pictures.

use std::path::{Path, PathBuf};

use axum::Extension;
use axum::extract::{Path as UrlPath, Request, State as Extracted};
use axum::middleware::{Next, from_fn};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use http::StatusCode;
use http::header::{CACHE_CONTROL, CONTENT_TYPE, HeaderValue};
use leptos::prelude::LeptosOptions;
use tower_http::services::ServeDir;

use super::current::Current;
use super::policy::{Policy, Routes};
use crate::services::violations;
use crate::state::State;

/// Files under a name that changes with their content may be kept for good.
const FOR_GOOD: &str = "public, max-age=31536000, immutable";
/// Letters of the hash in a file's name.
const HASH: usize = 22;

/// `/pkg` and the worker.
pub fn routes(options: &LeptosOptions) -> Routes {
    let root = PathBuf::from(&*options.site_root);
    let package = root.join(&*options.site_pkg_dir);
    let worker = worker(&root, &package, &options.site_pkg_dir);
    // Pages name an icon with a query that changes with the drawing.
    let of_icons = from_fn(|request: Request, next: Next| {
        let named = request.uri().query().is_some();
        say_how_long_to_keep(named, request, next)
    });
    let icons = tower::ServiceBuilder::new().layer(of_icons).service(ServeDir::new(root.join("icons")));
    let files = ServeDir::new(&package).precompressed_br().precompressed_gzip();
    let of_files = from_fn(|request: Request, next: Next| {
        let hashed = is_hashed(request.uri().path());
        say_how_long_to_keep(hashed, request, next)
    });
    let files = tower::ServiceBuilder::new().layer(of_files).service(files);
    let path = format!("/{}", options.site_pkg_dir);
    Routes::default()
        .add(Policy::Anyone, "/service-worker.js", get(move || worker_answer(worker.clone())))
        .around(|router| router.nest_service(&path, files).nest_service("/icons", icons))
}

/// A file that is not there today may be there after the next release, under the very name.
async fn say_how_long_to_keep(hashed: bool, request: Request, next: Next) -> Response {
    let mut response = next.run(request).await;
    let value = match response.status() {
        StatusCode::OK | StatusCode::PARTIAL_CONTENT | StatusCode::NOT_MODIFIED if hashed => FOR_GOOD,
        StatusCode::OK | StatusCode::PARTIAL_CONTENT | StatusCode::NOT_MODIFIED => "no-cache",
        _ => "no-store",
    };
    response.headers_mut().insert(CACHE_CONTROL, HeaderValue::from_static(value));
    response
}

/// `lutong.Zr5GkxSCtuKbzvP1V1Yp2w.css`
fn is_hashed(path: &str) -> bool {
    let name = path.rsplit('/').next().unwrap_or_default();
    let of_a_hash = |letter: char| letter.is_ascii_alphanumeric() || matches!(letter, '-' | '_');
    name.split('.').skip(1).any(|part| part.len() == HASH && part.chars().all(of_a_hash))
}

/// The file that names the hashed files of this build, where there are such: the pages cannot be made without it.
pub fn hash_file(options: &LeptosOptions) -> Option<PathBuf> {
    let program = std::env::current_exe().unwrap_or_default();
    options.hash_files.then(|| program.with_file_name(&*options.hash_file))
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
