//! Errors of the API: a stable code, the field, and a sentence for whoever reads the log.

use std::error::Error;

use axum::Json;
use axum::extract::rejection::JsonRejection;
use axum::response::{IntoResponse, Response};
use http::StatusCode;
use http::header::RETRY_AFTER;
use serde::Serialize;
use utoipa::ToSchema;

#[derive(Debug, Serialize, ToSchema)]
pub struct ProblemBody {
    /// Stable: `invalid-field`, `contradiction`, `invalid-json`, `not-json`, `too-large`, `too-many-requests`, `wrong-method`,
    /// `not-found`.
    pub code: String,
    /// The path of the field, where one is at fault: `vehicle.plate`.
    pub field: Option<String>,
    pub message: String,
}

#[derive(Debug)]
pub struct Problem {
    status: StatusCode,
    retry_after: Option<u32>,
    body: ProblemBody,
}

impl Problem {
    pub fn field(field: &str, message: impl ToString) -> Self {
        let body = ProblemBody {
            code: "invalid-field".into(),
            field: Some(field.into()),
            message: message.to_string(),
        };
        Self { status: StatusCode::UNPROCESSABLE_ENTITY, retry_after: None, body }
    }

    /// Each field is right by itself, and this one does not go with another.
    pub fn contradiction(field: &str, message: impl ToString) -> Self {
        let body = ProblemBody {
            code: "contradiction".into(),
            field: Some(field.into()),
            message: message.to_string(),
        };
        Self { status: StatusCode::CONFLICT, retry_after: None, body }
    }

    pub fn too_many(seconds: u32) -> Self {
        let message = format!("try again in {seconds} s");
        let body = ProblemBody { code: "too-many-requests".into(), field: None, message };
        Self { status: StatusCode::TOO_MANY_REQUESTS, retry_after: Some(seconds), body }
    }

    pub fn wrong_method() -> Self {
        let message = "the Allow header names the methods".into();
        let body = ProblemBody { code: "wrong-method".into(), field: None, message };
        Self { status: StatusCode::METHOD_NOT_ALLOWED, retry_after: None, body }
    }

    pub fn not_found() -> Self {
        let message = "/api/v1/openapi.json lists what there is".into();
        let body = ProblemBody { code: "not-found".into(), field: None, message };
        Self { status: StatusCode::NOT_FOUND, retry_after: None, body }
    }
}

/// Where in the document the value stands that does not fit; none for the document as a whole.
fn field_of(rejection: &JsonRejection) -> Option<String> {
    let mut source = rejection.source();
    while let Some(error) = source {
        if let Some(error) = error.downcast_ref::<serde_path_to_error::Error<serde_json::Error>>() {
            return Some(error.path().to_string()).filter(|path| path != ".");
        }
        source = error.source();
    }
    None
}

impl From<JsonRejection> for Problem {
    fn from(rejection: JsonRejection) -> Self {
        let code = match &rejection {
            JsonRejection::JsonDataError(_) => "invalid-field",
            JsonRejection::JsonSyntaxError(_) => "invalid-json",
            JsonRejection::MissingJsonContentType(_) => "not-json",
            _ => "too-large",
        };
        let field = field_of(&rejection).filter(|_| code == "invalid-field");
        let body = ProblemBody { code: code.into(), field, message: rejection.body_text() };
        Self { status: rejection.status(), retry_after: None, body }
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let mut response = (self.status, Json(self.body)).into_response();
        if let Some(seconds) = self.retry_after {
            response.headers_mut().insert(RETRY_AFTER, seconds.into());
        }
        response
    }
}
