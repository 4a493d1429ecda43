//! Data of the visit that every page has: account, language, theme, time. The server fills it in once per request.

use leptos::prelude::use_context;
use rules::Moment;
use serde::{Deserialize, Serialize};

use crate::api::account::AccountSummary;
use crate::texts::Language;

/// Light, dark, or what the device says.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Theme {
    #[default]
    Auto,
    Light,
    Dark,
}

impl Theme {
    pub const ALL: [Self; 3] = [Self::Auto, Self::Light, Self::Dark];

    pub fn code(self) -> &'static str {
        match self {
            Self::Auto => "auto",
            Self::Light => "light",
            Self::Dark => "dark",
        }
    }

    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|theme| theme.code() == code)
    }
}

/// What a person has chosen about how pages look; kept in one cookie, for people signed in or not.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Preferences {
    pub language: Language,
    pub large_type: bool,
    pub theme: Theme,
}

/// What a form's failed submission leaves for the page that shows it again. Secrets are never among the values.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Flash {
    /// The form it belongs to, the last part of its action: `sign-in`.
    pub form: String,
    pub errors: Vec<FieldError>,
    pub values: Vec<(String, String)>,
}

/// One thing to mend: the field's name and the text key of the sentence. An empty field means the whole form.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FieldError {
    pub field: String,
    pub text: String,
    pub with: Vec<(String, String)>,
}

impl FieldError {
    pub fn new(field: &str, text: &str) -> Self {
        Self { field: field.into(), text: text.into(), with: Vec::new() }
    }

    pub fn with(mut self, name: &str, value: impl ToString) -> Self {
        self.with.push((name.into(), value.to_string()));
        self
    }
}

/// The state of the session that the request names.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum SessionState {
    /// The browser sent none.
    #[default]
    Absent,
    Live,
    /// It was unused for too long.
    Idle,
    /// It was ended on another device, or has reached its greatest length.
    Ended,
    /// It could not be read.
    Unknown,
}

impl SessionState {
    /// The browser was signed in before and is not any more.
    pub fn is_over(self) -> bool {
        matches!(self, Self::Idle | Self::Ended)
    }
}

#[derive(Clone, Debug)]
pub struct Visit {
    pub preferences: Preferences,
    pub account: Option<AccountSummary>,
    pub session: SessionState,
    /// The token that every form must carry back.
    pub csrf: String,
    pub now: Moment,
    /// A fresh key for a form that must not take effect twice.
    pub form_key: String,
    /// Path and query of this request.
    pub path: String,
    /// When the registry was last read; none before the first feed.
    pub synced_at: Option<Moment>,
    /// The order that still waits for its payment, if any: shown as a bar on every page.
    pub unpaid_order: Option<String>,
    pub flash: Option<Flash>,
    /// Names the worker's store of this session's pages; tells nothing about the person.
    pub cache_id: String,
    /// SMS texts land in a page, because no SMS provider is configured.
    pub development: bool,
}

impl Visit {
    pub fn language(&self) -> Language {
        self.preferences.language
    }

    /// Seconds until the session ends unless it is used again; none for a visitor.
    pub fn session_seconds(&self) -> Option<i64> {
        self.account.as_ref().map(|account| (account.session_until - self.now).num_seconds())
    }

    /// The errors of the form, when this page shows it again after a failed submission.
    pub fn errors_of(&self, form: &str) -> Vec<FieldError> {
        self.flash.iter().filter(|flash| flash.form == form).flat_map(|flash| flash.errors.clone()).collect()
    }

    /// What was typed into the field before the failed submission.
    pub fn value_of(&self, form: &str, field: &str) -> String {
        self.flash
            .iter()
            .filter(|flash| flash.form == form)
            .flat_map(|flash| &flash.values)
            .find(|(name, _)| name == field)
            .map(|(_, value)| value.clone())
            .unwrap_or_default()
    }
}

/// The visit of the request being answered.
pub fn visit() -> Visit {
    use_context::<Visit>().expect("the server provides the visit to every page")
}
