//! Errors of the API: a stable code, the field, and a sentence for whoever reads the log.

use axum::Json;
use axum::extract::rejection::JsonRejection;
use axum::response::{IntoResponse, Response};
use http::StatusCode;
use http::header::RETRY_AFTER;
use serde::Serialize;
use utoipa::ToSchema;

#[derive(Debug, Serialize, ToSchema)]
pub struct ProblemBody {
    /// Stable: `invalid-field`, `invalid-json`, `not-json`, `too-large`, `too-many-requests`.
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

    pub fn too_many(seconds: u32) -> Self {
        let message = format!("try again in {seconds} s");
        let body = ProblemBody { code: "too-many-requests".into(), field: None, message };
        Self { status: StatusCode::TOO_MANY_REQUESTS, retry_after: Some(seconds), body }
    }
}

impl From<JsonRejection> for Problem {
    fn from(rejection: JsonRejection) -> Self {
        let code = match &rejection {
            JsonRejection::JsonDataError(_) => "invalid-field",
            JsonRejection::JsonSyntaxError(_) => "invalid-json",
            JsonRejection::MissingJsonContentType(_) => "not-json",
            _ => "too-large",
        };
        let body = ProblemBody { code: code.into(), field: None, message: rejection.body_text() };
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
