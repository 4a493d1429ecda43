//! Pages by area. They load data through `api` and render it.

pub mod account;
pub mod home;
pub mod me;
pub mod orders;
pub mod portal;
pub mod rulebook;
pub mod verify;
pub mod violations;
pub mod what_if;

use std::future::Future;

use leptos::prelude::*;
use leptos_axum::ResponseOptions;
use rules::payment::PaymentChannel;

use crate::api::{ServiceError, redirect, sign_in_and_return};
use crate::components::say;
use crate::visit::visit;

/// Renders what the loading gives, before the page is sent; what it does not give has a page of its own.
fn loaded<T, V>(
    loading: impl Future<Output = Result<T, ServiceError>> + Send + 'static,
    show: impl FnOnce(T) -> V + Send + 'static,
) -> impl IntoView
where
    T: Send + 'static,
    V: IntoView + 'static,
{
    view! {
        <Suspense>
            {Suspend::new(async move {
                match loading.await {
                    Ok(found) => show(found).into_any(),
                    Err(error) => failed(error),
                }
            })}
        </Suspense>
    }
}

fn failed(error: ServiceError) -> AnyView {
    match error {
        ServiceError::SignedOut => {
            redirect(&sign_in_and_return(&visit().path));
            ().into_any()
        }
        ServiceError::NotFound | ServiceError::Invalid(_) => view! { <portal::NotFound/> }.into_any(),
        ServiceError::TooMany { retry_after_seconds } => {
            view! { <portal::TooMany seconds=retry_after_seconds/> }.into_any()
        }
        ServiceError::Unavailable { reference } => view! { <portal::Unavailable reference/> }.into_any(),
    }
}

fn set_status(status: http::StatusCode) {
    if let Some(options) = use_context::<ResponseOptions>() {
        options.set_status(status);
    }
}

/// The payment channel's name.
fn channel_words(channel: PaymentChannel) -> String {
    say(&format!("payment-channel.{}", channel.code()))
}

/// A part of the path.
fn parameter(name: &str) -> String {
    leptos_router::hooks::use_params_map().read_untracked().get(name).unwrap_or_default()
}

/// The first value of the query's name.
fn query(name: &str) -> String {
    query_all(name).into_iter().next().unwrap_or_default()
}

fn query_all(name: &str) -> Vec<String> {
    leptos_router::hooks::use_query_map().read_untracked().get_all(name).unwrap_or_default()
}
