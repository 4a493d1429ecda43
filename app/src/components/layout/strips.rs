//! Messages for every page: an offline copy, an unpaid order, the age of the registry data. Each is shown only when
//! it applies.

use leptos::prelude::*;

use crate::api::account::SESSION_IDLE_MINUTES;
use crate::api::sign_in_and_return;
use crate::components::icon::{Icon, IconName};
use crate::components::moment::LocalTime;
use crate::components::say;
use crate::islands::{SessionTimer, SessionWords};
use crate::visit::Visit;

/// Hidden until the service worker answers from its store: the worker shows it, marks `<html>` and writes the time into
/// the empty `<time>`. A form that could not be sent marks `<html>` too.
#[component]
pub(super) fn OfflineStrip() -> impl IntoView {
    view! {
        <div class="lt-strip lt-strip--offline" role="status" hidden>
            <Icon name=IconName::Offline/>
            <div>
                <p class="lt-unsent">{say("frame.unsent")}</p>
                <p>{say("frame.offline")}<time class="lt-offline-time"></time></p>
            </div>
        </div>
    }
}

#[component]
pub(super) fn UnpaidStrip() -> impl IntoView {
    let (order, path) = with_context::<Visit, _>(|visit| (visit.unpaid_order.clone(), visit.path.clone()))
        .unwrap_or_default();
    order.filter(|order| !names_unpaid_order(&path, order)).map(|order| {
        view! {
            <aside aria-label=say("frame.unpaid-label")>
                <a class="lt-strip lt-strip--unpaid" href=format!("/orders/{order}")>
                    <Icon name=IconName::Clock/>
                    <span class="lt-strip__words">{say("frame.unpaid")}</span>
                    <span class="lt-strip__act">{say("frame.unpaid-act")}</span>
                </a>
            </aside>
        }
    })
}

/// Home, the orders and the order itself name it larger.
fn names_unpaid_order(path: &str, order: &str) -> bool {
    let page = path.split('?').next().unwrap_or_default();
    matches!(page, "/" | "/orders") || page.starts_with(&format!("/orders/{order}"))
}

/// Warns whoever is signed in before the session ends.
#[component]
pub(super) fn SessionStrip() -> impl IntoView {
    let path =
        with_context::<Visit, _>(|visit| visit.account.is_some().then(|| visit.path.clone())).flatten();
    path.map(|path| {
        let words = SessionWords {
            ending: say("frame.session-ending"),
            stay: say("frame.session-stay"),
            ended: say("frame.session-ended"),
            sign_in: say("frame.session-sign-in"),
        };
        let sign_in = sign_in_and_return(&path);
        view! { <SessionTimer idle_minutes=SESSION_IDLE_MINUTES sign_in words/> }
    })
}

#[component]
pub(super) fn SyncLine() -> impl IntoView {
    let synced = with_context::<Visit, _>(|visit| visit.synced_at).flatten();
    view! {
        <p class="lt-sync">
            {match synced {
                Some(at) => view! { {say("frame.synced")}<LocalTime at/> }.into_any(),
                None => say("frame.never-synced").into_any(),
            }}
        </p>
    }
}
