//! Who may use a route. Routes of the public server are added with their policy and in no other way; pages and form
//! targets, which the application lists, have theirs in a table.

use std::collections::BTreeMap;
use std::sync::Arc;

use app::api::sign_in_and_return;
use axum::Router;
use axum::extract::{MatchedPath, Request};
use axum::middleware::{Next, from_fn};
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::MethodRouter;
use http::{Method, StatusCode, Uri};

use super::current::Current;
use super::forms::FormPage;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Policy {
    /// Everybody, signed in or not.
    Anyone,
    /// Whoever is signed in; others are sent to sign in. The service then looks for the person's own things only.
    SignedIn,
    /// The same; others find nothing there.
    SignedInElseNothing,
    /// A partner, whose signature the handler checks over the bytes as they came.
    Partner,
}

/// Policies of the pages and form targets, by the path as the router knows it.
const OF_THE_APPLICATION: &[(&str, Policy)] = &[
    ("/", Policy::Anyone),
    ("/services", Policy::Anyone),
    ("/sign-in", Policy::Anyone),
    ("/sign-in/code", Policy::Anyone),
    ("/sign-in/password", Policy::Anyone),
    ("/register", Policy::Anyone),
    ("/register/code", Policy::Anyone),
    ("/register/identity", Policy::Anyone),
    ("/register/identity/code", Policy::Anyone),
    ("/register/password", Policy::Anyone),
    ("/register/done", Policy::Anyone),
    ("/signed-out", Policy::Anyone),
    ("/me", Policy::SignedIn),
    ("/me/licence", Policy::SignedIn),
    ("/me/sessions", Policy::SignedIn),
    ("/vehicles", Policy::SignedIn),
    ("/vehicles/{vehicle}", Policy::SignedIn),
    ("/vehicles/{vehicle}/records/{record}", Policy::SignedIn),
    ("/vehicles/{vehicle}/records/{record}/evidence", Policy::SignedIn),
    ("/vehicles/{vehicle}/records/{record}/dispute", Policy::SignedIn),
    ("/vehicles/{vehicle}/records/{record}/dispute/confirm", Policy::SignedIn),
    ("/vehicles/{vehicle}/records/{record}/disputed", Policy::SignedIn),
    ("/vehicles/{vehicle}/notice", Policy::SignedIn),
    ("/vehicles/{vehicle}/decision", Policy::SignedIn),
    ("/vehicles/{vehicle}/confirm", Policy::SignedIn),
    ("/orders", Policy::SignedIn),
    ("/orders/{order}", Policy::SignedIn),
    ("/orders/{order}/cancel", Policy::SignedIn),
    ("/receipts", Policy::SignedIn),
    ("/receipts/{number}", Policy::SignedIn),
    ("/verify", Policy::Anyone),
    ("/rulebook", Policy::Anyone),
    ("/rulebook/{rule}", Policy::Anyone),
    ("/what-if", Policy::Anyone),
    ("/what-if/late-fee", Policy::Anyone),
    ("/settings", Policy::Anyone),
    // The service answers in development alone.
    ("/outbox", Policy::Anyone),
    ("/offline", Policy::Anyone),
    ("/not-found", Policy::Anyone),
    ("/error/unavailable", Policy::Anyone),
    ("/error/too-many", Policy::Anyone),
    ("/error/too-large", Policy::Anyone),
    ("/error/stale", Policy::Anyone),
    ("/api/sign-in/code/send", Policy::Anyone),
    ("/api/sign-in/code", Policy::Anyone),
    ("/api/sign-in/password", Policy::Anyone),
    ("/api/register/code/send", Policy::Anyone),
    ("/api/register/code", Policy::Anyone),
    ("/api/register/identity", Policy::Anyone),
    ("/api/register/identity/code/send", Policy::Anyone),
    ("/api/register/identity/code", Policy::Anyone),
    ("/api/register/password", Policy::Anyone),
    ("/api/settings", Policy::Anyone),
    ("/api/sign-out", Policy::Anyone),
    ("/api/sessions/end", Policy::SignedIn),
    ("/api/records/dispute", Policy::SignedIn),
    ("/api/records/dispute/code/send", Policy::SignedIn),
    ("/api/records/dispute/withdraw", Policy::SignedIn),
    ("/api/orders/code/send", Policy::SignedIn),
    ("/api/orders/place", Policy::SignedIn),
    ("/api/orders/pay", Policy::SignedIn),
    ("/api/orders/cancel", Policy::SignedIn),
];

