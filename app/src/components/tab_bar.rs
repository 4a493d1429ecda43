//! The bar of four tabs at the bottom. It is left out within a transaction.

use leptos::prelude::*;

use super::icon::{Icon, IconName};
use super::say;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tab {
    Home,
    Business,
    Progress,
    Mine,
}

impl Tab {
    pub const ALL: [Self; 4] = [Self::Home, Self::Business, Self::Progress, Self::Mine];

    pub const fn href(self) -> &'static str {
        match self {
            Self::Home => "/",
            Self::Business => "/services",
            Self::Progress => "/orders",
            Self::Mine => "/me",
        }
    }

    const fn icon(self) -> IconName {
        match self {
            Self::Home => IconName::Home,
            Self::Business => IconName::Business,
            Self::Progress => IconName::Progress,
            Self::Mine => IconName::Person,
        }
    }

    fn word(self) -> String {
        say(match self {
            Self::Home => "frame.tab-home",
            Self::Business => "frame.tab-business",
            Self::Progress => "frame.tab-progress",
            Self::Mine => "frame.tab-mine",
        })
    }
}

#[component]
pub fn TabBar(current: Option<Tab>) -> impl IntoView {
    let tabs = Tab::ALL
        .into_iter()
        .map(|tab| {
            let here = current == Some(tab);
            view! {
                <li>
                    <a class="lt-tab" href=tab.href() aria-current=here.then_some("page")>
                        <Icon name=tab.icon()/>
                        <span>{tab.word()}</span>
                    </a>
                </li>
            }
        })
        .collect_view();
    view! {
        <nav class="lt-tabs" aria-label=say("frame.tabs")>
            <ul>{tabs}</ul>
        </nav>
    }
}
