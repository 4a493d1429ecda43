//! The public API for machines: the rulebook and judgements of given cases. Pure: nothing is stored, nobody signs in.

pub mod assessments;
pub mod late_fee;
mod problem;
mod schema;
mod times;
mod whole;

use axum::Json;
use axum::extract::{Request, State as Extracted};
use axum::middleware::{Next, from_fn_with_state};
use axum::response::{IntoResponse, Response};
use axum::routing::{any, get, post};
use utoipa::OpenApi;
use utoipa::openapi::OpenApi as Document;

use self::problem::{Problem, ProblemBody};
use crate::address::key;
use crate::http::policy::{Policy, Routes};
use crate::state::State;

#[derive(OpenApi)]
#[openapi(
    info(
        title = "Lutong public API",
        version = "1",
        description = "The rules of online handling, and judgements of given cases.",
        license(name = "MIT")
    ),
    paths(rulebook, openapi, assessments::camera_record, late_fee::late_fee),
    components(schemas(ProblemBody))
)]
struct Described;

/// The OpenAPI document, generated from the code.
pub fn document() -> Document {
    Described::openapi()
}

pub fn routes(state: State) -> Routes {
    Routes::default()
        .add(Policy::Anyone, "/api/v1/rulebook", get(rulebook))
        .add(Policy::Anyone, "/api/v1/openapi.json", get(openapi))
        .add(Policy::Anyone, "/api/v1/assessments/camera-record", post(assessments::camera_record))
        .add(Policy::Anyone, "/api/v1/assessments/late-fee", post(late_fee::late_fee))
        .around(|router| router.method_not_allowed_fallback(|| async { Problem::wrong_method() }))
        .add(Policy::Anyone, "/api/v1/{*unknown}", any(|| async { Problem::not_found() }))
        .around(|router| router.layer(from_fn_with_state(state.clone(), limit)))
        .with_state(state)
}

async fn limit(Extracted(state): Extracted<State>, request: Request, next: Next) -> Response {
    let address = state.proxies.sender(request.extensions(), request.headers());
    let address = address.map(key).unwrap_or_default();
    match state.limits.api(&address) {
        Err(app::api::ServiceError::TooMany { retry_after_seconds }) => {
            Problem::too_many(retry_after_seconds).into_response()
        }
        _ => next.run(request).await,
    }
}

/// The rulebook in force: places, parameters with their times, the words of the texts.
#[utoipa::path(get, path = "/api/v1/rulebook", responses(
    (status = 200, description = "The rulebook", body = serde_json::Value),
    (status = 429, description = "Too many requests", body = ProblemBody),
))]
async fn rulebook(Extracted(state): Extracted<State>) -> Response {
    Json(&*state.rulebook).into_response()
}

/// This document.
#[utoipa::path(get, path = "/api/v1/openapi.json", responses(
    (status = 200, description = "The OpenAPI document", body = serde_json::Value),
    (status = 429, description = "Too many requests", body = ProblemBody),
))]
async fn openapi() -> Response {
    Json(document()).into_response()
}
