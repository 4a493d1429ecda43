//! The frame of a page: skip link, header, strips, heading, content, tab bar.

mod header;
mod strips;

use leptos::prelude::*;
use leptos_meta::Title;

use super::error_summary::ErrorSummary;
use super::tab_bar::{Tab, TabBar};
use super::{say, say_with};
use crate::islands::ServiceWorker;
use crate::visit::FieldError;
use header::Header;
use strips::{OfflineStrip, SessionStrip, SyncLine, UnpaidStrip};

#[component]
pub fn Layout(
    /// In the browser's tab, and the page's heading unless `own_heading`.
    #[prop(into)]
    title: String,
    /// The page draws its heading itself: a notice, a confirmation, home.
    #[prop(optional)]
    own_heading: bool,
    /// Where the link at the top leads back to; the brand stands there otherwise.
    #[prop(optional, into)]
    back: Option<String>,
    /// Which step of how many.
    #[prop(optional)]
    step: Option<(u8, u8)>,
    /// The tab that the page belongs to.
    #[prop(optional)]
    tab: Option<Tab>,
    /// Part of a transaction: no tab bar, no ways out but back.
    #[prop(optional)]
    transaction: bool,
    /// Errors of the form on this page, as `Visit::errors_of` gives them.
    #[prop(optional)]
    errors: Vec<FieldError>,
    /// The page shows data of the registry: says as of when.
    #[prop(optional)]
    registry_data: bool,
    /// The page was most likely opened from the one that the link leads back to: it goes back in the history, so that
    /// place and ticks there stay.
    #[prop(optional)]
    back_in_history: bool,
    /// The `Dock` with the page's primary act.
    #[prop(optional)]
    dock: Option<AnyView>,
    children: Children,
) -> impl IntoView {
    let tab_title = {
        let with_brand = say_with("frame.title", &[("title", &title)]);
        if errors.is_empty() { with_brand } else { format!("{}{with_brand}", say("frame.error-prefix")) }
    };
    let tabs = !transaction && dock.is_none();
    let class = if transaction { "lt-page lt-page--transaction" } else { "lt-page" };
    view! {
        <Title text=tab_title/>
        <ServiceWorker/>
        <a class="lt-skip" href="#main">{say("frame.skip")}</a>
        <div class=class>
            <Header back=back back_in_history=back_in_history quiet=transaction/>
            <OfflineStrip/>
            <SessionStrip/>
            {(!transaction).then(|| view! { <UnpaidStrip/> })}
            <main id="main" class="lt-main" tabindex="-1">
                <ErrorSummary errors=errors/>
                {step.map(|(step, steps)| view! {
                    <p class="lt-step-words">{say_with("frame.step", &[("step", &step), ("steps", &steps)])}</p>
                })}
                {(!own_heading).then(|| view! { <h1 class="lt-title">{title}</h1> })}
                {children()}
                {registry_data.then(|| view! { <SyncLine/> })}
            </main>
            {tabs.then(|| view! { <TabBar current=tab/> })}
            {dock}
        </div>
    }
}