/// A router that knows the policy of each of its routes.
#[derive(Clone)]
pub struct Routes<S = ()> {
    router: Router<S>,
    policies: BTreeMap<String, Policy>,
}

impl<S: Clone + Send + Sync + 'static> Default for Routes<S> {
    fn default() -> Self {
        Self { router: Router::new(), policies: BTreeMap::new() }
    }
}

impl<S: Clone + Send + Sync + 'static> Routes<S> {
    /// Adds a route that answers whoever its policy lets in.
    pub fn add(mut self, policy: Policy, path: &str, handler: MethodRouter<S>) -> Self {
        self.policies.insert(path.to_owned(), policy);
        self.router = self.router.route(path, handler);
        self
    }

    /// The pages and form targets of the application, which its own router brings.
    ///
    /// # Panics
    /// At the start of the server, when a path has no policy in the table.
    pub fn add_application(mut self, paths: impl Iterator<Item = String>, router: Router<S>) -> Self {
        for path in paths {
            let found = OF_THE_APPLICATION.iter().find(|(known, _)| *known == path);
            let (_, policy) = found.unwrap_or_else(|| panic!("{path} has no policy in http/policy.rs"));
            self.policies.insert(path, *policy);
        }
        self.router = self.router.merge(router);
        self
    }

    /// Changes what stands around or beside the routes: layers, fallbacks, files that anybody may have.
    pub fn around(mut self, change: impl FnOnce(Router<S>) -> Router<S>) -> Self {
        self.router = change(self.router);
        self
    }

    /// Sends away whoever a route's policy does not let in, before its handler runs.
    pub fn enforced(self) -> Self {
        let policies = Arc::new(self.policies.clone());
        self.around(|router| {
            router.layer(from_fn(move |request, next| enforce(Arc::clone(&policies), request, next)))
        })
    }

    pub fn with_state(self, state: S) -> Routes {
        Routes { router: self.router.with_state(state), policies: self.policies }
    }

    pub fn merge(mut self, other: Self) -> Self {
        self.router = self.router.merge(other.router);
        self.policies.extend(other.policies);
        self
    }

    /// Every route with its policy.
    pub fn policies(&self) -> &BTreeMap<String, Policy> {
        &self.policies
    }

    pub fn into_router(self) -> Router<S> {
        self.router
    }
}

async fn enforce(policies: Arc<BTreeMap<String, Policy>>, request: Request, next: Next) -> Response {
    let matched = request.extensions().get::<MatchedPath>().map(MatchedPath::as_str);
    // Without a route there is only the page of what is not found, or a file that anybody may have.
    let policy = matched.map_or(Some(Policy::Anyone), |path| policies.get(path).copied());
    match policy {
        Some(Policy::Anyone | Policy::Partner) => next.run(request).await,
        Some(Policy::SignedIn | Policy::SignedInElseNothing) if is_signed_in(&request) => {
            next.run(request).await
        }
        Some(Policy::SignedIn) => Redirect::to(&sign_in_and_return(&page_of(&request))).into_response(),
        Some(Policy::SignedInElseNothing) | None => StatusCode::NOT_FOUND.into_response(),
    }
}

fn is_signed_in(request: &Request) -> bool {
    request.extensions().get::<Current>().is_some_and(|current| current.session.is_some())
}

/// The page to come back to: the one asked for, or the one that the form stands on.
fn page_of(request: &Request) -> String {
    let path = |uri: &Uri| uri.path_and_query().map(ToString::to_string);
    let asked = if matches!(*request.method(), Method::GET | Method::HEAD) {
        path(request.uri())
    } else {
        request.extensions().get::<FormPage>().map(|page| page.0.clone())
    };
    asked.unwrap_or_else(|| "/".into())
}
