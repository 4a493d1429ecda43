//! The components of pages, one a file, rendered by the server. Their data comes as props or from the visit.

mod action_bar;
mod button;
mod card;
mod cells;
mod checkbox;
mod details;
mod dock;
mod due;
mod empty;
mod error_summary;
mod failure;
mod field;
mod filter;
mod groups;
mod icon;
mod inset;
mod layout;
mod local_words;
mod moment;
mod money;
mod notice;
mod panel;
mod paper_offices;
mod password_field;
mod plate;
mod post_form;
mod print_hint;
mod qr_code;
mod radios;
mod refusal;
mod sms_code_field;
mod state_tag;
mod summary_list;
mod tab_bar;
mod tag;
mod text_field;
mod timeline;
mod waiting;
mod warning;

use std::fmt::Display;

use leptos::prelude::with_context;

pub use action_bar::ActionBar;
pub use button::{Button, ButtonKind, ButtonLink, ResendButton};
pub use card::Card;
pub use cells::{Cell, Cells};
pub use checkbox::Checkbox;
pub use details::Details;
pub use dock::Dock;
pub use due::Due;
pub use empty::Empty;
pub use error_summary::{ErrorSummary, error_text};
pub use failure::Failure;
pub use filter::{Filter, FilterItem};
pub use groups::{counts_words, group_title};
pub use icon::{Icon, IconName};
pub use inset::Inset;
pub use layout::Layout;
pub use local_words::LocalWords;
pub use moment::{LocalTime, date_words, day_words, near_time_words, time_words};
pub use money::{Money, money_figure, money_words};
pub use notice::Notice;
pub use panel::Panel;
pub use paper_offices::PaperOffices;
pub use password_field::PasswordField;
pub use plate::{Plate, PlateLook};
pub use post_form::PostForm;
pub use print_hint::{PrintHead, PrintHint};
pub use qr_code::QrCode;
pub use radios::{Choice, Radios};
pub use refusal::{
    Quote, QuoteWords, RefusalCard, RefusalWords, code_words, hours_words, rule_key, share_words,
    source_words, value_words,
};
pub use sms_code_field::SmsCodeField;
pub use state_tag::OrderTag;
pub use summary_list::{SummaryList, SummaryRow};
pub use tab_bar::{Tab, TabBar};
pub use tag::{Tag, Tone};
pub use text_field::TextField;
pub use timeline::{Timeline, TimelineStep};
pub use waiting::Waiting;
pub use warning::Warning;

use crate::texts::{Language, t, t_with};
use crate::visit::Visit;

/// The language of the page being rendered.
pub fn language() -> Language {
    with_context::<Visit, _>(Visit::language).expect("the server provides the visit to every page")
}

/// The sentence for the key in the language of the page.
pub fn say(key: &str) -> String {
    t(language(), key)
}

/// The sentence for the key in the language of the page, with its values.
pub fn say_with(key: &str, values: &[(&str, &dyn Display)]) -> String {
    t_with(language(), key, values)
}
