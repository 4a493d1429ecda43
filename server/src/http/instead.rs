//! Renders a page in place of the requested one, such as an error page.

use app::pages::verify::Pasted;
use app::visit::Visit;
use axum::Router;
use axum::body::Body;
use axum::extract::Request;
use axum::response::Response;
use http::header::{HeaderValue, RETRY_AFTER};
use http::request::Parts;
use tower::ServiceExt;

use super::current::Current;
use crate::reference::Reference;
use crate::state::State;

/// What a guard of pages works with.
#[derive(Clone)]
pub struct Guard {
    pub state: State,
    pub pages: Pages,
}

/// The pages with their policy, without the guards that refuse.
#[derive(Clone)]
pub struct Pages(pub Router);

impl Pages {
    /// The page that tells to come back in so many seconds.
    pub async fn too_many(&self, seconds: u32, refused: &Parts) -> Response {
        let mut page = self.show(&format!("/error/too-many?seconds={seconds}"), refused).await;
        page.headers_mut().insert(RETRY_AFTER, HeaderValue::from(seconds));
        page
    }

    /// The page at the path, in the look and language of the refused request, whose status the page gives itself.
    pub async fn show(&self, path: &str, refused: &Parts) -> Response {
        let mut request = Request::new(Body::empty());
        *request.uri_mut() = path.parse().expect("a path of our own");
        let extensions = request.extensions_mut();
        if let Some(visit) = refused.extensions.get::<Visit>() {
            // Whoever switches the language here cannot come back to what was refused.
            extensions.insert(Visit { path: "/".into(), ..visit.clone() });
        }
        if let Some(current) = refused.extensions.get::<Current>() {
            extensions.insert(current.clone());
        }
        if let Some(pasted) = refused.extensions.get::<Pasted>() {
            extensions.insert(pasted.clone());
        }
        if let Some(reference) = refused.extensions.get::<Reference>() {
            extensions.insert(reference.clone());
        }
        match self.0.clone().oneshot(request).await {
            Ok(page) => page,
            Err(never) => match never {},
        }
    }
}
