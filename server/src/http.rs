//! The HTTP layer: sessions, CSRF, limits, pages and files.

pub mod connections;
pub mod cookies;
pub mod current;
pub mod devices;
pub mod files;
pub mod forms;
pub mod headers;
pub mod instead;
pub mod notifications;
pub mod page_services;
pub mod policy;
pub mod readiness;
mod receipts;
pub mod tokens;
pub mod visits;

use std::sync::Arc;
use std::time::Duration;

use app::api::{FlashKeeper, ServiceError, Services};
use app::pages::verify::Pasted;
use app::visit::Visit;
use axum::extract::DefaultBodyLimit;
use axum::middleware::{from_fn, from_fn_with_state};
use axum::routing::{get, post};
use axum::{Extension, Router};
use http::StatusCode;
use http::request::Parts;
use leptos::nonce::Nonce;
use leptos::prelude::{LeptosOptions, provide_context, use_context};
use leptos::server_fn::axum::server_fn_paths;
use leptos_axum::{LeptosRoutes, generate_route_list};
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::compression::CompressionLayer;
use tower_http::timeout::TimeoutLayer;

use self::current::Current;
use self::policy::{Policy, Routes};
use crate::db::Fault;
use crate::reference::Reference;
use crate::state::State;

/// Everything that the program answers, but for the public API.
pub fn routes(state: State, options: LeptosOptions, services: Services, payment_pages: &str) -> Routes {
    app::api::register();
    let payment_pages = payment_pages.to_owned();
    let pages = pages(&state, &options, services).enforced().around(|router| {
        router
            .layer(from_fn(move |request, next| headers::protect_page(payment_pages.clone(), request, next)))
    });
    let shown = instead::Pages(pages.clone().into_router());
    let guard = instead::Guard { state: state.clone(), pages: shown };
    let verify = post(receipts::verify).with_state(guard.clone());
    let pages = pages.add(Policy::Anyone, "/verify", verify).around(|router| {
        router
            .layer(from_fn_with_state(guard.clone(), forms::guard))
            .layer(from_fn_with_state(guard, visits::recognise))
            .layer(from_fn(forms::answer_other_methods))
    });
    let readiness = readiness::Readiness { state: state.clone(), hash_file: files::hash_file(&options) };
    let machines = Routes::default()
        .add(Policy::Anyone, "/.well-known/lutong-keys.json", get(receipts::keys))
        .add(Policy::Partner, "/gateways/wechat/notifications", post(notifications::notification))
        .with_state(state)
        .add(Policy::Anyone, "/healthz", get(|| async { "ok" }))
        .add(Policy::Anyone, "/readyz", get(readiness::ready).with_state(readiness));
    pages.merge(machines).merge(files::routes(&options))
}

/// What goes around every answer of the whole program.
pub fn wrap(routes: Routes) -> Router {
    routes
        .into_router()
        .layer(DefaultBodyLimit::max(forms::LARGEST))
        .layer(TimeoutLayer::with_status_code(StatusCode::SERVICE_UNAVAILABLE, Duration::from_secs(30)))
        .layer(CompressionLayer::new().quality(tower_http::CompressionLevel::Fastest))
        .layer(CatchPanicLayer::custom(headers::panicked))
        .layer(from_fn(headers::finish))
}

fn pages(state: &State, options: &LeptosOptions, services: Services) -> Routes {
    let context_state = state.clone();
    let context = move || {
        provide_context(services.clone());
        let flash: Arc<dyn FlashKeeper> = Arc::new(cookies::SealedFlash(context_state.clone()));
        provide_context(flash);
        if let Some(parts) = use_context::<Parts>() {
            provide_from::<Visit>(&parts);
            provide_from::<Current>(&parts);
            provide_from::<Nonce>(&parts);
            provide_from::<Reference>(&parts);
            provide_from::<Pasted>(&parts);
        }
    };
    let routes = generate_route_list(app::App);
    let paths = routes.iter().map(|route| route.path().to_owned());
    let paths: Vec<_> = paths.chain(server_fn_paths().map(|(path, _)| path.to_owned())).collect();
    let shell_options = options.clone();
    let application = Router::new()
        .leptos_routes_with_context(options, routes, context.clone(), move || {
            app::shell(shell_options.clone())
        })
        .fallback(leptos_axum::file_and_error_handler_with_context(context, app::shell));
    Routes::default()
        .add(Policy::Anyone, "/session", get(session))
        .add(
            Policy::SignedInElseNothing,
            "/evidence/{vehicle}/{record}",
            get(files::evidence).with_state(state.clone()),
        )
        .add(Policy::SignedInElseNothing, "/orders/{order}/pending", get(pending).with_state(state.clone()))
        .add_application(paths.into_iter(), application)
        .with_state(options.clone())
}

/// Makes what came with the request known to the pages and form targets.
fn provide_from<T: Clone + Send + Sync + 'static>(parts: &Parts) {
    if let Some(value) = parts.extensions.get::<T>() {
        provide_context(value.clone());
    }
}

/// Keeps the session of whoever is signed in, as every request does, and answers nothing else.
async fn session(Extension(current): Extension<Current>) -> StatusCode {
    if current.session.is_some() { StatusCode::NO_CONTENT } else { StatusCode::UNAUTHORIZED }
}

/// 202 as long as the outcome of the order's payment is not known, 204 from then on. The answer has no body: the page of
/// the order asks for it again and again.
async fn pending(
    axum::extract::State(state): axum::extract::State<State>,
    Extension(current): Extension<Current>,
    axum::extract::Path(order): axum::extract::Path<String>,
) -> StatusCode {
    let Ok(person) = current.person() else { return StatusCode::UNAUTHORIZED };
    match crate::services::orders::is_pending(&state, &person, &order).await {
        Ok(true) => StatusCode::ACCEPTED,
        Ok(false) => StatusCode::NO_CONTENT,
        Err(Fault::Service(ServiceError::NotFound)) => StatusCode::NOT_FOUND,
        Err(fault) => {
            tracing::error!(%fault, %order, "the order could not be read");
            StatusCode::SERVICE_UNAVAILABLE
        }
    }
}
