//! Requests in, answers out: recognising visitors, guarding forms, serving pages and files. It decides nothing.

pub mod address;
pub mod cookies;
pub mod current;
pub mod devices;
pub mod files;
pub mod forms;
pub mod headers;
pub mod instead;
pub mod limits;
mod receipts;
pub mod request_id;
pub mod visits;

use std::sync::Arc;
use std::time::Duration;

use app::api::{FlashKeeper, Services};
use app::pages::verify::Pasted;
use app::visit::Visit;
use axum::body::Bytes;
use axum::extract::DefaultBodyLimit;
use axum::middleware::{from_fn, from_fn_with_state};
use axum::response::IntoResponse;
use axum::routing::{get, post};
use axum::{Extension, Router};
use http::request::Parts;
use http::{HeaderMap, StatusCode};
use leptos::nonce::Nonce;
use leptos::prelude::{LeptosOptions, provide_context, use_context};
use leptos_axum::{LeptosRoutes, generate_route_list};
use tower_http::compression::CompressionLayer;
use tower_http::timeout::TimeoutLayer;

use self::current::Current;
use crate::services::payments::notified::notified;
use crate::state::State;

/// Everything that the program answers, but for the public API.
pub fn router(state: State, options: LeptosOptions, services: Services, payment_origin: &str) -> Router {
    app::api::register();
    let payment_origin = payment_origin.to_owned();
    let pages = pages(&state, &options, services)
        .layer(from_fn(move |request, next| headers::protect_page(payment_origin.clone(), request, next)));
    let guard = instead::Guard { state: state.clone(), pages: instead::Pages(pages.clone()) };
    let pages = pages
        .route("/verify", post(receipts::verify).with_state(guard.clone()))
        .layer(from_fn_with_state(guard.clone(), forms::guard))
        .layer(from_fn_with_state(guard, visits::recognise));
    let machines = Router::new()
        .route("/healthz", get(|| async { "ok" }))
        .route("/readyz", get(ready))
        .route("/.well-known/lutong-keys.json", get(receipts::keys))
        .route("/gateways/wechat/notifications", post(notification))
        .with_state(state)
        .merge(files::router(&options));
    pages.merge(machines)
}

/// What goes around every answer of the whole program.
pub fn wrap(router: Router) -> Router {
    router
        .layer(DefaultBodyLimit::max(forms::LARGEST))
        .layer(TimeoutLayer::with_status_code(StatusCode::SERVICE_UNAVAILABLE, Duration::from_secs(30)))
        .layer(CompressionLayer::new().quality(tower_http::CompressionLevel::Fastest))
        .layer(from_fn(headers::finish))
}

fn pages(state: &State, options: &LeptosOptions, services: Services) -> Router {
    let context_state = state.clone();
    let context = move || {
        provide_context(services.clone());
        let flash: Arc<dyn FlashKeeper> = Arc::new(cookies::SealedFlash(context_state.clone()));
        provide_context(flash);
        if let Some(parts) = use_context::<Parts>() {
            if let Some(visit) = parts.extensions.get::<Visit>() {
                provide_context(visit.clone());
            }
            if let Some(current) = parts.extensions.get::<Current>() {
                provide_context(current.clone());
            }
            if let Some(pasted) = parts.extensions.get::<Pasted>() {
                provide_context(pasted.clone());
            }
            if let Some(nonce) = parts.extensions.get::<Nonce>() {
                provide_context(nonce.clone());
            }
        }
    };
    let routes = generate_route_list(app::App);
    let shell_options = options.clone();
    Router::new()
        .route("/session", get(session))
        .route("/evidence/{vehicle}/{record}", get(files::evidence).with_state(state.clone()))
        .leptos_routes_with_context(options, routes, context.clone(), move || {
            app::shell(shell_options.clone())
        })
        .fallback(leptos_axum::file_and_error_handler_with_context(context, app::shell))
        .with_state(options.clone())
}

/// Keeps the session of whoever is signed in, as every request does, and answers nothing else.
async fn session(Extension(current): Extension<Current>) -> StatusCode {
    if current.session.is_some() { StatusCode::NO_CONTENT } else { StatusCode::UNAUTHORIZED }
}

async fn ready(axum::extract::State(state): axum::extract::State<State>) -> impl IntoResponse {
    match crate::services::portal::synced_at(&state).await {
        Ok(_) => (StatusCode::OK, "ready"),
        Err(fault) => {
            tracing::warn!(%fault, "not ready");
            (StatusCode::SERVICE_UNAVAILABLE, "the database does not answer")
        }
    }
}

async fn notification(
    axum::extract::State(state): axum::extract::State<State>,
    headers: HeaderMap,
    body: Bytes,
) -> impl IntoResponse {
    let status = notified(&state, &headers, &body).await;
    let answer = if status.is_success() {
        serde_json::json!({ "code": "SUCCESS", "message": "" })
    } else {
        serde_json::json!({ "code": "FAIL", "message": "not accepted" })
    };
    (status, axum::Json(answer))
}
